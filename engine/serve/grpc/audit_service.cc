#include "engine/serve/grpc/audit_service.h"

#include "engine/serve/grpc/call_opening.h"

namespace lumbung {

grpc::ServerUnaryReactor* AuditServiceImpl::ListFindings(grpc::CallbackServerContext* context,
                                                         const v1::ListFindingsRequest* request,
                                                         v1::ListFindingsResponse* response) {
  return ReadCall(
      options_, context, "ListFindings", *request, response,
      [&](const Call& call, auto done) { gateway_.ListFindings(call, *request, std::move(done)); });
}

grpc::ServerUnaryReactor* AuditServiceImpl::GetFinding(grpc::CallbackServerContext* context,
                                                       const v1::GetFindingRequest* request,
                                                       v1::GetFindingResponse* response) {
  return ReadCall(
      options_, context, "GetFinding", *request, response,
      [&](const Call& call, auto done) { gateway_.GetFinding(call, *request, std::move(done)); });
}

grpc::ServerUnaryReactor* AuditServiceImpl::CountFindings(grpc::CallbackServerContext* context,
                                                          const v1::CountFindingsRequest* request,
                                                          v1::CountFindingsResponse* response) {
  return ReadCall(options_, context, "CountFindings", *request, response,
                  [&](const Call& call, auto done) {
                    gateway_.CountFindings(call, *request, std::move(done));
                  });
}

}  // namespace lumbung
