// One client's socket, plain or TLS: gathers whole requests and sends what is to be sent, and waits
// for neither.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "engine/serve/http/framing.h"
#include "engine/serve/openssl_handles.h"

namespace lumbung {

// What all connections together may keep of requests that are not whole yet.
struct BufferBudget {
  std::size_t max_bytes = std::size_t{64} << 20;
  // Of one connection that is let past the budget, so that small requests are always taken.
  std::size_t always = std::size_t{16} << 10;
  std::atomic<std::size_t> used = 0;
};

// One thread at a time.
class Connection {
 public:
  enum class Progress { kRequest, kWantRead, kWantWrite, kClosed };

  // Owns `fd`, which does not block. `ssl` is null for a plain one. `limits` and `budget` outlive
  // it.
  Connection(int fd, SslPtr ssl, std::string address, int port, const FramingLimits& limits,
             BufferBudget& budget);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int fd() const { return fd_; }
  const SSL* ssl() const { return ssl_.get(); }
  const std::string& address() const { return address_; }
  int port() const { return port_; }

  // Reads what is there. kRequest: a whole request is there, or one that is refused.
  Progress Read();
  // Of the request that is there: HTTP status if it is refused, otherwise 0.
  int refused() const { return refused_; }
  std::string_view head() const { return std::string_view(in_).substr(0, head_.head_bytes); }
  std::string_view body() const {
    return std::string_view(in_).substr(head_.head_bytes, head_.body_bytes);
  }
  // Whether some of the next request has come.
  bool has_input() const { return !in_.empty(); }
  // Forgets the request that is there.
  void Consume();

  // Adds to what is to be sent.
  void Write(std::string_view bytes) { out_.append(bytes); }
  // Sends what it can: kRequest stands for "all of it".
  Progress Send();
  // Sends all, waiting at most so long for the client to take it.
  bool SendAll(std::chrono::milliseconds timeout);

  // Says that nothing more will be sent, so that the client reads all of it before it sees the
  // connection close. From now on what comes is thrown away.
  void Linger();
  bool lingering() const { return lingering_; }

 private:
  Progress Handshake();
  Progress ReadSome();
  void Account();

  const int fd_;
  const SslPtr ssl_;
  const std::string address_;
  const int port_;
  const FramingLimits& limits_;
  BufferBudget& budget_;

  bool handshaken_;
  bool lingering_ = false;
  bool continued_ = false;
  int refused_ = 0;
  RequestHead head_;
  std::size_t searched_ = 0;
  std::string in_;
  std::size_t accounted_ = 0;
  std::string out_;
  std::size_t sent_ = 0;
};

}  // namespace lumbung
