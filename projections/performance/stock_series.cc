#include "projections/performance/stock_series.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "projections/runtime/packing.h"

namespace lumbung::performance {
namespace {

// Rows of a series that are remembered: late changes are mostly no later than these.
constexpr std::size_t kTailRows = 4;
// Series whose tails are remembered, about 200 bytes each.
constexpr std::size_t kMostTails = 400'000;

std::string DayKey(const std::string& prefix, Date date) {
  std::string key = prefix;
  AppendDate(key, date);
  return key;
}

Result<Int128> ParseValue(std::string_view bytes) {
  Unpacker unpack(bytes);
  const Int128 value = unpack.Signed();
  if (!unpack.done()) {
    return Status::Corruption("a row of a series can't be read");
  }
  return value;
}

bool IsAt(const RowCursor& cursor, const std::string& prefix) {
  return cursor.key().size() == prefix.size() + kDateBytes && cursor.key().starts_with(prefix);
}

Date DateAt(const RowCursor& cursor) {
  return LoadDate(cursor.key().data() + cursor.key().size() - kDateBytes);
}

}  // namespace

Result<Int128> SeriesAt(RowCursor& cursor, const std::string& prefix, Date date) {
  if (!cursor.SeekBackward(DayKey(prefix, date)) || !IsAt(cursor, prefix)) {
    LUMBUNG_RETURN_IF_ERROR(cursor.status());
    return Int128{0};
  }
  return ParseValue(cursor.value());
}

void StockSeries::AddTo(RegionChanges& regions, const std::vector<Stay>& stays, SeriesId series,
                        Date date, Int128 change) {
  for (std::size_t i = 0; i < stays.size(); ++i) {
    const bool is_last = i + 1 == stays.size();
    if (!is_last && stays[i + 1].from <= date) {
      continue;
    }
    regions[{stays[i].region, series}][std::max(date, stays[i].from)] += change;
    if (!is_last) {
      regions[{stays[i].region, series}][stays[i + 1].from] -= change;
    }
  }
}

void StockSeries::Add(const CooperativeState& cooperative, SeriesId series, Date date,
                      Int128 change) {
  entries_.push_back({&cooperative, series, date, change});
}

HeardOf::HeardOf(const CooperativeState& cooperative, std::int32_t since)
    : stays(cooperative.Stays()) {
  for (std::size_t i = 0; i < spans.size(); ++i) {
    spans[i] = cooperative.Heard(kHeardSeries[i].days, since);
  }
}

void StockSeries::ExchangeHeard(const HeardOf& was, const HeardOf& is) {
  RegionChanges changes;
  const auto add = [&](const HeardOf& heard, int sign) {
    for (std::size_t i = 0; i < heard.spans.size(); ++i) {
      for (const DaySpan& span : heard.spans[i]) {
        const SeriesId series = kHeardSeries[i].series;
        AddTo(changes, heard.stays, series, DateOfDays(span.from), sign);
        AddTo(changes, heard.stays, series, DateOfDays(span.until), -sign);
      }
    }
  };
  add(was, -1);
  add(is, 1);
  // What stays as it was is not touched: old rows need not be read.
  for (const auto& [key, dates] : changes) {
    for (const auto& [date, change] : dates) {
      if (change != 0) {
        regions_[key][date] += change;
      }
    }
  }
}

Status StockSeries::Move(const CooperativeState& before, const CooperativeState& after,
                         const RowReader& rows) {
  const std::vector<Stay> from = before.Stays();
  const std::vector<Stay> to = after.Stays();
  if (from == to) {
    return Status::Ok();
  }
  const auto row = rows.Walk(CooperativeKey(Row::kCooperativeSeries, before.number));
  SeriesId series = 0;
  Int128 through = 0;
  for (bool there = row->Seek({}); there; there = row->Next()) {
    const auto next = LoadBigEndian<std::uint32_t>(row->key().data() + 9);
    through = next == series ? through : 0;
    series = next;
    const Result<Int128> value = ParseValue(row->value());
    LUMBUNG_RETURN_IF_ERROR(value.status());
    AddTo(regions_, from, series, DateAt(*row), through - *value);
    AddTo(regions_, to, series, DateAt(*row), *value - through);
    through = *value;
  }
  return row->status();
}

// From the smallest regions up, so that each is whole when it is added.
void StockSeries::RollUp() {
  for (const RegionLevel level :
       {RegionLevel::kDistrict, RegionLevel::kRegency, RegionLevel::kProvince}) {
    std::map<std::pair<RegionCode, SeriesId>, Changes> above;
    for (const auto& [key, changes] : regions_) {
      if (LevelOf(key.first) == level) {
        Changes& sum = above[{ParentOf(key.first), key.second}];
        for (const auto& [date, change] : changes) {
          sum[date] += change;
        }
      }
    }
    for (const auto& [key, changes] : above) {
      Changes& sum = regions_[key];
      for (const auto& [date, change] : changes) {
        sum[date] += change;
      }
    }
  }
}

Status StockSeries::LoadTail(const std::string& prefix, RowCursor& cursor, Tail& tail) {
  tail = {};
  std::string last = prefix;
  last.append(kDateBytes, '\xFF');
  bool there = cursor.SeekBackward(last);
  while (there && IsAt(cursor, prefix) && tail.rows.size() < kTailRows) {
    const Result<Int128> value = ParseValue(cursor.value());
    LUMBUNG_RETURN_IF_ERROR(value.status());
    tail.rows.emplace_back(DateAt(cursor), *value);
    there = cursor.Previous();
  }
  LUMBUNG_RETURN_IF_ERROR(cursor.status());
  tail.whole = !there || !IsAt(cursor, prefix);
  std::reverse(tail.rows.begin(), tail.rows.end());
  return Status::Ok();
}

// The row before the first change, where there is one, and all after it.
Status StockSeries::LoadFrom(const std::string& prefix, Date first, RowCursor& cursor, Tail& tail) {
  tail = {};
  const bool before = cursor.SeekBackward(DayKey(prefix, first)) && IsAt(cursor, prefix);
  LUMBUNG_RETURN_IF_ERROR(cursor.status());
  tail.whole = !before;
  bool there = before || cursor.Seek(prefix);
  for (; there && IsAt(cursor, prefix); there = cursor.Next()) {
    const Result<Int128> value = ParseValue(cursor.value());
    LUMBUNG_RETURN_IF_ERROR(value.status());
    tail.rows.emplace_back(DateAt(cursor), *value);
  }
  return cursor.status();
}

Status StockSeries::Write(const std::string& prefix, const Entries& changes, RowCursor& cursor,
                          RowWriter& out) {
  const Date first = changes.begin()->first;
  auto [found, is_new] = tails_.try_emplace(prefix);
  Tail& tail = found->second;
  if (is_new) {
    LUMBUNG_RETURN_IF_ERROR(LoadTail(prefix, cursor, tail));
  }
  if (!tail.whole && first < tail.rows.front().first) {
    LUMBUNG_RETURN_IF_ERROR(LoadFrom(prefix, first, cursor, tail));
  }
  // Both in order of dates: rows as they stood, and what is added to them and to those after.
  Entries merged;
  Int128 through = 0;
  Int128 added = 0;
  auto row = tail.rows.begin();
  auto change = changes.begin();
  while (row != tail.rows.end() || change != changes.end()) {
    const bool is_change =
        change != changes.end() && (row == tail.rows.end() || change->first <= row->first);
    const Date date = is_change ? change->first : row->first;
    if (row != tail.rows.end() && row->first == date) {
      through = row->second;
      ++row;
    }
    if (is_change) {
      added += change->second;
      ++change;
    }
    merged.emplace_back(date, through + added);
    if (date >= first) {
      std::string value;
      PackSigned(value, through + added);
      out.Put(DayKey(prefix, date), value);
    }
  }
  if (merged.size() > kTailRows) {
    merged.erase(merged.begin(), merged.end() - kTailRows);
    tail.whole = false;
  }
  tail.rows = std::move(merged);
  return Status::Ok();
}

Status StockSeries::WriteCooperatives(const RowReader& rows, RowWriter& out) {
  const auto key = [](const Entry& entry) {
    return std::tuple(entry.cooperative->number, entry.series, entry.date);
  };
  std::sort(entries_.begin(), entries_.end(),
            [&](const Entry& a, const Entry& b) { return key(a) < key(b); });
  const auto cursor = rows.Walk(RowPrefix(Row::kCooperativeSeries));
  for (std::size_t i = 0; i < entries_.size();) {
    const Entry& first = entries_[i];
    const std::vector<Stay> stays = first.cooperative->Stays();
    Entries changes;
    for (; i < entries_.size() && entries_[i].cooperative == first.cooperative &&
           entries_[i].series == first.series;
         ++i) {
      if (!changes.empty() && changes.back().first == entries_[i].date) {
        changes.back().second += entries_[i].change;
      } else {
        changes.emplace_back(entries_[i].date, entries_[i].change);
      }
    }
    for (const auto& [date, change] : changes) {
      AddTo(regions_, stays, first.series, date, change);
    }
    LUMBUNG_RETURN_IF_ERROR(Write(CooperativeSeriesPrefix(first.cooperative->number, first.series),
                                  changes, *cursor, out));
  }
  entries_.clear();
  return Status::Ok();
}

Status StockSeries::Finish(const RowReader& rows, RowWriter& out) {
  LUMBUNG_RETURN_IF_ERROR(WriteCooperatives(rows, out));
  RollUp();
  const auto cursor = rows.Walk(RowPrefix(Row::kRegionSeries));
  for (const auto& [key, changes] : regions_) {
    LUMBUNG_RETURN_IF_ERROR(Write(RegionSeriesPrefix(key.first, key.second),
                                  Entries(changes.begin(), changes.end()), *cursor, out));
  }
  regions_.clear();
  if (tails_.size() > kMostTails) {
    tails_.clear();
  }
  return Status::Ok();
}

}  // namespace lumbung::performance
