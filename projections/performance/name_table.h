// Names of channels as small numbers, for as long as a table lives.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lumbung::performance {

using NameId = std::uint16_t;

// One thread at a time.
class NameTable {
 public:
  NameId Intern(std::string_view name) {
    const auto found = ids_.find(name);
    if (found != ids_.end()) {
      return found->second;
    }
    const auto id = static_cast<NameId>(names_.size());
    ids_.emplace(names_.emplace_back(name), id);
    RankAll();
    return id;
  }
  const std::string& NameOf(NameId id) const { return names_[id]; }
  // Place in the order of names. Those that were there before keep their order among themselves.
  std::uint16_t RankOf(NameId id) const { return ranks_[id]; }

 private:
  void RankAll() {
    std::vector<NameId> order(names_.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = static_cast<NameId>(i);
    }
    std::sort(order.begin(), order.end(),
              [this](NameId a, NameId b) { return names_[a] < names_[b]; });
    ranks_.resize(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      ranks_[order[i]] = static_cast<std::uint16_t>(i);
    }
  }

  // Keys of ids_ point into it.
  std::deque<std::string> names_;
  std::unordered_map<std::string_view, NameId> ids_;
  std::vector<std::uint16_t> ranks_;
};

}  // namespace lumbung::performance
