// One account of sales that an acquirer has yet to settle: what is open of which day. A settlement
// pays the oldest first; one that comes before its sale is told waits for it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/int128.h"
#include "engine/domain/account_key.h"
#include "projections/audit/evidence.h"

namespace lumbung::audit {

class UnsettledWatch {
 public:
  static constexpr std::size_t kMostDays = 60;

  struct Day {
    // On which it was recorded, or the business date where that is later.
    Date date = 0;
    Int128 open = 0;
    // The first event of the day.
    Evidence first;
    bool reported = false;
  };

  UnsettledWatch() = default;
  explicit UnsettledWatch(const AccountKey& key) : key_(key) {}

  const AccountKey& key() const { return key_; }
  // Above zero: sold; below: settled. Days that it settles and that were reported are added to
  // `settled`.
  void Add(Date date, Int128 amount, const Evidence& event, std::vector<Date>& settled);
  // Ascending. Who reports one says so there.
  std::vector<Day>& days() { return days_; }
  const std::vector<Day>& days() const { return days_; }

  void AppendTo(std::string& bytes) const;
  static UnsettledWatch Unpack(std::uint64_t cooperative, Unpacker& unpack);

 private:
  AccountKey key_;
  std::vector<Day> days_;
  // Settled before it was told as sold.
  Int128 ahead_ = 0;
};

// The day after so many working days, Monday to Friday, that follow a day.
Date AfterWorkingDays(Date date, std::int32_t days);

}  // namespace lumbung::audit
