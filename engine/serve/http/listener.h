// A listening TCP socket.
#pragma once

#include <optional>
#include <string>

#include "engine/base/status.h"

namespace lumbung {

struct Accepted {
  // Does not block; the caller's.
  int fd = -1;
  std::string address;
  int port = 0;
};

class Listener {
 public:
  Listener() = default;
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // `host` is a name or an address; port 0 is any that is free.
  Status Open(const std::string& host, int port);
  // No connection is accepted any more; other threads may be in Accept.
  void Shutdown();
  int fd() const { return fd_; }
  int port() const { return port_; }

  // The next connection that waits; none, with errno (EAGAIN), if none does.
  std::optional<Accepted> Accept();

 private:
  int fd_ = -1;
  int port_ = 0;
};

}  // namespace lumbung
