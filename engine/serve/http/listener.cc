#include "engine/serve/http/listener.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace lumbung {
namespace {

constexpr int kBacklog = 1'024;

struct AddressesFree {
  void operator()(addrinfo* info) const { ::freeaddrinfo(info); }
};

// Opens a listening socket; -1, with errno, if it can't.
int ListenOn(const addrinfo& info) {
  const int fd = ::socket(info.ai_family, info.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int yes = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (::bind(fd, info.ai_addr, info.ai_addrlen) == 0 && ::listen(fd, kBacklog) == 0) return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

void Describe(const sockaddr_storage& address, socklen_t size, std::string& host, int& port) {
  std::array<char, NI_MAXHOST> host_text{};
  std::array<char, NI_MAXSERV> port_text{};
  if (::getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host_text.data(),
                    host_text.size(), port_text.data(), port_text.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV) == 0) {
    host = host_text.data();
    port = std::atoi(port_text.data());
  }
}

}  // namespace

Status Listener::Open(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) return Status::InvalidArgument(host + ": " + ::gai_strerror(error));
  const std::unique_ptr<addrinfo, AddressesFree> addresses(found);
  for (const addrinfo* info = found; info != nullptr && fd_ < 0; info = info->ai_next) {
    fd_ = ListenOn(*info);
  }
  if (fd_ < 0) {
    return Status::IoError(host + ":" + std::to_string(port) + ": " + std::strerror(errno));
  }
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  std::string bound;
  if (::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
    Describe(address, size, bound, port_);
  }
  return Status::Ok();
}

Listener::~Listener() {
  if (fd_ >= 0) ::close(fd_);
}

void Listener::Shutdown() {
  if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);
}

std::optional<Accepted> Listener::Accept() {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  Accepted accepted;
  accepted.fd =
      ::accept4(fd_, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted.fd < 0) return std::nullopt;
  const int yes = 1;
  ::setsockopt(accepted.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  Describe(address, size, accepted.address, accepted.port);
  return accepted;
}

}  // namespace lumbung
