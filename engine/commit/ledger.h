// A ledger directory: all shards of one operator, opened together.
//
//   <dir>/LEDGER            what it is: text, see ledger_file.h
//   <dir>/checkpoint.pem    private key of the checkpoints, mode 0600
//   <dir>/LOCK              held by the owner
//   <dir>/shards/0000/...   one directory a shard
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"
#include "engine/chain/checkpoint.h"
#include "engine/commit/ledger_file.h"
#include "engine/commit/shard.h"
#include "engine/commit/shard_of.h"

namespace lumbung {

// Thread-safe.
class Ledger {
 public:
  // Makes a ledger in `dir`, which must be empty or not exist.
  static Status Create(const std::string& dir, std::string_view origin, std::uint32_t shards,
                       const ShardOptions& options = {});
  // Opens and owns it. Busy if someone else does.
  static Result<std::unique_ptr<Ledger>> Open(const std::string& dir,
                                              const ShardOptions& options = {});
  ~Ledger();

  const LedgerInfo& info() const;
  std::uint32_t shards() const;
  Shard& shard(std::uint32_t number);

  // Decides commands, each in its cooperative's shard; those of the whole ledger (charts) in every
  // shard, with the answer of the lowest that refuses it, else of the lowest. `done` as in
  // Shard::Submit.
  void Submit(std::span<const v1::Command* const> commands, std::string_view actor,
              Shard::Done done, const SubmitOptions& options = {});
  std::vector<Answer> Execute(std::span<const v1::Command* const> commands,
                              std::string_view actor = {});
  Answer Execute(const v1::Command& command, std::string_view actor = {});

  // Public half of the key that signs checkpoints.
  PublicKey checkpoint_key() const;
  // A signed checkpoint of a shard's durable log.
  std::string SignedCheckpoint(std::uint32_t shard) const { return SignHead(shard).checkpoint; }
  // The same with what it says.
  struct SignedHead {
    Head head;
    Hash root{};
    std::string checkpoint;
  };
  SignedHead SignHead(std::uint32_t shard) const;

  // Copies everything to `dir`, which must be empty or not exist, while running.
  Status Backup(const std::string& dir);
  Status Close();

 private:
  class Impl;
  explicit Ledger(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lumbung
