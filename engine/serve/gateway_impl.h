// The inside of Gateway, for gateway.cc (commands) and gateway_reads.cc.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/serve/account_directory.h"
#include "engine/serve/event_waiters.h"
#include "engine/serve/executor.h"
#include "engine/serve/gateway.h"
#include "engine/serve/quota.h"

namespace lumbung {

class Gateway::Impl {
 public:
  Impl(Ledger& ledger, const GatewayOptions& options)
      : ledger_(ledger),
        options_(options),
        admission_(options.admission),
        quotas_(*options.clock),
        directories_(ledger.shards()),
        waiters_(std::make_shared<EventWaiters>(ledger, executor_)),
        executor_(2) {}

  // Commands under way: kept until they are answered.
  struct Submission {
    Call call;
    std::vector<const v1::Command*> commands;
    std::size_t bytes = 0;
    SubmitOptions options;
    AnswersDone done;
    std::chrono::steady_clock::time_point came = std::chrono::steady_clock::now();
    std::chrono::nanoseconds waited{0};
  };

  // What is wrong with the call before anything is looked up; nothing if it may go on.
  std::optional<CallError> Refuse(const Call& call, std::span<const v1::Command* const> commands);
  // Both take up what Admit let in, until End.
  // A bank reports on its own loans only: looks up whose they are, then submits.
  void CheckLenders(const std::shared_ptr<Submission>& submission);
  void Submit(const std::shared_ptr<Submission>& submission);
  void End(const Submission& submission);
  void Admit(const std::shared_ptr<Submission>& submission);
  // Of what Admission does not take up.
  CallError NotTakenUp() const;
  // Tells what came of it to who observes, then to who asked.
  void Conclude(const Submission& submission, std::optional<CallError> error,
                std::vector<Answer> answers) const;
  // The same for a read: `start` calls `end` when it has answered.
  void Admit(const Call& call, std::function<void(std::function<void()> end)> start,
             const std::function<void(CallError)>& refuse);

  // Runs `read` on the state of a shard, then `done` on a thread of the executor. Who may read the
  // cooperative (0: all) by its region alone is denied where it lies elsewhere.
  template <typename Response>
  void Read(const Call& call, std::uint32_t shard, std::uint64_t cooperative,
            std::function<void(const State&, std::uint64_t, Response&)> read,
            CallDone<Response> done);
  // Denied but for whoever may read the cooperative, or may where it lies in the right region: that
  // is still to be looked at.
  std::optional<CallError> RefuseRead(const Call& call, std::uint64_t cooperative) const;
  void ListPage(const Call& call, const v1::ListAccountsRequest& request, std::uint32_t shard,
                std::optional<AccountKey> after, CallDone<v1::ListAccountsResponse> done);
  std::int64_t Now() const { return options_.clock->WallMicros(); }

  std::uint32_t ShardOfCooperative(std::uint64_t cooperative) const {
    return ShardOf(cooperative, ledger_.shards());
  }

  Ledger& ledger_;
  const GatewayOptions options_;
  Admission admission_;
  QuotaCounter quotas_;
  // One a shard, used on the shard's thread.
  std::vector<AccountDirectory> directories_;
  std::atomic<bool> draining_ = false;
  // Held shared by who reads the log itself; Drain waits for them.
  std::shared_mutex reading_;
  // Shared with the shards that are to call.
  const std::shared_ptr<EventWaiters> waiters_;
  // Last, so that what it runs still finds the rest.
  Executor executor_;
};

// The error of a call that comes while the ledger stops or has stopped.
CallError Unavailable(std::string detail);
// The same for whoever may not: says nothing else.
CallError Denied(std::string field);

}  // namespace lumbung
