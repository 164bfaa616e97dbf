// The server whole: a ledger that it owns, the gateway, gRPC and HTTP in front of it.
#pragma once

#include <memory>

#include "engine/base/status.h"
#include "engine/serve/config.h"

namespace lumbung {

// Thread-safe.
class Server {
 public:
  // Opens the ledger and listens. REQUIRES: CheckConfig(config) is OK and config.ledger is named
  static Result<std::unique_ptr<Server>> Start(const ServeConfig& config);
  // Stops.
  ~Server();

  // 0 where there is none.
  int grpc_port() const;
  int http_port() const;

  // Reads policy and certificates again. Where one is wrong, says why in the log and keeps the old.
  void Reload();
  // An operator says that the clock is right although it jumped.
  void ConfirmClock();
  // Answers what was taken up, refuses what comes, ends within the drain time, closes the ledger.
  Status Stop();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lumbung
