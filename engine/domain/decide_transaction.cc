#include "engine/domain/decide_transaction.h"

#include <algorithm>

namespace lumbung {
namespace {

// The event lends the transaction: it is neither changed nor owned (ReturnLent takes it back).
v1::Transaction* Lend(const v1::Transaction& transaction) {
  return const_cast<v1::Transaction*>(&transaction);
}

}  // namespace

void TransactionDecider::Begin(const State& state, History& history, std::int64_t now,
                               Decision& decision) {
  state_ = &state;
  history_ = &history;
  now_ = now;
  decision_ = &decision;
  has_earlier_ = false;
  new_accounts_ = 0;
  reversed_in_batch_.clear();
  filled_.clear();
}

bool TransactionDecider::Refuse(v1::Code code, std::string detail) {
  decision_->code = code;
  decision_->detail = std::move(detail);
  return false;
}

bool TransactionDecider::OverrideOrRefuse(Item& item, v1::Code code, std::string detail) {
  if (!item.is_fact) {
    return Refuse(code, std::move(detail));
  }
  if (std::find(item.overrides.begin(), item.overrides.end(), code) == item.overrides.end()) {
    item.overrides.push_back(code);
  }
  return true;
}

bool TransactionDecider::Takes(const v1::Command& command) {
  return command.has_post() || command.has_post_batch() || command.has_hold() ||
         command.has_capture() || command.has_release();
}

bool TransactionDecider::DecideBody(const v1::Command& command, v1::Event& event) {
  if (command.has_post()) {
    return Post(command.post(), event);
  }
  if (command.has_post_batch()) {
    return PostBatch(command, event);
  }
  if (command.has_hold()) {
    return Hold(command.hold(), event);
  }
  return command.has_capture() ? Capture(command.capture(), event) : Release(command, event);
}

// --- The kinds of command -- ----------------------------------------------------------------

bool TransactionDecider::Post(const v1::Transaction& transaction, v1::Event& event) {
  Item item;
  if (!CheckItem(item, transaction) || !CheckRoom()) {
    return false;
  }
  decision_->posting_date = item.posting_date;
  v1::TransactionPosted& posted = *event.mutable_transaction_posted();
  posted.unsafe_arena_set_allocated_transaction(Lend(*item.recorded));
  FillPosting(item, *posted.mutable_posting());
  return true;
}

bool TransactionDecider::PostBatch(const v1::Command& command, v1::Event& event) {
  const v1::Batch& batch = command.post_batch();
  v1::BatchPosted& posted = *event.mutable_batch_posted();
  posted.Clear();
  posted.set_command_id(command.command_id());
  posted.set_cooperative(batch.cooperative());
  earlier_.Clear();
  has_earlier_ = true;
  for (int i = 0; i < batch.transactions_size(); ++i) {
    Item item;
    decision_->item = static_cast<std::uint32_t>(i);
    const v1::Transaction& transaction = batch.transactions(i);
    // Its id may stand in the log, posted alone or in another batch.
    if (history_->Find({*ParseUuid(transaction.transaction_id()), batch.cooperative(), false})
            .event != nullptr) {
      return Refuse(v1::ID_CONFLICT, "transactions[" + std::to_string(i) +
                                         "].transaction_id: was used before, outside this batch");
    }
    if (!CheckItem(item, transaction) || !CheckRoom()) {
      return false;
    }
    for (std::size_t place = 0; place < touched_.size(); ++place) {
      const NetChange& change = changes_.all()[place];
      new_accounts_ += IsNew(place) ? 1 : 0;
      NetChange& total = earlier_.At(change.key);
      total.debit += change.debit;
      total.credit += change.credit;
    }
    v1::TransactionPosted& one = *posted.add_transactions();
    one.unsafe_arena_set_allocated_transaction(Lend(*item.recorded));
    FillPosting(item, *one.mutable_posting());
  }
  decision_->item = 0;
  return true;
}

bool TransactionDecider::Hold(const v1::Hold& hold, v1::Event& event) {
  Item item;
  item.is_hold = true;
  if (!CheckItem(item, hold.transaction()) || !CheckRoom()) {
    return false;
  }
  decision_->posting_date = item.posting_date;
  v1::TransactionHeld& held = *event.mutable_transaction_held();
  held.unsafe_arena_set_allocated_transaction(Lend(*item.recorded));
  FillPosting(item, *held.mutable_posting());
  held.set_expires_at(hold.expires_at());
  return true;
}

bool TransactionDecider::Capture(const v1::Capture& capture, v1::Event& event) {
  Item item;
  item.capture = &capture;
  if (!CheckItem(item, capture.transaction()) || !CheckRoom()) {
    return false;
  }
  decision_->posting_date = item.posting_date;
  v1::HoldCaptured& captured = *event.mutable_hold_captured();
  captured.set_hold_id(capture.hold_id());
  captured.unsafe_arena_set_allocated_transaction(Lend(*item.recorded));
  FillPosting(item, *captured.mutable_posting());
  *captured.mutable_released() = item.captured_hold->entries();
  return true;
}

bool TransactionDecider::Release(const v1::Command& command, v1::Event& event) {
  const v1::Release& release = command.release();
  if (state_->FindCooperative(release.cooperative()) == nullptr) {
    return Refuse(v1::UNKNOWN_COOPERATIVE, "cooperative: is not registered");
  }
  const HoldKey key{release.cooperative(), *ParseUuid(release.hold_id())};
  const v1::HoldRow* hold = FindHold(key);
  if (hold == nullptr) {
    return false;
  }
  v1::HoldReleased& released = *event.mutable_hold_released();
  released.Clear();
  released.set_command_id(command.command_id());
  released.set_cooperative(release.cooperative());
  released.set_hold_id(release.hold_id());
  *released.mutable_released() = hold->entries();
  return true;
}

// --- The checks, in their order ---------------------------------------------------------------

bool TransactionDecider::CheckItem(Item& item, const v1::Transaction& transaction) {
  item.transaction = &transaction;
  item.recorded = &transaction;
  item.is_fact = transaction.nature() == v1::Transaction::FACT;
  item.is_reversal = !transaction.reverses().empty();
  if (!CheckReferences(item) || !CheckPeriod(item)) {
    return false;
  }
  SumChanges(item);
  return CheckStatus(item) && CheckLimits(item) && CheckConditions(item) && CheckOverflow();
}

bool TransactionDecider::CheckPeriod(Item& item) {
  const bool until_final = item.kind->adjustment() || item.kind->closing();
  const Date closed = until_final ? item.cooperative->closed_through
                                  : std::max(item.cooperative->closed_through,
                                             item.cooperative->operations_closed_through);
  item.posting_date = std::min(item.transaction->business_date(), item.today);
  if (item.posting_date > closed) {
    return true;
  }
  item.posting_date = NextDate(closed);
  return OverrideOrRefuse(item, v1::PERIOD_CLOSED,
                          "business_date: the books are closed through " + std::to_string(closed));
}

bool TransactionDecider::CheckCooperativeStatus(const Item& item) {
  // As of today: late backlog of a cooperative that has merged goes to its successor too.
  const v1::Cooperative& attributes = item.cooperative->InForce(item.today);
  if (attributes.status() == v1::Cooperative::CLOSED) {
    return Refuse(v1::COOPERATIVE_CLOSED, "cooperative: is closed");
  }
  if (attributes.status() == v1::Cooperative::MERGED) {
    return Refuse(v1::COOPERATIVE_CLOSED,
                  "cooperative: has merged into " + std::to_string(attributes.successor()));
  }
  return attributes.status() != v1::Cooperative::CLOSING || item.is_fact || item.is_reversal ||
         item.kind->adjustment() || item.kind->closing() || item.kind->transfer() ||
         Refuse(v1::COOPERATIVE_CLOSED,
                "cooperative: is closing; it takes facts, reversals, adjustments, closings and "
                "transfers");
}

bool TransactionDecider::CheckStatus(Item& item) {
  if (!CheckCooperativeStatus(item) || !CheckHolderStatus(item)) {
    return false;
  }
  for (const Touched& touched : touched_) {
    if (touched.row == nullptr || touched.row->status <= v1::AccountStatus::OPEN) {
      continue;
    }
    const bool frozen = touched.row->status == v1::AccountStatus::FROZEN;
    if (!OverrideOrRefuse(item, frozen ? v1::ACCOUNT_FROZEN : v1::ACCOUNT_CLOSED,
                          "entries: account " + FormatAccount(touched.row->key) + " is " +
                              (frozen ? "frozen" : "closed"))) {
      return false;
    }
  }
  return true;
}

bool TransactionDecider::CheckHolderStatus(Item& item) {
  if (!state_->has_closed_holders()) {
    return true;
  }
  for (const v1::Entry& entry : item.recorded->entries()) {
    if (entry.holder() == 0) {
      continue;
    }
    const std::string& holder_class = item.chart->FindCode(entry.code())->holder_class();
    const v1::HolderRow* row =
        state_->FindHolder({item.transaction->cooperative(), holder_class, entry.holder()});
    if (row != nullptr && row->holder().status() == v1::Holder::CLOSED &&
        row->holder().effective_date() <= item.posting_date &&
        !OverrideOrRefuse(
            item, v1::HOLDER_CLOSED,
            "entries: " + holder_class + " " + std::to_string(entry.holder()) + " has left")) {
      return false;
    }
  }
  return true;
}

// --- What is recorded -------------------------------------------------------------------------

v1::Transaction& TransactionDecider::FilledCopy(const v1::Transaction& transaction) {
  return filled_.emplace_back(transaction);
}

void TransactionDecider::FillPosting(const Item& item, v1::Posting& posting) {
  posting.Clear();
  posting.set_posting_date(item.posting_date);
  std::vector<v1::Code> overrides = item.overrides;
  std::sort(overrides.begin(), overrides.end());
  for (const v1::Code code : overrides) {
    posting.add_overrides(code);
  }
  posting.set_entries_filled(item.recorded != item.transaction);
}

}  // namespace lumbung
