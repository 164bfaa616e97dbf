#include "engine/client/event_stream.h"

#include <algorithm>
#include <chrono>
#include <string>

#include <grpcpp/completion_queue.h>

namespace lumbung {
namespace {

constexpr std::chrono::milliseconds kAskStopEvery{100};

// One call, an operation at a time.
class Stream {
 public:
  Stream(CommandClient& client, const v1::ReplayRequest& request, const std::function<bool()>& stop)
      : stop_(stop) {
    AddToken(client.server(), context_);
    reader_ = client.stub().AsyncReplay(&context_, request, &queue_, this);
    started_ = Await();
  }
  // The call has ended by then.
  ~Stream() {
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // False at the end.
  bool Next(v1::ReplayResponse& response) {
    if (!started_) {
      return false;
    }
    reader_->Read(&response, this);
    return Await();
  }
  void Cancel() { context_.TryCancel(); }
  bool stopped() const { return stopped_; }
  // How it ended. REQUIRES: Next was false, or Cancel was called
  grpc::Status End() {
    grpc::Status status;
    reader_->Finish(&status, this);
    Await();
    return status;
  }

 private:
  // Waits for the operation, and cancels the call when that is asked for.
  bool Await() {
    void* tag = nullptr;
    bool ok = false;
    do {
      if (!stopped_ && stop_()) {
        stopped_ = true;
        Cancel();
      }
    } while (queue_.AsyncNext(&tag, &ok, std::chrono::system_clock::now() + kAskStopEvery) ==
             grpc::CompletionQueue::TIMEOUT);
    return ok;
  }

  const std::function<bool()>& stop_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::ClientAsyncReader<v1::ReplayResponse>> reader_;
  bool started_ = false;
  bool stopped_ = false;
};

}  // namespace

Status ReadEvents(
    CommandClient& client, const v1::ReplayRequest& request,
    const std::function<Status(std::uint64_t sequence, std::string_view event)>& visit,
    const std::function<bool()>& stop) {
  Stream stream(client, request, stop);
  v1::ReplayResponse response;
  std::uint64_t next = std::max<std::uint64_t>(request.from(), 1);
  Status status;
  while (status.ok() && stream.Next(response)) {
    if (response.first_sequence() != next) {
      status =
          Status::Corruption("the server sent event " + std::to_string(response.first_sequence()) +
                             " where event " + std::to_string(next) + " was to come");
    }
    for (int i = 0; status.ok() && i < response.events_size(); ++i) {
      status = visit(next++, response.events(i));
    }
  }
  if (!status.ok()) {
    stream.Cancel();
  }
  const grpc::Status end = stream.End();
  if (!status.ok()) {
    return status;
  }
  return stream.stopped() ? Status::Cancelled("stopped before event " + std::to_string(next))
                          : FromGrpc(end);
}

}  // namespace lumbung
