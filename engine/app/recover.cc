// lumbung recover: cuts damage off a log that does not open. Says what goes, does nothing unless an
// operator confirms, and records what it did.
#include <vector>

#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/ledger_access.h"
#include "engine/store/recovery.h"

namespace lumbung {
namespace {

class Recover : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "recover", "Cut damage off a log that does not open",
        "lumbung recover barn\n"
        "lumbung recover barn --yes\n",
        "Without --yes it only says what would be kept and what would go. With it, the longest\n"
        "whole prefix of the log becomes the log, the damaged files are kept beside it, and an\n"
        "event LedgerRestored says so for ever. If you have a backup or an export that reaches\n"
        "further, use `lumbung restore` instead: events that were acknowledged are in it.\n"
        "Interrupted, run it again. A damaged derived store alone is deleted and built anew.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOptions(app, ledger_);
    app.add_flag("--yes", yes_, "Do it");
  }

  ExitCode Run(Output& output) override;

 private:
  struct ShardDamage {
    std::uint32_t shard = 0;
    std::string dir;
    RecoveryReport log;
    // Of the derived store; empty where it is whole, or not looked at.
    std::string derived;

    bool log_is_damaged() const { return !log.damage.empty(); }
  };

  Status Inspect(const std::vector<std::string>& folders);
  Status Repair();
  Status RecordRestorations();
  void Print(Output& output) const;

  LedgerArguments ledger_;
  bool yes_ = false;
  std::vector<ShardDamage> damages_;
};

std::string DamageOfDerived(const std::string& dir) {
  DerivedStoreOptions options;
  options.read_only = true;
  const Result<std::unique_ptr<DerivedStore>> derived = DerivedStore::Open(dir, options);
  const Status status = derived.ok() ? (*derived)->VerifyFiles() : derived.status();
  return status.kind() == Status::Kind::kCorruption ? status.message() : "";
}

Status Recover::Inspect(const std::vector<std::string>& folders) {
  for (std::uint32_t shard = 0; shard < folders.size(); ++shard) {
    Result<RecoveryReport> report = InspectDamage(folders[shard]);
    LUMBUNG_RETURN_IF_ERROR(report.status());
    ShardDamage damage{shard, folders[shard], std::move(*report), ""};
    if (!damage.log_is_damaged()) {
      damage.derived = DamageOfDerived(damage.dir);
    }
    if (damage.log_is_damaged() || !damage.derived.empty()) {
      damages_.push_back(std::move(damage));
    }
  }
  return Status::Ok();
}

Status Recover::Repair() {
  for (ShardDamage& damage : damages_) {
    if (!damage.log_is_damaged()) {
      LUMBUNG_RETURN_IF_ERROR(DerivedStore::Destroy(damage.dir));
      continue;
    }
    Result<RecoveryReport> report = RecoverLog(damage.dir, damage.log.good);
    LUMBUNG_RETURN_IF_ERROR(report.status());
    damage.log = std::move(*report);
  }
  return Status::Ok();
}

Status Recover::RecordRestorations() {
  ShardOptions options = ShardOptionsOf(ledger_);
  options.log.finishing_recovery = true;
  Result<std::unique_ptr<Ledger>> ledger = Ledger::Open(ledger_.dir, options);
  LUMBUNG_RETURN_IF_ERROR(ledger.status());
  for (const ShardDamage& damage : damages_) {
    Shard& shard = (*ledger)->shard(damage.shard);
    // Beyond the cut there is only the event that an interrupted run recorded.
    if (!damage.log_is_damaged() || shard.head().sequence > damage.log.good.sequence) {
      continue;
    }
    v1::LedgerRestored restored;
    LUMBUNG_RETURN_IF_ERROR(shard.Read([&](const State& state, std::uint64_t) {
      restored.set_generation(state.ledger().generation() + 1);
    }));
    restored.set_reason(v1::LedgerRestored::DAMAGE);
    if (damage.log.events_lost() > 0) {
      restored.set_lost_sequence(damage.log.lost.sequence);
      if (damage.log.lost.hash != Hash{}) {
        restored.set_lost_hash(std::string(AsView(damage.log.lost.hash)));
      }
    }
    const Answer answer = shard.RecordRestoration(restored);
    if (answer.code != v1::OK) {
      return Status::IoError("the restoration can't be recorded: " + v1::Code_Name(answer.code) +
                             ": " + answer.detail);
    }
  }
  LUMBUNG_RETURN_IF_ERROR((*ledger)->Close());
  for (const ShardDamage& damage : damages_) {
    if (damage.log_is_damaged()) {
      LUMBUNG_RETURN_IF_ERROR(FinishRecovery(damage.dir));
    }
  }
  return Status::Ok();
}

void Recover::Print(Output& output) const {
  Json shards = Json::array();
  for (const ShardDamage& damage : damages_) {
    shards.push_back({{"shard", damage.shard},
                      {"damage", damage.log_is_damaged() ? damage.log.damage : damage.derived},
                      {"last_good", damage.log.good.sequence},
                      {"events_lost", damage.log.events_lost()},
                      {"ended_by", damage.log.ended_by}});
    if (!damage.log_is_damaged()) {
      output.Line("shard {}: the derived store is damaged and is built anew: {}", damage.shard,
                  damage.derived);
      continue;
    }
    output.Line("shard {}: {}", damage.shard, damage.log.damage);
    output.Line("  whole through event {} ({})", FormatCount(damage.log.good.sequence),
                ToHex(damage.log.good.hash));
    if (damage.log.events_lost() > 0) {
      output.Line("  {} events are lost, to event {}; the prefix ends because {}",
                  FormatCount(damage.log.events_lost()), FormatCount(damage.log.lost.sequence),
                  damage.log.ended_by);
    }
    if (yes_) {
      output.Line("  the damaged files are kept as log.damaged-{}", damage.log.kept_as);
    }
  }
  output.Document({{"damaged", !damages_.empty()},
                   {"repaired", yes_ && !damages_.empty()},
                   {"shards", shards}});
}

ExitCode Recover::Run(Output& output) {
  const Result<std::vector<std::string>> folders = ShardFolders(ledger_.dir);
  if (!folders.ok()) {
    return output.Fail(folders.status());
  }
  Status status;
  {
    const Result<DirectoryLock> lock = DirectoryLock::Acquire(ledger_.dir);
    status = lock.ok() ? Inspect(*folders) : lock.status();
    if (status.ok() && yes_) {
      status = Repair();
    }
  }
  if (status.ok() && yes_ && !damages_.empty()) {
    status = RecordRestorations();
  }
  if (!status.ok()) {
    return output.Fail(status);
  }
  Print(output);
  if (damages_.empty()) {
    output.Line("nothing is damaged as far as opening shows; `lumbung verify` looks closer");
    return ExitCode::kOk;
  }
  if (!yes_) {
    return output.Fail(Status::Refused("nothing was changed; `lumbung recover " + ledger_.dir +
                                       " --yes` does it"));
  }
  return ExitCode::kOk;
}

}  // namespace

std::unique_ptr<Command> MakeRecover() { return std::make_unique<Recover>(); }

}  // namespace lumbung
