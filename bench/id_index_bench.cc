// What the index of ids costs: installs runs of ids into a derived store as the engine does, then
// looks up batches of absent and of present ids. Times are wall clock and, since the machine may be
// shared and merges run in a thread of their own, CPU time of the whole process.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <sys/resource.h>

#include "engine/base/bytes.h"
#include "engine/base/check.h"
#include "engine/store/derived_store.h"
#include "engine/store/id_table.h"

namespace lumbung {
namespace {

struct Settings {
  std::uint64_t ids = 10'000'000;
  std::uint64_t install = 512 * 1024;
  std::uint64_t cache_mib = 128;
  std::uint64_t batch = 8'000;
  std::uint64_t lookups = 4'000'000;
  std::uint64_t rows = 0;
  std::uint64_t seed = 1;
  std::string order = "random";
  std::string folder;
  bool keep = false;
};

void CheckOk(const Status& status) {
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.message().c_str());
    std::exit(1);
  }
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
}

double WallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::uint64_t ResidentMib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word == "VmRSS:") {
      std::uint64_t kib = 0;
      status >> kib;
      return kib / 1024;
    }
  }
  return 0;
}

std::uint64_t Mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

// The n-th id of a seed: random bits (v4), or 500 a millisecond with random bits after the time
// (v7).
IdKey KeyOf(const Settings& settings, std::uint64_t stream, std::uint64_t n) {
  const std::uint64_t a = Mix(settings.seed * 1'000'003 + stream * 7'919 + n * 2);
  const std::uint64_t b = Mix(a + n);
  IdKey key;
  if (settings.order == "v7") {
    const std::uint64_t milliseconds = 1'780'000'000'000 + n / 500;
    StoreBigEndian(key.data(), (milliseconds << 16) | 0x7000 | (a & 0xfff));
  } else {
    StoreBigEndian(key.data(), (a & ~std::uint64_t{0xf000}) | 0x4000);
  }
  StoreBigEndian(key.data() + 8, (b >> 2) | (std::uint64_t{1} << 63));
  StoreBigEndian(key.data() + 16, 1 + n % 80'000);
  return key;
}

// A stretch of work: prints what it cost an item.
class Stretch {
 public:
  Stretch() : wall_(WallSeconds()), cpu_(CpuSeconds()) {}
  const Stretch& Stop() {
    wall_ = WallSeconds() - wall_;
    cpu_ = CpuSeconds() - cpu_;
    return *this;
  }
  void Print(const char* what, std::uint64_t items) const {
    const auto count = static_cast<double>(items);
    std::printf("%-28s %12.0f /s   %7.3f us wall   %7.3f us CPU\n", what, count / wall_,
                1e6 * wall_ / count, 1e6 * cpu_ / count);
    std::fflush(stdout);
  }
  void operator+=(const Stretch& other) {
    wall_ += other.wall_;
    cpu_ += other.cpu_;
    slowest_ = std::max(slowest_, other.wall_);
  }
  // Wall time of the longest that was added.
  double slowest() const { return slowest_; }
  static Stretch Zero() {
    Stretch stretch;
    stretch.wall_ = 0;
    stretch.cpu_ = 0;
    return stretch;
  }

 private:
  double wall_;
  double cpu_;
  double slowest_ = 0;
};

// Rows of accounts as they change between two installs: `count` of ten times as many.
std::vector<StateRow> ChangedRows(const Settings& settings, std::uint64_t step) {
  std::vector<StateRow> rows;
  for (std::uint64_t i = 0; i < settings.rows; ++i) {
    StateRow& row = rows.emplace_back();
    AppendBigEndian(row.key, i * 10 + Mix(step * settings.rows + i) % 10);
    AppendBigEndian(row.key, std::uint64_t{1});
    row.value.assign(84, static_cast<char>(step));
  }
  return rows;
}

// Each install waits for the merges that it leads to, as between two installs of a running engine:
// so all costs are seen, and the runs are as many as they can be.
void Install(const Settings& settings, DerivedStore& store) {
  Stretch insert = Stretch::Zero();
  Stretch sort = Stretch::Zero();
  Stretch install = Stretch::Zero();
  Stretch merge = Stretch::Zero();
  std::vector<IdKey> keys;
  IdTable table;
  for (std::uint64_t n = 0; n < settings.ids;) {
    keys.clear();
    for (std::uint64_t i = 0; i < settings.install && n + i < settings.ids; ++i) {
      keys.push_back(KeyOf(settings, 0, n + i));
    }
    Stretch inserting;
    table.Clear();
    for (const IdKey& key : keys) {
      table.Insert(key, ++n);
    }
    insert += inserting.Stop();
    Stretch sorting;
    const std::vector<IdEntry> entries = table.Sorted();
    sort += sorting.Stop();
    const std::vector<StateRow> rows = ChangedRows(settings, n);
    Stretch installing;
    CheckOk(store.Install({n, Hash{}}, entries, rows));
    install += installing.Stop();
    Stretch merging;
    CheckOk(store.WaitForMerges());
    merge += merging.Stop();
  }
  insert.Print("insert into the table", settings.ids);
  sort.Print("sort", settings.ids);
  install.Print("install", settings.ids);
  merge.Print("merge", settings.ids);
  std::printf("  slowest install            %12.0f ms\n", 1e3 * install.slowest());
}

enum class Kind { kAbsent, kPresent };

void LookUp(const Settings& settings, const DerivedStore& store, Kind kind, const char* what) {
  Stretch total = Stretch::Zero();
  std::vector<IdKey> keys(settings.batch);
  std::vector<std::uint64_t> sequences(settings.batch);
  std::uint64_t done = 0;
  while (done < settings.lookups) {
    for (std::uint64_t i = 0; i < settings.batch; ++i) {
      // Present ids come back in the order in which they came, as when a file is imported again.
      keys[i] = kind == Kind::kAbsent ? KeyOf(settings, 1, settings.ids / 2 + done + i)
                                      : KeyOf(settings, 0, (done + i) % settings.ids);
    }
    Stretch finding;
    CheckOk(store.FindIds(keys, sequences));
    total += finding.Stop();
    const auto found = settings.batch - static_cast<std::uint64_t>(
                                            std::count(sequences.begin(), sequences.end(), 0U));
    LUMBUNG_CHECK(found == (kind == Kind::kPresent ? settings.batch : 0));
    done += settings.batch;
  }
  total.Print(what, done);
  std::printf("  slowest batch              %12.1f ms\n", 1e3 * total.slowest());
}

void PrintStats(const DerivedStore& store) {
  const DerivedStoreStats stats = store.Stats();
  const auto mib = [](std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); };
  std::printf(
      "%lu ids in %lu runs of %lu pieces; %.0f MiB on disk, %.0f MiB installed, %.0f MiB "
      "written again: write amplification %.2f\n",
      stats.ids, stats.runs, stats.pieces, mib(stats.bytes_on_disk), mib(stats.bytes_installed),
      mib(stats.bytes_merged + stats.bytes_compacted),
      stats.bytes_installed == 0
          ? 0
          : 1 + mib(stats.bytes_merged + stats.bytes_compacted) / mib(stats.bytes_installed));
  std::printf("index memory %.1f MiB, of which filters %.1f MiB; resident %lu MiB\n",
              mib(store.MemoryBytes()), mib(stats.filter_bytes), ResidentMib());
}

void ScanRows(const DerivedStore& store) {
  Stretch stretch;
  std::uint64_t rows = 0;
  CheckOk(store.ForEachRow([&](std::string_view, std::string_view) {
    ++rows;
    return Status::Ok();
  }));
  stretch.Stop();
  if (rows > 0) {
    std::printf("%lu rows\n", rows);
    stretch.Print("read all rows", rows);
  }
}

void Run(const Settings& settings) {
  std::filesystem::create_directories(settings.folder);
  DerivedStoreOptions options;
  options.cache_bytes = settings.cache_mib << 20;
  Stretch opening;
  auto store = DerivedStore::Open(settings.folder, options);
  CheckOk(store.status());
  opening.Stop();
  opening.Print("open", 1);
  if ((*store)->Stats().ids == 0) {
    Install(settings, **store);
    PrintStats(**store);
  }
  LookUp(settings, **store, Kind::kAbsent, "absent, filters read too");
  LookUp(settings, **store, Kind::kAbsent, "absent");
  LookUp(settings, **store, Kind::kPresent, "present");
  ScanRows(**store);
  PrintStats(**store);
  CheckOk((*store)->Close());
  if (!settings.keep) {
    CheckOk(DerivedStore::Destroy(settings.folder));
  }
}

}  // namespace
}  // namespace lumbung

