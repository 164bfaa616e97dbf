// The inside of ProjectionGateway, for projection_gateway.cc and projection_reads.cc.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/serve/executor.h"
#include "engine/serve/gateway_impl.h"
#include "engine/serve/position_waiters.h"
#include "engine/serve/projection_answers.h"
#include "engine/serve/projection_gateway.h"
#include "projections/balances/balances_projection.h"

namespace lumbung {

class ProjectionGateway::Impl {
 public:
  // A read takes microseconds where rows are in memory, and waits for the disk where they are not.
  static constexpr unsigned kThreads = 4;

  Impl(Ledger& ledger, ProjectionGatewayOptions options)
      : ledger_(ledger),
        options_(std::move(options)),
        admission_(options_.admission),
        executor_(kThreads),
        waiters_([this](std::uint32_t shard) { return PositionOf(shard); }) {}

  // What a question reads, and where to put what it found. An error takes its place.
  template <typename Response>
  using ReadRows = std::function<std::optional<CallError>(const View&, Response&)>;

  Status Start();
  std::uint64_t PositionOf(std::uint32_t shard) const;
  // Why nobody can read.
  std::string WhyNotServing() const;
  std::uint64_t HeadOf(std::uint32_t shard) const { return ledger_.shard(shard).head().sequence; }
  std::optional<CallError> Refuse(const Call& call, std::uint64_t cooperative) const;

  // Runs `read` on a thread of its own, when the projection has come to an event of a shard, and
  // adds what it speaks for: the one shard, or all where there is none.
  template <typename Response>
  void Read(const Call& call, std::optional<std::uint32_t> shard, std::uint64_t at_least,
            ReadRows<Response> read, CallDone<Response> done);
  template <typename Response>
  std::optional<CallError> ReadNow(std::optional<std::uint32_t> shard,
                                   const ReadRows<Response>& read, Response& response) const;
  // The account of a request, and the side on which its code grows.
  struct Account {
    AccountKey key;
    std::uint32_t shard = 0;
  };
  std::optional<CallError> ReadAccount(const Call& call, const v1::Account& account,
                                       Account& read) const;

  Ledger& ledger_;
  const ProjectionGatewayOptions options_;
  Admission admission_;
  std::atomic<bool> draining_ = false;
  std::unique_ptr<ProjectionHost> host_;
  Executor executor_;
  // First to go: it calls into the rest.
  PositionWaiters waiters_;
};

template <typename Response>
std::optional<CallError> ProjectionGateway::Impl::ReadNow(std::optional<std::uint32_t> shard,
                                                          const ReadRows<Response>& read,
                                                          Response& response) const {
  const Reading reading = host_->Read(kBalancesName);
  if (!reading) {
    return Unavailable(WhyNotServing());
  }
  std::optional<CallError> error = read(*reading, response);
  const std::int64_t now = Clock::System().WallMicros();
  for (std::uint32_t number = 0; number < ledger_.shards(); ++number) {
    if (!shard || *shard == number) {
      const auto position = reading->positions().find(number);
      FillAsOf(number, position == reading->positions().end() ? Position() : position->second,
               HeadOf(number), now, *response.add_as_of());
    }
  }
  return error;
}

template <typename Response>
void ProjectionGateway::Impl::Read(const Call& call, std::optional<std::uint32_t> shard,
                                   std::uint64_t at_least, ReadRows<Response> read,
                                   CallDone<Response> done) {
  if (at_least != 0 && at_least > HeadOf(*shard)) {
    return done(InvalidField("at_least_sequence", "is of no event that there is yet"), {});
  }
  const std::string principal = call.principal->id();
  // Answers, on a thread of the executor.
  auto run = [this, shard, principal, read = std::move(read),
              done](std::optional<CallError> error) {
    executor_.Post([this, shard, principal, read, done, error = std::move(error)]() mutable {
      Response response;
      if (!error) {
        error = ReadNow(shard, read, response);
      }
      if (error) {
        response = {};
      }
      done(std::move(error), std::move(response));
      admission_.End(principal, 1, 0);
    });
  };
  const auto deadline =
      std::min(call.deadline, std::chrono::steady_clock::now() + options_.longest_wait);
  const bool entered =
      admission_.Enter(principal, 1, 0, [this, shard, at_least, deadline, run = std::move(run)] {
        if (at_least == 0 || PositionOf(*shard) >= at_least) {
          return run(std::nullopt);
        }
        waiters_.Add(*shard, at_least, deadline, [this, shard, at_least, run](bool reached) {
          if (reached) {
            return run(std::nullopt);
          }
          run(CallError{CallError::Kind::kExpired, v1::EXPIRED,
                        "the balances have come to event " + std::to_string(PositionOf(*shard)) +
                            " of shard " + std::to_string(*shard) + ", not to " +
                            std::to_string(at_least) + " yet",
                        "at_least_sequence"});
        });
      });
  if (!entered) {
    done(draining_ ? Unavailable("the server is stopping")
                   : CallError{CallError::Kind::kOverloaded, v1::OVERLOADED,
                               "too many questions wait; try again", ""},
         {});
  }
}

}  // namespace lumbung
