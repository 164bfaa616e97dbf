#include "engine/commit/shard_worker.h"

#include <algorithm>
#include <future>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/thread_name.h"
#include "engine/commit/shard_of.h"

namespace lumbung {
namespace {

// An idle shard looks at the clock at least so often while a hold can expire: the clock may be set.
constexpr std::int64_t kLongestNap = std::int64_t{60} * 1'000'000;

Request::AccountHashes HashesOf(const v1::Command& command, const Checked& checked) {
  if (checked.code != v1::OK || !command.has_post() || command.post().entries_size() < 2) {
    return {};
  }
  const v1::Transaction& transaction = command.post();
  const auto hash = [&](int i) {
    return AccountTable::HashOf(KeyOf(transaction.cooperative(), transaction.entries(i)));
  };
  return {hash(0), hash(1)};
}

}  // namespace

ShardWorker::ShardWorker(OpenedShard opened, const ShardOptions& options)
    : options_(options),
      log_(std::move(opened.log)),
      derived_(std::move(opened.derived)),
      history_(std::move(opened.history)),
      replayed_(opened.replayed),
      opened_at_(log_->head().sequence),
      shard_(opened.state->ledger().shard()),
      shards_(opened.state->ledger().shards()),
      sequencer_(std::make_unique<Sequencer>(std::move(opened.state), *history_,
                                             log_->head().sequence, opened.last_time, options)),
      waiters_(opened_at_),
      stepper_(std::make_unique<DerivedStepper>(*log_, *derived_, *history_,
                                                options.derived_step_events,
                                                options.derived_piece_rows, log_->head().sequence)),
      writer_(std::make_unique<BlockWriter>(
          *log_, std::move(opened.tree),
          [this](std::uint64_t sequence) {
            stepper_->NoteDurable(sequence);
            waiters_.Wake(sequence);
          },
          options_.on_block,
          [this] {
            // The lock orders this after the decider's look at whether the writer is idle.
            { const std::lock_guard lock(mutex_); }
            wake_.notify_all();
          })),
      accounts_(sequencer_->state().accounts().size()),
      account_bytes_(sequencer_->state().accounts().MemoryBytes()),
      thread_([this] { Run(); }) {}

void ShardWorker::Submit(std::span<const v1::Command* const> commands, std::string_view actor,
                         Shard::Done done, const SubmitOptions& options) {
  auto request = std::make_unique<Request>();
  const std::size_t count = commands.size();
  request->commands.assign(commands.begin(), commands.end());
  request->actor = actor;
  request->options = options;
  request->done = std::move(done);
  request->checked.reserve(count);
  request->accounts.reserve(count);
  request->keys.resize(count);
  request->found.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    request->checked.push_back(Validate(*commands[i]));
    CheckHome(*commands[i], request->checked.back());
    request->accounts.push_back(HashesOf(*commands[i], request->checked.back()));
    request->keys[i] = ToIdKey(request->checked[i].key);
  }
  if (const std::shared_lock lock(lookups_); !stopping_) {
    // The generation first: an absence found later holds at least for it.
    request->generation = derived_->generation();
    if (const Status status = derived_->FindIds(request->keys, request->found); !status.ok()) {
      // Looked up again, and reported, by the decider.
      request->generation = static_cast<std::uint64_t>(-1);
    }
  }
  Push(std::move(request));
}

void ShardWorker::Push(std::unique_ptr<Request> request) {
  v1::Code refused = v1::OK;
  {
    const std::lock_guard lock(mutex_);
    if (stop_) {
      refused = v1::SHUTTING_DOWN;
    } else if (queued_commands_ + request->commands.size() > options_.max_queued_commands) {
      refused = v1::OVERLOADED;
    } else {
      if (queue_.empty()) {
        queued_since_ = std::chrono::steady_clock::now();
      }
      queued_commands_ += request->commands.size();
      queue_.push_back(std::move(request));
    }
  }
  if (refused == v1::OK) {
    wake_.notify_one();
    return;
  }
  if (request->read_done) {
    request->read_done(Status::Cancelled("the ledger is stopping"));
    return;
  }
  Answer answer;
  answer.code = refused;
  answer.detail = refused == v1::OVERLOADED ? "too many commands are waiting; send it again later"
                                            : "the ledger is stopping";
  request->done(std::vector<Answer>(request->commands.size(), answer));
}

