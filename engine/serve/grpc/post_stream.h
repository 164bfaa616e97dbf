// PostStream: many requests of one connection under way at once, answered in their order.
#pragma once

#include <functional>
#include <optional>

#include <grpcpp/support/server_callback.h>

#include "engine/serve/gateway.h"

namespace lumbung {

// Says who calls by now; null: nobody any more.
using Identify = std::function<std::shared_ptr<const Principal>()>;

// Owns itself until the call has ended. Without a call it ends at once with `status`.
grpc::ServerBidiReactor<v1::PostRequest, v1::PostResponse>* MakePostStream(
    Gateway& gateway, std::uint32_t shards, std::optional<Call> call, Identify identify,
    const grpc::Status& status, std::function<void(const grpc::Status&)> observe);

}  // namespace lumbung
