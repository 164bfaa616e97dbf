// A load on a ledger of its own, in this process.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "engine/app/bench_options.h"
#include "engine/base/status.h"

namespace lumbung {

// `progress` is told how many are sent, now and then. Cancelled where `stop` was set.
Result<BenchResult> RunLocalBench(const BenchOptions& options,
                                  const std::function<void(std::uint64_t)>& progress,
                                  const std::atomic<bool>& stop);

}  // namespace lumbung
