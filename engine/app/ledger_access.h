// How subcommands come by a ledger: options in common, opening it whole, or its logs alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "engine/app/server_access.h"
#include "engine/base/status.h"
#include "engine/commit/ledger.h"
#include "engine/store/lock.h"
#include "engine/store/log_store.h"

namespace lumbung {

struct LedgerArguments {
  std::string dir;
  std::uint64_t account_memory_mib = State::kDefaultAccountMemory >> 20;
  bool clock_confirmed = false;
};

// The folder alone: DIR.
void AddLedgerFolder(CLI::App& app, std::string& dir);
// The same where a server may be named instead: nothing is required, see ChooseLedgerOrServer.
void AddLedgerOrServer(CLI::App& app, LedgerArguments& ledger, ServerArguments& server);
// InvalidArgument where there is neither. With a server there is no DIR: the word that was taken
// for it goes in front of `words`, what comes after DIR on the command line.
Status ChooseLedgerOrServer(const LedgerArguments& ledger, const ServerArguments& server,
                            std::vector<std::string>& words);
// The same where one word, or none, comes after DIR. InvalidArgument where there are more.
Status ChooseLedgerOrServer(const LedgerArguments& ledger, const ServerArguments& server,
                            std::string& word);
Status ChooseLedgerOrServer(const LedgerArguments& ledger, const ServerArguments& server);
// DIR and what a ledger that is opened whole can be told.
void AddLedgerOptions(CLI::App& app, LedgerArguments& arguments);

ShardOptions ShardOptionsOf(const LedgerArguments& arguments);

// Opens and owns a ledger whole, ready to take commands.
Result<std::unique_ptr<Ledger>> OpenLedger(const LedgerArguments& arguments);

// Folders of a ledger's shards, by number. NotFound where `dir` is no ledger.
Result<std::vector<std::string>> ShardFolders(const std::string& dir);

// The logs of a ledger for reading, without its state. Owns the ledger while it lives.
class LedgerLogs {
 public:
  static Result<LedgerLogs> Open(const std::string& dir);

  std::uint32_t shards() const { return static_cast<std::uint32_t>(logs_.size()); }
  const LogStore& log(std::uint32_t shard) const { return *logs_[shard]; }

 private:
  explicit LedgerLogs(DirectoryLock lock) : lock_(std::move(lock)) {}

  DirectoryLock lock_;
  std::vector<std::unique_ptr<LogStore>> logs_;
};

// An account as text. InvalidArgument where it is none.
Result<AccountKey> AccountArgument(const std::string& text);

// `shard` as given, or 0 where none was and there is but one. InvalidArgument otherwise.
Result<std::uint32_t> ChooseShard(std::int64_t given, std::uint32_t shards);

}  // namespace lumbung
