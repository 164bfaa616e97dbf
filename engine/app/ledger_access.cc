#include "engine/app/ledger_access.h"

#include <algorithm>
#include <utility>

#include "engine/commit/ledger_file.h"

namespace lumbung {

void AddLedgerFolder(CLI::App& app, std::string& dir) {
  app.add_option("DIR", dir, "Folder of the ledger")->required();
}

namespace {

void AddOpeningOptions(CLI::App& app, LedgerArguments& arguments) {
  app.add_option("--account-memory", arguments.account_memory_mib,
                 "MiB for the accounts of each shard, 80 bytes an account")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  app.add_flag("--clock-confirmed", arguments.clock_confirmed,
               "The machine's clock is right, although it is far from the last event's time");
}

}  // namespace

void AddLedgerOptions(CLI::App& app, LedgerArguments& arguments) {
  AddLedgerFolder(app, arguments.dir);
  AddOpeningOptions(app, arguments);
}

void AddLedgerOrServer(CLI::App& app, LedgerArguments& ledger, ServerArguments& server) {
  app.add_option("DIR", ledger.dir, "Folder of the ledger; left out with --server");
  AddOpeningOptions(app, ledger);
  AddServerOptions(app, server);
}

Status ChooseLedgerOrServer(const LedgerArguments& ledger, const ServerArguments& server,
                            std::vector<std::string>& words) {
  if (ledger.dir.empty() && !server.given()) {
    return Status::InvalidArgument("which ledger? Its folder DIR, or --server HOST:PORT");
  }
  if (server.given() && !ledger.dir.empty()) {
    words.insert(words.begin(), ledger.dir);
  }
  return Status::Ok();
}

Status ChooseLedgerOrServer(const LedgerArguments& ledger, const ServerArguments& server,
                            std::string& word) {
  std::vector<std::string> words;
  if (!word.empty()) {
    words.push_back(word);
  }
  LUMBUNG_RETURN_IF_ERROR(ChooseLedgerOrServer(ledger, server, words));
  if (words.size() > 1) {
    return Status::InvalidArgument("what is " + words.back() +
                                   "? With --server no folder is named");
  }
  word = words.empty() ? "" : words.front();
  return Status::Ok();
}

Status ChooseLedgerOrServer(const LedgerArguments& ledger, const ServerArguments& server) {
  std::string none;
  LUMBUNG_RETURN_IF_ERROR(ChooseLedgerOrServer(ledger, server, none));
  return none.empty()
             ? Status::Ok()
             : Status::InvalidArgument("what is " + none + "? With --server no folder is named");
}

ShardOptions ShardOptionsOf(const LedgerArguments& arguments) {
  ShardOptions options;
  options.account_memory_bytes = static_cast<std::size_t>(arguments.account_memory_mib) << 20;
  options.clock_confirmed = arguments.clock_confirmed;
  return options;
}

Result<std::unique_ptr<Ledger>> OpenLedger(const LedgerArguments& arguments) {
  return Ledger::Open(arguments.dir, ShardOptionsOf(arguments));
}

Result<std::vector<std::string>> ShardFolders(const std::string& dir) {
  const Result<LedgerInfo> info = ReadLedgerFile(dir);
  if (!info.ok()) {
    return info.status();
  }
  std::vector<std::string> folders;
  for (std::uint32_t shard = 0; shard < info->shards; ++shard) {
    folders.push_back(ShardDir(dir, shard));
  }
  return folders;
}

Result<LedgerLogs> LedgerLogs::Open(const std::string& dir) {
  const Result<std::vector<std::string>> folders = ShardFolders(dir);
  if (!folders.ok()) {
    return folders.status();
  }
  Result<DirectoryLock> lock = DirectoryLock::Acquire(dir);
  if (!lock.ok()) {
    return lock.status();
  }
  LedgerLogs logs(std::move(*lock));
  LogStoreOptions options;
  options.read_only = true;
  for (const std::string& folder : *folders) {
    Result<std::unique_ptr<LogStore>> log = LogStore::Open(folder, options);
    if (!log.ok()) {
      return log.status();
    }
    logs.logs_.push_back(std::move(*log));
  }
  return logs;
}

Result<AccountKey> AccountArgument(const std::string& text) {
  // Without a holder it is that of holder 0.
  const bool short_form = std::count(text.begin(), text.end(), ':') == 1;
  const std::optional<AccountKey> key = ParseAccount(short_form ? text + ":0" : text);
  if (!key) {
    return Status::InvalidArgument(
        text +
        " is no account: write COOPERATIVE:CODE[:HOLDER[:CURRENCY]], such as "
        "20417:2111:184, without leading zeros");
  }
  return *key;
}

Result<std::uint32_t> ChooseShard(std::int64_t given, std::uint32_t shards) {
  if (given >= 0 && given < std::int64_t{shards}) {
    return static_cast<std::uint32_t>(given);
  }
  if (given < 0 && shards == 1) {
    return std::uint32_t{0};
  }
  return Status::InvalidArgument("the ledger has " + std::to_string(shards) +
                                 " shards: name one with --shard 0 to " +
                                 std::to_string(shards - 1));
}

}  // namespace lumbung
