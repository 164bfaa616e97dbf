#include "engine/commit/shard.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "engine/base/check.h"
#include "engine/commit/block_writer.h"
#include "engine/commit/derived_stepper.h"
#include "engine/commit/opening.h"
#include "engine/commit/sequencer.h"
#include "engine/commit/shard_of.h"

namespace lumbung {
namespace {

// An idle shard looks at the clock at least so often while a hold can expire: the clock may be set.
constexpr std::int64_t kLongestNap = std::int64_t{60} * 1'000'000;

}  // namespace

// The queue between the clients and the decider, and the decider's thread.
class Shard::Impl {
 public:
  Impl(OpenedShard opened, const ShardOptions& options);
  ~Impl() { static_cast<void>(Close().ok()); }

  // Looks things up on the client's thread, then queues.
  void Submit(std::span<const v1::Command* const> commands, std::string_view actor, Done done,
              const SubmitOptions& options);
  void Push(std::unique_ptr<Request> request);
  Answer RecordDirectly(v1::Event event);
  void ConfirmClock();
  Status Close();

  ShardStats Stats() const;
  void WhenDurable(std::uint64_t sequence, std::function<void()> wake);
  std::string WhyStopped() const;

  // Whether ids could be looked up so far. On the decider's thread.
  Status LookedUp() const { return history_->status(); }
  LogStore& log() { return *log_; }
  const BlockWriter& writer() const { return *writer_; }

 private:
  using Queue = std::deque<std::unique_ptr<Request>>;
  using Time = std::chrono::steady_clock::time_point;

  void Run();
  // Waits until there is something to do, and takes what waits; false when all is done.
  bool WaitForWork(Queue& requests);
  void Take(std::unique_ptr<Request> request);
  // Begins a block, or one that has nothing yet again: the time and what is due may be others now.
  void StartBlock();
  void HandOver();
  // Counts the time since `working_since_` as work on the block.
  void NoteWork();
  void NoteAccounts();
  // Calls those who wait for events up to `sequence`.
  void WakeWaiters(std::uint64_t sequence);
  // A cooperative is registered where it lives, and nowhere else.
  void CheckHome(const v1::Command& command, Checked& checked) const;
  // After a write has failed: the state goes back to what is durable, and reads go on.
  void GoBackIfFailed();

  // Constant after construction.
  const ShardOptions options_;
  std::unique_ptr<LogStore> log_;
  std::unique_ptr<DerivedStore> derived_;
  std::unique_ptr<IdHistory> history_;
  const std::uint64_t replayed_;
  const std::uint64_t opened_at_;
  const std::uint32_t shard_;
  const std::uint32_t shards_;  // 0 while the ledger is made

  // The decider's own.
  std::unique_ptr<Sequencer> sequencer_;
  std::unique_ptr<Block> block_;
  bool went_back_ = false;
  // When the oldest of the requests at hand came, and since when the decider is at work.
  Time arrived_;
  Time working_since_;

  std::unique_ptr<DerivedStepper> stepper_;
  std::unique_ptr<BlockWriter> writer_;

  // As of the last block that was handed over.
  std::atomic<std::uint64_t> accounts_;
  std::atomic<std::uint64_t> account_bytes_;
  std::atomic<bool> clock_suspect_ = false;

  std::mutex waiters_mutex_;
  // By the sequence that is waited for. Guarded by waiters_mutex_.
  std::multimap<std::uint64_t, std::function<void()>> waiters_;

  // Held shared by clients that look ids up, exclusively to close what they look into.
  std::shared_mutex lookups_;
  std::atomic<bool> stopping_ = false;

  std::mutex mutex_;
  std::condition_variable wake_;
  // Below is guarded by mutex_.
  Queue queue_;
  std::size_t queued_commands_ = 0;
  // When the first of the queue came.
  Time queued_since_;
  bool stop_ = false;
  bool confirm_clock_ = false;
  bool closed_ = false;

