#include "engine/commit/block_writer.h"

#include "engine/base/check.h"
#include "engine/base/thread_name.h"
#include "engine/commit/chaining.h"

namespace lumbung {

BlockWriter::BlockWriter(LogStore& log, TreeBuilder tree,
                         std::function<void(std::uint64_t)> on_durable, BlockObserver on_block,
                         std::function<void()> on_idle)
    : log_(log),
      on_durable_(std::move(on_durable)),
      on_block_(std::move(on_block)),
      on_idle_(std::move(on_idle)),
      last_hash_(log.head().hash),
      tree_(std::move(tree)),
      thread_([this] { Run(); }) {}

BlockWriter::~BlockWriter() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void BlockWriter::Write(std::unique_ptr<Block> block) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ == nullptr; });
    waiting_ = std::move(block);
  }
  changed_.notify_all();
}

std::unique_ptr<Block> BlockWriter::TakeEmpty() {
  const std::lock_guard lock(mutex_);
  if (written_.empty()) {
    return std::make_unique<Block>();
  }
  std::unique_ptr<Block> block = std::move(written_.back());
  written_.pop_back();
  return block;
}

bool BlockWriter::idle() const {
  const std::lock_guard lock(mutex_);
  return waiting_ == nullptr && !writing_;
}

void BlockWriter::Drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_ == nullptr && !writing_; });
}

Status BlockWriter::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

Head BlockWriter::TreeHead(Hash& root) const {
  const std::lock_guard lock(tree_mutex_);
  const Head head = log_.head();
  // After a failed write the tree is ahead of the log: it is built again from what is durable.
  if (tree_.size() != head.sequence) {
    Result<TreeBuilder> tree = log_.LoadTree();
    LUMBUNG_CHECK(tree.ok());
    root = tree->Root();
  } else {
    root = tree_.Root();
  }
  return head;
}

void BlockWriter::Run() {
  NameThread("writer");
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return waiting_ != nullptr || stop_; });
    if (waiting_ == nullptr) {
      return;
    }
    std::unique_ptr<Block> block = std::move(waiting_);
    writing_ = true;
    const Status before = status_;
    lock.unlock();
    changed_.notify_all();

    const Status status = before.ok() ? Store(*block) : before;
    if (!status.ok() && before.ok()) {
      // Said before anyone hears of it, so that nothing more is decided on what was not written.
      const std::lock_guard relock(mutex_);
      status_ = status;
    }
    if (status.ok() && !block->events.empty()) {
      on_durable_(block->events.last_sequence());
    }
    AnswerRequests(*block, block->after_failure ? Status::Ok() : status);
    if (status.ok() && on_block_) {
      on_block_(block->times);
    }

    lock.lock();
    written_.push_back(std::move(block));
    writing_ = false;
    const bool is_idle = waiting_ == nullptr;
    lock.unlock();
    changed_.notify_all();
    if (is_idle) {
      on_idle_();
    }
    lock.lock();
  }
}

Status BlockWriter::Store(Block& block) {
  const auto start = std::chrono::steady_clock::now();
  block.times.wait = start - block.began - block.times.decide;
  if (block.events.empty()) {
    return Status::Ok();
  }
  block.times.events = block.events.events();
  ChainEvents(hasher_, last_hash_, block.events, block.hashes);
  const std::lock_guard lock(tree_mutex_);
  full_tiles_.clear();
  for (const Hash& hash : block.hashes) {
    tree_.Append(hash, full_tiles_);
  }
  Status status = log_.Append(block.events, full_tiles_, last_hash_);
  block.times.write = std::chrono::steady_clock::now() - start;
  return status;
}

void BlockWriter::AnswerRequests(Block& block, const Status& status) {
  for (auto& request : block.requests) {
    if (request->read_done) {
      request->read_done(status);
      continue;
    }
    for (Answer& answer : request->answers) {
      if (status.ok()) {
        FillHash(block, answer);
        continue;
      }
      answer = {};
      answer.code = v1::OUTCOME_UNKNOWN;
      answer.detail = "the write failed: " + status.message();
    }
    request->done(std::move(request->answers));
  }
  block.requests.clear();
}

void BlockWriter::FillHash(const Block& block, Answer& answer) {
  if (answer.sequence == 0 || answer.hash != Hash{}) {
    return;
  }
  if (!block.events.empty() && answer.sequence >= block.events.first_sequence()) {
    answer.hash = block.hashes[answer.sequence - block.events.first_sequence()];
    return;
  }
  // Seen before, in a block that was under way then and is durable now.
  const Result<std::string> event = log_.ReadEvent(answer.sequence);
  if (!event.ok()) {
    answer = {};
    answer.code = v1::OUTCOME_UNKNOWN;
    answer.detail = "it was recorded, but can't be read: " + event.status().message();
    return;
  }
  answer.hash = hasher_.Leaf(*event);
}

}  // namespace lumbung
