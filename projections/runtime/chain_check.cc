#include "projections/runtime/chain_check.h"

#include <google/protobuf/unknown_field_set.h>

namespace lumbung {
namespace {

// Bodies from here on may be skipped by who does not know them.
constexpr std::uint32_t kFirstAdvisoryBody = 1000;
constexpr std::uint32_t kFirstBody = 10;

std::string Number(const char* what, std::uint64_t number) {
  return std::string(what) + " " + std::to_string(number);
}

Link Broken(StopReason& reason, std::string expected, std::string found) {
  reason.expected = std::move(expected);
  reason.found = std::move(found);
  return Link::kBroken;
}

}  // namespace

std::string StopReason::ToString() const {
  return Number("shard", shard) + ", event " + std::to_string(sequence) + ": expected " + expected +
         ", found " + found;
}

std::uint32_t UnknownBodyOf(const v1::Event& event) {
  if (event.body_case() != v1::Event::BODY_NOT_SET) {
    return 0;
  }
  const auto& unknown = event.GetReflection()->GetUnknownFields(event);
  for (int i = 0; i < unknown.field_count(); ++i) {
    if (const auto number = static_cast<std::uint32_t>(unknown.field(i).number());
        number >= kFirstBody) {
      return number;
    }
  }
  return 1;
}

Link CheckLink(const Position& last, const ReadEvent& read, StopReason& reason) {
  reason.sequence = last.sequence + 1;
  if (read.event == nullptr) {
    return Broken(reason, "an event", "bytes that are none");
  }
  const v1::Event& event = *read.event;
  if (event.epoch() < last.epoch) {
    return Link::kStale;
  }
  if (event.sequence() == last.sequence && last.sequence != 0 && read.hash != last.hash) {
    reason.sequence = last.sequence;
    return Broken(reason, "the hash " + ToHex(last.hash) + ", which was taken",
                  "another event with the hash " + ToHex(read.hash));
  }
  if (event.sequence() <= last.sequence) {
    return Link::kSeen;
  }
  if (event.sequence() != last.sequence + 1) {
    return Broken(reason, Number("event", last.sequence + 1), Number("event", event.sequence()));
  }
  if (event.previous_hash() != AsView(last.hash)) {
    return Broken(reason, "a link to " + ToHex(last.hash),
                  "a link to " + ToHex(event.previous_hash()));
  }
  if (event.epoch() > last.epoch && !event.has_epoch_started()) {
    return Broken(reason, Number("epoch", last.epoch),
                  Number("epoch", event.epoch()) + " that was never started");
  }
  if (read.unknown_body != 0 && read.unknown_body < kFirstAdvisoryBody) {
    return Broken(reason, "a kind of event that this program knows",
                  Number("kind", read.unknown_body) + ", of a newer one");
  }
  return Link::kNext;
}

}  // namespace lumbung
