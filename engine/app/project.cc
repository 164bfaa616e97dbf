// lumbung project: builds what is derived from a ledger's events, and says how far it is.
#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/feeds.h"
#include "engine/app/progress.h"
#include "engine/app/signals.h"
#include "projections/catalogue/catalogue.h"
#include "projections/runtime/digest.h"
#include "projections/runtime/folder.h"

namespace lumbung {
namespace {

constexpr std::chrono::milliseconds kLook{100};

class Project : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "project", "Build projections from a ledger's events, or say how far they are",
        "lumbung project --projections balances --from barn\n"
        "lumbung project --projections balances --from barn --rebuild --digest\n"
        "lumbung project --projections balances --from barn --status --json\n",
        "A projection is derived from the log: it can be deleted and built again, and goes on\n"
        "where it was. It checks the chain as it reads, and stops at what does not link, can't be\n"
        "parsed, or is of a kind that this program does not know. It ends with the last event\n"
        "that is there. `lumbung serve` keeps its own up to date by itself.\n"
        "Two builds of the same events have the same digest.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    app.add_option("--projections", names_, "Which: names with commas between them")
        ->delimiter(',')
        ->check(CLI::IsMember(ProjectionNames()))
        ->default_str("all");
    app.add_option("--from", dir_, "Folder of the ledger, which nobody has open")->required();
    app.add_option("--state", state_, "Folder of the projections (default: DIR/projections)");
    app.add_flag("--once", once_, "End at the last event that is there; a folder has no other end");
    app.add_option("--through", through_, "Last event to take of each shard")
        ->check(CLI::PositiveNumber);
    app.add_flag("--rebuild", rebuild_, "Build anew from the first event, beside what there is");
    app.add_flag("--digest", digest_, "Show what the rows come to: reads all of them");
    app.add_flag("--status", status_, "Change nothing, only say how far they are");
  }

  ExitCode Run(Output& output) override;

 private:
  Status Build(const std::vector<ProjectionFactory>& factories, Output& output);
  Status PrintHosted(const ProjectionHost& host, double seconds, Output& output);
  Status PrintKept(const std::vector<ProjectionFactory>& factories, Output& output);
  // The lines and the document of one whose rows can be read.
  Status PrintView(const View& view, const ProjectionStatus* status, Json& document,
                   Output& output) const;

  std::vector<std::string> names_;
  std::string dir_;
  std::string state_;
  std::uint64_t through_ = 0;
  bool once_ = true;
  bool rebuild_ = false;
  bool digest_ = false;
  bool status_ = false;
};

Status Project::PrintView(const View& view, const ProjectionStatus* status, Json& document,
                          Output& output) const {
  Json shards = Json::array();
  for (const auto& [shard, position] : view.positions()) {
    output.Line("  shard {}      event {}, hash {}", shard, FormatCount(position.sequence),
                ToHex(position.hash));
    Json& one = shards.emplace_back(Json{{"shard", shard},
                                         {"sequence", position.sequence},
                                         {"hash", ToHex(position.hash)},
                                         {"recorded_at", position.recorded_at}});
    if (status != nullptr) {
      one["head"] = status->shards.at(shard).head;
    }
  }
  document["version"] = view.identity().version;
  document["rules"] = view.identity().rules;
  document["shards"] = shards;
  if (digest_) {
    const Result<Hash> digest = DigestOf(view);
    LUMBUNG_RETURN_IF_ERROR(digest.status());
    output.Line("  digest       {}", ToHex(*digest));
    document["digest"] = ToHex(*digest);
  }
  return Status::Ok();
}

// What was built, and what stopped; the first that stopped is the error.
Status Project::PrintHosted(const ProjectionHost& host, double seconds, Output& output) {
  Json documents = Json::array();
  Status first;
  for (const HostedStatus& hosted : host.Statuses()) {
    output.Line("{}", hosted.name);
    Json& document = documents.emplace_back(Json{{"name", hosted.name}});
    const auto& running = hosted.building ? hosted.building : hosted.serving;
    const std::string stopped = running ? running->stopped : hosted.failure;
    if (running) {
      const double rate = static_cast<double>(running->events) / std::max(seconds, 1e-3);
      output.Line("  events       {} in {:.1f} s, {}/s", FormatCount(running->events), seconds,
                  FormatCount(static_cast<std::uint64_t>(rate)));
      document["events"] = running->events;
      document["batches"] = running->store.batches;
      document["rows_written"] = running->store.rows_written;
      document["bytes_on_disk"] = running->store.bytes_on_disk;
    }
    if (const Reading reading = host.Read(hosted.name); reading) {
      LUMBUNG_RETURN_IF_ERROR(
          PrintView(*reading, hosted.serving ? &*hosted.serving : nullptr, document, output));
    }
    document["stopped"] = stopped;
    if (!stopped.empty() && first.ok()) {
      first = Status::Corruption(hosted.name + " stopped: " + stopped);
    }
  }
  output.Document({{"projections", documents}, {"seconds", seconds}});
  return first;
}