int main(int argc, char** argv) {
  lumbung::Settings settings;
  settings.folder = (std::filesystem::temp_directory_path() / "lumbung_id_index_bench").string();
  CLI::App app("Measures the index of ids in a derived store.");
  app.add_option("--ids", settings.ids, "Ids to install first")->capture_default_str();
  app.add_option("--install", settings.install, "Ids of one install")->capture_default_str();
  app.add_option("--rows", settings.rows, "Changed rows of one install")->capture_default_str();
  app.add_option("--cache-mib", settings.cache_mib, "Memory for the index")->capture_default_str();
  app.add_option("--batch", settings.batch, "Ids of one look-up")->capture_default_str();
  app.add_option("--lookups", settings.lookups, "Ids to look up")->capture_default_str();
  app.add_option("--order", settings.order, "v7: in order of time; random: v4")
      ->check(CLI::IsMember({"v7", "random"}))
      ->capture_default_str();
  app.add_option("--seed", settings.seed, "Other ids for another number")->capture_default_str();
  app.add_option("--dir", settings.folder, "Where the store is made")->capture_default_str();
  app.add_flag("--keep", settings.keep, "Keep the store; the next run does not install again");
  CLI11_PARSE(app, argc, argv);
  lumbung::Run(settings);
  return 0;
}
