#include "engine/commit/derived_stepper.h"

#include <algorithm>

#include "engine/base/thread_name.h"

namespace lumbung {
namespace {

// Rows copied between two blocks: a few milliseconds' work.
constexpr std::size_t kRowsAtATime = 16'384;

}  // namespace

DerivedStepper::DerivedStepper(const LogStore& log, DerivedStore& store, IdHistory& history,
                               std::size_t step_events, std::size_t piece_rows,
                               std::uint64_t durable)
    : log_(log),
      store_(store),
      history_(history),
      step_events_(step_events),
      piece_rows_(piece_rows),
      last_marker_(store.marker().sequence),
      durable_(durable),
      thread_([this] { Run(); }) {}

DerivedStepper::~DerivedStepper() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void DerivedStepper::Advance(State& state, std::uint64_t decided) {
  switch (phase_) {
    case Phase::kNone:
      if (decided - last_marker_ >= step_events_ || history_.newest().size() >= step_events_) {
        Begin(state, decided);
      }
      return;
    case Phase::kCopying:
      Copy(state, decided, kRowsAtATime);
      return;
    case Phase::kInstalling:
      // Its error stays in status(), and nothing more is begun.
      static_cast<void>(End(false).ok());
      return;
  }
}

Status DerivedStepper::Finish(State& state, std::uint64_t decided) {
  LUMBUNG_RETURN_IF_ERROR(Complete(state, decided));
  if (decided == last_marker_) {
    return Status::Ok();
  }
  Begin(state, decided);
  return Complete(state, decided);
}

Status DerivedStepper::Complete(State& state, std::uint64_t decided) {
  while (phase_ != Phase::kNone) {
    if (phase_ == Phase::kCopying) {
      Copy(state, decided, piece_rows_);
    } else {
      LUMBUNG_RETURN_IF_ERROR(End(true));
    }
  }
  return Status::Ok();
}

void DerivedStepper::Begin(State& state, std::uint64_t decided) {
  marker_ = decided;
  ids_ = &history_.BeginStep();
  state.BeginCut();
  phase_ = Phase::kCopying;
}

void DerivedStepper::Copy(State& state, std::uint64_t decided, std::size_t most) {
  is_last_piece_ = state.CopyCut(std::min(most, piece_rows_ - rows_.size()), rows_);
  if (!is_last_piece_ && rows_.size() < piece_rows_) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    covered_ = decided;
    handed_over_ = true;
  }
  phase_ = Phase::kInstalling;
  changed_.notify_all();
}

Status DerivedStepper::End(bool wait) {
  std::unique_lock lock(mutex_);
  if (wait) {
    changed_.wait(lock, [this] { return !handed_over_; });
  }
  if (handed_over_ || !status_.ok()) {
    return status_;
  }
  lock.unlock();
  if (!is_last_piece_) {
    phase_ = Phase::kCopying;
    return Status::Ok();
  }
  history_.EndStep();
  last_marker_ = marker_;
  phase_ = Phase::kNone;
  return Status::Ok();
}

void DerivedStepper::NoteDurable(std::uint64_t sequence) {
  {
    const std::lock_guard lock(mutex_);
    durable_ = sequence;
    if (!handed_over_ || durable_ < covered_) {
      return;
    }
  }
  changed_.notify_all();
}

Status DerivedStepper::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

std::chrono::steady_clock::time_point DerivedStepper::stepped_at() const {
  const std::lock_guard lock(mutex_);
  return stepped_at_;
}

void DerivedStepper::Run() {
  NameThread("deriver");
  LowerThreadPriority();
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stop_ || (handed_over_ && durable_ >= covered_); });
    if (stop_) {
      return;
    }
    lock.unlock();
    Status status = Install();
    rows_.Clear();
    lock.lock();
    handed_over_ = false;
    if (status.ok()) {
      stepped_at_ = std::chrono::steady_clock::now();
    }
    status_ = std::move(status);
    changed_.notify_all();
  }
}

Status DerivedStepper::Install() {
  const auto rows = [this](const DerivedStore::PutRow& put) { return rows_.ForEach(put); };
  if (!is_last_piece_) {
    return store_.InstallFrom(store_.marker(), {}, rows);
  }
  const Result<std::string> last = log_.ReadEvent(marker_);
  LUMBUNG_RETURN_IF_ERROR(last.status());
  return store_.InstallFrom({marker_, Hasher().Leaf(*last)}, ids_->Sorted(), rows);
}

}  // namespace lumbung
