#include "engine/serve/http/processor.h"

#include <algorithm>
#include <cstring>
#include <exception>

namespace lumbung {
namespace {

// What httplib reads from and writes to: the head that is there, and the connection's buffer.
class BufferStream final : public httplib::Stream {
 public:
  BufferStream(Connection& connection, std::chrono::milliseconds write_timeout)
      : connection_(connection), write_timeout_(write_timeout), head_(connection.head()) {}

  using httplib::Stream::write;

  bool is_readable() const override { return true; }
  bool is_writable() const override { return connection_.SendAll(write_timeout_); }
  ssize_t read(char* to, std::size_t size) override {
    const std::size_t count = std::min(size, head_.size());
    std::memcpy(to, head_.data(), count);
    head_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* from, std::size_t size) override {
    connection_.Write({from, size});
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = connection_.address();
    port = connection_.port();
  }
  void get_local_ip_and_port(std::string&, int&) const override {}
  // Used only to see whether select() takes it.
  socket_t socket() const override { return 0; }

 private:
  Connection& connection_;
  const std::chrono::milliseconds write_timeout_;
  std::string_view head_;
};

}  // namespace

Processor::Processor(HttpHandler handler, HttpRefusal refusal,
                     std::chrono::milliseconds write_timeout)
    : refusal_(std::move(refusal)), write_timeout_(write_timeout) {
  // httplib takes an invalid socket for a sign that it is stopping.
  svr_sock_ = 0;
  // Before routing, which would match regular expressions and inflate compressed bodies.
  set_pre_routing_handler(
      [answer = std::move(handler)](const httplib::Request& request, httplib::Response& response) {
        answer(request, response);
        return HandlerResponse::Handled;
      });
  set_exception_handler(
      [this](const httplib::Request&, httplib::Response& response, const std::exception_ptr&) {
        response.headers.clear();
        response.status = 500;
        refusal_(500, response);
      });
  set_error_handler(Handler([this](const httplib::Request&, httplib::Response& response) {
    if (response.body.empty()) refusal_(response.status, response);
  }));
}

// What was refused before httplib saw it.
void Processor::Refuse(Connection& connection, httplib::Stream& stream) const {
  httplib::Response response;
  refusal_(connection.refused(), response);
  stream.write_format("HTTP/1.1 %d \r\nConnection: close\r\nContent-Length: %zu\r\n",
                      connection.refused(), response.body.size());
  for (const auto& [name, value] : response.headers) {
    stream.write_format("%s: %s\r\n", name.c_str(), value.c_str());
  }
  stream.write("\r\n" + response.body);
}

bool Processor::Process(Connection& connection, bool last) {
  BufferStream stream(connection, write_timeout_);
  if (connection.refused() != 0) {
    Refuse(connection, stream);
    return false;
  }
  bool closed = last;
  bool parsed = false;
  const bool written = process_request(stream, last, closed, [&](httplib::Request& request) {
    parsed = true;
    request.body = connection.body();
    request.ssl = connection.ssl();
    // The body is here already; ranges are not offered, compression only of what is compressed.
    request.headers.erase("Expect");
    request.headers.erase(kTakesGzip);
    const bool gzip = request.get_header_value("Accept-Encoding").find("gzip") != std::string::npos;
    request.headers.erase("Accept-Encoding");
    if (gzip) request.headers.emplace(kTakesGzip, "");
    request.ranges.clear();
  });
  connection.Consume();
  return written && parsed && !closed;
}

}  // namespace lumbung
