#include "engine/serve/grpc/call_opening.h"

#include <chrono>
#include <string>
#include <utility>

#include "engine/domain/decide.h"
#include "engine/serve/grpc/call_context.h"

namespace lumbung {
namespace {

std::function<void(const grpc::Status&)> Observe(const GrpcServerOptions& options,
                                                 std::string_view method, const Call& call,
                                                 bool stream) {
  if (!options.on_call) {
    return [](const grpc::Status&) {};
  }
  return [&options, method, stream, request_id = call.request_id, principal = call.principal,
          start = std::chrono::steady_clock::now()](const grpc::Status& status) {
    options.on_call({.request_id = request_id,
                     .principal = principal == nullptr ? std::string_view() : principal->id(),
                     .method = method,
                     .status = StatusName(status.error_code()),
                     .stream = stream,
                     .took = std::chrono::steady_clock::now() - start});
  };
}

}  // namespace

CallOpening OpenCall(const GrpcServerOptions& options, grpc::CallbackServerContext* context,
                     std::string_view method, const google::protobuf::Message* came, bool stream) {
  CallOpening opening;
  const bool known = FillCall(*context, options.authenticate, opening.call, opening.status);
  opening.observe = Observe(options, method, opening.call, stream);
  if (known && came != nullptr) {
    if (std::string field = UnknownField(*came); !field.empty()) {
      opening.status = UnknownFieldStatus(std::move(field));
    }
  }
  return opening;
}

grpc::ServerUnaryReactor* FinishAtOnce(grpc::CallbackServerContext* context,
                                       const CallOpening& opening) {
  opening.observe(opening.status);
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(opening.status);
  return reactor;
}

}  // namespace lumbung