Status Project::Build(const std::vector<ProjectionFactory>& factories, Output& output) {
  Result<Feeds> feeds = Feeds::OfFolder(dir_);
  LUMBUNG_RETURN_IF_ERROR(feeds.status());
  HostOptions options;
  options.base = state_;
  options.shards.clear();
  std::uint64_t head = 0;
  for (std::uint32_t shard = 0; shard < feeds->shards(); ++shard) {
    options.shards.push_back(shard);
    head += feeds->log(shard).head().sequence;
    if (through_ != 0) {
      options.runner.through[shard] = through_;
    }
  }
  options.feed = [&feeds](std::uint32_t shard) { return feeds->Open(shard); };
  options.runner.once = true;
  if (rebuild_) {
    options.rebuild.insert(names_.begin(), names_.end());
  }
  Progress progress("project", "events");
  ProjectionHost host(factories, options);
  while (!host.WaitFor(kLook)) {
    if (StopRequested()) {
      host.Stop();
    }
    std::uint64_t least = head;
    for (const HostedStatus& hosted : host.Statuses()) {
      std::uint64_t taken = 0;
      if (const auto& running = hosted.building ? hosted.building : hosted.serving; running) {
        for (const auto& [shard, shard_progress] : running->shards) {
          taken += shard_progress.position.sequence;
        }
      }
      least = std::min(least, taken);
    }
    progress.Update(
        least, static_cast<double>(least) / static_cast<double>(std::max<std::uint64_t>(head, 1)));
  }
  LUMBUNG_RETURN_IF_ERROR(PrintHosted(host, progress.Seconds(), output));
  return StopRequested() ? Status::Cancelled("stopped; the same again goes on where it was")
                         : Status::Ok();
}

Status Project::PrintKept(const std::vector<ProjectionFactory>& factories, Output& output) {
  Json documents = Json::array();
  ProjectionStoreOptions reading;
  reading.read_only = true;
  for (const ProjectionFactory& make : factories) {
    const ProjectionIdentity identity = make()->identity();
    const std::string folder = ProjectionFolder(state_, identity.name);
    const Result<std::optional<ProjectionIdentity>> kept =
        ProjectionStore::ReadIdentity(folder, reading);
    LUMBUNG_RETURN_IF_ERROR(kept.status());
    Json& document = documents.emplace_back(Json{{"name", identity.name}});
    output.Line("{}", identity.name);
    if (*kept != identity) {
      const std::string why = kept->has_value() ? "its rows are of another version" : "not built";
      output.Line("  {}", why);
      document["missing"] = why;
      continue;
    }
    const Result<std::unique_ptr<ProjectionStore>> store =
        ProjectionStore::Open(folder, identity, reading);
    LUMBUNG_RETURN_IF_ERROR(store.status());
    LUMBUNG_RETURN_IF_ERROR(PrintView(*(*store)->view(), nullptr, document, output));
  }
  output.Document({{"projections", documents}});
  return Status::Ok();
}

ExitCode Project::Run(Output& output) {
  if (names_.empty()) {
    names_ = ProjectionNames();
  }
  if (state_.empty()) {
    state_ = dir_ + "/projections";
  }
  const Result<std::vector<ProjectionFactory>> factories = ProjectionsNamed(names_);
  if (!factories.ok()) {
    return output.Fail(factories.status());
  }
  const Status status = status_ ? PrintKept(*factories, output) : Build(*factories, output);
  return status.ok() ? ExitCode::kOk : output.Fail(status);
}

}  // namespace

std::unique_ptr<Command> MakeProject() { return std::make_unique<Project>(); }

}  // namespace lumbung
