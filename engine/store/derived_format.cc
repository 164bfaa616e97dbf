#include "engine/store/derived_format.h"

#include <algorithm>
#include <cstring>

#include "engine/base/bytes.h"
#include "engine/base/check.h"

namespace lumbung {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr char kPageTag = 1;
constexpr char kFilterTag = 2;
constexpr std::size_t kPageKeyBytes = 4 + 1 + sizeof(IdKey);
constexpr std::size_t kPieceBytes = 4 + 8 + 2 * sizeof(IdKey) + 8;

template <std::size_t kSize>
void AppendBytes(std::string& out, const std::array<std::uint8_t, kSize>& bytes) {
  out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// Takes numbers and bytes off the front; once there are too few, it stays short and gives zeros.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  T Number() {
    T value = 0;
    if (Has(sizeof(T))) {
      value = LoadBigEndian<T>(rest_.data());
      rest_.remove_prefix(sizeof(T));
    }
    return value;
  }

  template <std::size_t kSize>
  void Bytes(std::array<std::uint8_t, kSize>& out) {
    if (Has(kSize)) {
      std::memcpy(out.data(), rest_.data(), kSize);
      rest_.remove_prefix(kSize);
    }
  }

  bool Has(std::size_t bytes) {
    whole_ = whole_ && rest_.size() >= bytes;
    return whole_;
  }
  bool AtEnd() const { return whole_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool whole_ = true;
};

RunInfo ParseRun(Input& input) {
  RunInfo run;
  const auto pieces = input.Number<std::uint32_t>();
  for (std::uint32_t i = 0; i < pieces && input.Has(kPieceBytes); ++i) {
    PieceInfo& piece = run.emplace_back();
    piece.number = input.Number<std::uint32_t>();
    piece.ids = input.Number<std::uint64_t>();
    input.Bytes(piece.first);
    input.Bytes(piece.last);
    piece.filter_bytes = input.Number<std::uint64_t>();
  }
  return run;
}

}  // namespace

std::string FormatManifest(const DerivedManifest& manifest) {
  std::string out;
  AppendBigEndian(out, kVersion);
  AppendBigEndian(out, manifest.marker.sequence);
  AppendBytes(out, manifest.marker.hash);
  AppendBigEndian(out, manifest.next_piece);
  for (const std::uint64_t word : manifest.seed) {
    AppendBigEndian(out, word);
  }
  AppendBigEndian(out, static_cast<std::uint32_t>(manifest.runs.size()));
  for (const RunInfo& run : manifest.runs) {
    AppendBigEndian(out, static_cast<std::uint32_t>(run.size()));
    for (const PieceInfo& piece : run) {
      AppendBigEndian(out, piece.number);
      AppendBigEndian(out, piece.ids);
      AppendBytes(out, piece.first);
      AppendBytes(out, piece.last);
      AppendBigEndian(out, piece.filter_bytes);
    }
  }
  return out;
}

Result<DerivedManifest> ParseManifest(std::string_view bytes) {
  Input input(bytes);
  if (const auto version = input.Number<std::uint8_t>(); version != kVersion) {
    return Status::Corruption("the derived store has format version " + std::to_string(version) +
                              ", not 1; delete the folder derived: it is built again");
  }
  DerivedManifest manifest;
  manifest.marker.sequence = input.Number<std::uint64_t>();
  input.Bytes(manifest.marker.hash);
  manifest.next_piece = input.Number<std::uint32_t>();
  for (std::uint64_t& word : manifest.seed) {
    word = input.Number<std::uint64_t>();
  }
  const auto runs = input.Number<std::uint32_t>();
  for (std::uint32_t i = 0; i < runs && input.Has(1); ++i) {
    manifest.runs.push_back(ParseRun(input));
  }
  if (!input.AtEnd()) {
    return Status::Corruption("the manifest of the derived store is not whole");
  }
  return manifest;
}

std::string PieceKey(std::uint32_t piece) {
  std::string key;
  AppendBigEndian(key, piece);
  return key;
}

std::string PageKey(std::uint32_t piece, const IdKey& last) {
  std::string key = PieceKey(piece);
  key.push_back(kPageTag);
  AppendBytes(key, last);
  return key;
}

std::string FilterKey(std::uint32_t piece) {
  std::string key = PieceKey(piece);
  key.push_back(kFilterTag);
  return key;
}

std::uint32_t PieceOfKey(std::string_view key) {
  LUMBUNG_CHECK(key.size() >= 4);
  return LoadBigEndian<std::uint32_t>(key.data());
}

bool IsPageKey(std::string_view key, std::uint32_t piece) {
  return key.size() == kPageKeyBytes && key[4] == kPageTag && PieceOfKey(key) == piece;
}

Result<IdPage> IdPage::Parse(std::string_view bytes) {
  if (bytes.empty() || bytes.size() % kPageIdBytes != 0) {
    return Status::Corruption("a page of ids has " + std::to_string(bytes.size()) + " bytes");
  }
  IdPage page;
  page.bytes_ = bytes;
  return page;
}

IdEntry IdPage::at(std::size_t i) const {
  IdEntry result;
  std::memcpy(result.key.data(), entry(i), sizeof(IdKey));
  result.sequence = LoadBigEndian<std::uint64_t>(entry(i) + sizeof(IdKey));
  return result;
}

std::uint64_t IdPage::Find(const IdKey& key) const {
  std::size_t first = 0;
  std::size_t count = size();
  while (count > 0) {
    const std::size_t middle = first + count / 2;
    const int order = std::memcmp(entry(middle), key.data(), sizeof(IdKey));
    if (order == 0) {
      return at(middle).sequence;
    }
    if (order < 0) {
      count -= middle - first + 1;
      first = middle + 1;
    } else {
      count = middle - first;
    }
  }
  return 0;
}

void AppendToPage(std::string& page, const IdEntry& entry) {
  AppendBytes(page, entry.key);
  std::array<std::uint8_t, 8> sequence;
  StoreBigEndian(sequence.data(), entry.sequence);
  AppendBytes(page, sequence);
}

}  // namespace lumbung
