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

#include "engine/commit/shard_of.h"
#include "engine/serve/executor.h"
#include "engine/serve/gateway_impl.h"
#include "engine/serve/position_waiters.h"
#include "engine/serve/projection_answers.h"
#include "engine/serve/projection_gateway.h"
#include "engine/serve/region_check.h"
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

  // What a question is asked of: a projection, and whose answer it is: a cooperative's, which is
  // that of its shard, or a region's, or that of all.
  struct From {
    std::string_view projection;
    // 0: of none in particular, so of all shards.
    std::uint64_t cooperative = 0;
    // As of this event of the cooperative's shard at least.
    std::uint64_t at_least = 0;
    // Whether what is found rests on events of all shards, that of the one too.
    bool of_all = false;
    std::optional<RegionCode> region = std::nullopt;
  };

  Status Start();
  bool Keeps(std::string_view projection) const;
  std::uint64_t PositionOf(const PositionWaiters::Place& place) const;
  // Why nobody can read a projection.
  CallError WhyNotServing(std::string_view projection) const;
  // It has not come to an event in time.
  CallError NotYet(const PositionWaiters::Place& place, std::uint64_t at_least) const;
  std::uint64_t HeadOf(std::uint32_t shard) const { return ledger_.shard(shard).head().sequence; }
  std::optional<std::uint32_t> ShardFor(const From& from) const {
    return from.cooperative == 0 ? std::nullopt
                                 : std::optional(ShardOf(from.cooperative, ledger_.shards()));
  }
  // Whoever may not read it is denied; where it hangs on where the cooperative lies, Read looks.
  std::optional<CallError> Refuse(const Call& call, std::uint64_t cooperative,
                                  std::optional<RegionCode> region = std::nullopt) const;

  // Runs `read` on a thread of its own, when the projection has come so far, and adds what it
  // speaks for. Nobody gets here past the policy: what `from` says is asked once more.
  template <typename Response>
  void Read(const Call& call, const From& from, ReadRows<Response> read, CallDone<Response> done);
  template <typename Response>
  std::optional<CallError> ReadNow(const From& from, const ReadRows<Response>& read,
                                   Response& response) const;
  // The account of a request.
  std::optional<CallError> ReadAccount(const Call& call, const v1::Account& account,
                                       AccountKey& key) const;

  // Whose performance is asked for, and where it is found.
  std::optional<CallError> ReadPerformanceOf(const Call& call, const v1::PerformanceSubject& asked,
                                             std::uint64_t at_least, performance::Subject& subject,
                                             From& from) const;
  // Whose findings are asked for: of all where there is neither cooperative nor region.
  std::optional<CallError> ReadFindingsOf(const Call& call,
                                          std::optional<std::uint64_t> cooperative,
                                          const std::string& region, std::uint64_t at_least,
                                          From& from) const;
  // What a read goes on with once it may.
  void WhenReached(const From& from, std::chrono::steady_clock::time_point deadline,
                   std::function<void(std::optional<CallError>)> run);

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
  const std::optional<std::uint32_t> shard = ShardFor(from);
  const std::int64_t now = Clock::System().WallMicros();
  for (std::uint32_t number = 0; number < ledger_.shards(); ++number) {
    if (!shard || from.of_all || *shard == number) {
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
  if (std::optional<CallError> error = Refuse(call, from.cooperative, from.region)) {
    return done(std::move(error), {});
  }
  const std::optional<std::uint32_t> shard = ShardFor(from);
  if (from.at_least != 0 && (!shard || from.at_least > HeadOf(*shard))) {
    return done(InvalidField("at_least_sequence", shard ? "is of no event that there is yet"
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
      admission_.Enter(principal, 1, 0, [this, call, from, deadline, run = std::move(run)] {
        if (from.region || !HangsOnRegion(*call.principal, from.cooperative)) {
          return WhenReached(from, deadline, run);
        }
        AskWhetherWithin(
            ledger_, call.principal, from.cooperative, Clock::System().WallMicros(),
            [this, from, deadline, run](const Status& status, bool may) {
              if (!status.ok() || !may) {
                return run(status.ok() ? Denied("cooperative") : Unavailable(status.message()));
              }
              // Not on the shard's thread: it has blocks to write.
              executor_.Post([this, from, deadline, run] { WhenReached(from, deadline, run); });
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
