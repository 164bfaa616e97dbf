#include "engine/domain/decide_reference.h"

#include <algorithm>

#include "engine/base/check.h"

namespace lumbung {
namespace {

// What one decision looks at.
struct Context {
  const State& state;
  History& history;
  std::int64_t now;
  Decision& decision;

  bool Refuse(v1::Code code, std::string detail) const {
    decision.code = code;
    decision.detail = std::move(detail);
    return false;
  }
  bool WantsCooperative(std::uint64_t cooperative) const {
    return state.FindCooperative(cooperative) != nullptr ||
           Refuse(v1::UNKNOWN_COOPERATIVE, "cooperative: is not registered");
  }
  bool WantsChart(const std::string& chart) const {
    return state.FindChart(chart) != nullptr ||
           Refuse(v1::UNKNOWN_CHART, "chart: " + chart + " is not published");
  }
  bool WantsLoan(std::uint64_t cooperative, std::uint64_t loan) const {
    return WantsCooperative(cooperative) &&
           (state.FindLoan({cooperative, loan}) != nullptr ||
            Refuse(v1::UNKNOWN_LOAN, "loan " + std::to_string(loan) + ": has not been granted"));
  }
  // The chart of a cooperative today. REQUIRES: it is registered
  const Chart& ChartToday(std::uint64_t number, Date* today = nullptr) const {
    const CooperativeState& cooperative = *state.FindCooperative(number);
    const Date date = LocalDate(now, cooperative.versions.back().utc_offset_minutes());
    if (today != nullptr) {
      *today = date;
    }
    return state.FindChart(cooperative.InForce(date).chart())->InForce(date);
  }
};

bool DecideChart(const Context& context, const v1::Chart& chart) {
  const ChartVersions* versions = context.state.FindChart(chart.name());
  const std::uint32_t latest = versions == nullptr ? 0 : versions->latest().version();
  if (chart.version() != latest + 1 ||
      (chart.base_version() != 0 && chart.base_version() != latest)) {
    return context.Refuse(v1::VERSION_GAP, "version: the latest is " + std::to_string(latest));
  }
  if (versions == nullptr) {
    return true;
  }
  const v1::Chart& previous = versions->latest().proto();
  if (chart.effective_date() < previous.effective_date()) {
    return context.Refuse(v1::VERSION_GAP, "effective_date: is before the latest version's");
  }
  const v1::Chart complete = chart.base_version() == 0 ? chart : MergeChart(previous, chart);
  std::string why = ChartIncompatibility(previous, complete);
  return why.empty() || context.Refuse(v1::CHART_INCOMPATIBLE, std::move(why));
}

bool DecideCooperativeChange(const Context& context, const v1::Cooperative& cooperative) {
  if (!context.WantsCooperative(cooperative.cooperative()) ||
      !context.WantsChart(cooperative.chart())) {
    return false;
  }
  const auto& versions = context.state.FindCooperative(cooperative.cooperative())->versions;
  return cooperative.effective_date() >= versions.back().effective_date() ||
         context.Refuse(v1::VERSION_GAP, "effective_date: is before the latest version's");
}

// Whether the account's code, holder and currency are such as the chart knows.
bool CheckAccount(const Context& context, const v1::Account& account) {
  if (!context.WantsCooperative(account.cooperative())) {
    return false;
  }
  const Chart& chart = context.ChartToday(account.cooperative());
  const v1::AccountCode* code = chart.FindCode(account.code());
  if (code == nullptr) {
    return context.Refuse(v1::UNKNOWN_CODE, "account.code: the chart does not list it");
  }
  if (chart.FindCurrency(*ParseCurrency(account.currency())) == nullptr) {
    return context.Refuse(v1::UNKNOWN_CURRENCY, "account.currency: the chart does not list it");
  }
  if (account.holder() == 0 ? code->holder_required() : code->holder_class().empty()) {
    return context.Refuse(v1::HOLDER_MISMATCH, "account.holder: is not as the chart wants it");
  }
  return true;
}

const AccountRow* RowOf(const Context& context, const v1::Account& account) {
  return context.state.accounts().Find({account.cooperative(), account.code(),
                                        *ParseCurrency(account.currency()), account.holder()});
}

bool WantsRoom(const Context& context, const AccountRow* row) {
  return row != nullptr || context.state.accounts().HasRoomFor(1) ||
         context.Refuse(v1::MEMORY_BUDGET, "the memory budget for accounts is used up");
}

bool DecideOpening(const Context& context, const v1::Account& account) {
  if (!CheckAccount(context, account)) {
    return false;
  }
  const AccountRow* row = RowOf(context, account);
  if (row != nullptr && (row->flags & AccountRow::kOpened) != 0) {
    return context.Refuse(v1::ALREADY_EXISTS, "account: has been opened before");
  }
  return WantsRoom(context, row);
}

bool DecideAccountStatus(const Context& context, const v1::AccountStatus& status) {
  if (!CheckAccount(context, status.account())) {
    return false;
  }
  const AccountRow* row = RowOf(context, status.account());
  const v1::AccountCode& code =
      *context.ChartToday(status.account().cooperative()).FindCode(status.account().code());
  if (code.opening() == v1::AccountCode::EXPLICIT &&
      (row == nullptr || (row->flags & AccountRow::kOpened) == 0)) {
    return context.Refuse(v1::UNKNOWN_ACCOUNT, "account: has not been opened");
  }
  if (status.status() == v1::AccountStatus::CLOSED && row != nullptr &&
      (row->balance != 0 || row->held_debit != 0 || row->held_credit != 0)) {
    return context.Refuse(v1::ACCOUNT_NOT_EMPTY, "account: has a balance or a hold");
  }
  return WantsRoom(context, row);
}

bool DecidePeriod(const Context& context, const v1::PeriodClosing& closing) {
  if (!context.WantsCooperative(closing.cooperative())) {
    return false;
  }
  const CooperativeState& cooperative = *context.state.FindCooperative(closing.cooperative());
  const bool is_final = closing.stage() == v1::PeriodClosing::FINAL;
  const Date closed = is_final ? cooperative.closed_through : cooperative.operations_closed_through;
  if (closing.through_date() <= closed) {
    return context.Refuse(v1::PERIOD_CLOSED,
                          "through_date: is closed already through " + std::to_string(closed));
  }
  if (is_final) {
    return closing.through_date() <= cooperative.operations_closed_through ||
           context.Refuse(v1::PERIOD_OPEN,
                          "through_date: operations are closed through " +
                              std::to_string(cooperative.operations_closed_through));
  }
  Date today = 0;
  context.ChartToday(closing.cooperative(), &today);
  return closing.through_date() <= today ||
         context.Refuse(v1::PERIOD_OPEN, "through_date: has not ended yet");
}

bool DecideSchedule(const Context& context, const v1::LoanSchedule& schedule) {
  if (!context.WantsLoan(schedule.cooperative(), schedule.loan())) {
    return false;
  }
  const std::uint32_t version =
      context.state.FindLoan({schedule.cooperative(), schedule.loan()})->schedule_version();
  return schedule.version() == version + 1 ||
         context.Refuse(v1::VERSION_GAP, "version: the latest is " + std::to_string(version));
}

bool DecideLoanPayment(const Context& context, const v1::LoanPayment& payment) {
  if (!context.WantsLoan(payment.cooperative(), payment.loan())) {
    return false;
  }
  if (payment.reverses().empty()) {
    return true;
  }
  CommandKey key{*ParseUuid(payment.reverses()), payment.cooperative(), false};
  const Recorded target = context.history.Find(key);
  if (target.event == nullptr) {
    return context.Refuse(v1::UNKNOWN_TRANSACTION, "reverses: there is no such payment");
  }
  if (!target.event->has_loan_payment_reported() ||
      !target.event->loan_payment_reported().payment().reverses().empty()) {
    return context.Refuse(v1::NOT_REVERSIBLE, "reverses: is no reported payment");
  }
  key.reversal_of = true;
  return context.history.Find(key).event == nullptr ||
         context.Refuse(v1::ALREADY_REVERSED, "reverses: has been reversed before");
}

// Puts a command's payload into its fact.
template <typename Fact, typename Payload>
bool Record(const v1::Command& command, Fact& fact, Payload* (Fact::*payload)(),
            const Payload& value) {
  fact.Clear();
  fact.set_command_id(command.command_id());
  *(fact.*payload)() = value;
  return true;
}

bool DecideGrant(const Context& context, const v1::Loan& loan) {
  if (!context.WantsCooperative(loan.cooperative())) {
    return false;
  }
  return context.state.FindLoan({loan.cooperative(), loan.loan()}) == nullptr ||
         context.Refuse(v1::ALREADY_EXISTS, "loan: has been granted before");
}

bool DecideRegistration(const Context& context, const v1::Cooperative& cooperative) {
  if (context.state.FindCooperative(cooperative.cooperative()) != nullptr) {
    return context.Refuse(v1::ALREADY_EXISTS, "cooperative: has been registered before");
  }
  return context.WantsChart(cooperative.chart());
}

bool DecideHolder(const Context& context, const v1::Holder& holder) {
  if (!context.WantsCooperative(holder.cooperative())) {
    return false;
  }
  return context.ChartToday(holder.cooperative()).HasHolderClass(holder.holder_class()) ||
         context.Refuse(v1::UNKNOWN_HOLDER,
                        "holder_class: the chart does not list " + holder.holder_class());
}

// 0: of the ledger as a whole.
bool WantsCooperativeOrNone(const Context& context, std::uint64_t cooperative) {
  return cooperative == 0 || context.WantsCooperative(cooperative);
}

bool RecordDigest(const Context& context, const v1::Command& command, v1::Event& event) {
  v1::StateAttested& attested = *event.mutable_state_attested();
  attested.set_command_id(command.command_id());
  // The event's own sequence is set by now: the state is as of the one before.
  attested.set_sequence(event.sequence() - 1);
  attested.set_digest(std::string(AsView(context.state.Digest())));
  return true;
}

bool RecordKey(const v1::Command& command, v1::Event& event) {
  v1::CheckpointKeyChanged& changed = *event.mutable_checkpoint_key_changed();
  changed.set_command_id(command.command_id());
  changed.set_public_key(command.change_checkpoint_key().public_key());
  return true;
}

}  // namespace

bool DecideReference(const State& state, const v1::Command& command, History& history,
                     std::int64_t now, v1::Event& event, Decision& decision) {
  const Context context{state, history, now, decision};
  switch (command.body_case()) {
    case v1::Command::kPublishChart:
      return DecideChart(context, command.publish_chart()) &&
             Record(command, *event.mutable_chart_published(), &v1::ChartPublished::mutable_chart,
                    command.publish_chart());
    case v1::Command::kRegisterCooperative:
      return DecideRegistration(context, command.register_cooperative()) &&
             Record(command, *event.mutable_cooperative_registered(),
                    &v1::CooperativeRegistered::mutable_cooperative,
                    command.register_cooperative());
    case v1::Command::kChangeCooperative:
      return DecideCooperativeChange(context, command.change_cooperative()) &&
             Record(command, *event.mutable_cooperative_changed(),
                    &v1::CooperativeChanged::mutable_cooperative, command.change_cooperative());
    case v1::Command::kChangeHolder:
      return DecideHolder(context, command.change_holder()) &&
             Record(command, *event.mutable_holder_changed(), &v1::HolderChanged::mutable_holder,
                    command.change_holder());
    case v1::Command::kOpenAccount:
      return DecideOpening(context, command.open_account().account()) &&
             Record(command, *event.mutable_account_opened(), &v1::AccountOpened::mutable_opening,
                    command.open_account());
    case v1::Command::kChangeAccountStatus:
      return DecideAccountStatus(context, command.change_account_status()) &&
             Record(command, *event.mutable_account_status_changed(),
                    &v1::AccountStatusChanged::mutable_status, command.change_account_status());
    case v1::Command::kClosePeriod:
      return DecidePeriod(context, command.close_period()) &&
             Record(command, *event.mutable_period_closed(), &v1::PeriodClosed::mutable_closing,
                    command.close_period());
    case v1::Command::kGrantLoan:
      return DecideGrant(context, command.grant_loan()) &&
             Record(command, *event.mutable_loan_granted(), &v1::LoanGranted::mutable_loan,
                    command.grant_loan());
    case v1::Command::kReplaceLoanSchedule:
      return DecideSchedule(context, command.replace_loan_schedule()) &&
             Record(command, *event.mutable_loan_schedule_replaced(),
                    &v1::LoanScheduleReplaced::mutable_schedule, command.replace_loan_schedule());
    case v1::Command::kReportLoanPayment:
      return DecideLoanPayment(context, command.report_loan_payment()) &&
             Record(command, *event.mutable_loan_payment_reported(),
                    &v1::LoanPaymentReported::mutable_payment, command.report_loan_payment());
    case v1::Command::kReportLoanStatus:
      return context.WantsLoan(command.report_loan_status().cooperative(),
                               command.report_loan_status().loan()) &&
             Record(command, *event.mutable_loan_status_reported(),
                    &v1::LoanStatusReported::mutable_status, command.report_loan_status());
    case v1::Command::kRecordAttestation:
      return WantsCooperativeOrNone(context, command.record_attestation().cooperative()) &&
             Record(command, *event.mutable_attestation_recorded(),
                    &v1::AttestationRecorded::mutable_attestation, command.record_attestation());
    case v1::Command::kAttestState:
      return RecordDigest(context, command, event);
    case v1::Command::kRecordErasure:
      return WantsCooperativeOrNone(context, command.record_erasure().cooperative()) &&
             Record(command, *event.mutable_erasure_recorded(),
                    &v1::ErasureRecorded::mutable_erasure, command.record_erasure());
    case v1::Command::kChangeCheckpointKey:
      return RecordKey(command, event);
    case v1::Command::kPost:
    case v1::Command::kPostBatch:
    case v1::Command::kHold:
    case v1::Command::kCapture:
    case v1::Command::kRelease:
    case v1::Command::BODY_NOT_SET:
      break;
  }
  LUMBUNG_CHECK(false);
  return false;
}

}  // namespace lumbung
