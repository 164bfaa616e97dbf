#include "projections/performance/queries.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "projections/performance/subject_reader.h"

namespace lumbung::performance {
namespace {

constexpr std::int32_t kActiveDays = 30;
constexpr std::int32_t kMostDays = 3'660;
constexpr std::int32_t kWeek = 7;

Status CheckDays(Date from, Date to) {
  if (!IsDate(from) || !IsDate(to) || from > to) {
    return Status::InvalidArgument("from, to: want two days, the earlier first");
  }
  if (DaysOfDate(to) - DaysOfDate(from) >= kMostDays) {
    return Status::InvalidArgument("from, to: want at most ten years");
  }
  return Status::Ok();
}

Date DaysBefore(Date date, std::int32_t days) {
  // No day that is asked for lies so early.
  const Date before = DateOfDays(DaysOfDate(date) - days);
  return IsDate(before) ? before : date;
}

std::vector<ChannelFigures> ByName(const std::map<std::string, Flow>& flows) {
  std::vector<ChannelFigures> channels;
  for (const auto& [name, flow] : flows) {
    channels.push_back({name, flow});
  }
  return channels;
}

Figures FiguresOf(const DayRow& sum, const NameTable& names) {
  Figures figures;
  std::map<std::string, Flow> channels;
  for (const Cell& cell : sum.cells()) {
    figures.flow.Add(cell.flow);
    channels[names.NameOf(cell.channel)].Add(cell.flow);
  }
  figures.channels = ByName(channels);
  figures.surplus = sum.surplus;
  figures.intercepts = sum.intercepts;
  figures.late = sum.late;
  figures.reversals = sum.reversals;
  figures.lag.transactions = sum.lag.total();
  figures.lag.p50 = LagQuantile(sum.lag, 5'000);
  figures.lag.p99 = LagQuantile(sum.lag, 9'900);
  return figures;
}

// Reads figures of many subjects, of which some may be left at zero.
class FiguresReader {
 public:
  struct Wanted {
    bool days = false;
    bool activity = false;
    bool members = false;
    bool standing = false;

    static Wanted For(Measure measure) {
      const MeasureSource source = SourceOf(measure);
      return {.days = source == MeasureSource::kDays,
              .activity = source == MeasureSource::kActivity,
              .members = source == MeasureSource::kMembers,
              .standing = source == MeasureSource::kStanding};
    }
  };

  FiguresReader(const RowReader& rows, const Regions& regions, Wanted wanted)
      : reader_(rows, regions, names_), wanted_(wanted) {}

  Result<Figures> Read(const Subject& subject, Date from, Date to) {
    DayRow sum;
    if (wanted_.days) {
      LUMBUNG_RETURN_IF_ERROR(reader_.AddDays(subject, from, to, sum));
    }
    Figures figures = FiguresOf(sum, names_);
    figures.from = from;
    figures.to = to;
    const Date first = DaysBefore(to, kActiveDays - 1);
    if (wanted_.activity) {
      const Date since = std::max(from, first);
      figures.activity.days = DaysOfDate(to) - DaysOfDate(since) + 1;
      LUMBUNG_RETURN_IF_ERROR(reader_.AddActivity(subject, since, to, figures.activity));
    }
    if (wanted_.members) {
      MemberSketch members;
      LUMBUNG_RETURN_IF_ERROR(reader_.AddMembers(subject, first, to, members));
      figures.active_members = {members.Estimate(),
                                members.is_exact() ? 0 : MemberSketch::kStandardError, kActiveDays};
    }
    if (wanted_.standing && subject.kind != Subject::Kind::kOutlet) {
      LUMBUNG_RETURN_IF_ERROR(reader_.AddStanding(subject, to, figures.standing.emplace()));
    }
    return figures;
  }

 private:
  NameTable names_;
  SubjectReader reader_;
  const Wanted wanted_;
};

// Reads one measure of many subjects.
class MeasureReader {
 public:
  MeasureReader(const RowReader& rows, const Regions& regions, Measure measure)
      : reader_(rows, regions, FiguresReader::Wanted::For(measure)), measure_(measure) {}

  Result<std::optional<Int128>> Value(const Subject& subject, Date from, Date to) {
    const Result<Figures> figures = reader_.Read(subject, from, to);
    LUMBUNG_RETURN_IF_ERROR(figures.status());
    return ValueOf(*figures, measure_);
  }

 private:
  FiguresReader reader_;
  const Measure measure_;
};

// Codes of villages that are not in the list and count directly for a region.
Result<std::set<std::string>> UnlistedIn(const RowReader& rows, const Regions& regions,
                                         RegionCode region) {
  std::set<std::string> codes;
  const auto place = rows.Walk(RegionPrefix(Row::kPlace, region));
  for (bool there = place->Seek({}); there; there = place->Next()) {
    const auto number = LoadBigEndian<std::uint64_t>(place->key().data() + 9);
    const Result<CooperativeState> cooperative = ReadCooperative(rows, regions, number);
    LUMBUNG_RETURN_IF_ERROR(cooperative.status());
    for (const CooperativeVersion& version : cooperative->versions) {
      if (version.place.in == region && !version.place.is_listed) {
        codes.insert(version.attributes.village_code());
      }
    }
  }
  LUMBUNG_RETURN_IF_ERROR(place->status());
  return codes;
}

}  // namespace

Result<Figures> Queries::Of(const Subject& subject, Date from, Date to) const {
  LUMBUNG_RETURN_IF_ERROR(CheckDays(from, to));
  return FiguresReader(rows_, regions_, {true, true, true, true}).Read(subject, from, to);
}

Result<std::vector<HourFigures>> Queries::Hours(const Subject& subject, Date day) const {
  LUMBUNG_RETURN_IF_ERROR(CheckDays(day, day));
  NameTable names;
  SubjectReader reader(rows_, regions_, names);
  DayRow sum;
  LUMBUNG_RETURN_IF_ERROR(reader.AddDays(subject, day, day, sum));
  std::map<std::uint8_t, std::map<std::string, Flow>> hours;
  for (const Cell& cell : sum.cells()) {
    hours[cell.hour][names.NameOf(cell.channel)].Add(cell.flow);
  }
  std::vector<HourFigures> figures;
  for (const auto& [hour, channels] : hours) {
    HourFigures& row = figures.emplace_back();
    row.hour = hour;
    row.channels = ByName(channels);
    for (const auto& [name, flow] : channels) {
      row.flow.Add(flow);
    }
  }
  return figures;
}

Result<std::vector<Ranked>> Queries::Children(RegionCode region, Measure measure, Date from,
                                              Date to) const {
  LUMBUNG_RETURN_IF_ERROR(CheckDays(from, to));
  std::vector<Ranked> children;
  for (const Region& child : regions_.Children(region)) {
    children.push_back({Subject::OfRegion(child.code), std::string(child.name), true, {}});
  }
  const Result<std::set<std::string>> unlisted = UnlistedIn(rows_, regions_, region);
  LUMBUNG_RETURN_IF_ERROR(unlisted.status());
  for (const std::string& code : *unlisted) {
    children.push_back({Subject::OfVillage(code), {}, false, {}});
  }
  MeasureReader reader(rows_, regions_, measure);
  for (Ranked& child : children) {
    const Result<std::optional<Int128>> value = reader.Value(child.subject, from, to);
    LUMBUNG_RETURN_IF_ERROR(value.status());
    child.value = *value;
  }
  return children;
}

Result<std::vector<Ranked>> Queries::CooperativesOf(RegionCode region, Measure measure, Date from,
                                                    Date to) const {
  LUMBUNG_RETURN_IF_ERROR(CheckDays(from, to));
  const Result<std::vector<std::uint64_t>> numbers = CooperativesEverIn(rows_, region);
  LUMBUNG_RETURN_IF_ERROR(numbers.status());
  MeasureReader reader(rows_, regions_, measure);
  std::vector<Ranked> list;
  for (const std::uint64_t number : *numbers) {
    const Result<CooperativeState> cooperative = ReadCooperative(rows_, regions_, number);
    LUMBUNG_RETURN_IF_ERROR(cooperative.status());
    const CooperativeVersion& version = cooperative->InForce(to);
    if (!LiesIn(version.place.in, region)) {
      continue;
    }
    const Result<std::optional<Int128>> value =
        reader.Value(Subject::OfCooperative(number), from, to);
    LUMBUNG_RETURN_IF_ERROR(value.status());
    list.push_back({Subject::OfCooperative(number), {}, version.place.is_listed, *value});
  }
  return list;
}

Result<Comparison> Queries::WithSameWeekday(const Subject& subject, Measure measure, Date day,
                                            std::int32_t weeks) const {
  LUMBUNG_RETURN_IF_ERROR(CheckDays(day, day));
  LUMBUNG_CHECK(weeks >= 1);
  const bool of_books = SourceOf(measure) == MeasureSource::kStanding;
  if (IsShare(measure) || (of_books && subject.kind == Subject::Kind::kOutlet)) {
    return Status::InvalidArgument("measure: can't be compared here");
  }
  MeasureReader reader(rows_, regions_, measure);
  Comparison comparison;
  comparison.day = day;
  Int128 sum = 0;
  for (std::int32_t week = 0; week <= weeks; ++week) {
    const Date date = DaysBefore(day, week * kWeek);
    const Result<std::optional<Int128>> value = reader.Value(subject, date, date);
    LUMBUNG_RETURN_IF_ERROR(value.status());
    if (week == 0) {
      comparison.value = **value;
    } else {
      comparison.before.push_back(**value);
      sum += **value;
    }
  }
  comparison.average = sum / weeks;
  comparison.change_ppm =
      PartsPerMillion(comparison.value - comparison.average, comparison.average);
  return comparison;
}

namespace {

void NoteFresh(const CooperativeFreshness& fresh, std::int64_t now, Freshness& all,
               std::vector<std::int64_t>& recorded) {
  constexpr std::int64_t kDayMicros = std::int64_t{24} * 3'600 * 1'000'000;
  ++all.cooperatives;
  if (fresh.recorded_at == 0) {
    ++all.never;
    return;
  }
  const std::int64_t age = now - fresh.recorded_at;
  all.within_day += age <= kDayMicros ? 1 : 0;
  all.within_week += age <= 7 * kDayMicros ? 1 : 0;
  all.within_month += age <= 30 * kDayMicros ? 1 : 0;
  all.recorded_at = std::max(all.recorded_at, fresh.recorded_at);
  all.occurred_at = std::max(all.occurred_at, fresh.occurred_at);
  all.business_date = std::max(all.business_date, fresh.business_date);
  recorded.push_back(fresh.recorded_at);
}

// Whether a cooperative belongs to a subject at a time.
bool IsIn(const CooperativeState& cooperative, const Subject& subject, std::int64_t now) {
  const std::int32_t offset = cooperative.versions.back().attributes.utc_offset_minutes();
  const CooperativeVersion& version = cooperative.InForce(LocalDate(now, offset));
  return subject.kind == Subject::Kind::kVillage
             ? version.attributes.village_code() == subject.village
             : LiesIn(version.place.in, subject.region);
}

}  // namespace

Result<Freshness> Queries::FreshnessOf(const Subject& subject, std::int64_t now) const {
  std::vector<std::uint64_t> numbers = {subject.cooperative};
  const bool is_region =
      subject.kind == Subject::Kind::kRegion || subject.kind == Subject::Kind::kVillage;
  if (is_region) {
    const RegionCode region = subject.kind == Subject::Kind::kVillage
                                  ? regions_.PlaceOf(subject.village).in
                                  : subject.region;
    Result<std::vector<std::uint64_t>> found = CooperativesEverIn(rows_, region);
    LUMBUNG_RETURN_IF_ERROR(found.status());
    numbers = std::move(*found);
  }
  Freshness all;
  std::vector<std::int64_t> recorded;
  for (const std::uint64_t number : numbers) {
    const Result<CooperativeState> cooperative = ReadCooperative(rows_, regions_, number);
    LUMBUNG_RETURN_IF_ERROR(cooperative.status());
    if (is_region && !IsIn(*cooperative, subject, now)) {
      continue;
    }
    std::string row;
    const Result<bool> found = rows_.Get(CooperativeKey(Row::kFreshness, number), row);
    LUMBUNG_RETURN_IF_ERROR(found.status());
    const Result<CooperativeFreshness> fresh =
        *found ? CooperativeFreshness::Parse(row) : CooperativeFreshness{};
    LUMBUNG_RETURN_IF_ERROR(fresh.status());
    NoteFresh(*fresh, now, all, recorded);
  }
  if (!recorded.empty()) {
    const auto middle = recorded.begin() + static_cast<std::ptrdiff_t>(recorded.size() / 2);
    std::nth_element(recorded.begin(), middle, recorded.end());
    all.median_recorded_at = *middle;
  }
  return all;
}

namespace {

template <typename Before>
std::vector<Ranked> First(std::vector<Ranked> list, std::size_t most, const Before& before) {
  std::erase_if(list, [](const Ranked& ranked) { return !ranked.value.has_value(); });
  std::stable_sort(list.begin(), list.end(), before);
  list.resize(std::min(list.size(), most));
  return list;
}

}  // namespace

std::vector<Ranked> Top(std::vector<Ranked> list, std::size_t most) {
  return First(std::move(list), most,
               [](const Ranked& a, const Ranked& b) { return *a.value > *b.value; });
}

std::vector<Ranked> Bottom(std::vector<Ranked> list, std::size_t most) {
  return First(std::move(list), most,
               [](const Ranked& a, const Ranked& b) { return *a.value < *b.value; });
}

}  // namespace lumbung::performance
