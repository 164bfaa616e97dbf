// Runs a projection over a list of records, to its end.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "projections/runtime/digest.h"
#include "projections/runtime/instance.h"
#include "projections/runtime/runner.h"
#include "tests/support/log_fixture.h"
#include "tests/unit/projections/event_chain.h"
#include "tests/unit/projections/list_feed.h"
#include "tests/unit/projections/sums_projection.h"

namespace lumbung {

// Far more than anything here takes.
inline constexpr std::chrono::milliseconds kLong{60'000};
inline std::chrono::steady_clock::time_point Soon() {
  return std::chrono::steady_clock::now() + kLong;
}

// One feed of shard 0.
ShardFeeds FeedOf(const std::shared_ptr<RecordList>& list);
std::shared_ptr<RecordList> ListOf(const std::vector<std::string>& records);

RunnerOptions Once(std::size_t batch_events = 65'536);

std::unique_ptr<ProjectionInstance> OpenSums(const std::string& dir,
                                             const ProjectionStoreOptions& options = {});
// Runs to the end of the records.
void RunOnce(ProjectionInstance& instance, const std::vector<std::string>& records,
             const RunnerOptions& options = Once());
// What a quiet run over the records comes to.
Hash QuietDigest(const std::vector<std::string>& records);
Hash DigestOf(const ProjectionInstance& instance);

}  // namespace lumbung
