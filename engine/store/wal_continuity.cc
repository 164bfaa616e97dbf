#include "engine/store/wal_continuity.h"

#include <rocksdb/write_batch.h>

#include "engine/base/bytes.h"
#include "engine/store/block_format.h"
#include "engine/store/log_keys.h"
#include "engine/store/rocks_status.h"

namespace lumbung {
namespace {

// Follows the segments of one batch.
class SegmentFollower : public rocksdb::WriteBatch::Handler {
 public:
  SegmentFollower(std::uint64_t& first, std::uint64_t& next, std::string& problem)
      : first_(first), next_(next), problem_(problem) {}

  rocksdb::Status PutCF(std::uint32_t family, const rocksdb::Slice& key,
                        const rocksdb::Slice& value) override {
    if (family == static_cast<std::uint32_t>(LogFamily::kBlocks) && problem_.empty()) {
      Follow(key, value);
    }
    return rocksdb::Status::OK();
  }

 private:
  void Follow(const rocksdb::Slice& key, const rocksdb::Slice& value) {
    const Result<SegmentReader> segment = SegmentReader::Open(AsView(value));
    if (key.size() != sizeof(SegmentKey) || !segment.ok()) {
      problem_ = "a record that is no segment of events";
      return;
    }
    const auto sequence = LoadBigEndian<std::uint64_t>(key.data());
    if (next_ != 0 && sequence != next_) {
      problem_ =
          "after sequence " + std::to_string(next_ - 1) + " comes " + std::to_string(sequence);
      return;
    }
    if (first_ == 0) {
      first_ = sequence;
    }
    next_ = sequence + segment->count();
  }

  std::uint64_t& first_;
  std::uint64_t& next_;
  std::string& problem_;
};

}  // namespace

rocksdb::WalFilter::WalProcessingOption WalContinuity::LogRecordFound(
    unsigned long long /*log_number*/, const std::string& log_file,
    const rocksdb::WriteBatch& batch, rocksdb::WriteBatch* /*new_batch*/, bool* /*batch_changed*/) {
  if (!problem_.empty()) {
    return WalProcessingOption::kCorruptedRecord;
  }
  SegmentFollower follower(first_, next_, problem_);
  const rocksdb::Status status = batch.Iterate(&follower);
  if (problem_.empty() && !status.ok()) {
    problem_ = status.ToString();
  }
  if (problem_.empty()) {
    return WalProcessingOption::kContinueProcessing;
  }
  problem_.insert(0, log_file + ": ");
  return WalProcessingOption::kCorruptedRecord;
}

}  // namespace lumbung
