#include "projections/performance/member_sketch.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <iterator>

#include "engine/base/bytes.h"

namespace lumbung::performance {
namespace {

constexpr char kList = 0;
constexpr char kDense = 1;
// The most that a register can hold: all bits but the index are zero.
constexpr int kValueBits = kFingerprintBits - MemberSketch::kIndexBits;
constexpr int kMostValue = kValueBits + 1;

// SplitMix64's finalizer.
std::uint64_t Mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

// sigma and tau of Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017).
double Sigma(double x) {
  if (x == 1.0) {
    return HUGE_VAL;
  }
  double y = 1.0;
  double z = x;
  double before = -1.0;
  while (z != before) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

double Tau(double x) {
  if (x == 0.0 || x == 1.0) {
    return 0.0;
  }
  double y = 1.0;
  double z = 1.0 - x;
  double before = -1.0;
  while (z != before) {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1.0 - x) * (1.0 - x) * y;
  }
  return z / 3.0;
}

}  // namespace

Fingerprint FingerprintOf(std::uint64_t cooperative, std::uint64_t member) {
  return Mix(Mix(cooperative + 0x9E3779B97F4A7C15) ^ member) >> (64 - kFingerprintBits);
}

bool MemberSketch::Raise(Fingerprint member) {
  const std::uint64_t rest = member >> kIndexBits;
  const auto value = static_cast<char>(kValueBits - static_cast<int>(std::bit_width(rest)) + 1);
  char& current = registers_[member & (kRegisters - 1)];
  if (value <= current) {
    return false;
  }
  current = value;
  return true;
}

void MemberSketch::SwitchToRegisters() {
  registers_.assign(kRegisters, '\0');
  for (const Fingerprint member : listed_) {
    Raise(member);
  }
  listed_.clear();
  listed_.shrink_to_fit();
}

bool MemberSketch::Add(Fingerprint member) {
  if (!is_exact()) {
    return Raise(member);
  }
  const auto at = std::lower_bound(listed_.begin(), listed_.end(), member);
  if (at != listed_.end() && *at == member) {
    return false;
  }
  listed_.insert(at, member);
  if (listed_.size() > kMostListed) {
    SwitchToRegisters();
  }
  return true;
}

bool MemberSketch::Add(const MemberSketch& other) {
  bool changed = false;
  if (other.is_exact()) {
    for (const Fingerprint member : other.listed_) {
      changed = Add(member) || changed;
    }
    return changed;
  }
  if (is_exact()) {
    SwitchToRegisters();
    changed = true;
  }
  for (std::size_t i = 0; i < kRegisters; ++i) {
    if (other.registers_[i] > registers_[i]) {
      registers_[i] = other.registers_[i];
      changed = true;
    }
  }
  return changed;
}

std::uint64_t MemberSketch::Estimate() const {
  if (is_exact()) {
    return listed_.size();
  }
  std::array<double, kMostValue + 1> counts{};
  for (const char value : registers_) {
    counts[static_cast<std::size_t>(value)] += 1.0;
  }
  constexpr auto kCount = static_cast<double>(kRegisters);
  double z = kCount * Tau(1.0 - counts[kMostValue] / kCount);
  for (std::size_t value = kMostValue - 1; value >= 1; --value) {
    z = 0.5 * (z + counts[value]);
  }
  z += kCount * Sigma(counts[0] / kCount);
  const double alpha = 0.5 / std::log(2.0);
  return static_cast<std::uint64_t>(std::llround(alpha * kCount * kCount / z));
}

std::string MemberSketch::Encode() const {
  if (!is_exact()) {
    return kDense + registers_;
  }
  std::string bytes(1, kList);
  bytes.reserve(1 + listed_.size() * kFingerprintBytes);
  for (const Fingerprint member : listed_) {
    for (int shift = kFingerprintBits - 8; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<char>(static_cast<std::uint8_t>(member >> shift)));
    }
  }
  return bytes;
}

Result<MemberSketch> MemberSketch::Parse(std::string_view bytes) {
  MemberSketch sketch;
  const bool is_list = !bytes.empty() && bytes.front() == kList;
  const std::string_view rest = bytes.substr(std::min<std::size_t>(1, bytes.size()));
  if (!is_list) {
    const bool fits = std::all_of(rest.begin(), rest.end(), [](char value) {
      return static_cast<std::uint8_t>(value) <= kMostValue;
    });
    if (bytes.empty() || bytes.front() != kDense || rest.size() != kRegisters || !fits) {
      return Status::Corruption("a set of members can't be read");
    }
    sketch.registers_ = rest;
    return sketch;
  }
  if (rest.size() % kFingerprintBytes != 0 || rest.size() / kFingerprintBytes > kMostListed) {
    return Status::Corruption("a list of members can't be read");
  }
  sketch.listed_.reserve(rest.size() / kFingerprintBytes);
  for (std::size_t at = 0; at < rest.size(); at += kFingerprintBytes) {
    Fingerprint member = 0;
    for (std::size_t i = 0; i < kFingerprintBytes; ++i) {
      member = (member << 8) | static_cast<std::uint8_t>(rest[at + i]);
    }
    sketch.listed_.push_back(member);
  }
  return sketch;
}

}  // namespace lumbung::performance
