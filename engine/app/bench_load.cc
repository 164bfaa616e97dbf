#include "engine/app/bench_load.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "engine/base/clock.h"

namespace lumbung {
namespace {

std::int64_t NowMicros() { return Clock::System().MonotonicMicros(); }

}  // namespace

BenchLoad::BenchLoad(const BenchOptions& options, BenchGenerator& generator, BenchTarget target)
    : options_(options), generator_(generator), target_(std::move(target)) {
  const std::uint64_t slots = options.callers != 0 ? options.callers : options.in_flight;
  const std::uint64_t size = options.callers != 0 ? 1 : options.batch;
  for (std::uint64_t i = 0; i < slots; ++i) {
    BenchSlot& slot = *slots_.emplace_back(std::make_unique<BenchSlot>());
    for (std::uint64_t k = 0; k < size; ++k) {
      generator_.Prepare(*slot.request.add_transactions());
    }
    idle_.push_back(&slot);
  }
}

bool BenchLoad::Post(std::uint64_t transactions, const std::function<void(std::uint64_t)>& progress,
                     const std::atomic<bool>& stop) {
  latencies_.clear();
  refused_ = 0;
  start_ = NowMicros();
  sent_ = 0;
  std::uint64_t left = transactions;
  std::vector<BenchSlot*> ready;
  while (left > 0 && !stop) {
    TakeIdle(ready);
    for (BenchSlot* slot : ready) {
      auto& list = *slot->request.mutable_transactions();
      if (left == 0) {
        GiveBack(slot, 0, 0);
        continue;
      }
      while (static_cast<std::uint64_t>(list.size()) > left) {
        list.RemoveLast();
      }
      for (v1::Transaction& transaction : list) {
        generator_.Fill(transaction);
      }
      const auto count = static_cast<std::uint64_t>(list.size());
      left -= count;
      slot->submitted = WaitForTurn(count);
      Submit(*slot);
    }
    progress(transactions - left);
  }
  WaitForAll();
  // The last submissions may have been short.
  for (const auto& slot : slots_) {
    while (static_cast<std::uint64_t>(slot->request.transactions_size()) <
           (options_.callers != 0 ? 1 : options_.batch)) {
      v1::Transaction& added = *slot->request.add_transactions();
      added.Clear();
      generator_.Prepare(added);
    }
  }
  return !stop;
}

std::int64_t BenchLoad::WaitForTurn(std::uint64_t count) {
  if (options_.rate == 0) {
    return NowMicros();
  }
  const std::int64_t turn = start_ + static_cast<std::int64_t>(static_cast<double>(sent_) * 1e6 /
                                                               static_cast<double>(options_.rate));
  sent_ += count;
  if (const std::int64_t now = NowMicros(); turn > now) {
    std::this_thread::sleep_for(std::chrono::microseconds(turn - now));
  }
  // Not when it is sent: a server that stalls is not to be spared what would have come meanwhile.
  return turn;
}

double BenchLoad::Percentile(double share) {
  std::sort(latencies_.begin(), latencies_.end());
  std::uint64_t total = 0;
  for (const auto& [micros, count] : latencies_) {
    total += count;
  }
  std::uint64_t seen = 0;
  for (const auto& [micros, count] : latencies_) {
    seen += count;
    if (static_cast<double>(seen) >= share * static_cast<double>(total)) {
      return static_cast<double>(micros) / 1000;
    }
  }
  return 0;
}

void BenchLoad::Fill(double seconds, std::uint64_t transactions, BenchResult& result) {
  result.seconds = seconds;
  result.transactions = transactions;
  result.refused = refused_;
  result.per_second = static_cast<double>(transactions) / seconds;
  result.p50 = Percentile(0.5);
  result.p99 = Percentile(0.99);
  result.p999 = Percentile(0.999);
  result.max = Percentile(1);
}

void BenchLoad::Submit(BenchSlot& slot) {
  const auto count = static_cast<std::uint64_t>(slot.request.transactions_size());
  target_(slot, [this, &slot, count](std::uint64_t refused) { GiveBack(&slot, count, refused); });
}

void BenchLoad::TakeIdle(std::vector<BenchSlot*>& ready) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !idle_.empty(); });
  ready.clear();
  ready.swap(idle_);
}

void BenchLoad::GiveBack(BenchSlot* slot, std::uint64_t answered, std::uint64_t refused) {
  const std::int64_t latency = NowMicros() - slot->submitted;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    if (answered != 0) {
      latencies_.emplace_back(latency, answered);
    }
    refused_ += refused;
    wake = idle_.empty();
    idle_.push_back(slot);
    wake = wake || idle_.size() == slots_.size();
  }
  if (wake) {
    changed_.notify_one();
  }
}

void BenchLoad::WaitForAll() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return idle_.size() == slots_.size(); });
}

}  // namespace lumbung
