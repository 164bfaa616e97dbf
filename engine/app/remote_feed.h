// The feed of one shard from the server that owns the log, over its Replay.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/client/execute.h"
#include "engine/feed/event_source.h"

namespace lumbung {

// A thread of its own reads ahead, some megabytes at most. A call that ends is an error (status());
// Seek begins a new one. Head is what was heard of last, and no more than what was read ahead while
// nobody takes it.
class RemoteFeed : public EventSource {
 public:
  // `head` as the server told it. REQUIRES: client != nullptr
  RemoteFeed(std::unique_ptr<CommandClient> client, std::uint32_t shard, std::uint64_t head);
  ~RemoteFeed() override;
  RemoteFeed(const RemoteFeed&) = delete;
  RemoteFeed& operator=(const RemoteFeed&) = delete;

  void Seek(std::uint64_t sequence) override;
  bool Next(FeedEvent& event) override;
  const Status& status() const override { return status_; }
  bool Wait(std::chrono::milliseconds timeout) override;
  void Wake() override;
  Result<std::string> Get(std::uint64_t sequence) override;
  std::uint64_t Head() const override { return head_; }

 private:
  // Events one after the other.
  struct Batch {
    std::uint64_t first = 0;
    std::string bytes;
    // Where each one ends.
    std::vector<std::size_t> ends;

    bool empty() const { return ends.empty(); }
    void Clear() {
      bytes.clear();
      ends.clear();
    }
  };

  void Read();
  // False where what is read is not wanted any more.
  bool Put(std::uint64_t call, std::uint64_t sequence, std::string_view event);
  void NoteHead(std::uint64_t sequence);

  const std::unique_ptr<CommandClient> client_;
  const std::uint32_t shard_;

  // The reader's of events alone.
  Batch current_;
  std::size_t taken_ = 0;
  Status status_;

  std::atomic<std::uint64_t> head_;
  // Which call is wanted; 0: none yet.
  std::atomic<std::uint64_t> call_ = 0;
  std::atomic<bool> ending_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Below is guarded by mutex_.
  std::uint64_t from_ = 1;
  Batch ahead_;
  // How the call ended, where it has.
  Status ended_;
  bool woken_ = false;

  // Last: uses all of the above.
  std::thread thread_;
};

}  // namespace lumbung
