#include "engine/serve/grpc/performance_service.h"

#include "engine/serve/grpc/call_opening.h"

namespace lumbung {

grpc::ServerUnaryReactor* PerformanceServiceImpl::GetPerformance(
    grpc::CallbackServerContext* context, const v1::GetPerformanceRequest* request,
    v1::GetPerformanceResponse* response) {
  return ReadCall(options_, context, "GetPerformance", *request, response,
                  [&](const Call& call, auto done) {
                    gateway_.GetPerformance(call, *request, std::move(done));
                  });
}

grpc::ServerUnaryReactor* PerformanceServiceImpl::GetHours(grpc::CallbackServerContext* context,
                                                           const v1::GetHoursRequest* request,
                                                           v1::GetHoursResponse* response) {
  return ReadCall(
      options_, context, "GetHours", *request, response,
      [&](const Call& call, auto done) { gateway_.GetHours(call, *request, std::move(done)); });
}

grpc::ServerUnaryReactor* PerformanceServiceImpl::ListPerformance(
    grpc::CallbackServerContext* context, const v1::ListPerformanceRequest* request,
    v1::ListPerformanceResponse* response) {
  return ReadCall(options_, context, "ListPerformance", *request, response,
                  [&](const Call& call, auto done) {
                    gateway_.ListPerformance(call, *request, std::move(done));
                  });
}

grpc::ServerUnaryReactor* PerformanceServiceImpl::ComparePerformance(
    grpc::CallbackServerContext* context, const v1::ComparePerformanceRequest* request,
    v1::ComparePerformanceResponse* response) {
  return ReadCall(options_, context, "ComparePerformance", *request, response,
                  [&](const Call& call, auto done) {
                    gateway_.ComparePerformance(call, *request, std::move(done));
                  });
}

grpc::ServerUnaryReactor* PerformanceServiceImpl::GetFreshness(
    grpc::CallbackServerContext* context, const v1::GetFreshnessRequest* request,
    v1::GetFreshnessResponse* response) {
  return ReadCall(
      options_, context, "GetFreshness", *request, response,
      [&](const Call& call, auto done) { gateway_.GetFreshness(call, *request, std::move(done)); });
}

grpc::ServerUnaryReactor* PerformanceServiceImpl::ListLoans(grpc::CallbackServerContext* context,
                                                            const v1::ListLoansRequest* request,
                                                            v1::ListLoansResponse* response) {
  return ReadCall(
      options_, context, "ListLoans", *request, response,
      [&](const Call& call, auto done) { gateway_.ListLoans(call, *request, std::move(done)); });
}

}  // namespace lumbung
