#include "engine/client/batcher.h"

#include <algorithm>
#include <iterator>

#include "engine/client/outcome.h"

namespace lumbung {
namespace {

// The server was in no state to decide it: the same may be sent again at once or a little later.
bool IsServersState(v1::Code code) {
  return code == v1::OVERLOADED || code == v1::SHUTTING_DOWN || code == v1::OUTCOME_UNKNOWN;
}

}  // namespace

Result<std::unique_ptr<Batcher>> Batcher::Open(const BatcherOptions& options) {
  PostPipeOptions pipe_options = options.pipe;
  pipe_options.in_flight = options.requests;
  Result<std::unique_ptr<PostPipe>> pipe = PostPipe::Open(pipe_options);
  if (!pipe.ok()) {
    return pipe.status();
  }
  return std::unique_ptr<Batcher>(new Batcher(options, std::move(*pipe)));
}

Batcher::~Batcher() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Batcher::Post(v1::Transaction transaction, Done done) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({std::move(transaction), std::move(done)});
  }
  changed_.notify_all();
}

Result<v1::CommandResult> Batcher::Post(v1::Transaction transaction) {
  std::promise<Result<v1::CommandResult>> promise;
  Post(std::move(transaction), [&](const Status& status, const v1::CommandResult& result) {
    promise.set_value(status.ok() ? Result<v1::CommandResult>(result)
                                  : Result<v1::CommandResult>(status));
  });
  return promise.get_future().get();
}

void Batcher::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] {
      return (!waiting_.empty() && under_way_ < options_.requests) ||
             (closing_ && waiting_.empty() && under_way_ == 0);
    });
    if (waiting_.empty()) {
      return;
    }
    if (std::chrono::steady_clock::now() < not_before_) {
      changed_.wait_until(lock, not_before_);
      continue;
    }
    std::unique_ptr<Group> group;
    if (idle_.empty()) {
      group = std::make_unique<Group>();
    } else {
      group = std::move(idle_.back());
      idle_.pop_back();
    }
    if (waiting_.size() <= options_.max_batch) {
      group->waiting.swap(waiting_);
    } else {
      const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(options_.max_batch);
      group->waiting.assign(std::make_move_iterator(waiting_.begin()),
                            std::make_move_iterator(end));
      waiting_.erase(waiting_.begin(), end);
    }
    ++under_way_;
    lock.unlock();
    group->request.clear_transactions();
    for (Waiting& waiting : group->waiting) {
      group->request.add_transactions()->Swap(&waiting.transaction);
    }
    Group* const sent = group.release();
    pipe_->Send(sent->request, [this, sent](const Status& status, v1::PostResponse& response) {
      Answered(*sent, status, response);
    });
    lock.lock();
  }
}

void Batcher::Answered(Group& group, const Status& status, v1::PostResponse& response) {
  static const v1::CommandResult kNone;
  std::vector<Waiting> again;
  for (std::size_t i = 0; i < group.waiting.size(); ++i) {
    Waiting& waiting = group.waiting[i];
    if (!status.ok()) {
      waiting.done(waiting.unknown
                       ? Status::IoError("the outcome is not known: " + status.message())
                       : status,
                   kNone);
      continue;
    }
    v1::CommandResult& result = *response.mutable_results(static_cast<int>(i));
    waiting.unknown = waiting.unknown || result.code() == v1::OUTCOME_UNKNOWN;
    if (IsServersState(result.code()) && ++waiting.attempts < options_.most_attempts) {
      waiting.transaction.Swap(group.request.mutable_transactions(static_cast<int>(i)));
      again.push_back(std::move(waiting));
    } else {
      if (waiting.unknown) {
        KeepUnknown(result);
      }
      waiting.done(status, result);
    }
  }
  group.waiting.clear();
  // Told with the mutex held: who waits may end the batcher as soon as it can have it.
  const std::lock_guard lock(mutex_);
  if (!again.empty()) {
    not_before_ = std::chrono::steady_clock::now() + options_.pause;
  }
  // Ahead of what came later.
  waiting_.insert(waiting_.begin(), std::make_move_iterator(again.begin()),
                  std::make_move_iterator(again.end()));
  idle_.emplace_back(&group);
  --under_way_;
  changed_.notify_all();
}

}  // namespace lumbung
