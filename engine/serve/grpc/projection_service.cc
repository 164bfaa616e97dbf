#include "engine/serve/grpc/projection_service.h"

#include "engine/serve/grpc/call_opening.h"

namespace lumbung {

grpc::ServerUnaryReactor* ProjectionServiceImpl::ListEntries(grpc::CallbackServerContext* context,
                                                             const v1::ListEntriesRequest* request,
                                                             v1::ListEntriesResponse* response) {
  return ReadCall(
      options_, context, "ListEntries", *request, response,
      [&](const Call& call, auto done) { gateway_.ListEntries(call, *request, std::move(done)); });
}

grpc::ServerUnaryReactor* ProjectionServiceImpl::GetStatement(
    grpc::CallbackServerContext* context, const v1::GetStatementRequest* request,
    v1::GetStatementResponse* response) {
  return ReadCall(
      options_, context, "GetStatement", *request, response,
      [&](const Call& call, auto done) { gateway_.GetStatement(call, *request, std::move(done)); });
}

grpc::ServerUnaryReactor* ProjectionServiceImpl::GetBalanceAt(
    grpc::CallbackServerContext* context, const v1::GetBalanceAtRequest* request,
    v1::GetBalanceAtResponse* response) {
  return ReadCall(
      options_, context, "GetBalanceAt", *request, response,
      [&](const Call& call, auto done) { gateway_.GetBalanceAt(call, *request, std::move(done)); });
}

grpc::ServerUnaryReactor* ProjectionServiceImpl::GetTrialBalance(
    grpc::CallbackServerContext* context, const v1::GetTrialBalanceRequest* request,
    v1::GetTrialBalanceResponse* response) {
  return ReadCall(options_, context, "GetTrialBalance", *request, response,
                  [&](const Call& call, auto done) {
                    gateway_.GetTrialBalance(call, *request, std::move(done));
                  });
}

grpc::ServerUnaryReactor* ProjectionServiceImpl::GetRegionTrialBalance(
    grpc::CallbackServerContext* context, const v1::GetRegionTrialBalanceRequest* request,
    v1::GetTrialBalanceResponse* response) {
  return ReadCall(options_, context, "GetRegionTrialBalance", *request, response,
                  [&](const Call& call, auto done) {
                    gateway_.GetRegionTrialBalance(call, *request, std::move(done));
                  });
}

grpc::ServerUnaryReactor* ProjectionServiceImpl::FindTransactions(
    grpc::CallbackServerContext* context, const v1::FindTransactionsRequest* request,
    v1::FindTransactionsResponse* response) {
  return ReadCall(options_, context, "FindTransactions", *request, response,
                  [&](const Call& call, auto done) {
                    gateway_.FindTransactions(call, *request, std::move(done));
                  });
}

grpc::ServerUnaryReactor* ProjectionServiceImpl::ListProjections(
    grpc::CallbackServerContext* context, const v1::ListProjectionsRequest* request,
    v1::ListProjectionsResponse* response) {
  return ReadCall(
      options_, context, "ListProjections", *request, response,
      [&](const Call& call, const auto& done) { gateway_.ListProjections(call, done); });
}

}  // namespace lumbung
