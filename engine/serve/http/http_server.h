// The HTTP server: the API on a transport.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "engine/base/status.h"
#include "engine/serve/http/api.h"
#include "engine/serve/http/transport.h"

namespace lumbung {

// Thread-safe.
class HttpServer {
 public:
  // Starts to listen. `gateway`, of a ledger with so many shards, outlives it; so do
  // `projections`, null where there are none.
  static Result<std::unique_ptr<HttpServer>> Start(Gateway& gateway, ProjectionGateway* projections,
                                                   std::uint32_t shards, HttpApiOptions api,
                                                   const TransportOptions& transport);
  // Stop, without grace.
  ~HttpServer();

  int port() const { return transport_->port(); }
  TransportStats Stats() const { return transport_->Stats(); }

  // Streams end and no connection is accepted any more; what was sent is still answered. Before or
  // after the gateway's Drain.
  void Drain();
  // Drain, and waits at most so long until answers are sent; then cuts connections. The gateway has
  // to answer for it to return.
  void Stop(std::chrono::milliseconds grace);

 private:
  HttpServer(Gateway& gateway, ProjectionGateway* projections, std::uint32_t shards,
             HttpApiOptions options)
      : api_(gateway, projections, shards, std::move(options)) {}

  HttpApi api_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace lumbung
