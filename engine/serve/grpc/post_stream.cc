#include "engine/serve/grpc/post_stream.h"

#include <deque>
#include <memory>
#include <mutex>

#include "engine/serve/grpc/posting.h"
#include "engine/serve/grpc/status.h"

namespace lumbung {
namespace {

// Requests of one stream that are read before their answers are written: more is read when the
// client takes answers, so that what it does not take does not pile up here.
constexpr std::size_t kMostUnderWay = 64;
constexpr std::size_t kMostCommandsUnderWay = 32'768;

class PostStream final : public PostStreamReactor, public std::enable_shared_from_this<PostStream> {
 public:
  PostStream(Gateway& gateway, std::uint32_t shards, Call call, Identify identify,
             std::function<void(const grpc::Status&)> observe)
      : gateway_(gateway),
        shards_(shards),
        call_(std::move(call)),
        identify_(std::move(identify)),
        observe_(std::move(observe)) {}

  void Start() {
    self_ = shared_from_this();
    draining_ = gateway_.WhenDraining([self = self_] { self->Drain(); });
    const std::lock_guard lock(mutex_);
    ReadNext();
  }

  void OnReadDone(bool ok) override {
    std::unique_lock lock(mutex_);
    if (!ok) {
      reading_.reset();
      read_all_ = true;
      FinishIfDone();
      return;
    }
    under_way_.push_back(reading_);
    commands_ += static_cast<std::size_t>(reading_->posting.request.transactions_size());
    to_submit_.push_back(std::move(reading_));
    // The next one may come, on another thread, while this one is handed over.
    ReadNext();
    if (submitting_) {
      return;
    }
    submitting_ = true;
    while (!to_submit_.empty()) {
      const std::shared_ptr<Slot> slot = std::move(to_submit_.front());
      to_submit_.pop_front();
      slot->ends = broken_ || !failure_.ok();
      if (!slot->ends) {
        lock.unlock();
        Submit(slot);
        lock.lock();
      }
    }
    submitting_ = false;
    FinishIfDone();
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    const std::shared_ptr<Slot> slot = std::move(under_way_.front());
    under_way_.pop_front();
    commands_ -= static_cast<std::size_t>(slot->posting.request.transactions_size());
    broken_ = broken_ || !ok;
    slot->posting.Clear();
    slot->ready = false;
    idle_.push_back(slot);
    ReadNext();
    WriteNext();
    FinishIfDone();
  }

  void OnCancel() override {
    const std::lock_guard lock(mutex_);
    broken_ = true;
    FinishIfDone();
  }

  void OnDone() override {
    observe_(result_);
    gateway_.Forget(draining_);
    // Goes with the last command that is under way.
    const std::shared_ptr<PostStream> self = std::move(self_);
  }

 private:
  struct Slot {
    Posting posting;
    // Its response is there.
    bool ready = false;
    // Nothing of it was taken up, so here the stream ends.
    bool ends = false;
  };

  std::shared_ptr<Slot> TakeSlot() {
    if (idle_.empty()) {
      return std::make_shared<Slot>();
    }
    std::shared_ptr<Slot> slot = std::move(idle_.back());
    idle_.pop_back();
    return slot;
  }

  void Submit(const std::shared_ptr<Slot>& slot) {
    Call call = call_;
    call.stream = this;
    call.principal = identify_();
    if (call.principal == nullptr) {
      return EndWith(slot, Unauthenticated());
    }
    if (const std::string field = slot->posting.Prepare(); !field.empty()) {
      return EndWith(slot, UnknownFieldStatus(field));
    }
    SubmitOptions options;
    options.with_balances = slot->posting.request.with_balances();
    gateway_.Execute(call, slot->posting.pointers, slot->posting.request.ByteSizeLong(), options,
                     [self = shared_from_this(), slot](const std::optional<CallError>& error,
                                                       const std::vector<Answer>& answers) {
                       self->Answered(slot, error, answers);
                     });
  }

