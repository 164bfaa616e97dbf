#include "engine/client/post_pipe.h"

#include <algorithm>

#include <grpcpp/support/client_callback.h>

#include "engine/client/outcome.h"

namespace lumbung {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kFirstPause{10};
constexpr milliseconds kLongestPause{1'000};

bool IsRefusedByStopping(const v1::PostResponse& response) {
  return std::any_of(
      response.results().begin(), response.results().end(),
      [](const v1::CommandResult& result) { return result.code() == v1::SHUTTING_DOWN; });
}

}  // namespace

// One stream, until it breaks.
class PostPipe::Connection final
    : public grpc::ClientBidiReactor<v1::PostRequest, v1::PostResponse> {
 public:
  explicit Connection(PostPipe& pipe) : pipe_(pipe) {
    AddToken(pipe.options_.server, context_);
    pipe.stub_->async()->PostStream(&context_, this);
  }

  // REQUIRES: the pipe's mutex is held, for these three
  void Start() {
    WriteNext();
    StartRead(&response_);
    // Kept open for writes from outside the reactor's own calls.
    AddHold();
    StartCall();
  }
  void WriteNext() {
    if (!pipe_.writing_ && !ended_ && pipe_.written_ < pipe_.sent_.size()) {
      pipe_.writing_ = true;
      StartWrite(pipe_.sent_[pipe_.written_++].request);
    }
  }
  void End() {
    if (!ended_) {
      ended_ = true;
      StartWritesDone();
      RemoveHold();
    }
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(pipe_.mutex_);
    pipe_.writing_ = false;
    if (ok) {
      WriteNext();
    }
  }

  void OnReadDone(bool ok) override {
    if (ok && IsRefusedByStopping(response_)) {
      // Nothing of it was taken up: it is sent again, to who comes after this server.
      context_.TryCancel();
      ok = false;
    }
    if (ok) {
      pipe_.Answered(response_);
      StartRead(&response_);
      return;
    }
    // The stream is over: nothing is written to it any more, so that it can be done with.
    const std::lock_guard lock(pipe_.mutex_);
    if (!ended_) {
      ended_ = true;
      RemoveHold();
    }
  }

  void OnDone(const grpc::Status& status) override { pipe_.Broke(status); }

 private:
  PostPipe& pipe_;
  grpc::ClientContext context_;
  v1::PostResponse response_;
  bool ended_ = false;
};

Result<std::unique_ptr<PostPipe>> PostPipe::Open(const PostPipeOptions& options) {
  Result<std::shared_ptr<grpc::Channel>> channel = MakeChannel(options.server);
  if (!channel.ok()) {
    return channel.status();
  }
  return std::unique_ptr<PostPipe>(new PostPipe(options, std::move(*channel)));
}

PostPipe::PostPipe(const PostPipeOptions& options, std::shared_ptr<grpc::Channel> channel)
    : options_(options), stub_(v1::LedgerService::NewStub(std::move(channel))) {
  {
    const std::lock_guard lock(mutex_);
    connection_ = std::make_unique<Connection>(*this);
    connection_->Start();
  }
  thread_ = std::thread([this] { Run(); });
}

PostPipe::~PostPipe() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return sent_.empty(); });
    closing_ = true;
    if (connection_ != nullptr && !break_) {
      connection_->End();
    }
  }
  changed_.notify_all();
  thread_.join();
}

void PostPipe::Send(const v1::PostRequest& request, Done done) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return sent_.size() < options_.in_flight; });
  sent_.push_back({&request, std::move(done)});
  if (connection_ != nullptr && !break_) {
    connection_->WriteNext();
  }
}

void PostPipe::Answered(v1::PostResponse& response) {
  Sent answered;
  {
    const std::lock_guard lock(mutex_);
    if (sent_.empty()) {
      return;
    }
    answered = std::move(sent_.front());
    sent_.pop_front();
    --written_;
    broken_since_ = {};
    changed_.notify_all();
  }
  if (answered.may_be_taken_up) {
    KeepUnknown(*response.mutable_results());
  }
  answered.done(Status::Ok(), response);
}

void PostPipe::Broke(const grpc::Status& status) {
  // Told with the mutex held: who waits may end the pipe as soon as it can have it.
  const std::lock_guard lock(mutex_);
  break_ = status;
  changed_.notify_all();
}

void PostPipe::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return break_.has_value(); });
    if (closing_ && sent_.empty()) {
      return;
    }
    const auto now = steady_clock::now();
    if (broken_since_ == steady_clock::time_point()) {
      broken_since_ = now;
    }
    const grpc::Status status = *break_;
    const bool without_answer = EndedWithoutAnswer(status.error_code());
    if (without_answer) {
      // What was refused by name was not taken up, nor was what came after it on this connection.
      for (std::size_t i = 0; i < written_; ++i) {
        sent_[i].may_be_taken_up = true;
      }
    }
    std::deque<Sent> given_up;
    if (!without_answer || now - broken_since_ > options_.give_up_after) {
      given_up.swap(sent_);
      broken_since_ = {};
    }
    const auto pause = std::clamp(std::chrono::duration_cast<milliseconds>(now - broken_since_),
                                  kFirstPause, kLongestPause);
    lock.unlock();
    if (!given_up.empty()) {
      v1::PostResponse none;
      for (const Sent& sent : given_up) {
        sent.done(
            without_answer || sent.may_be_taken_up ? OutcomeUnknown(status) : FromGrpc(status),
            none);
      }
      changed_.notify_all();
    }
    lock.lock();
    changed_.wait_for(lock, pause, [this] { return closing_ && sent_.empty(); });
    if (closing_ && sent_.empty()) {
      return;
    }
    connection_.reset();
    break_.reset();
    written_ = 0;
    writing_ = false;
    connection_ = std::make_unique<Connection>(*this);
    connection_->Start();
  }
}

}  // namespace lumbung
