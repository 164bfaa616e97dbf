#include "projections/runtime/position.h"

namespace lumbung {
namespace {

constexpr std::size_t kPositionBytes = 8 + 8 + 4 + 8 + 32;

}  // namespace

std::string PositionKey(std::uint32_t shard) {
  std::string key{kRuntimeTag, 'p'};
  AppendBigEndian(key, shard);
  return key;
}

std::string EncodePosition(const Position& position) {
  std::string bytes;
  AppendBigEndian(bytes, position.sequence);
  AppendBigEndian(bytes, static_cast<std::uint64_t>(position.recorded_at));
  AppendBigEndian(bytes, position.epoch);
  AppendBigEndian(bytes, position.offset);
  bytes.append(AsView(position.hash));
  return bytes;
}

Result<Position> ParsePosition(std::string_view bytes) {
  if (bytes.size() != kPositionBytes) {
    return Status::Corruption("a projection's position has " + std::to_string(bytes.size()) +
                              " bytes");
  }
  Position position;
  position.sequence = LoadBigEndian<std::uint64_t>(bytes.data());
  position.recorded_at = static_cast<std::int64_t>(LoadBigEndian<std::uint64_t>(bytes.data() + 8));
  position.epoch = LoadBigEndian<std::uint32_t>(bytes.data() + 16);
  position.offset = LoadBigEndian<std::uint64_t>(bytes.data() + 20);
  position.hash = AsHash(bytes.substr(28));
  return position;
}

}  // namespace lumbung
