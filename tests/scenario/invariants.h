// What must hold of a ledger after every event, computed anew from its log.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/scenario/memory_ledger.h"

namespace lumbung {

// An account as the entries of the log give it. Balance = debits - credits.
struct Recomputed {
  Int128 balance = 0;
  Int128 held_debit = 0;
  Int128 held_credit = 0;
};
using RecomputedAccounts = std::map<AccountKey, Recomputed>;

// Follows one ledger: each call of Check looks at what came since the last one. The state's rows
// are cut and copied in each call, as the store does beside it.
class Invariants {
 public:
  // REQUIRES: the ledger outlives it, and nobody else cuts its rows
  explicit Invariants(MemoryLedger& ledger) : ledger_(ledger) {}

  // What does not hold, a line each; empty as a rule.
  std::vector<std::string> Check();

  const RecomputedAccounts& accounts() const { return accounts_; }

 private:
  void TakeEvent(const v1::Event& event);
  void TakePosting(const v1::Transaction& transaction, const v1::Posting& posting,
                   std::int64_t recorded_at, bool hold);
  void CheckPosting(const v1::Transaction& transaction, const v1::Posting& posting,
                    std::int64_t recorded_at, const RecomputedAccounts& before);
  void CheckFloors(const v1::Transaction& transaction, const v1::Posting& posting,
                   std::int64_t recorded_at, const RecomputedAccounts& before);
  void CheckAccounts();
  void CheckTotals();
  void CheckHolds();
  void CheckReplay();
  void CheckCopiedRows();
  void Fail(std::string what) { problems_.push_back(std::move(what)); }

  MemoryLedger& ledger_;
  std::size_t taken_ = 0;
  RecomputedAccounts accounts_;
  // Entries of the holds that have not ended.
  std::map<HoldKey, std::vector<v1::Entry>> holds_;
  std::map<AccountKey, v1::AccountLimits> limits_;
  // The state of the events taken, applied one by one.
  State replayed_;
  // Rows as the derived store has them.
  std::map<std::string, std::string> rows_;
  std::vector<std::string> problems_;
};

// Which account an entry posts to.
AccountKey AccountOf(std::uint64_t cooperative, const v1::Entry& entry);

}  // namespace lumbung
