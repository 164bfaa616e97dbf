// How fast projections are built from a local log, how soon an event can be read in them, and how
// long a balance at a point in time takes.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "bench/performance_log.h"
#include "connectors/kafka/publisher_group.h"
#include "connectors/kafka/topic_feed.h"
#include "engine/app/bench_generator.h"
#include "engine/commit/ledger.h"
#include "engine/feed/log_feed.h"
#include "engine/store/log_store.h"
#include "projections/balances/account_queries.h"
#include "projections/balances/balances_projection.h"
#include "projections/balances/keys.h"
#include "projections/catalogue/catalogue.h"
#include "projections/performance/performance_projection.h"
#include "projections/performance/queries.h"
#include "projections/runtime/host.h"

namespace lumbung {
namespace {

using SteadyClock = std::chrono::steady_clock;

double Micros(SteadyClock::duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

// Prints p50, p99 and the largest, in a unit of so many microseconds.
void Print(const char* what, std::vector<double>& micros, double unit, const char* name) {
  std::sort(micros.begin(), micros.end());
  const auto at = [&](double part) {
    return micros[static_cast<std::size_t>(part * static_cast<double>(micros.size() - 1))] / unit;
  };
  std::printf("%-28s p50 %.3f %s, p99 %.3f, p99.9 %.3f, max %.3f (%zu)\n", what, at(0.5), name,
              at(0.99), at(0.999), at(1), micros.size());
}

void Check(const Status& status) {
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.message().c_str());
    std::exit(1);
  }
}

// --- Building ---------------------------------------------------------------------------------

double CpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Builds projections anew, all in one pass over the log of a folder.
void MeasureBuilding(const std::string& dir, const std::vector<std::string>& names) {
  LogStoreOptions reading;
  reading.read_only = true;
  auto log = LogStore::Open(dir + "/log", reading);
  Check(log.status());
  auto factories = ProjectionsNamed(names);
  Check(factories.status());
  HostOptions options;
  options.base = dir + "/projections";
  for (const std::string& name : names) {
    std::filesystem::remove_all(options.base + "/" + name);
  }
  options.feed = [&](std::uint32_t) -> Result<std::unique_ptr<EventSource>> {
    return std::unique_ptr<EventSource>(std::make_unique<LogFeed>(**log));
  };
  options.runner.once = true;
  const double cpu = CpuSeconds();
  const auto start = SteadyClock::now();
  ProjectionHost host(*factories, options);
  while (!host.WaitFor(std::chrono::hours(1))) {
  }
  const double seconds = Micros(SteadyClock::now() - start) / 1e6;
  for (const HostedStatus& hosted : host.Statuses()) {
    const bool whole = hosted.serving && hosted.serving->stopped.empty() &&
                       hosted.serving->shards.at(0).position.sequence == (*log)->head().sequence;
    if (!whole) {
      std::fprintf(stderr, "%s is not whole: %s\n", hosted.name.c_str(),
                   hosted.serving ? hosted.serving->stopped.c_str() : hosted.failure.c_str());
      std::exit(1);
    }
    const ProjectionStoreStats& store = hosted.serving->store;
    std::printf("%-12s %llu batches, %llu rows, %.0f MB written, %.0f MB on disk\n",
                hosted.name.c_str(), static_cast<unsigned long long>(store.batches),
                static_cast<unsigned long long>(store.rows_written),
                static_cast<double>(store.row_bytes) / 1e6,
                static_cast<double>(store.bytes_on_disk) / 1e6);
  }
  const auto events = static_cast<double>((*log)->head().sequence);
  std::printf("built: %.0f events in %.1f s, %.0f/s; %.2f CPUs\n", events, seconds,
              events / seconds, (CpuSeconds() - cpu) / seconds);
}

// --- Balances at a point in time --------------------------------------------------------------

// Every account that has a day, up to so many, by skipping from one to the next.
std::vector<AccountKey> AccountsOf(const RowReader& rows, std::size_t most) {
  std::vector<AccountKey> accounts;
  const auto row = rows.Walk(RowPrefix(BalancesRow::kAccountDay));
  for (bool there = row->Seek({}); there && accounts.size() < most;) {
    const std::string account(row->key().substr(0, 1 + kAccountBytes));
    const std::string_view fields = std::string_view(account).substr(1);
    accounts.push_back({.cooperative = LoadBytes(fields.substr(0, 5)),
                        .code = static_cast<std::uint32_t>(LoadBytes(fields.substr(5, 3))),
                        .currency = static_cast<CurrencyCode>(LoadBytes(fields.substr(8, 3))),
                        .holder = LoadBytes(fields.substr(11))});
    there = row->Seek(account + std::string(kDateBytes, '\xFF'));
  }
  return accounts;
}

void MeasurePoints(const std::string& dir, std::size_t points) {
  ProjectionStoreOptions options;
  options.read_only = true;
  auto store = ProjectionStore::Open(dir + "/projections/balances", BalancesProjection().identity(),
                                     options);
  Check(store.status());
  const auto view = (*store)->view();
  const Position last = view->positions().at(0);
  const std::vector<AccountKey> accounts = AccountsOf(*view, 1'000'000);
  const auto time = view->Walk(TimePrefix(0));
  time->Seek(TimePrefix(0));
  const auto first_time = static_cast<std::int64_t>(LoadBytes(time->key().substr(5)));
  std::printf("%llu events, %zu accounts\n", static_cast<unsigned long long>(last.sequence),
              accounts.size());
  const AccountQueries queries(*view);
  std::mt19937_64 random(1);
  std::vector<double> by_time;
  std::vector<double> by_sequence;
  std::vector<double> by_date;
  const auto measure = [](std::vector<double>& to, const auto& query) {
    const auto start = SteadyClock::now();
    Check(query().status());
    to.push_back(Micros(SteadyClock::now() - start));
  };
  for (std::size_t i = 0; i < points; ++i) {
    const AccountKey& account = accounts[random() % accounts.size()];
    const std::uint64_t sequence = 1 + random() % last.sequence;
    const std::int64_t at =
        first_time + static_cast<std::int64_t>(
                         random() % static_cast<std::uint64_t>(last.recorded_at - first_time + 1));
    measure(by_time, [&] { return queries.ThroughTime(account, at); });
    measure(by_sequence, [&] { return queries.ThroughSequence(account, sequence); });
    measure(by_date, [&] { return queries.ThroughDate(account, 20991231); });
  }
  Print("balance at a recorded time", by_time, 1'000, "ms");
  Print("balance at a sequence", by_sequence, 1'000, "ms");
  Print("balance at a date", by_date, 1'000, "ms");
}

// --- A nation's day ---------------------------------------------------------------------------

void MeasureNation(const std::string& dir, std::size_t times) {
  ProjectionStoreOptions options;
  options.read_only = true;
  auto store = ProjectionStore::Open(dir + "/projections/performance",
                                     performance::PerformanceProjection().identity(), options);
  Check(store.status());
  const auto view = (*store)->view();
  const performance::Queries queries(*view);
  const auto nation = performance::Subject::OfRegion(kNation);
  std::vector<double> figures;
  std::vector<double> provinces;
  std::int64_t transactions = 0;
  for (std::size_t i = 0; i < times; ++i) {
    auto start = SteadyClock::now();
    const auto day = queries.Of(nation, kSalesLogDay, kSalesLogDay);
    Check(day.status());
    figures.push_back(Micros(SteadyClock::now() - start));
    transactions = day->flow.transactions;
    start = SteadyClock::now();
    Check(queries.Children(kNation, performance::Measure::kTurnover, kSalesLogDay, kSalesLogDay)
              .status());
    provinces.push_back(Micros(SteadyClock::now() - start));
  }
  std::printf("a day of %lld transactions\n", static_cast<long long>(transactions));
  Print("figures of the nation's day", figures, 1'000, "ms");
  Print("turnover of all provinces", provinces, 1'000, "ms");
}

// --- From commit to visible -------------------------------------------------------------------

// When events were durable, and when they could be read.
class Visibility {
 public:
  void Durable(std::uint64_t first, std::uint64_t last) {
    const std::lock_guard lock(mutex_);
    if (last <= readable_) {
      // It was read before its caller was told.
      micros_.insert(micros_.end(), last - first + 1, 0);
    } else {
      durable_[last] = {first, SteadyClock::now()};
    }
  }
  void Readable(std::uint64_t sequence) {
    const auto now = SteadyClock::now();
    const std::lock_guard lock(mutex_);
    readable_ = sequence;
    while (!durable_.empty() && durable_.begin()->first <= sequence) {
      const auto& [last, block] = *durable_.begin();
      micros_.insert(micros_.end(), last - block.first + 1, Micros(now - block.second));
      durable_.erase(durable_.begin());
    }
  }
  std::vector<double>& micros() { return micros_; }

 private:
  std::mutex mutex_;
  // Below is guarded by mutex_. By last event.
  std::map<std::uint64_t, std::pair<std::uint64_t, SteadyClock::time_point>> durable_;
  std::uint64_t readable_ = 0;
  std::vector<double> micros_;
};

// The shard's events as they become durable.
std::unique_ptr<EventSource> FeedOf(Shard& shard) {
  return std::make_unique<LogFeed>(shard.log(),
                                   [&shard](std::uint64_t sequence, std::function<void()> wake) {
                                     shard.WhenDurable(sequence, std::move(wake));
                                   });
}

// Publishes the ledger; returns when its topic is there.
std::unique_ptr<PublisherGroup> PublishTo(const KafkaSettings& kafka, Ledger& ledger) {
  std::vector<std::unique_ptr<EventSource>> feeds;
  feeds.push_back(FeedOf(ledger.shard(0)));
  PublisherOptions options;
  options.kafka = kafka;
  auto publishing = std::make_unique<PublisherGroup>(std::move(feeds), options, nullptr);
  while (publishing->stats().at(0).published == 0) {
    Check(publishing->status());
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return publishing;
}

// By way of `kafka` where it names brokers.
void MeasureVisible(const std::string& dir, const std::vector<std::string>& names,
                    const KafkaSettings& kafka, std::uint64_t rate, std::uint64_t seconds) {
  Check(Ledger::Create(dir, "bench.example", 1));
  auto opened = Ledger::Open(dir);
  Check(opened.status());
  Ledger& ledger = **opened;
  BenchOptions load;
  BenchGenerator generator(load);
  for (const v1::Command& command : generator.SetUp()) {
    static_cast<void>(ledger.Execute(command));
  }
  std::unique_ptr<PublisherGroup> publishing;
  if (!kafka.brokers.empty()) {
    publishing = PublishTo(kafka, ledger);
  }
  Visibility visibility;
  std::atomic<ProjectionHost*> running = nullptr;
  HostOptions options;
  options.base = dir + "/projections";
  options.feed = [&](std::uint32_t number) -> Result<std::unique_ptr<EventSource>> {
    if (publishing == nullptr) {
      return FeedOf(ledger.shard(number));
    }
    auto feed = TopicFeed::Open(kafka, number, std::nullopt);
    LUMBUNG_RETURN_IF_ERROR(feed.status());
    return std::unique_ptr<EventSource>(std::move(*feed));
  };
  options.runner.on_commit = [&] {
    ProjectionHost* const host = running.load();
    if (host == nullptr) {
      return;
    }
    // In all of them.
    std::uint64_t readable = std::numeric_limits<std::uint64_t>::max();
    for (const std::string& name : names) {
      const Reading reading = host->Read(name);
      readable = std::min(readable, reading ? reading->positions().at(0).sequence : 0);
    }
    visibility.Readable(readable);
  };
  auto factories = ProjectionsNamed(names);
  Check(factories.status());
  ProjectionHost host(*factories, options);
  running = &host;
  constexpr auto kTick = std::chrono::milliseconds(1);
  const std::uint64_t batch = std::max<std::uint64_t>(rate / 1'000, 1);
  auto next = SteadyClock::now();
  std::uint64_t sent = 0;
  while (sent < rate * seconds) {
    auto commands = std::make_shared<std::vector<v1::Command>>(batch);
    std::vector<const v1::Command*> pointers;
    for (v1::Command& command : *commands) {
      generator.Prepare(*command.mutable_post());
      generator.Fill(*command.mutable_post());
      pointers.push_back(&command);
    }
    ledger.Submit(pointers, "bench", [&visibility, commands](const std::vector<Answer>& answers) {
      visibility.Durable(answers.front().sequence, answers.back().sequence);
    });
    sent += batch;
    next += kTick;
    std::this_thread::sleep_until(next);
  }
  bool whole = true;
  for (const std::string& name : names) {
    whole = whole && host.WaitFor(name, 0, ledger.shard(0).head().sequence,
                                  SteadyClock::now() + std::chrono::seconds(60));
  }
  host.Stop();
  static_cast<void>(host.WaitFor(std::chrono::milliseconds(60'000)));
  running = nullptr;
  std::printf("%llu events/s for %llu s%s\n", static_cast<unsigned long long>(rate),
              static_cast<unsigned long long>(seconds), whole ? "" : ", NOT ALL SEEN");
  Print("commit to visible", visibility.micros(), 1'000, "ms");
}

int Main(int argc, char** argv) {
  CLI::App app("Measures projections.");
  std::string dir;
  std::vector<std::string> names = {"balances", "performance"};
  SalesLogOptions log;
  bool build = false;
  std::size_t points = 0;
  std::size_t nation = 0;
  std::uint64_t rate = 0;
  std::uint64_t seconds = 10;
  KafkaSettings kafka;
  app.add_option("DIR", dir, "Folder of all that is made; a log that is there is used")->required();
  app.add_option("--names", names, "Which projections")->delimiter(',')->capture_default_str();
  app.add_flag("--build", build, "Build them from DIR/log");
  app.add_option("--events", log.events, "Transactions in a log that is made")
      ->capture_default_str();
  app.add_option("--cooperatives", log.cooperatives, "Cooperatives in it")
      ->check(CLI::Range(1, 83'000))
      ->capture_default_str();
  app.add_option("--points", points,
                 "Balances to ask for, at random points of random accounts of what was built");
  app.add_option("--nation", nation, "How often to ask for the nation's day of what was built");
  app.add_option("--rate", rate, "Events a second that are posted to DIR/ledger and waited for");
  app.add_option("--seconds", seconds, "For so long")->capture_default_str();
  app.add_option("--brokers", kafka.brokers, "They go by way of Kafka's brokers, host:port");
  app.add_option("--topic", kafka.topic, "Which is made there")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (build) {
    if (!std::filesystem::exists(dir + "/log")) {
      Check(WriteSalesLog(dir + "/log", log));
    }
    MeasureBuilding(dir, names);
  }
  if (points != 0) {
    MeasurePoints(dir, points);
  }
  if (nation != 0) {
    MeasureNation(dir, nation);
  }
  if (rate != 0) {
    MeasureVisible(dir + "/ledger", names, kafka, rate, seconds);
  }
  return 0;
}

}  // namespace
}  // namespace lumbung

int main(int argc, char** argv) { return lumbung::Main(argc, argv); }
