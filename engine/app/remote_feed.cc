#include "engine/app/remote_feed.h"

#include <chrono>
#include <utility>

#include "engine/client/event_stream.h"

namespace lumbung {
namespace {

constexpr std::size_t kReadAhead = std::size_t{8} << 20;
// For one event.
constexpr std::chrono::seconds kAnswer{15};

v1::ReplayRequest RequestFor(std::uint32_t shard, std::uint64_t from) {
  v1::ReplayRequest request;
  request.set_shard(shard);
  request.set_from(from);
  return request;
}

}  // namespace

RemoteFeed::RemoteFeed(std::unique_ptr<CommandClient> client, std::uint32_t shard,
                       std::uint64_t head)
    : client_(std::move(client)), shard_(shard), head_(head), thread_([this] { Read(); }) {}

RemoteFeed::~RemoteFeed() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    ++call_;
  }
  changed_.notify_all();
  thread_.join();
}

void RemoteFeed::Seek(std::uint64_t sequence) {
  LUMBUNG_CHECK(sequence >= 1);
  {
    const std::lock_guard lock(mutex_);
    from_ = sequence;
    ahead_.Clear();
    ended_ = Status::Ok();
    ++call_;
  }
  changed_.notify_all();
  current_.Clear();
  taken_ = 0;
  status_ = Status::Ok();
}

bool RemoteFeed::Next(FeedEvent& event) {
  if (taken_ == current_.ends.size()) {
    current_.Clear();
    taken_ = 0;
    const std::lock_guard lock(mutex_);
    std::swap(current_, ahead_);
    if (current_.empty()) {
      status_ = ended_;
      return false;
    }
    changed_.notify_all();
  }
  const std::size_t begin = taken_ == 0 ? 0 : current_.ends[taken_ - 1];
  event = {current_.first + taken_,
           std::string_view(current_.bytes).substr(begin, current_.ends[taken_] - begin), 0};
  ++taken_;
  return true;
}

bool RemoteFeed::Wait(std::chrono::milliseconds timeout) {
  if (taken_ < current_.ends.size()) {
    return true;
  }
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [this] { return !ahead_.empty() || !ended_.ok() || woken_; });
  woken_ = false;
  return !ahead_.empty();
}

void RemoteFeed::Wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

Result<std::string> RemoteFeed::Get(std::uint64_t sequence) {
  v1::ReplayRequest request = RequestFor(shard_, sequence);
  request.set_through(sequence);
  std::string found;
  const auto limit = std::chrono::steady_clock::now() + kAnswer;
  const auto is_late = [limit] { return std::chrono::steady_clock::now() > limit; };
  const Status status = ReadEvents(
      *client_, request,
      [&found](std::uint64_t, std::string_view event) {
        found = event;
        return Status::Ok();
      },
      [this, is_late] { return ending_ || is_late(); });
  if (status.kind() == Status::Kind::kCancelled && is_late()) {
    return Status::IoError("the server does not answer");
  }
  LUMBUNG_RETURN_IF_ERROR(status);
  if (found.empty()) {
    return Status::NotFound("event " + std::to_string(sequence) + " is not there");
  }
  NoteHead(sequence);
  return found;
}

void RemoteFeed::NoteHead(std::uint64_t sequence) {
  std::uint64_t head = head_;
  while (head < sequence && !head_.compare_exchange_weak(head, sequence)) {
  }
}

bool RemoteFeed::Put(std::uint64_t call, std::uint64_t sequence, std::string_view event) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this, call] { return call_ != call || ahead_.bytes.size() < kReadAhead; });
  if (call_ != call) {
    return false;
  }
  const bool first = ahead_.empty();
  if (first) {
    ahead_.first = sequence;
  }
  ahead_.bytes += event;
  ahead_.ends.push_back(ahead_.bytes.size());
  NoteHead(sequence);
  lock.unlock();
  if (first) {
    changed_.notify_all();
  }
  return true;
}

// The thread: the call that is wanted, until another is.
void RemoteFeed::Read() {
  std::uint64_t call = 0;
  while (true) {
    v1::ReplayRequest request;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this, call] { return call_ != call; });
      if (ending_) {
        return;
      }
      call = call_;
      request = RequestFor(shard_, from_);
    }
    request.set_follow(true);
    const Status status = ReadEvents(
        *client_, request,
        [this, call](std::uint64_t sequence, std::string_view event) {
          return Put(call, sequence, event) ? Status::Ok() : Status::Cancelled("not wanted");
        },
        [this, call] { return call_ != call; });
    {
      const std::lock_guard lock(mutex_);
      if (call_ == call) {
        // One that follows does not end by itself.
        ended_ = status.ok() ? Status::IoError("the server ended the stream") : status;
      }
    }
    changed_.notify_all();
  }
}

}  // namespace lumbung
