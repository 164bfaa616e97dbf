// PostStream: many requests of one connection under way at once, answered in their order.
//
// A request that is refused as a whole (who may not, an unknown field) ends the stream: those
// before it are answered first, and nothing of it or of those after it is taken up. The same where
// the server stops, for what it has not taken up by then.
#pragma once

#include <functional>

#include <grpcpp/support/server_callback.h>

#include "engine/serve/gateway.h"
#include "engine/serve/grpc/call_context.h"

namespace lumbung {

using PostStreamReactor = grpc::ServerBidiReactor<v1::PostRequest, v1::PostResponse>;

// Owns itself until the call has ended. `identify` is asked for each request.
PostStreamReactor* MakePostStream(Gateway& gateway, std::uint32_t shards, Call call,
                                  Identify identify,
                                  std::function<void(const grpc::Status&)> observe);
// Ends at once.
PostStreamReactor* RefusePostStream(const grpc::Status& status,
                                    const std::function<void(const grpc::Status&)>& observe);

}  // namespace lumbung
