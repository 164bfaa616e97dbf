#include "engine/commit/opening.h"

#include <google/protobuf/unknown_field_set.h>

#include "engine/commit/derived_stepper.h"
#include "engine/domain/format_version.h"

namespace lumbung {
namespace {

// Applies the log's events to a state, one after the other.
class Replayer {
 public:
  Replayer(State& state, const Head& from) : state_(state), head_(from) {}

  Status Apply(std::uint64_t sequence, std::string_view bytes) {
    event_.Clear();
    if (!event_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
        event_.sequence() != sequence) {
      return Status::Corruption("event " + std::to_string(sequence) +
                                " can't be read; run `lumbung recover`");
    }
    if (event_.previous_hash() != AsView(head_.hash)) {
      return Status::Corruption("event " + std::to_string(sequence) +
                                " does not link to the one before; run `lumbung recover`");
    }
    if (event_.body_case() == v1::Event::BODY_NOT_SET && !IsAdvisory()) {
      return Status::Refused("event " + std::to_string(sequence) +
                             " is of a kind that this version does not know; use a newer one");
    }
    head_ = {sequence, hasher_.Leaf(bytes)};
    time_ = event_.recorded_at();
    if (event_.body_case() != v1::Event::BODY_NOT_SET) {
      state_.Apply(event_);
    }
    return Status::Ok();
  }

  const v1::Event& event() const { return event_; }
  const Head& head() const { return head_; }
  std::int64_t time() const { return time_; }

 private:
  // A body from 1000 on that is not known may be skipped.
  bool IsAdvisory() const {
    const auto& unknown = event_.GetReflection()->GetUnknownFields(event_);
    return unknown.field_count() == 1 && unknown.field(0).number() >= 1000;
  }

