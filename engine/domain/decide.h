// Deciding: what becomes of a command. Pure: no I/O of its own, no clock, no exceptions for input.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/domain/ids.h"
#include "engine/domain/state.h"

#include "lumbung/ledger/v1/code.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// What the log says of an id.
struct Recorded {
  // The event that took the id up; null where none did.
  const v1::Event* event = nullptr;
  Hash hash{};
};

// Looks ids up among all events decided so far.
class History {
 public:
  virtual ~History() = default;
  // Valid until the next call.
  virtual Recorded Find(const CommandKey& key) = 0;
};

// What a check that needs no state found.
struct Checked {
  v1::Code code = v1::OK;
  // Names the field and what is wrong with it.
  std::string detail;
  // REQUIRES: code is OK
  CommandKey key;
};

// Checks a command by itself: every field within its limits, entries balanced. Thread-safe.
Checked Validate(const v1::Command& command);

// First field that the schema does not know, in any message within, as a path that ends in its
// number: "post.entries[1].99"; empty if none. Commands from outside are refused for it, as for
// unknown enum values (Validate).
std::string UnknownField(const google::protobuf::Message& message);

struct Decision {
  v1::Code code = v1::OK;
  // The body of `event` is filled: it is to be recorded. Refusals can be, see CodeTable.
  bool record = false;
  // The id was seen before with the same content: `prior` is the first answer.
  bool replayed = false;
  // Explains a refusal to a person.
  std::string detail;
  // For a batch: the transaction that was refused, counted from 0.
  std::uint32_t item = 0;
  // Where the id was seen before.
  std::uint64_t prior_sequence = 0;
  Hash prior_hash{};
  // Of the transaction posted or held (first answer's where replayed); 0 otherwise.
  Date posting_date = 0;
};

// Decides in the documented order: Validate → id seen before → references → period → status →
// limits and conditions → overflow (docs/ERRORS.md). `checked` is what Validate said of the
// command. Fills the body of `event` where something is to be recorded; a transaction in it is
// lent, not copied: the event must not outlive the command, and ReturnLent is called before
// either is destroyed. `now` is the block's time; `state` and `history` are as of the event before.
// Used from one thread at a time; scratch space is kept between calls.
class Decider {
 public:
  Decider();
  ~Decider();
  Decider(const Decider&) = delete;
  Decider& operator=(const Decider&) = delete;

  Decision Decide(const State& state, const v1::Command& command, const Checked& checked,
                  History& history, std::int64_t now, v1::Event& event);

  // What the TransactionPosted that was just decided changes, for State::ApplyPosted.
  NetChanges& posted_changes();

 private:
  struct Scratch;
  std::unique_ptr<Scratch> scratch_;
};

// Takes back from `event` what Decide lent it from the command. The event is then cleared.
void ReturnLent(v1::Event& event);

// Fills `event` with the release of the hold that is due first at `now`; false if none is.
bool DecideExpiry(const State& state, std::int64_t now, v1::Event& event);

// Whether a command's content is what `event` recorded: decoded fields with their defaults, entries
// in order; the actor does not count.
bool SameContent(const v1::Command& command, const v1::Event& event);

// What an event answered to the command that it recorded.
v1::Code CodeOf(const v1::Event& event);
Date PostingDateOf(const v1::Event& event, std::string_view transaction_id);

}  // namespace lumbung
