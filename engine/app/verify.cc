// lumbung verify: whether a ledger is what it was when it was written.
#include "engine/verify/verify.h"

#include <string>
#include <utility>
#include <vector>

#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/ledger_access.h"
#include "engine/app/progress.h"
#include "engine/app/signals.h"
#include "engine/store/posix.h"

namespace lumbung {
namespace {

class Verify : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "verify", "Check that a ledger is what it was when it was written",
        "lumbung verify barn\n"
        "lumbung verify barn --checkpoint barn.checkpoint\n"
        "lumbung verify barn --from 2 --json\n",
        "Checks every event's place, link and transactions, the tree and its tiles, the state,\n"
        "and the files' checksums, with all processors, and says what it checked. A checkpoint\n"
        "that was kept outside also shows that no end was cut off and that no old copy was put\n"
        "in place of the ledger; give as many as you have. Changes nothing.\n"
        "--from N begins at the piece of 65,536 events that N is in, and leaves out the state.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOptions(app, ledger_);
    app.add_option("--from", options_.from, "First event to check")->check(CLI::PositiveNumber);
    app.add_option("--shard", shard_, "Only this shard");
    app.add_option("--checkpoint", checkpoint_files_, "Files of signed checkpoints");
    app.add_option("--key", key_, "The verifier key that init printed, to check checkpoints by");
    app.add_flag("!--no-state", options_.state, "Leave out the state");
    app.add_option("--threads", options_.threads, "Workers (default: one a processor)")
        ->check(CLI::Range(1, 256));
  }

  ExitCode Run(Output& output) override;

 private:
  struct GivenCheckpoint {
    std::string origin;
    KeptCheckpoint kept;
    bool used = false;
  };

  Status ReadCheckpoints();
  Status ReadKey();
  Result<VerifyReport> VerifyOne(const std::string& dir, std::uint32_t shard);
  void Print(Output& output, std::uint32_t shard, const VerifyReport& report);

  LedgerArguments ledger_;
  std::int64_t shard_ = -1;
  VerifyOptions options_;
  std::vector<std::string> checkpoint_files_;
  std::string key_;
  std::string key_name_;
  std::vector<GivenCheckpoint> checkpoints_;
  Json shards_ = Json::array();
  std::size_t findings_ = 0;
};

Status Verify::ReadCheckpoints() {
  for (const std::string& file : checkpoint_files_) {
    Result<std::string> text = ReadFile(file);
    LUMBUNG_RETURN_IF_ERROR(text.status());
    const std::string origin = text->substr(0, text->find('\n'));
    checkpoints_.push_back({origin, {file, std::move(*text)}});
  }
  return Status::Ok();
}

Status Verify::ReadKey() {
  if (key_.empty()) {
    return Status::Ok();
  }
  PublicKey key{};
  LUMBUNG_RETURN_IF_ERROR(ParseVerifierKey(key_, key_name_, key));
  options_.key = key;
  return Status::Ok();
}

Result<VerifyReport> Verify::VerifyOne(const std::string& dir, std::uint32_t shard) {
  VerifyOptions options = options_;
  // A shard's origin ends in its number.
  const std::string suffix = "/" + std::to_string(shard);
  for (GivenCheckpoint& given : checkpoints_) {
    if (given.origin.ends_with(suffix)) {
      given.used = true;
      options.checkpoints.push_back(given.kept);
    }
  }
  if (!key_name_.ends_with(suffix)) {
    options.key.reset();
  }
  Progress progress("verify", "events");
  options.progress = [&progress](std::uint64_t done, std::uint64_t total) {
    progress.Update(done, static_cast<double>(done) / static_cast<double>(total));
  };
  options.stop = &StopFlag();
  options.account_memory_bytes = static_cast<std::size_t>(ledger_.account_memory_mib) << 20;
  return VerifyShard(dir, options);
}

void Verify::Print(Output& output, std::uint32_t shard, const VerifyReport& report) {
  findings_ += report.findings.size();
  Json findings = Json::array();
  for (const Finding& finding : report.findings) {
    findings.push_back({{"sequence", finding.sequence}, {"what", finding.what}});
  }
  shards_.push_back(
      {{"shard", shard},
       {"origin", report.origin},
       {"head", report.head.sequence},
       {"root", report.findings.empty() ? ToHex(report.root) : ""},
       {"events", report.events},
       {"transactions", report.transactions},
       {"state_digest", report.state_digest ? Json(ToHex(*report.state_digest)) : Json()},
       {"checked", report.checked},
       {"not_checked", report.not_checked},
       {"findings", findings},
       {"seconds", report.seconds}});

  output.Line("shard {}: {}", shard, report.findings.empty() ? "good" : "DAMAGED");
  for (const Finding& finding : report.findings) {
    output.Line("  wrong        {}", finding.what);
  }
  for (const std::string& checked : report.checked) {
    output.Line("  checked      {}", checked);
  }
  for (const std::string& not_checked : report.not_checked) {
    output.Line("  not checked  {}", not_checked);
  }
  if (report.findings.empty()) {
    output.Line("  size {}, root {}", FormatCount(report.head.sequence), ToHex(report.root));
  }
  if (report.state_digest) {
    output.Line("  state digest {}", ToHex(*report.state_digest));
  }
  if (report.seconds > 0) {
    const double rate = static_cast<double>(report.events) / report.seconds;
    output.Line("  {} events in {:.1f} s, {}/s", FormatCount(report.events), report.seconds,
                FormatCount(static_cast<std::uint64_t>(rate)));
  }
}

ExitCode Verify::Run(Output& output) {
  Status status = ReadCheckpoints();
  if (status.ok()) {
    status = ReadKey();
  }
  if (!status.ok()) {
    return output.Fail(status);
  }
  const Result<DirectoryLock> lock = DirectoryLock::Acquire(ledger_.dir);
  const Result<std::vector<std::string>> folders = ShardFolders(ledger_.dir);
  if (!lock.ok() || !folders.ok()) {
    return output.Fail(folders.ok() ? lock.status() : folders.status());
  }
  if (shard_ >= 0) {
    if (const auto chosen = ChooseShard(shard_, static_cast<std::uint32_t>(folders->size()));
        !chosen.ok()) {
      return output.Fail(chosen.status());
    }
  }
  for (std::uint32_t shard = 0; shard < folders->size(); ++shard) {
    if (shard_ >= 0 && shard_ != std::int64_t{shard}) {
      continue;
    }
    const Result<VerifyReport> report = VerifyOne((*folders)[shard], shard);
    if (!report.ok()) {
      return output.Fail(report.status());
    }
    Print(output, shard, *report);
  }
  for (const GivenCheckpoint& given : checkpoints_) {
    if (!given.used) {
      return output.Fail(Status::InvalidArgument(given.kept.name + " is of " + given.origin +
                                                 ", which is none of the shards looked at"));
    }
  }
  output.Document({{"good", findings_ == 0}, {"shards", shards_}});
  return findings_ == 0 ? ExitCode::kOk : ExitCode::kCorruption;
}

}  // namespace

std::unique_ptr<Command> MakeVerify() { return std::make_unique<Verify>(); }

}  // namespace lumbung
