// One shard of a ledger, owned and running: commands in, answers out when durable.
//
//   Submit ──queue──> decider thread: decide, apply, encode, hash ──block──> writer thread: tree,
//   one WriteBatch, one fsync, HEAD ──> answers ──> callbacks
//
// Requests that arrive while a block is being written form the next block: group commit with no
// timer. Every answer, a refusal or a read too, was computed at some decided sequence and waits
// until that is durable.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "engine/commit/answer.h"
#include "engine/commit/shard_options.h"
#include "engine/commit/submit_options.h"
#include "engine/domain/decide.h"
#include "engine/store/log_store.h"

namespace lumbung {

// How a shard is, and counters since opening.
struct ShardStats {
  // Of the last durable event.
  std::uint64_t head = 0;
  std::uint64_t events = 0;
  std::uint64_t blocks = 0;
  std::uint64_t replayed_at_opening = 0;
  std::uint64_t accounts = 0;
  std::uint64_t account_bytes = 0;
  // What the derived store has reached, and when it last went on (or was opened).
  std::uint64_t derived_sequence = 0;
  std::chrono::steady_clock::time_point derived_at;
  std::uint64_t derived_bytes_on_disk = 0;
  std::uint64_t derived_bytes_in_memory = 0;
  // Why no commands are taken, where that is so.
  bool clock_suspect = false;
  bool write_failed = false;
  LogStoreStats log;
};

class ShardWorker;

// Thread-safe.
class Shard {
 public:
  // Called once, when the outcome is durable or known to be none: on one of the shard's threads, or
  // within Submit where nothing was accepted. It must not block and not submit. One answer a
  // command, in order.
  using Done = std::function<void(std::vector<Answer>)>;

  // Makes the first event (LedgerCreated) of an empty shard directory.
  static Status Create(const std::string& dir, const v1::LedgerCreated& created,
                       const ShardOptions& options);
  // Opens, replays what the derived store lacks, and starts its threads. The directory is locked
  // by the caller.
  static Result<std::unique_ptr<Shard>> Open(const std::string& dir, const ShardOptions& options);
  ~Shard();

  // Decides commands in order. The commands must live until `done` is called; `actor` is copied.
  void Submit(std::span<const v1::Command* const> commands, std::string_view actor, Done done,
              const SubmitOptions& options = {});
  // The same, and waits.
  std::vector<Answer> Execute(std::span<const v1::Command* const> commands,
                              std::string_view actor = {});
  Answer Execute(const v1::Command& command, std::string_view actor = {});

  // Runs `read` on the state between two decisions, and `done` with OK when what it saw is durable.
  void Read(std::function<void(const State&, std::uint64_t sequence)> read,
            std::function<void(Status)> done);
  Status Read(std::function<void(const State&, std::uint64_t sequence)> read);

  // Looks an id up: `done` gets the sequence of the event that took it up (0: none did), which is
  // durable by then, and the sequence up to which was looked.
  void FindId(const CommandKey& key,
              std::function<void(Status, std::uint64_t sequence, std::uint64_t as_of)> done);

  // The last durable event.
  Head head() const;
  // Calls `wake` once, when the event at `sequence` is durable (at once where it is) or the shard
  // closes. On one of the shard's threads: it must not block.
  void WhenDurable(std::uint64_t sequence, std::function<void()> wake);
  // Empty while commands are taken; otherwise why not.
  std::string WhyStopped() const;
  // The durable log, for replay, verification and feeds.
  const LogStore& log() const;
  // The root of the tree at the last durable event.
  Head TreeHead(Hash& root) const;
  ShardStats Stats() const;

  // Records that history was put back (after recover or restore). REQUIRES: nothing was submitted.
  // The answer has no hash.
  Answer RecordRestoration(const v1::LedgerRestored& restored);

  // An operator says that the clock is right although it jumped: writes go on.
  void ConfirmClock();

  // A consistent copy in `dir`, while running.
  Status Backup(const std::string& dir);
  // Answers what was accepted, brings the derived store up to the head, closes. New submissions
  // are answered SHUTTING_DOWN.
  Status Close();

 private:
  explicit Shard(std::unique_ptr<ShardWorker> worker);
  std::unique_ptr<ShardWorker> worker_;
};

}  // namespace lumbung
