#include "engine/serve/http/connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

#include <openssl/err.h>
#include <sys/socket.h>

namespace lumbung {
namespace {

using Progress = Connection::Progress;

constexpr std::size_t kReadBytes = std::size_t{16} << 10;
// A buffer that grew beyond is given back after its request.
constexpr std::size_t kKeptBytes = std::size_t{16} << 10;

// What an SSL call that did not succeed waits for.
Progress WaitOf(SSL* ssl, int result) {
  const int error = SSL_get_error(ssl, result);
  ERR_clear_error();
  if (error == SSL_ERROR_WANT_READ) return Progress::kWantRead;
  return error == SSL_ERROR_WANT_WRITE ? Progress::kWantWrite : Progress::kClosed;
}

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

Connection::Connection(int fd, SslPtr ssl, std::string address, int port,
                       const FramingLimits& limits, BufferBudget& budget)
    : fd_(fd),
      ssl_(std::move(ssl)),
      address_(std::move(address)),
      port_(port),
      limits_(limits),
      budget_(budget),
      handshaken_(ssl_ == nullptr) {
  if (ssl_ != nullptr) {
    SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                 SSL_MODE_RELEASE_BUFFERS);
    SSL_set_fd(ssl_.get(), fd_);
    SSL_set_accept_state(ssl_.get());
  }
}

Connection::~Connection() {
  if (ssl_ != nullptr && handshaken_) {
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  ::close(fd_);
  budget_.used -= accounted_;
}

Progress Connection::Handshake() {
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) return WaitOf(ssl_.get(), result);
  handshaken_ = true;
  return Progress::kRequest;
}

Progress Connection::ReadSome() {
  std::array<char, kReadBytes> buffer;
  std::size_t count = 0;
  if (ssl_ != nullptr) {
    const int result = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &count);
    if (result != 1) return WaitOf(ssl_.get(), result);
  } else {
    const ssize_t result = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (result < 0) return WouldBlock() ? Progress::kWantRead : Progress::kClosed;
    count = static_cast<std::size_t>(result);
  }
  if (count == 0) return Progress::kClosed;
  if (!lingering_) in_.append(buffer.data(), count);
  return Progress::kRequest;
}

void Connection::Account() {
  budget_.used += in_.capacity() - accounted_;
  accounted_ = in_.capacity();
}

Progress Connection::Read() {
  if (!handshaken_) {
    if (const Progress progress = Handshake(); progress != Progress::kRequest) return progress;
  }
  while (true) {
    if (head_.head_bytes == 0 && !in_.empty()) {
      head_ = FindHead(in_, searched_, limits_);
      searched_ = in_.size();
    }
    refused_ = head_.refused;
    if (refused_ == 0 && in_.size() > budget_.always && budget_.used > budget_.max_bytes) {
      refused_ = 503;
    }
    const bool whole = head_.head_bytes != 0 && in_.size() - head_.head_bytes >= head_.body_bytes;
    if (refused_ != 0 || whole) return Progress::kRequest;
    if (head_.expects_continue && !continued_) {
      continued_ = true;
      Write("HTTP/1.1 100 Continue\r\n\r\n");
      if (Send() == Progress::kClosed) return Progress::kClosed;
    }
    if (const Progress progress = ReadSome(); progress != Progress::kRequest) return progress;
    Account();
  }
}

void Connection::Consume() {
  const std::size_t used = std::min(in_.size(), head_.head_bytes + head_.body_bytes);
  if (used == in_.size() && in_.capacity() > kKeptBytes) {
    std::string().swap(in_);
  } else {
    in_.erase(0, used);
  }
  Account();
  head_ = RequestHead();
  refused_ = 0;
  searched_ = 0;
  continued_ = false;
}

Progress Connection::Send() {
  while (sent_ < out_.size()) {
    const std::string_view rest = std::string_view(out_).substr(sent_);
    std::size_t count = 0;
    if (ssl_ != nullptr) {
      const int result = SSL_write_ex(ssl_.get(), rest.data(), rest.size(), &count);
      if (result != 1) return WaitOf(ssl_.get(), result);
    } else {
      const ssize_t result = ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (result < 0) return WouldBlock() ? Progress::kWantWrite : Progress::kClosed;
      count = static_cast<std::size_t>(result);
    }
    sent_ += count;
  }
  sent_ = 0;
  if (out_.capacity() > kKeptBytes) {
    std::string().swap(out_);
  } else {
    out_.clear();
  }
  return Progress::kRequest;
}

bool Connection::SendAll(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const Progress progress = Send();
    if (progress == Progress::kRequest) return true;
    if (progress == Progress::kClosed) return false;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    const short wanted = progress == Progress::kWantRead ? POLLIN : POLLOUT;
    pollfd waiting{fd_, wanted, 0};
    if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0) return false;
  }
}

void Connection::Linger() {
  if (lingering_) return;
  lingering_ = true;
  std::string().swap(in_);
  Account();
  head_ = RequestHead();
  refused_ = 0;
  if (ssl_ != nullptr) {
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  ::shutdown(fd_, SHUT_WR);
}

}  // namespace lumbung
