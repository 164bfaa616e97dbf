#include "projections/performance/day_row.h"

#include <algorithm>
#include <array>

#include "projections/runtime/packing.h"

namespace lumbung::performance {
namespace {

constexpr std::size_t kMostNames = 256;

void PackFlow(std::string& out, const Flow& flow) {
  PackSigned(out, flow.transactions);
  PackSigned(out, flow.sales);
  PackSigned(out, flow.turnover);
  PackSigned(out, flow.member_turnover);
}

Flow UnpackFlow(Unpacker& unpack) {
  Flow flow;
  flow.transactions = unpack.Count();
  flow.sales = unpack.Count();
  flow.turnover = unpack.Signed();
  flow.member_turnover = unpack.Signed();
  return flow;
}

// Channels of cells that come to something, in the order of their names.
std::vector<NameId> NamesOf(const std::vector<Cell>& cells, const NameTable& names) {
  std::vector<NameId> used;
  for (const Cell& cell : cells) {
    if (!(cell.flow == Flow{}) && std::find(used.begin(), used.end(), cell.channel) == used.end()) {
      used.push_back(cell.channel);
    }
  }
  std::sort(used.begin(), used.end(),
            [&](NameId a, NameId b) { return names.RankOf(a) < names.RankOf(b); });
  return used;
}

}  // namespace

Flow& DayRow::At(std::uint8_t hour, NameId channel, const NameTable& names) {
  const std::uint16_t rank = names.RankOf(channel);
  // Most often it is the last one.
  auto at = cells_.end();
  while (at != cells_.begin()) {
    const Cell& before = *(at - 1);
    if (before.hour == hour && before.channel == channel) {
      return (at - 1)->flow;
    }
    if (before.hour < hour || (before.hour == hour && names.RankOf(before.channel) < rank)) {
      break;
    }
    --at;
  }
  return cells_.insert(at, Cell{hour, channel, {}})->flow;
}

void DayRow::Add(const DayRow& other, const NameTable& names) {
  for (const Cell& cell : other.cells_) {
    At(cell.hour, cell.channel, names).Add(cell.flow);
  }
  surplus += other.surplus;
  intercepts += other.intercepts;
  late += other.late;
  reversals += other.reversals;
  lag.Add(other.lag);
  cooperatives.Add(other.cooperatives);
  outlets.Add(other.outlets);
}

void DayRow::Negate() {
  for (Cell& cell : cells_) {
    cell.flow = {-cell.flow.transactions, -cell.flow.sales, -cell.flow.turnover,
                 -cell.flow.member_turnover};
  }
  surplus = -surplus;
  intercepts = -intercepts;
  late = -late;
  reversals = -reversals;
  lag.Negate();
  cooperatives.Negate();
  outlets.Negate();
}

std::string DayRow::Encode(const NameTable& names) const {
  const std::vector<NameId> used = NamesOf(cells_, names);
  LUMBUNG_CHECK(used.size() <= kMostNames);
  const auto cells = static_cast<std::uint64_t>(std::count_if(
      cells_.begin(), cells_.end(), [](const Cell& cell) { return !(cell.flow == Flow{}); }));
  const std::uint64_t counts = lag.NotZero() + cooperatives.NotZero() + outlets.NotZero();
  if (cells == 0 && counts == 0 && surplus == 0 && intercepts == 0 && late == 0 && reversals == 0) {
    return {};
  }
  std::string out;
  out.reserve(64 + cells * 20 + counts * 4);
  PackUnsigned(out, std::uint64_t{used.size()});
  for (const NameId name : used) {
    PackText(out, names.NameOf(name));
  }
  PackUnsigned(out, cells);
  for (const Cell& cell : cells_) {
    if (!(cell.flow == Flow{})) {
      out.push_back(static_cast<char>(cell.hour));
      out.push_back(
          static_cast<char>(std::find(used.begin(), used.end(), cell.channel) - used.begin()));
      PackFlow(out, cell.flow);
    }
  }
  for (const Int128 value : {surplus, intercepts, Int128{late}, Int128{reversals}}) {
    PackSigned(out, value);
  }
  lag.Pack(out);
  cooperatives.Pack(out);
  outlets.Pack(out);
  return out;
}

Status DayRow::AddEncoded(std::string_view bytes, NameTable& names) {
  if (bytes.empty()) {
    return Status::Ok();
  }
  Unpacker unpack(bytes);
  const auto bad = [] { return Status::Corruption("a day of performance can't be read"); };
  std::array<NameId, kMostNames> used{};
  const std::uint64_t channels = unpack.Unsigned();
  if (channels > kMostNames) {
    return bad();
  }
  for (std::uint64_t i = 0; i < channels; ++i) {
    used[i] = names.Intern(unpack.Text());
  }
  const std::uint64_t cells = unpack.Unsigned();
  // Into an empty row they come in order.
  const bool append = cells_.empty();
  for (std::uint64_t i = 0; i < cells && unpack.ok(); ++i) {
    const std::string_view head = unpack.Bytes(2);
    const Flow flow = UnpackFlow(unpack);
    if (!unpack.ok()) {
      return bad();
    }
    const auto hour = static_cast<std::uint8_t>(head[0]);
    const auto name = static_cast<std::uint8_t>(head[1]);
    if (hour >= kHours || name >= channels) {
      return bad();
    }
    if (append) {
      cells_.push_back({hour, used[name], flow});
    } else {
      At(hour, used[name], names).Add(flow);
    }
  }
  surplus += unpack.Signed();
  intercepts += unpack.Signed();
  late += unpack.Count();
  reversals += unpack.Count();
  lag.AddPacked(unpack);
  cooperatives.AddPacked(unpack);
  outlets.AddPacked(unpack);
  return unpack.done() ? Status::Ok() : bad();
}

}  // namespace lumbung::performance
