// Builds the projection over events and asks it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "projections/performance/performance_projection.h"
#include "projections/performance/queries.h"
#include "projections/runtime/digest.h"
#include "projections/runtime/instance.h"
#include "projections/runtime/runner.h"
#include "tests/support/fast_directory.h"
#include "tests/support/log_fixture.h"
#include "tests/unit/projections/list_feed.h"
#include "tests/unit/projections/performance/feed_maker.h"

namespace lumbung {

class BuiltPerformance {
 public:
  explicit BuiltPerformance(
      std::size_t batch_events = 65'536,
      std::size_t cache_bytes = performance::PerformanceProjection::kCacheBytes)
      : batch_events_(batch_events), cache_bytes_(cache_bytes) {
    Open();
  }
  BuiltPerformance(const EventChain& chain, std::size_t batch_events = 65'536)
      : BuiltPerformance(batch_events) {
    Run(chain.bytes());
  }

  // To the end of the records, which begin with the first event.
  void Run(const std::vector<std::string>& records) {
    RunnerOptions options;
    options.once = true;
    options.batch_events = batch_events_;
    ShardFeeds feeds;
    feeds[0] = std::make_unique<ListFeed>(std::make_shared<RecordList>(records));
    Runner runner({instance_.get()}, std::move(feeds), options);
    runner.Wait();
    EXPECT_EQ(instance_->status().stopped, "");
    view_ = instance_->view();
  }
  void Reopen() {
    view_.reset();
    EXPECT_OK(instance_->Flush());
    instance_.reset();
    Open();
  }

  const View& view() const { return *view_; }
  performance::Queries queries() const { return performance::Queries(*view_); }
  Hash Digest() const { return Must(DigestOf(*view_)); }

 private:
  void Open() {
    instance_ = Must(ProjectionInstance::Open(
        std::make_unique<performance::PerformanceProjection>(Regions::BuiltIn(), cache_bytes_),
        dir_.path(), {0}, {}));
    view_ = instance_->view();
  }

  const std::size_t batch_events_;
  const std::size_t cache_bytes_;
  const FastDirectory dir_;
  std::unique_ptr<ProjectionInstance> instance_;
  std::shared_ptr<const View> view_;
};

// A code that the test writes down.
inline RegionCode At(std::string_view code) {
  const std::optional<RegionCode> parsed = ParseRegionCode(code);
  EXPECT_TRUE(parsed.has_value()) << code;
  return parsed.value_or(kNation);
}

}  // namespace lumbung
