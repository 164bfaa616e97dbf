// What a business day came to, of an outlet or of a region: sums by hour and channel. Rows add up,
// in any order, and what was added can be taken away again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/int128.h"
#include "engine/base/status.h"
#include "projections/performance/counts.h"
#include "projections/performance/name_table.h"

namespace lumbung::performance {

// Amounts are rupiah in sen. A reversal counts below zero.
struct Flow {
  std::int64_t transactions = 0;
  // Those of kinds that count as turnover, and what they came to.
  std::int64_t sales = 0;
  Int128 turnover = 0;
  // The part of the turnover that are sales to members.
  Int128 member_turnover = 0;

  bool operator==(const Flow&) const = default;
  void Add(const Flow& other) {
    transactions += other.transactions;
    sales += other.sales;
    turnover += other.turnover;
    member_turnover += other.member_turnover;
  }
};

// Hours of the cooperative's own clock, and one for what says no time.
inline constexpr std::uint8_t kNoHour = 24;
inline constexpr std::size_t kHours = 25;

struct Cell {
  std::uint8_t hour = 0;
  NameId channel = 0;
  Flow flow;
};

// Channels are numbers of a table that everything here takes: always the same one.
class DayRow {
 public:
  // Finds or adds a cell.
  Flow& At(std::uint8_t hour, NameId channel, const NameTable& names);
  void Add(const DayRow& other, const NameTable& names);
  void Negate();

  // Ascending by hour and name of the channel.
  const std::vector<Cell>& cells() const { return cells_; }

  // Income less expense of all transactions but closings, in sen.
  Int128 surplus = 0;
  // Drawn from village funds to pay instalments, in sen.
  Int128 intercepts = 0;
  // Recorded on a later local day than the one they belong to.
  std::int64_t late = 0;
  std::int64_t reversals = 0;
  // By LagStep.
  Counts lag;
  // Of a region: its cooperatives and outlets that were active, by how many days they were active
  // last before (activity.h).
  Counts cooperatives;
  Counts outlets;

  // What comes to nothing is left out, so that a row has one form; empty where all of it does.
  //   names:varint (size:varint name)*  cells:varint (hour:u8 name:u8 flow)*
  //   surplus intercepts late reversals:zigzag  lag cooperatives outlets: see counts.h
  //   flow := transactions sales turnover member_turnover:zigzag
  std::string Encode(const NameTable& names) const;
  // Adds a row to this one. Corruption where it is none.
  Status AddEncoded(std::string_view bytes, NameTable& names);

 private:
  std::vector<Cell> cells_;
};

}  // namespace lumbung::performance
