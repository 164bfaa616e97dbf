#include "engine/app/bench_server.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "engine/app/bench_load.h"
#include "engine/base/clock.h"
#include "engine/client/batcher.h"
#include "engine/client/post_pipe.h"

namespace lumbung {
namespace {

constexpr std::chrono::milliseconds kCallTimeout{30'000};

std::uint64_t CountRefused(const v1::PostResponse& response) {
  return static_cast<std::uint64_t>(
      std::count_if(response.results().begin(), response.results().end(),
                    [](const v1::CommandResult& result) { return result.code() != v1::OK; }));
}

// What an earlier run has set up is there already.
bool IsThere(v1::Code code) {
  return code == v1::OK || code == v1::ALREADY_EXISTS || code == v1::VERSION_GAP ||
         code == v1::ID_CONFLICT;
}

Status SetUp(const ServerAddress& server, const BenchGenerator& generator) {
  Result<std::shared_ptr<grpc::Channel>> channel = MakeChannel(server);
  if (!channel.ok()) {
    return channel.status();
  }
  const auto stub = v1::LedgerService::NewStub(*channel);
  v1::ExecuteRequest request;
  const std::vector<v1::Command> commands = generator.SetUp();
  for (std::size_t i = 0; i < commands.size(); ++i) {
    *request.add_commands() = commands[i];
    if (request.commands_size() < 1'000 && i + 1 < commands.size()) {
      continue;
    }
    grpc::ClientContext context;
    PrepareContext(server, kCallTimeout, context);
    context.set_wait_for_ready(true);
    v1::ExecuteResponse response;
    LUMBUNG_RETURN_IF_ERROR(FromGrpc(stub->Execute(&context, request, &response)));
    for (const v1::CommandResult& result : response.results()) {
      if (!IsThere(result.code())) {
        return Status::Refused(v1::Code_Name(result.code()) + ": " + result.detail());
      }
    }
    request.Clear();
  }
  return Status::Ok();
}

// The connections, and which is next.
template <typename Connection>
struct Connections {
  std::vector<std::unique_ptr<Connection>> all;
  std::size_t next = 0;

  Connection& Next() { return *all[next++ % all.size()]; }
};

Result<BenchTarget> Streams(const BenchOptions& options, const ServerAddress& server) {
  auto pipes = std::make_shared<Connections<PostPipe>>();
  for (std::uint64_t i = 0; i < options.connections; ++i) {
    PostPipeOptions pipe;
    pipe.server = server;
    pipe.in_flight = options.in_flight;
    Result<std::unique_ptr<PostPipe>> opened = PostPipe::Open(pipe);
    LUMBUNG_RETURN_IF_ERROR(opened.status());
    pipes->all.push_back(std::move(*opened));
  }
  return BenchTarget([pipes](BenchSlot& slot, std::function<void(std::uint64_t)> done) {
    const auto count = static_cast<std::uint64_t>(slot.request.transactions_size());
    pipes->Next().Send(slot.request, [count, done = std::move(done)](
                                         const Status& status, const v1::PostResponse& response) {
      done(status.ok() ? CountRefused(response) : count);
    });
  });
}

Result<BenchTarget> Callers(const BenchOptions& options, const ServerAddress& server) {
  auto batchers = std::make_shared<Connections<Batcher>>();
  for (std::uint64_t i = 0; i < options.connections; ++i) {
    BatcherOptions batcher;
    batcher.pipe.server = server;
    Result<std::unique_ptr<Batcher>> opened = Batcher::Open(batcher);
    LUMBUNG_RETURN_IF_ERROR(opened.status());
    batchers->all.push_back(std::move(*opened));
  }
  return BenchTarget([batchers](BenchSlot& slot, std::function<void(std::uint64_t)> done) {
    batchers->Next().Post(
        slot.request.transactions(0),
        [done = std::move(done)](const Status& status, const v1::CommandResult& result) {
          done(status.ok() && result.code() == v1::OK ? 0 : 1);
        });
  });
}

Result<BenchTarget> Unary(const BenchOptions& options, const ServerAddress& server) {
  auto stubs = std::make_shared<Connections<v1::LedgerService::Stub>>();
  for (std::uint64_t i = 0; i < options.connections; ++i) {
    Result<std::shared_ptr<grpc::Channel>> channel = MakeChannel(server);
    LUMBUNG_RETURN_IF_ERROR(channel.status());
    stubs->all.push_back(v1::LedgerService::NewStub(*channel));
  }
  struct Unanswered {
    grpc::ClientContext context;
    v1::PostResponse response;
  };
  return BenchTarget([stubs, server](BenchSlot& slot, std::function<void(std::uint64_t)> done) {
    auto call = std::make_shared<Unanswered>();
    PrepareContext(server, kCallTimeout, call->context);
    const auto count = static_cast<std::uint64_t>(slot.request.transactions_size());
    stubs->Next().async()->Post(&call->context, &slot.request, &call->response,
                                [call, count, done = std::move(done)](const grpc::Status& status) {
                                  done(status.ok() ? CountRefused(call->response) : count);
                                });
  });
}

}  // namespace

Result<BenchResult> RunServerBench(const BenchOptions& options, const ServerAddress& server,
                                   const std::function<void(std::uint64_t)>& progress,
                                   const std::atomic<bool>& stop) {
  BenchGenerator generator(options);
  LUMBUNG_RETURN_IF_ERROR(SetUp(server, generator));
  Result<BenchTarget> target = options.unary          ? Unary(options, server)
                               : options.callers != 0 ? Callers(options, server)
                                                      : Streams(options, server);
  LUMBUNG_RETURN_IF_ERROR(target.status());
  BenchLoad load(options, generator, std::move(*target));
  if (!load.Post(
          options.warm_up, [](std::uint64_t) {}, stop)) {
    return Status::Cancelled("stopped");
  }
  const std::int64_t start = Clock::System().MonotonicMicros();
  if (!load.Post(options.transactions, progress, stop)) {
    return Status::Cancelled("stopped");
  }
  BenchResult result;
  load.Fill(static_cast<double>(Clock::System().MonotonicMicros() - start) / 1e6,
            options.transactions, result);
  return result;
}

}  // namespace lumbung
