#include "engine/client/execute.h"

#include <algorithm>
#include <thread>

#include "engine/client/outcome.h"

namespace lumbung {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kCallTimeout{30'000};
constexpr milliseconds kGiveUpAfter{60'000};
constexpr milliseconds kFirstPause{20};
constexpr milliseconds kLongestPause{2'000};

}  // namespace

Result<std::unique_ptr<CommandClient>> CommandClient::Open(const ServerAddress& server) {
  Result<std::shared_ptr<grpc::Channel>> channel = MakeChannel(server);
  if (!channel.ok()) {
    return channel.status();
  }
  return std::unique_ptr<CommandClient>(new CommandClient(server, std::move(*channel)));
}

CommandClient::CommandClient(ServerAddress server, std::shared_ptr<grpc::Channel> channel)
    : server_(std::move(server)), stub_(v1::LedgerService::NewStub(std::move(channel))) {}

Status CommandClient::Execute(const v1::ExecuteRequest& request, v1::ExecuteResponse& response) {
  const auto start = steady_clock::now();
  milliseconds pause = kFirstPause;
  // Only the first sending is known to be the only one.
  for (bool again = false;; again = true) {
    grpc::ClientContext context;
    PrepareContext(server_, kCallTimeout, context);
    const grpc::Status status = stub_->Execute(&context, request, &response);
    if (status.ok()) {
      if (again) {
        KeepUnknown(*response.mutable_results());
      }
      return Status::Ok();
    }
    if (!EndedWithoutAnswer(status.error_code())) {
      return again ? OutcomeUnknown(status) : FromGrpc(status);
    }
    if (steady_clock::now() - start > kGiveUpAfter) {
      return OutcomeUnknown(status);
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
}

}  // namespace lumbung
