// A connection to a server.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include "engine/base/status.h"

namespace lumbung {

struct ServerAddress {
  // host:port
  std::string target;
  // Of the CA that the server's certificate is from. Empty: no TLS, for loopback.
  std::string ca_file;
  // The client's own. Empty: none.
  std::string certificate_file;
  std::string key_file;
  // Bearer token. Empty: none.
  std::string token;
};

// Not yet connected. Each call gives a connection of its own. InvalidArgument or IoError where a
// file can't be read.
Result<std::shared_ptr<grpc::Channel>> MakeChannel(const ServerAddress& address);

// For a call without a deadline: the token.
void AddToken(const ServerAddress& address, grpc::ClientContext& context);
// For one call: its deadline and the token.
void PrepareContext(const ServerAddress& address, std::chrono::milliseconds timeout,
                    grpc::ClientContext& context);

// As Status says it; the message names the stable code where the server gave one.
Status FromGrpc(const grpc::Status& status);

}  // namespace lumbung
