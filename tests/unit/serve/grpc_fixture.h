// A gRPC server on a free port of the loopback address, with a real ledger behind it, and clients.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <grpcpp/grpcpp.h>

#include "engine/serve/grpc/grpc_server.h"
#include "engine/serve/projection_gateway.h"
#include "tests/unit/serve/gateway_fixture.h"

#include "lumbung/ledger/v1/service.grpc.pb.h"

namespace lumbung {

// The stable code in the details of a status; empty where there is none.
std::string ReasonOf(const grpc::Status& status);
// The path of the field that its details name.
std::string FieldOf(const grpc::Status& status);

std::shared_ptr<grpc::Channel> ConnectTo(int port,
                                         const std::shared_ptr<grpc::ChannelCredentials>&
                                             credentials = grpc::InsecureChannelCredentials());

// For one call: with a token, and a deadline far off.
std::unique_ptr<grpc::ClientContext> ContextOf(const std::string& token);

// Tokens are the names of the principals: "all" (Everyman), "poster", "reader", "auditor",
// "operator", "bank", all of all cooperatives; "regional", who reads where the test cooperative
// lies; and "other", who may post for cooperative 5 only.
class GrpcTest : public GatewayTest {
 protected:
  GrpcTest();
  ~GrpcTest() override;

  // Starts the ledger, unless it is there, and the server.
  void Serve();
  // As the program does it.
  void StopServer(std::chrono::seconds within = kPatience);
  // Stops it, closes the ledger, and begins anew on the same port.
  void Restart();
  // How often each transaction of the test cooperative stands in the log.
  std::map<std::string, int> CountPosted();
  // The policy changes.
  void Revoke(const std::string& token);

  // One unary call.
  template <typename Request, typename Response>
  using Method = grpc::Status (v1::LedgerService::Stub::*)(grpc::ClientContext*, const Request&,
                                                           Response*);
  template <typename Request, typename Response>
  grpc::Status Ask(Method<Request, Response> method, const Request& request, Response& response,
                   const std::string& token = "all") {
    const auto context = ContextOf(token);
    return (stub_.get()->*method)(context.get(), request, &response);
  }
  // Sales with the random ids from `first` on.
  static v1::PostRequest RequestOf(std::uint64_t first, int transactions) {
    v1::PostRequest request;
    for (int i = 0; i < transactions; ++i) {
      *request.add_transactions() = Sale(RandomId(first + static_cast<std::uint64_t>(i))).post();
    }
    return request;
  }
  // Posts one transaction; what came of it.
  v1::CommandResult PostOne(const v1::Command& command);

  // The event of a result.
  v1::Event EventOf(const v1::CommandResult& result);

  // Set before Serve, so that there is a ProjectionService.
  std::unique_ptr<ProjectionGateway> projections_;
  GrpcServerOptions server_options_;
  std::unique_ptr<GrpcServer> server_;
  std::unique_ptr<v1::LedgerService::Stub> stub_;

  std::mutex mutex_;
  // Below is guarded by mutex_.
  std::map<std::string, PrincipalPtr, std::less<>> principals_;
  // Lines "<method> <status>".
  std::vector<std::string> observed_;
};

}  // namespace lumbung
