#include "engine/app/bench_load.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <random>
#include <vector>

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <sys/resource.h>

#include "engine/base/clock.h"
#include "engine/base/date.h"
#include "engine/base/uuid.h"
#include "engine/chain/hash.h"
#include "engine/commit/ledger.h"
#include "engine/store/derived_store.h"
#include "engine/store/id_table.h"
#include "schemas/charts/default_chart.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kAccountsACooperative = 1'000;
constexpr std::uint32_t kMemberCode = 1122;
constexpr std::uint32_t kHotCode = 1111;
constexpr std::uint64_t kIdsAStep = std::uint64_t{512} * 1024;

std::int64_t NowMicros() { return Clock::System().MonotonicMicros(); }

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

// Makes transactions that differ in id, accounts and amount, in messages that are used again.
class Generator {
 public:
  explicit Generator(const BenchOptions& options)
      : options_(options),
        random_(options.seed),
        cooperatives_((options.accounts + kAccountsACooperative - 1) / kAccountsACooperative),
        members_(options.accounts / cooperatives_),
        milliseconds_(static_cast<std::uint64_t>(Clock::System().WallMicros() / 1000)),
        business_date_(LocalDate(Clock::System().WallMicros(), 420)) {}

  std::uint64_t cooperatives() const { return cooperatives_; }

  // The fields that are the same in every transaction.
  void Prepare(v1::Command& command) const {
    v1::Transaction& transaction = *command.mutable_post();
    transaction.set_transaction_id(std::string(36, '-'));
    transaction.set_kind("transfer");
    transaction.set_channel("internal-transfer");
    transaction.set_business_date(business_date_);
    transaction.add_entries()->set_code(kMemberCode);
    transaction.add_entries()->set_code(kMemberCode);
  }

  void Fill(v1::Command& command) {
    v1::Transaction& transaction = *command.mutable_post();
    const bool hot = options_.hot_percent != 0 && random_() % 100 < options_.hot_percent;
    const std::uint64_t draw = random_();
    const std::uint64_t cooperative = hot ? 1 : 1 + (draw & 0xFFFF) % cooperatives_;
    const std::uint64_t from = 1 + (draw >> 16 & 0xFFFFFF) % members_;
    const std::uint64_t to = 1 + (draw >> 40) % members_;
    const auto amount = static_cast<std::int64_t>(100 + (draw >> 20) % 10'000'000);
    transaction.set_cooperative(cooperative);
    transaction.mutable_entries(0)->set_code(hot ? kHotCode : kMemberCode);
    transaction.mutable_entries(0)->set_holder(hot ? 0 : from);
    transaction.mutable_entries(0)->set_debit(amount);
    transaction.mutable_entries(1)->set_holder(to);
    transaction.mutable_entries(1)->set_credit(amount);
    FormatUuidTo(NextId(), transaction.mutable_transaction_id()->data());
  }

 private:
  // As a client's library makes them: the time, a counter within it, random bits.
  Uuid NextId() {
    if (options_.random_ids) {
      return UuidV4(random_(), random_());
    }
    if (++counter_ == 4'096) {
      counter_ = 0;
      ++milliseconds_;
    }
    return UuidV7(milliseconds_, counter_, random_());
  }

  const BenchOptions& options_;
  std::mt19937_64 random_;
  const std::uint64_t cooperatives_;
  const std::uint64_t members_;
  std::uint64_t milliseconds_;
  std::uint64_t counter_ = 0;
  const Date business_date_;
};

// Commands that are submitted together, again and again.
struct Slot {
  std::vector<v1::Command> commands;
  std::vector<const v1::Command*> pointers;
  std::int64_t submitted = 0;
};

// Keeps slots in flight, and measures.
class Load {
 public:
  Load(const BenchOptions& options, Ledger& ledger, Generator& generator)
      : ledger_(ledger), generator_(generator) {
    const std::uint64_t slots = options.callers != 0 ? options.callers : options.in_flight;
    const std::uint64_t size = options.callers != 0 ? 1 : options.batch;
    for (std::uint64_t i = 0; i < slots; ++i) {
      Slot& slot = *slots_.emplace_back(std::make_unique<Slot>());
      slot.commands.resize(size);
      for (v1::Command& command : slot.commands) {
        generator_.Prepare(command);
        slot.pointers.push_back(&command);
      }
      idle_.push_back(&slot);
    }
  }

