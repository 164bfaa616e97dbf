// What an event recorded, compared with a command that comes under the same id, and answered.
#include "engine/base/check.h"
#include "engine/domain/decide.h"

namespace lumbung {
namespace {

// The transaction with what has a default written in one way.
v1::Transaction Normal(const v1::Transaction& transaction, bool without_entries) {
  v1::Transaction normal = transaction;
  if (without_entries) {
    normal.clear_entries();
  }
  for (v1::Entry& entry : *normal.mutable_entries()) {
    if (entry.currency() == "IDR") {
      entry.clear_currency();
    }
  }
  for (v1::Condition& condition : *normal.mutable_conditions()) {
    if (condition.currency() == "IDR") {
      condition.clear_currency();
    }
  }
  return normal;
}

// Bytes are compared: schemas have no maps, and commands no unknown fields.
template <typename Message>
bool Same(const Message& a, const Message& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

// `filled`: the recorded entries were filled in by the engine, for a command that came without.
bool SameTransaction(const v1::Transaction& asked, const v1::Transaction& recorded, bool filled) {
  return asked.entries().empty() == (filled || recorded.entries().empty()) &&
         Same(Normal(asked, filled), Normal(recorded, filled));
}

bool SamePosted(const v1::Transaction& asked, const v1::TransactionPosted& posted) {
  return SameTransaction(asked, posted.transaction(), posted.posting().entries_filled());
}

bool SamePost(const v1::Transaction& asked, const v1::Event& event) {
  if (event.has_transaction_posted()) {
    return SamePosted(asked, event.transaction_posted());
  }
  for (const auto& posted : event.batch_posted().transactions()) {
    if (posted.transaction().transaction_id() == asked.transaction_id()) {
      return SamePosted(asked, posted);
    }
  }
  return false;
}

bool SameBatch(const v1::Command& command, const v1::BatchPosted& posted) {
  const v1::Batch& asked = command.post_batch();
  bool same = posted.command_id() == command.command_id() &&
              asked.transactions_size() == posted.transactions_size();
  for (int i = 0; same && i < asked.transactions_size(); ++i) {
    same = SamePosted(asked.transactions(i), posted.transactions(i));
  }
  return same;
}

// Accounts with the currency written in one way.
template <typename Message>
Message NormalAccount(const Message& message) {
  Message normal = message;
  if (normal.account().currency() == "IDR") {
    normal.mutable_account()->clear_currency();
  }
  return normal;
}

v1::Loan NormalLoan(const v1::Loan& loan) {
  v1::Loan normal = loan;
  if (normal.currency() == "IDR") {
    normal.clear_currency();
  }
  return normal;
}

bool SameRejected(const v1::Command& command, const v1::Command& rejected) {
  if (command.body_case() != rejected.body_case()) {
    return false;
  }
  if (command.has_post()) {
    return SameTransaction(command.post(), rejected.post(), false);
  }
  if (command.has_hold()) {
    return command.hold().expires_at() == rejected.hold().expires_at() &&
           SameTransaction(command.hold().transaction(), rejected.hold().transaction(), false);
  }
  if (command.has_capture()) {
    return command.capture().hold_id() == rejected.capture().hold_id() &&
           SameTransaction(command.capture().transaction(), rejected.capture().transaction(),
                           false);
  }
  if (!command.has_post_batch()) {
    return Same(command, rejected);
  }
  const auto& asked = command.post_batch().transactions();
  const auto& before = rejected.post_batch().transactions();
  bool same = asked.size() == before.size();
  for (int i = 0; same && i < asked.size(); ++i) {
    same = SameTransaction(asked.Get(i), before.Get(i), false);
  }
  return same;
}

}  // namespace

bool SameContent(const v1::Command& command, const v1::Event& event) {
  if (event.has_command_rejected()) {
    return SameRejected(command, event.command_rejected().command());
  }
  switch (command.body_case()) {
    case v1::Command::kPost:
      return SamePost(command.post(), event);
    case v1::Command::kPostBatch:
      return event.has_batch_posted() && SameBatch(command, event.batch_posted());
    case v1::Command::kHold:
      return event.has_transaction_held() &&
             command.hold().expires_at() == event.transaction_held().expires_at() &&
             SameTransaction(command.hold().transaction(), event.transaction_held().transaction(),
                             false);
    case v1::Command::kCapture: {
      const v1::HoldCaptured& captured = event.hold_captured();
      return event.has_hold_captured() && command.capture().hold_id() == captured.hold_id() &&
             SameTransaction(command.capture().transaction(), captured.transaction(),
                             captured.posting().entries_filled());
    }
    case v1::Command::kRelease:
      return event.has_hold_released() &&
             command.release().hold_id() == event.hold_released().hold_id();
    case v1::Command::kPublishChart:
      return event.has_chart_published() &&
             Same(command.publish_chart(), event.chart_published().chart());
    case v1::Command::kRegisterCooperative:
      return event.has_cooperative_registered() &&
             Same(command.register_cooperative(), event.cooperative_registered().cooperative());
    case v1::Command::kChangeCooperative:
      return event.has_cooperative_changed() &&
             Same(command.change_cooperative(), event.cooperative_changed().cooperative());
    case v1::Command::kChangeHolder:
      return event.has_holder_changed() &&
             Same(command.change_holder(), event.holder_changed().holder());
    case v1::Command::kOpenAccount:
      return event.has_account_opened() && Same(NormalAccount(command.open_account()),
                                                NormalAccount(event.account_opened().opening()));
    case v1::Command::kChangeAccountStatus:
      return event.has_account_status_changed() &&
             Same(NormalAccount(command.change_account_status()),
                  NormalAccount(event.account_status_changed().status()));
    case v1::Command::kClosePeriod:
      return event.has_period_closed() &&
             Same(command.close_period(), event.period_closed().closing());
    case v1::Command::kGrantLoan:
      return event.has_loan_granted() &&
             Same(NormalLoan(command.grant_loan()), NormalLoan(event.loan_granted().loan()));
    case v1::Command::kReplaceLoanSchedule:
      return event.has_loan_schedule_replaced() &&
             Same(command.replace_loan_schedule(), event.loan_schedule_replaced().schedule());
    case v1::Command::kReportLoanPayment:
      return event.has_loan_payment_reported() &&
             Same(command.report_loan_payment(), event.loan_payment_reported().payment());
    case v1::Command::kReportLoanStatus:
      return event.has_loan_status_reported() &&
             Same(command.report_loan_status(), event.loan_status_reported().status());
    case v1::Command::kRecordAttestation:
      return event.has_attestation_recorded() &&
             Same(command.record_attestation(), event.attestation_recorded().attestation());
    case v1::Command::kAttestState:
      return event.has_state_attested();
    case v1::Command::kRecordErasure:
      return event.has_erasure_recorded() &&
             Same(command.record_erasure(), event.erasure_recorded().erasure());
    case v1::Command::kChangeCheckpointKey:
      return event.has_checkpoint_key_changed() && command.change_checkpoint_key().public_key() ==
                                                       event.checkpoint_key_changed().public_key();
    case v1::Command::BODY_NOT_SET:
      return false;
  }
  return false;
}

v1::Code CodeOf(const v1::Event& event) {
  return event.has_command_rejected() ? event.command_rejected().code() : v1::OK;
}

Date PostingDateOf(const v1::Event& event, std::string_view transaction_id) {
  if (event.has_transaction_posted()) {
    return event.transaction_posted().posting().posting_date();
  }
  if (event.has_transaction_held()) {
    return event.transaction_held().posting().posting_date();
  }
  if (event.has_hold_captured()) {
    return event.hold_captured().posting().posting_date();
  }
  for (const auto& posted : event.batch_posted().transactions()) {
    if (posted.transaction().transaction_id() == transaction_id) {
      return posted.posting().posting_date();
    }
  }
  return 0;
}

}  // namespace lumbung
