// Reads a shard's feed ahead on a thread of its own: hashes each event and parses it, once for all
// projections that take it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <google/protobuf/arena.h>

#include "engine/base/status.h"
#include "engine/chain/hash.h"
#include "engine/feed/event_source.h"
#include "projections/runtime/chain_check.h"

namespace lumbung {

// Events of a shard in the order of its feed. Reused: what it holds lives on its arena.
class Chunk {
 public:
  Chunk();

  void Clear();
  // The bytes need not outlive the call.
  void Add(const FeedEvent& event, const Hash& hash);

  std::uint32_t shard = 0;
  std::vector<ReadEvent> events;
  // The last event that the feed knew of when this was read.
  std::uint64_t head = 0;
  // Whether all was read that the feed knew of.
  bool dry = false;
  // Why the feed gives nothing any more; OK while it does.
  Status status;

 private:
  // Of the arena's first block, which it never gives back.
  std::unique_ptr<char[]> memory_;
  std::unique_ptr<google::protobuf::Arena> arena_;
};

// A fixed number of chunks, handed from readers to one taker and back. Thread-safe.
class ChunkQueue {
 public:
  explicit ChunkQueue(std::size_t chunks);

  // An empty one, when there is one; null once it is closed.
  std::unique_ptr<Chunk> Obtain();
  void GiveBack(std::unique_ptr<Chunk> chunk);
  void Push(std::unique_ptr<Chunk> chunk);
  // The oldest that was pushed; null where none comes until then, or it is closed.
  std::unique_ptr<Chunk> Pop(std::chrono::steady_clock::time_point deadline);
  // Ends all waiting, now and later; what was pushed is given up.
  void Close();

 private:
  std::mutex mutex_;
  std::condition_variable free_changed_;
  std::condition_variable full_changed_;
  // Below is guarded by mutex_.
  std::vector<std::unique_ptr<Chunk>> free_;
  std::deque<std::unique_ptr<Chunk>> full_;
  bool closed_ = false;
};

class FeedReader {
 public:
  // Begins with the event `from` and ends after `through`, at which the feed counts as dry. The
  // queue must outlive it.
  FeedReader(std::uint32_t shard, std::unique_ptr<EventSource> source, std::uint64_t from,
             std::uint64_t through, ChunkQueue& queue);
  // REQUIRES: the queue is closed
  ~FeedReader();

 private:
  void Run();
  // Reads what is there, as far as a chunk goes; false where that was all.
  bool Fill(Chunk& chunk);

  const std::uint32_t shard_;
  const std::unique_ptr<EventSource> source_;
  const std::uint64_t through_;
  ChunkQueue& queue_;
  Hasher hasher_;
  // The event behind the highest that was read.
  std::uint64_t next_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace lumbung
