// The cases of the tests that let a disk fail at each of its operations in turn.
#pragma once

#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "tests/support/fault_file_system.h"

namespace lumbung {

// What becomes of the machine after the fault.
enum class Aftermath { kProcessEnds, kPowerCut };

using FaultCase = std::tuple<Fault, Aftermath>;

inline auto FaultCases() {
  return ::testing::Combine(::testing::Values(Fault::kFailedWrite, Fault::kShortWrite,
                                              Fault::kNoSpace, Fault::kFailedSync),
                            ::testing::Values(Aftermath::kProcessEnds, Aftermath::kPowerCut));
}

inline std::string NameOf(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return "None";
    case Fault::kFailedWrite:
      return "FailedWrite";
    case Fault::kShortWrite:
      return "ShortWrite";
    case Fault::kNoSpace:
      return "NoSpace";
    case Fault::kFailedSync:
      return "FailedSync";
  }
  return "Unknown";
}

inline std::string FaultCaseName(const ::testing::TestParamInfo<FaultCase>& info) {
  const auto [fault, aftermath] = info.param;
  return NameOf(fault) + (aftermath == Aftermath::kPowerCut ? "ThenPowerCut" : "");
}

}  // namespace lumbung
