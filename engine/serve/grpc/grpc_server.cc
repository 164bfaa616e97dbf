#include "engine/serve/grpc/grpc_server.h"

#include <optional>

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include "engine/serve/grpc/audit_service.h"
#include "engine/serve/grpc/ledger_service.h"
#include "engine/serve/grpc/performance_service.h"
#include "engine/serve/grpc/projection_service.h"
#include "engine/serve/grpc/tls_credentials.h"

namespace lumbung {
namespace {

constexpr int kMaxMessageBytes = 4 << 20;
// Pings keep a connection through what lies between; more often than this they are a nuisance.
constexpr int kLeastPingMillis = 10'000;

}  // namespace

class GrpcServer::Impl {
 public:
  Impl(Gateway& gateway, ProjectionGateway* projections, std::uint32_t shards,
       const GrpcServerOptions& given)
      : options(given), service(gateway, shards, given) {
    if (projections != nullptr) {
      projection_service.emplace(*projections, options);
      performance_service.emplace(*projections, options);
      audit_service.emplace(*projections, options);
    }
  }

  const GrpcServerOptions options;
  LedgerServiceImpl service;
  std::optional<ProjectionServiceImpl> projection_service;
  std::optional<PerformanceServiceImpl> performance_service;
  std::optional<AuditServiceImpl> audit_service;
  std::unique_ptr<grpc::Server> server;
  int port = 0;
};

GrpcServer::GrpcServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

GrpcServer::~GrpcServer() { Stop(std::chrono::system_clock::now()); }

Result<std::unique_ptr<GrpcServer>> GrpcServer::Start(Gateway& gateway,
                                                      ProjectionGateway* projections,
                                                      std::uint32_t shards,
                                                      const GrpcServerOptions& options) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  auto impl = std::make_unique<Impl>(gateway, projections, shards, options);
  grpc::ServerBuilder builder;
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
  if (!options.tls.certificate.empty()) {
    credentials = MakeTlsCredentials(options.tls);
  }
  builder.AddListeningPort(options.listen, credentials, &impl->port);
  builder.RegisterService(&impl->service);
  if (impl->projection_service) {
    builder.RegisterService(&*impl->projection_service);
    builder.RegisterService(&*impl->performance_service);
    builder.RegisterService(&*impl->audit_service);
  }
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  // A port that somebody has is an error, not to be shared.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kLeastPingMillis);
  impl->server = builder.BuildAndStart();
  if (impl->server == nullptr || impl->port == 0) {
    return Status::IoError("gRPC can't listen on " + options.listen +
                           ": is the port taken, or the address not this machine's?");
  }
  // By name too; gRPC's own service knows only the server as a whole.
  impl->server->GetHealthCheckService()->SetServingStatus(v1::LedgerService::service_full_name(),
                                                          true);
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(impl)));
}

int GrpcServer::port() const { return impl_->port; }

void GrpcServer::SetServing(bool serving) {
  impl_->server->GetHealthCheckService()->SetServingStatus(serving);
}

void GrpcServer::Stop(std::chrono::system_clock::time_point deadline) {
  SetServing(false);
  impl_->server->Shutdown(deadline);
  impl_->server->Wait();
}

}  // namespace lumbung
