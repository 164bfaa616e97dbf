// What every transport does with a call: authorise, bound, submit or read, and answer. gRPC and
// HTTP translate into these calls and back, and decide nothing themselves.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/commit/ledger.h"
#include "engine/serve/admission.h"
#include "engine/serve/event_waiters.h"
#include "engine/serve/principal.h"

#include "lumbung/ledger/v1/service.pb.h"

namespace lumbung {

// Who calls, and until when an answer is of use.
struct Call {
  std::shared_ptr<const Principal> principal;
  // Of the caller's traceparent, or made up; in every log line about the call.
  std::string request_id;
  // Commands not decided by then are refused with EXPIRED; what was decided is not undone.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  // Stands for a stream of calls whose commands are decided in the order of Execute; null: of none.
  // Other calls that are under way at once are decided in any order, those of one principal too.
  const void* stream = nullptr;
};

// Why a call was not taken up at all: nothing of it was or will be recorded.
struct CallError {
  enum class Kind {
    kInvalid,      // INVALID_ARGUMENT, 400
    kDenied,       // PERMISSION_DENIED, 403: says nothing of whether what was asked for exists
    kNotFound,     // NOT_FOUND, 404
    kTooLarge,     // RESOURCE_EXHAUSTED, 413
    kOverloaded,   // RESOURCE_EXHAUSTED, 429, with Retry-After
    kUnavailable,  // UNAVAILABLE, 503, with Retry-After
    kExpired,      // DEADLINE_EXCEEDED, 504
  };
  Kind kind = Kind::kInvalid;
  // Where one of the ledger's codes says it.
  v1::Code code = v1::OK;
  std::string detail;
  // Path of the field that is wrong, as "commands[3].post.entries[0].code"; empty where none is.
  std::string field;
};

// Called once, on any thread, possibly within the call. With an error the response is empty.
template <typename Response>
using CallDone = std::function<void(std::optional<CallError>, Response)>;

// What became of commands that were taken up.
using AnswersDone = std::function<void(std::optional<CallError>, std::vector<Answer>)>;

// What became of the commands of one call; for the metrics.
struct CommandsObservation {
  const Call& call;
  std::size_t commands = 0;
  bool dry_run = false;
  // Null where they were taken up, and answered.
  const CallError* error = nullptr;
  std::span<const Answer> answers = {};
  // For its principal's turn; and in all.
  std::chrono::nanoseconds waited{0};
  std::chrono::nanoseconds took{0};
};

struct GatewayOptions {
  // Past these a call is refused at once.
  AdmissionLimits admission;
  std::size_t max_commands_a_call = 8'192;
  // Of each shard, as the ledger was opened; told by GetLedgerInfo.
  std::uint64_t account_memory_bytes = State::kDefaultAccountMemory;
  // For the days of quotas.
  Clock* clock = &Clock::System();
  // Called before commands are answered, on any thread; may be empty. It must not block.
  std::function<void(const CommandsObservation&)> observe;
};

// What has been taken up and not been answered yet.
struct GatewayLoad {
  std::size_t commands = 0;
  std::size_t bytes = 0;
};

// Thread-safe.
class Gateway {
 public:
  // The ledger must outlive it.
  Gateway(Ledger& ledger, const GatewayOptions& options);
  // Drains.
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Decides commands, each by itself, in order. They must live until `done`; `bytes` is their size
  // as it came, for the bounds.
  void Execute(const Call& call, std::span<const v1::Command* const> commands, std::size_t bytes,
               const SubmitOptions& options, AnswersDone done);

  void GetTransaction(const Call& call, const v1::GetTransactionRequest& request,
                      CallDone<v1::GetTransactionResponse> done);
  void GetAccount(const Call& call, const v1::GetAccountRequest& request,
                  CallDone<v1::GetAccountResponse> done);
  void ListAccounts(const Call& call, const v1::ListAccountsRequest& request,
                    CallDone<v1::ListAccountsResponse> done);
  void GetCooperative(const Call& call, const v1::GetCooperativeRequest& request,
                      CallDone<v1::GetCooperativeResponse> done);
  void GetLedgerInfo(const Call& call, CallDone<v1::GetLedgerInfoResponse> done);

  // Consecutive durable events from `from` on, as many as fit about `most_bytes`; none where there
  // are none yet. Never waits; WhenDurable tells when there are more.
  std::optional<CallError> ReadEvents(const Call& call, std::uint32_t shard, std::uint64_t from,
                                      std::size_t most_bytes, v1::ReplayResponse& response);
  // Has `wake` called once, on a thread of the gateway, as soon as the shard has an event at
  // `sequence` or the gateway drains. Whoever goes away before says so with Forget. REQUIRES: there
  // is such a shard
  EventWaiters::Ticket WhenDurable(std::uint32_t shard, std::uint64_t sequence,
                                   std::function<void()> wake);
  // The same for who waits for the draining alone.
  EventWaiters::Ticket WhenDraining(std::function<void()> wake);
  void Forget(EventWaiters::Ticket ticket);

  // From now on calls are refused with kUnavailable. Waits until those taken up are answered.
  void Drain();
  bool draining() const;
  GatewayLoad load() const;

  // Empty while commands are taken; otherwise why not: what /readyz says.
  std::string WhyNotReady() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// As a result of the API says it.
void FillResult(const Answer& answer, std::uint32_t shard, v1::CommandResult& result);
void FillBalance(const AccountBalance& from, v1::Balance& to);

}  // namespace lumbung
