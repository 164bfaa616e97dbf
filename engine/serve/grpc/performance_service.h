// PerformanceService: translates calls to the projection gateway's, and back.
#pragma once

#include "engine/serve/grpc/grpc_server.h"
#include "engine/serve/projection_gateway.h"

#include "lumbung/ledger/v1/performance.grpc.pb.h"

namespace lumbung {

// Thread-safe.
class PerformanceServiceImpl final : public v1::PerformanceService::CallbackService {
 public:
  // Both must outlive it.
  PerformanceServiceImpl(ProjectionGateway& gateway, const GrpcServerOptions& options)
      : gateway_(gateway), options_(options) {}

  grpc::ServerUnaryReactor* GetPerformance(grpc::CallbackServerContext* context,
                                           const v1::GetPerformanceRequest* request,
                                           v1::GetPerformanceResponse* response) override;
  grpc::ServerUnaryReactor* GetHours(grpc::CallbackServerContext* context,
                                     const v1::GetHoursRequest* request,
                                     v1::GetHoursResponse* response) override;
  grpc::ServerUnaryReactor* ListPerformance(grpc::CallbackServerContext* context,
                                            const v1::ListPerformanceRequest* request,
                                            v1::ListPerformanceResponse* response) override;
  grpc::ServerUnaryReactor* ComparePerformance(grpc::CallbackServerContext* context,
                                               const v1::ComparePerformanceRequest* request,
                                               v1::ComparePerformanceResponse* response) override;
  grpc::ServerUnaryReactor* GetFreshness(grpc::CallbackServerContext* context,
                                         const v1::GetFreshnessRequest* request,
                                         v1::GetFreshnessResponse* response) override;
  grpc::ServerUnaryReactor* ListLoans(grpc::CallbackServerContext* context,
                                      const v1::ListLoansRequest* request,
                                      v1::ListLoansResponse* response) override;

 private:
  ProjectionGateway& gateway_;
  const GrpcServerOptions& options_;
};

}  // namespace lumbung
