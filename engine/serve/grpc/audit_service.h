// AuditService: translates calls to the projection gateway's, and back.
#pragma once

#include "engine/serve/grpc/grpc_server.h"
#include "engine/serve/projection_gateway.h"

#include "lumbung/ledger/v1/audit.grpc.pb.h"

namespace lumbung {

// Thread-safe.
class AuditServiceImpl final : public v1::AuditService::CallbackService {
 public:
  // Both must outlive it.
  AuditServiceImpl(ProjectionGateway& gateway, const GrpcServerOptions& options)
      : gateway_(gateway), options_(options) {}

  grpc::ServerUnaryReactor* ListFindings(grpc::CallbackServerContext* context,
                                         const v1::ListFindingsRequest* request,
                                         v1::ListFindingsResponse* response) override;
  grpc::ServerUnaryReactor* GetFinding(grpc::CallbackServerContext* context,
                                       const v1::GetFindingRequest* request,
                                       v1::GetFindingResponse* response) override;
  grpc::ServerUnaryReactor* CountFindings(grpc::CallbackServerContext* context,
                                          const v1::CountFindingsRequest* request,
                                          v1::CountFindingsResponse* response) override;

 private:
  ProjectionGateway& gateway_;
  const GrpcServerOptions& options_;
};

}  // namespace lumbung
