// The projection of national performance: how fast it is built from a local log of typical sales of
// a nation of cooperatives, and how long its questions take then.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <time.h>
#include <vector>

#include <CLI/CLI.hpp>

#include "bench/performance_log.h"
#include "engine/feed/log_feed.h"
#include "engine/store/log_store.h"
#include "projections/performance/performance_projection.h"
#include "projections/performance/queries.h"
#include "projections/runtime/instance.h"
#include "projections/runtime/runner.h"

namespace lumbung {
namespace {

using performance::Measure;
using performance::Queries;
using performance::Subject;
using SteadyClock = std::chrono::steady_clock;

constexpr Date kDay = 20260504;

double SecondsSince(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "bench_performance: %s\n", result.status().message().c_str());
    std::exit(1);
  }
  return std::move(*result);
}

double CpuSeconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct Timing {
  double p50 = 0;
  double p99 = 0;
};

// Milliseconds.
Timing TimeOf(int runs, const std::function<void()>& question) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    const auto start = SteadyClock::now();
    question();
    times.push_back(SecondsSince(start) * 1e3);
  }
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

void Ask(const View& view, int runs) {
  const Queries queries(view);
  const auto show = [&](const char* name, const std::function<void()>& question, int times) {
    const Timing timing = TimeOf(times, question);
    std::printf(", \"%s_ms\": {\"p50\": %.3f, \"p99\": %.3f}", name, timing.p50, timing.p99);
  };
  const Subject nation = Subject::OfRegion(kNation);
  const RegionCode java = *ParseRegionCode("32");
  show(
      "nation_day", [&] { Must(queries.Of(nation, kDay, kDay)); }, runs);
  show(
      "nation_hours", [&] { Must(queries.Hours(nation, kDay)); }, runs);
  show(
      "provinces_day", [&] { Must(queries.Children(kNation, Measure::kTurnover, kDay, kDay)); },
      runs);
  show(
      "regencies_of_a_province_day",
      [&] { Must(queries.Children(java, Measure::kTurnover, kDay, kDay)); }, runs);
  show(
      "same_weekday", [&] { Must(queries.WithSameWeekday(nation, Measure::kTurnover, kDay)); },
      runs);
  show(
      "cooperative_day", [&] { Must(queries.Of(Subject::OfCooperative(4'711), kDay, kDay)); },
      runs);
  show(
      "freshness_of_the_nation", [&] { Must(queries.FreshnessOf(nation, 1'777'900'000'000'000)); },
      5);
  show(
      "top_of_all_cooperatives",
      [&] {
        performance::Top(Must(queries.CooperativesOf(kNation, Measure::kTurnover, kDay, kDay)), 20);
      },
      5);
}

int Run(const std::string& dir, const SalesLogOptions& options, int runs) {
  const std::string log_dir = dir + "/log";
  const std::string rows_dir = dir + "/rows";
  if (!std::filesystem::exists(log_dir)) {
    const Status written = WriteSalesLog(log_dir, options);
    if (!written.ok()) {
      std::fprintf(stderr, "bench_performance: %s\n", written.message().c_str());
      return 1;
    }
  }
  std::filesystem::remove_all(rows_dir);
  LogStoreOptions reading;
  reading.read_only = true;
  const auto log = Must(LogStore::Open(log_dir, reading));
  const auto instance = Must(ProjectionInstance::Open(
      std::make_unique<performance::PerformanceProjection>(), rows_dir, {0}, {}));
  RunnerOptions running;
  running.once = true;
  // Called on the thread that takes events, which is the one that all wait for.
  double taking = 0;
  running.on_commit = [&] { taking = CpuSeconds(CLOCK_THREAD_CPUTIME_ID); };
  ShardFeeds feeds;
  feeds[0] = std::make_unique<LogFeed>(*log);
  const double cpu_before = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID);
  const auto start = SteadyClock::now();
  {
    Runner runner({instance.get()}, std::move(feeds), running);
    runner.Wait();
  }
  const double seconds = SecondsSince(start);
  const double cpu = CpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_before;
  const ProjectionStatus status = instance->status();
  if (!status.stopped.empty()) {
    std::fprintf(stderr, "bench_performance: %s\n", status.stopped.c_str());
    return 1;
  }
  std::printf(
      "{\"events\": %llu, \"seconds\": %.2f, \"events_per_second\": %.0f, "
      "\"cpu_seconds\": %.2f, \"taking_cpu_seconds\": %.2f, "
      "\"batches\": %llu, \"rows_written\": %llu, \"row_bytes\": %llu",
      static_cast<unsigned long long>(status.events), seconds,
      static_cast<double>(status.events) / seconds, cpu, taking,
      static_cast<unsigned long long>(status.store.batches),
      static_cast<unsigned long long>(status.store.rows_written),
      static_cast<unsigned long long>(status.store.row_bytes));
  Ask(*instance->view(), runs);
  std::printf("}\n");
  return 0;
}

}  // namespace
}  // namespace lumbung

int main(int argc, char** argv) {
  CLI::App app("Builds the projection of performance from a log, and asks it");
  std::string dir;
  lumbung::SalesLogOptions options;
  int runs = 200;
  bool keep = false;
  app.add_option("--dir", dir, "folder of the log and of the rows; a log that is there is used")
      ->required();
  app.add_option("--events", options.events, "transactions in the log");
  app.add_option("--cooperatives", options.cooperatives, "cooperatives, each in a village")
      ->check(CLI::Range(1, 83'000));
  app.add_option("--members", options.members, "members of each cooperative");
  app.add_option("--runs", runs, "how often each question is asked");
  app.add_flag("--keep", keep, "leave the folder behind");
  CLI11_PARSE(app, argc, argv);
  const int code = lumbung::Run(dir, options, runs);
  if (!keep) {
    std::filesystem::remove_all(dir);
  }
  return code;
}
