// What each gRPC call brings: who calls, until when, and under which request id.
#pragma once

#include <grpcpp/server_context.h>

#include "engine/serve/gateway.h"
#include "engine/serve/grpc/grpc_server.h"

namespace lumbung {

// Who calls, by the policy of this moment; null where that is nobody. A stream asks again and
// again: whoever is revoked is not to go on.
std::shared_ptr<const Principal> PrincipalOf(const grpc::CallbackServerContext& context,
                                             const Authenticator& authenticate,
                                             std::string_view request_id);
// Says who calls by now; null: nobody any more.
using Identify = std::function<std::shared_ptr<const Principal>()>;

// Fills in `call`, of which the request id in any case. False, and why in `status`, where the
// caller is nobody.
bool FillCall(grpc::CallbackServerContext& context, const Authenticator& authenticate, Call& call,
              grpc::Status& status);

}  // namespace lumbung
