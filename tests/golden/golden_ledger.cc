#include "tests/golden/golden_ledger.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

#include "engine/base/check.h"
#include "engine/chain/tree.h"
#include "engine/commit/chaining.h"
#include "engine/exporters/proto.h"
#include "engine/store/posix.h"

namespace lumbung {
namespace {

Status FromJson(const nlohmann::json& json, google::protobuf::Message& message) {
  const auto status = google::protobuf::util::JsonStringToMessage(json.dump(), &message);
  return status.ok() ? Status::Ok() : Status::InvalidArgument(status.ToString());
}

std::string BodyName(const v1::Event& event) {
  const auto* body = v1::Event::descriptor()->FindOneofByName("body");
  return v1::Event::GetReflection()->GetOneofFieldDescriptor(event, body)->name();
}

}  // namespace

class GoldenLedger::InputClock final : public Clock {
 public:
  std::int64_t WallMicros() override { return micros; }
  std::int64_t MonotonicMicros() override { return micros; }

  std::int64_t micros = 0;
};

GoldenLedger::~GoldenLedger() = default;

Result<std::unique_ptr<GoldenLedger>> GoldenLedger::Make(const std::string& dir) {
  std::unique_ptr<GoldenLedger> ledger(new GoldenLedger);
  Result<std::unique_ptr<LogStore>> log = LogStore::Create(dir, {});
  LUMBUNG_RETURN_IF_ERROR(log.status());
  Result<std::unique_ptr<DerivedStore>> derived = DerivedStore::Open(dir, {});
  LUMBUNG_RETURN_IF_ERROR(derived.status());
  ledger->clock_ = std::make_unique<InputClock>();
  ledger->log_ = std::move(*log);
  ledger->derived_ = std::move(*derived);
  ledger->history_ = std::make_unique<IdHistory>(*ledger->log_, *ledger->derived_);
  ledger->history_->Remember(&ledger->block_);
  ShardOptions options;
  options.clock = ledger->clock_.get();
  ledger->sequencer_ =
      std::make_unique<Sequencer>(std::make_unique<State>(), *ledger->history_, 0, 0, options);
  return ledger;
}

Answer GoldenLedger::Submit(const v1::Command& command, const std::string& actor) {
  Request request;
  request.commands = {&command};
  request.actor = actor;
  request.checked = {Validate(command)};
  request.keys = {ToIdKey(request.checked.front().key)};
  request.found = {0};
  request.generation = derived_->generation();
  LUMBUNG_CHECK(sequencer_->Take(request, 0, block_) == 1);
  return request.answers.front();
}

void GoldenLedger::StartEpoch(v1::Event& event) {
  // By hand: the envelope has the new epoch already, and the Sequencer knows the old one.
  event.set_sequence(sequencer_->decided() + 1);
  event.set_recorded_at(clock_->micros);
  event.set_epoch(event.epoch_started().epoch());
  event.set_previous_hash(std::string(sizeof(Hash), '\0'));
  const std::string bytes = event.SerializeAsString();
  std::copy(bytes.begin(), bytes.end(), block_.events.Reserve(event.sequence(), bytes.size()));
  auto state = std::make_unique<State>();
  v1::Event replayed;
  for (const std::string& one : Events()) {
    LUMBUNG_CHECK(replayed.ParseFromString(one));
    state->Apply(replayed);
  }
  sequencer_->GoBackTo(std::move(state), event.sequence());
}

Status GoldenLedger::Take(std::string_view line) {
  const nlohmann::json json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object() || json.contains("command") == json.contains("event")) {
    return Status::InvalidArgument("not an object with a command or an event");
  }
  clock_->micros = json.value("at", clock_->micros);
  sequencer_->StartBlock(block_);
  if (json.contains("event")) {
    v1::Event event;
    LUMBUNG_RETURN_IF_ERROR(FromJson(json["event"], event));
    event.has_epoch_started() ? StartEpoch(event)
                              : static_cast<void>(sequencer_->Record(event, block_));
    return Status::Ok();
  }
  v1::Command command;
  LUMBUNG_RETURN_IF_ERROR(FromJson(json["command"], command));
  const Answer answer = Submit(command, json.value("actor", ""));
  return v1::Code_Name(answer.code) == json.value("code", "OK")
             ? Status::Ok()
             : Status::InvalidArgument(v1::Code_Name(answer.code) + ": " + answer.detail);
}

std::vector<std::string> GoldenLedger::Events() {
  Hasher hasher;
  Hash previous{};
  std::vector<Hash> hashes;
  ChainEvents(hasher, previous, block_.events, hashes);
  std::vector<std::string> events;
  for (std::uint64_t sequence = 1; sequence <= block_.events.events(); ++sequence) {
    events.emplace_back(block_.events.Event(sequence));
  }
  return events;
}

Result<std::vector<std::string>> BuildGoldenEvents(std::string_view input, const std::string& dir) {
  Result<std::unique_ptr<GoldenLedger>> ledger = GoldenLedger::Make(dir);
  LUMBUNG_RETURN_IF_ERROR(ledger.status());
  std::istringstream lines{std::string(input)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line.front() == '#') {
      continue;
    }
    if (const Status status = (*ledger)->Take(line); !status.ok()) {
      return Status::InvalidArgument("line " + std::to_string(number) + ": " + status.message());
    }
  }
  return (*ledger)->Events();
}

Result<std::vector<std::string>> DescribeEvents(const std::vector<std::string>& events) {
  std::vector<std::string> lines;
  State state;
  Hasher hasher;
  TreeBuilder tree;
  std::vector<Tile> tiles;
  v1::Event event;
  for (const std::string& bytes : events) {
    if (!event.ParseFromString(bytes) || event.body_case() == v1::Event::BODY_NOT_SET) {
      return Status::Corruption("event " + std::to_string(lines.size() + 1) + " can't be parsed");
    }
    const Hash hash = hasher.Leaf(bytes);
    tree.Append(hash, tiles);
    state.Apply(event);
    lines.push_back(std::to_string(event.sequence()) + " " + BodyName(event) + " " + ToHex(hash) +
                    " " + ToHex(tree.Root()) + " " + ToHex(state.Digest()));
  }
  return lines;
}

Result<std::vector<std::string>> ReadLines(const std::string& path) {
  const Result<std::string> text = ReadFile(path);
  LUMBUNG_RETURN_IF_ERROR(text.status());
  std::vector<std::string> lines;
  std::istringstream in(*text);
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
  }
  return lines;
}

Result<std::vector<std::string>> ReadEvents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return Status::NotFound(path + " is not there");
  }
  EntryReader reader(in);
  std::vector<std::string> events;
  for (std::string bytes;;) {
    const Result<bool> more = reader.Next(bytes);
    LUMBUNG_RETURN_IF_ERROR(more.status());
    if (!*more) {
      return events;
    }
    events.push_back(bytes);
  }
}

}  // namespace lumbung
