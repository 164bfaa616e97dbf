#include "engine/app/command_sink.h"

#include <algorithm>
#include <future>
#include <mutex>

#include "engine/client/execute.h"

namespace lumbung {
namespace {

class LedgerSink final : public CommandSink {
 public:
  explicit LedgerSink(std::unique_ptr<Ledger> ledger) : ledger_(std::move(ledger)) {}

  void Submit(std::span<const v1::Command* const> commands, Done done) override {
    ledger_->Submit(commands, {}, std::move(done));
  }
  Status Close() override { return ledger_->Close(); }

 private:
  const std::unique_ptr<Ledger> ledger_;
};

Answer AnswerOf(const v1::CommandResult& result) {
  Answer answer;
  answer.code = result.code();
  answer.replayed = result.replayed();
  answer.sequence = result.sequence();
  std::copy_n(result.hash().begin(), std::min(result.hash().size(), answer.hash.size()),
              answer.hash.begin());
  answer.posting_date = result.posting_date();
  answer.item = result.item();
  answer.detail = result.detail();
  return answer;
}

class ServerSink final : public CommandSink {
 public:
  explicit ServerSink(std::unique_ptr<CommandClient> client) : client_(std::move(client)) {}

  // A call after the other: what is sent together is decided together.
  void Submit(std::span<const v1::Command* const> commands, Done done) override {
    v1::ExecuteRequest request;
    for (const v1::Command* const command : commands) {
      *request.add_commands() = *command;
    }
    v1::ExecuteResponse response;
    const Status status = client_->Execute(request, response);
    if (status.kind() == Status::Kind::kRefused) {
      const std::lock_guard lock(mutex_);
      refusal_ = status;
    }
    std::vector<Answer> answers(commands.size());
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (status.ok()) {
        answers[i] = AnswerOf(response.results(static_cast<int>(i)));
      } else {
        answers[i].code = status.kind() == Status::Kind::kIoError           ? v1::OUTCOME_UNKNOWN
                          : status.kind() == Status::Kind::kInvalidArgument ? v1::MALFORMED
                                                                            : v1::OVERLOADED;
        answers[i].detail = status.message();
      }
    }
    done(std::move(answers));
  }
  Status Refusal() const override {
    const std::lock_guard lock(mutex_);
    return refusal_;
  }
  Status Close() override { return Status::Ok(); }

 private:
  const std::unique_ptr<CommandClient> client_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  Status refusal_;
};

}  // namespace

Result<std::unique_ptr<CommandSink>> OpenSink(const LedgerArguments& ledger,
                                              const ServerArguments& server) {
  if (server.given()) {
    Result<std::unique_ptr<CommandClient>> client = CommandClient::Open(server.address);
    if (!client.ok()) {
      return client.status();
    }
    return std::unique_ptr<CommandSink>(std::make_unique<ServerSink>(std::move(*client)));
  }
  Result<std::unique_ptr<Ledger>> opened = OpenLedger(ledger);
  if (!opened.ok()) {
    return opened.status();
  }
  return std::unique_ptr<CommandSink>(std::make_unique<LedgerSink>(std::move(*opened)));
}

Result<Answer> ExecuteOne(CommandSink& sink, const v1::Command& command) {
  std::promise<Answer> answer;
  const v1::Command* const one = &command;
  sink.Submit({&one, 1},
              [&](std::vector<Answer> answers) { answer.set_value(std::move(answers.front())); });
  Answer answered = answer.get_future().get();
  const Status refusal = sink.Refusal();
  return refusal.ok() ? Result<Answer>(std::move(answered)) : refusal;
}

}  // namespace lumbung
