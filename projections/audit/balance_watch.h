// One account that may not be negative at the end of a day. What outlets tell late is waited for: a
// day is judged when it is over for some days, by what has come of it until then, in whatever
// order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/int128.h"
#include "engine/domain/account_key.h"
#include "projections/audit/evidence.h"
#include "projections/audit/rules.h"

namespace lumbung::audit {

class BalanceWatch {
 public:
  // What is not judged by any rule only knows its balance.
  BalanceWatch() = default;
  explicit BalanceWatch(const AccountKey& key) : key_(key) {}

  const AccountKey& key() const { return key_; }
  bool is_judged() const { return judged_; }
  RuleId rule() const { return rule_; }
  void JudgeBy(RuleId rule, std::int32_t grace_days) {
    judged_ = true;
    rule_ = rule;
    grace_days_ = grace_days;
  }

  // In the direction in which the account grows, on a business date. What comes after its day was
  // judged counts on the oldest day that was not.
  void Add(Date date, Date today, Int128 amount, const Evidence& event);
  // All that was recorded.
  Int128 Balance() const;

  // The day at whose beginning the oldest day that is not judged will be; 0: there is none.
  Date DueOn() const;
  // Takes the oldest day: what the account came to at its end. REQUIRES: DueOn() != 0
  struct Day {
    Date date = 0;
    Int128 balance = 0;
  };
  Day TakeDay();
  // The last event that left a day negative. There is one where a day is.
  const std::optional<Evidence>& low() const { return low_; }

  // The first day of those in a row that were negative when judged; 0: the last was not.
  Date negative_since = 0;

  void AppendTo(std::string& bytes) const;
  // Of a cooperative.
  static BalanceWatch Unpack(std::uint64_t cooperative, Unpacker& unpack);

 private:
  // The lowest that any day's end comes to from a slot on.
  Int128 LowestFrom(std::size_t slot) const;

  AccountKey key_;
  bool judged_ = false;
  RuleId rule_ = RuleId::kNegativeCash;
  std::int32_t grace_days_ = 0;
  // Of the days that were judged.
  Int128 settled_ = 0;
  // Of later ones, ascending: what each adds.
  std::vector<Day> days_;
  std::optional<Evidence> low_;
};

}  // namespace lumbung::audit
