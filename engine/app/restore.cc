// lumbung restore: makes a ledger out of a backup, without ever forking history in silence.
//
//   copy BACKUP to <DIR>.restoring → append what the exports have beyond it → compare with the
//   checkpoints → where the end of history is not known, record the loss → rename to DIR
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/ledger_access.h"
#include "engine/app/log_extension.h"
#include "engine/app/signals.h"
#include "engine/exporters/proto.h"
#include "engine/store/posix.h"
#include "engine/verify/checkpoint_check.h"

namespace lumbung {
namespace {

namespace fs = std::filesystem;

// Makes all files below a folder, and their names, durable.
Status SyncBelow(const std::string& dir) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(dir, error)) {
    const std::string path = entry.path().string();
    const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid() || fsync(file.get()) != 0) {
      return PosixError("can't sync " + path, errno);
    }
  }
  return error ? Status::IoError(dir + ": " + error.message()) : SyncDirectory(dir);
}

// What became of one shard.
struct RestoredShard {
  std::uint64_t backup_head = 0;
  std::uint64_t appended = 0;
  // An export reached beyond the backup or to its end.
  bool has_export = false;
  // The last event known to have been there, by a checkpoint; 0 where none says more.
  std::uint64_t known_size = 0;
  bool loss_recorded = false;
};

class Restore : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "restore", "Make a ledger out of a backup",
        "lumbung restore barn.backup barn2 --export barn.events\n"
        "lumbung restore barn.backup barn2 --accept-loss\n",
        "A backup is older than the ledger was, and others have seen what came after it. So it is\n"
        "extended first, from exports (`lumbung replay --format proto`, one a shard): events that\n"
        "link are appended byte for byte. An export vouches for where history ended; without one\n"
        "for every shard, or if a checkpoint says that there was more, an operator must confirm\n"
        "with --accept-loss, and an event LedgerRestored says so for ever.\n"
        "The exports' origin must be trusted like the ledger's: links prove order, not origin.\n"
        "Interrupted, DIR is not there: run the same again.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    app.add_option("BACKUP", backup_, "Folder that `lumbung backup` made")->required();
    AddLedgerOptions(app, ledger_);
    app.add_option("--export", exports_, "Files of events that reach beyond the backup");
    app.add_option("--checkpoint", checkpoints_, "Files of checkpoints that the ledger signed");
    app.add_flag("--accept-loss", accept_loss_,
                 "Events after the backup may be lost; record that they are");
    app.add_option("--reason", reason_, "What to record: backup or damage")
        ->check(CLI::IsMember({"backup", "damage"}))
        ->capture_default_str();
  }

  ExitCode Run(Output& output) override;

 private:
  Status CopyBackup();
  Status Extend(const std::vector<std::string>& folders);
  Status ExtendFrom(const std::string& file, std::vector<LogExtension>& extensions);
  Status CompareCheckpoints();
  bool LossIsPossible(const RestoredShard& shard, std::uint64_t head) const {
    return !shard.has_export || shard.known_size > head;
  }
  Status RecordLoss(Ledger& ledger);
  Status Do();
  void Print(Output& output) const;

  std::string backup_;
  LedgerArguments ledger_;
  std::vector<std::string> exports_;
  std::vector<std::string> checkpoints_;
  bool accept_loss_ = false;
  std::string reason_ = "backup";
  // Where it is made: <DIR>.restoring.
  std::string work_;
  std::vector<RestoredShard> shards_;
};

Status Restore::CopyBackup() {
  std::error_code error;
  if (fs::exists(ledger_.dir, error)) {
    return Status::Refused(ledger_.dir + " is there already: restore makes a new folder");
  }
  LUMBUNG_RETURN_IF_ERROR(ShardFolders(backup_).status());
  // A folder that another run left behind.
  fs::remove_all(work_, error);
  fs::copy(backup_, work_, fs::copy_options::recursive, error);
  if (error) {
    return Status::IoError("can't copy " + backup_ + " to " + work_ + ": " + error.message());
  }
  return Status::Ok();
}

Status Restore::ExtendFrom(const std::string& file, std::vector<LogExtension>& extensions) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return Status::NotFound("can't open " + file);
  }
  std::string first;
  const Result<bool> begun = EntryReader(stream).Next(first);
  LUMBUNG_RETURN_IF_ERROR(begun.status());
  for (std::size_t i = 0; *begun && i < extensions.size(); ++i) {
    if (!extensions[i].Begins(first)) {
      continue;
    }
    stream.clear();
    stream.seekg(0);
    LUMBUNG_RETURN_IF_ERROR(extensions[i].Append(stream));
    shards_[i].has_export = true;
    return Status::Ok();
  }
  return Status::Refused(file +
                         " is no export that fits this backup: its first event is in none "
                         "of the shards and follows none of them");
}

