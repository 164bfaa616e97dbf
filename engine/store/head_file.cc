#include "engine/store/head_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "engine/base/check.h"

namespace lumbung {
namespace {

// The bytes of a slot; they must not change.
constexpr std::size_t kSlotBytes = 512;
constexpr std::size_t kSlots = 2;
constexpr std::string_view kMagic = "LMBGHEAD";
constexpr std::uint32_t kHeadVersion = 1;
constexpr std::size_t kVersionAt = 8;
constexpr std::size_t kSequenceAt = 12;
constexpr std::size_t kHashAt = 20;
constexpr std::size_t kCrcAt = 52;
constexpr std::size_t kEnd = 56;
static_assert(kHashAt + sizeof(Hash) == kCrcAt && kEnd <= kSlotBytes);

using Slot = std::array<std::uint8_t, kSlotBytes>;

// CRC-32 as in zlib, PNG and Ethernet.
std::uint32_t Crc32(const std::uint8_t* bytes, std::size_t size) {
  std::uint32_t crc = 0xffffffff;
  for (std::size_t i = 0; i < size; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
    }
  }
  return ~crc;
}

Slot Encode(const Head& head) {
  Slot slot{};
  std::memcpy(slot.data(), kMagic.data(), kMagic.size());
  StoreBigEndian(slot.data() + kVersionAt, kHeadVersion);
  StoreBigEndian(slot.data() + kSequenceAt, head.sequence);
  std::memcpy(slot.data() + kHashAt, head.hash.data(), head.hash.size());
  StoreBigEndian(slot.data() + kCrcAt, Crc32(slot.data(), kCrcAt));
  return slot;
}

// False unless the slot is, byte for byte, what Encode gives.
bool Decode(const Slot& slot, Head& head) {
  head.sequence = LoadBigEndian<std::uint64_t>(slot.data() + kSequenceAt);
  std::memcpy(head.hash.data(), slot.data() + kHashAt, head.hash.size());
  return slot == Encode(head);
}

Status WriteSlot(int file, int slot, const Head& head) {
  const Slot bytes = Encode(head);
  const off_t offset = static_cast<off_t>(slot) * static_cast<off_t>(kSlotBytes);
  ssize_t written = 0;
  do {
    written = ::pwrite(file, bytes.data(), bytes.size(), offset);
  } while (written < 0 && errno == EINTR);
  if (written != static_cast<ssize_t>(bytes.size())) {
    return written < 0 ? PosixError("writing HEAD", errno)
                       : Status::IoError("writing HEAD: only a part was written");
  }
  return Status::Ok();
}

}  // namespace

Status HeadFile::Create(const std::string& path, const Head& head) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!file.valid()) {
    return PosixError(path, errno);
  }
  for (int slot = 0; slot < static_cast<int>(kSlots); ++slot) {
    LUMBUNG_RETURN_IF_ERROR(WriteSlot(file.get(), slot, head));
  }
  if (::fsync(file.get()) != 0) {
    return PosixError(path, errno);
  }
  return SyncDirectoryOf(path);
}

Result<HeadFile> HeadFile::Open(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file.valid() && (errno == EACCES || errno == EROFS)) {
    file = FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  }
  if (!file.valid()) {
    return PosixError(path, errno);
  }
  // One byte more than there should be: a longer file is not one of ours.
  std::array<std::uint8_t, kSlots * kSlotBytes + 1> bytes;
  const ssize_t size = ::pread(file.get(), bytes.data(), bytes.size(), 0);
  if (size < 0) {
    return PosixError(path, errno);
  }
  if (size != static_cast<ssize_t>(kSlots * kSlotBytes)) {
    return Status::Corruption(path + ": not a HEAD file, it has not " +
                              std::to_string(kSlots * kSlotBytes) + " bytes");
  }
  std::array<Head, kSlots> heads;
  for (std::size_t i = 0; i < kSlots; ++i) {
    Slot slot;
    std::memcpy(slot.data(), bytes.data() + i * kSlotBytes, kSlotBytes);
    if (!Decode(slot, heads[i])) {
      return Status::Corruption(path + ": slot " + std::to_string(i) + " is damaged");
    }
  }
  if (heads[0].sequence == heads[1].sequence && heads[0].hash != heads[1].hash) {
    return Status::Corruption(path + ": the slots give two hashes for sequence " +
                              std::to_string(heads[0].sequence));
  }
  const std::size_t newer = heads[1].sequence > heads[0].sequence ? 1 : 0;
  HeadFile result;
  result.file_ = std::move(file);
  result.next_slot_ = static_cast<int>(1 - newer);
  result.head_ = heads[newer];
  return result;
}

std::optional<Head> HeadFile::Salvage(const std::string& path) {
  const Result<std::string> bytes = ReadFile(path);
  std::optional<Head> newest;
  for (std::size_t i = 0; bytes.ok() && (i + 1) * kSlotBytes <= bytes->size(); ++i) {
    Slot slot;
    std::memcpy(slot.data(), bytes->data() + i * kSlotBytes, kSlotBytes);
    Head head;
    if (Decode(slot, head) && (!newest.has_value() || head.sequence > newest->sequence)) {
      newest = head;
    }
  }
  return newest;
}

Status HeadFile::Advance(const Head& head) {
  LUMBUNG_CHECK(head.sequence >= head_.sequence);
  LUMBUNG_RETURN_IF_ERROR(WriteSlot(file_.get(), next_slot_, head));
  next_slot_ = 1 - next_slot_;
  head_ = head;
  return Status::Ok();
}

}  // namespace lumbung
