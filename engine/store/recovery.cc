#include "engine/store/recovery.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <system_error>

#include "engine/base/check.h"
#include "engine/store/log_store.h"
#include "engine/store/posix.h"
#include "engine/store/recovery_mark.h"
#include "engine/store/salvage.h"

namespace lumbung {
namespace {

namespace fs = std::filesystem;

// Blocks of the new log: big enough to be written fast.
constexpr std::size_t kBlockBytes = std::size_t{4} << 20;

bool Exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

Status RemoveAll(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  return error ? Status::IoError("deleting " + path + ": " + error.message()) : Status::Ok();
}

// A work directory, empty and gone again when this goes.
class WorkDirectory {
 public:
  explicit WorkDirectory(std::string path) : path_(std::move(path)) {}
  ~WorkDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;

  Status Make() const {
    LUMBUNG_RETURN_IF_ERROR(RemoveAll(path_));
    std::error_code error;
    fs::create_directories(path_, error);
    return error ? Status::IoError("making " + path_ + ": " + error.message()) : Status::Ok();
  }

 private:
  const std::string path_;
};

// What is wrong with the log, as opening and reading it in the usual way shows; empty if nothing.
std::string FindDamage(const std::string& dir) {
  LogStoreOptions options;
  options.read_only = true;
  const Result<std::unique_ptr<LogStore>> store = LogStore::Open(dir, options);
  if (!store.ok()) {
    return store.status().message();
  }
  if (const Status files = (*store)->VerifyFiles(); !files.ok()) {
    return files.message();
  }
  const Result<TreeBuilder> tree = (*store)->LoadTree();
  return tree.ok() ? std::string() : tree.status().message();
}

// Copies good events into a new log. One thread at a time.
class LogWriter {
 public:
  explicit LogWriter(LogStore& store) : store_(store) {}

  Status Add(const Head& at, std::string_view event) {
    std::uint8_t* const out = block_.Reserve(at.sequence, event.size());
    std::copy(event.begin(), event.end(), out);
    tree_.Append(at.hash, tiles_);
    last_hash_ = at.hash;
    return block_.bytes() < kBlockBytes ? Status::Ok() : Flush();
  }

  Status Flush() {
    if (block_.empty()) {
      return Status::Ok();
    }
    block_.Finish();
    Status status = store_.Append(block_, tiles_, last_hash_);
    block_.Clear();
    tiles_.clear();
    return status;
  }

