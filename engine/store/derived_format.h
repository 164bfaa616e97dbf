// The rows of <dir>/derived (FORMAT.md, "Derived"). Nobody else reads them, and they can be built
// again from the log: a change here takes a new version, and an older one is deleted.
//
//   column family meta
//     "manifest"                 := version:u8 (=1) marker next_piece:u32be seed:4*u64be
//                                   runs:u32be (pieces:u32be piece*pieces)*runs
//     marker                     := sequence:u64be hash:32
//     piece                      := number:u32be ids:u64be first:24 last:24 filter_bytes:u64be
//   column family ids; a piece holds the ids from its first to its last
//     number:u32be 0x01 last:24  := (id:24 sequence:u64be)*    a page: up to 126 ids in key order,
//                                   under its last one
//     number:u32be 0x02          := the piece's filter (id_filter.h)
//   column family state
//     key of the row             := the row
//
// Ids lie in runs. The pieces of a run are in order and don't overlap; runs may. What is in the
// column family ids and not in the manifest is garbage of a merge.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"
#include "engine/store/head_file.h"
#include "engine/store/id_entry.h"
#include "engine/store/id_hash.h"

namespace lumbung {

struct PieceInfo {
  std::uint32_t number = 0;
  std::uint64_t ids = 0;
  IdKey first{};
  IdKey last{};
  std::uint64_t filter_bytes = 0;

  bool operator==(const PieceInfo&) const = default;
};

using RunInfo = std::vector<PieceInfo>;

struct DerivedManifest {
  Head marker;
  std::uint32_t next_piece = 1;
  IdSeed seed{};
  std::vector<RunInfo> runs;

  bool operator==(const DerivedManifest&) const = default;
};

inline constexpr std::string_view kManifestKey = "manifest";
inline constexpr std::size_t kPageIds = 126;  // with its key just below 4 KiB
inline constexpr std::size_t kPageIdBytes = 32;

std::string FormatManifest(const DerivedManifest& manifest);
// Corruption if the bytes are not a manifest of this version.
Result<DerivedManifest> ParseManifest(std::string_view bytes);

// Key of the page whose last id is `last`; also where to seek for an id.
std::string PageKey(std::uint32_t piece, const IdKey& last);
std::string FilterKey(std::uint32_t piece);
// Every key of the piece is >= PieceKey(piece) and < PieceKey(piece + 1).
std::string PieceKey(std::uint32_t piece);
// REQUIRES: key is one of the above
std::uint32_t PieceOfKey(std::string_view key);
// Whether it is the key of a page of this piece.
bool IsPageKey(std::string_view key, std::uint32_t piece);

// The ids of a page, which must outlive it.
class IdPage {
 public:
  // Corruption if it is empty or not a whole number of ids.
  static Result<IdPage> Parse(std::string_view bytes);

  IdPage() = default;
  std::size_t size() const { return bytes_.size() / kPageIdBytes; }
  IdEntry at(std::size_t i) const;
  // Sequence of the id, 0 where absent.
  std::uint64_t Find(const IdKey& key) const;

 private:
  const char* entry(std::size_t i) const { return bytes_.data() + i * kPageIdBytes; }

  std::string_view bytes_;
};

void AppendToPage(std::string& page, const IdEntry& entry);

}  // namespace lumbung
