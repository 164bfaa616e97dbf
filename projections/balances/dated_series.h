// Totals by date, each through its day, so that any day's is one look-up: a row
// (prefix, date) -> totals; place of the day's first regular entry (sequence, index), for accounts.
//
// What comes late changes the rows after its day too, which are few.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "projections/balances/keys.h"
#include "projections/balances/totals.h"
#include "projections/runtime/rows.h"

namespace lumbung {

struct DatedRow {
  Totals through;
  // Sequence 0: none, or not kept.
  EntryPlace first;

  std::string Encode() const;
  static Result<DatedRow> Parse(std::string_view bytes);
};

// The last row of a series; date 0 where it has none.
struct SeriesEnd {
  Date date = 0;
  DatedRow row;
};

// What a batch adds to a day.
struct DayChange {
  Date date = 0;
  Totals change;
  // The place of the day's first regular entry, where the batch has it.
  EntryPlace first;
  // What the day came to before the batch; set by WriteSeries where that is asked for.
  Totals day_before;
};

// Reads the last row. `cursor` walks over a prefix of `prefix`.
Status ReadSeriesEnd(RowCursor& cursor, std::string_view prefix, SeriesEnd& end);

// Writes the rows that the changes, ascending by date, make of a series that ended at `end`, which
// then is its new end. `days_before` asks for what the days came to, which may cost reading them.
Status WriteSeries(std::string_view prefix, std::vector<DayChange>& changes, SeriesEnd& end,
                   bool days_before, const RowReader& rows, RowWriter& out);

// Series of one kind, with the changes of the batch in hand. One thread at a time.
class SeriesTable {
 public:
  // Remembers the ends of so many series, some 200 bytes each, so that they need not be read.
  explicit SeriesTable(std::size_t most_ends) : most_ends_(most_ends) {}
  // There are no rows yet: until it forgets some, it need not look for series it does not know.
  void StartEmpty() { all_known_ = true; }

  void Add(const std::string& prefix, Date date, const Totals& change);
  // Calls `visit(prefix, date, change)` for all changes in hand.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    for (const auto& [prefix, changes] : changes_) {
      for (const DayChange& day : changes) {
        visit(prefix, day.date, day.change);
      }
    }
  }
  Status Finish(const RowReader& rows, RowWriter& out);

 private:
  void Forget();

  const std::size_t most_ends_;
  // Every series that there is is in `ends_`.
  bool all_known_ = false;
  std::unordered_map<std::string, std::vector<DayChange>> changes_;
  std::unordered_map<std::string, SeriesEnd> ends_;
};

// Finds or adds a day.
DayChange& DayOf(std::vector<DayChange>& changes, Date date);

}  // namespace lumbung
