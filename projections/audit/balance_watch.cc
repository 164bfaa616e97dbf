#include "projections/audit/balance_watch.h"

#include <algorithm>

#include "projections/audit/local_time.h"

namespace lumbung::audit {

void BalanceWatch::Add(Date date, Date today, Int128 amount, const Evidence& event) {
  if (!judged_) {
    settled_ += amount;
    return;
  }
  // Most are of today or yesterday.
  if (date < today) {
    date = std::max(date, AddDays(today, -grace_days_));
  }
  std::size_t slot = days_.size();
  while (slot > 0 && days_[slot - 1].date >= date) {
    --slot;
  }
  if (slot == days_.size() || days_[slot].date != date) {
    days_.insert(days_.begin() + static_cast<std::ptrdiff_t>(slot), Day{date, 0});
  }
  days_[slot].balance += amount;
  if (amount < 0) {
    if (LowestFrom(slot) < 0) {
      low_ = event;
    }
  } else if (low_ && settled_ >= 0 && LowestFrom(0) >= 0) {
    low_.reset();
  }
}

Int128 BalanceWatch::LowestFrom(std::size_t slot) const {
  Int128 balance = settled_;
  for (std::size_t i = 0; i < slot; ++i) {
    balance += days_[i].balance;
  }
  Int128 lowest = balance + days_[slot].balance;
  for (; slot < days_.size(); ++slot) {
    balance += days_[slot].balance;
    lowest = std::min(lowest, balance);
  }
  return lowest;
}

Int128 BalanceWatch::Balance() const {
  Int128 balance = settled_;
  for (const Day& day : days_) {
    balance += day.balance;
  }
  return balance;
}

Date BalanceWatch::DueOn() const {
  return days_.empty() ? 0 : AddDays(days_.front().date, grace_days_ + 1);
}

BalanceWatch::Day BalanceWatch::TakeDay() {
  settled_ += days_.front().balance;
  const Day day{days_.front().date, settled_};
  days_.erase(days_.begin());
  return day;
}

void BalanceWatch::AppendTo(std::string& bytes) const {
  PackUnsigned(bytes, key_.code);
  PackUnsigned(bytes, key_.currency);
  PackUnsigned(bytes, key_.holder);
  PackUnsigned(bytes, judged_ ? static_cast<std::uint64_t>(rule_) + 1 : std::uint64_t{0});
  PackUnsigned(bytes, static_cast<std::uint32_t>(grace_days_));
  PackSigned(bytes, settled_);
  PackUnsigned(bytes, static_cast<std::uint32_t>(negative_since));
  PackUnsigned(bytes, std::uint64_t{days_.size()});
  for (const Day& day : days_) {
    PackUnsigned(bytes, static_cast<std::uint32_t>(day.date));
    PackSigned(bytes, day.balance);
  }
  PackUnsigned(bytes, std::uint64_t{low_ ? 1U : 0U});
  if (low_) {
    PackEvidence(bytes, *low_);
  }
}

BalanceWatch BalanceWatch::Unpack(std::uint64_t cooperative, Unpacker& unpack) {
  BalanceWatch watch;
  watch.key_.cooperative = cooperative;
  watch.key_.code = static_cast<std::uint32_t>(unpack.Unsigned());
  watch.key_.currency = static_cast<CurrencyCode>(unpack.Unsigned());
  watch.key_.holder = unpack.Unsigned();
  const std::uint64_t rule = unpack.Unsigned();
  const auto grace_days = static_cast<std::int32_t>(unpack.Unsigned());
  if (rule != 0) {
    watch.JudgeBy(static_cast<RuleId>(rule - 1), grace_days);
  }
  watch.settled_ = unpack.Signed();
  watch.negative_since = unpack.Day();
  watch.days_.resize(unpack.Many());
  for (Day& day : watch.days_) {
    day.date = unpack.Day();
    day.balance = unpack.Signed();
  }
  if (unpack.Unsigned() != 0) {
    watch.low_ = UnpackEvidence(unpack);
  }
  return watch;
}

}  // namespace lumbung::audit
