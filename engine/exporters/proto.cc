#include "engine/exporters/proto.h"

#include <array>

#include "engine/base/bytes.h"

namespace lumbung {

void AppendEntry(std::string_view bytes, std::string& out) {
  LUMBUNG_CHECK(bytes.size() <= kMaxEntryBytes);
  AppendBigEndian(out, static_cast<std::uint16_t>(bytes.size()));
  out.append(bytes);
}

Result<bool> EntryReader::Next(std::string& bytes) {
  const auto cut = [this]() -> Status {
    if (in_.bad()) return Status::IoError("the export can't be read");
    return Status::Corruption("the export ends within entry " + std::to_string(count_ + 1));
  };
  std::array<char, sizeof(std::uint16_t)> length{};
  in_.read(length.data(), length.size());
  if (in_.gcount() == 0 && !in_.bad()) return false;
  if (in_.gcount() != static_cast<std::streamsize>(length.size())) return cut();
  bytes.resize(LoadBigEndian<std::uint16_t>(length.data()));
  in_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (in_.gcount() != static_cast<std::streamsize>(bytes.size())) return cut();
  ++count_;
  return true;
}

}  // namespace lumbung
