#include "engine/serve/grpc/status.h"

#include "google/rpc/error_info.pb.h"
#include "google/rpc/status.pb.h"

namespace lumbung {
namespace {

struct Names {
  grpc::StatusCode code;
  const char* name;
};

Names NamesOf(CallError::Kind kind) {
  switch (kind) {
    case CallError::Kind::kInvalid:
      return {grpc::StatusCode::INVALID_ARGUMENT, "INVALID_ARGUMENT"};
    case CallError::Kind::kDenied:
      return {grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"};
    case CallError::Kind::kNotFound:
      return {grpc::StatusCode::NOT_FOUND, "NOT_FOUND"};
    case CallError::Kind::kTooLarge:
    case CallError::Kind::kOverloaded:
      return {grpc::StatusCode::RESOURCE_EXHAUSTED, "RESOURCE_EXHAUSTED"};
    case CallError::Kind::kUnavailable:
      return {grpc::StatusCode::UNAVAILABLE, "UNAVAILABLE"};
    case CallError::Kind::kExpired:
      return {grpc::StatusCode::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"};
  }
  return {grpc::StatusCode::INTERNAL, "INTERNAL"};
}

void SetReason(const std::string& reason, google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("lumbung.ledger.v1");
  status.add_details()->PackFrom(info);
}

}  // namespace

grpc::Status UnknownFieldStatus(std::string field) {
  return ToGrpcStatus({CallError::Kind::kInvalid, v1::MALFORMED,
                       "the schema does not know this field", std::move(field)});
}

std::string_view StatusName(grpc::StatusCode code) {
  static constexpr std::string_view kNames[] = {"OK",
                                                "CANCELLED",
                                                "UNKNOWN",
                                                "INVALID_ARGUMENT",
                                                "DEADLINE_EXCEEDED",
                                                "NOT_FOUND",
                                                "ALREADY_EXISTS",
                                                "PERMISSION_DENIED",
                                                "RESOURCE_EXHAUSTED",
                                                "FAILED_PRECONDITION",
                                                "ABORTED",
                                                "OUT_OF_RANGE",
                                                "UNIMPLEMENTED",
                                                "INTERNAL",
                                                "UNAVAILABLE",
                                                "DATA_LOSS",
                                                "UNAUTHENTICATED"};
  const auto number = static_cast<std::size_t>(code);
  return number < std::size(kNames) ? kNames[number] : "UNKNOWN";
}

grpc::Status ToGrpcStatus(const CallError& error) {
  const Names names = NamesOf(error.kind);
  const std::string message =
      error.field.empty() ? error.detail : error.field + ": " + error.detail;
  google::rpc::Status status;
  status.set_code(names.code);
  status.set_message(message);
  SetReason(error.code == v1::OK ? names.name : v1::Code_Name(error.code), status);
  if (!error.field.empty()) {
    google::rpc::BadRequest bad;
    google::rpc::BadRequest::FieldViolation& violation = *bad.add_field_violations();
    violation.set_field(error.field);
    violation.set_description(error.detail);
    status.add_details()->PackFrom(bad);
  }
  return {names.code, message, status.SerializeAsString()};
}

grpc::Status Unauthenticated() {
  google::rpc::Status status;
  status.set_code(grpc::StatusCode::UNAUTHENTICATED);
  status.set_message("no principal of the policy: bring a client certificate or a bearer token");
  SetReason("UNAUTHENTICATED", status);
  return {grpc::StatusCode::UNAUTHENTICATED, status.message(), status.SerializeAsString()};
}

}  // namespace lumbung
