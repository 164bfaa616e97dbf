// Indonesia's villages with their official codes, out of the CSV files of the npm package
// idn-area-data (data under ODbL).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"

namespace lumbung {

struct Village {
  // Kemendagri code as 11.01.01.2001.
  std::string code;
  std::string name;
  std::string district;
  std::string regency;
  std::string province;
  // Local time less UTC.
  std::int32_t utc_offset_minutes = 0;
};

// Local time less UTC, in minutes, by the code of a province ("92"); nothing for one that no zone
// is known of.
std::optional<std::int32_t> UtcOffsetOfProvince(std::string_view code);

// Every village of `folder`/{provinces,regencies,districts,villages}.csv, in the order of the file.
// NotFound, IoError; InvalidArgument where a file is not what it should be.
Result<std::vector<Village>> ReadVillages(const std::string& folder);

}  // namespace lumbung
