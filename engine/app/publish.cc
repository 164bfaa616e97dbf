// lumbung publish: brings every event of a ledger to Kafka, once and in order.
#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "connectors/kafka/publisher_group.h"
#include "engine/app/amounts.h"
#include "engine/app/commands.h"
#include "engine/app/feeds.h"
#include "engine/app/kafka_options.h"
#include "engine/app/progress.h"
#include "engine/app/server_access.h"
#include "engine/app/signals.h"

namespace lumbung {
namespace {

constexpr std::chrono::milliseconds kLookAtPublisher{100};

// What the publishers' threads have to say to the one that writes.
class Troubles {
 public:
  void Put(std::uint32_t shard, const Status& trouble) {
    const std::lock_guard lock(mutex_);
    lines_.push_back("shard " + std::to_string(shard) + ": " +
                     (trouble.ok() ? "publishing again" : trouble.message()));
  }
  void PrintTo(Output& output) {
    std::deque<std::string> lines;
    {
      const std::lock_guard lock(mutex_);
      lines.swap(lines_);
    }
    for (const std::string& line : lines) {
      output.Note("{}", line);
    }
  }

 private:
  std::mutex mutex_;
  // Below is guarded by mutex_.
  std::deque<std::string> lines_;
};

class Publish : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "publish", "Publish a ledger's events to Kafka, each once and in order",
        "lumbung publish barn --brokers 127.0.0.1:9092\n"
        "lumbung publish --from 127.0.0.1:7070 --brokers 127.0.0.1:9092\n"
        "lumbung publish --from 127.0.0.1:7070 --brokers 127.0.0.1:9092 --once --json\n",
        "The topic has a partition a shard, is made where it is not there, and is the truth about\n"
        "what is published: stop and start this as you like. It refuses a topic that belongs to\n"
        "another ledger or to another history, and says which event differs. With DIR it owns the\n"
        "ledger, and ends when all of it is published. --from reads from the server that owns it,\n"
        "and goes on until Ctrl-C; a server can also publish itself ([kafka] in its settings).\n"
        "docs/KAFKA.md has the rest.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    app.add_option("DIR", dir_, "Folder of the ledger; left out with --from");
    AddServerOptions(app, server_, "--from");
    app.add_flag("--once", once_, "End when all that is there now is published");
    AddKafkaOptions(app, kafka_);
    app.add_option("--patience", patience_,
                   "Seconds to go on trying where nothing gets on, when it is to end")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
  }

  ExitCode Run(Output& output) override;

 private:
  Status Watch(PublisherGroup& group, Output& output);
  void Print(const std::vector<PublisherStats>& all, double seconds, Output& output) const;

  Status Publishing(Output& output);
  bool ends() const { return once_ || !server_.given(); }

  std::string dir_;
  ServerArguments server_;
  bool once_ = false;
  KafkaSettings kafka_;
  std::int64_t patience_ = 60;
  Troubles troubles_;
};

// Until it has ended, one way or the other.
Status Publish::Watch(PublisherGroup& group, Output& output) {
  Progress progress("publish", "events");
  bool stopped = false;
  while (!group.Wait(kLookAtPublisher)) {
    troubles_.PrintTo(output);
    if (!stopped && (StopRequested() || !group.status().ok())) {
      stopped = true;
      group.Stop();
    }
    std::uint64_t published = 0;
    std::uint64_t head = 0;
    for (const PublisherStats& stats : group.stats()) {
      published += stats.published;
      head += stats.head;
    }
    progress.Update(published, static_cast<double>(published) /
                                   static_cast<double>(std::max<std::uint64_t>(head, 1)));
  }
  troubles_.PrintTo(output);
  return group.status();
}

void Publish::Print(const std::vector<PublisherStats>& all, double seconds, Output& output) const {
  Json shards = Json::array();
  for (std::size_t shard = 0; shard < all.size(); ++shard) {
    const PublisherStats& stats = all[shard];
    output.Line("shard {}: {} of {} events are in {}", shard, FormatCount(stats.published),
                FormatCount(stats.head), kafka_.topic);
    shards.push_back({{"shard", shard},
                      {"published", stats.published},
                      {"head", stats.head},
                      {"transactions", stats.transactions},
                      {"restarts", stats.restarts}});
  }
  output.Document({{"topic", kafka_.topic}, {"seconds", seconds}, {"shards", shards}});
}

Status Publish::Publishing(Output& output) {
  LUMBUNG_RETURN_IF_ERROR(CheckKafkaSettings(kafka_));
  if (dir_.empty() == !server_.given()) {
    return Status::InvalidArgument(
        "name the ledger's folder, or with --from the server that owns it: one of them");
  }
  const Result<Feeds> ledger = server_.given() ? Feeds::OfServer(server_) : Feeds::OfFolder(dir_);
  LUMBUNG_RETURN_IF_ERROR(ledger.status());
  Result<std::vector<std::unique_ptr<EventSource>>> feeds = ledger->OpenAll();
  LUMBUNG_RETURN_IF_ERROR(feeds.status());
  PublisherOptions options;
  options.kafka = kafka_;
  if (ends()) {
    options.patience = std::chrono::seconds(patience_);
  }
  const auto start = std::chrono::steady_clock::now();
  PublisherGroup group(
      std::move(*feeds), options,
      [this](std::uint32_t shard, const Status& trouble) { troubles_.Put(shard, trouble); });
  if (ends()) {
    group.EndAtHead();
  } else {
    output.Note("publishing to {} what is recorded, until Ctrl-C", kafka_.topic);
  }
  const Status status = Watch(group, output);
  const std::vector<PublisherStats> all = group.stats();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  Print(all, took.count(), output);
  LUMBUNG_RETURN_IF_ERROR(status);
  const bool whole = std::all_of(all.begin(), all.end(), [](const PublisherStats& stats) {
    return stats.published == stats.head;
  });
  // Ctrl-C is how following ends.
  return whole || !ends() ? Status::Ok()
                          : Status::Cancelled("stopped; the same again goes on where it was");
}

ExitCode Publish::Run(Output& output) {
  const Status status = Publishing(output);
  return status.ok() ? ExitCode::kOk : output.Fail(status);
}

}  // namespace

std::unique_ptr<Command> MakePublish() { return std::make_unique<Publish>(); }

}  // namespace lumbung
