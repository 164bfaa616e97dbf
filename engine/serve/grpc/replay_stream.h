// Replay: events' own bytes, as many as the client takes, and those to come.
#pragma once

#include <functional>
#include <optional>

#include <grpcpp/support/server_callback.h>

#include "engine/serve/gateway.h"
#include "engine/serve/grpc/post_stream.h"

namespace lumbung {

// Owns itself until the call has ended. Without a call it ends at once with `status`.
grpc::ServerWriteReactor<v1::ReplayResponse>* MakeReplayStream(
    Gateway& gateway, std::optional<Call> call, Identify identify, const grpc::Status& status,
    const v1::ReplayRequest& request, std::function<void(const grpc::Status&)> observe);

}  // namespace lumbung
