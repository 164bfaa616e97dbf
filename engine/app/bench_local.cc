#include "engine/app/bench_local.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <unordered_map>

#include <sys/resource.h>

#include "engine/app/bench_load.h"
#include "engine/base/clock.h"
#include "engine/commit/ledger.h"
#include "engine/store/derived_store.h"
#include "engine/store/id_table.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kIdsAStep = std::uint64_t{512} * 1024;

std::uint64_t CpuMicros() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto micros = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 +
           static_cast<std::uint64_t>(time.tv_usec);
  };
  return micros(usage.ru_utime) + micros(usage.ru_stime);
}

std::uint64_t ResidentMib() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  statm >> total >> resident;
  return resident * 4'096 >> 20;
}

std::uint64_t BytesBelow(const std::string& dir) {
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
    if (entry.is_regular_file()) {
      bytes += entry.file_size();
    }
  }
  return bytes;
}

// Ids that belong to no event of this ledger: for look-ups they count as any other.
Status FillIndex(const std::string& dir, const BenchOptions& options) {
  DerivedStoreOptions derived_options;
  derived_options.cache_bytes = options.index_mib << 20;
  Result<std::unique_ptr<DerivedStore>> derived =
      DerivedStore::Open(ShardDir(dir, 0), derived_options);
  if (!derived.ok()) {
    return derived.status();
  }
  std::mt19937_64 random(options.seed + 1);
  const Head marker = (*derived)->marker();
  IdTable table;
  for (std::uint64_t left = options.ids_before; left > 0;) {
    for (; table.size() < std::min(kIdsAStep, left);) {
      IdKey key{};
      StoreBigEndian(key.data(), random());
      StoreBigEndian(key.data() + 8, random());
      StoreBigEndian<std::uint64_t>(key.data() + 16, 1);
      table.Insert(key, marker.sequence);
    }
    left -= table.size();
    LUMBUNG_RETURN_IF_ERROR((*derived)->Install(marker, table.Sorted(), {}));
    table.Clear();
  }
  LUMBUNG_RETURN_IF_ERROR((*derived)->WaitForMerges());
  return (*derived)->Close();
}

Status SetUp(Ledger& ledger, const BenchGenerator& generator) {
  for (const v1::Command& command : generator.SetUp()) {
    if (const Answer answer = ledger.Execute(command); answer.code != v1::OK) {
      return Status::Refused(answer.detail);
    }
  }
  return Status::Ok();
}

// Commands that borrow a slot's transactions.
struct Commands {
  std::vector<v1::Command> commands;
  std::vector<const v1::Command*> pointers;

  explicit Commands(v1::PostRequest& request)
      : commands(static_cast<std::size_t>(request.transactions_size())) {
    int i = 0;
    for (v1::Command& command : commands) {
      command.unsafe_arena_set_allocated_post(request.mutable_transactions(i++));
      pointers.push_back(&command);
    }
  }
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;
  ~Commands() {
    for (v1::Command& command : commands) {
      static_cast<void>(command.unsafe_arena_release_post());
    }
  }
};

BenchTarget TargetOf(Ledger& ledger) {
  auto kept = std::make_shared<std::unordered_map<BenchSlot*, std::unique_ptr<Commands>>>();
  return [&ledger, kept](BenchSlot& slot, std::function<void(std::uint64_t)> done) {
    std::unique_ptr<Commands>& commands = (*kept)[&slot];
    if (commands == nullptr ||
        commands->commands.size() != static_cast<std::size_t>(slot.request.transactions_size())) {
      commands = std::make_unique<Commands>(slot.request);
    }
    ledger.Submit(commands->pointers, "bench",
                  [done = std::move(done)](const std::vector<Answer>& answers) {
                    done(static_cast<std::uint64_t>(
                        std::count_if(answers.begin(), answers.end(),
                                      [](const Answer& answer) { return answer.code != v1::OK; })));
                  });
  };
}

Result<BenchResult> Measure(const BenchOptions& options, Ledger& ledger, BenchGenerator& generator,
                            const std::function<void(std::uint64_t)>& progress,
                            const std::atomic<bool>& stop) {
  BenchLoad load(options, generator, TargetOf(ledger));
  if (!load.Post(
          options.warm_up, [](std::uint64_t) {}, stop)) {
    return Status::Cancelled("stopped");
  }
  const ShardStats before = ledger.shard(0).Stats();
  const std::uint64_t cpu = CpuMicros();
  const std::int64_t start = Clock::System().MonotonicMicros();
  if (!load.Post(options.transactions, progress, stop)) {
    return Status::Cancelled("stopped");
  }
  BenchResult result;
  load.Fill(static_cast<double>(Clock::System().MonotonicMicros() - start) / 1e6,
            options.transactions, result);
  result.cpu_milliseconds = (CpuMicros() - cpu) / 1000;
  const ShardStats after = ledger.shard(0).Stats();
  const auto count = static_cast<double>(options.transactions);
  const auto blocks = static_cast<double>(after.blocks - before.blocks);
  const auto event_bytes = static_cast<double>(after.log.event_bytes - before.log.event_bytes);
  result.events_a_block = count / blocks;
  result.fsyncs_a_block = static_cast<double>(after.log.fsyncs - before.log.fsyncs) / blocks;
  result.bytes_an_event = event_bytes / count;
  result.write_amplification =
      static_cast<double>(after.log.bytes_written - before.log.bytes_written) / event_bytes;
  result.resident_mib = ResidentMib();
  LUMBUNG_RETURN_IF_ERROR(ledger.shard(0).Read(
      [&](const State& state, std::uint64_t) { result.accounts = state.accounts().size(); }));
  return result;
}

}  // namespace

Result<BenchResult> RunLocalBench(const BenchOptions& options,
                                  const std::function<void(std::uint64_t)>& progress,
                                  const std::atomic<bool>& stop) {
  ShardOptions shard;
  shard.derived.cache_bytes = options.index_mib << 20;
  shard.account_memory_bytes = options.account_memory_mib << 20;
  LUMBUNG_RETURN_IF_ERROR(Ledger::Create(options.dir, "bench.example", 1, shard));
  if (options.ids_before != 0) {
    LUMBUNG_RETURN_IF_ERROR(FillIndex(options.dir, options));
  }
  Result<std::unique_ptr<Ledger>> ledger = Ledger::Open(options.dir, shard);
  if (!ledger.ok()) {
    return ledger.status();
  }
  BenchGenerator generator(options);
  LUMBUNG_RETURN_IF_ERROR(SetUp(**ledger, generator));
  Result<BenchResult> result = Measure(options, **ledger, generator, progress, stop);
  LUMBUNG_RETURN_IF_ERROR((*ledger)->Close());
  if (result.ok()) {
    const auto events = static_cast<double>(options.transactions + options.warm_up);
    result->bytes_on_disk_an_event = static_cast<double>(BytesBelow(options.dir)) / events;
  }
  ledger->reset();
  if (!options.keep) {
    std::filesystem::remove_all(options.dir);
  }
  return result;
}

}  // namespace lumbung
