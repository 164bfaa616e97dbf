// The inside of ProjectionGateway, for the files of its questions.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/serve/executor.h"
#include "engine/serve/gateway_impl.h"
#include "engine/serve/position_waiters.h"
#include "engine/serve/projection_answers.h"
#include "engine/serve/projection_gateway.h"
#include "projections/balances/balances_projection.h"
#include "projections/performance/figures.h"

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
        waiters_([this](const PositionWaiters::Place& place) { return PositionOf(place); }) {}

  // What a question reads, and where to put what it found. An error takes its place.
  template <typename Response>
  using ReadRows = std::function<std::optional<CallError>(const View&, Response&)>;

  // What a question is asked of: a projection, of the one shard or of all where there is none, as
  // of an event of the one shard at least.
  struct From {
    std::string_view projection;
    std::optional<std::uint32_t> shard;
    std::uint64_t at_least = 0;
    // Whether what is found rests on events of all shards, that of the one too.
    bool of_all = false;
  };

  Status Start();
  bool Keeps(std::string_view projection) const;
  std::uint64_t PositionOf(const PositionWaiters::Place& place) const;
  // Why nobody can read a projection.
  CallError WhyNotServing(std::string_view projection) const;
  // It has not come to an event in time.
  CallError NotYet(const PositionWaiters::Place& place, std::uint64_t at_least) const;
  std::uint64_t HeadOf(std::uint32_t shard) const { return ledger_.shard(shard).head().sequence; }
  std::optional<CallError> Refuse(const Call& call, std::uint64_t cooperative) const;

  // Runs `read` on a thread of its own, when the projection has come so far, and adds what it
  // speaks for.
  template <typename Response>
  void Read(const Call& call, const From& from, ReadRows<Response> read, CallDone<Response> done);
  template <typename Response>
  std::optional<CallError> ReadNow(const From& from, const ReadRows<Response>& read,
                                   Response& response) const;
  // The account of a request, and the side on which its code grows.
  struct Account {
    AccountKey key;
    std::uint32_t shard = 0;
  };
  std::optional<CallError> ReadAccount(const Call& call, const v1::Account& account,
                                       Account& read) const;

  // Whose performance is asked for, and where it is found.
  std::optional<CallError> ReadPerformanceOf(const Call& call, const v1::PerformanceSubject& asked,
                                             std::uint64_t at_least, performance::Subject& subject,
                                             From& from) const;
  // Whose findings are asked for: of all where there is no cooperative.
  std::optional<CallError> ReadFindingsOf(const Call& call,
                                          std::optional<std::uint64_t> cooperative,
                                          std::uint64_t at_least, From& from) const;

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
std::optional<CallError> ProjectionGateway::Impl::ReadNow(const From& from,
                                                          const ReadRows<Response>& read,
                                                          Response& response) const {
  const Reading reading = host_->Read(from.projection);
  if (!reading) {
    return WhyNotServing(from.projection);
  }
  std::optional<CallError> error = read(*reading, response);
  const std::int64_t now = Clock::System().WallMicros();
  for (std::uint32_t number = 0; number < ledger_.shards(); ++number) {
    if (!from.shard || from.of_all || *from.shard == number) {
      const auto position = reading->positions().find(number);
      FillAsOf(number, position == reading->positions().end() ? Position() : position->second,
               HeadOf(number), now, *response.add_as_of());
    }
  }
  return error;
}

template <typename Response>
void ProjectionGateway::Impl::Read(const Call& call, const From& from, ReadRows<Response> read,
                                   CallDone<Response> done) {
  if (!Keeps(from.projection)) {
    return done(WhyNotServing(from.projection), {});
  }
  if (from.at_least != 0 && (!from.shard || from.at_least > HeadOf(*from.shard))) {
    return done(InvalidField("at_least_sequence", from.shard ? "is of no event that there is yet"
                                                             : "goes with one cooperative only"),
                {});
  }
  const std::string principal = call.principal->id();
  // Answers, on a thread of the executor.
  auto run = [this, from, principal, read = std::move(read), done](std::optional<CallError> error) {
    executor_.Post([this, from, principal, read, done, error = std::move(error)]() mutable {
      Response response;
      if (!error) {
        error = ReadNow(from, read, response);
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
      admission_.Enter(principal, 1, 0, [this, from, deadline, run = std::move(run)] {
        if (from.at_least == 0) {
          return run(std::nullopt);
        }
        const PositionWaiters::Place place{from.projection, *from.shard};
        if (PositionOf(place) >= from.at_least) {
          return run(std::nullopt);
        }
        waiters_.Add(place, from.at_least, deadline, [this, place, from, run](bool reached) {
          run(reached ? std::nullopt : std::optional(NotYet(place, from.at_least)));
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
