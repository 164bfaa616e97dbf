#include "tests/unit/projections/list_feed.h"

#include <algorithm>

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

std::uint64_t SequenceOf(const std::string& bytes) {
  ledger::v1::Event event;
  return event.ParseFromString(bytes) ? event.sequence() : 0;
}

}  // namespace

void RecordList::Append(const std::string& record) { AppendAll({record}); }

void RecordList::AppendAll(const std::vector<std::string>& records) {
  const std::lock_guard lock(mutex_);
  records_.insert(records_.end(), records.begin(), records.end());
  changed_.notify_all();
}

void RecordList::Promise(std::uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  promised_ = sequence;
}

void RecordList::Break() {
  const std::lock_guard lock(mutex_);
  broken_ = true;
  changed_.notify_all();
}

void ListFeed::Seek(std::uint64_t sequence) {
  const std::lock_guard lock(list_->mutex_);
  const auto& records = list_->records_;
  const auto found = std::find_if(records.begin(), records.end(), [&](const std::string& bytes) {
    return SequenceOf(bytes) >= sequence;
  });
  next_ = static_cast<std::size_t>(found - records.begin());
  status_ = Status::Ok();
}

bool ListFeed::Next(FeedEvent& event) {
  const std::lock_guard lock(list_->mutex_);
  if (!status_.ok()) {
    return false;
  }
  if (next_ == list_->records_.size()) {
    if (list_->broken_) {
      status_ = Status::IoError("the wire is cut");
    }
    return false;
  }
  bytes_ = list_->records_[next_];
  event = {SequenceOf(bytes_), bytes_, next_};
  ++next_;
  return true;
}

bool ListFeed::Wait(std::chrono::milliseconds timeout) {
  std::unique_lock lock(list_->mutex_);
  list_->changed_.wait_for(
      lock, timeout, [this] { return woken_ || list_->broken_ || next_ < list_->records_.size(); });
  woken_ = false;
  return next_ < list_->records_.size();
}

void ListFeed::Wake() {
  const std::lock_guard lock(list_->mutex_);
  woken_ = true;
  list_->changed_.notify_all();
}

Result<std::string> ListFeed::Get(std::uint64_t sequence) {
  const std::lock_guard lock(list_->mutex_);
  for (const std::string& bytes : list_->records_) {
    if (SequenceOf(bytes) == sequence) {
      return bytes;
    }
  }
  return Status::NotFound("no such event");
}

std::uint64_t ListFeed::Head() const {
  const std::lock_guard lock(list_->mutex_);
  std::uint64_t head = list_->promised_;
  for (auto record = list_->records_.rbegin(); record != list_->records_.rend() && head == 0;
       ++record) {
    head = SequenceOf(*record);
  }
  return head;
}

}  // namespace lumbung
