// The running numbers of one device: which came, which are missing since when, which came twice.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "projections/audit/evidence.h"

namespace lumbung::audit {

class DeviceWatch {
 public:
  static constexpr std::size_t kMostRefused = 16;

  // Numbers that did not come, all of them or what is left of them.
  struct Gap {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    // As it was when it was first seen: what a finding is called by.
    std::uint64_t named_first = 0;
    std::uint64_t named_last = 0;
    // When an event showed it, and which.
    std::int64_t since = 0;
    Evidence shown_by;
    bool reported = false;
  };
  enum class Seen {
    kNew,
    // The last number that was missing of a gap that was reported: `filled` says which.
    kFilled,
    // Was there before.
    kAgain,
  };

  DeviceWatch() = default;
  explicit DeviceWatch(std::uint64_t device) : device_(device) {}

  std::uint64_t device() const { return device_; }
  // Takes a number of a transaction that was posted or held. One event may name a number more than
  // once. REQUIRES: number > 0
  Seen Take(std::uint64_t number, std::int64_t recorded_at, const Evidence& event, Gap& filled);
  // Takes a number of a command that was refused, which may be sent again under another id.
  Seen TakeRefused(std::uint64_t number, std::int64_t recorded_at, const Evidence& event,
                   Gap& filled);

  // By their numbers. Who reports one says so there.
  std::vector<Gap>& gaps() { return gaps_; }
  const std::vector<Gap>& gaps() const { return gaps_; }

  void AppendTo(std::string& bytes) const;
  static DeviceWatch Unpack(Unpacker& unpack);

 private:
  Seen Note(std::uint64_t number, std::int64_t recorded_at, const Evidence& event, Gap& filled);
  Seen Fill(std::size_t at, std::uint64_t number, Gap& filled);

  std::uint64_t device_ = 0;
  // All numbers between these came but for the gaps; 0: none came yet.
  std::uint64_t lowest_ = 0;
  std::uint64_t highest_ = 0;
  // Of the last one taken.
  std::uint64_t last_event_ = 0;
  std::uint64_t last_number_ = 0;
  std::vector<Gap> gaps_;
  // The latest.
  std::vector<std::uint64_t> refused_;
};

}  // namespace lumbung::audit
