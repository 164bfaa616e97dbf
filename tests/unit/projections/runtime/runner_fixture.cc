#include "tests/unit/projections/runtime/runner_fixture.h"

#include "tests/support/fast_directory.h"

namespace lumbung {

ShardFeeds FeedOf(const std::shared_ptr<RecordList>& list) {
  ShardFeeds feeds;
  feeds[0] = std::make_unique<ListFeed>(list);
  return feeds;
}

std::shared_ptr<RecordList> ListOf(const std::vector<std::string>& records) {
  return std::make_shared<RecordList>(records);
}

RunnerOptions Once(std::size_t batch_events) {
  RunnerOptions options;
  options.once = true;
  options.batch_events = batch_events;
  return options;
}

std::unique_ptr<ProjectionInstance> OpenSums(const std::string& dir,
                                             const ProjectionStoreOptions& options) {
  return Must(ProjectionInstance::Open(std::make_unique<SumsProjection>(), dir, {0}, options));
}

void RunOnce(ProjectionInstance& instance, const std::vector<std::string>& records,
             const RunnerOptions& options) {
  Runner runner({&instance}, FeedOf(ListOf(records)), options);
  runner.Wait();
}

Hash QuietDigest(const std::vector<std::string>& records) {
  const FastDirectory dir;
  const auto instance = OpenSums(dir.path());
  RunOnce(*instance, records);
  EXPECT_EQ(instance->status().stopped, "");
  return DigestOf(*instance);
}

Hash DigestOf(const ProjectionInstance& instance) { return Must(DigestOf(*instance.view())); }

}  // namespace lumbung