  // Posts so many; false where it was told to stop.
  bool Post(std::uint64_t transactions, const std::function<void(std::uint64_t)>& progress,
            const std::atomic<bool>& stop) {
    latencies_.clear();
    refused_ = 0;
    std::uint64_t left = transactions;
    std::vector<Slot*> ready;
    while (left > 0 && !stop) {
      TakeIdle(ready);
      for (Slot* slot : ready) {
        const auto count = std::min<std::uint64_t>(left, slot->commands.size());
        if (count == 0) {
          GiveBack(slot, 0, 0);
          continue;
        }
        for (std::uint64_t i = 0; i < count; ++i) {
          generator_.Fill(slot->commands[i]);
        }
        left -= count;
        Submit(*slot, count);
      }
      progress(transactions - left);
    }
    WaitForAll();
    return !stop;
  }

  std::uint64_t refused() const { return refused_; }
  // Milliseconds within which this share of the transactions was answered.
  double Percentile(double share) {
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

 private:
  void Submit(Slot& slot, std::uint64_t count) {
    slot.submitted = NowMicros();
    ledger_.Submit(std::span(slot.pointers).first(count), "bench",
                   [this, &slot, count](const std::vector<Answer>& answers) {
                     const auto refused = static_cast<std::uint64_t>(
                         std::count_if(answers.begin(), answers.end(),
                                       [](const Answer& answer) { return answer.code != v1::OK; }));
                     GiveBack(&slot, count, refused);
                   });
  }

  void TakeIdle(std::vector<Slot*>& ready) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !idle_.empty(); });
    ready.clear();
    ready.swap(idle_);
  }

  void GiveBack(Slot* slot, std::uint64_t answered, std::uint64_t refused) {
    const std::int64_t latency = NowMicros() - slot->submitted;
    bool was_empty = false;
    {
      const std::lock_guard lock(mutex_);
      if (answered != 0) {
        latencies_.emplace_back(latency, answered);
      }
      refused_ += refused;
      was_empty = idle_.empty();
      idle_.push_back(slot);
    }
    if (was_empty || idle_.size() == slots_.size()) {
      changed_.notify_one();
    }
  }

  void WaitForAll() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return idle_.size() == slots_.size(); });
  }

  Ledger& ledger_;
  Generator& generator_;
  std::vector<std::unique_ptr<Slot>> slots_;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Below is guarded by mutex_.
  std::vector<Slot*> idle_;
  std::vector<std::pair<std::int64_t, std::uint64_t>> latencies_;
  std::uint64_t refused_ = 0;
};

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

Status Prepare(Ledger& ledger, const Generator& generator) {
  v1::Command command;
  if (!google::protobuf::util::JsonStringToMessage(std::string(DefaultChartJson()),
                                                   command.mutable_publish_chart())
           .ok()) {
    return Status::Corruption("the default chart can't be read");
  }
  command.set_command_id("0198f0c4-0000-7000-8000-000000000001");
  if (const Answer answer = ledger.Execute(command); answer.code != v1::OK) {
    return Status::Refused(answer.detail);
  }
  for (std::uint64_t number = 1; number <= generator.cooperatives(); ++number) {
    v1::Cooperative& cooperative = *command.mutable_register_cooperative();
    cooperative.set_cooperative(number);
    cooperative.set_effective_date(20250101);
    cooperative.set_chart("kdmp");
    cooperative.set_utc_offset_minutes(420);
    cooperative.set_status(v1::Cooperative::ACTIVE);
    if (const Answer answer = ledger.Execute(command); answer.code != v1::OK) {
      return Status::Refused(answer.detail);
    }
  }
  return Status::Ok();
}

Result<BenchResult> Measure(const BenchOptions& options, Ledger& ledger, Generator& generator,
                            const std::function<void(std::uint64_t)>& progress,
                            const std::atomic<bool>& stop) {
  Load load(options, ledger, generator);
  if (!load.Post(
          options.warm_up, [](std::uint64_t) {}, stop)) {
    return Status::Cancelled("stopped");
  }
  const ShardStats before = ledger.shard(0).Stats();
  const std::uint64_t cpu = CpuMicros();
  const std::int64_t start = NowMicros();
  if (!load.Post(options.transactions, progress, stop)) {
    return Status::Cancelled("stopped");
  }
  BenchResult result;
  result.seconds = static_cast<double>(NowMicros() - start) / 1e6;
  result.cpu_milliseconds = (CpuMicros() - cpu) / 1000;
  const ShardStats after = ledger.shard(0).Stats();
  result.transactions = options.transactions;
  result.refused = load.refused();
  result.per_second = static_cast<double>(options.transactions) / result.seconds;
  result.p50 = load.Percentile(0.5);
  result.p99 = load.Percentile(0.99);
  result.p999 = load.Percentile(0.999);
  result.max = load.Percentile(1);
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

Result<BenchResult> RunBench(const BenchOptions& options,
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
  Generator generator(options);
  LUMBUNG_RETURN_IF_ERROR(Prepare(**ledger, generator));
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
