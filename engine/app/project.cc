// lumbung project: builds what is derived from a ledger's events, and says how far it is.
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/feed_arguments.h"
#include "engine/app/progress.h"
#include "engine/app/signals.h"
#include "projections/catalogue/catalogue.h"
#include "projections/catalogue/names.h"
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
        "lumbung project --projections balances --from barn --status --json\n"
        "lumbung project --from 127.0.0.1:7070 --state derived --once\n"
        "lumbung project --from kafka --brokers 127.0.0.1:9092 --state derived --once\n",
        "A projection is derived from the log: it can be deleted and built again, and goes on\n"
        "where it was. It checks the chain as it reads, and stops at what does not link, can't be\n"
        "parsed, or is of a kind that this program does not know. From a folder it ends with the\n"
        "last event that is there; from a server or from Kafka it goes on until Ctrl-C, but for\n"
        "--once. `lumbung serve` keeps its own up to date by itself.\n"
        "Two builds of the same events have the same digest.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    app.add_option("--projections", names_, "Which: names with commas between them")
        ->delimiter(',')
        ->check(CLI::IsMember(ProjectionNames()))
        ->default_str("all");
    AddFeedOptions(app, feed_);
    app.add_option("--state", state_, "Folder of the projections (default: DIR/projections)");
    app.add_option("--shards", shards_, "Which shards: numbers with commas between them")
        ->delimiter(',')
        ->default_str("all");
    app.add_flag("--once", once_, "End at the last event that is there");
    app.add_option("--through", through_, "Last event to take of each shard; ends there")
        ->check(CLI::PositiveNumber);
    app.add_option("--patience", patience_,
                   "Seconds to wait for brokers that are away, when it is to end")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    app.add_flag("--rebuild", rebuild_, "Build anew from the first event, beside what there is");
    app.add_flag("--digest", digest_, "Show what the rows come to: reads all of them");
    app.add_flag("--status", status_, "Change nothing, only say how far they are");
  }

  ExitCode Run(Output& output) override;

 private:
  Status Check();
  Result<HostOptions> Options(const Feeds& feeds) const;
  Status Build(const std::vector<ProjectionFactory>& factories, Output& output);
  Status PrintHosted(const ProjectionHost& host, double seconds, Output& output);
  Status PrintKept(const std::vector<ProjectionFactory>& factories, Output& output);
  // The lines and the document of one whose rows can be read.
  Status PrintView(const View& view, const ProjectionStatus* status, Json& document,
                   Output& output) const;

  bool from_folder() const { return feed_.kind() == FeedArguments::Kind::kFolder; }
  bool ends() const { return once_ || through_ != 0 || from_folder(); }

  std::vector<std::string> names_;
  FeedArguments feed_;
  std::string state_;
  std::vector<std::uint32_t> shards_;
  std::uint64_t through_ = 0;
  std::int64_t patience_ = 60;
  bool once_ = false;
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
      if (running->events != 0) {
        output.Line("  events       {} in {:.1f} s, {}/s", FormatCount(running->events), seconds,
                    FormatCount(static_cast<std::uint64_t>(rate)));
      }
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
      const std::string why = hosted.name + " stopped: " + stopped;
      // Else it is the feed, or the folder, that failed.
      const bool by_event = running && running->reason;
      first = by_event ? Status::Corruption(why) : Status::IoError(why);
    }
  }
  output.Document({{"projections", documents}, {"seconds", seconds}});
  return first;
}

Result<HostOptions> Project::Options(const Feeds& feeds) const {
  HostOptions options;
  options.base = state_;
  options.shards = shards_;
  for (std::uint32_t shard = 0; shards_.empty() && shard < feeds.shards(); ++shard) {
    options.shards.push_back(shard);
  }
  for (const std::uint32_t shard : options.shards) {
    if (shard >= feeds.shards()) {
      return Status::InvalidArgument("there is no shard " + std::to_string(shard) +
                                     ": the ledger has " + std::to_string(feeds.shards()));
    }
    if (through_ != 0) {
      options.runner.through[shard] = through_;
    }
  }
  options.feed = [&feeds](std::uint32_t shard) { return feeds.Open(shard); };
  options.runner.once = ends();
  if (rebuild_) {
    options.rebuild.insert(names_.begin(), names_.end());
  }
  return options;
}

// How far the slowest of them is, of how many events: summed over shards.
std::pair<std::uint64_t, std::uint64_t> SlowestOf(const std::vector<HostedStatus>& all) {
  std::uint64_t least = 0;
  std::uint64_t head = 0;
  for (const HostedStatus& hosted : all) {
    const auto& running = hosted.building ? hosted.building : hosted.serving;
    if (!running) {
      continue;
    }
    std::uint64_t taken = 0;
    std::uint64_t known = 0;
    for (const auto& [shard, progress] : running->shards) {
      taken += progress.position.sequence;
      known += progress.head;
    }
    least = head == 0 ? taken : std::min(least, taken);
    head = std::max(head, known);
  }
  return {least, head};
}

Status Project::Build(const std::vector<ProjectionFactory>& factories, Output& output) {
  const auto patience =
      ends() ? std::optional<std::chrono::milliseconds>(std::chrono::seconds(patience_))
             : std::nullopt;
  const Result<Feeds> feeds = OpenFeeds(feed_, patience);
  LUMBUNG_RETURN_IF_ERROR(feeds.status());
  const Result<HostOptions> options = Options(*feeds);
  LUMBUNG_RETURN_IF_ERROR(options.status());
  if (!ends()) {
    output.Note("taking what is recorded, until Ctrl-C");
  }
  Progress progress("project", "events");
  ProjectionHost host(factories, *options);
  while (!host.WaitFor(kLook)) {
    if (StopRequested()) {
      host.Stop();
    }
    const auto [taken, head] = SlowestOf(host.Statuses());
    progress.Update(
        taken, static_cast<double>(taken) / static_cast<double>(std::max<std::uint64_t>(head, 1)));
  }
  LUMBUNG_RETURN_IF_ERROR(PrintHosted(host, progress.Seconds(), output));
  // Ctrl-C is how following ends.
  return StopRequested() && ends()
             ? Status::Cancelled("stopped; the same again goes on where it was")
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

Status Project::Check() {
  if (names_.empty()) {
    names_ = ProjectionNames();
  }
  if (state_.empty() && from_folder()) {
    state_ = feed_.from() + "/projections";
  }
  if (state_.empty()) {
    return Status::InvalidArgument("name the folder where the projections are kept: --state");
  }
  std::sort(shards_.begin(), shards_.end());
  shards_.erase(std::unique(shards_.begin(), shards_.end()), shards_.end());
  return status_ ? Status::Ok() : CheckFeedArguments(feed_);
}

ExitCode Project::Run(Output& output) {
  Status status = Check();
  if (!status.ok()) {
    return output.Fail(status);
  }
  const Result<std::vector<ProjectionFactory>> factories = ProjectionsNamed(names_);
  if (!factories.ok()) {
    return output.Fail(factories.status());
  }
  status = status_ ? PrintKept(*factories, output) : Build(*factories, output);
  return status.ok() ? ExitCode::kOk : output.Fail(status);
}

}  // namespace

std::unique_ptr<Command> MakeProject() { return std::make_unique<Project>(); }

}  // namespace lumbung
