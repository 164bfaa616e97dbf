#include "engine/simulator/regions.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <unordered_map>

#include "engine/base/decimal.h"
#include "engine/importers/csv.h"

namespace lumbung {
namespace {

constexpr std::int32_t kWestern = 7 * 60;
constexpr std::int32_t kCentral = 8 * 60;
constexpr std::int32_t kEastern = 9 * 60;

struct Region {
  std::string code;
  std::string parent;
  std::string name;
};
using Names = std::unordered_map<std::string, Region>;

// Calls `add` for each row of a file with the columns code[, parent's code], name.
template <typename Add>
Status ReadRegions(const std::string& path, std::size_t columns, const Add& add) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Status::NotFound(path + ": " + std::strerror(errno));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) return Status::IoError(path + ": can't be read");

  CsvReader reader(text);
  std::vector<std::string> fields;
  bool header = true;
  while (true) {
    const auto more = reader.Next(fields);
    if (!more.ok()) return Status::InvalidArgument(path + ": " + more.status().message());
    if (!*more) break;
    if (fields.size() != columns || (header && fields.front() != "code")) {
      return Status::InvalidArgument(path + ":" + std::to_string(reader.line()) +
                                     ": is no list of regions: wants a code first and " +
                                     std::to_string(columns) + " fields");
    }
    if (!header) add(Region{fields.front(), columns > 2 ? fields[1] : "", fields.back()});
    header = false;
  }
  return header ? Status::InvalidArgument(path + ": is empty") : Status::Ok();
}

Status ReadNames(const std::string& path, std::size_t columns, Names& names) {
  return ReadRegions(path, columns, [&names](Region region) {
    std::string code = region.code;
    names.emplace(std::move(code), std::move(region));
  });
}

}  // namespace

std::optional<std::int32_t> UtcOffsetOfProvince(std::string_view code) {
  const std::int64_t province = ParseDecimal(code, 0).value_or(0);
  if ((province >= 11 && province <= 36) || province == 61 || province == 62) return kWestern;
  if ((province >= 51 && province <= 53) || (province >= 63 && province <= 65) ||
      (province >= 71 && province <= 76)) {
    return kCentral;
  }
  if (province == 81 || province == 82 || (province >= 91 && province <= 96)) return kEastern;
  return std::nullopt;
}

Result<std::vector<Village>> ReadVillages(const std::string& folder) {
  Names provinces, regencies, districts;
  LUMBUNG_RETURN_IF_ERROR(ReadNames(folder + "/provinces.csv", 2, provinces));
  LUMBUNG_RETURN_IF_ERROR(ReadNames(folder + "/regencies.csv", 3, regencies));
  LUMBUNG_RETURN_IF_ERROR(ReadNames(folder + "/districts.csv", 3, districts));

  std::vector<Village> villages;
  std::string orphan;
  const std::string path = folder + "/villages.csv";
  LUMBUNG_RETURN_IF_ERROR(ReadRegions(path, 3, [&](const Region& row) {
    const auto district = districts.find(row.parent);
    const auto regency =
        district == districts.end() ? regencies.end() : regencies.find(district->second.parent);
    const auto province =
        regency == regencies.end() ? provinces.end() : provinces.find(regency->second.parent);
    const auto offset =
        province == provinces.end() ? std::nullopt : UtcOffsetOfProvince(province->first);
    if (!offset) {
      orphan = row.code;
      return;
    }
    villages.push_back({row.code, row.name, district->second.name, regency->second.name,
                        province->second.name, *offset});
  }));
  if (!orphan.empty()) {
    return Status::InvalidArgument(path + ": no district, regency, province or time zone for " +
                                   orphan);
  }
  return villages;
}

}  // namespace lumbung
