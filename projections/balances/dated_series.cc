#include "projections/balances/dated_series.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "projections/balances/packing.h"

namespace lumbung {
namespace {

std::string DayKey(std::string_view prefix, Date date) {
  std::string key(prefix);
  AppendDate(key, date);
  return key;
}

// The series from the first change on, as its rows stand and as they are to be.
Status Rewrite(std::string_view prefix, std::vector<DayChange>& changes, const RowReader& rows,
               RowWriter& out) {
  const std::unique_ptr<RowCursor> cursor = rows.Walk(prefix);
  Totals old_through;
  if (cursor->SeekBackward(DayKey(prefix, changes.front().date - 1))) {
    const Result<DatedRow> before = DatedRow::Parse(cursor->value());
    LUMBUNG_RETURN_IF_ERROR(before.status());
    old_through = before->through;
  }
  Totals added;
  auto change = changes.begin();
  bool there = cursor->Seek(DayKey(prefix, changes.front().date));
  while (there || change != changes.end()) {
    const Date row_date = there ? DateOfKey(cursor->key()) : 0;
    DatedRow row;
    Date date = row_date;
    if (there && (change == changes.end() || row_date <= change->date)) {
      const Result<DatedRow> parsed = DatedRow::Parse(cursor->value());
      LUMBUNG_RETURN_IF_ERROR(parsed.status());
      row = *parsed;
      there = cursor->Next();
    } else {
      date = change->date;
      row.through = old_through;
    }
    if (change != changes.end() && change->date == date) {
      change->day_before = row.through - old_through;
      added += change->change;
      if (row.first.sequence == 0) {
        row.first = change->first;
      }
      ++change;
    }
    old_through = row.through;
    row.through += added;
    out.Put(DayKey(prefix, date), row.Encode());
  }
  return cursor->status();
}

}  // namespace

std::string DatedRow::Encode() const {
  std::string bytes;
  PackTotals(bytes, through);
  PackUnsigned<std::uint64_t>(bytes, first.sequence);
  PackUnsigned<std::uint64_t>(bytes, first.index);
  return bytes;
}

Result<DatedRow> DatedRow::Parse(std::string_view bytes) {
  Unpacker unpack(bytes);
  DatedRow row;
  row.through = UnpackTotals(unpack);
  row.first.sequence = unpack.Unsigned();
  row.first.index = static_cast<std::uint16_t>(unpack.Unsigned());
  if (!unpack.ok() || !unpack.at_end()) {
    return Status::Corruption("a day's totals of balances can't be read");
  }
  return row;
}

DayChange& DayOf(std::vector<DayChange>& changes, Date date) {
  for (DayChange& day : changes) {
    if (day.date == date) {
      return day;
    }
  }
  return changes.emplace_back(DayChange{date, {}, {}, {}});
}

Status ReadSeriesEnd(RowCursor& cursor, std::string_view prefix, SeriesEnd& end) {
  std::string last(prefix);
  last.append(kDateBytes, '\xFF');
  if (!cursor.SeekBackward(last) || !cursor.key().starts_with(prefix)) {
    end = {};
    return cursor.status();
  }
  const Result<DatedRow> row = DatedRow::Parse(cursor.value());
  LUMBUNG_RETURN_IF_ERROR(row.status());
  end = {DateOfKey(cursor.key()), *row};
  return Status::Ok();
}

Status WriteSeries(std::string_view prefix, std::vector<DayChange>& changes, SeriesEnd& end,
                   bool days_before, const RowReader& rows, RowWriter& out) {
  std::sort(changes.begin(), changes.end(),
            [](const DayChange& a, const DayChange& b) { return a.date < b.date; });
  const bool rewrite =
      changes.front().date < end.date || (days_before && changes.front().date == end.date);
  if (rewrite) {
    LUMBUNG_RETURN_IF_ERROR(Rewrite(prefix, changes, rows, out));
  }
  for (const DayChange& day : changes) {
    end.row.through += day.change;
    if (day.date > end.date) {
      end.date = day.date;
      end.row.first = day.first;
    }
    if (!rewrite) {
      out.Put(DayKey(prefix, day.date), end.row.Encode());
    }
  }
  return Status::Ok();
}

void SeriesTable::Add(const std::string& prefix, Date date, const Totals& change) {
  DayOf(changes_[prefix], date).change += change;
}

Status SeriesTable::Finish(const RowReader& rows, RowWriter& out) {
  std::vector<const std::string*> prefixes;
  prefixes.reserve(changes_.size());
  for (const auto& [prefix, changes] : changes_) {
    prefixes.push_back(&prefix);
  }
  std::sort(prefixes.begin(), prefixes.end(),
            [](const std::string* a, const std::string* b) { return *a < *b; });
  std::unique_ptr<RowCursor> cursor;
  for (const std::string* prefix : prefixes) {
    const auto [end, is_new] = ends_.try_emplace(*prefix);
    if (is_new && !all_known_) {
      if (cursor == nullptr) {
        cursor = rows.Walk(prefix->substr(0, 1));
      }
      LUMBUNG_RETURN_IF_ERROR(ReadSeriesEnd(*cursor, *prefix, end->second));
    }
    LUMBUNG_RETURN_IF_ERROR(
        WriteSeries(*prefix, changes_.find(*prefix)->second, end->second, false, rows, out));
  }
  changes_.clear();
  if (ends_.size() > most_ends_) {
    Forget();
  }
  return Status::Ok();
}

// Every second one, whichever that is: who is met often is soon back.
void SeriesTable::Forget() {
  all_known_ = false;
  bool goes = false;
  for (auto end = ends_.begin(); end != ends_.end(); goes = !goes) {
    end = goes ? ends_.erase(end) : std::next(end);
  }
}

}  // namespace lumbung
