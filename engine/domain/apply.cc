// Applying events to the state. Each row changes as a function of the event and of itself alone,
// so that rows copied at different times can be replayed over.
#include "engine/base/check.h"
#include "engine/domain/state.h"
#include "engine/domain/state_rows.h"

namespace lumbung {
namespace {

template <typename Row>
bool IsOlder(const Row& row, std::uint64_t sequence) {
  return row.last_sequence() < sequence;
}

HoldKey HoldKeyOf(std::uint64_t cooperative, const std::string& id) {
  return {cooperative, *ParseUuid(id)};
}

}  // namespace

void State::Apply(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kTransactionPosted:
    case v1::Event::kBatchPosted:
    case v1::Event::kTransactionHeld:
    case v1::Event::kHoldCaptured:
    case v1::Event::kHoldReleased:
      return ApplyMoney(event);
    case v1::Event::kLedgerCreated:
    case v1::Event::kCheckpointKeyChanged:
    case v1::Event::kEpochStarted:
    case v1::Event::kLedgerRestored:
      return ApplyLedger(event);
    case v1::Event::kChartPublished:
      return ApplyChart(event.chart_published().chart(), event.sequence());
    case v1::Event::kCooperativeRegistered:
      return ApplyCooperative(event.cooperative_registered().cooperative(), event.sequence());
    case v1::Event::kCooperativeChanged:
      return ApplyCooperative(event.cooperative_changed().cooperative(), event.sequence());
    case v1::Event::kPeriodClosed:
      return ApplyPeriod(event.period_closed().closing(), event.sequence());
    case v1::Event::kHolderChanged:
      return ApplyHolder(event.holder_changed().holder(), event.sequence());
    case v1::Event::kAccountOpened: {
      const v1::AccountOpening& opening = event.account_opened().opening();
      return ApplyAccountStatus(opening.account(),
                                opening.has_limits() ? &opening.limits() : nullptr,
                                v1::AccountStatus::OPEN, true, event.sequence());
    }
    case v1::Event::kAccountStatusChanged: {
      const v1::AccountStatus& status = event.account_status_changed().status();
      return ApplyAccountStatus(status.account(), status.has_limits() ? &status.limits() : nullptr,
                                static_cast<std::uint8_t>(status.status()), false,
                                event.sequence());
    }
    case v1::Event::kLoanGranted: {
      const v1::Loan& loan = event.loan_granted().loan();
      return ApplyLoan({loan.cooperative(), loan.loan()}, loan.schedule().version(), &loan,
                       event.sequence());
    }
    case v1::Event::kLoanScheduleReplaced: {
      const v1::LoanSchedule& schedule = event.loan_schedule_replaced().schedule();
      return ApplyLoan({schedule.cooperative(), schedule.loan()}, schedule.version(), nullptr,
                       event.sequence());
    }
    // These change nothing that decisions are made from.
    case v1::Event::kCommandRejected:
    case v1::Event::kLoanPaymentReported:
    case v1::Event::kLoanStatusReported:
    case v1::Event::kAttestationRecorded:
    case v1::Event::kStateAttested:
    case v1::Event::kErasureRecorded:
      return;
    case v1::Event::BODY_NOT_SET:
      LUMBUNG_CHECK(false);
  }
}

void State::ApplyMoney(const v1::Event& event) {
  SumChanges(event, changes_);
  if (event.has_transaction_held()) {
    const v1::TransactionHeld& held = event.transaction_held();
    const v1::Transaction& transaction = held.transaction();
    v1::HoldRow row;
    row.set_last_sequence(event.sequence());
    *row.mutable_entries() = transaction.entries();
    row.set_expires_at(held.expires_at());
    AddHold(HoldKeyOf(transaction.cooperative(), transaction.transaction_id()), std::move(row));
  } else if (event.has_hold_captured()) {
    const v1::HoldCaptured& captured = event.hold_captured();
    EndHold(HoldKeyOf(captured.transaction().cooperative(), captured.hold_id()));
  } else if (event.has_hold_released()) {
    const v1::HoldReleased& released = event.hold_released();
    EndHold(HoldKeyOf(released.cooperative(), released.hold_id()));
  }
  ApplyPosted(changes_, event.sequence());
}

void State::ApplyPosted(NetChanges& changes, std::uint64_t sequence) {
  for (NetChange& change : changes.all()) {
    AccountRow& row = change.row != nullptr
                          // It was found in accounts_, by who may only read.
                          ? const_cast<AccountRow&>(*change.row)
                          : accounts_.FindOrCreate(change.key);
    if (row.last_sequence >= sequence) {
      continue;
    }
    // Decide saw to it that all of these fit.
    row.balance = static_cast<std::int64_t>(row.balance + change.debit - change.credit);
    row.held_debit = static_cast<std::int64_t>(row.held_debit + change.held_debit);
    row.held_credit = static_cast<std::int64_t>(row.held_credit + change.held_credit);
    row.last_sequence = sequence;
    MarkDirty(row);
  }
}

