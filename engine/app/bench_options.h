// What a benchmark is told, and what it finds.
#pragma once

#include <cstdint>
#include <string>

namespace lumbung {

struct BenchOptions {
  // Where the ledger is made; removed afterwards unless `keep`.
  std::string dir;
  bool keep = false;
  std::uint64_t transactions = 1'000'000;
  // Not counted, first.
  std::uint64_t warm_up = 100'000;
  // Accounts that are posted to, spread evenly over cooperatives of at most 1,000 each.
  std::uint64_t accounts = 10'000;
  // Transactions a submission; submissions in flight.
  std::uint64_t batch = 8'000;
  std::uint64_t in_flight = 4;
  // Instead: so many callers, each with one transaction at a time, served by one client thread.
  std::uint64_t callers = 0;
  // Share of transactions, in percent, that debit one and the same account.
  std::uint64_t hot_percent = 0;
  bool random_ids = false;
  // Against a server: connections that share the submissions; plain unary calls in place of the
  // client library; transactions a second that are meant to be sent, 0 = as many as go.
  std::uint64_t connections = 1;
  bool unary = false;
  std::uint64_t rate = 0;
  // Random ids that are in the index before the ledger opens.
  std::uint64_t ids_before = 0;
  std::uint64_t index_mib = 128;
  std::uint64_t account_memory_mib = 1024;
  std::uint64_t seed = 1;
};

struct BenchResult {
  std::uint64_t transactions = 0;
  std::uint64_t refused = 0;
  double seconds = 0;
  double per_second = 0;
  // Of a transaction: from its submission to its answer, in milliseconds.
  double p50 = 0;
  double p99 = 0;
  double p999 = 0;
  double max = 0;
  double events_a_block = 0;
  double fsyncs_a_block = 0;
  double bytes_an_event = 0;          // as encoded
  double bytes_on_disk_an_event = 0;  // log, derived store and all
  double write_amplification = 0;     // bytes written to the log's files over bytes of events
  std::uint64_t cpu_milliseconds = 0;
  std::uint64_t resident_mib = 0;  // at the end
  std::uint64_t accounts = 0;
};

}  // namespace lumbung
