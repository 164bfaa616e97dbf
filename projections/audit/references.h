// The caller's references and numbers of payments: the same one in two transactions of one kind. A
// reference is remembered for one to two windows of the shard's time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/status.h"
#include "projections/audit/posted.h"
#include "projections/audit/reference_filter.h"

namespace lumbung::audit {

// Collects what a batch brings and looks it up when the batch ends, all at once. One thread at a
// time.
class References {
 public:
  // What the batch in hand brings must lie in one period (PeriodOf): it forgets by them.
  static std::uint32_t PeriodOf(std::int64_t recorded_at, const Rules& rules);

  Status Open(const RowReader& rows);
  void Take(const Posted& posted, const Rules& rules);
  Status Finish(const Desk& desk, RowWriter& out);

 private:
  // A transaction that names a reference, or one that undoes another.
  struct Use {
    std::uint32_t shard = 0;
    std::uint32_t period = 0;
    std::uint64_t cooperative = 0;
    std::uint64_t fingerprint = 0;
    Uuid transaction_id;
    // The transaction that is undone; nil: it names a reference.
    Uuid reverses;
    std::string reference;
    std::string kind;
    std::uint64_t correlation = 0;
    std::uint64_t outlet = 0;
    std::int64_t recorded_at = 0;
    Date date = 0;
    Evidence event;
  };
  // What is remembered under a fingerprint: the first transaction, or for an id what it stands for.
  struct Memory {
    Uuid transaction_id;
    std::uint64_t correlation = 0;
    Date date = 0;
    Evidence event;
  };
  struct Value {
    std::optional<std::string> bytes;
    bool changed = false;
  };

  static std::string KeyOf(const Use& use, std::uint32_t period, std::uint64_t fingerprint);
  static std::string Encode(const Memory& memory);
  static Result<Memory> Parse(std::string_view bytes);
  ReferenceFilter& FilterOf(const Use& use);
  Status LookUp(const RowReader& rows);
  void Write(RowWriter& out);
  // What is remembered, of this period or the one before.
  Result<std::optional<Memory>> Recall(const Use& use, std::uint64_t fingerprint,
                                       const RowReader& rows);
  void Remember(const Use& use, std::uint64_t fingerprint, const Memory& memory);
  Status Name(const Use& use, const Desk& desk);
  Status Undo(const Use& use, const Desk& desk);
  Status Forget(const RowReader& rows, RowWriter& out);

  std::vector<Use> uses_;
  // Rows as the batch in hand has them: those that it changed, and those that were read.
  std::unordered_map<std::string, Value> memories_;
  std::map<std::uint32_t, ReferenceFilter> filters_;
  // Whether there were rows when it was opened.
  bool had_rows_ = false;
  // By shard: how many it remembered, and in which period.
  struct Added {
    std::uint64_t rows = 0;
    std::uint32_t period = 0;
  };
  std::map<std::uint32_t, Added> added_;
};

}  // namespace lumbung::audit
