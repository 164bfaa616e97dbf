#include "engine/domain/ids.h"

#include "engine/base/check.h"

namespace lumbung {
namespace {

const v1::Transaction* TransactionOf(const v1::Command& command) {
  if (command.has_post()) {
    return &command.post();
  }
  if (command.has_hold()) {
    return &command.hold().transaction();
  }
  return command.has_capture() ? &command.capture().transaction() : nullptr;
}

CommandKey KeyOf(const std::string& id, std::uint64_t cooperative) {
  const auto uuid = ParseUuid(id);
  LUMBUNG_CHECK(uuid.has_value());
  return {*uuid, cooperative, false};
}

void AppendTransactionKeys(const v1::Transaction& transaction, std::vector<CommandKey>& keys) {
  keys.push_back(KeyOf(transaction.transaction_id(), transaction.cooperative()));
  if (!transaction.reverses().empty()) {
    keys.push_back(KeyOf(transaction.reverses(), transaction.cooperative()));
    keys.back().reversal_of = true;
  }
}

}  // namespace

// Random, drawn once for this purpose.
const Uuid kRailNameSpace = *ParseUuid("6a9a4a9e-2c0b-4bd4-9c5e-0f6a3f8f1d51");
const Uuid kInvoiceNameSpace = *ParseUuid("d0c1f2f4-58c5-4f0e-8f5e-7a8a0a3b9c62");
const Uuid kIdempotencyNameSpace = *ParseUuid("9f84a63e-ee94-49e9-92f2-2e0345366fd3");

const std::string& IdOf(const v1::Command& command) {
  const v1::Transaction* transaction = TransactionOf(command);
  return transaction != nullptr ? transaction->transaction_id() : command.command_id();
}

std::uint64_t CooperativeOf(const v1::Command& command) {
  switch (command.body_case()) {
    case v1::Command::kPost:
    case v1::Command::kHold:
    case v1::Command::kCapture:
      return TransactionOf(command)->cooperative();
    case v1::Command::kPostBatch:
      return command.post_batch().cooperative();
    case v1::Command::kRelease:
      return command.release().cooperative();
    case v1::Command::kRegisterCooperative:
      return command.register_cooperative().cooperative();
    case v1::Command::kChangeCooperative:
      return command.change_cooperative().cooperative();
    case v1::Command::kChangeHolder:
      return command.change_holder().cooperative();
    case v1::Command::kOpenAccount:
      return command.open_account().account().cooperative();
    case v1::Command::kChangeAccountStatus:
      return command.change_account_status().account().cooperative();
    case v1::Command::kClosePeriod:
      return command.close_period().cooperative();
    case v1::Command::kGrantLoan:
      return command.grant_loan().cooperative();
    case v1::Command::kReplaceLoanSchedule:
      return command.replace_loan_schedule().cooperative();
    case v1::Command::kReportLoanPayment:
      return command.report_loan_payment().cooperative();
    case v1::Command::kReportLoanStatus:
      return command.report_loan_status().cooperative();
    case v1::Command::kRecordAttestation:
      return command.record_attestation().cooperative();
    case v1::Command::kRecordErasure:
      return command.record_erasure().cooperative();
    case v1::Command::kPublishChart:
    case v1::Command::kAttestState:
    case v1::Command::kChangeCheckpointKey:
    case v1::Command::BODY_NOT_SET:
      return 0;
  }
  return 0;
}

void AppendKeysOf(const v1::Event& event, std::vector<CommandKey>& keys) {
  switch (event.body_case()) {
    case v1::Event::kTransactionPosted:
      return AppendTransactionKeys(event.transaction_posted().transaction(), keys);
    case v1::Event::kBatchPosted:
      keys.push_back(KeyOf(event.batch_posted().command_id(), event.batch_posted().cooperative()));
      for (const auto& posted : event.batch_posted().transactions()) {
        AppendTransactionKeys(posted.transaction(), keys);
      }
      return;
    case v1::Event::kTransactionHeld:
      return AppendTransactionKeys(event.transaction_held().transaction(), keys);
    case v1::Event::kHoldCaptured:
      return AppendTransactionKeys(event.hold_captured().transaction(), keys);
    case v1::Event::kHoldReleased:
      if (!event.hold_released().expired()) {
        keys.push_back(
            KeyOf(event.hold_released().command_id(), event.hold_released().cooperative()));
      }
      return;
    case v1::Event::kCommandRejected: {
      const v1::Command& command = event.command_rejected().command();
      keys.push_back(KeyOf(IdOf(command), CooperativeOf(command)));
      return;
    }
    case v1::Event::kCheckpointKeyChanged:
      keys.push_back(KeyOf(event.checkpoint_key_changed().command_id(), 0));
      return;
    case v1::Event::kChartPublished:
      keys.push_back(KeyOf(event.chart_published().command_id(), 0));
      return;
    case v1::Event::kCooperativeRegistered:
      keys.push_back(KeyOf(event.cooperative_registered().command_id(),
                           event.cooperative_registered().cooperative().cooperative()));
      return;
    case v1::Event::kCooperativeChanged:
      keys.push_back(KeyOf(event.cooperative_changed().command_id(),
                           event.cooperative_changed().cooperative().cooperative()));
      return;
    case v1::Event::kHolderChanged:
      keys.push_back(KeyOf(event.holder_changed().command_id(),
                           event.holder_changed().holder().cooperative()));
      return;
    case v1::Event::kAccountOpened:
      keys.push_back(KeyOf(event.account_opened().command_id(),
                           event.account_opened().opening().account().cooperative()));
      return;
    case v1::Event::kAccountStatusChanged:
      keys.push_back(KeyOf(event.account_status_changed().command_id(),
                           event.account_status_changed().status().account().cooperative()));
      return;
    case v1::Event::kPeriodClosed:
      keys.push_back(
          KeyOf(event.period_closed().command_id(), event.period_closed().closing().cooperative()));
      return;
    case v1::Event::kLoanGranted:
      keys.push_back(
          KeyOf(event.loan_granted().command_id(), event.loan_granted().loan().cooperative()));
      return;
    case v1::Event::kLoanScheduleReplaced:
      keys.push_back(KeyOf(event.loan_schedule_replaced().command_id(),
                           event.loan_schedule_replaced().schedule().cooperative()));
      return;
    case v1::Event::kLoanPaymentReported: {
      const v1::LoanPaymentReported& reported = event.loan_payment_reported();
      keys.push_back(KeyOf(reported.command_id(), reported.payment().cooperative()));
      if (!reported.payment().reverses().empty()) {
        keys.push_back(KeyOf(reported.payment().reverses(), reported.payment().cooperative()));
        keys.back().reversal_of = true;
      }
      return;
    }
    case v1::Event::kLoanStatusReported:
      keys.push_back(KeyOf(event.loan_status_reported().command_id(),
                           event.loan_status_reported().status().cooperative()));
      return;
    case v1::Event::kAttestationRecorded:
      keys.push_back(KeyOf(event.attestation_recorded().command_id(),
                           event.attestation_recorded().attestation().cooperative()));
      return;
    case v1::Event::kStateAttested:
      keys.push_back(KeyOf(event.state_attested().command_id(), 0));
      return;
    case v1::Event::kErasureRecorded:
      keys.push_back(KeyOf(event.erasure_recorded().command_id(),
                           event.erasure_recorded().erasure().cooperative()));
      return;
    case v1::Event::kLedgerCreated:
    case v1::Event::kEpochStarted:
    case v1::Event::kLedgerRestored:
    case v1::Event::BODY_NOT_SET:
      return;
  }
}

const v1::Transaction* FindTransaction(const v1::Event& event, std::string_view transaction_id) {
  const v1::Transaction* only =
      event.has_transaction_posted() ? &event.transaction_posted().transaction()
      : event.has_hold_captured()    ? &event.hold_captured().transaction()
      : event.has_transaction_held() ? &event.transaction_held().transaction()
                                     : nullptr;
  if (only != nullptr) {
    return only->transaction_id() == transaction_id ? only : nullptr;
  }
  for (const auto& posted : event.batch_posted().transactions()) {
    if (posted.transaction().transaction_id() == transaction_id) {
      return &posted.transaction();
    }
  }
  return nullptr;
}

}  // namespace lumbung
