#include "projections/performance/subject_reader.h"

#include <algorithm>

namespace lumbung::performance {
namespace {

bool Always(const CooperativeVersion&) { return true; }

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
    if (LoadDate(day->key().data() + 9) > to) {
      break;
    }
    LUMBUNG_RETURN_IF_ERROR(take(day->value()));
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
      LUMBUNG_RETURN_IF_ERROR(take(outlets_->value()));
    }
    LUMBUNG_RETURN_IF_ERROR(outlets_->status());
  }
  return Status::Ok();
}

Status SubjectReader::WalkVillages(RegionCode region, Date from, Date to, const Counts& counts,
                                   const Take& take) {
  const Result<std::vector<std::uint64_t>> numbers = CooperativesEverIn(rows_, region);
  LUMBUNG_RETURN_IF_ERROR(numbers.status());
  for (const std::uint64_t number : *numbers) {
    const Result<CooperativeState> cooperative = ReadCooperative(rows_, regions_, number);
    LUMBUNG_RETURN_IF_ERROR(cooperative.status());
    LUMBUNG_RETURN_IF_ERROR(WalkCooperative(*cooperative, from, to, counts, take));
  }
  return Status::Ok();
}

// The rows of outlets that a subject is made of.
Status SubjectReader::WalkSubject(const Subject& subject, Date from, Date to, const Take& take) {
  switch (subject.kind) {
    case Subject::Kind::kRegion:
      return WalkVillages(
          subject.region, from, to,
          [&](const CooperativeVersion& version) {
            return LiesIn(version.place.in, subject.region);
          },
          take);
    case Subject::Kind::kVillage:
      return WalkVillages(
          regions_.PlaceOf(subject.village).in, from, to,
          [&](const CooperativeVersion& version) {
            return version.attributes.village_code() == subject.village;
          },
          take);
    case Subject::Kind::kCooperative: {
      const auto cooperative = ReadCooperative(rows_, regions_, subject.cooperative);
      LUMBUNG_RETURN_IF_ERROR(cooperative.status());
      return WalkCooperative(*cooperative, from, to, Always, take);
    }
    case Subject::Kind::kOutlet:
      break;
  }
  const auto cooperative = ReadCooperative(rows_, regions_, subject.cooperative);
  LUMBUNG_RETURN_IF_ERROR(cooperative.status());
  for (Date date = from; date <= to; date = NextDate(date)) {
    std::string row;
    const Result<bool> found =
        rows_.Get(OutletDayKey(date, subject.cooperative, subject.outlet), row);
    LUMBUNG_RETURN_IF_ERROR(found.status());
    if (*found) {
      LUMBUNG_RETURN_IF_ERROR(take(row));
    }
  }
  return Status::Ok();
}

Status SubjectReader::AddDays(const Subject& subject, Date from, Date to, DayRow& sum) {
  if (subject.kind == Subject::Kind::kRegion && LevelOf(subject.region) <= kSmallestDayLevel) {
    return WalkRegion(Row::kRegionDay, subject.region, from, to,
                      [&](std::string_view row) { return sum.AddEncoded(row, names_); });
  }
  return WalkSubject(subject, from, to, [&](std::string_view row) {
    return OutletDay::AddEncodedDay(row, names_, sum);
  });
}

Status SubjectReader::AddMembers(const Subject& subject, Date from, Date to, MemberSketch& sum) {
  const auto add = [&](const Result<MemberSketch>& members) {
    LUMBUNG_RETURN_IF_ERROR(members.status());
    sum.Add(*members);
    return Status::Ok();
  };
  if (subject.kind == Subject::Kind::kRegion && LevelOf(subject.region) <= kSmallestMembersLevel) {
    return WalkRegion(Row::kRegionMembers, subject.region, from, to,
                      [&](std::string_view row) { return add(MemberSketch::Parse(row)); });
  }
  return WalkSubject(subject, from, to,
                     [&](std::string_view row) { return add(OutletDay::ParseMembers(row)); });
}

}  // namespace lumbung::performance
