// Commands to a server, one call at a time, until their outcome is known.
#pragma once

#include <chrono>
#include <memory>

#include "engine/base/status.h"
#include "engine/client/channel.h"

#include "lumbung/ledger/v1/service.grpc.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// Thread-safe.
class CommandClient {
 public:
  static Result<std::unique_ptr<CommandClient>> Open(const ServerAddress& server);

  // Sends the request, and the same again while there is no answer; a result for each command.
  // IoError where there is none for so long: the outcome is then not known. Any other error:
  // nothing was taken up.
  Status Execute(const v1::ExecuteRequest& request, v1::ExecuteResponse& response);

  v1::LedgerService::Stub& stub() { return *stub_; }
  const ServerAddress& server() const { return server_; }

 private:
  CommandClient(ServerAddress server, std::shared_ptr<grpc::Channel> channel);

  const ServerAddress server_;
  const std::unique_ptr<v1::LedgerService::Stub> stub_;
};

}  // namespace lumbung
