#include "engine/store/id_merge.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "engine/base/check.h"
#include "engine/store/rocks_status.h"

namespace lumbung {
namespace {

// Reads the ids of one run's pieces in key order.
class Source {
 public:
  Source(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* ids, RunInfo pieces)
      : pieces_(std::move(pieces)) {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.readahead_size = std::size_t{1} << 20;
    iterator_.reset(db->NewIterator(options, ids));
  }

  // False at the end or on an error: see status().
  bool Next() {
    if (next_ == page_.size() && !NextPage()) {
      at_end_ = true;
      return false;
    }
    entry_ = page_.at(next_++);
    prefix_ = PrefixOf(entry_.key);
    return true;
  }

  bool at_end() const { return at_end_; }
  // REQUIRES: Next has been true once; after the end it is the last one
  const IdEntry& entry() const { return entry_; }
  const Status& status() const { return status_; }

  // Whether its entry comes first; a source at its end comes last.
  bool Before(const Source& other) const {
    if (at_end_ || other.at_end_) {
      return !at_end_;
    }
    return prefix_ != other.prefix_ ? prefix_ < other.prefix_ : entry_.key < other.entry_.key;
  }

 private:
  bool NextPage() {
    if (in_piece_) {
      iterator_->Next();
    }
    if (!in_piece_ || AfterPages()) {
      if (piece_ == pieces_.size()) {
        return false;
      }
      iterator_->Seek(PieceKey(pieces_[piece_++].number));
      in_piece_ = true;
    }
    status_ = FromRocks(iterator_->status(), "merge ids");
    if (status_.ok() && AfterPages()) {
      status_ = Status::Corruption("a piece of the ids has no pages");
    }
    if (!status_.ok()) {
      return false;
    }
    Result<IdPage> page = IdPage::Parse(iterator_->value().ToStringView());
    status_ = page.status();
    if (!status_.ok()) {
      return false;
    }
    page_ = *page;
    next_ = 0;
    return true;
  }

  // Whether the iterator has left the pages of its piece.
  bool AfterPages() const {
    return !iterator_->Valid() ||
           !IsPageKey(iterator_->key().ToStringView(), pieces_[piece_ - 1].number);
  }

  const RunInfo pieces_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
  std::size_t piece_ = 0;  // the next one
  bool in_piece_ = false;
  IdPage page_;
  std::size_t next_ = 0;
  IdEntry entry_{};
  std::uint64_t prefix_ = 0;
  bool at_end_ = false;
  Status status_;
};

// Which of some sources is the first, kept as a tree of those that lost against it: after the first
// has moved on, one comparison a level finds the next.
class Tournament {
 public:
  explicit Tournament(std::vector<std::unique_ptr<Source>>& sources)
      : sources_(sources), losers_(sources.size()) {
    first_ = Play(1);
  }

  Source& first() { return *sources_[first_]; }

  // To be called when the first has moved on.
  void Replay() {
    std::size_t winner = first_;
    for (std::size_t node = (sources_.size() + winner) / 2; node > 0; node /= 2) {
      if (sources_[losers_[node]]->Before(*sources_[winner])) {
        std::swap(losers_[node], winner);
      }
    }
    first_ = winner;
  }

 private:
  // Nodes 1 to n-1 are matches, n to 2n-1 the sources.
  std::size_t Play(std::size_t node) {
    if (node >= sources_.size()) {
      return node - sources_.size();
    }
    std::size_t winner = Play(2 * node);
    std::size_t loser = Play(2 * node + 1);
    if (sources_[loser]->Before(*sources_[winner])) {
      std::swap(winner, loser);
    }
    losers_[node] = loser;
    return winner;
  }

  std::vector<std::unique_ptr<Source>>& sources_;
  std::vector<std::size_t> losers_;
  std::size_t first_ = 0;
};

std::uint64_t TierOf(const RunInfo& run) {
  return static_cast<std::uint64_t>(std::bit_width(CountIds(run))) / 3;
}

// Joins neighbours as long as they come to few ids.
std::vector<PieceGroup> JoinTiny(std::vector<PieceGroup> groups) {
  std::vector<PieceGroup> joined;
  std::uint64_t last_ids = 0;
  for (PieceGroup& group : groups) {
    std::uint64_t ids = 0;
    for (const RunInfo& source : group) {
      ids += CountIds(source);
    }
    if (!joined.empty() && last_ids + ids <= kTinyIds) {
      std::ranges::move(group, std::back_inserter(joined.back()));
      last_ids += ids;
    } else {
      joined.push_back(std::move(group));
      last_ids = ids;
    }
  }
  return joined;
}

}  // namespace

std::uint64_t CountIds(const RunInfo& run) {
  std::uint64_t ids = 0;
  for (const PieceInfo& piece : run) {
    ids += piece.ids;
  }
  return ids;
}

std::vector<std::size_t> RunsToMerge(const std::vector<RunInfo>& runs) {
  std::map<std::uint64_t, std::vector<std::size_t>> tiers;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    tiers[TierOf(runs[i])].push_back(i);
  }
  for (auto& [tier, members] : tiers) {
    if (members.size() >= kMergeWidth) {
      return std::move(members);
    }
  }
  return {};
}

std::vector<PieceGroup> GroupPieces(const std::vector<RunInfo>& runs) {
  struct Place {
    const PieceInfo* piece;
    std::size_t run;
  };
  std::vector<Place> places;
  for (std::size_t run = 0; run < runs.size(); ++run) {
    for (const PieceInfo& piece : runs[run]) {
      places.push_back({&piece, run});
    }
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::pair(a.piece->first, a.piece->number) < std::pair(b.piece->first, b.piece->number);
  });
  std::vector<PieceGroup> groups;
  std::map<std::size_t, std::size_t> source_of_run;  // in the last group
  IdKey last{};
  for (const Place& place : places) {
    if (groups.empty() || last < place.piece->first) {
      groups.emplace_back();
      source_of_run.clear();
      last = place.piece->last;
    }
    PieceGroup& group = groups.back();
    const auto [source, is_new] = source_of_run.try_emplace(place.run, group.size());
    if (is_new) {
      group.emplace_back();
    }
    group[source->second].push_back(*place.piece);
    last = std::max(last, place.piece->last);
  }
  return JoinTiny(std::move(groups));
}

Status MergeGroup(rocksdb::DB* db, rocksdb::ColumnFamilyHandle* ids, const PieceGroup& group,
                  const std::atomic<bool>& stop, RunWriter& writer) {
  std::vector<std::unique_ptr<Source>> sources;
  std::uint64_t left = 0;
  for (const RunInfo& pieces : group) {
    left += CountIds(pieces);
    sources.push_back(std::make_unique<Source>(db, ids, pieces));
    if (!sources.back()->Next()) {
      return sources.back()->status();
    }
  }
  Tournament tournament(sources);
  IdKey previous = tournament.first().entry().key;
  for (bool is_first = true; left > 0; --left, is_first = false) {
    Source& first = tournament.first();
    if (!is_first && (first.at_end() || first.entry().key <= previous)) {
      return Status::Corruption("runs of ids lack ids, or two have the same id");
    }
    previous = first.entry().key;
    LUMBUNG_RETURN_IF_ERROR(writer.Add(first.entry()));
    if (!first.Next()) {
      LUMBUNG_RETURN_IF_ERROR(first.status());
    }
    tournament.Replay();
    if (left % 65536 == 0 && stop.load()) {
      return Status::Cancelled("the store is being closed");
    }
  }
  return tournament.first().at_end() ? Status::Ok()
                                     : Status::Corruption("a run of ids has too many of them");
}

}  // namespace lumbung
