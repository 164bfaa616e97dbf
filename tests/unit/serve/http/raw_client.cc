#include "tests/unit/serve/http/raw_client.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <unistd.h>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace lumbung {

RawClient::RawClient(int port) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(fd_);
    fd_ = -1;
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) ::close(fd_);
}

bool RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::ReadSome() {
  std::array<char, 4096> bytes;
  const ssize_t count = ::recv(fd_, bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

std::string RawClient::ReadUntil(std::string_view wanted) {
  std::size_t at = 0;
  while ((at = buffer_.find(wanted)) == std::string::npos) {
    if (!ReadSome()) return std::exchange(buffer_, {});
  }
  std::string text = buffer_.substr(0, at + wanted.size());
  buffer_.erase(0, text.size());
  return text;
}

std::string RawClient::ReadResponse() {
  std::string head = ReadUntil("\r\n\r\n");
  const std::size_t at = head.find("Content-Length: ");
  if (at == std::string::npos) return head;
  const std::size_t length = std::strtoull(head.c_str() + at + 16, nullptr, 10);
  while (buffer_.size() < length) {
    if (!ReadSome()) return {};
  }
  head += buffer_.substr(0, length);
  buffer_.erase(0, length);
  return head;
}

std::optional<std::string> RawClient::ReadToEnd(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd waiting{fd_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0) {
      return std::nullopt;
    }
    if (!ReadSome()) return std::exchange(buffer_, {});
  }
}

}  // namespace lumbung
