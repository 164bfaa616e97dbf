// The load of a benchmark: submissions kept in flight, and how long each took.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/app/bench_generator.h"
#include "engine/app/bench_options.h"

#include "lumbung/ledger/v1/service.pb.h"

namespace lumbung {

// Transactions that are submitted together, again and again.
struct BenchSlot {
  v1::PostRequest request;
  // When it was submitted, or was meant to be.
  std::int64_t submitted = 0;
};

// Where it goes: calls `done` once with how many were refused, on any thread.
using BenchTarget = std::function<void(BenchSlot& slot, std::function<void(std::uint64_t)> done)>;

class BenchLoad {
 public:
  // All must outlive it.
  BenchLoad(const BenchOptions& options, BenchGenerator& generator, BenchTarget target);

  // Posts so many; false where it was told to stop. `progress` is told how many are sent.
  bool Post(std::uint64_t transactions, const std::function<void(std::uint64_t)>& progress,
            const std::atomic<bool>& stop);

  std::uint64_t refused() const { return refused_; }
  // Milliseconds within which this share of the transactions was answered.
  double Percentile(double share);
  // Fills rate, time and latencies of a result.
  void Fill(double seconds, std::uint64_t transactions, BenchResult& result);

 private:
  void Submit(BenchSlot& slot);
  void TakeIdle(std::vector<BenchSlot*>& ready);
  void GiveBack(BenchSlot* slot, std::uint64_t answered, std::uint64_t refused);
  void WaitForAll();
  // Open loop: when the next submission is meant to be sent; waits until then.
  std::int64_t WaitForTurn(std::uint64_t count);

  const BenchOptions& options_;
  BenchGenerator& generator_;
  const BenchTarget target_;
  std::vector<std::unique_ptr<BenchSlot>> slots_;
  std::int64_t start_ = 0;
  std::uint64_t sent_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Below is guarded by mutex_.
  std::vector<BenchSlot*> idle_;
  // Microseconds, and transactions that took them.
  std::vector<std::pair<std::int64_t, std::uint64_t>> latencies_;
  std::uint64_t refused_ = 0;
};

}  // namespace lumbung
