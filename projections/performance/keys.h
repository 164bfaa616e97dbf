// Keys of the rows of `performance`. Numbers are big-endian, so that rows lie in their order.
//
//   0x10 date:u32 cooperative:u64 outlet:u64 -> an outlet's day (outlet_day.h); outlet 0: of none
//   0x11 region:u64 date:u32                 -> a region's day (day_row.h)
//   0x12 region:u64 date:u32                 -> who was active there: members (member_sketch.h)
//   0x13 cooperative:u64                     -> how fresh it is (cooperatives.h)
//   0x14 cooperative:u64                     -> v1.CooperativeRow: its versions
//   0x15 region:u64 cooperative:u64          -> nothing: it is, or was, in that region
//   0x16 shard:u32 size:u8 chart version:u32 -> v1.Chart, complete
//   0x17 cooperative:u64                     -> what is remembered of it (cooperatives.h)
//   0x18 cooperative:u64 series:u32 date:u32 -> what it had by then:zigzag (stock_series.h)
//   0x19 region:u64 series:u32 date:u32      -> the same of a region
//   0x1A cooperative:u64 loan:u64 date:u32   -> what its bank said (loan_statement.h)
//   0x1B cooperative:u64 loan:u64            -> v1.LoanSchedule
//   0x1C cooperative:u64 loan:u64            -> nothing: a loan that is not in rupiah
//   0x1D cooperative:u64 loan:u64            -> v1.Loan, without its schedule
//   0x1E cooperative:u64 loan:u64 sequence:u64 item:u32 -> v1.LoanEvent
//   0x1F cooperative:u64 id:16               -> sequence:u64 that reversed this loan transaction
//
// Regions are RegionCode::digits. Rows of 0x11 and 0x19 are kept of districts and larger regions,
// rows of 0x12 of regencies and larger ones; what is smaller is added up from outlets. A region of
// 0x15 is the village, or the smallest region of the list that the cooperative's code names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/date.h"
#include "engine/base/uuid.h"
#include "projections/regions/region_code.h"

namespace lumbung::performance {

enum class Row : char {
  kOutletDay = 0x10,
  kRegionDay = 0x11,
  kRegionMembers = 0x12,
  kFreshness = 0x13,
  kCooperative = 0x14,
  kPlace = 0x15,
  kChart = 0x16,
  kMemory = 0x17,
  kCooperativeSeries = 0x18,
  kRegionSeries = 0x19,
  kLoanStatus = 0x1A,
  kLoanSchedule = 0x1B,
  kForeignLoan = 0x1C,
  kLoan = 0x1D,
  kLoanEvent = 0x1E,
  kLoanReversal = 0x1F,
};

inline constexpr RegionLevel kSmallestDayLevel = RegionLevel::kDistrict;
inline constexpr RegionLevel kSmallestMembersLevel = RegionLevel::kRegency;

inline constexpr std::size_t kDateBytes = 4;

inline std::string RowPrefix(Row row) { return {static_cast<char>(row)}; }

inline void AppendDate(std::string& key, Date date) {
  AppendBigEndian(key, static_cast<std::uint32_t>(date));
}
inline Date LoadDate(const char* bytes) {
  return static_cast<Date>(LoadBigEndian<std::uint32_t>(bytes));
}

inline std::string OutletDayPrefix(Date date) {
  std::string key = RowPrefix(Row::kOutletDay);
  AppendDate(key, date);
  return key;
}
inline std::string OutletDayPrefix(Date date, std::uint64_t cooperative) {
  std::string key = OutletDayPrefix(date);
  AppendBigEndian(key, cooperative);
  return key;
}
inline std::string OutletDayKey(Date date, std::uint64_t cooperative, std::uint64_t outlet) {
  std::string key;
  key.reserve(1 + 4 + 8 + 8);
  key.push_back(static_cast<char>(Row::kOutletDay));
  AppendDate(key, date);
  AppendBigEndian(key, cooperative);
  AppendBigEndian(key, outlet);
  return key;
}
// REQUIRES: a key of an outlet's day
inline std::uint64_t CooperativeOfOutletDay(std::string_view key) {
  return LoadBigEndian<std::uint64_t>(key.data() + 5);
}
inline std::uint64_t OutletOfOutletDay(std::string_view key) {
  return LoadBigEndian<std::uint64_t>(key.data() + 13);
}

// Of kRegionDay and kRegionMembers.
inline std::string RegionPrefix(Row row, RegionCode region) {
  std::string key = RowPrefix(row);
  AppendBigEndian(key, region.digits);
  return key;
}
inline std::string RegionKey(Row row, RegionCode region, Date date) {
  std::string key = RegionPrefix(row, region);
  AppendDate(key, date);
  return key;
}

// Of kFreshness, kCooperative and kMemory; the beginning of kCooperativeSeries, and of a
// cooperative's loans.
inline std::string CooperativeKey(Row row, std::uint64_t cooperative) {
  std::string key = RowPrefix(row);
  AppendBigEndian(key, cooperative);
  return key;
}
inline std::string CooperativeSeriesPrefix(std::uint64_t cooperative, std::uint32_t series) {
  std::string key = CooperativeKey(Row::kCooperativeSeries, cooperative);
  AppendBigEndian(key, series);
  return key;
}
inline std::string RegionSeriesPrefix(RegionCode region, std::uint32_t series) {
  std::string key = RegionPrefix(Row::kRegionSeries, region);
  AppendBigEndian(key, series);
  return key;
}
// Of kLoanSchedule, kForeignLoan and kLoan; the beginning of kLoanStatus and kLoanEvent.
inline std::string LoanPrefix(Row row, std::uint64_t cooperative, std::uint64_t loan) {
  std::string key = CooperativeKey(row, cooperative);
  AppendBigEndian(key, loan);
  return key;
}
inline std::string LoanReversalKey(std::uint64_t cooperative, const Uuid& transaction) {
  std::string key = CooperativeKey(Row::kLoanReversal, cooperative);
  key.append(reinterpret_cast<const char*>(transaction.bytes.data()), transaction.bytes.size());
  return key;
}
inline std::string PlaceKey(RegionCode region, std::uint64_t cooperative) {
  std::string key = RegionPrefix(Row::kPlace, region);
  AppendBigEndian(key, cooperative);
  return key;
}
inline std::string ChartKey(std::uint32_t shard, std::string_view name, std::uint32_t version) {
  std::string key = RowPrefix(Row::kChart);
  AppendBigEndian(key, shard);
  key.push_back(static_cast<char>(name.size()));
  key += name;
  AppendBigEndian(key, version);
  return key;
}

}  // namespace lumbung::performance
