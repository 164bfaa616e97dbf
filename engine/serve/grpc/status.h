// What went wrong, as gRPC says it: a status with google.rpc details.
#pragma once

#include <string>
#include <string_view>

#include <grpcpp/support/status.h>

#include "engine/serve/gateway.h"

namespace lumbung {

grpc::Status ToGrpcStatus(const CallError& error);
// Of a caller whom the policy does not know.
grpc::Status Unauthenticated();
// Of a request with a field that the schema does not know, by its path.
grpc::Status UnknownFieldStatus(std::string field);
// As "INVALID_ARGUMENT".
std::string_view StatusName(grpc::StatusCode code);

}  // namespace lumbung
