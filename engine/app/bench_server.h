// A load on a server, over gRPC.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "engine/app/bench_options.h"
#include "engine/base/status.h"
#include "engine/client/channel.h"

namespace lumbung {

// Posts batches over streams; with `callers` one transaction each through the client library, which
// sends them together, or with `unary` as calls of their own. `progress` and `stop` as
// RunLocalBench.
Result<BenchResult> RunServerBench(const BenchOptions& options, const ServerAddress& server,
                                   const std::function<void(std::uint64_t)>& progress,
                                   const std::atomic<bool>& stop);

}  // namespace lumbung
