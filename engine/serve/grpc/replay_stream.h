// Replay: events' own bytes, as many as the client takes, and those to come.
#pragma once

#include <functional>

#include <grpcpp/support/server_callback.h>

#include "engine/serve/gateway.h"
#include "engine/serve/grpc/call_context.h"

namespace lumbung {

using ReplayReactor = grpc::ServerWriteReactor<v1::ReplayResponse>;

// Owns itself until the call has ended. `identify` is asked for each message.
ReplayReactor* MakeReplayStream(Gateway& gateway, Call call, Identify identify,
                                const v1::ReplayRequest& request,
                                std::function<void(const grpc::Status&)> observe);
// Ends at once.
ReplayReactor* RefuseReplayStream(const grpc::Status& status,
                                  const std::function<void(const grpc::Status&)>& observe);

}  // namespace lumbung
