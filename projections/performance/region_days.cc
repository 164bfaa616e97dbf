#include "projections/performance/region_days.h"

#include <vector>

#include "engine/base/check.h"
#include "projections/performance/keys.h"

namespace lumbung::performance {
namespace {

template <typename Change>
std::vector<std::string> KeysOf(Row row, const std::map<std::pair<RegionCode, Date>, Change>& map) {
  std::vector<std::string> keys;
  keys.reserve(map.size());
  for (const auto& [day, change] : map) {
    keys.push_back(RegionKey(row, day.first, day.second));
  }
  return keys;
}

}  // namespace

void RegionDays::Add(RegionCode region, Date date, const DayRow& change, const NameTable& names) {
  LUMBUNG_CHECK(LevelOf(region) <= kSmallestDayLevel);
  days_[{region, date}].Add(change, names);
}

void RegionDays::AddMembers(RegionCode region, Date date, const MemberSketch& members) {
  const RegionCode kept =
      LevelOf(region) > kSmallestMembersLevel ? RegionAt(region, kSmallestMembersLevel) : region;
  members_[{kept, date}].members.Add(members);
}

void RegionDays::SetMembers(RegionCode region, Date date, MemberSketch members) {
  members_[{region, date}] = {true, std::move(members)};
}

// From the smallest regions up, so that each is whole when it is added.
void RegionDays::RollUp(const NameTable& names) {
  for (const RegionLevel level :
       {RegionLevel::kDistrict, RegionLevel::kRegency, RegionLevel::kProvince}) {
    std::map<RegionDay, DayRow> above;
    for (const auto& [day, change] : days_) {
      if (LevelOf(day.first) == level) {
        above[{ParentOf(day.first), day.second}].Add(change, names);
      }
    }
    for (const auto& [day, change] : above) {
      days_[day].Add(change, names);
    }
    std::map<RegionDay, MemberSketch> members_above;
    for (const auto& [day, change] : members_) {
      if (LevelOf(day.first) == level) {
        members_above[{ParentOf(day.first), day.second}].Add(change.members);
      }
    }
    for (const auto& [day, members] : members_above) {
      members_[day].members.Add(members);
    }
  }
}

Status RegionDays::WriteDays(const RowReader& rows, RowCache& cache, NameTable& names,
                             RowWriter& out) {
  const std::vector<std::string> keys = KeysOf(Row::kRegionDay, days_);
  std::vector<RowCache::Value*> values;
  LUMBUNG_RETURN_IF_ERROR(cache.Load(rows, keys, values));
  std::size_t i = 0;
  for (auto& [day, change] : days_) {
    RowCache::Value& value = *values[i];
    DayRow row;
    LUMBUNG_RETURN_IF_ERROR(row.AddEncoded(value.value_or(std::string()), names));
    row.Add(change, names);
    std::string encoded = row.Encode(names);
    if (!encoded.empty()) {
      out.Put(keys[i], encoded);
      value = std::move(encoded);
    } else {
      out.Delete(keys[i]);
      value.reset();
    }
    ++i;
  }
  days_.clear();
  return Status::Ok();
}

Status RegionDays::WriteMembers(const RowReader& rows, RowCache& cache, RowWriter& out) {
  const std::vector<std::string> keys = KeysOf(Row::kRegionMembers, members_);
  std::vector<RowCache::Value*> values;
  LUMBUNG_RETURN_IF_ERROR(cache.Load(rows, keys, values));
  std::size_t i = 0;
  for (const auto& [day, change] : members_) {
    RowCache::Value& value = *values[i];
    MemberSketch sketch;
    bool changed = change.replaces;
    if (value.has_value() && !change.replaces) {
      Result<MemberSketch> parsed = MemberSketch::Parse(*value);
      LUMBUNG_RETURN_IF_ERROR(parsed.status());
      sketch = std::move(*parsed);
    }
    changed = sketch.Add(change.members) || changed;
    if (changed && sketch.empty()) {
      out.Delete(keys[i]);
      value.reset();
    } else if (changed) {
      value = sketch.Encode();
      out.Put(keys[i], *value);
    }
    ++i;
  }
  members_.clear();
  return Status::Ok();
}

Status RegionDays::Finish(const RowReader& rows, RowCache& cache, NameTable& names,
                          RowWriter& out) {
  RollUp(names);
  LUMBUNG_RETURN_IF_ERROR(WriteDays(rows, cache, names, out));
  return WriteMembers(rows, cache, out);
}

}  // namespace lumbung::performance
