// Transfers between cooperatives: two legs with one correlation id, which may lie in two shards.
// What is said of one follows from its legs and when they were recorded, in whatever order the
// shards are read.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/status.h"
#include "projections/audit/posted.h"
#include "projections/audit/row_overlay.h"
#include "projections/audit/shard_clock.h"

namespace lumbung::audit {

using ShardClocks = std::map<std::uint32_t, ShardClock>;

// One thread at a time.
class Transfers {
 public:
  // Legs of a transfer that are kept.
  static constexpr std::size_t kMostLegs = 64;

  Status Open(const RowReader& rows);
  // Takes the entries between cooperatives of a transaction.
  Status Take(const Posted& posted, const ShardClocks& clocks, const Desk& desk);
  // Looks at what is due by a shard's clock.
  Status Wake(std::uint32_t shard, const ShardClocks& clocks, const Desk& desk);
  void Finish(RowWriter& out) { rows_.Finish(out); }

 private:
  struct Leg {
    Evidence event;
    std::int64_t recorded_at = 0;
    std::uint64_t cooperative = 0;
    // What is due to it, less what it owes.
    Int128 amount = 0;
  };
  struct Transfer {
    // In the order of time, shard and sequence.
    std::vector<Leg> legs;
  };

  static std::string Encode(const Transfer& transfer);
  static Result<Transfer> Parse(std::string_view bytes);
  Result<Transfer> Load(const std::string& key, const RowReader& rows);
  // The correlation that a transaction belongs to: its own, or of the leg that it reverses.
  Result<std::string> CorrelationOf(const Posted& posted, const Desk& desk);
  Status Add(const std::string& key, const Leg& leg, const ShardClocks& clocks, const Desk& desk);
  Status Judge(const std::string& key, const Transfer& transfer, const ShardClocks& clocks,
               const Desk& desk);
  // The leg that put it out of balance, where it still is.
  static const Leg* OpenSince(const Transfer& transfer);
  // When it is looked at because of that leg.
  static std::int64_t DueAfter(const Leg& leg, const Desk& desk);
  // The first time that it was out of balance for too long; 0: it never was.
  struct Overdue {
    std::int64_t found_at = 0;
    Int128 amount = 0;
  };
  static Overdue FirstOverdue(const Transfer& transfer, const ShardClocks& clocks,
                              const Desk& desk);
  void Expect(const Leg& open, const std::string& key, const Desk& desk);
  void Unexpect(const Leg& open, const std::string& key, const Desk& desk);

  RowOverlay rows_;
  // By shard of the leg that put a transfer out of balance: when it is looked at, and its key.
  std::map<std::uint32_t, std::set<std::pair<std::int64_t, std::string>>> due_;
};

}  // namespace lumbung::audit
