// What the balances must come to, by adding up every entry each time: no cleverness that could be
// wrong in the same way.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/domain/account_key.h"
#include "projections/balances/entry_block.h"
#include "projections/balances/totals.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

struct PlainEntry {
  AccountKey account;
  BalanceEntry entry;
  std::string transaction_id;
  std::string kind;
  std::string reference;
  Date business_date = 0;
  // Where the cooperative is by what is known in the end: ten digits, or "?".
  std::string region;
};

class PlainBooks {
 public:
  explicit PlainBooks(const std::vector<std::string>& events);

  const std::vector<PlainEntry>& entries() const { return entries_; }
  std::vector<AccountKey> Accounts() const;
  std::vector<PlainEntry> EntriesOf(const AccountKey& account) const;
  // Those of an account that `counts` holds true for.
  template <typename Counts>
  Totals Sum(const Counts& counts) const {
    Totals totals;
    for (const PlainEntry& entry : entries_) {
      if (counts(entry)) {
        totals.AddEntry(entry.entry.is_debit, entry.entry.amount);
      }
    }
    return totals;
  }

 private:
  void Post(const v1::Event& event, const v1::Transaction& transaction, const v1::Posting& posting);
  std::string RegionAt(std::uint64_t cooperative, Date date) const;

  std::vector<PlainEntry> entries_;
  std::map<std::uint64_t, std::vector<v1::Cooperative>> cooperatives_;
};

}  // namespace lumbung
