// Transactions of the batch in hand, as far as figures need them. They are taken when it ends,
// cooperative by cooperative: what is known of one is then met once a batch and not once an event,
// which is most of what events cost.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "engine/base/date.h"
#include "projections/performance/name_table.h"

#include "lumbung/ledger/v1/transaction.pb.h"

namespace lumbung::performance {

namespace v1 = ledger::v1;

struct PostedEntry {
  std::uint64_t holder = 0;
  // Below zero: a debit.
  std::int64_t credit = 0;
  std::uint32_t code = 0;
  bool rupiah = false;
};

struct Posted {
  std::uint64_t cooperative = 0;
  std::uint64_t outlet = 0;
  std::int64_t recorded_at = 0;
  std::int64_t occurred_at = 0;
  // Who is dealt with, where that is a member; else 0.
  std::uint64_t member = 0;
  std::uint32_t shard = 0;
  Date date = 0;
  std::uint32_t first_entry = 0;
  std::uint32_t entries = 0;
  NameId kind = 0;
  NameId channel = 0;
  bool reversal = false;
  // No transaction: a bank confirmed the balance of the account of this code on the day.
  std::uint32_t confirmed_code = 0;
};

// One thread at a time.
class Pending {
 public:
  bool empty() const { return posted_.empty(); }
  // Of all that is in hand: what a batch takes in memory.
  std::size_t entries() const { return entries_.size(); }

  void Add(std::uint32_t shard, std::int64_t recorded_at, const v1::Transaction& transaction,
           NameTable& names);
  void AddConfirmation(std::uint64_t cooperative, std::uint32_t code, Date date);

  std::span<const PostedEntry> EntriesOf(const Posted& posted) const {
    return std::span(entries_).subspan(posted.first_entry, posted.entries);
  }
  // Calls take(cooperative's number, its transactions in the order of events) for each cooperative,
  // ascending, until one fails; take returns a Status.
  template <typename Take>
  auto EachCooperative(const Take& take) {
    Sort();
    std::vector<const Posted*> of_one;
    for (std::size_t i = 0; i < order_.size();) {
      const std::uint64_t cooperative = order_[i].first;
      of_one.clear();
      for (; i < order_.size() && order_[i].first == cooperative; ++i) {
        of_one.push_back(&posted_[order_[i].second]);
      }
      const auto taken = take(cooperative, std::span<const Posted* const>(of_one));
      if (!taken.ok()) {
        return taken;
      }
    }
    return decltype(take(0, std::span<const Posted* const>()))::Ok();
  }
  void Clear();

 private:
  void Sort();

  std::vector<Posted> posted_;
  std::vector<PostedEntry> entries_;
  // Cooperative and place in posted_.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> order_;
};

}  // namespace lumbung::performance
