// Those who wait for events that are not there yet, or for the server to stop: called once each,
// and forgotten where they go away before.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "engine/commit/ledger.h"
#include "engine/serve/executor.h"

namespace lumbung {

// Thread-safe. Shards keep hold of it for as long as they may call.
class EventWaiters : public std::enable_shared_from_this<EventWaiters> {
 public:
  using Ticket = std::uint64_t;

  // Both must outlive the last of Add and WakeAll.
  EventWaiters(Ledger& ledger, Executor& executor) : ledger_(ledger), executor_(executor) {}

  // Has `wake` called on a thread of the executor, as soon as the shard has an event at `sequence`
  // or all are woken. REQUIRES: there is such a shard
  Ticket Add(std::uint32_t shard, std::uint64_t sequence, std::function<void()> wake);
  // The same where only WakeAll is waited for.
  Ticket AddForAll(std::function<void()> wake);
  // Calls it no more, unless it is being called.
  void Remove(Ticket ticket);
  // From now on everyone is woken at once.
  void WakeAll();

 private:
  // A shard's event, as (shard, sequence).
  using Event = std::pair<std::uint32_t, std::uint64_t>;
  static constexpr Event kNone{~std::uint32_t{0}, ~std::uint64_t{0}};

  void Wake(const Event& event);

  Ledger& ledger_;
  Executor& executor_;

  std::mutex mutex_;
  // Below is guarded by mutex_.
  bool all_ = false;
  Ticket last_ticket_ = 0;
  std::map<std::pair<Event, Ticket>, std::function<void()>> waiting_;
  std::map<Ticket, Event> events_;
  // Of which the shards tell.
  std::set<Event> asked_;
};

}  // namespace lumbung