  void Answered(const std::shared_ptr<Slot>& slot, const std::optional<CallError>& error,
                const std::vector<Answer>& answers) {
    if (error && (error->code == v1::OK || error->kind == CallError::Kind::kUnavailable)) {
      return EndWith(slot, ToGrpcStatus(WithField(*error, "transactions")));
    }
    if (error) {
      // The call goes on: each command of the request is refused, and may be sent again.
      for (std::size_t i = 0; i < slot->posting.pointers.size(); ++i) {
        v1::CommandResult& result = *slot->posting.response.add_results();
        result.set_code(error->code);
        result.set_detail(error->detail);
      }
    } else {
      slot->posting.FillResponse(answers, shards_);
    }
    const std::lock_guard lock(mutex_);
    slot->ready = true;
    WriteNext();
    FinishIfDone();
  }

  void EndWith(const std::shared_ptr<Slot>& slot, const grpc::Status& status) {
    const std::lock_guard lock(mutex_);
    slot->ends = true;
    if (failure_.ok()) {
      failure_ = status;
    }
    FinishIfDone();
  }

  void Drain() {
    const std::lock_guard lock(mutex_);
    if (failure_.ok()) {
      failure_ = ToGrpcStatus(
          {CallError::Kind::kUnavailable, v1::SHUTTING_DOWN, "the server is stopping", ""});
    }
    FinishIfDone();
  }

  // The rest with mutex_ held.
  void ReadNext() {
    if (reading_ == nullptr && !read_all_ && !finished_ && failure_.ok() &&
        under_way_.size() < kMostUnderWay && commands_ < kMostCommandsUnderWay) {
      reading_ = TakeSlot();
      StartRead(&reading_->posting.request);
    }
  }

  void WriteNext() {
    if (!writing_ && !broken_ && !finished_ && !under_way_.empty() && under_way_.front()->ready) {
      writing_ = true;
      StartWrite(&under_way_.front()->posting.response);
    }
  }

  void FinishIfDone() {
    if (finished_ || writing_) {
      return;
    }
    const bool answered_all = under_way_.empty() || under_way_.front()->ends;
    if (broken_ || (answered_all && (read_all_ || !failure_.ok()))) {
      finished_ = true;
      result_ = broken_ ? grpc::Status::CANCELLED : failure_;
      Finish(result_);
    }
  }

  Gateway& gateway_;
  const std::uint32_t shards_;
  const Call call_;
  const Identify identify_;
  const std::function<void(const grpc::Status&)> observe_;
  std::shared_ptr<PostStream> self_;
  EventWaiters::Ticket draining_ = 0;

  std::mutex mutex_;
  // Below is guarded by mutex_, but for the request that is being read.
  std::shared_ptr<Slot> reading_;
  // In the order of their coming; the front one is being written where writing_.
  std::deque<std::shared_ptr<Slot>> under_way_;
  // Of them, those that have not been handed over; in order, so by one thread at a time.
  std::deque<std::shared_ptr<Slot>> to_submit_;
  bool submitting_ = false;
  std::vector<std::shared_ptr<Slot>> idle_;
  std::size_t commands_ = 0;
  bool read_all_ = false;
  bool writing_ = false;
  bool broken_ = false;
  bool finished_ = false;
  grpc::Status failure_;
  grpc::Status result_;
};

class Refused final : public PostStreamReactor {
 public:
  explicit Refused(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace

PostStreamReactor* MakePostStream(Gateway& gateway, std::uint32_t shards, Call call,
                                  Identify identify,
                                  std::function<void(const grpc::Status&)> observe) {
  const auto stream = std::make_shared<PostStream>(gateway, shards, std::move(call),
                                                   std::move(identify), std::move(observe));
  stream->Start();
  return stream.get();
}

PostStreamReactor* RefusePostStream(const grpc::Status& status,
                                    const std::function<void(const grpc::Status&)>& observe) {
  observe(status);
  return new Refused(status);
}

}  // namespace lumbung
