#include "engine/app/submitter.h"

#include <utility>

#include "engine/base/check.h"

namespace lumbung {

Submitter::Submitter(CommandSink& sink, OnAnswer on_answer)
    : sink_(sink), on_answer_(std::move(on_answer)) {}

Submitter::~Submitter() {
  std::unique_lock lock(mutex_);
  for (const auto& group : in_flight_) {
    done_changed_.wait(lock, [&] { return group->done; });
  }
}

void Submitter::Add(v1::Command command, std::uint64_t place) {
  if (filling_ == nullptr) {
    filling_ = std::make_unique<Group>();
    filling_->commands.reserve(kGroup);
    filling_->places.reserve(kGroup);
  }
  filling_->commands.push_back(std::move(command));
  filling_->places.push_back(place);
  if (filling_->commands.size() == kGroup) {
    Send();
  }
}

void Submitter::Send() {
  while (!in_flight_.empty() && (in_flight_.size() >= kGroupsInFlight || OldestIsDone())) {
    TakeOldest();
  }
  Group* const group = filling_.get();
  in_flight_.push_back(std::move(filling_));
  group->pointers.reserve(group->commands.size());
  for (const v1::Command& command : group->commands) {
    group->pointers.push_back(&command);
  }
  sink_.Submit(group->pointers, [this, group](std::vector<Answer> answers) {
    const std::lock_guard lock(mutex_);
    group->answers = std::move(answers);
    group->done = true;
    // Under the lock: once it is free, the submitter may go.
    done_changed_.notify_all();
  });
}

bool Submitter::OldestIsDone() {
  const std::lock_guard lock(mutex_);
  return in_flight_.front()->done;
}

void Submitter::TakeOldest() {
  {
    std::unique_lock lock(mutex_);
    done_changed_.wait(lock, [&] { return in_flight_.front()->done; });
  }
  const std::unique_ptr<Group> group = std::move(in_flight_.front());
  in_flight_.pop_front();
  LUMBUNG_CHECK(group->answers.size() == group->commands.size());
  for (std::size_t i = 0; i < group->commands.size(); ++i) {
    on_answer_(group->places[i], group->commands[i], group->answers[i]);
  }
}

void Submitter::Finish() {
  if (filling_ != nullptr) {
    Send();
  }
  while (!in_flight_.empty()) {
    TakeOldest();
  }
}

}  // namespace lumbung
