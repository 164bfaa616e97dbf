// A chart of accounts made ready for look-ups, and the versions of one chart.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/base/date.h"
#include "engine/domain/account_key.h"

#include "lumbung/ledger/v1/chart.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// Hash that lets a string_view look up a std::string key.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
template <typename T>
using StringMap = std::unordered_map<std::string, T, StringHash, std::equal_to<>>;

// One complete version. Constant after construction.
class Chart {
 public:
  // REQUIRES: complete (base_version merged in)
  explicit Chart(v1::Chart proto);
  // Pointers into the message are kept.
  Chart(const Chart&) = delete;
  Chart& operator=(const Chart&) = delete;

  const v1::Chart& proto() const { return proto_; }
  std::uint32_t version() const { return proto_.version(); }
  Date effective_date() const { return proto_.effective_date(); }

  // Null where the chart does not list it.
  const v1::AccountCode* FindCode(std::uint32_t code) const;
  const v1::Kind* FindKind(std::string_view name) const;
  const v1::Channel* FindChannel(std::string_view name) const;
  const v1::Currency* FindCurrency(CurrencyCode currency) const;
  // Whether it lists the currency that is meant where none is said.
  bool has_rupiah() const { return has_rupiah_; }
  bool HasHolderClass(std::string_view name) const { return holder_classes_.contains(name); }

 private:
  v1::Chart proto_;
  std::unordered_map<std::uint32_t, const v1::AccountCode*> codes_;
  StringMap<const v1::Kind*> kinds_;
  StringMap<const v1::Channel*> channels_;
  std::unordered_map<CurrencyCode, const v1::Currency*> currencies_;
  StringMap<bool> holder_classes_;
  bool has_rupiah_ = false;
};

// `delta` on top of `base` (rows by key added or replaced, key order), complete.
v1::Chart MergeChart(const v1::Chart& base, const v1::Chart& delta);

// Why `next` (complete) can't follow `previous`; empty where it can.
std::string ChartIncompatibility(const v1::Chart& previous, const v1::Chart& next);

// All versions of one chart. References stay valid as versions are added.
class ChartVersions {
 public:
  // REQUIRES: the version that comes next
  void Add(v1::Chart complete) { versions_.emplace_back(std::move(complete)); }
  bool empty() const { return versions_.empty(); }
  const Chart& latest() const { return versions_.back(); }
  const std::deque<Chart>& all() const { return versions_; }
  // The version in force on a day: the latest that is effective by then, else the first.
  const Chart& InForce(Date date) const;

 private:
  std::deque<Chart> versions_;
};

}  // namespace lumbung
