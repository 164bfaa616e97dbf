#include "engine/serve/event_waiters.h"

namespace lumbung {

EventWaiters::Ticket EventWaiters::Add(std::uint32_t shard, std::uint64_t sequence,
                                       std::function<void()> wake) {
  const Event event{shard, sequence};
  Ticket ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    ticket = ++last_ticket_;
    if (all_) {
      executor_.Post(std::move(wake));
      return ticket;
    }
    waiting_.emplace(std::pair(event, ticket), std::move(wake));
    events_.emplace(ticket, event);
    if (!asked_.insert(event).second) {
      return ticket;
    }
  }
  ledger_.shard(shard).WhenDurable(sequence,
                                   [self = shared_from_this(), event] { self->Wake(event); });
  return ticket;
}

EventWaiters::Ticket EventWaiters::AddForAll(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  const Ticket ticket = ++last_ticket_;
  if (all_) {
    executor_.Post(std::move(wake));
  } else {
    waiting_.emplace(std::pair(kNone, ticket), std::move(wake));
    events_.emplace(ticket, kNone);
  }
  return ticket;
}

void EventWaiters::Remove(Ticket ticket) {
  // Let go outside: it may hold the last of who waits.
  std::function<void()> removed;
  const std::lock_guard lock(mutex_);
  const auto event = events_.find(ticket);
  if (event == events_.end()) {
    return;
  }
  const auto found = waiting_.find({event->second, ticket});
  removed = std::move(found->second);
  waiting_.erase(found);
  events_.erase(event);
}

// The executor is used with the mutex held: after WakeAll nobody is left to use it for.
void EventWaiters::Wake(const Event& event) {
  const std::lock_guard lock(mutex_);
  asked_.erase(event);
  auto it = waiting_.lower_bound({event, 0});
  while (it != waiting_.end() && it->first.first == event) {
    executor_.Post(std::move(it->second));
    events_.erase(it->first.second);
    it = waiting_.erase(it);
  }
}

void EventWaiters::WakeAll() {
  const std::lock_guard lock(mutex_);
  all_ = true;
  for (auto& [key, wake] : waiting_) {
    executor_.Post(std::move(wake));
  }
  waiting_.clear();
  events_.clear();
}

}  // namespace lumbung
