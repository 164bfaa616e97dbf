#include "engine/client/execute.h"

#include <algorithm>
#include <thread>

namespace lumbung {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kCallTimeout{30'000};
constexpr milliseconds kGiveUpAfter{60'000};
constexpr milliseconds kFirstPause{20};
constexpr milliseconds kLongestPause{2'000};

bool IsWithoutAnswer(grpc::StatusCode code) {
  return code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::DEADLINE_EXCEEDED ||
         code == grpc::StatusCode::CANCELLED || code == grpc::StatusCode::UNKNOWN ||
         code == grpc::StatusCode::INTERNAL;
}

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
  while (true) {
    grpc::ClientContext context;
    PrepareContext(server_, kCallTimeout, context);
    const grpc::Status status = stub_->Execute(&context, request, &response);
    if (status.ok() || !IsWithoutAnswer(status.error_code()) ||
        steady_clock::now() - start > kGiveUpAfter) {
      return FromGrpc(status);
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
}

}  // namespace lumbung
