// How many different members there are in a set: exact while they are few, HyperLogLog when they
// are many. Sets unite without loss, in any order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"

namespace lumbung::performance {

// A member of a cooperative as 40 random-looking bits: the lowest 12 choose a register, the rest
// its value. Persisted: the function must not change.
using Fingerprint = std::uint64_t;
inline constexpr int kFingerprintBits = 40;
inline constexpr std::size_t kFingerprintBytes = 5;
Fingerprint FingerprintOf(std::uint64_t cooperative, std::uint64_t member);

// Its form depends on the set alone, not on how it came about.
class MemberSketch {
 public:
  static constexpr int kIndexBits = 12;
  static constexpr std::size_t kRegisters = std::size_t{1} << kIndexBits;
  // Beyond so many a list of them is longer than the registers.
  static constexpr std::size_t kMostListed = kRegisters / kFingerprintBytes;
  // Of the estimate, where it is one: 1.04 / sqrt(4096).
  static constexpr double kStandardError = 0.01625;

  // Whether that changed it.
  bool Add(Fingerprint member);
  bool Add(const MemberSketch& other);

  bool empty() const { return listed_.empty() && registers_.empty(); }
  bool is_exact() const { return registers_.empty(); }
  // Two members with the same fingerprint count as one: of a million, fewer than one.
  std::uint64_t Estimate() const;

  // 0x00 and the fingerprints, ascending, five bytes each; or 0x01 and the registers.
  std::string Encode() const;
  static Result<MemberSketch> Parse(std::string_view bytes);

  // Ascending. REQUIRES: is_exact()
  const std::vector<Fingerprint>& listed() const { return listed_; }

 private:
  bool Raise(Fingerprint member);
  void SwitchToRegisters();

  std::vector<Fingerprint> listed_;
  std::string registers_;
};

}  // namespace lumbung::performance
