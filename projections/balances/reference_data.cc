#include "projections/balances/reference_data.h"

#include <algorithm>
#include <iterator>

#include "engine/domain/chart.h"
#include "projections/balances/keys.h"
#include "projections/balances/packing.h"

#include "lumbung/ledger/v1/state.pb.h"

namespace lumbung {

const v1::Cooperative& CooperativeInfo::InForce(Date date) const {
  const auto later =
      std::find_if(versions.begin(), versions.end(),
                   [&](const v1::Cooperative& version) { return version.effective_date() > date; });
  return later == versions.begin() ? versions.front() : *std::prev(later);
}

std::string CooperativeInfo::Encode() const {
  std::string bytes;
  PackUnsigned<std::uint64_t>(bytes, shard);
  v1::CooperativeRow row;
  for (const v1::Cooperative& version : versions) {
    *row.add_versions() = version;
  }
  return bytes + row.SerializeAsString();
}

Result<CooperativeInfo> CooperativeInfo::Parse(std::string_view bytes) {
  Unpacker unpack(bytes);
  CooperativeInfo info;
  info.shard = static_cast<std::uint32_t>(unpack.Unsigned());
  std::string packed;
  PackUnsigned<std::uint64_t>(packed, info.shard);
  const std::string_view rest = unpack.ok() ? bytes.substr(packed.size()) : std::string_view();
  v1::CooperativeRow row;
  if (!row.ParseFromArray(rest.data(), static_cast<int>(rest.size())) || row.versions().empty()) {
    return Status::Corruption("a cooperative's row of balances can't be read");
  }
  info.versions.assign(row.versions().begin(), row.versions().end());
  return info;
}

std::string RegionOf(std::string_view village_code) {
  std::string digits;
  for (const char c : village_code) {
    if (c != '.') {
      digits.push_back(c);
    }
  }
  constexpr std::size_t kVillageDigits = 10;
  const bool is_village =
      digits.size() == kVillageDigits &&
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  return is_village ? digits : std::string(kUnknownRegion);
}

bool IsRegion(std::string_view region) {
  if (region.empty() || region == kUnknownRegion) {
    return true;
  }
  return std::count(std::begin(kRegionDigits), std::end(kRegionDigits), region.size()) == 1 &&
         std::all_of(region.begin(), region.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Status ReferenceData::Open(const RowReader& rows) {
  const auto cooperative = rows.Walk(RowPrefix(BalancesRow::kCooperative));
  for (bool there = cooperative->Seek({}); there; there = cooperative->Next()) {
    Result<CooperativeInfo> info = CooperativeInfo::Parse(cooperative->value());
    LUMBUNG_RETURN_IF_ERROR(info.status());
    cooperatives_[LoadBytes(cooperative->key().substr(1))] = std::move(*info);
  }
  LUMBUNG_RETURN_IF_ERROR(cooperative->status());
  const auto row = rows.Walk(RowPrefix(BalancesRow::kChart));
  for (bool there = row->Seek({}); there; there = row->Next()) {
    v1::Chart chart;
    if (!chart.ParseFromArray(row->value().data(), static_cast<int>(row->value().size()))) {
      return Status::Corruption("a chart's row of balances can't be read");
    }
    charts_[chart.name()] = chart;  // versions ascend
  }
  return row->status();
}

const CooperativeInfo* ReferenceData::Find(std::uint64_t cooperative) const {
  const auto found = cooperatives_.find(cooperative);
  return found == cooperatives_.end() ? nullptr : &found->second;
}

void ReferenceData::AddCooperative(std::uint32_t shard, const v1::Cooperative& version) {
  CooperativeInfo& info = cooperatives_[version.cooperative()];
  info.shard = shard;
  info.versions.push_back(version);
  changed_[CooperativeKey(version.cooperative())] = info.Encode();
}

// Every shard publishes the same charts.
void ReferenceData::AddChart(const v1::Chart& chart) {
  v1::Chart& latest = charts_[chart.name()];
  if (latest.version() >= chart.version()) {
    return;
  }
  latest = MergeChart(chart.base_version() == 0 ? v1::Chart() : latest, chart);
  changed_[ChartKey(chart.name(), chart.version())] = latest.SerializeAsString();
}

void ReferenceData::Finish(RowWriter& out) {
  for (const auto& [key, value] : changed_) {
    out.Put(key, value);
  }
  changed_.clear();
}

Result<std::optional<CooperativeInfo>> ReadCooperative(const RowReader& rows,
                                                       std::uint64_t cooperative) {
  std::string bytes;
  const Result<bool> found = rows.Get(CooperativeKey(cooperative), bytes);
  LUMBUNG_RETURN_IF_ERROR(found.status());
  if (!*found) {
    return std::optional<CooperativeInfo>();
  }
  Result<CooperativeInfo> info = CooperativeInfo::Parse(bytes);
  LUMBUNG_RETURN_IF_ERROR(info.status());
  return std::optional<CooperativeInfo>(std::move(*info));
}

Result<std::map<std::uint32_t, v1::Side>> ReadSides(const RowReader& rows, std::string_view chart) {
  std::map<std::uint32_t, v1::Side> sides;
  const auto row = rows.Walk(chart.empty() ? RowPrefix(BalancesRow::kChart) : ChartPrefix(chart));
  // A later version never changes a code's side.
  for (bool there = row->Seek({}); there; there = row->Next()) {
    v1::Chart parsed;
    if (!parsed.ParseFromArray(row->value().data(), static_cast<int>(row->value().size()))) {
      return Status::Corruption("a chart's row of balances can't be read");
    }
    for (const v1::AccountCode& code : parsed.codes()) {
      sides.emplace(code.code(), code.grows_by());
    }
  }
  LUMBUNG_RETURN_IF_ERROR(row->status());
  return sides;
}

Result<v1::Side> ReadSide(const RowReader& rows, std::string_view chart, std::uint32_t code) {
  const Result<std::map<std::uint32_t, v1::Side>> sides = ReadSides(rows, chart);
  LUMBUNG_RETURN_IF_ERROR(sides.status());
  const auto found = sides->find(code);
  return found == sides->end() ? v1::SIDE_UNSPECIFIED : found->second;
}

}  // namespace lumbung
