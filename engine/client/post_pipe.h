// Requests to post, many under way at once over one stream, each answered for certain: when the
// connection breaks, what has no answer is sent again with the same ids.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "engine/base/status.h"
#include "engine/client/channel.h"

#include "lumbung/ledger/v1/service.grpc.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

struct PostPipeOptions {
  ServerAddress server;
  // Requests without an answer; Send waits beyond.
  std::size_t in_flight = 8;
  // How long a broken connection is tried again before what is under way is given up.
  std::chrono::milliseconds give_up_after{30'000};
};

// Thread-safe.
class PostPipe {
 public:
  // With OK, a result for each transaction: OUTCOME_UNKNOWN where the server refused a second
  // sending unseen and nothing is known of the first. Otherwise the outcome is not known (IoError),
  // or nothing was taken up (any other kind). On the pipe's thread; it must not wait for another
  // answer of the same pipe.
  using Done = std::function<void(const Status&, v1::PostResponse&)>;

  static Result<std::unique_ptr<PostPipe>> Open(const PostPipeOptions& options);
  // Waits for what is under way.
  ~PostPipe();

  // `request` must live, and not change, until `done`.
  void Send(const v1::PostRequest& request, Done done);

 private:
  class Connection;
  struct Sent {
    const v1::PostRequest* request;
    Done done;
    // Written to a connection that broke before it answered.
    bool may_be_taken_up = false;
  };

  PostPipe(const PostPipeOptions& options, std::shared_ptr<grpc::Channel> channel);

  // Connects again after a break, until the pipe is closed.
  void Run();
  void Answered(v1::PostResponse& response);
  void Broke(const grpc::Status& status);

  const PostPipeOptions options_;
  const std::unique_ptr<v1::LedgerService::Stub> stub_;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Below is guarded by mutex_.
  std::unique_ptr<Connection> connection_;
  // Without an answer, in order. The first `written_` are written or being written to connection_.
  std::deque<Sent> sent_;
  std::size_t written_ = 0;
  bool writing_ = false;
  bool closing_ = false;
  // Since when nothing was answered; meaningful while broken.
  std::chrono::steady_clock::time_point broken_since_;
  std::optional<grpc::Status> break_;

  // Started last.
  std::thread thread_;
};

}  // namespace lumbung
