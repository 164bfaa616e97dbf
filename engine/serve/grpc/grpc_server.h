// The ledger over gRPC.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "engine/base/status.h"
#include "engine/serve/gateway.h"
#include "engine/serve/tls.h"

namespace lumbung {

class ProjectionGateway;

// Says who calls: by the SANs of a verified client certificate and the bearer token (each may be
// empty); null where nobody is known by them. The request's id is for the log.
using Authenticator = std::function<std::shared_ptr<const Principal>(
    std::span<const std::string> certificate_names, std::string_view token,
    std::string_view request_id)>;

// A call that has ended.
struct GrpcObservation {
  std::string_view request_id;
  // Empty where nobody was recognised.
  std::string_view principal;
  std::string_view method;
  // By name.
  std::string_view status;
  bool stream = false;
  std::chrono::nanoseconds took{0};
};

struct GrpcServerOptions {
  // host:port; port 0: any free one.
  std::string listen;
  // Without a certificate: no TLS.
  TlsPaths tls;
  Authenticator authenticate;
  // Told of each call that has ended; may be empty.
  std::function<void(const GrpcObservation&)> on_call;
};

// Thread-safe.
class GrpcServer {
 public:
  // The gateways, and the ledger below them, must outlive it. Without `projections` there are no
  // services of theirs.
  static Result<std::unique_ptr<GrpcServer>> Start(Gateway& gateway, ProjectionGateway* projections,
                                                   std::uint32_t shards,
                                                   const GrpcServerOptions& options);
  // Stops.
  ~GrpcServer();

  int port() const;
  // Takes no calls any more, lets those under way end until `deadline`, then cuts them off.
  void Stop(std::chrono::system_clock::time_point deadline);
  // For the health service.
  void SetServing(bool serving);

 private:
  class Impl;
  explicit GrpcServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lumbung
