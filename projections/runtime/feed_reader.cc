#include "projections/runtime/feed_reader.h"

#include <algorithm>
#include <utility>

#include "engine/base/thread_name.h"

namespace lumbung {
namespace {

// Small enough for a cache, large enough that handing it over costs nothing.
constexpr std::size_t kChunkEvents = 512;
constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
// What parsing a chunk of ordinary events takes.
constexpr std::size_t kArenaBytes = std::size_t{1} << 20;
// Whoever wants the reader to end wakes it; this only bounds what a lost call would cost.
constexpr std::chrono::milliseconds kLongestWait{1'000};

}  // namespace

Chunk::Chunk() : memory_(new char[kArenaBytes]) {
  google::protobuf::ArenaOptions options;
  options.initial_block = memory_.get();
  options.initial_block_size = kArenaBytes;
  arena_ = std::make_unique<google::protobuf::Arena>(options);
}

void Chunk::Clear() {
  events.clear();
  arena_->Reset();
  head = 0;
  dry = false;
  status = Status::Ok();
}

void Chunk::Add(const FeedEvent& given, const Hash& hash) {
  ReadEvent& read = events.emplace_back();
  read.hash = hash;
  read.offset = given.offset;
  auto* event = google::protobuf::Arena::CreateMessage<v1::Event>(arena_.get());
  if (event->ParseFromArray(given.bytes.data(), static_cast<int>(given.bytes.size()))) {
    read.event = event;
    read.unknown_body = UnknownBodyOf(*event);
  }
}

ChunkQueue::ChunkQueue(std::size_t chunks) {
  for (std::size_t i = 0; i < chunks; ++i) {
    free_.push_back(std::make_unique<Chunk>());
  }
}

std::unique_ptr<Chunk> ChunkQueue::Obtain() {
  std::unique_lock lock(mutex_);
  free_changed_.wait(lock, [this] { return closed_ || !free_.empty(); });
  if (closed_) {
    return nullptr;
  }
  std::unique_ptr<Chunk> chunk = std::move(free_.back());
  free_.pop_back();
  return chunk;
}

void ChunkQueue::GiveBack(std::unique_ptr<Chunk> chunk) {
  chunk->Clear();
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(chunk));
  }
  free_changed_.notify_one();
}

void ChunkQueue::Push(std::unique_ptr<Chunk> chunk) {
  {
    const std::lock_guard lock(mutex_);
    full_.push_back(std::move(chunk));
  }
  full_changed_.notify_one();
}

std::unique_ptr<Chunk> ChunkQueue::Pop(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  full_changed_.wait_until(lock, deadline, [this] { return closed_ || !full_.empty(); });
  if (closed_ || full_.empty()) {
    return nullptr;
  }
  std::unique_ptr<Chunk> chunk = std::move(full_.front());
  full_.pop_front();
  return chunk;
}

void ChunkQueue::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  free_changed_.notify_all();
  full_changed_.notify_all();
}

FeedReader::FeedReader(std::uint32_t shard, std::unique_ptr<EventSource> source, std::uint64_t from,
                       std::uint64_t through, ChunkQueue& queue)
    : shard_(shard),
      source_(std::move(source)),
      through_(through),
      queue_(queue),
      next_(from),
      thread_([this] { Run(); }) {}

FeedReader::~FeedReader() {
  stop_ = true;
  source_->Wake();
  thread_.join();
}

bool FeedReader::Fill(Chunk& chunk) {
  chunk.shard = shard_;
  std::size_t bytes = 0;
  bool more = true;
  FeedEvent event;
  while (more && chunk.events.size() < kChunkEvents && bytes < kChunkBytes) {
    more = next_ <= through_ && source_->Next(event);
    if (more) {
      chunk.Add(event, hasher_.Leaf(event.bytes));
      bytes += event.bytes.size();
      next_ = std::max(next_, event.sequence + 1);
    }
  }
  chunk.head = source_->Head();
  // One that reads from afar may know of events that have not come yet.
  chunk.dry = !more && (next_ > through_ || next_ > chunk.head);
  chunk.status = source_->status();
  return more;
}

void FeedReader::Run() {
  NameThread("feed");
  LowerThreadPriority();
  source_->Seek(next_);
  bool said_dry = false;
  while (!stop_) {
    std::unique_ptr<Chunk> chunk = queue_.Obtain();
    if (chunk == nullptr) {
      return;
    }
    const bool more = Fill(*chunk);
    const bool dry = chunk->dry;
    const bool ends = !chunk->status.ok();
    if (!chunk->events.empty() || ends || (dry && !said_dry)) {
      queue_.Push(std::move(chunk));
    } else {
      queue_.GiveBack(std::move(chunk));
    }
    if (ends) {
      return;
    }
    said_dry = dry;
    if (!more && !stop_) {
      static_cast<void>(source_->Wait(kLongestWait));
    }
  }
}

}  // namespace lumbung
