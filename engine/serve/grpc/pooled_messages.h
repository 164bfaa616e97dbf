// Messages of large calls, used again: a message that is cleared keeps its memory, so that parsing
// and filling it again allocates nothing.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <grpcpp/support/message_allocator.h>

namespace lumbung {

// What one call works on. `Held` has a request and a response, and Clear().
template <typename Held>
class MessagePool : public grpc::MessageAllocator<typename Held::Request, typename Held::Response> {
 public:
  using Request = typename Held::Request;
  using Response = typename Held::Response;

  class Holder : public grpc::MessageHolder<Request, Response> {
   public:
    explicit Holder(MessagePool& pool) : pool_(pool) {
      this->set_request(&held.request);
      this->set_response(&held.response);
    }
    void Release() override { pool_.Return(this); }

    Held held;

   private:
    MessagePool& pool_;
  };

  // Thread-safe.
  grpc::MessageHolder<Request, Response>* AllocateMessages() override { return Take().release(); }
  std::unique_ptr<Holder> Take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Holder> holder = std::move(idle_.back());
        idle_.pop_back();
        return holder;
      }
    }
    return std::make_unique<Holder>(*this);
  }
  void Return(Holder* released) {
    std::unique_ptr<Holder> holder(released);
    holder->held.Clear();
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMostIdle) {
      idle_.push_back(std::move(holder));
    }
  }

 private:
  static constexpr std::size_t kMostIdle = 32;

  std::mutex mutex_;
  std::vector<std::unique_ptr<Holder>> idle_;
};

}  // namespace lumbung
