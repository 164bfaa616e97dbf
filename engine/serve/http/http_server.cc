#include "engine/serve/http/http_server.h"

namespace lumbung {

Result<std::unique_ptr<HttpServer>> HttpServer::Start(Gateway& gateway,
                                                      ProjectionGateway* projections,
                                                      std::uint32_t shards, HttpApiOptions api,
                                                      const TransportOptions& transport) {
  std::unique_ptr<HttpServer> server(new HttpServer(gateway, projections, shards, std::move(api)));
  auto started = Transport::Start(
      transport,
      [handler = &server->api_](const httplib::Request& request, httplib::Response& response) {
        handler->Handle(request, response);
      },
      [handler = &server->api_](int status, httplib::Response& response) {
        handler->Refuse(status, response);
      });
  if (!started.ok()) return started.status();
  server->transport_ = std::move(*started);
  return server;
}

HttpServer::~HttpServer() {
  if (transport_ != nullptr) Stop(std::chrono::milliseconds(0));
}

void HttpServer::Drain() {
  api_.Drain();
  transport_->Drain();
}

void HttpServer::Stop(std::chrono::milliseconds grace) {
  api_.Drain();
  transport_->Stop(grace);
}

}  // namespace lumbung
