// What is there at the end of a day rather than what happens in it: balances, loans, cooperatives.
// Rows hold what has come together through their day, so any day's is one look-up.
//
// A region has what its cooperatives of that day have: who moves takes all it has along.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/int128.h"
#include "engine/base/status.h"
#include "projections/performance/cooperatives.h"
#include "projections/performance/keys.h"
#include "projections/runtime/rows.h"

namespace lumbung::performance {

// Below a million, the balance of that code, in the direction in which it grows. Persisted.
using SeriesId = std::uint32_t;
inline constexpr SeriesId kCooperativesThere = 1'000'001;
inline constexpr SeriesId kOutletsOpen = 1'000'002;
// Principal outstanding by what banks report, of grades 1 to 5: 1'000'011 to 1'000'015.
inline constexpr SeriesId kOutstandingOfGrade = 1'000'010;
inline constexpr std::uint32_t kGrades = 5;
// Principal and interest that fell due, and that were paid, ever since.
inline constexpr SeriesId kInstalmentsDue = 1'000'021;
inline constexpr SeriesId kInstalmentsPaid = 1'000'022;
// Accounts at banks that were posted to, and those whose balance was confirmed lately.
inline constexpr SeriesId kBankAccounts = 1'000'031;
inline constexpr SeriesId kBankAccountsConfirmed = 1'000'032;
// Cooperatives that are there and were active in the last 7 and 30 days; kept of regions only.
inline constexpr SeriesId kHeardInWeek = 1'000'041;
inline constexpr SeriesId kHeardInMonth = 1'000'042;
struct HeardSeries {
  SeriesId series = 0;
  std::int32_t days = 0;
};
inline constexpr std::array<HeardSeries, 2> kHeardSeries = {
    {{kHeardInWeek, 7}, {kHeardInMonth, 30}}};

// What a series has come to by the end of a day; 0 before its first row. The prefix is the key
// without its date.
Result<Int128> SeriesAt(RowCursor& cursor, const std::string& prefix, Date date);

// From a day on, where a cooperative counts and when it is heard of, by kHeardSeries.
struct HeardOf {
  HeardOf() = default;
  HeardOf(const CooperativeState& cooperative, std::int32_t since);

  std::vector<Stay> stays;
  std::array<std::vector<DaySpan>, kHeardSeries.size()> spans;
};

// The changes of the batch in hand. One thread at a time.
class StockSeries {
 public:
  // From a day on there is so much more. The cooperative must stay until Finish.
  void Add(const CooperativeState& cooperative, SeriesId series, Date date, Int128 change);
  // A cooperative is heard of as it is now, and no longer as it was; regions alone are told.
  void ExchangeHeard(const HeardOf& was, const HeardOf& is);
  // Takes all that a cooperative has from where it stayed to where it stays now.
  // REQUIRES: nothing is in hand of that cooperative
  Status Move(const CooperativeState& before, const CooperativeState& after, const RowReader& rows);
  Status Finish(const RowReader& rows, RowWriter& out);

 private:
  using Changes = std::map<Date, Int128>;
  using RegionChanges = std::map<std::pair<RegionCode, SeriesId>, Changes>;
  using Entries = std::vector<std::pair<Date, Int128>>;
  // The last rows of a series, and whether they are all of it.
  struct Tail {
    Entries rows;
    bool whole = false;
  };

  static void AddTo(RegionChanges& regions, const std::vector<Stay>& stays, SeriesId series,
                    Date date, Int128 change);
  void RollUp();
  Status Write(const std::string& prefix, const Entries& changes, RowCursor& cursor,
               RowWriter& out);
  Status LoadTail(const std::string& prefix, RowCursor& cursor, Tail& tail);
  Status LoadFrom(const std::string& prefix, Date first, RowCursor& cursor, Tail& tail);

  struct Entry {
    // Where it counts is what it is when the batch ends: none moves with something in hand.
    const CooperativeState* cooperative = nullptr;
    SeriesId series = 0;
    Date date = 0;
    Int128 change = 0;
  };
  Status WriteCooperatives(const RowReader& rows, RowWriter& out);

  // In the order of events.
  std::vector<Entry> entries_;
  RegionChanges regions_;
  // By prefix.
  std::unordered_map<std::string, Tail> tails_;
};

}  // namespace lumbung::performance
