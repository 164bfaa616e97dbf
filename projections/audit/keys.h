// Keys of the rows of `audit`. Numbers are big-endian, so that rows lie in their order.
//
//   0x10 id:16                           -> a finding (finding.h)
//   0x11 found_at:u64 id:16              -> what lists filter by (FindingLine)
//   0x12 size:u8 rule found_at:u64 id:16 -> the same
//   0x13 cooperative:u64 found_at id:16  -> the same
//   0x14 id:16                           -> acknowledgements of it, which may come before it
//   0x15 rule                            -> how many there are (RuleCounts)
//   0x20 shard:u32 size:u8 chart version:u32 -> v1.Chart, complete
//   0x21 cooperative:u64                 -> v1.CooperativeRow: its versions
//   0x22 cooperative:u64                 -> what is watched of it (cooperative_state.h)
//   0x23 shard:u32                       -> its clock (shard_clock.h)
//   0x24 shard:u32 period:u32 cooperative:u64 fingerprint:u64 -> a reference (references.h)
//   0x25 cooperative:u64 id:16           -> correlation:16 that a leg of a transfer belongs to
//   0x26 correlation:16 low:u64 high:u64 currency:u32 -> a transfer's legs (transfers.h)
//   0x27 shard:u32 when:u64 key of 0x26  -> nothing: the transfer is looked at then
//   0x28 date:u32 person                 -> cash of a day (cash_days.h)
//   0x29 cooperative:u64 loan:u64        -> a loan's instalments (instalments.h)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/date.h"
#include "engine/base/uuid.h"

namespace lumbung::audit {

enum class Row : char {
  kFinding = 0x10,
  kByTime = 0x11,
  kByRule = 0x12,
  kByCooperative = 0x13,
  kAcknowledgements = 0x14,
  kCounts = 0x15,
  kChart = 0x20,
  kVersions = 0x21,
  kState = 0x22,
  kClock = 0x23,
  kReference = 0x24,
  kLeg = 0x25,
  kTransfer = 0x26,
  kTransferDue = 0x27,
  kCashDay = 0x28,
  kLoan = 0x29,
};

inline std::string RowPrefix(Row row) { return {static_cast<char>(row)}; }

inline void AppendUuid(std::string& key, const Uuid& id) {
  key.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
}
inline Uuid LoadUuid(std::string_view bytes) {
  Uuid id;
  std::memcpy(id.bytes.data(), bytes.data(), id.bytes.size());
  return id;
}

// Of kFinding and kAcknowledgements.
inline std::string IdKey(Row row, const Uuid& id) {
  std::string key = RowPrefix(row);
  AppendUuid(key, id);
  return key;
}

inline std::string ByTimePrefix() { return RowPrefix(Row::kByTime); }
inline std::string ByRulePrefix(std::string_view rule) {
  std::string key = RowPrefix(Row::kByRule);
  key.push_back(static_cast<char>(rule.size()));
  return key.append(rule);
}
// Of kByCooperative, kVersions and kState.
inline std::string CooperativeKey(Row row, std::uint64_t cooperative) {
  std::string key = RowPrefix(row);
  AppendBigEndian(key, cooperative);
  return key;
}
// What ends the key of a row of the three lists: 24 bytes, in the order of time.
inline std::string PlaceInList(std::int64_t found_at, const Uuid& id) {
  std::string place;
  AppendBigEndian(place, static_cast<std::uint64_t>(found_at));
  AppendUuid(place, id);
  return place;
}
inline constexpr std::size_t kPlaceBytes = 24;

inline std::string CountsKey(std::string_view rule) { return RowPrefix(Row::kCounts).append(rule); }
inline std::string ChartKey(std::uint32_t shard, std::string_view name, std::uint32_t version) {
  std::string key = RowPrefix(Row::kChart);
  AppendBigEndian(key, shard);
  key.push_back(static_cast<char>(name.size()));
  key += name;
  AppendBigEndian(key, version);
  return key;
}
inline std::string ClockKey(std::uint32_t shard) {
  std::string key = RowPrefix(Row::kClock);
  AppendBigEndian(key, shard);
  return key;
}

}  // namespace lumbung::audit
