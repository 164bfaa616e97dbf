#include "engine/store/id_index.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "engine/base/check.h"
#include "engine/store/id_sort.h"
#include "engine/store/rocks_status.h"

namespace lumbung {

Result<std::shared_ptr<const IdFilter>> IdPiece::Filter(rocksdb::DB* db,
                                                        rocksdb::ColumnFamilyHandle* ids) const {
  const std::lock_guard lock(mutex_);
  if (keep_ && filter_ == nullptr) {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    rocksdb::PinnableSlice bytes;
    LUMBUNG_RETURN_IF_ERROR(
        FromRocks(db->Get(options, ids, FilterKey(info_.number), &bytes), "read a filter of ids"));
    Result<IdFilter> filter = IdFilter::Parse(bytes.ToStringView());
    LUMBUNG_RETURN_IF_ERROR(filter.status());
    filter_ = std::make_shared<const IdFilter>(std::move(*filter));
  }
  return filter_;
}

void IdPiece::KeepFilter(bool keep) {
  const std::lock_guard lock(mutex_);
  keep_ = keep;
  if (!keep_) {
    filter_.reset();
  }
}

std::size_t IdPiece::MemoryBytes() const {
  const std::lock_guard lock(mutex_);
  return filter_ == nullptr ? 0 : filter_->MemoryBytes();
}

// One Find in one version.
class IdIndex::Search {
 public:
  Search(const IdIndex& index, const Version& version, std::span<const IdKey> keys,
         std::span<std::uint64_t> sequences)
      : index_(index), version_(version), keys_(keys), sequences_(sequences) {}

  Status Run() {
    SortKeys();
    for (const IdRun& run : version_.runs) {
      LUMBUNG_RETURN_IF_ERROR(SearchRun(run));
    }
    return Status::Ok();
  }

 private:
  const IdKey& key(std::size_t i) const { return keys_[refs_[i].index]; }
  std::uint64_t& sequence(std::size_t i) { return sequences_[refs_[i].index]; }

  // Ids larger than all that are there, such as UUIDv7 in time order, are done with here.
  void SortKeys() {
    const std::uint64_t largest = PrefixOf(version_.largest);
    for (std::uint32_t i = 0; i < keys_.size(); ++i) {
      sequences_[i] = 0;
      const std::uint64_t prefix = PrefixOf(keys_[i]);
      if (prefix < largest || (prefix == largest && keys_[i] <= version_.largest)) {
        refs_.push_back({prefix, i});
      }
    }
    SortByKey(refs_, [this](std::uint32_t i) -> const IdKey& { return keys_[i]; });
    hashes_.reserve(refs_.size());
    for (const KeyRef& ref : refs_) {
      hashes_.push_back(HashId(keys_[ref.index], index_.seed_));
    }
  }

  // Position of the first of our keys, from `from` on, that is >= bound (or > bound).
  std::size_t FirstAtLeast(std::size_t from, const IdKey& bound, bool or_equal) const {
    const auto before = [&](const KeyRef& ref) {
      return or_equal ? keys_[ref.index] < bound : keys_[ref.index] <= bound;
    };
    const auto begin = refs_.begin() + static_cast<std::ptrdiff_t>(from);
    return static_cast<std::size_t>(std::partition_point(begin, refs_.end(), before) -
                                    refs_.begin());
  }

  Status SearchRun(const IdRun& run) {
    auto piece = run.begin();
    for (std::size_t i = 0; i < refs_.size();) {
      piece = std::partition_point(piece, run.end(), [&](const std::shared_ptr<IdPiece>& p) {
        return p->info().last < key(i);
      });
      if (piece == run.end()) {
        break;
      }
      const std::size_t first = FirstAtLeast(i, (*piece)->info().first, true);
      const std::size_t last = FirstAtLeast(first, (*piece)->info().last, false);
      if (first < last) {
        LUMBUNG_RETURN_IF_ERROR(SearchPiece(**piece, first, last));
      }
      i = last;
      ++piece;
    }
    return Status::Ok();
  }

  // REQUIRES: the keys from `first` on and before `last` lie between the piece's first and last
  Status SearchPiece(const IdPiece& piece, std::size_t first, std::size_t last) {
    auto filter = piece.Filter(index_.db_, index_.ids_);
    LUMBUNG_RETURN_IF_ERROR(filter.status());
    candidates_.clear();
    if (*filter == nullptr) {
      for (std::size_t i = first; i < last; ++i) {
        candidates_.push_back(i);
      }
    } else {
      constexpr std::size_t kAhead = 24;
      for (std::size_t i = first; i < std::min(first + kAhead, last); ++i) {
        (*filter)->Prefetch(hashes_[i]);
      }
      for (std::size_t i = first; i < last; ++i) {
        (*filter)->Prefetch(hashes_[std::min(i + kAhead, last - 1)]);
        if ((*filter)->MayContain(hashes_[i])) {
          candidates_.push_back(i);
        }
      }
    }
    for (const std::size_t i : candidates_) {
      if (sequence(i) == 0) {
        LUMBUNG_RETURN_IF_ERROR(SearchPage(piece.info(), i));
      }
    }
    return Status::Ok();
  }

