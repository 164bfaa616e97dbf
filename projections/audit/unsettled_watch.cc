#include "projections/audit/unsettled_watch.h"

#include <algorithm>

#include "projections/runtime/packing.h"

namespace lumbung::audit {

Date AfterWorkingDays(Date date, std::int32_t days) {
  std::int32_t day = DaysOfDate(date);
  // 1970-01-01 was a Thursday.
  const auto is_working = [](std::int32_t number) { return (number + 3) % 7 < 5; };
  while (days > 0) {
    days -= is_working(++day) ? 1 : 0;
  }
  return DateOfDays(day + 1);
}

void UnsettledWatch::Add(Date date, Int128 amount, const Evidence& event,
                         std::vector<Date>& settled) {
  if (amount > 0) {
    const Int128 paid = std::min(amount, ahead_);
    ahead_ -= paid;
    amount -= paid;
    if (amount == 0) {
      return;
    }
    auto place = days_.end();
    while (place != days_.begin() && (place - 1)->date >= date) {
      --place;
    }
    if (place != days_.end() && place->date == date) {
      place->open += amount;
    } else {
      days_.insert(place, Day{date, amount, event, false});
    }
    if (days_.size() > kMostDays) {
      days_[1].open += days_[0].open;
      days_[1].reported = days_[1].reported || days_[0].reported;
      days_.erase(days_.begin());
    }
    return;
  }
  Int128 left = -amount;
  while (left > 0 && !days_.empty()) {
    Day& oldest = days_.front();
    const Int128 part = std::min(left, oldest.open);
    oldest.open -= part;
    left -= part;
    if (oldest.open == 0) {
      if (oldest.reported) {
        settled.push_back(oldest.date);
      }
      days_.erase(days_.begin());
    }
  }
  ahead_ += left;
}

void UnsettledWatch::AppendTo(std::string& bytes) const {
  PackUnsigned(bytes, key_.code);
  PackUnsigned(bytes, key_.currency);
  PackUnsigned(bytes, key_.holder);
  PackSigned(bytes, ahead_);
  PackUnsigned(bytes, std::uint64_t{days_.size()});
  for (const Day& day : days_) {
    PackUnsigned(bytes, static_cast<std::uint32_t>(day.date));
    PackSigned(bytes, day.open);
    PackEvidence(bytes, day.first);
    PackUnsigned(bytes, std::uint64_t{day.reported ? 1U : 0U});
  }
}

UnsettledWatch UnsettledWatch::Unpack(std::uint64_t cooperative, Unpacker& unpack) {
  UnsettledWatch watch;
  watch.key_.cooperative = cooperative;
  watch.key_.code = static_cast<std::uint32_t>(unpack.Unsigned());
  watch.key_.currency = static_cast<CurrencyCode>(unpack.Unsigned());
  watch.key_.holder = unpack.Unsigned();
  watch.ahead_ = unpack.Signed();
  watch.days_.resize(unpack.Many());
  for (Day& day : watch.days_) {
    day.date = unpack.Day();
    day.open = unpack.Signed();
    day.first = UnpackEvidence(unpack);
    day.reported = unpack.Unsigned() != 0;
  }
  return watch;
}

}  // namespace lumbung::audit