void State::AddHold(const HoldKey& key, v1::HoldRow row) {
  if (row.expires_at() != 0) {
    expiries_.insert({row.expires_at(), row.last_sequence(), key});
  }
  holds_[key] = std::move(row);
  dirty_.insert(HoldRowKey(key));
}

void State::EndHold(const HoldKey& key) {
  const auto it = holds_.find(key);
  if (it == holds_.end()) {
    return;  // its row was copied after it had ended
  }
  expiries_.erase({it->second.expires_at(), it->second.last_sequence(), key});
  holds_.erase(it);
  dirty_.insert(HoldRowKey(key));
}

void State::ApplyLedger(const v1::Event& event) {
  if (!IsOlder(ledger_, event.sequence())) {
    return;
  }
  if (event.has_ledger_created()) {
    const v1::LedgerCreated& created = event.ledger_created();
    ledger_.set_ledger_id(created.ledger_id());
    ledger_.set_shard(created.shard());
    ledger_.set_shards(created.shards());
    ledger_.set_origin(created.origin());
    ledger_.set_checkpoint_key(created.checkpoint_key());
  } else if (event.has_checkpoint_key_changed()) {
    ledger_.set_checkpoint_key(event.checkpoint_key_changed().public_key());
  } else if (event.has_epoch_started()) {
    ledger_.set_epoch(event.epoch_started().epoch());
  } else {
    ledger_.set_generation(event.ledger_restored().generation());
  }
  ledger_.set_last_sequence(event.sequence());
  dirty_.insert(LedgerRowKey());
}

void State::ApplyChart(const v1::Chart& chart, std::uint64_t sequence) {
  auto& versions = charts_[chart.name()];
  if (versions == nullptr) {
    versions = std::make_unique<ChartVersions>();
  }
  if (!versions->empty() && versions->latest().version() >= chart.version()) {
    return;
  }
  versions->Add(
      MergeChart(chart.base_version() == 0 ? v1::Chart() : versions->latest().proto(), chart));
  chart_sequences_[{chart.name(), chart.version()}] = sequence;
  dirty_.insert(ChartRowKey(chart.name(), chart.version()));
}

void State::ApplyCooperative(const v1::Cooperative& version, std::uint64_t sequence) {
  CooperativeState& cooperative = cooperatives_[version.cooperative()];
  if (cooperative.last_sequence < sequence) {
    cooperative.versions.push_back(version);
    cooperative.last_sequence = sequence;
    dirty_.insert(CooperativeRowKey(version.cooperative()));
  }
}

void State::ApplyPeriod(const v1::PeriodClosing& closing, std::uint64_t sequence) {
  CooperativeState& cooperative = cooperatives_[closing.cooperative()];
  if (cooperative.last_sequence < sequence) {
    (closing.stage() == v1::PeriodClosing::FINAL ? cooperative.closed_through
                                                 : cooperative.operations_closed_through) =
        closing.through_date();
    cooperative.last_sequence = sequence;
    dirty_.insert(CooperativeRowKey(closing.cooperative()));
  }
}

void State::ApplyHolder(const v1::Holder& holder, std::uint64_t sequence) {
  const HolderKey key{holder.cooperative(), holder.holder_class(), holder.number()};
  v1::HolderRow& row = holders_[key];
  if (IsOlder(row, sequence)) {
    *row.mutable_holder() = holder;
    row.set_last_sequence(sequence);
    has_closed_holders_ |= holder.status() == v1::Holder::CLOSED;
    dirty_.insert(HolderRowKey(key));
  }
}

void State::ApplyLoan(const LoanKey& key, std::uint32_t schedule_version, const v1::Loan* granted,
                      std::uint64_t sequence) {
  v1::LoanRow& row = loans_[key];
  if (IsOlder(row, sequence)) {
    row.set_schedule_version(schedule_version);
    if (granted != nullptr) {
      row.set_currency(granted->currency());
      row.set_lender(granted->lender());
    }
    row.set_last_sequence(sequence);
    dirty_.insert(LoanRowKey(key));
  }
}

void State::ApplyAccountStatus(const v1::Account& account, const v1::AccountLimits* limits,
                               std::uint8_t status, bool opened, std::uint64_t sequence) {
  const AccountKey key{account.cooperative(), account.code(), *ParseCurrency(account.currency()),
                       account.holder()};
  if (v1::LimitsRow& row = limits_[key]; IsOlder(row, sequence)) {
    row.set_last_sequence(sequence);
    row.clear_limits();
    if (limits != nullptr) {
      *row.mutable_limits() = *limits;
    }
    dirty_.insert(AccountRowKey(RowType::kLimits, key));
  }
  AccountRow& row = accounts_.FindOrCreate(key);
  if (row.last_sequence >= sequence) {
    return;
  }
  row.status = status;
  if (opened) {
    row.flags |= AccountRow::kOpened;
  }
  row.flags = static_cast<std::uint8_t>((row.flags & ~AccountRow::kHasLimits) |
                                        (limits != nullptr ? AccountRow::kHasLimits : 0));
  row.last_sequence = sequence;
  MarkDirty(row);
}

}  // namespace lumbung
