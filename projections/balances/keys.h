// Keys of the rows of `balances`. Numbers are big-endian, so that rows lie in their order.
//
//   account := cooperative:u40 code:u24 currency:u24 holder:u64
//   place   := sequence:u64 index:u16        which entry of which event, counted over all its
//   entries
//
//   0x10 account place                       -> a block of entries (entry_block.h)
//   0x11 account date:u32                    -> totals through the day (dated_series.h)
//   0x12 account date:u32 place              -> an entry that came after a later day's
//   (account_book.h) 0x13 cooperative code currency date      -> totals through the day 0x14
//   size:u8 region code currency date   -> totals through the day 0x15 shard:u32 recorded_at:u64 ->
//   last sequence recorded then: u64 0x16 shard:u32 sequence/64:u64           -> transactions of 64
//   sequences (transaction_rows.h) 0x17 cooperative size:u8 reference place  -> nothing; the place
//   of its first entry 0x18 cooperative                         -> shard, then v1::CooperativeRow
//   0x19 size:u8 chart version:u32           -> v1::Chart, complete
//
// A region is its digits: none is the nation, 2 a province, 4 a regency, 6 a district, 10 a
// village;
// "?" is where cooperatives are whose code is no village's. Which one a cooperative's entries
// belong to goes by its village code in force on the posting date.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/date.h"
#include "engine/domain/account_key.h"

namespace lumbung {

enum class BalancesRow : char {
  kEntries = 0x10,
  kAccountDay = 0x11,
  kLateEntry = 0x12,
  kCooperativeDay = 0x13,
  kRegionDay = 0x14,
  kTime = 0x15,
  kTransactions = 0x16,
  kReference = 0x17,
  kCooperative = 0x18,
  kChart = 0x19,
};

struct EntryPlace {
  // 0: of no entry.
  std::uint64_t sequence = 0;
  std::uint16_t index = 0;

  auto operator<=>(const EntryPlace&) const = default;
};

inline constexpr std::size_t kAccountBytes = 5 + 3 + 3 + 8;
inline constexpr std::size_t kPlaceBytes = 8 + 2;
inline constexpr std::size_t kDateBytes = 4;
inline constexpr std::size_t kCodeBytes = 3 + 3;

inline void AppendBytes(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = bytes * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(static_cast<std::uint8_t>(value >> shift)));
  }
}
inline std::uint64_t LoadBytes(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) {
    value = (value << 8) | static_cast<std::uint8_t>(byte);
  }
  return value;
}

inline void AppendPlace(std::string& out, const EntryPlace& place) {
  AppendBigEndian(out, place.sequence);
  AppendBigEndian(out, place.index);
}
// REQUIRES: bytes.size() == kPlaceBytes
inline EntryPlace LoadPlace(std::string_view bytes) {
  return {LoadBigEndian<std::uint64_t>(bytes.data()),
          LoadBigEndian<std::uint16_t>(bytes.data() + 8)};
}
inline void AppendDate(std::string& out, Date date) {
  AppendBigEndian(out, static_cast<std::uint32_t>(date));
}
// The date that a key ends in. REQUIRES: key.size() >= kDateBytes
inline Date DateOfKey(std::string_view key) {
  return static_cast<Date>(LoadBigEndian<std::uint32_t>(key.data() + key.size() - kDateBytes));
}

inline std::string RowPrefix(BalancesRow row) { return {static_cast<char>(row)}; }

inline std::string AccountPrefix(BalancesRow row, const AccountKey& account) {
  std::string key = RowPrefix(row);
  AppendBytes(key, account.cooperative, 5);
  AppendBytes(key, account.code, 3);
  AppendBytes(key, account.currency, 3);
  AppendBigEndian(key, account.holder);
  return key;
}
inline std::string CooperativeDayPrefix(std::uint64_t cooperative) {
  std::string key = RowPrefix(BalancesRow::kCooperativeDay);
  AppendBytes(key, cooperative, 5);
  return key;
}
inline std::string RegionDayPrefix(std::string_view region) {
  std::string key = RowPrefix(BalancesRow::kRegionDay);
  AppendBytes(key, region.size(), 1);
  return key += region;
}
inline void AppendCode(std::string& key, std::uint32_t code, CurrencyCode currency) {
  AppendBytes(key, code, 3);
  AppendBytes(key, currency, 3);
}

inline std::string TimePrefix(std::uint32_t shard) {
  std::string key = RowPrefix(BalancesRow::kTime);
  AppendBigEndian(key, shard);
  return key;
}
inline std::string TimeKey(std::uint32_t shard, std::int64_t recorded_at) {
  std::string key = TimePrefix(shard);
  AppendBigEndian(key, static_cast<std::uint64_t>(recorded_at));
  return key;
}
inline std::string TransactionsKey(std::uint32_t shard, std::uint64_t group) {
  std::string key = RowPrefix(BalancesRow::kTransactions);
  AppendBigEndian(key, shard);
  AppendBigEndian(key, group);
  return key;
}
// REQUIRES: reference.size() <= 255
inline std::string ReferencePrefix(std::uint64_t cooperative, std::string_view reference) {
  std::string key = RowPrefix(BalancesRow::kReference);
  AppendBytes(key, cooperative, 5);
  AppendBytes(key, reference.size(), 1);
  return key += reference;
}
inline std::string CooperativeKey(std::uint64_t cooperative) {
  std::string key = RowPrefix(BalancesRow::kCooperative);
  AppendBytes(key, cooperative, 5);
  return key;
}
inline std::string ChartPrefix(std::string_view name) {
  std::string key = RowPrefix(BalancesRow::kChart);
  AppendBytes(key, name.size(), 1);
  return key += name;
}
inline std::string ChartKey(std::string_view name, std::uint32_t version) {
  std::string key = ChartPrefix(name);
  AppendBigEndian(key, version);
  return key;
}

}  // namespace lumbung
