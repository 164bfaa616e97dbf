// One shard of a ledger, owned and running: commands in, answers out when durable.
//
//   Submit ──queue──> decider thread: decide, apply, encode, hash ──block──> writer thread: tree,
//   one WriteBatch, one fsync, HEAD ──> answers ──> callbacks
//
// Requests that arrive while a block is being written form the next block: group commit with no
// timer. Every answer, a refusal or a read too, was computed at some decided sequence and waits
// until that is durable.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/clock.h"
#include "engine/base/status.h"
#include "engine/domain/decide.h"
#include "engine/store/derived_store.h"
#include "engine/store/log_store.h"

namespace lumbung {

// What became of a command.
struct Answer {
  v1::Code code = v1::OK;
  bool replayed = false;
  // The event that recorded it; 0 where nothing was recorded.
  std::uint64_t sequence = 0;
  Hash hash{};
  // Of a transaction posted or held; 0 otherwise.
  Date posting_date = 0;
  // For a refused batch: which transaction, counted from 0.
  std::uint32_t item = 0;
  // Explains a refusal to a person.
  std::string detail;
};

struct ShardOptions {
  LogStoreOptions log;
  DerivedStoreOptions derived;
  // Rows of accounts and their index.
  std::size_t account_memory_bytes = State::kDefaultAccountMemory;
  // A block takes no more commands past either.
  std::size_t max_block_events = 8'192;
  std::size_t max_block_bytes = std::size_t{4} << 20;
  // Commands waiting beyond this are refused with OVERLOADED.
  std::size_t max_queued_commands = 1'000'000;
  // A step of the derived store begins after so many events or ids.
  std::size_t derived_step_events = 512 * 1024;
  Clock* clock = &Clock::System();
  // An operator has confirmed that the clock is right although it jumped.
  bool clock_confirmed = false;
};

// Counters since opening. Times in microseconds.
struct ShardStats {
  std::uint64_t events = 0;
  std::uint64_t blocks = 0;
  std::uint64_t replayed_at_opening = 0;
  std::uint64_t accounts = 0;
  std::uint64_t account_bytes = 0;
  std::uint64_t derived_sequence = 0;
  LogStoreStats log;
};

// Thread-safe.
class Shard {
 public:
  // Called once, on the shard's own thread, when the outcome is durable or known to be none; must
  // not block. One answer a command, in order.
  using Done = std::function<void(std::vector<Answer>)>;

  // Makes the first event (LedgerCreated) of an empty shard directory.
  static Status Create(const std::string& dir, const v1::LedgerCreated& created,
                       const ShardOptions& options);
  // Opens, replays what the derived store lacks, and starts its threads. The directory is locked
  // by the caller.
  static Result<std::unique_ptr<Shard>> Open(const std::string& dir, const ShardOptions& options);
  ~Shard();

  // Decides commands in order. The commands must live until `done` is called; `actor` is copied.
  void Submit(std::span<const v1::Command* const> commands, std::string_view actor, Done done);
  // The same, and waits.
  std::vector<Answer> Execute(std::span<const v1::Command* const> commands,
                              std::string_view actor = {});
  Answer Execute(const v1::Command& command, std::string_view actor = {});

  // Runs `read` on the state between two decisions, and `done` with OK when what it saw is durable.
  void Read(std::function<void(const State&, std::uint64_t sequence)> read,
            std::function<void(Status)> done);
  Status Read(std::function<void(const State&, std::uint64_t sequence)> read);

  // The last durable event.
  Head head() const;
  // The durable log, for replay, verification and feeds.
  const LogStore& log() const;
  // The root of the tree at the last durable event.
  Head TreeHead(Hash& root) const;
  ShardStats Stats() const;

  // Records that history was put back (after recover or restore). REQUIRES: nothing was submitted
  Answer RecordRestoration(const v1::LedgerRestored& restored);

  // A consistent copy in `dir`, while running.
  Status Backup(const std::string& dir);
  // Answers what was accepted, brings the derived store up to the head, closes. New submissions
  // are answered SHUTTING_DOWN.
  Status Close();

 private:
  class Impl;
  explicit Shard(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lumbung
