#include "engine/domain/decide.h"

#include "engine/base/check.h"
#include "engine/domain/codes.h"
#include "engine/domain/decide_reference.h"
#include "engine/domain/decide_transaction.h"

namespace lumbung {

struct Decider::Scratch {
  TransactionDecider transactions;
};

Decider::Decider() : scratch_(std::make_unique<Scratch>()) {}
Decider::~Decider() = default;

NetChanges& Decider::posted_changes() { return scratch_->transactions.changes(); }

namespace {

// The first answer to an id that was seen before, or a conflict.
void Repeat(const v1::Command& command, const Recorded& prior, Decision& decision) {
  const v1::Event& event = *prior.event;
  decision.prior_sequence = event.sequence();
  decision.prior_hash = prior.hash;
  if (!SameContent(command, event)) {
    decision.code = v1::ID_CONFLICT;
    decision.detail = "the id was used before, with other content, at sequence " +
                      std::to_string(event.sequence());
    return;
  }
  decision.replayed = true;
  decision.code = CodeOf(event);
  decision.posting_date = PostingDateOf(event, IdOf(command));
  if (event.has_command_rejected()) {
    decision.item = event.command_rejected().item();
    decision.detail = "was refused before, which is final for the id";
  }
}

}  // namespace

Decision Decider::Decide(const State& state, const v1::Command& command, const Checked& checked,
                         History& history, std::int64_t now, v1::Event& event) {
  Decision decision;
  if (checked.code != v1::OK) {
    decision.code = checked.code;
    decision.detail = checked.detail;
    return decision;
  }
  if (const Recorded prior = history.Find(checked.key); prior.event != nullptr) {
    Repeat(command, prior, decision);
    return decision;
  }
  TransactionDecider& transactions = scratch_->transactions;
  transactions.Begin(state, history, now, decision);
  const bool accepted = transactions.Takes(command)
                            ? transactions.DecideBody(command, event)
                            : DecideReference(state, command, history, now, event, decision);
  decision.record = accepted;
  if (!accepted && InfoOf(decision.code).recorded) {
    ReturnLent(event);
    v1::CommandRejected& rejected = *event.mutable_command_rejected();
    rejected.unsafe_arena_set_allocated_command(const_cast<v1::Command*>(&command));
    rejected.set_code(decision.code);
    rejected.set_item(decision.item);
    decision.record = true;
  }
  if (!decision.record) {
    ReturnLent(event);
  }
  return decision;
}

void ReturnLent(v1::Event& event) {
  if (event.has_transaction_posted()) {
    // The rest of it stays for the next one, which fills it anew.
    event.mutable_transaction_posted()->unsafe_arena_release_transaction();
    return;
  }
  if (event.has_batch_posted()) {
    for (auto& posted : *event.mutable_batch_posted()->mutable_transactions()) {
      posted.unsafe_arena_release_transaction();
    }
  } else if (event.has_transaction_held()) {
    event.mutable_transaction_held()->unsafe_arena_release_transaction();
  } else if (event.has_hold_captured()) {
    event.mutable_hold_captured()->unsafe_arena_release_transaction();
  } else if (event.has_command_rejected()) {
    event.mutable_command_rejected()->unsafe_arena_release_command();
  }
  event.clear_body();
}

bool DecideExpiry(const State& state, std::int64_t now, v1::Event& event) {
  const HoldKey* key = state.FirstDueHold(now);
  if (key == nullptr) {
    return false;
  }
  v1::HoldReleased& released = *event.mutable_hold_released();
  released.Clear();
  released.set_cooperative(key->cooperative);
  released.set_hold_id(FormatUuid(key->id));
  released.set_expired(true);
  *released.mutable_released() = state.FindHold(*key)->entries();
  return true;
}

}  // namespace lumbung
