// Listens, keeps connections, and has requests answered: HTTP/1.1, plain or over TLS.
//
//   epoll ──ready──> worker: read what is there ──whole request──> handler ──> send ──> back to
//   epoll
//
// A connection that is idle, sends slowly or takes slowly waits in epoll and holds no thread; a
// sweeper ends those that wait too long.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <openssl/ssl.h>

#include "engine/base/status.h"
#include "engine/serve/http/framing.h"
#include "engine/serve/http/processor.h"

namespace lumbung {

struct TransportOptions {
  std::string host = "127.0.0.1";
  // 0: any that is free.
  int port = 0;
  // Asked for each new connection, so that certificates can be changed meanwhile. None: no TLS.
  std::function<std::shared_ptr<SSL_CTX>()> tls;

  // Requests that are being answered at once, streams of events among them.
  std::size_t threads = 160;
  // With so many, a new one takes the place of the one that is nearest to its timeout.
  std::size_t max_connections = 1'024;
  std::size_t max_requests_a_connection = 1'000'000;
  FramingLimits limits;
  // Of requests that are not whole yet.
  std::size_t max_buffered_bytes = std::size_t{64} << 20;

  // From the first byte of a connection (with TLS: of the handshake) or request to its last.
  std::chrono::milliseconds read_timeout{10'000};
  // For the client to take a response, or what is buffered of a stream.
  std::chrono::milliseconds write_timeout{30'000};
  // Between requests.
  std::chrono::milliseconds idle_timeout{60'000};
};

struct TransportStats {
  std::uint64_t connections = 0;
  std::uint64_t accepted = 0;
  std::uint64_t turned_away = 0;
  std::uint64_t timed_out = 0;
};

// Thread-safe.
class Transport {
 public:
  // Starts to listen. The handlers are called on many threads at once.
  static Result<std::unique_ptr<Transport>> Start(const TransportOptions& options,
                                                  HttpHandler handler, HttpRefusal refusal);
  ~Transport();

  int port() const;
  TransportStats Stats() const;

  // Takes no more connections; those that are there end with the answer to what they have sent. A
  // handler that streams has to end by itself.
  void Drain();
  // Drain, waits at most so long for answers to be sent, and cuts what is left. A request that is
  // being answered is waited for.
  void Stop(std::chrono::milliseconds grace);

 private:
  class Impl;
  explicit Transport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lumbung
