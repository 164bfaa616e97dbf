// lumbung bench: how fast this machine runs a ledger.
#include <filesystem>
#include <unistd.h>

#include "engine/app/bench_local.h"
#include "engine/app/bench_server.h"
#include "engine/app/commands.h"
#include "engine/app/progress.h"
#include "engine/app/server_access.h"
#include "engine/app/signals.h"

namespace lumbung {
namespace {

class Bench : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "bench", "Measure how fast this machine runs a ledger",
        "lumbung bench --transactions 200000 --json\n"
        "lumbung bench --transactions 200000 --ids random --batch 1000\n"
        "lumbung bench --transactions 50000 --callers 1000\n"
        "lumbung bench --server 127.0.0.1:7070 --batch 100 --connections 10\n",
        "Makes a ledger of its own, posts to it from within this process with every block synced\n"
        "to disk, and removes it. Transactions are made while they are posted, on the same cores.\n"
        "Latency is from a transaction's submission to its durable answer. With --server it posts\n"
        "to one that runs, over gRPC, and leaves there what it posted.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddServerOptions(app, server_);
    app.add_option("--connections", options_.connections, "Connections to the server")
        ->check(CLI::Range(1, 1'000))
        ->capture_default_str();
    app.add_flag("--unary", options_.unary, "A call of its own for each submission to the server");
    app.add_option("--rate", options_.rate,
                   "Transactions a second to be sent, whatever is answered; latency is then from "
                   "the time at which each was due");
    app.add_option("--dir", options_.dir,
                   "Folder for the ledger, on the disk to be measured; default: one below the "
                   "current folder");
    app.add_flag("--keep", options_.keep, "Keep the ledger");
    app.add_option("--transactions", options_.transactions, "Transactions that count")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--warm-up", options_.warm_up, "Transactions before them")
        ->capture_default_str();
    app.add_option("--accounts", options_.accounts, "Accounts that are posted to")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--batch", options_.batch, "Transactions a submission")
        ->check(CLI::Range(1, 8'192))
        ->capture_default_str();
    app.add_option("--in-flight", options_.in_flight, "Submissions at a time")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--callers", options_.callers,
                   "Instead of batches: callers with one transaction each at a time");
    app.add_option("--hot", options_.hot_percent,
                   "Percent of transactions that debit one and the same account")
        ->check(CLI::Range(0, 100))
        ->capture_default_str();
    app.add_option("--ids", ids_, "Order of transaction ids: v7 (by time) or random")
        ->check(CLI::IsMember({"v7", "random"}))
        ->capture_default_str();
    app.add_option("--ids-before", options_.ids_before,
                   "Random ids that the index holds before the start");
    app.add_option("--index-memory", options_.index_mib, "Memory for the index of ids, in MiB")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--account-memory", options_.account_memory_mib, "Memory for accounts, in MiB")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option("--seed", options_.seed, "Of the random numbers")->capture_default_str();
  }

  ExitCode Run(Output& output) override;

 private:
  void Print(Output& output, const BenchResult& result) const;

  BenchOptions options_;
  std::string ids_ = "v7";
  ServerArguments server_;
};

void Bench::Print(Output& output, const BenchResult& result) const {
  if (server_.given()) {
    output.Document({{"transactions_per_second", result.per_second},
                     {"transactions", result.transactions},
                     {"refused", result.refused},
                     {"seconds", result.seconds},
                     {"latency_ms",
                      {{"p50", result.p50},
                       {"p99", result.p99},
                       {"p99_9", result.p999},
                       {"max", result.max}}}});
    output.Line("{:.0f} transactions a second ({} in {:.2f} s, {} refused)", result.per_second,
                result.transactions, result.seconds, result.refused);
    output.Line("latency in ms: p50 {:.2f}  p99 {:.2f}  p99.9 {:.2f}  max {:.2f}", result.p50,
                result.p99, result.p999, result.max);
    return;
  }
  output.Document(
      {{"transactions_per_second", result.per_second},
       {"transactions", result.transactions},
       {"refused", result.refused},
       {"seconds", result.seconds},
       {"cpu_milliseconds", result.cpu_milliseconds},
       {"latency_ms",
        {{"p50", result.p50}, {"p99", result.p99}, {"p99_9", result.p999}, {"max", result.max}}},
       {"events_a_block", result.events_a_block},
       {"fsyncs_a_block", result.fsyncs_a_block},
       {"bytes_an_event", result.bytes_an_event},
       {"bytes_on_disk_an_event", result.bytes_on_disk_an_event},
       {"write_amplification", result.write_amplification},
       {"accounts", result.accounts},
       {"resident_mib", result.resident_mib}});
  output.Line("{:.0f} transactions a second ({} in {:.2f} s, {:.2f} s of CPU, {} refused)",
              result.per_second, result.transactions, result.seconds,
              static_cast<double>(result.cpu_milliseconds) / 1000, result.refused);
  output.Line("latency in ms: p50 {:.2f}  p99 {:.2f}  p99.9 {:.2f}  max {:.2f}", result.p50,
              result.p99, result.p999, result.max);
  output.Line("{:.1f} events and {:.2f} fsyncs a block", result.events_a_block,
              result.fsyncs_a_block);
  output.Line("{:.1f} bytes an event, {:.1f} on disk; write amplification {:.2f}",
              result.bytes_an_event, result.bytes_on_disk_an_event, result.write_amplification);
  output.Line("{} accounts, {} MiB resident", result.accounts, result.resident_mib);
}

ExitCode Bench::Run(Output& output) {
  options_.random_ids = ids_ == "random";
  if (options_.dir.empty()) {
    options_.dir = "lumbung-bench-" + std::to_string(getpid());
  }
  Progress progress("bench", "transactions");
  const auto update = [&](std::uint64_t done) {
    progress.Update(done, static_cast<double>(done) / static_cast<double>(options_.transactions));
  };
  const Result<BenchResult> result =
      server_.given() ? RunServerBench(options_, server_.address, update, StopFlag())
                      : RunLocalBench(options_, update, StopFlag());
  if (!result.ok()) {
    if (!server_.given() && !options_.keep && result.status().kind() == Status::Kind::kCancelled) {
      std::filesystem::remove_all(options_.dir);
    }
    return output.Fail(result.status());
  }
  Print(output, *result);
  return ExitCode::kOk;
}

}  // namespace

std::unique_ptr<Command> MakeBench() { return std::make_unique<Bench>(); }

}  // namespace lumbung