  // Started last.
  std::thread thread_;
};

Shard::Impl::Impl(OpenedShard opened, const ShardOptions& options)
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
      stepper_(std::make_unique<DerivedStepper>(*log_, *derived_, *history_,
                                                options.derived_step_events,
                                                options.derived_piece_rows, log_->head().sequence)),
      writer_(std::make_unique<BlockWriter>(
          *log_, std::move(opened.tree),
          [this](std::uint64_t sequence) {
            stepper_->NoteDurable(sequence);
            WakeWaiters(sequence);
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

void Shard::Impl::Submit(std::span<const v1::Command* const> commands, std::string_view actor,
                         Done done, const SubmitOptions& options) {
  auto request = std::make_unique<Request>();
  const std::size_t count = commands.size();
  request->commands.assign(commands.begin(), commands.end());
  request->actor = actor;
  request->options = options;
  request->done = std::move(done);
  request->checked.reserve(count);
  request->keys.resize(count);
  request->found.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    request->checked.push_back(Validate(*commands[i]));
    CheckHome(*commands[i], request->checked.back());
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

void Shard::Impl::Push(std::unique_ptr<Request> request) {
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

void Shard::Impl::ConfirmClock() {
  {
    const std::lock_guard lock(mutex_);
    confirm_clock_ = true;
  }
  wake_.notify_one();
}

Answer Shard::Impl::RecordDirectly(v1::Event event) {
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

bool Shard::Impl::WaitForWork(Queue& requests) {
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

void Shard::Impl::Run() {
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

void Shard::Impl::StartBlock() {
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

void Shard::Impl::Take(std::unique_ptr<Request> request) {
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

void Shard::Impl::NoteWork() {
  const Time now = std::chrono::steady_clock::now();
  block_->times.decide += now - working_since_;
  working_since_ = now;
}

void Shard::Impl::HandOver() {
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

void Shard::Impl::NoteAccounts() {
  const AccountTable& accounts = sequencer_->state().accounts();
  accounts_ = accounts.size();
  account_bytes_ = accounts.MemoryBytes();
}

void Shard::Impl::GoBackIfFailed() {
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

Status Shard::Impl::Close() {
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
  WakeWaiters(~std::uint64_t{0});
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

void Shard::Impl::CheckHome(const v1::Command& command, Checked& checked) const {
  if (shards_ > 1 && command.has_register_cooperative() && checked.code == v1::OK &&
      ShardOf(command.register_cooperative().cooperative(), shards_) != shard_) {
    checked.code = v1::WRONG_SHARD;
    checked.detail = "cooperative: lives in another shard than " + std::to_string(shard_);
  }
}

void Shard::Impl::WhenDurable(std::uint64_t sequence, std::function<void()> wake) {
  {
    const std::lock_guard lock(waiters_mutex_);
    if (log_->head().sequence < sequence && !stopping_) {
      waiters_.emplace(sequence, std::move(wake));
      return;
    }
  }
  wake();
}

void Shard::Impl::WakeWaiters(std::uint64_t sequence) {
  std::vector<std::function<void()>> woken;
  {
    const std::lock_guard lock(waiters_mutex_);
    const auto end = waiters_.upper_bound(sequence);
    for (auto it = waiters_.begin(); it != end; it = waiters_.erase(it)) {
      woken.push_back(std::move(it->second));
    }
  }
  for (const auto& wake : woken) {
    wake();
  }
}

std::string Shard::Impl::WhyStopped() const {
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

ShardStats Shard::Impl::Stats() const {
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

// --- Shard ------------------------------------------------------------------------------------

Shard::Shard(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Shard::~Shard() = default;

Status Shard::Create(const std::string& dir, const v1::LedgerCreated& created,
                     const ShardOptions& options) {
  Result<std::unique_ptr<LogStore>> log = LogStore::Create(dir, options.log);
  if (!log.ok()) {
    return log.status();
  }
  LUMBUNG_RETURN_IF_ERROR((*log)->Close());
  log->reset();
  Result<std::unique_ptr<Shard>> shard = Open(dir, options);
  if (!shard.ok()) {
    return shard.status();
  }
  v1::Event event;
  *event.mutable_ledger_created() = created;
  const Answer answer = (*shard)->impl_->RecordDirectly(std::move(event));
  return answer.code == v1::OK ? (*shard)->Close() : Status::IoError(answer.detail);
}

Result<std::unique_ptr<Shard>> Shard::Open(const std::string& dir, const ShardOptions& options) {
  Result<OpenedShard> opened = OpenShard(dir, options);
  if (!opened.ok()) {
    return opened.status();
  }
  return std::unique_ptr<Shard>(new Shard(std::make_unique<Impl>(std::move(*opened), options)));
}

void Shard::Submit(std::span<const v1::Command* const> commands, std::string_view actor, Done done,
                   const SubmitOptions& options) {
  impl_->Submit(commands, actor, std::move(done), options);
}

std::vector<Answer> Shard::Execute(std::span<const v1::Command* const> commands,
                                   std::string_view actor) {
  std::promise<std::vector<Answer>> promise;
  Submit(commands, actor,
         [&](std::vector<Answer> answers) { promise.set_value(std::move(answers)); });
  return promise.get_future().get();
}

Answer Shard::Execute(const v1::Command& command, std::string_view actor) {
  const v1::Command* one = &command;
  return std::move(Execute({&one, 1}, actor).front());
}

void Shard::Read(std::function<void(const State&, std::uint64_t sequence)> read,
                 std::function<void(Status)> done) {
  auto request = std::make_unique<Request>();
  request->read = [read = std::move(read)](const State& state, std::uint64_t sequence, History&) {
    read(state, sequence);
  };
  request->read_done = std::move(done);
  impl_->Push(std::move(request));
}

void Shard::FindId(const CommandKey& key,
                   std::function<void(Status, std::uint64_t sequence, std::uint64_t as_of)> done) {
  struct Found {
    Status looked;
    std::uint64_t sequence = 0;
    std::uint64_t as_of = 0;
  };
  auto found = std::make_shared<Found>();
  auto request = std::make_unique<Request>();
  request->read = [key, found, impl = impl_.get()](const State&, std::uint64_t sequence,
                                                   History& history) {
    const Recorded recorded = history.Find(key);
    *found = {impl->LookedUp(), recorded.event == nullptr ? 0 : recorded.event->sequence(),
              sequence};
  };
  request->read_done = [found, done = std::move(done)](Status status) {
    done(status.ok() ? std::move(found->looked) : std::move(status), found->sequence, found->as_of);
  };
  impl_->Push(std::move(request));
}

Status Shard::Read(std::function<void(const State&, std::uint64_t sequence)> read) {
  std::promise<Status> promise;
  Read(std::move(read), [&](Status status) { promise.set_value(std::move(status)); });
  return promise.get_future().get();
}

void Shard::WhenDurable(std::uint64_t sequence, std::function<void()> wake) {
  impl_->WhenDurable(sequence, std::move(wake));
}
std::string Shard::WhyStopped() const { return impl_->WhyStopped(); }
Head Shard::head() const { return impl_->log().head(); }
const LogStore& Shard::log() const { return impl_->log(); }
Head Shard::TreeHead(Hash& root) const { return impl_->writer().TreeHead(root); }
void Shard::ConfirmClock() { impl_->ConfirmClock(); }
Status Shard::Backup(const std::string& dir) { return impl_->log().Backup(dir); }
Status Shard::Close() { return impl_->Close(); }

Answer Shard::RecordRestoration(const v1::LedgerRestored& restored) {
  v1::Event event;
  *event.mutable_ledger_restored() = restored;
  return impl_->RecordDirectly(std::move(event));
}

ShardStats Shard::Stats() const { return impl_->Stats(); }

}  // namespace lumbung
