#include "engine/client/outcome.h"

#include <algorithm>
#include <array>

#include "engine/client/channel.h"

namespace lumbung {

bool EndedWithoutAnswer(grpc::StatusCode code) {
  constexpr std::array kCodes{grpc::StatusCode::OK,
                              grpc::StatusCode::CANCELLED,
                              grpc::StatusCode::DEADLINE_EXCEEDED,
                              grpc::StatusCode::INTERNAL,
                              grpc::StatusCode::UNAVAILABLE,
                              grpc::StatusCode::UNKNOWN};
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

bool IsAboutThisSending(v1::Code code) {
  constexpr std::array kCodes{v1::OVERLOADED,     v1::QUOTA_EXCEEDED, v1::CLOCK_SUSPECT,
                              v1::WRITES_STOPPED, v1::SHUTTING_DOWN,  v1::OUTCOME_UNKNOWN,
                              v1::EXPIRED};
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

Status OutcomeUnknown(const grpc::Status& status) {
  return Status::IoError("the outcome is not known: " + FromGrpc(status).message());
}

void KeepUnknown(v1::CommandResult& result) {
  if (IsAboutThisSending(result.code()) && result.code() != v1::OUTCOME_UNKNOWN) {
    result.set_detail("sent before with an outcome that is not known; sent again: " +
                      v1::Code_Name(result.code()) + ": " + result.detail());
    result.set_code(v1::OUTCOME_UNKNOWN);
  }
}

void KeepUnknown(google::protobuf::RepeatedPtrField<v1::CommandResult>& results) {
  for (v1::CommandResult& result : results) {
    KeepUnknown(result);
  }
}

}  // namespace lumbung
