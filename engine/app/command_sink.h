// Where a subcommand sends its commands: a ledger that it owns, or a server.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/app/ledger_access.h"
#include "engine/app/server_access.h"
#include "engine/commit/answer.h"

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

// Thread-safe.
class CommandSink {
 public:
  using Done = std::function<void(std::vector<Answer>)>;

  virtual ~CommandSink() = default;
  // As Shard::Submit; where a server can't be reached, answers are OUTCOME_UNKNOWN.
  virtual void Submit(std::span<const v1::Command* const> commands, Done done) = 0;
  // Why commands were refused together, unseen: a server that does not allow it. The last such
  // refusal; OK where there was none.
  virtual Status Refusal() const { return Status::Ok(); }
  virtual Status Close() = 0;
};

// The server where one is named, else the ledger in the folder.
Result<std::unique_ptr<CommandSink>> OpenSink(const LedgerArguments& ledger,
                                              const ServerArguments& server);

// One command, and its answer; or why it was refused unseen.
Result<Answer> ExecuteOne(CommandSink& sink, const v1::Command& command);

}  // namespace lumbung
