#include "engine/commit/shard.h"

#include <future>
#include <utility>

#include "engine/commit/opening.h"
#include "engine/commit/shard_worker.h"

namespace lumbung {

Shard::Shard(std::unique_ptr<ShardWorker> worker) : worker_(std::move(worker)) {}
Shard::~Shard() = default;

Status Shard::Create(const std::string& dir, const v1::LedgerCreated& created,
                     const ShardOptions& options) {
  Result<std::unique_ptr<LogStore>> log = LogStore::Create(dir, options.log);
  if (!log.ok()) {
    return log.status();
  }
  LUMBUNG_RETURN_IF_ERROR((*log)->Close());
  log->reset();
  Result<std::unique_ptr<Shard>> shard = Open(dir, options);
  if (!shard.ok()) {
    return shard.status();
  }
  v1::Event event;
  *event.mutable_ledger_created() = created;
  const Answer answer = (*shard)->worker_->RecordDirectly(std::move(event));
  return answer.code == v1::OK ? (*shard)->Close() : Status::IoError(answer.detail);
}

Result<std::unique_ptr<Shard>> Shard::Open(const std::string& dir, const ShardOptions& options) {
  Result<OpenedShard> opened = OpenShard(dir, options);
  if (!opened.ok()) {
    return opened.status();
  }
  return std::unique_ptr<Shard>(
      new Shard(std::make_unique<ShardWorker>(std::move(*opened), options)));
}

void Shard::Submit(std::span<const v1::Command* const> commands, std::string_view actor, Done done,
                   const SubmitOptions& options) {
  worker_->Submit(commands, actor, std::move(done), options);
}

std::vector<Answer> Shard::Execute(std::span<const v1::Command* const> commands,
                                   std::string_view actor) {
  std::promise<std::vector<Answer>> promise;
  Submit(commands, actor,
         [&](std::vector<Answer> answers) { promise.set_value(std::move(answers)); });
  return promise.get_future().get();
}

Answer Shard::Execute(const v1::Command& command, std::string_view actor) {
  const v1::Command* one = &command;
  return std::move(Execute({&one, 1}, actor).front());
}

void Shard::Read(std::function<void(const State&, std::uint64_t sequence)> read,
                 std::function<void(Status)> done) {
  auto request = std::make_unique<Request>();
  request->read = [read = std::move(read)](const State& state, std::uint64_t sequence, History&) {
    read(state, sequence);
  };
  request->read_done = std::move(done);
  worker_->Push(std::move(request));
}

void Shard::FindId(const CommandKey& key,
                   std::function<void(Status, std::uint64_t sequence, std::uint64_t as_of)> done) {
  struct Found {
    Status looked;
    std::uint64_t sequence = 0;
    std::uint64_t as_of = 0;
  };
  auto found = std::make_shared<Found>();
  auto request = std::make_unique<Request>();
  request->read = [key, found, worker = worker_.get()](const State&, std::uint64_t sequence,
                                                       History& history) {
    const Recorded recorded = history.Find(key);
    *found = {worker->LookedUp(), recorded.event == nullptr ? 0 : recorded.event->sequence(),
              sequence};
  };
  request->read_done = [found, done = std::move(done)](Status status) {
    done(status.ok() ? std::move(found->looked) : std::move(status), found->sequence, found->as_of);
  };
  worker_->Push(std::move(request));
}

Status Shard::Read(std::function<void(const State&, std::uint64_t sequence)> read) {
  std::promise<Status> promise;
  Read(std::move(read), [&](Status status) { promise.set_value(std::move(status)); });
  return promise.get_future().get();
}

void Shard::WhenDurable(std::uint64_t sequence, std::function<void()> wake) {
  worker_->WhenDurable(sequence, std::move(wake));
}
std::string Shard::WhyStopped() const { return worker_->WhyStopped(); }
Head Shard::head() const { return worker_->log().head(); }
const LogStore& Shard::log() const { return worker_->log(); }
Head Shard::TreeHead(Hash& root) const { return worker_->writer().TreeHead(root); }
void Shard::ConfirmClock() { worker_->ConfirmClock(); }
Status Shard::Backup(const std::string& dir) { return worker_->log().Backup(dir); }
Status Shard::Close() { return worker_->Close(); }

Answer Shard::RecordRestoration(const v1::LedgerRestored& restored) {
  v1::Event event;
  *event.mutable_ledger_restored() = restored;
  return worker_->RecordDirectly(std::move(event));
}

ShardStats Shard::Stats() const { return worker_->Stats(); }

}  // namespace lumbung
