#include "connectors/kafka/history_check.h"

#include <string>

#include "connectors/kafka/event_fields.h"
#include "engine/base/bytes.h"
#include "engine/chain/hash.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

namespace {

std::string HashOf(std::string_view event) { return ToHex(Hasher().Leaf(event)).substr(0, 16); }

// "ledger 0190… shard 0", or what it is instead.
std::string OwnerOf(std::string_view first) {
  v1::Event event;
  if (!event.ParseFromArray(first.data(), static_cast<int>(first.size())) ||
      !event.has_ledger_created()) {
    return "no ledger";
  }
  const v1::LedgerCreated& created = event.ledger_created();
  return "ledger " + created.ledger_id() + " shard " + std::to_string(created.shard());
}

constexpr const char* kWhatToDo = " (docs/KAFKA.md, \"What a refusal means\", says what to do)";

Status CheckFirst(std::string_view ours, std::string_view first) {
  if (first == ours) {
    return Status::Ok();
  }
  EventFields fields;
  if (!ReadEventFields(first, fields)) {
    return Status::Refused(std::string("the partition begins with what is no event of a ledger: "
                                       "name another topic") +
                           kWhatToDo);
  }
  if (fields.sequence != 1) {
    return Status::Refused("the partition begins with event " + std::to_string(fields.sequence) +
                           ", and what was before it is gone: name another topic, or delete this "
                           "one, to have it written from event 1" +
                           kWhatToDo);
  }
  return Status::Refused("the partition belongs to " + OwnerOf(first) + ", and this is " +
                         OwnerOf(ours) + ": event 1 differs, " + HashOf(first) + "... there, " +
                         HashOf(ours) + "... here" + kWhatToDo);
}

}  // namespace

Result<std::uint64_t> NextToPublish(EventSource& log, std::string_view first,
                                    std::string_view last) {
  if (first.empty() != last.empty()) {
    return Status::IoError("the partition changed while it was looked at");
  }
  if (last.empty()) {
    return std::uint64_t{1};
  }
  const Result<std::string> ours_first = log.Get(1);
  LUMBUNG_RETURN_IF_ERROR(ours_first.status());
  LUMBUNG_RETURN_IF_ERROR(CheckFirst(*ours_first, first));
  EventFields fields;
  if (!ReadEventFields(last, fields)) {
    return Status::Refused(std::string("the partition ends with what is no event of a ledger: "
                                       "somebody else has written to it") +
                           kWhatToDo);
  }
  const std::string name = "event " + std::to_string(fields.sequence);
  const Result<std::string> ours = log.Get(fields.sequence);
  if (ours.status().kind() == Status::Kind::kNotFound) {
    return Status::Refused("the topic is ahead of the log: it has " + name +
                           ", and the log ends at " + std::to_string(log.Head()) +
                           ". An old backup was put in the log's place; bring it up to the topic "
                           "with `lumbung restore`" +
                           kWhatToDo);
  }
  LUMBUNG_RETURN_IF_ERROR(ours.status());
  if (*ours != last) {
    return Status::Refused("the topic has another history: its " + name +
                           " differs from the log's, " + HashOf(last) + "... there, " +
                           HashOf(*ours) + "... here" + kWhatToDo);
  }
  return fields.sequence + 1;
}

}  // namespace lumbung