  Status SearchPage(const PieceInfo& piece, std::size_t i) {
    const bool on_page = page_piece_ == piece.number && page_.size() > 0 &&
                         page_.at(0).key <= key(i) && key(i) <= page_.at(page_.size() - 1).key;
    if (!on_page) {
      LUMBUNG_RETURN_IF_ERROR(SeekPage(piece, key(i)));
    }
    sequence(i) = page_.Find(key(i));
    return Status::Ok();
  }

  Status SeekPage(const PieceInfo& piece, const IdKey& id) {
    if (iterator_ == nullptr) {
      rocksdb::ReadOptions options;
      options.fill_cache = false;
      iterator_.reset(index_.db_->NewIterator(options, index_.ids_));
    }
    page_ = IdPage();
    iterator_->Seek(PageKey(piece.number, id));
    LUMBUNG_RETURN_IF_ERROR(FromRocks(iterator_->status(), "read ids"));
    if (!iterator_->Valid() || !IsPageKey(iterator_->key().ToStringView(), piece.number)) {
      return Status::Corruption("piece " + std::to_string(piece.number) +
                                " of the ids lacks its last page");
    }
    Result<IdPage> page = IdPage::Parse(iterator_->value().ToStringView());
    LUMBUNG_RETURN_IF_ERROR(page.status());
    page_ = *page;
    page_piece_ = piece.number;
    return Status::Ok();
  }

  const IdIndex& index_;
  const Version& version_;
  const std::span<const IdKey> keys_;
  const std::span<std::uint64_t> sequences_;

  std::vector<KeyRef> refs_;           // in key order
  std::vector<std::uint64_t> hashes_;  // of refs_
  std::vector<std::size_t> candidates_;
  std::unique_ptr<rocksdb::Iterator> iterator_;  // stands on page_
  IdPage page_;
  std::uint32_t page_piece_ = 0;
};

IdIndex::IdIndex(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* ids, const IdSeed& seed,
                 std::size_t filter_budget)
    : db_(db),
      ids_(ids),
      seed_(seed),
      filter_budget_(filter_budget),
      current_(std::make_shared<const Version>()) {}

std::shared_ptr<const IdIndex::Version> IdIndex::Current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Status IdIndex::Find(std::span<const IdKey> keys, std::span<std::uint64_t> sequences) const {
  LUMBUNG_CHECK(keys.size() == sequences.size());
  while (true) {
    const std::shared_ptr<const Version> version = Current();
    if (version->empty) {
      std::fill(sequences.begin(), sequences.end(), 0);
      return Status::Ok();
    }
    Status status = Search(*this, *version, keys, sequences).Run();
    if (version == Current()) {
      return status;
    }
    // Pieces may have been deleted under the search.
  }
}

void IdIndex::Publish(const std::vector<RunInfo>& runs) {
  const std::shared_ptr<const Version> old = Current();
  std::map<std::uint32_t, std::shared_ptr<IdPiece>> known;
  for (const IdRun& run : old->runs) {
    for (const std::shared_ptr<IdPiece>& piece : run) {
      known.emplace(piece->info().number, piece);
    }
  }
  auto version = std::make_shared<Version>();
  for (const RunInfo& run : runs) {
    IdRun& pieces = version->runs.emplace_back();
    for (const PieceInfo& info : run) {
      const auto found = known.find(info.number);
      pieces.push_back(found == known.end() ? std::make_shared<IdPiece>(info) : found->second);
      version->largest = std::max(version->largest, info.last);
      version->empty = false;
    }
  }
  {
    const std::lock_guard lock(mutex_);
    current_ = version;
  }
  ShareBudget(*version);
}

void IdIndex::ShareBudget(const Version& version) const {
  std::vector<IdPiece*> pieces;
  for (const IdRun& run : version.runs) {
    for (const std::shared_ptr<IdPiece>& piece : run) {
      pieces.push_back(piece.get());
    }
  }
  std::sort(pieces.begin(), pieces.end(), [](const IdPiece* a, const IdPiece* b) {
    return std::pair(a->info().filter_bytes, b->info().number) <
           std::pair(b->info().filter_bytes, a->info().number);
  });
  std::size_t used = 0;
  for (IdPiece* piece : pieces) {
    used += piece->info().filter_bytes;
    piece->KeepFilter(used <= filter_budget_);
  }
}

std::size_t IdIndex::MemoryBytes() const {
  std::size_t bytes = 0;
  const std::shared_ptr<const Version> version = Current();
  for (const IdRun& run : version->runs) {
    for (const std::shared_ptr<IdPiece>& piece : run) {
      bytes += piece->MemoryBytes();
    }
  }
  return bytes;
}

}  // namespace lumbung