  State& state_;
  Head head_;
  std::int64_t time_ = 0;
  v1::Event event_;
  Hasher hasher_;
};

// Whether the log is of a format that this program knows.
Status CheckFormat(const LogStore& log) {
  if (log.head().sequence == 0) {
    return Status::Ok();
  }
  const Result<std::string> first = log.ReadEvent(1);
  LUMBUNG_RETURN_IF_ERROR(first.status());
  v1::Event event;
  if (!event.ParseFromString(*first) || !event.has_ledger_created()) {
    return Status::Corruption("event 1 is not that of a ledger's creation; run `lumbung recover`");
  }
  const std::uint32_t version = event.ledger_created().format_version();
  return version == kFormatVersion
             ? Status::Ok()
             : Status::Refused("the ledger is of format " + std::to_string(version) +
                               ", and this version knows " + std::to_string(kFormatVersion) +
                               "; use a newer one");
}

// Whether the log still holds what the derived store was made from.
Status CheckMarker(const LogStore& log, const Head& marker) {
  if (marker.sequence == 0) {
    return Status::Ok();
  }
  if (marker.sequence > log.head().sequence) {
    return Status::Corruption("the log ends at event " + std::to_string(log.head().sequence) +
                              ", but what is derived from it reaches event " +
                              std::to_string(marker.sequence) +
                              ": events are lost; run `lumbung recover`");
  }
  const Result<std::string> event = log.ReadEvent(marker.sequence);
  if (!event.ok()) {
    return event.status();
  }
  if (Hasher().Leaf(*event) != marker.hash) {
    return Status::Corruption("event " + std::to_string(marker.sequence) +
                              " is not the one that was there when state and ids were derived: "
                              "the log is another history; run `lumbung recover`");
  }
  return Status::Ok();
}

Status LoadRows(const DerivedStore& derived, State& state) {
  return derived.ForEachRow(
      [&](std::string_view key, std::string_view value) { return state.LoadRow(key, value); });
}

// Says what to do about damage that costs no more than time.
Status DerivedError(const std::string& dir, const Status& status) {
  return status.kind() != Status::Kind::kCorruption
             ? status
             : Status::Corruption(dir + "/derived is damaged: " + status.message() +
                                  "; the log is not: `lumbung recover` deletes what is derived, "
                                  "and it is built again");
}

// Writes a step at once, for a replay that is long.
Status InstallNow(State& state, IdHistory& history, const Head& marker, DerivedStore& derived) {
  CutRows rows;
  state.BeginCut();
  state.CopyCut(static_cast<std::size_t>(-1), rows);
  Status status =
      derived.InstallFrom(marker, history.BeginStep().Sorted(),
                          [&](const DerivedStore::PutRow& put) { return rows.ForEach(put); });
  history.EndStep();
  return status;
}

}  // namespace

Result<Replayed> ReplayState(const LogStore& log, const DerivedStore& derived,
                             std::size_t account_memory_bytes) {
  Replayed replayed{std::make_unique<State>(account_memory_bytes), 0, 0};
  // The marker first: a step may be installed meanwhile, and rows may be newer, never older.
  const Head marker = derived.marker();
  LUMBUNG_RETURN_IF_ERROR(LoadRows(derived, *replayed.state));
  Replayer replayer(*replayed.state, marker);
  LUMBUNG_RETURN_IF_ERROR(log.ForEach(marker.sequence + 1, log.head().sequence,
                                      [&](std::uint64_t sequence, std::string_view bytes) {
                                        ++replayed.events;
                                        return replayer.Apply(sequence, bytes);
                                      }));
  replayed.last_time = replayer.time();
  return replayed;
}

Result<OpenedShard> OpenShard(const std::string& dir, const ShardOptions& options) {
  OpenedShard opened;
  Result<std::unique_ptr<LogStore>> log = LogStore::Open(dir, options.log);
  if (!log.ok()) {
    return log.status();
  }
  opened.log = std::move(*log);
  LUMBUNG_RETURN_IF_ERROR(CheckFormat(*opened.log));
  Result<std::unique_ptr<DerivedStore>> derived = DerivedStore::Open(dir, options.derived);
  if (!derived.ok()) {
    return DerivedError(dir, derived.status());
  }
  opened.derived = std::move(*derived);
  const Head marker = opened.derived->marker();
  LUMBUNG_RETURN_IF_ERROR(CheckMarker(*opened.log, marker));

  opened.state = std::make_unique<State>(options.account_memory_bytes);
  opened.history = std::make_unique<IdHistory>(*opened.log, *opened.derived);
  if (const Status loaded = LoadRows(*opened.derived, *opened.state); !loaded.ok()) {
    return DerivedError(dir, loaded);
  }
  Replayer replayer(*opened.state, marker);
  std::vector<CommandKey> keys;
  const Status replayed = opened.log->ForEach(
      marker.sequence + 1, opened.log->head().sequence,
      [&](std::uint64_t sequence, std::string_view bytes) {
        LUMBUNG_RETURN_IF_ERROR(replayer.Apply(sequence, bytes));
        ++opened.replayed;
        keys.clear();
        AppendKeysOf(replayer.event(), keys);
        for (const CommandKey& key : keys) {
          opened.history->Insert(ToIdKey(key), sequence);
        }
        return opened.history->newest().size() < options.derived_step_events
                   ? Status::Ok()
                   : InstallNow(*opened.state, *opened.history, replayer.head(), *opened.derived);
      });
  LUMBUNG_RETURN_IF_ERROR(replayed);
  opened.last_time = replayer.time();
  if (opened.replayed == 0 && marker.sequence != 0) {
    const Result<std::string> last = opened.log->ReadEvent(marker.sequence);
    v1::Event event;
    if (last.ok() && event.ParseFromString(*last)) {
      opened.last_time = event.recorded_at();
    }
  }
  Result<TreeBuilder> tree = opened.log->LoadTree();
  if (!tree.ok()) {
    return tree.status();
  }
  opened.tree = std::move(*tree);
  return opened;
}

}  // namespace lumbung
