// What each gRPC call brings: who calls, until when, and under which request id.
#pragma once

#include <optional>

#include <grpcpp/server_context.h>

#include "engine/serve/gateway.h"
#include "engine/serve/grpc/grpc_server.h"

namespace lumbung {

// Nothing, and why in `status`, where the caller is nobody.
std::optional<Call> CallOf(grpc::CallbackServerContext& context, const Authenticator& authenticate,
                           grpc::Status& status);

}  // namespace lumbung
