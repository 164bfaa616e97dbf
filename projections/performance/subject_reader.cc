#include "projections/performance/subject_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/check.h"
#include "projections/performance/rules.h"

namespace lumbung::performance {
namespace {

bool HasRows(const Subject& subject, RegionLevel smallest) {
  return subject.kind == Subject::Kind::kRegion && LevelOf(subject.region) <= smallest;
}

constexpr std::array<std::pair<SeriesId, Int128 Standing::*>, 8> kAmounts = {
    {{kPrincipalDuesCode, &Standing::principal_dues},
     {kMandatoryDuesCode, &Standing::mandatory_dues},
     {kVoluntarySavingsCode, &Standing::voluntary_savings},
     {kTermSavingsCode, &Standing::term_savings},
     {kMemberLoansCode, &Standing::member_loans},
     {kBankLoansCode, &Standing::bank_loans},
     {kInstalmentsDue, &Standing::instalments_due},
     {kInstalmentsPaid, &Standing::instalments_paid}}};
constexpr std::array<std::pair<SeriesId, std::int64_t Standing::*>, 4> kCounts = {
    {{kCooperativesThere, &Standing::cooperatives},
     {kOutletsOpen, &Standing::open_outlets},
     {kBankAccounts, &Standing::bank_accounts},
     {kBankAccountsConfirmed, &Standing::confirmed_bank_accounts}}};

}  // namespace

Result<CooperativeState> ReadCooperative(const RowReader& rows, const Regions& regions,
                                         std::uint64_t number) {
  std::string bytes;
  const Result<bool> found = rows.Get(CooperativeKey(Row::kCooperative, number), bytes);
  LUMBUNG_RETURN_IF_ERROR(found.status());
  if (!*found) {
    return Status::NotFound("cooperative " + std::to_string(number) + " is not registered");
  }
  const Result<std::vector<v1::Cooperative>> versions = ParseCooperativeRow(bytes);
  LUMBUNG_RETURN_IF_ERROR(versions.status());
  CooperativeState state;
  state.number = number;
  for (const v1::Cooperative& version : *versions) {
    state.versions.push_back({version, regions.PlaceOf(version.village_code()), nullptr});
  }
  return state;
}

Result<CooperativeMemory> ReadMemory(const RowReader& rows, std::uint64_t number) {
  std::string bytes;
  const Result<bool> found = rows.Get(CooperativeKey(Row::kMemory, number), bytes);
  LUMBUNG_RETURN_IF_ERROR(found.status());
  return *found ? CooperativeMemory::Parse(bytes) : CooperativeMemory{};
}

Result<std::vector<std::uint64_t>> CooperativesEverIn(const RowReader& rows, RegionCode region) {
  std::vector<std::uint64_t> numbers;
  const auto place = rows.Walk(RowPrefix(Row::kPlace));
  for (bool there = place->Seek(RegionPrefix(Row::kPlace, region)); there; there = place->Next()) {
    const char* key = place->key().data() + 1;
    if (!LiesIn({LoadBigEndian<std::uint64_t>(key)}, region)) {
      break;
    }
    numbers.push_back(LoadBigEndian<std::uint64_t>(key + 8));
  }
  LUMBUNG_RETURN_IF_ERROR(place->status());
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

Status SubjectReader::WalkRegion(Row row, RegionCode region, Date from, Date to, const Take& take) {
  const auto day = rows_.Walk(RegionPrefix(row, region));
  for (bool there = day->Seek(RegionKey(row, region, from)); there; there = day->Next()) {
    const Date date = LoadDate(day->key().data() + 9);
    if (date > to) {
      break;
    }
    LUMBUNG_RETURN_IF_ERROR(take(date, day->value()));
  }
  return day->status();
}

Status SubjectReader::WalkCooperative(const CooperativeState& cooperative, Date from, Date to,
                                      const Counts& counts, const Take& take) {
  if (outlets_ == nullptr) {
    outlets_ = rows_.Walk(RowPrefix(Row::kOutletDay));
  }
  for (Date date = from; date <= to; date = NextDate(date)) {
    if (!counts(cooperative.InForce(date))) {
      continue;
    }
    const std::string prefix = OutletDayPrefix(date, cooperative.number);
    for (bool there = outlets_->Seek(prefix); there && outlets_->key().starts_with(prefix);
         there = outlets_->Next()) {
      LUMBUNG_RETURN_IF_ERROR(take(date, outlets_->value()));
    }
    LUMBUNG_RETURN_IF_ERROR(outlets_->status());
  }
  return Status::Ok();
}

Status SubjectReader::EachCooperative(const Subject& subject, const Visit& visit) {
  std::vector<std::uint64_t> numbers = {subject.cooperative};
  Counts counts = [](const CooperativeVersion&) { return true; };
  const bool is_region = subject.kind == Subject::Kind::kRegion;
  if (is_region || subject.kind == Subject::Kind::kVillage) {
    const RegionCode region = is_region ? subject.region : regions_.PlaceOf(subject.village).in;
    Result<std::vector<std::uint64_t>> found = CooperativesEverIn(rows_, region);
    LUMBUNG_RETURN_IF_ERROR(found.status());
    numbers = std::move(*found);
    counts = [&subject, is_region](const CooperativeVersion& version) {
      return is_region ? LiesIn(version.place.in, subject.region)
                       : version.attributes.village_code() == subject.village;
    };
  }
  for (const std::uint64_t number : numbers) {
    const Result<CooperativeState> cooperative = ReadCooperative(rows_, regions_, number);
    LUMBUNG_RETURN_IF_ERROR(cooperative.status());
    LUMBUNG_RETURN_IF_ERROR(visit(*cooperative, counts));
  }
  return Status::Ok();
}

Status SubjectReader::WalkOutlet(const Subject& subject, Date from, Date to, const Take& take) {
  LUMBUNG_RETURN_IF_ERROR(ReadCooperative(rows_, regions_, subject.cooperative).status());
  for (Date date = from; date <= to; date = NextDate(date)) {
    std::string row;
    const Result<bool> found =
        rows_.Get(OutletDayKey(date, subject.cooperative, subject.outlet), row);
    LUMBUNG_RETURN_IF_ERROR(found.status());
    if (*found) {
      LUMBUNG_RETURN_IF_ERROR(take(date, row));
    }
  }
  return Status::Ok();
}

// The rows of outlets that a subject is made of.
Status SubjectReader::WalkSubject(const Subject& subject, Date from, Date to, const Take& take) {
  if (subject.kind == Subject::Kind::kOutlet) {
    return WalkOutlet(subject, from, to, take);
  }
  return EachCooperative(subject, [&](const CooperativeState& cooperative, const Counts& counts) {
    return WalkCooperative(cooperative, from, to, counts, take);
  });
}

Status SubjectReader::AddDays(const Subject& subject, Date from, Date to, DayRow& sum) {
  if (HasRows(subject, kSmallestDayLevel)) {
    return WalkRegion(Row::kRegionDay, subject.region, from, to,
                      [&](Date, std::string_view row) { return sum.AddEncoded(row, names_); });
  }
  return WalkSubject(subject, from, to, [&](Date, std::string_view row) {
    return OutletDay::AddEncodedDay(row, names_, sum);
  });
}

Status SubjectReader::AddMembers(const Subject& subject, Date from, Date to, MemberSketch& sum) {
  const auto add = [&](const Result<MemberSketch>& members) {
    LUMBUNG_RETURN_IF_ERROR(members.status());
    sum.Add(*members);
    return Status::Ok();
  };
  if (HasRows(subject, kSmallestMembersLevel)) {
    return WalkRegion(Row::kRegionMembers, subject.region, from, to,
                      [&](Date, std::string_view row) { return add(MemberSketch::Parse(row)); });
  }
  return WalkSubject(subject, from, to,
                     [&](Date, std::string_view row) { return add(OutletDay::ParseMembers(row)); });
}

// --- Activity ---------------------------------------------------------------------------------

Status SubjectReader::AddActivity(const Subject& subject, Date from, Date to,
                                  ActivityFigures& sum) {
  const std::int32_t start = DaysOfDate(from);
  const std::int32_t end = DaysOfDate(to);
  LUMBUNG_CHECK(end - start < kMostGap);
  if (HasRows(subject, kSmallestDayLevel)) {
    return WalkRegion(Row::kRegionDay, subject.region, from, to,
                      [&](Date date, std::string_view bytes) {
                        DayRow row;
                        LUMBUNG_RETURN_IF_ERROR(row.AddEncoded(bytes, names_));
                        const std::int32_t day = DaysOfDate(date);
                        sum.cooperatives += FirstSince(row.cooperatives, day, start);
                        sum.outlets += FirstSince(row.outlets, day, start);
                        return Status::Ok();
                      });
  }
  const bool one_outlet = subject.kind == Subject::Kind::kOutlet;
  return EachCooperative(subject, [&](const CooperativeState& cooperative, const Counts& counts) {
    const Result<CooperativeMemory> memory = ReadMemory(rows_, cooperative.number);
    LUMBUNG_RETURN_IF_ERROR(memory.status());
    // As rows of regions count it: where it counted when it was active first.
    const auto was_active = [&](const ActivityDays& days) {
      std::int32_t day = start;
      while (day <= end && !days.Has(day)) {
        ++day;
      }
      return day <= end && counts(cooperative.InForce(DateOfDays(day)));
    };
    sum.cooperatives += !one_outlet && was_active(memory->days) ? 1 : 0;
    for (const OutletMemory& outlet : memory->outlets) {
      const bool asked_for = !one_outlet || outlet.number == subject.outlet;
      sum.outlets += asked_for && was_active(outlet.days) ? 1 : 0;
    }
    return Status::Ok();
  });
}

// --- Standing ---------------------------------------------------------------------------------

Status SubjectReader::AddSeries(const Value& value, Standing& sum) {
  for (const auto& [series, amount] : kAmounts) {
    const Result<Int128> through = value(series);
    LUMBUNG_RETURN_IF_ERROR(through.status());
    sum.*amount += *through;
  }
  for (const auto& [series, count] : kCounts) {
    const Result<Int128> through = value(series);
    LUMBUNG_RETURN_IF_ERROR(through.status());
    sum.*count += static_cast<std::int64_t>(*through);
  }
  for (std::uint32_t grade = 1; grade <= kGrades; ++grade) {
    const Result<Int128> through = value(kOutstandingOfGrade + grade);
    LUMBUNG_RETURN_IF_ERROR(through.status());
    sum.outstanding[grade - 1] += *through;
  }
  return Status::Ok();
}

Status SubjectReader::AddRegionStanding(RegionCode region, Date day, Standing& sum) {
  const auto cursor = rows_.Walk(RegionPrefix(Row::kRegionSeries, region));
  const auto value = [&](SeriesId series) {
    return SeriesAt(*cursor, RegionSeriesPrefix(region, series), day);
  };
  LUMBUNG_RETURN_IF_ERROR(AddSeries(value, sum));
  const Result<Int128> week = value(kHeardInWeek);
  LUMBUNG_RETURN_IF_ERROR(week.status());
  const Result<Int128> month = value(kHeardInMonth);
  LUMBUNG_RETURN_IF_ERROR(month.status());
  sum.dormant_week = sum.cooperatives - static_cast<std::int64_t>(*week);
  sum.dormant_month = sum.cooperatives - static_cast<std::int64_t>(*month);
  return Status::Ok();
}

Status SubjectReader::AddCooperativeStanding(const CooperativeState& cooperative, Date day,
                                             RowCursor& cursor, Standing& sum) {
  const std::int64_t before = sum.cooperatives;
  LUMBUNG_RETURN_IF_ERROR(AddSeries(
      [&](SeriesId series) {
        return SeriesAt(cursor, CooperativeSeriesPrefix(cooperative.number, series), day);
      },
      sum));
  if (sum.cooperatives == before) {
    return Status::Ok();
  }
  const Result<CooperativeMemory> memory = ReadMemory(rows_, cooperative.number);
  LUMBUNG_RETURN_IF_ERROR(memory.status());
  const auto is_dormant = [&](std::int32_t days) {
    const std::vector<DaySpan> heard = memory->days.Heard(days, DaysOfDate(day));
    return heard.empty() || heard.front().from > DaysOfDate(day);
  };
  sum.dormant_week += is_dormant(kHeardSeries[0].days) ? 1 : 0;
  sum.dormant_month += is_dormant(kHeardSeries[1].days) ? 1 : 0;
  return Status::Ok();
}

Status SubjectReader::AddStanding(const Subject& subject, Date day, Standing& sum) {
  LUMBUNG_CHECK(subject.kind != Subject::Kind::kOutlet);
  sum.day = day;
  if (HasRows(subject, kSmallestDayLevel)) {
    return AddRegionStanding(subject.region, day, sum);
  }
  const auto cursor = rows_.Walk(RowPrefix(Row::kCooperativeSeries));
  return EachCooperative(subject, [&](const CooperativeState& cooperative, const Counts& counts) {
    return counts(cooperative.InForce(day)) ? AddCooperativeStanding(cooperative, day, *cursor, sum)
                                            : Status::Ok();
  });
}

}  // namespace lumbung::performance