Status Restore::Extend(const std::vector<std::string>& folders) {
  std::vector<std::unique_ptr<LogStore>> logs;
  std::vector<LogExtension> extensions;
  for (const std::string& folder : folders) {
    Result<std::unique_ptr<LogStore>> log = LogStore::Open(folder, {});
    LUMBUNG_RETURN_IF_ERROR(log.status());
    logs.push_back(std::move(*log));
    Result<LogExtension> extension = LogExtension::Open(*logs.back());
    LUMBUNG_RETURN_IF_ERROR(extension.status());
    extensions.push_back(std::move(*extension));
    shards_.push_back({logs.back()->head().sequence});
  }
  for (const std::string& file : exports_) {
    LUMBUNG_RETURN_IF_ERROR(ExtendFrom(file, extensions));
  }
  for (std::size_t i = 0; i < logs.size(); ++i) {
    shards_[i].appended = extensions[i].appended();
    LUMBUNG_RETURN_IF_ERROR(logs[i]->Close());
  }
  return Status::Ok();
}

Status Restore::CompareCheckpoints() {
  for (const std::string& file : checkpoints_) {
    const Result<std::string> text = ReadFile(file);
    LUMBUNG_RETURN_IF_ERROR(text.status());
    const std::string origin = text->substr(0, text->find('\n'));
    const std::optional<std::uint64_t> size = ClaimedSize(*text);
    const std::size_t slash = origin.rfind('/');
    const std::size_t shard = slash == std::string::npos
                                  ? shards_.size()
                                  : std::strtoul(origin.c_str() + slash + 1, nullptr, 10);
    if (!size || shard >= shards_.size()) {
      return Status::InvalidArgument(file + " is no checkpoint of one of the backup's shards");
    }
    shards_[shard].known_size = std::max(shards_[shard].known_size, *size);
  }
  return Status::Ok();
}

Status Restore::RecordLoss(Ledger& ledger) {
  for (std::uint32_t i = 0; i < ledger.shards(); ++i) {
    Shard& shard = ledger.shard(i);
    if (!LossIsPossible(shards_[i], shard.head().sequence)) {
      continue;
    }
    v1::LedgerRestored restored;
    LUMBUNG_RETURN_IF_ERROR(shard.Read([&](const State& state, std::uint64_t) {
      restored.set_generation(state.ledger().generation() + 1);
    }));
    restored.set_reason(reason_ == "damage" ? v1::LedgerRestored::DAMAGE
                                            : v1::LedgerRestored::BACKUP);
    restored.set_lost_sequence(shards_[i].known_size > shard.head().sequence ? shards_[i].known_size
                                                                             : 0);
    const Answer answer = shard.RecordRestoration(restored);
    if (answer.code != v1::OK) {
      return Status::IoError("the restoration can't be recorded: " + v1::Code_Name(answer.code) +
                             ": " + answer.detail);
    }
    shards_[i].loss_recorded = true;
  }
  return Status::Ok();
}

Status Restore::Do() {
  LUMBUNG_RETURN_IF_ERROR(CopyBackup());
  const Result<std::vector<std::string>> folders = ShardFolders(work_);
  LUMBUNG_RETURN_IF_ERROR(folders.status());
  LUMBUNG_RETURN_IF_ERROR(Extend(*folders));
  LUMBUNG_RETURN_IF_ERROR(CompareCheckpoints());
  for (std::size_t i = 0; i < shards_.size() && !accept_loss_; ++i) {
    const std::uint64_t head = shards_[i].backup_head + shards_[i].appended;
    if (LossIsPossible(shards_[i], head)) {
      return Status::Refused(
          "shard " + std::to_string(i) + " would end at event " + std::to_string(head) +
          (shards_[i].known_size > head
               ? ", but a checkpoint says that it had " + std::to_string(shards_[i].known_size)
               : ", and no export says whether more came after it") +
          ". Give an export that reaches further, or confirm with --accept-loss");
    }
  }
  LedgerArguments work = ledger_;
  work.dir = work_;
  Result<std::unique_ptr<Ledger>> ledger = OpenLedger(work);
  LUMBUNG_RETURN_IF_ERROR(ledger.status());
  if (accept_loss_) {
    LUMBUNG_RETURN_IF_ERROR(RecordLoss(**ledger));
  }
  LUMBUNG_RETURN_IF_ERROR((*ledger)->Close());
  LUMBUNG_RETURN_IF_ERROR(SyncBelow(work_));
  return RenameSynced(work_, ledger_.dir);
}

void Restore::Print(Output& output) const {
  Json shards = Json::array();
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    const RestoredShard& shard = shards_[i];
    shards.push_back({{"shard", i},
                      {"backup_head", shard.backup_head},
                      {"appended", shard.appended},
                      {"loss_recorded", shard.loss_recorded}});
    output.Line("shard {}: {} events of the backup, {} of exports{}", i,
                FormatCount(shard.backup_head), FormatCount(shard.appended),
                shard.loss_recorded ? ", and LedgerRestored" : "");
  }
  output.Document({{"ledger", ledger_.dir}, {"shards", shards}});
  output.Line("restored to {}; `lumbung verify {}` looks at all of it", ledger_.dir, ledger_.dir);
}

ExitCode Restore::Run(Output& output) {
  while (ledger_.dir.size() > 1 && ledger_.dir.back() == '/') {
    ledger_.dir.pop_back();
  }
  work_ = ledger_.dir + ".restoring";
  const Status status = Do();
  if (!status.ok()) {
    std::error_code ignored;
    fs::remove_all(work_, ignored);
    return output.Fail(status);
  }
  Print(output);
  return ExitCode::kOk;
}

}  // namespace

std::unique_ptr<Command> MakeRestore() { return std::make_unique<Restore>(); }

}  // namespace lumbung
