// A client that sends bytes as a test wants them sent, and reads what comes.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lumbung {

class RawClient {
 public:
  // Connects to a port of this machine.
  explicit RawClient(int port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return fd_ >= 0; }
  // False if the other side is gone.
  bool Send(std::string_view bytes);
  // One whole response with a Content-Length; empty if the connection ends before.
  std::string ReadResponse();
  // Until `wanted` has come, which is in what is given, or the connection ends.
  std::string ReadUntil(std::string_view wanted);
  // All until the other side ends the connection; none if it has not in that time.
  std::optional<std::string> ReadToEnd(std::chrono::milliseconds timeout);

 private:
  bool ReadSome();

  int fd_ = -1;
  std::string buffer_;
};

}  // namespace lumbung
