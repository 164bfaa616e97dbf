#include "projections/runtime/rocks_rows.h"

#include "engine/store/rocks_status.h"

namespace lumbung {
namespace {

// The least key that is larger than every key with this prefix; empty where there is none.
std::string AfterPrefix(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xFF') {
    prefix.pop_back();
  }
  if (!prefix.empty()) {
    prefix.back() = static_cast<char>(prefix.back() + 1);
  }
  return prefix;
}

class RocksCursor final : public RowCursor {
 public:
  RocksCursor(rocksdb::DB& db, rocksdb::ReadOptions options, std::string_view prefix)
      : lower_(prefix), upper_(AfterPrefix(lower_)), lower_slice_(lower_), upper_slice_(upper_) {
    options.iterate_lower_bound = &lower_slice_;
    if (!upper_.empty()) {
      options.iterate_upper_bound = &upper_slice_;
    }
    iterator_.reset(db.NewIterator(options));
  }

  bool Seek(std::string_view key) override {
    iterator_->Seek(rocksdb::Slice(key.data(), key.size()));
    return iterator_->Valid();
  }
  bool SeekBackward(std::string_view key) override {
    iterator_->SeekForPrev(rocksdb::Slice(key.data(), key.size()));
    return iterator_->Valid();
  }
  bool Next() override {
    iterator_->Next();
    return iterator_->Valid();
  }
  bool Previous() override {
    iterator_->Prev();
    return iterator_->Valid();
  }
  std::string_view key() const override { return AsView(iterator_->key()); }
  std::string_view value() const override { return AsView(iterator_->value()); }
  Status status() const override { return FromRocks(iterator_->status(), "read rows"); }

 private:
  const std::string lower_;
  const std::string upper_;
  const rocksdb::Slice lower_slice_;
  const rocksdb::Slice upper_slice_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

}  // namespace

rocksdb::ReadOptions RocksRows::Options() const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  return options;
}

Result<bool> RocksRows::Get(std::string_view key, std::string& value) const {
  const rocksdb::Status status = db_.Get(Options(), rocksdb::Slice(key.data(), key.size()), &value);
  if (status.IsNotFound()) {
    return false;
  }
  if (!status.ok()) {
    return FromRocks(status, "read a row");
  }
  return true;
}

Status RocksRows::GetAll(std::span<const std::string> keys,
                         std::vector<std::optional<std::string>>& values) const {
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db_.MultiGet(Options(), db_.DefaultColumnFamily(), slices.size(), slices.data(), found.data(),
               statuses.data(), true);
  values.assign(keys.size(), std::nullopt);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].ok()) {
      values[i].emplace(found[i].data(), found[i].size());
    } else if (!statuses[i].IsNotFound()) {
      return FromRocks(statuses[i], "read rows");
    }
  }
  return Status::Ok();
}

std::unique_ptr<RowCursor> RocksRows::Walk(std::string_view prefix) const {
  return std::make_unique<RocksCursor>(db_, Options(), prefix);
}

}  // namespace lumbung
