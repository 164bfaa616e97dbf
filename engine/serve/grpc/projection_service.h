// ProjectionService: translates calls to the projection gateway's, and back.
#pragma once

#include "engine/serve/grpc/grpc_server.h"
#include "engine/serve/projection_gateway.h"

#include "lumbung/ledger/v1/projections.grpc.pb.h"

namespace lumbung {

// Thread-safe.
class ProjectionServiceImpl final : public v1::ProjectionService::CallbackService {
 public:
  // Both must outlive it.
  ProjectionServiceImpl(ProjectionGateway& gateway, const GrpcServerOptions& options)
      : gateway_(gateway), options_(options) {}

  grpc::ServerUnaryReactor* ListEntries(grpc::CallbackServerContext* context,
                                        const v1::ListEntriesRequest* request,
                                        v1::ListEntriesResponse* response) override;
  grpc::ServerUnaryReactor* GetStatement(grpc::CallbackServerContext* context,
                                         const v1::GetStatementRequest* request,
                                         v1::GetStatementResponse* response) override;
  grpc::ServerUnaryReactor* GetBalanceAt(grpc::CallbackServerContext* context,
                                         const v1::GetBalanceAtRequest* request,
                                         v1::GetBalanceAtResponse* response) override;
  grpc::ServerUnaryReactor* GetTrialBalance(grpc::CallbackServerContext* context,
                                            const v1::GetTrialBalanceRequest* request,
                                            v1::GetTrialBalanceResponse* response) override;
  grpc::ServerUnaryReactor* GetRegionTrialBalance(grpc::CallbackServerContext* context,
                                                  const v1::GetRegionTrialBalanceRequest* request,
                                                  v1::GetTrialBalanceResponse* response) override;
  grpc::ServerUnaryReactor* FindTransactions(grpc::CallbackServerContext* context,
                                             const v1::FindTransactionsRequest* request,
                                             v1::FindTransactionsResponse* response) override;
  grpc::ServerUnaryReactor* ListProjections(grpc::CallbackServerContext* context,
                                            const v1::ListProjectionsRequest* request,
                                            v1::ListProjectionsResponse* response) override;

 private:
  ProjectionGateway& gateway_;
  const GrpcServerOptions& options_;
};

}  // namespace lumbung
