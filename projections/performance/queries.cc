#include "projections/performance/queries.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "projections/performance/subject_reader.h"

namespace lumbung::performance {
namespace {

constexpr std::int32_t kActiveDays = 30;
constexpr std::int32_t kMostDays = 3'660;
constexpr std::int32_t kWeek = 7;
constexpr Int128 kMillion = 1'000'000;

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

}  // namespace

Subject Subject::OfRegion(RegionCode region) {
  Subject subject;
  subject.region = region;
  return subject;
}

Subject Subject::OfVillage(std::string code) {
  Subject subject;
  subject.kind = Kind::kVillage;
  subject.village = std::move(code);
  return subject;
}

Subject Subject::OfCooperative(std::uint64_t cooperative) {
  Subject subject;
  subject.kind = Kind::kCooperative;
  subject.cooperative = cooperative;
  return subject;
}

Subject Subject::OfOutlet(std::uint64_t cooperative, std::uint64_t outlet) {
  Subject subject = OfCooperative(cooperative);
  subject.kind = Kind::kOutlet;
  subject.outlet = outlet;
  return subject;
}

Int128 ValueOf(const Figures& figures, Measure measure) {
  switch (measure) {
    case Measure::kTransactions:
      return figures.flow.transactions;
    case Measure::kSales:
      return figures.flow.sales;
    case Measure::kTurnover:
      return figures.flow.turnover;
    case Measure::kMemberTurnover:
      return figures.flow.member_turnover;
    case Measure::kSurplus:
      return figures.surplus;
    case Measure::kIntercepts:
      return figures.intercepts;
    case Measure::kLate:
      return figures.late;
    case Measure::kReversals:
      return figures.reversals;
    case Measure::kActiveMembers:
      return figures.active_members.members;
    case Measure::kLagP50:
      return figures.lag.p50;
    case Measure::kLagP99:
      return figures.lag.p99;
  }
  return 0;
}

namespace {

// What a measure needs is read, and no more.
Result<Figures> Read(SubjectReader& reader, const NameTable& names, const Subject& subject,
                     Date from, Date to, bool with_days, bool with_members) {
  DayRow sum;
  if (with_days) {
    LUMBUNG_RETURN_IF_ERROR(reader.AddDays(subject, from, to, sum));
  }
  Figures figures = FiguresOf(sum, names);
  figures.from = from;
  figures.to = to;
  if (with_members) {
    MemberSketch members;
    LUMBUNG_RETURN_IF_ERROR(
        reader.AddMembers(subject, DaysBefore(to, kActiveDays - 1), to, members));
    figures.active_members = {members.Estimate(),
                              members.is_exact() ? 0 : MemberSketch::kStandardError, kActiveDays};
  }
  return figures;
}

// Reads one measure of many subjects.
class MeasureReader {
 public:
  MeasureReader(const RowReader& rows, const Regions& regions, Measure measure)
      : reader_(rows, regions, names_), measure_(measure) {}

  Result<Int128> Value(const Subject& subject, Date from, Date to) {
    const bool members = measure_ == Measure::kActiveMembers;
    const Result<Figures> figures = Read(reader_, names_, subject, from, to, !members, members);
    LUMBUNG_RETURN_IF_ERROR(figures.status());
    return ValueOf(*figures, measure_);
  }

 private:
  NameTable names_;
  SubjectReader reader_;
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
  NameTable names;
  SubjectReader reader(rows_, regions_, names);
  return Read(reader, names, subject, from, to, true, true);
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
    children.push_back({Subject::OfRegion(child.code), std::string(child.name), true, 0});
  }
  const Result<std::set<std::string>> unlisted = UnlistedIn(rows_, regions_, region);
  LUMBUNG_RETURN_IF_ERROR(unlisted.status());
  for (const std::string& code : *unlisted) {
    children.push_back({Subject::OfVillage(code), {}, false, 0});
  }
  MeasureReader reader(rows_, regions_, measure);
  for (Ranked& child : children) {
    const Result<Int128> value = reader.Value(child.subject, from, to);
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
    const Result<Int128> value = reader.Value(Subject::OfCooperative(number), from, to);
    LUMBUNG_RETURN_IF_ERROR(value.status());
    list.push_back({Subject::OfCooperative(number), {}, version.place.is_listed, *value});
  }
  return list;
}

Result<Comparison> Queries::WithSameWeekday(const Subject& subject, Measure measure, Date day,
                                            std::int32_t weeks) const {
  LUMBUNG_RETURN_IF_ERROR(CheckDays(day, day));
  LUMBUNG_CHECK(weeks >= 1);
  MeasureReader reader(rows_, regions_, measure);
  Comparison comparison;
  comparison.day = day;
  Int128 sum = 0;
  for (std::int32_t week = 0; week <= weeks; ++week) {
    const Date date = DaysBefore(day, week * kWeek);
    const Result<Int128> value = reader.Value(subject, date, date);
    LUMBUNG_RETURN_IF_ERROR(value.status());
    if (week == 0) {
      comparison.value = *value;
    } else {
      comparison.before.push_back(*value);
      sum += *value;
    }
  }
  comparison.average = sum / weeks;
  if (comparison.average > 0) {
    comparison.change_ppm = static_cast<std::int64_t>((comparison.value - comparison.average) *
                                                      kMillion / comparison.average);
  }
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
  std::stable_sort(list.begin(), list.end(), before);
  list.resize(std::min(list.size(), most));
  return list;
}

}  // namespace

std::vector<Ranked> Top(std::vector<Ranked> list, std::size_t most) {
  return First(std::move(list), most,
               [](const Ranked& a, const Ranked& b) { return a.value > b.value; });
}

std::vector<Ranked> Bottom(std::vector<Ranked> list, std::size_t most) {
  return First(std::move(list), most,
               [](const Ranked& a, const Ranked& b) { return a.value < b.value; });
}

}  // namespace lumbung::performance
