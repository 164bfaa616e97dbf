#include "engine/commit/ledger_file.h"

#include <algorithm>
#include <sstream>
#include <zlib.h>

#include <fmt/format.h>

#include "engine/base/uuid.h"
#include "engine/store/posix.h"

namespace lumbung {
namespace {

std::string Render(const LedgerInfo& info) {
  const std::string lines = fmt::format("lumbung ledger 1\nid {}\norigin {}\nshards {}\n",
                                        info.ledger_id, info.origin, info.shards);
  const auto crc =
      crc32(0, reinterpret_cast<const Bytef*>(lines.data()), static_cast<uInt>(lines.size()));
  return lines + fmt::format("crc32 {:08x}\n", crc);
}

}  // namespace

std::string ShardDir(const std::string& dir, std::uint32_t shard) {
  return fmt::format("{}/shards/{:04}", dir, shard);
}

bool IsOriginName(std::string_view name) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_/";
  return !name.empty() && name.size() <= 64 &&
         name.find_first_not_of(kAllowed) == std::string_view::npos;
}

Status WriteLedgerFile(const std::string& dir, const LedgerInfo& info) {
  return WriteFileSynced(LedgerFilePath(dir), Render(info));
}

Result<LedgerInfo> ReadLedgerFile(const std::string& dir) {
  const Result<std::string> text = ReadFile(LedgerFilePath(dir));
  if (!text.ok()) {
    return text.status().kind() == Status::Kind::kNotFound
               ? Status::NotFound(dir + " is no ledger: it has no file LEDGER; `lumbung init " +
                                  dir + "` makes one")
               : text.status();
  }
  std::istringstream lines(*text);
  LedgerInfo info;
  std::string word;
  lines >> word >> word >> word >> word >> info.ledger_id >> word >> info.origin >> word >>
      info.shards;
  if (!lines || Render(info) != *text || !ParseUuid(info.ledger_id) || !IsOriginName(info.origin) ||
      info.shards == 0 || info.shards > kMaxShards) {
    return Status::Corruption(LedgerFilePath(dir) +
                              " is damaged; put it back from a backup or write it anew from what "
                              "event 1 of a shard says");
  }
  return info;
}

}  // namespace lumbung
