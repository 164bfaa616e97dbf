// Posts to a ledger from several threads and says so on standard output, until it is killed, kills
// itself in the middle of a write, or standard input ends: then it closes in order.
//
//   kill_writer <dir> <first stream> <expiry> <kill at operation> <moment> <pending>...
//
// Pending: stream/number of commands that earlier lives submitted and got no answer for; all
// threads ask for them again at once.
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <vector>

#include "engine/base/check.h"
#include "engine/commit/ledger.h"
#include "tests/fault/kill_file_system.h"
#include "tests/fault/kill_protocol.h"
#include "tests/support/workload.h"

namespace lumbung {
namespace {

std::uint64_t ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  LUMBUNG_CHECK(error == std::errc() && end == text.data() + text.size());
  return number;
}

void Tell(const KillRecord& record) {
  LUMBUNG_CHECK(::write(STDOUT_FILENO, &record, sizeof(record)) == sizeof(record));
}

class Writer {
 public:
  Writer(Ledger& ledger, std::int64_t expiry, std::vector<WorkNumber> pending)
      : ledger_(ledger), expiry_(expiry), pending_(std::move(pending)) {}

  // Takes numbers of a stream until it is told to stop. Threads with odd streams hand several
  // commands over at once.
  void Work(std::uint64_t stream) {
    for (const WorkNumber& work : pending_) {
      Execute({work});
    }
    const std::uint64_t at_once = stream % 2 == 0 ? 1 : 9;
    for (std::uint64_t number = kFirstNumber; !stop_; number += at_once) {
      std::vector<WorkNumber> works;
      for (std::uint64_t i = 0; i < at_once; ++i) {
        works.push_back({stream, number + i});
      }
      Execute(works);
      if (number % 5 == 0) {
        // As a client that got no answer.
        Execute({{stream, kFirstNumber + (number * 7) % (number - kFirstNumber + 1)}});
      }
    }
  }
  void Stop() { stop_ = true; }

 private:
  static constexpr std::uint64_t kFirstNumber = 12;

  void Execute(const std::vector<WorkNumber>& works) {
    std::vector<v1::Command> commands;
    std::vector<const v1::Command*> pointers;
    commands.reserve(works.size());
    for (const WorkNumber& work : works) {
      commands.push_back(MixedCommand(work, expiry_));
      pointers.push_back(&commands.back());
      Tell({.type = KillRecord::kSubmitting, .stream = work.stream, .number = work.number});
    }
    const std::vector<Answer> answers = ledger_.Execute(pointers);
    for (std::size_t i = 0; i < works.size(); ++i) {
      Tell({.type = KillRecord::kAnswered,
            .code = static_cast<std::uint32_t>(answers[i].code),
            .stream = works[i].stream,
            .number = works[i].number,
            .sequence = answers[i].sequence,
            .hash = answers[i].hash,
            .replayed = answers[i].replayed ? 1U : 0U});
    }
  }

  Ledger& ledger_;
  const std::int64_t expiry_;
  const std::vector<WorkNumber> pending_;
  std::atomic<bool> stop_ = false;
};

int Run(const std::vector<std::string_view>& arguments) {
  const std::string dir(arguments[0]);
  const std::uint64_t first_stream = ParseNumber(arguments[1]);
  const auto expiry = static_cast<std::int64_t>(ParseNumber(arguments[2]));
  std::vector<WorkNumber> pending;
  for (std::size_t i = 5; i < arguments.size(); ++i) {
    const std::size_t slash = arguments[i].find('/');
    pending.push_back(
        {ParseNumber(arguments[i].substr(0, slash)), ParseNumber(arguments[i].substr(slash + 1))});
  }
  ShardOptions options;
  options.log.file_system = std::make_shared<KillFileSystem>(
      ParseNumber(arguments[3]), static_cast<Moment>(ParseNumber(arguments[4])));
  options.derived.file_system = options.log.file_system;
  // So small that flushes, derived steps and merges are always under way.
  options.log.write_buffer_bytes = 64 * 1024;
  options.derived.cache_bytes = std::size_t{1} << 20;
  options.derived_step_events = 150;
  options.derived_piece_rows = 40;
  options.max_block_events = 40;
  Result<std::unique_ptr<Ledger>> ledger = Ledger::Open(dir, options);
  if (!ledger.ok()) {
    std::fprintf(stderr, "the writer can't open the ledger: %s\n",
                 ledger.status().message().c_str());
    return 2;
  }
  Tell({.type = KillRecord::kOpened});
  Writer writer(**ledger, expiry, std::move(pending));
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < kKillThreads; ++thread) {
    threads.emplace_back([&, thread] { writer.Work(first_stream + thread); });
  }
  char ignored = 0;
  while (::read(STDIN_FILENO, &ignored, 1) > 0) {
  }
  writer.Stop();
  for (std::thread& thread : threads) {
    thread.join();
  }
  if (const Status closed = (*ledger)->Close(); !closed.ok()) {
    std::fprintf(stderr, "the writer can't close the ledger: %s\n", closed.message().c_str());
    return 3;
  }
  Tell({.type = KillRecord::kClosed});
  return 0;
}

}  // namespace
}  // namespace lumbung

int main(int count, char** values) {
  const std::vector<std::string_view> arguments(values + 1, values + count);
  if (arguments.size() < 5) {
    std::fprintf(stderr, "kill_writer is started by kill_test\n");
    return 2;
  }
  return lumbung::Run(arguments);
}