void ShardWorker::ConfirmClock() {
  {
    const std::lock_guard lock(mutex_);
    confirm_clock_ = true;
  }
  wake_.notify_one();
}

Answer ShardWorker::RecordDirectly(v1::Event event) {
  // Through the queue, so that the decider's thread stays the only one to decide. The event rides
  // on a read, which alone sees the state between two decisions.
  Answer answer;
  std::promise<Status> durable;
  auto request = std::make_unique<Request>();
  request->read = [&](const State&, std::uint64_t, History&) {
    answer = sequencer_->Record(event, *block_);
  };
  request->read_done = [&](Status status) { durable.set_value(std::move(status)); };
  Push(std::move(request));
  if (const Status status = durable.get_future().get(); !status.ok()) {
    answer = {};
    answer.code = v1::OUTCOME_UNKNOWN;
    answer.detail = status.message();
  }
  return answer;
}

bool ShardWorker::WaitForWork(Queue& requests) {
  std::unique_lock lock(mutex_);
  while (true) {
    if (confirm_clock_) {
      confirm_clock_ = false;
      sequencer_->ConfirmClock();
    }
    if (!queue_.empty()) {
      requests.swap(queue_);
      arrived_ = queued_since_;
      queued_commands_ = 0;
      return true;
    }
    // A block that was begun goes to the writer as soon as that is idle; until then it grows.
    const bool has_block = block_ != nullptr && !block_->empty();
    if (has_block && writer_->idle()) {
      return true;
    }
    if (!has_block && stop_) {
      return false;
    }
    const std::int64_t expiry = has_block ? 0 : sequencer_->NextExpiry();
    if (expiry == 0) {
      wake_.wait(lock);
      continue;
    }
    const std::int64_t left = expiry - options_.clock->WallMicros();
    if (left <= 0) {
      return true;
    }
    wake_.wait_for(lock, std::chrono::microseconds(std::min(left, kLongestNap)));
  }
}

void ShardWorker::Run() {
  NameThread("decider");
  Queue requests;
  while (WaitForWork(requests)) {
    working_since_ = std::chrono::steady_clock::now();
    if (requests.empty()) {
      arrived_ = working_since_;
    }
    GoBackIfFailed();
    if (block_ == nullptr || block_->empty()) {
      StartBlock();
    }
    for (; !requests.empty(); requests.pop_front()) {
      Take(std::move(requests.front()));
    }
    NoteWork();
    if (!block_->empty() && writer_->idle()) {
      HandOver();
    } else if (block_->empty()) {
      // Woken for a hold that could not be released: the clock is suspect or writes are stopped.
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return !queue_.empty() || stop_ || confirm_clock_; });
    }
  }
  writer_->Drain();
  if (writer_->status().ok() && stepper_->status().ok()) {
    // What can't be derived now will be at the next opening.
    static_cast<void>(stepper_->Finish(sequencer_->state(), sequencer_->decided()).ok());
  }
}

void ShardWorker::StartBlock() {
  if (block_ == nullptr) {
    block_ = writer_->TakeEmpty();
    history_->Forget(block_.get());
    block_->Clear();
    history_->Remember(block_.get());
  }
  block_->after_failure = went_back_;
  block_->began = working_since_;
  block_->times = {};
  block_->times.queue = working_since_ - arrived_;
  sequencer_->StartBlock(*block_);
  clock_suspect_ = sequencer_->clock_suspect();
}

void ShardWorker::Take(std::unique_ptr<Request> request) {
  if (request->read_done) {
    request->read(sequencer_->state(), sequencer_->decided(), *history_);
    block_->requests.push_back(std::move(request));
    return;
  }
  if (!sequencer_->HasRoomFor(*block_, request->commands.size())) {
    HandOver();
    StartBlock();
  }
  std::size_t next = 0;
  while (true) {
    next = sequencer_->Take(*request, next, *block_);
    if (next == request->commands.size()) {
      break;
    }
    HandOver();
    StartBlock();
  }
  block_->requests.push_back(std::move(request));
}

