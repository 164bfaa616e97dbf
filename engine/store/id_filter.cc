#include "engine/store/id_filter.h"

#include <algorithm>
#include <cstring>

#include "engine/base/check.h"

namespace lumbung {
namespace {

// ln 2 bits of ten give the fewest false positives; a probe less costs little and is faster.
unsigned ProbesFor(unsigned bits_per_id, unsigned most) {
  return std::clamp(bits_per_id * 6 / 10, 1U, most);
}

}  // namespace

IdFilter::IdFilter(std::uint64_t ids, unsigned bits_per_id)
    : probes_(ProbesFor(bits_per_id, kMaxProbes)), blocks_((ids * bits_per_id + 511) / 512) {
  LUMBUNG_CHECK(!blocks_.empty());
}

Result<IdFilter> IdFilter::Parse(std::string_view bytes) {
  if (bytes.size() <= 1 || (bytes.size() - 1) % sizeof(Block) != 0) {
    return Status::Corruption("a filter of ids has " + std::to_string(bytes.size()) + " bytes");
  }
  const auto probes = static_cast<std::uint8_t>(bytes.front());
  if (probes == 0 || probes > kMaxProbes) {
    return Status::Corruption("a filter of ids has " + std::to_string(probes) + " probes");
  }
  IdFilter filter;
  filter.probes_ = probes;
  filter.blocks_.resize((bytes.size() - 1) / sizeof(Block));
  std::memcpy(filter.blocks_.data(), bytes.data() + 1, bytes.size() - 1);
  return filter;
}

std::string IdFilter::Format() const {
  std::string bytes;
  bytes.reserve(1 + MemoryBytes());
  bytes.push_back(static_cast<char>(probes_));
  bytes.append(reinterpret_cast<const char*>(blocks_.data()), MemoryBytes());
  return bytes;
}

}  // namespace lumbung
