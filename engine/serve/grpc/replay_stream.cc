#include "engine/serve/grpc/replay_stream.h"

#include <algorithm>
#include <memory>
#include <mutex>

#include "engine/serve/grpc/status.h"

namespace lumbung {
namespace {

constexpr std::size_t kMessageBytes = std::size_t{256} << 10;

class ReplayStream final : public ReplayReactor, public std::enable_shared_from_this<ReplayStream> {
 public:
  ReplayStream(Gateway& gateway, Call call, Identify identify, const v1::ReplayRequest& request,
               std::function<void(const grpc::Status&)> observe)
      : gateway_(gateway),
        identify_(std::move(identify)),
        request_(request),
        observe_(std::move(observe)),
        call_(std::move(call)),
        next_(std::max<std::uint64_t>(request.from(), 1)),
        last_(request.through()) {}

  void Start() {
    self_ = shared_from_this();
    const std::lock_guard lock(mutex_);
    Continue();
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (!ok) {
      return End(grpc::Status::CANCELLED);
    }
    Continue();
  }

  void OnCancel() override {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    if (!writing_) {
      End(grpc::Status::CANCELLED);
    }
  }

  void OnDone() override {
    observe_(result_);
    {
      const std::lock_guard lock(mutex_);
      gateway_.Forget(waiting_);
    }
    const std::shared_ptr<ReplayStream> self = std::move(self_);
  }

 private:
  // All with mutex_ held.
  void Continue() {
    if (ended_ || writing_) {
      return;
    }
    if (cancelled_) {
      return End(grpc::Status::CANCELLED);
    }
    if (last_ != 0 && next_ > last_) {
      return End(grpc::Status::OK);
    }
    call_.principal = identify_();
    if (call_.principal == nullptr) {
      return End(Unauthenticated());
    }
    if (const auto error =
            gateway_.ReadEvents(call_, request_.shard(), next_, kMessageBytes, response_)) {
      return End(ToGrpcStatus(*error));
    }
    if (last_ == 0 && !request_.follow()) {
      // The last there is now: what comes meanwhile must not keep the client for ever.
      last_ = std::max<std::uint64_t>(response_.head(), 1);
    }
    if (last_ != 0 && response_.events_size() > 0) {
      const std::uint64_t left = last_ - next_ + 1;
      while (static_cast<std::uint64_t>(response_.events_size()) > left) {
        response_.mutable_events()->RemoveLast();
      }
    }
    if (response_.events().empty()) {
      return request_.follow() ? Wait() : End(grpc::Status::OK);
    }
    next_ += static_cast<std::uint64_t>(response_.events_size());
    writing_ = true;
    StartWrite(&response_);
  }

  void Wait() {
    // By another thread, so never while mutex_ is held here.
    waiting_ = gateway_.WhenDurable(request_.shard(), next_, [self = shared_from_this()] {
      const std::lock_guard lock(self->mutex_);
      self->Continue();
    });
  }

  void End(const grpc::Status& status) {
    if (!ended_) {
      ended_ = true;
      result_ = status;
      Finish(status);
    }
  }

  Gateway& gateway_;
  const Identify identify_;
  const v1::ReplayRequest request_;
  const std::function<void(const grpc::Status&)> observe_;
  std::shared_ptr<ReplayStream> self_;

  std::mutex mutex_;
  // Below is guarded by mutex_.
  Call call_;
  std::uint64_t next_;
  // 0: none.
  std::uint64_t last_;
  EventWaiters::Ticket waiting_ = 0;
  v1::ReplayResponse response_;
  bool writing_ = false;
  bool cancelled_ = false;
  bool ended_ = false;
  grpc::Status result_;
};

class Refused final : public ReplayReactor {
 public:
  explicit Refused(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace

ReplayReactor* MakeReplayStream(Gateway& gateway, Call call, Identify identify,
                                const v1::ReplayRequest& request,
                                std::function<void(const grpc::Status&)> observe) {
  const auto stream = std::make_shared<ReplayStream>(gateway, std::move(call), std::move(identify),
                                                     request, std::move(observe));
  stream->Start();
  return stream.get();
}

ReplayReactor* RefuseReplayStream(const grpc::Status& status,
                                  const std::function<void(const grpc::Status&)>& observe) {
  observe(status);
  return new Refused(status);
}

}  // namespace lumbung