void ShardWorker::NoteWork() {
  const Time now = std::chrono::steady_clock::now();
  block_->times.decide += now - working_since_;
  working_since_ = now;
}

void ShardWorker::HandOver() {
  if (!block_->events.empty()) {
    block_->events.Finish();
  }
  NoteAccounts();
  NoteWork();
  writer_->Write(std::move(block_));
  if (!went_back_) {
    stepper_->Advance(sequencer_->state(), sequencer_->decided());
    if (const Status status = stepper_->status(); !status.ok()) {
      sequencer_->Stop(v1::WRITES_STOPPED, "what is derived can't be written: " + status.message());
    }
  }
  working_since_ = std::chrono::steady_clock::now();
}

void ShardWorker::NoteAccounts() {
  const AccountTable& accounts = sequencer_->state().accounts();
  accounts_ = accounts.size();
  account_bytes_ = accounts.MemoryBytes();
}

void ShardWorker::GoBackIfFailed() {
  if (went_back_ || writer_->status().ok()) {
    return;
  }
  if (block_ != nullptr && !block_->empty()) {
    HandOver();
  }
  writer_->Drain();
  sequencer_->Stop(v1::WRITES_STOPPED,
                   "a write has failed: " + writer_->status().message() +
                       "; free the disk or replace it, then open the ledger again");
  Result<Replayed> durable = ReplayState(*log_, *derived_, options_.account_memory_bytes);
  // Without a state there is nothing that could be said truthfully.
  LUMBUNG_CHECK(durable.ok());
  sequencer_->GoBackTo(std::move(durable->state), log_->head().sequence);
  history_->GoBackTo(log_->head().sequence);
  went_back_ = true;
  NoteAccounts();
  if (block_ != nullptr) {
    block_->after_failure = true;
  }
}

Status ShardWorker::Close() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) {
      return Status::Ok();
    }
    closed_ = true;
    stop_ = true;
  }
  stopping_ = true;
  wake_.notify_all();
  thread_.join();
  waiters_.Close();
  const Status written = writer_->status();
  const Status derived = stepper_->status();
  writer_.reset();
  stepper_.reset();
  const std::unique_lock lock(lookups_);
  const Status derived_closed = derived_->Close();
  const Status log_closed = log_->Close();
  for (const Status* status : {&written, &log_closed, &derived, &derived_closed}) {
    LUMBUNG_RETURN_IF_ERROR(*status);
  }
  return Status::Ok();
}

void ShardWorker::CheckHome(const v1::Command& command, Checked& checked) const {
  if (shards_ > 1 && command.has_register_cooperative() && checked.code == v1::OK &&
      ShardOf(command.register_cooperative().cooperative(), shards_) != shard_) {
    checked.code = v1::WRONG_SHARD;
    checked.detail = "cooperative: lives in another shard than " + std::to_string(shard_);
  }
}

std::string ShardWorker::WhyStopped() const {
  if (stopping_) {
    return "the ledger is stopping";
  }
  if (clock_suspect_) {
    return "the clock has jumped; check it, then confirm it";
  }
  if (const Status status = writer_->status(); !status.ok()) {
    return "a write has failed: " + status.message();
  }
  const Status status = stepper_->status();
  return status.ok() ? "" : "what is derived can't be written: " + status.message();
}

ShardStats ShardWorker::Stats() const {
  ShardStats stats;
  stats.log = log_->Stats();
  stats.head = log_->head().sequence;
  stats.events = stats.head - opened_at_;
  stats.blocks = stats.log.blocks_written;
  stats.replayed_at_opening = replayed_;
  stats.accounts = accounts_;
  stats.account_bytes = account_bytes_;
  stats.derived_sequence = derived_->marker().sequence;
  stats.derived_at = stepper_->stepped_at();
  stats.clock_suspect = clock_suspect_;
  stats.write_failed = !writer_->status().ok() || !stepper_->status().ok();
  stats.derived_bytes_on_disk = derived_->BytesOnDisk();
  stats.derived_bytes_in_memory = derived_->MemoryBytes();
  return stats;
}

}  // namespace lumbung
