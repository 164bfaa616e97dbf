#include "engine/domain/decide_transaction.h"

#include <algorithm>
#include <limits>

#include "engine/base/check.h"

namespace lumbung {
namespace {

constexpr Int128 kMaxAmount = std::numeric_limits<std::int64_t>::max();

std::string CodeText(const v1::Entry& entry) { return "code " + std::to_string(entry.code()); }

// The event lends the transaction: it is neither changed nor owned (ReturnLent takes it back).
v1::Transaction* Lend(const v1::Transaction& transaction) {
  return const_cast<v1::Transaction*>(&transaction);
}

v1::Entry Mirrored(const v1::Entry& entry) {
  v1::Entry mirrored = entry;
  if (entry.has_debit()) {
    mirrored.set_credit(entry.debit());
  } else {
    mirrored.set_debit(entry.credit());
  }
  return mirrored;
}

bool SameEntry(const v1::Entry& a, const v1::Entry& b) {
  return KeyOf(0, a) == KeyOf(0, b) && a.debit() == b.debit() && a.credit() == b.credit();
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

bool TransactionDecider::CheckReferences(Item& item) {
  const v1::Transaction& transaction = *item.transaction;
  item.cooperative = state_->FindCooperative(transaction.cooperative());
  if (item.cooperative == nullptr) {
    return Refuse(v1::UNKNOWN_COOPERATIVE, "cooperative: is not registered");
  }
  // The zone changes with the attributes; those of the business date say what today is.
  item.today =
      LocalDate(now_, item.cooperative->InForce(transaction.business_date()).utc_offset_minutes());
  const Date date = std::min(transaction.business_date(), item.today);
  const ChartVersions* chart = state_->FindChart(item.cooperative->InForce(date).chart());
  LUMBUNG_CHECK(chart != nullptr);
  item.chart = &chart->InForce(date);
  item.kind = item.chart->FindKind(transaction.kind());
  if (item.kind == nullptr) {
    return Refuse(v1::UNKNOWN_KIND, "kind: the chart does not list " + transaction.kind());
  }
  if (item.chart->FindChannel(transaction.channel()) == nullptr) {
    return Refuse(v1::UNKNOWN_CHANNEL, "channel: the chart does not list " + transaction.channel());
  }
  if (item.is_reversal && !CheckReversal(item)) {
    return false;
  }
  if (item.capture != nullptr && !CheckCapture(item)) {
    return false;
  }
  return CheckEntryReferences(item) && CheckLoanDetails(item) && CheckConditionCodes(item);
}

const v1::HoldRow* TransactionDecider::FindHold(const HoldKey& key) {
  const v1::HoldRow* hold = state_->FindHold(key);
  if (hold == nullptr) {
    const Recorded target = history_->Find({key.id, key.cooperative, false});
    if (target.event != nullptr && target.event->has_transaction_held()) {
      Refuse(v1::HOLD_ENDED, "hold_id: the hold has ended");
    } else {
      Refuse(v1::UNKNOWN_HOLD, "hold_id: there is no such hold");
    }
  }
  return hold;
}

bool TransactionDecider::CheckCapture(Item& item) {
  const v1::Transaction& transaction = *item.transaction;
  item.captured_hold = FindHold({transaction.cooperative(), *ParseUuid(item.capture->hold_id())});
  if (item.captured_hold == nullptr) {
    return false;
  }
  if (transaction.entries().empty()) {
    v1::Transaction& filled = FilledCopy(transaction);
    *filled.mutable_entries() = item.captured_hold->entries();
    item.recorded = &filled;
    return true;
  }
  NetChanges& left = changes_;
  left.Clear();
  for (const v1::Entry& entry : item.captured_hold->entries()) {
    left.AddPosted(transaction.cooperative(), entry);
  }
  for (const v1::Entry& entry : transaction.entries()) {
    NetChange& change = left.At(KeyOf(transaction.cooperative(), entry));
    change.debit -= entry.debit();
    change.credit -= entry.credit();
    if (change.debit < 0 || change.credit < 0) {
      return Refuse(v1::HOLD_EXCEEDED,
                    "entries: " + FormatAccount(change.key) + " goes beyond what is held");
    }
  }
  return true;
}

bool TransactionDecider::CheckReversal(Item& item) {
  const v1::Transaction& transaction = *item.transaction;
  const CommandKey key{*ParseUuid(transaction.reverses()), transaction.cooperative(), false};
  CommandKey reversed = key;
  reversed.reversal_of = true;
  // Looked up first, as what is found is valid only until the next look-up.
  const bool before = history_->Find(reversed).event != nullptr ||
                      std::find(reversed_in_batch_.begin(), reversed_in_batch_.end(),
                                transaction.reverses()) != reversed_in_batch_.end();
  const Recorded target = history_->Find(key);
  if (target.event == nullptr) {
    return Refuse(v1::UNKNOWN_TRANSACTION, "reverses: there is no such transaction");
  }
  const v1::Transaction* undone = FindTransaction(*target.event, transaction.reverses());
  if (undone == nullptr || target.event->has_transaction_held()) {
    return Refuse(v1::NOT_REVERSIBLE, "reverses: it is no posted transaction");
  }
  if (!undone->reverses().empty()) {
    return Refuse(v1::NOT_REVERSIBLE, "reverses: it is a reversal itself");
  }
  if (before) {
    return Refuse(v1::ALREADY_REVERSED, "reverses: has been reversed before");
  }
  if (transaction.entries().empty()) {
    v1::Transaction& filled = FilledCopy(transaction);
    for (const v1::Entry& entry : undone->entries()) {
      *filled.add_entries() = Mirrored(entry);
    }
    item.recorded = &filled;
  } else {
    bool same = transaction.entries_size() == undone->entries_size();
    for (int i = 0; same && i < undone->entries_size(); ++i) {
      same = SameEntry(transaction.entries(i), Mirrored(undone->entries(i)));
    }
    if (!same) {
      return Refuse(v1::REVERSAL_MISMATCH,
                    "entries: are not those of the other transaction with the sides exchanged");
    }
  }
  if (has_earlier_) {
    reversed_in_batch_.push_back(transaction.reverses());
  }
  return true;
}

bool TransactionDecider::CheckEntryReferences(const Item& item) {
  for (const v1::Entry& entry : item.recorded->entries()) {
    if (!CheckEntry(item, entry)) {
      return false;
    }
  }
  return true;
}

bool TransactionDecider::CheckEntry(const Item& item, const v1::Entry& entry) {
  const v1::AccountCode* code = item.chart->FindCode(entry.code());
  if (code == nullptr) {
    return Refuse(v1::UNKNOWN_CODE, "entries: the chart does not list " + CodeText(entry));
  }
  if (code->retired_from() != 0 && code->retired_from() <= item.transaction->business_date() &&
      !item.is_reversal && !item.kind->adjustment()) {
    return Refuse(v1::CODE_RETIRED, "entries: " + CodeText(entry) + " is retired; use " +
                                        std::to_string(code->succeeded_by()));
  }
  const bool listed = entry.currency().empty()
                          ? item.chart->has_rupiah()
                          : item.chart->FindCurrency(*ParseCurrency(entry.currency())) != nullptr;
  if (!listed) {
    return Refuse(v1::UNKNOWN_CURRENCY, "entries: the chart does not list " +
                                            FormatCurrency(*ParseCurrency(entry.currency())));
  }
  if (!CheckHolder(item, *code, entry)) {
    return false;
  }
  if (code->opening() == v1::AccountCode::EXPLICIT) {
    const AccountKey key = KeyOf(item.transaction->cooperative(), entry);
    const AccountRow* row = state_->accounts().Find(key);
    if (row == nullptr || (row->flags & AccountRow::kOpened) == 0) {
      return Refuse(v1::UNKNOWN_ACCOUNT,
                    "entries: account " + FormatAccount(key) + " has not been opened");
    }
  }
  return true;
}

bool TransactionDecider::CheckHolder(const Item& item, const v1::AccountCode& code,
                                     const v1::Entry& entry) {
  if (entry.holder() == 0) {
    return !code.holder_required() ||
           Refuse(v1::HOLDER_MISMATCH,
                  "entries: " + CodeText(entry) + " wants the number of a " + code.holder_class());
  }
  if (code.holder_class().empty()) {
    return Refuse(v1::HOLDER_MISMATCH, "entries: " + CodeText(entry) + " takes no holder");
  }
  if (!code.holder_registered()) {
    return true;
  }
  const std::uint64_t cooperative = item.transaction->cooperative();
  const bool known =
      code.holder_class() == "loan"
          ? state_->FindLoan({cooperative, entry.holder()}) != nullptr
          : state_->FindHolder({cooperative, code.holder_class(), entry.holder()}) != nullptr;
  return known ||
         Refuse(v1::UNKNOWN_HOLDER, "entries: " + code.holder_class() + " " +
                                        std::to_string(entry.holder()) + " is not registered");
}

bool TransactionDecider::CheckLoanDetails(const Item& item) {
  const v1::Transaction& transaction = *item.recorded;
  if (transaction.details_case() == v1::Transaction::DETAILS_NOT_SET) {
    return true;
  }
  const bool repays = transaction.has_loan_repayment();
  const std::uint64_t loan =
      repays ? transaction.loan_repayment().loan() : transaction.loan_disbursement().loan();
  if (state_->FindLoan({transaction.cooperative(), loan}) == nullptr) {
    return Refuse(v1::UNKNOWN_LOAN, "loan " + std::to_string(loan) + ": has not been granted");
  }
  if (repays) {
    return CheckRepaymentSplit(item, transaction.loan_repayment());
  }
  const bool any = std::any_of(
      transaction.entries().begin(), transaction.entries().end(), [&](const v1::Entry& entry) {
        return item.chart->FindCode(entry.code())->component() == v1::PRINCIPAL &&
               entry.holder() == loan;
      });
  return any ||
         Refuse(v1::SPLIT_MISMATCH, "entries: none is principal of loan " + std::to_string(loan));
}

bool TransactionDecider::CheckRepaymentSplit(const Item& item, const v1::LoanRepayment& repayment) {
  Int128 sums[v1::Component_ARRAYSIZE] = {};
  for (const v1::Entry& entry : item.recorded->entries()) {
    const v1::Component component = item.chart->FindCode(entry.code())->component();
    sums[component] += static_cast<Int128>(entry.debit()) - entry.credit();
    if (component == v1::PRINCIPAL && entry.holder() != repayment.loan()) {
      return Refuse(v1::SPLIT_MISMATCH,
                    "entries: principal of another loan than " + std::to_string(repayment.loan()));
    }
  }
  // A borrower debits what it repays, a lender credits it.
  const v1::LoanSplit& split = repayment.split();
  const auto equals = [&](int sign) {
    return sums[v1::PRINCIPAL] == static_cast<Int128>(sign) * split.principal() &&
           sums[v1::INTEREST] == static_cast<Int128>(sign) * split.interest() &&
           sums[v1::PENALTY] == static_cast<Int128>(sign) * split.penalty() &&
           sums[v1::FEE] == static_cast<Int128>(sign) * split.fee();
  };
  return equals(1) || equals(-1) ||
         Refuse(v1::SPLIT_MISMATCH, "loan_repayment.split: differs from the entries by component");
}

bool TransactionDecider::CheckConditionCodes(const Item& item) {
  for (const v1::Condition& condition : item.transaction->conditions()) {
    if (item.chart->FindCode(condition.code()) == nullptr) {
      return Refuse(v1::UNKNOWN_CODE,
                    "conditions: the chart does not list code " + std::to_string(condition.code()));
    }
  }
  return true;
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

void TransactionDecider::SumChanges(const Item& item) {
  const std::uint64_t cooperative = item.transaction->cooperative();
  changes_.Clear();
  for (const v1::Entry& entry : item.recorded->entries()) {
    if (item.is_hold) {
      changes_.AddHeld(cooperative, entry, 1);
    } else {
      changes_.AddPosted(cooperative, entry);
    }
  }
  if (item.captured_hold != nullptr) {
    for (const v1::Entry& entry : item.captured_hold->entries()) {
      changes_.AddHeld(cooperative, entry, -1);
    }
  }
  touched_.clear();
  for (NetChange& change : changes_.all()) {
    change.row = state_->accounts().Find(change.key);
    touched_.push_back({change.row, item.chart->FindCode(change.key.code)});
  }
}

const NetChange* TransactionDecider::Earlier(const AccountKey& key) const {
  return has_earlier_ ? earlier_.Find(key) : nullptr;
}

TransactionDecider::Figures TransactionDecider::FiguresOf(const AccountRow* row,
                                                          const v1::AccountCode& code,
                                                          const AccountKey& key,
                                                          const NetChange* change) const {
  Int128 balance = 0;
  Int128 held_debit = 0;
  Int128 held_credit = 0;
  if (row != nullptr) {
    balance = row->balance;
    held_debit = row->held_debit;
    held_credit = row->held_credit;
  }
  for (const NetChange* part : {Earlier(key), change}) {
    if (part != nullptr) {
      balance += part->debit - part->credit;
      held_debit += part->held_debit;
      held_credit += part->held_credit;
    }
  }
  return code.grows_by() == v1::DEBIT ? Figures{balance - held_credit, balance + held_debit}
                                      : Figures{-balance - held_debit, -balance + held_credit};
}

bool TransactionDecider::CheckLimits(Item& item) {
  for (std::size_t place = 0; place < touched_.size(); ++place) {
    if (!CheckAccountLimits(item, place)) {
      return false;
    }
  }
  return true;
}

bool TransactionDecider::CheckAccountLimits(Item& item, std::size_t place) {
  const Touched& touched = touched_[place];
  const NetChange& change = changes_.all()[place];
  const bool has_limits =
      touched.row != nullptr && (touched.row->flags & AccountRow::kHasLimits) != 0;
  if (!has_limits && !touched.code->floor()) {
    return true;
  }
  const Figures before = FiguresOf(touched.row, *touched.code, change.key, nullptr);
  const Figures after = FiguresOf(touched.row, *touched.code, change.key, &change);
  const v1::AccountLimits* limits = has_limits ? &state_->LimitsOf(*touched.row) : nullptr;
  const bool has_minimum = limits != nullptr && limits->has_minimum();
  const Int128 minimum = has_minimum ? limits->minimum() : 0;
  if ((has_minimum || touched.code->floor()) && after.available < before.available &&
      after.available < minimum &&
      !OverrideOrRefuse(item, has_minimum ? v1::LIMIT_EXCEEDED : v1::INSUFFICIENT_FUNDS,
                        "entries: account " + FormatAccount(change.key) + " would fall below " +
                            (has_minimum ? "its minimum" : "zero"))) {
    return false;
  }
  return limits == nullptr || !limits->has_maximum() || after.ceiling <= before.ceiling ||
         after.ceiling <= limits->maximum() ||
         OverrideOrRefuse(
             item, v1::LIMIT_EXCEEDED,
             "entries: account " + FormatAccount(change.key) + " would rise above its maximum");
}

bool TransactionDecider::CheckConditions(Item& item) {
  for (const v1::Condition& condition : item.transaction->conditions()) {
    const AccountKey key{item.transaction->cooperative(), condition.code(),
                         *ParseCurrency(condition.currency()), condition.holder()};
    const Figures after =
        FiguresOf(state_->accounts().Find(key), *item.chart->FindCode(condition.code()), key,
                  std::as_const(changes_).Find(key));
    if (after.available < condition.minimum_available() &&
        !OverrideOrRefuse(item, v1::CONDITION_FAILED,
                          "conditions: account " + FormatAccount(key) + " would have less than " +
                              std::to_string(condition.minimum_available()))) {
      return false;
    }
  }
  return true;
}

bool TransactionDecider::CheckOverflow() {
  for (std::size_t place = 0; place < touched_.size(); ++place) {
    const NetChange& change = changes_.all()[place];
    const AccountRow* row = touched_[place].row;
    const NetChange* earlier = Earlier(change.key);
    Int128 balance = (row != nullptr ? row->balance : 0) + change.debit - change.credit;
    Int128 held_debit = (row != nullptr ? row->held_debit : 0) + change.held_debit;
    Int128 held_credit = (row != nullptr ? row->held_credit : 0) + change.held_credit;
    if (earlier != nullptr) {
      balance += earlier->debit - earlier->credit;
    }
    if (balance + held_debit > kMaxAmount || balance - held_credit < -kMaxAmount ||
        held_debit > kMaxAmount || held_credit > kMaxAmount) {
      return Refuse(v1::AMOUNT_OVERFLOW,
                    "entries: the balance of " + FormatAccount(change.key) + " would not fit");
    }
  }
  return true;
}

bool TransactionDecider::IsNew(std::size_t place) const {
  return touched_[place].row == nullptr && Earlier(changes_.all()[place].key) == nullptr;
}

bool TransactionDecider::CheckRoom() {
  std::size_t missing = new_accounts_;
  for (std::size_t place = 0; place < touched_.size(); ++place) {
    missing += IsNew(place) ? 1 : 0;
  }
  return missing == 0 || state_->accounts().HasRoomFor(missing) ||
         Refuse(v1::MEMORY_BUDGET, "the memory budget for accounts is used up");
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
