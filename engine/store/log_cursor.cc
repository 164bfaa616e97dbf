#include "engine/store/log_cursor.h"

#include <algorithm>

#include "engine/store/log_keys.h"
#include "engine/store/rocks_status.h"

namespace lumbung {
namespace {

constexpr std::size_t kReadahead = std::size_t{2} << 20;

rocksdb::ReadOptions Options(LogCursor::Purpose purpose) {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  if (purpose == LogCursor::Purpose::kScan) {
    options.readahead_size = kReadahead;
    options.fill_cache = false;
  }
  return options;
}

}  // namespace

LogCursor::LogCursor(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* blocks, const Range& range,
                     Purpose purpose)
    : iterator_(db.NewIterator(Options(purpose), blocks)),
      last_(range.last),
      expected_(std::max<std::uint64_t>(range.first, 1)) {}

bool LogCursor::Fail(const std::string& why) {
  const rocksdb::Status status = iterator_->status();
  const std::string at = "reading event " + std::to_string(expected_);
  status_ = status.ok() ? Status::Corruption(at + ": " + why) : FromRocks(status, at);
  return false;
}

bool LogCursor::Next(std::uint64_t& first_sequence, std::string_view& segment) {
  if (!status_.ok() || expected_ > last_) {
    return false;
  }
  if (begun_) {
    iterator_->Next();
  } else {
    const SegmentKey key = MakeSegmentKey(expected_);
    iterator_->SeekForPrev(AsSlice(key));
  }
  if (!iterator_->Valid()) {
    return Fail("it is missing");
  }
  if (iterator_->key().size() != sizeof(SegmentKey) ||
      iterator_->value().size() < kSegmentHeaderBytes) {
    return Fail("there is something else in its place");
  }
  const auto first = LoadBigEndian<std::uint64_t>(iterator_->key().data());
  const std::uint64_t end = first + LoadBigEndian<std::uint16_t>(iterator_->value().data() + 2);
  if ((begun_ && first != expected_) || end <= expected_) {
    return Fail("it is missing, the segment found begins with " + std::to_string(first));
  }
  begun_ = true;
  expected_ = end;
  first_sequence = first;
  segment = AsView(iterator_->value());
  return true;
}

}  // namespace lumbung
