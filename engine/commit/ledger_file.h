// The file LEDGER: what a ledger directory is. Text, a line a field, last a checksum.
//
//   lumbung ledger 1
//   id 0198f0c4-....
//   origin <name>
//   shards <n>
//   crc32 <8 hex digits of the lines before>
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/status.h"

namespace lumbung {

inline constexpr std::uint32_t kMaxShards = 4'096;

struct LedgerInfo {
  std::string ledger_id;
  std::string origin;
  std::uint32_t shards = 0;
};

inline std::string LedgerFilePath(const std::string& dir) { return dir + "/LEDGER"; }
inline std::string CheckpointKeyPath(const std::string& dir) { return dir + "/checkpoint.pem"; }
// <dir>/shards/0000
std::string ShardDir(const std::string& dir, std::uint32_t shard);

// A name of a ledger: 1 to 64 of A-Z, a-z, 0-9, '.', '-', '_', '/'.
bool IsOriginName(std::string_view name);

Status WriteLedgerFile(const std::string& dir, const LedgerInfo& info);
// NotFound where there is no ledger; Corruption where the file is damaged.
Result<LedgerInfo> ReadLedgerFile(const std::string& dir);

}  // namespace lumbung
