// Makes the transactions that benchmarks post.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "engine/app/bench_options.h"
#include "engine/base/date.h"
#include "engine/base/uuid.h"

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// Transactions that differ in id, accounts and amount, in messages that are used again. One thread
// at a time.
class BenchGenerator {
 public:
  explicit BenchGenerator(const BenchOptions& options);

  std::uint64_t cooperatives() const { return cooperatives_; }
  // The chart and the cooperatives that the transactions need.
  std::vector<v1::Command> SetUp() const;

  // The fields that are the same in every transaction.
  void Prepare(v1::Transaction& transaction) const;
  // The rest. REQUIRES: Prepare was called for it
  void Fill(v1::Transaction& transaction);

 private:
  Uuid NextId();

  const std::uint64_t hot_percent_;
  const bool random_ids_;
  std::mt19937_64 random_;
  const std::uint64_t cooperatives_;
  const std::uint64_t members_;
  std::uint64_t milliseconds_;
  std::uint64_t counter_ = 0;
  const Date business_date_;
};

}  // namespace lumbung
