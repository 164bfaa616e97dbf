// Posts of many callers at once, sent together: what comes while requests are under way forms the
// next request, as in the server's own group commit. No timer.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/client/post_pipe.h"

namespace lumbung {

struct BatcherOptions {
  PostPipeOptions pipe;
  // Transactions in a request.
  std::size_t max_batch = 4'096;
  // Requests under way; more make each smaller.
  std::size_t requests = 2;
  // How often, and how soon, a transaction is sent again that the server was in no state to take.
  int most_attempts = 600;
  std::chrono::milliseconds pause{50};
};

// Thread-safe.
class Batcher {
 public:
  // OK with the result (which may be a refusal), or why there is none: IoError where the outcome is
  // not known, so that the same transaction may be sent again. A result with OUTCOME_UNKNOWN means
  // the same: once a sending ended so, no answer that is about a later one alone is given instead.
  // On a thread of the batcher.
  using Done = std::function<void(const Status&, const v1::CommandResult&)>;

  static Result<std::unique_ptr<Batcher>> Open(const BatcherOptions& options);
  // Waits for what is under way.
  ~Batcher();

  void Post(v1::Transaction transaction, Done done);
  // The same, and waits.
  Result<v1::CommandResult> Post(v1::Transaction transaction);

 private:
  struct Waiting {
    v1::Transaction transaction;
    Done done;
    int attempts = 0;
    // It was answered OUTCOME_UNKNOWN, so that it may have been taken up.
    bool unknown = false;
  };
  // A request, and those who wait for its results.
  struct Group {
    v1::PostRequest request;
    std::vector<Waiting> waiting;
  };

  Batcher(const BatcherOptions& options, std::unique_ptr<PostPipe> pipe)
      : options_(options), pipe_(std::move(pipe)), thread_([this] { Run(); }) {}

  void Run();
  void Answered(Group& group, const Status& status, v1::PostResponse& response);

  const BatcherOptions options_;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Below is guarded by mutex_.
  std::vector<Waiting> waiting_;
  std::vector<std::unique_ptr<Group>> idle_;
  std::size_t under_way_ = 0;
  // Nothing is sent before: the server is to catch its breath.
  std::chrono::steady_clock::time_point not_before_;
  bool closing_ = false;

  std::unique_ptr<PostPipe> pipe_;
  // Started last.
  std::thread thread_;
};

}  // namespace lumbung
