// Runs cpp-httplib on a request that is whole: it parses, and writes what the handler answers.
#pragma once

#include <chrono>
#include <functional>
#include <httplib.h>

#include "engine/serve/http/connection.h"

namespace lumbung {

// Answers any request; it must set the status. A handler that answers by a content provider sends
// what it has written so far by DataSink::is_writable, which is false when the client is gone.
using HttpHandler = std::function<void(const httplib::Request&, httplib::Response&)>;
// Fills in the body of a status that no handler has seen the request of, such as 400 or 413.
using HttpRefusal = std::function<void(int status, httplib::Response&)>;

// Stands in a request instead of Accept-Encoding, which httplib would compress for, where the
// client takes gzip.
inline constexpr const char* kTakesGzip = "Lumbung-Takes-Gzip";

// cpp-httplib's own listener gives each connection a thread for as long as it lasts, knows no bound
// of the head, and uses select(), which does not take file descriptors from 1,024 on; a process
// with a RocksDB has such. So it never listens here.
class Processor final : public httplib::Server {
 public:
  Processor(HttpHandler handler, HttpRefusal refusal, std::chrono::milliseconds write_timeout);

  // Answers the request that `connection` has whole, into its buffer, and forgets the request.
  // Whether the connection may be used for another one; never if `last`.
  bool Process(Connection& connection, bool last);
  // Ends responses that go on for ever.
  void EndStreams() { svr_sock_ = INVALID_SOCKET; }

 private:
  void Refuse(Connection& connection, httplib::Stream& stream) const;

  const HttpRefusal refusal_;
  const std::chrono::milliseconds write_timeout_;
};

}  // namespace lumbung
