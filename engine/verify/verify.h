// Verifies one shard: that its log is what it was when it was written, and what is derived from it
// is what the log gives. Reads only; nothing is trusted but the log's bytes and the checkpoints
// that the caller brings.
//
// Checked, and listed in the report as checked:
//   files        RocksDB's files against the checksums written with them; HEAD
//   chain        sequence, time and previous_hash of every event
//   tree         the Merkle root from the events' hashes, compared with every stored tile
//   transactions number, sign and balance per currency of every transaction's entries
//   checkpoints  signature, and the root at each one's size
//   state        what replaying gives, compared with each StateAttested and the derived store
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "engine/chain/checkpoint.h"
#include "engine/store/head_file.h"

namespace lumbung {

// A signed checkpoint that somebody kept.
struct KeptCheckpoint {
  // What to call it in a finding: its file.
  std::string name;
  std::string text;
};

struct VerifyOptions {
  // First event to check. Events before it are taken as the stored tiles say, and the state is not
  // checked; 1 checks everything.
  std::uint64_t from = 1;
  // Whether to replay the state.
  bool state = true;
  // Workers; 0: one a processor.
  unsigned threads = 0;
  // Key that checkpoints must be signed by; without it, one that the log itself names.
  std::optional<PublicKey> key;
  std::vector<KeptCheckpoint> checkpoints;
  std::size_t account_memory_bytes = std::size_t{1} << 30;
  // Called from one of the threads now and then with the events checked so far and in all.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
  // Set from outside to stop.
  const std::atomic<bool>* stop = nullptr;
};

// Something that is wrong.
struct Finding {
  // 0 where no event can be named.
  std::uint64_t sequence = 0;
  std::string what;
};

struct VerifyReport {
  std::string origin;
  Head head;
  Hash root{};
  // Events read, and transactions and bytes in them.
  std::uint64_t events = 0;
  std::uint64_t transactions = 0;
  std::uint64_t event_bytes = 0;
  // What was checked, and what was not and why, each a line for a person.
  std::vector<std::string> checked;
  std::vector<std::string> not_checked;
  // Empty if all is well; the first by sequence stands first.
  std::vector<Finding> findings;
  std::optional<Hash> state_digest;
  double seconds = 0;
};

// Damage is a finding, not an error; errors are Cancelled, InvalidArgument (`from` past the head)
// and what keeps the shard from being read at all. REQUIRES: the caller owns the ledger directory
Result<VerifyReport> VerifyShard(const std::string& dir, const VerifyOptions& options);

}  // namespace lumbung
