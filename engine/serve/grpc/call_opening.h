// What every gRPC call begins and ends with, whichever service it is of.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "engine/serve/gateway.h"
#include "engine/serve/grpc/grpc_server.h"
#include "engine/serve/grpc/status.h"

namespace lumbung {

// Who calls, and whether the call may go on.
struct CallOpening {
  Call call;
  grpc::Status status;
  // Told what the call came to, when it ends.
  std::function<void(const grpc::Status&)> observe;
};

// Without `came` unknown fields are not looked for. `options` must outlive the call, and `method`
// is a constant.
CallOpening OpenCall(const GrpcServerOptions& options, grpc::CallbackServerContext* context,
                     std::string_view method, const google::protobuf::Message* came,
                     bool stream = false);

// Ends a unary call that may not go on.
grpc::ServerUnaryReactor* FinishAtOnce(grpc::CallbackServerContext* context,
                                       const CallOpening& opening);

// A unary call that reads: `start` gets the call and what to call when it is done.
template <typename Request, typename Response, typename Start>
grpc::ServerUnaryReactor* ReadCall(const GrpcServerOptions& options,
                                   grpc::CallbackServerContext* context, std::string_view method,
                                   const Request& request, Response* response, Start start) {
  const CallOpening opening = OpenCall(options, context, method, &request);
  if (!opening.status.ok()) {
    return FinishAtOnce(context, opening);
  }
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  start(opening.call, [reactor, response, observe = opening.observe](
                          const std::optional<CallError>& error, Response read) {
    const grpc::Status result = error ? ToGrpcStatus(*error) : grpc::Status::OK;
    *response = std::move(read);
    observe(result);
    reactor->Finish(result);
  });
  return reactor;
}

}  // namespace lumbung