 private:
  LogStore& store_;
  BlockBuilder block_;
  TreeBuilder tree_;
  std::vector<Tile> tiles_;
  Hash last_hash_{};
};

// What the salvage and HEAD together say. REQUIRES: the good events have been visited
RecoveryReport MakeReport(const std::string& dir, Salvage& salvage, const std::string& damage) {
  RecoveryReport report;
  report.good = salvage.good();
  report.lost = salvage.Highest();
  if (const std::optional<Head> head = HeadFile::Salvage(dir + "/HEAD");
      head.has_value() && head->sequence >= report.lost.sequence) {
    report.lost = *head;
  }
  report.damage = damage;
  if (report.events_lost() > 0) {
    report.ended_by =
        "event " + std::to_string(report.good.sequence + 1) + ": " + salvage.ended_by();
    if (damage.empty()) {
      report.damage = report.ended_by;
    }
  }
  return report;
}

Status MakeNewLog(const std::string& dir, const Head& agreed, const std::string& damage,
                  RecoveryReport& report) {
  const std::string work = RecoveryWorkPath(dir);
  const WorkDirectory salvage_dir(work + "/salvage");
  LUMBUNG_RETURN_IF_ERROR(RemoveAll(work));
  LUMBUNG_RETURN_IF_ERROR(salvage_dir.Make());
  Result<std::unique_ptr<Salvage>> salvage = Salvage::Open(dir + "/log", work + "/salvage");
  if (!salvage.ok()) {
    return salvage.status();
  }
  Result<std::unique_ptr<LogStore>> store = LogStore::Create(work, {});
  if (!store.ok()) {
    return store.status();
  }
  LogWriter writer(**store);
  LUMBUNG_RETURN_IF_ERROR((*salvage)->ForEachGoodEvent(
      [&](const Head& at, std::string_view event) { return writer.Add(at, event); }));
  LUMBUNG_RETURN_IF_ERROR(writer.Flush());
  for (const auto& [key, value] : (*salvage)->meta()) {
    LUMBUNG_RETURN_IF_ERROR((*store)->PutMeta(key, value));
  }
  LUMBUNG_RETURN_IF_ERROR((*store)->Close());
  report = MakeReport(dir, **salvage, damage);
  if (report.good.sequence == 0) {
    return Status::Refused(dir + ": not even the first event can be read; restore a backup");
  }
  if (report.damage.empty()) {
    return Status::Refused(dir + ": no damage was found");
  }
  if (report.good != agreed) {
    return Status::Refused(dir + ": the last good event is " +
                           std::to_string(report.good.sequence) + ", not the agreed " +
                           std::to_string(agreed.sequence) + "; inspect the damage again");
  }
  return Status::Ok();
}

// The pieces of a log, in the order in which they are swapped.
constexpr std::array kPieces = {"/log", "/HEAD"};

// Where a damaged piece is kept.
std::string Aside(const std::string& piece_path, int number) {
  return piece_path + ".damaged-" + std::to_string(number);
}

int FreeNumber(const std::string& dir) {
  int number = 1;
  while (std::any_of(kPieces.begin(), kPieces.end(),
                     [&](const char* piece) { return Exists(Aside(dir + piece, number)); })) {
    ++number;
  }
  return number;
}

Status Before(const RecoveryOptions& options, std::string_view step) {
  return options.before_step != nullptr ? options.before_step(step) : Status::Ok();
}

// Puts the new log in the old one's place. Each step sees by what is there whether it was done: as
// long as the new piece is in the work directory, what has its name is the old one.
Status Swap(const std::string& dir, int number, const RecoveryOptions& options) {
  const std::string work = RecoveryWorkPath(dir);
  LUMBUNG_RETURN_IF_ERROR(Before(options, "delete derived"));
  LUMBUNG_RETURN_IF_ERROR(RemoveAll(dir + "/derived"));
  for (const std::string piece : kPieces) {
    const std::string old_path = dir + piece;
    if (Exists(work + piece) && Exists(old_path)) {
      LUMBUNG_RETURN_IF_ERROR(Before(options, "set aside " + piece));
      LUMBUNG_RETURN_IF_ERROR(RenameSynced(old_path, Aside(old_path, number)));
    }
  }
  for (const std::string piece : kPieces) {
    const std::string new_path = work + piece;
    if (Exists(new_path)) {
      LUMBUNG_RETURN_IF_ERROR(Before(options, "put in place " + piece));
      LUMBUNG_RETURN_IF_ERROR(RenameSynced(new_path, dir + piece));
    }
  }
  LUMBUNG_RETURN_IF_ERROR(Before(options, "delete recovering"));
  LUMBUNG_RETURN_IF_ERROR(RemoveAll(work));
  return SyncDirectory(dir);
}

Status FindLog(const std::string& dir) {
  return Exists(dir + "/log") || Exists(dir + "/HEAD") ? Status::Ok()
                                                       : Status::NotFound(dir + " holds no log");
}

// Makes the new log, and decides for it by writing the mark.
Result<RecoveryReport> BeginRecovery(const std::string& dir, const Head& agreed,
                                     const RecoveryOptions& options) {
  LUMBUNG_RETURN_IF_ERROR(FindLog(dir));
  RecoveryReport report;
  if (Status made = MakeNewLog(dir, agreed, FindDamage(dir), report); !made.ok()) {
    // What was made so far is of no use; the next run would delete it, too.
    (void)RemoveAll(RecoveryWorkPath(dir));
    return made;
  }
  report.kept_as = FreeNumber(dir);
  LUMBUNG_RETURN_IF_ERROR(Before(options, "mark"));
  LUMBUNG_RETURN_IF_ERROR(WriteRecoveryMark(dir, report));
  return report;
}

}  // namespace

Result<RecoveryReport> InspectDamage(const std::string& dir) {
  Result<RecoveryReport> begun = ReadRecoveryMark(dir);
  if (begun.status().kind() != Status::Kind::kNotFound) {
    return begun;
  }
  LUMBUNG_RETURN_IF_ERROR(FindLog(dir));
  const WorkDirectory work(RecoveryWorkPath(dir));
  LUMBUNG_RETURN_IF_ERROR(work.Make());
  Result<std::unique_ptr<Salvage>> salvage = Salvage::Open(dir + "/log", RecoveryWorkPath(dir));
  if (!salvage.ok()) {
    return salvage.status();
  }
  LUMBUNG_RETURN_IF_ERROR(
      (*salvage)->ForEachGoodEvent([](const Head&, std::string_view) { return Status::Ok(); }));
  return MakeReport(dir, **salvage, FindDamage(dir));
}

Result<RecoveryReport> RecoverLog(const std::string& dir, const Head& agreed,
                                  const RecoveryOptions& options) {
  Result<RecoveryReport> begun = ReadRecoveryMark(dir);
  if (begun.status().kind() == Status::Kind::kNotFound) {
    begun = BeginRecovery(dir, agreed, options);
  }
  if (!begun.ok()) {
    return begun;
  }
  if (begun->good != agreed) {
    return Status::Refused(dir + ": a recovery up to " + std::to_string(begun->good.sequence) +
                           " was begun, not up to the agreed " + std::to_string(agreed.sequence));
  }
  LUMBUNG_RETURN_IF_ERROR(Swap(dir, begun->kept_as, options));
  return begun;
}

Status FinishRecovery(const std::string& dir) {
  if (Exists(RecoveryWorkPath(dir))) {
    return Status::Refused(dir + ": the new log is not in its place yet; recover it first");
  }
  std::error_code error;
  fs::remove(RecoveryMarkPath(dir), error);
  if (error) {
    return Status::IoError("deleting " + RecoveryMarkPath(dir) + ": " + error.message());
  }
  return SyncDirectory(dir);
}

}  // namespace lumbung
