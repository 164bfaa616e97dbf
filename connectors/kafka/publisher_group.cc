#include "connectors/kafka/publisher_group.h"

#include <algorithm>
#include <utility>

namespace lumbung {

PublisherGroup::PublisherGroup(std::vector<std::unique_ptr<EventSource>> feeds,
                               const PublisherOptions& options, Report report) {
  for (std::uint32_t shard = 0; shard < feeds.size(); ++shard) {
    PublisherOptions its = options;
    its.report = [shard, report](const Status& status) { report(shard, status); };
    auto one = std::make_unique<One>();
    one->feed = std::move(feeds[shard]);
    one->publisher = std::make_unique<Publisher>(*one->feed, std::move(its));
    all_.push_back(std::move(one));
  }
  for (const std::unique_ptr<One>& one : all_) {
    one->thread = std::thread([this, &one = *one] {
      const Status status = one.publisher->Run();
      const std::lock_guard lock(mutex_);
      one.status = status;
      one.ended = true;
      ended_.notify_all();
    });
  }
}

PublisherGroup::~PublisherGroup() {
  Stop();
  for (const std::unique_ptr<One>& one : all_) {
    one->thread.join();
  }
}

std::vector<PublisherStats> PublisherGroup::stats() const {
  std::vector<PublisherStats> stats;
  for (const std::unique_ptr<One>& one : all_) {
    stats.push_back(one->publisher->stats());
  }
  return stats;
}

void PublisherGroup::EndAtHead() {
  for (const std::unique_ptr<One>& one : all_) {
    one->publisher->EndAt(one->feed->Head());
  }
}

void PublisherGroup::Stop() {
  for (const std::unique_ptr<One>& one : all_) {
    one->publisher->Stop();
  }
}

bool PublisherGroup::Wait(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, timeout, [this] {
    return std::all_of(all_.begin(), all_.end(),
                       [](const std::unique_ptr<One>& one) { return one->ended; });
  });
}

Status PublisherGroup::status() const {
  const std::lock_guard lock(mutex_);
  const auto failed = std::find_if(
      all_.begin(), all_.end(), [](const std::unique_ptr<One>& one) { return !one->status.ok(); });
  return failed == all_.end() ? Status::Ok() : (*failed)->status;
}

}  // namespace lumbung
