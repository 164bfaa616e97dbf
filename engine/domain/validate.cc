// Checks of a command by itself.
#include <set>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include "engine/domain/decide.h"
#include "engine/domain/validate_transaction.h"

namespace lumbung {
namespace {

constexpr std::size_t kMaxCommandBytes = 56'000;
constexpr int kMaxInstalments = 480;
constexpr int kMaxAttestedValues = 32;

template <typename Rows, typename KeyOf>
void CheckUniqueNames(const Rows& rows, std::string_view field, KeyOf key_of, Problem& problem) {
  std::set<std::string> seen;
  for (const auto& row : rows) {
    problem.Unless(seen.insert(key_of(row)).second, field, "is there twice");
  }
}

void CheckAccountCode(const v1::AccountCode& code, Problem& problem) {
  problem.set_prefix("codes[" + std::to_string(code.code()) + "].");
  problem.Unless(IsCode(code.code()), "code", kWantsCode);
  problem.Unless(!code.name_id().empty() && IsText(code.name_id(), kMaxText), "name_id",
                 "wants 1 to 64 bytes");
  problem.Unless(!code.name_en().empty() && IsText(code.name_en(), kMaxText), "name_en",
                 "wants 1 to 64 bytes");
  problem.Unless(v1::AccountCode::Class_IsValid(code.class_()) &&
                     code.class_() != v1::AccountCode::CLASS_UNSPECIFIED,
                 "class", "is missing or not known");
  problem.Unless(code.grows_by() == v1::DEBIT || code.grows_by() == v1::CREDIT, "grows_by",
                 "is neither DEBIT nor CREDIT");
  problem.Unless(code.holder_class().empty() || IsName(code.holder_class()), "holder_class",
                 kWantsName);
  problem.Unless(
      !code.holder_class().empty() || (!code.holder_required() && !code.holder_registered()),
      "holder_class", "is missing where a holder is asked for");
  problem.Unless(v1::AccountCode::Opening_IsValid(code.opening()), "opening", "is not known");
  problem.Unless(v1::Component_IsValid(code.component()), "component", "is not known");
  problem.Unless(code.retired_from() == 0 || IsDate(code.retired_from()), "retired_from",
                 kWantsDate);
  problem.Unless(code.succeeded_by() == 0 || IsCode(code.succeeded_by()), "succeeded_by",
                 kWantsCode);
  problem.set_prefix("");
}

void CheckChart(const v1::Chart& chart, Problem& problem) {
  problem.Unless(IsName(chart.name()), "name", kWantsName);
  problem.Unless(chart.version() >= 1, "version", "wants 1 or more");
  problem.Unless(chart.base_version() < chart.version(), "base_version",
                 "wants the version before, or 0");
  problem.Unless(IsDate(chart.effective_date()), "effective_date", kWantsDate);
  for (const v1::Currency& currency : chart.currencies()) {
    problem.Unless(!currency.currency().empty() && ParseCurrency(currency.currency()),
                   "currencies.currency", "wants three capital letters");
    problem.Unless(currency.exponent() <= 8, "currencies.exponent", "wants 0 to 8");
  }
  for (const v1::HolderClass& holder_class : chart.holder_classes()) {
    problem.Unless(IsName(holder_class.name()), "holder_classes.name", kWantsName);
  }
  for (const v1::AccountCode& code : chart.codes()) {
    CheckAccountCode(code, problem);
  }
  const auto check_labels = [&](const auto& row, std::string_view field) {
    problem.Unless(IsName(row.name()), field, kWantsName);
    problem.Unless(IsText(row.name_id(), kMaxText) && IsText(row.name_en(), kMaxText), field,
                   "has a label of more than 64 bytes, or with control characters");
  };
  for (const v1::Kind& kind : chart.kinds()) {
    check_labels(kind, "kinds");
  }
  for (const v1::Channel& channel : chart.channels()) {
    check_labels(channel, "channels");
  }
  const auto by_name = [](const auto& row) { return row.name(); };
  CheckUniqueNames(
      chart.currencies(), "currencies", [](const auto& row) { return row.currency(); }, problem);
  CheckUniqueNames(chart.holder_classes(), "holder_classes", by_name, problem);
  CheckUniqueNames(
      chart.codes(), "codes", [](const auto& row) { return std::to_string(row.code()); }, problem);
  CheckUniqueNames(chart.kinds(), "kinds", by_name, problem);
  CheckUniqueNames(chart.channels(), "channels", by_name, problem);
}

void CheckCooperative(const v1::Cooperative& cooperative, Problem& problem) {
  problem.Unless(IsCooperative(cooperative.cooperative()), "cooperative", kWantsCooperative);
  problem.Unless(IsDate(cooperative.effective_date()), "effective_date", kWantsDate);
  problem.Unless(IsName(cooperative.chart()), "chart", kWantsName);
  problem.Unless(IsText(cooperative.village_code(), kMaxName), "village_code",
                 "wants at most 32 bytes");
  problem.Unless(
      cooperative.utc_offset_minutes() >= -840 && cooperative.utc_offset_minutes() <= 840,
      "utc_offset_minutes", "wants -840 to 840");
  problem.Unless(v1::Cooperative::Status_IsValid(cooperative.status()) &&
                     cooperative.status() != v1::Cooperative::STATUS_UNSPECIFIED,
                 "status", "is missing or not known");
  const bool merged = cooperative.status() == v1::Cooperative::MERGED;
  problem.Unless(merged ? IsCooperative(cooperative.successor()) &&
                              cooperative.successor() != cooperative.cooperative()
                        : cooperative.successor() == 0,
                 "successor", "is wanted for MERGED, another cooperative, and only there");
}

bool IsNmid(std::string_view text) {
  return text.size() == 15 && text.substr(0, 2) == "ID" &&
         std::all_of(text.begin() + 2, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void CheckHolder(const v1::Holder& holder, Problem& problem) {
  problem.Unless(IsCooperative(holder.cooperative()), "cooperative", kWantsCooperative);
  problem.Unless(IsName(holder.holder_class()), "holder_class", kWantsName);
  problem.Unless(holder.number() != 0, "number", "is missing");
  problem.Unless(v1::Holder::Status_IsValid(holder.status()) &&
                     holder.status() != v1::Holder::STATUS_UNSPECIFIED,
                 "status", "is missing or not known");
  problem.Unless(IsDate(holder.effective_date()), "effective_date", kWantsDate);
  if (holder.has_outlet()) {
    problem.Unless(holder.holder_class() == "outlet", "outlet", "is for the class outlet only");
    problem.Unless(IsText(holder.outlet().village_code(), kMaxName), "outlet.village_code",
                   "wants at most 32 bytes");
    problem.Unless(holder.outlet().type().empty() || IsName(holder.outlet().type()), "outlet.type",
                   kWantsName);
    problem.Unless(holder.outlet().nmid().empty() || IsNmid(holder.outlet().nmid()), "outlet.nmid",
                   "wants ID and 13 digits, or nothing");
  }
}

void CheckAccount(const v1::Account& account, Problem& problem) {
  problem.Unless(IsCooperative(account.cooperative()), "account.cooperative", kWantsCooperative);
  problem.Unless(IsCode(account.code()), "account.code", kWantsCode);
  problem.Unless(ParseCurrency(account.currency()).has_value(), "account.currency", kWantsCurrency);
}

void CheckLimits(const v1::AccountLimits& limits, Problem& problem) {
  problem.Unless(
      !limits.has_minimum() || !limits.has_maximum() || limits.minimum() <= limits.maximum(),
      "limits", "has a minimum above its maximum");
}

void CheckSchedule(const v1::LoanSchedule& schedule, Problem& problem) {
  problem.Unless(IsCooperative(schedule.cooperative()), "schedule.cooperative", kWantsCooperative);
  problem.Unless(schedule.loan() != 0, "schedule.loan", "is missing");
  problem.Unless(schedule.version() >= 1, "schedule.version", "wants 1 or more");
  problem.Unless(!schedule.instalments().empty() && schedule.instalments_size() <= kMaxInstalments,
                 "schedule.instalments", "wants 1 to 480");
  std::uint32_t last = 0;
  for (const v1::Instalment& instalment : schedule.instalments()) {
    problem.Unless(instalment.number() > last, "schedule.instalments.number",
                   "wants ascending numbers");
    problem.Unless(IsDate(instalment.due_date()), "schedule.instalments.due_date", kWantsDate);
    CheckSplit(instalment.due(), "schedule.instalments.due", problem);
    last = instalment.number();
  }
}

void CheckLoan(const v1::Loan& loan, Problem& problem) {
  problem.Unless(IsCooperative(loan.cooperative()), "cooperative", kWantsCooperative);
  problem.Unless(loan.loan() != 0, "loan", "is missing");
  problem.Unless(IsName(loan.scheme()), "scheme", kWantsName);
  problem.Unless(loan.scheme_version() >= 1, "scheme_version", "wants 1 or more");
  problem.Unless(!loan.lender().empty() && IsText(loan.lender(), kMaxName), "lender",
                 "wants 1 to 32 bytes");
  const std::pair<bool, std::pair<const v1::Party*, std::string_view>> parties[] = {
      {loan.has_debtor(), {&loan.debtor(), "debtor"}},
      {loan.has_beneficiary(), {&loan.beneficiary(), "beneficiary"}},
      {loan.has_payer(), {&loan.payer(), "payer"}},
      {loan.has_asset_owner(), {&loan.asset_owner(), "asset_owner"}}};
  for (const auto& [given, party] : parties) {
    if (given) {
      CheckParty(*party.first, party.second, problem);
    }
  }
  problem.Unless(loan.principal() > 0, "principal", "wants a positive amount in minor units");
  problem.Unless(ParseCurrency(loan.currency()).has_value(), "currency", kWantsCurrency);
  problem.Unless(IsDate(loan.granted_date()), "granted_date", kWantsDate);
  problem.Unless(IsText(loan.reference(), kMaxText), "reference", kWantsText);
  CheckSchedule(loan.schedule(), problem);
  problem.Unless(loan.schedule().cooperative() == loan.cooperative() &&
                     loan.schedule().loan() == loan.loan() && loan.schedule().version() == 1,
                 "schedule", "wants the loan's own, version 1");
}

void CheckLoanPayment(const v1::Command& command, Problem& problem) {
  const v1::LoanPayment& payment = command.report_loan_payment();
  problem.Unless(IsCooperative(payment.cooperative()), "cooperative", kWantsCooperative);
  problem.Unless(payment.loan() != 0, "loan", "is missing");
  problem.Unless(IsDate(payment.business_date()), "business_date", kWantsDate);
  problem.Unless(IsDate(payment.due_date()), "due_date", kWantsDate);
  CheckInstalmentNumbers(payment.instalments(), problem);
  problem.Unless(payment.has_split(), "split", "is missing");
  CheckSplit(payment.split(), "split", problem);
  CheckSplit(payment.outstanding(), "outstanding", problem);
  if (payment.has_payer()) {
    CheckParty(payment.payer(), "payer", problem);
  }
  CheckExternalReferences(payment.external_references(), problem);
  problem.Unless(IsOptionalUuid(payment.reverses()) && payment.reverses() != command.command_id(),
                 "reverses", "wants the UUID of another payment");
}

void CheckAttestation(const v1::Attestation& attestation, Problem& problem) {
  problem.Unless(attestation.cooperative() <= kMaxCooperative, "cooperative", kWantsCooperative);
  problem.Unless(IsName(attestation.kind()), "kind", kWantsName);
  problem.Unless(IsText(attestation.subject(), kMaxText), "subject", kWantsText);
  problem.Unless(IsDate(attestation.as_of()), "as_of", kWantsDate);
  problem.Unless(attestation.values_size() <= kMaxAttestedValues, "values", "wants at most 32");
  for (const v1::AttestedValue& value : attestation.values()) {
    problem.Unless(!value.name().empty() && IsText(value.name(), kMaxText), "values.name",
                   "wants 1 to 64 bytes");
  }
  problem.Unless(IsDigest(attestation.document_digest()), "document_digest", kWantsDigest);
}

void CheckAccountStatus(const v1::AccountStatus& status, Problem& problem) {
  CheckAccount(status.account(), problem);
  CheckLimits(status.limits(), problem);
  problem.Unless(v1::AccountStatus::Status_IsValid(status.status()) &&
                     status.status() != v1::AccountStatus::STATUS_UNSPECIFIED,
                 "status", "is missing or not known");
}

void CheckPeriodClosing(const v1::PeriodClosing& closing, Problem& problem) {
  problem.Unless(IsCooperative(closing.cooperative()), "cooperative", kWantsCooperative);
  problem.Unless(IsDate(closing.through_date()), "through_date", kWantsDate);
  problem.Unless(v1::PeriodClosing::Stage_IsValid(closing.stage()) &&
                     closing.stage() != v1::PeriodClosing::STAGE_UNSPECIFIED,
                 "stage", "is missing or not known");
}

void CheckLoanStatus(const v1::LoanStatus& status, Problem& problem) {
  problem.Unless(IsCooperative(status.cooperative()), "cooperative", kWantsCooperative);
  problem.Unless(status.loan() != 0, "loan", "is missing");
  problem.Unless(IsDate(status.as_of()), "as_of", kWantsDate);
  CheckSplit(status.outstanding(), "outstanding", problem);
  problem.Unless(IsDigest(status.document_digest()), "document_digest", kWantsDigest);
}

void CheckErasure(const v1::Erasure& erasure, Problem& problem) {
  problem.Unless(erasure.cooperative() <= kMaxCooperative, "cooperative", kWantsCooperative);
  problem.Unless(!erasure.key_id().empty() && IsText(erasure.key_id(), kMaxText), "key_id",
                 "wants 1 to 64 bytes");
}

void CheckBody(const v1::Command& command, Problem& problem) {
  switch (command.body_case()) {
    case v1::Command::kPost:
      return CheckTransaction(command.post(), !command.post().reverses().empty(), problem);
    case v1::Command::kPostBatch:
      return CheckBatch(command, problem);
    case v1::Command::kHold:
      return CheckHold(command.hold(), problem);
    case v1::Command::kCapture:
      return CheckCapture(command.capture(), problem);
    case v1::Command::kRelease:
      return CheckRelease(command.release(), problem);
    case v1::Command::kPublishChart:
      return CheckChart(command.publish_chart(), problem);
    case v1::Command::kRegisterCooperative:
      return CheckCooperative(command.register_cooperative(), problem);
    case v1::Command::kChangeCooperative:
      return CheckCooperative(command.change_cooperative(), problem);
    case v1::Command::kChangeHolder:
      return CheckHolder(command.change_holder(), problem);
    case v1::Command::kOpenAccount:
      CheckAccount(command.open_account().account(), problem);
      return CheckLimits(command.open_account().limits(), problem);
    case v1::Command::kChangeAccountStatus:
      return CheckAccountStatus(command.change_account_status(), problem);
    case v1::Command::kClosePeriod:
      return CheckPeriodClosing(command.close_period(), problem);
    case v1::Command::kGrantLoan:
      return CheckLoan(command.grant_loan(), problem);
    case v1::Command::kReplaceLoanSchedule:
      return CheckSchedule(command.replace_loan_schedule(), problem);
    case v1::Command::kReportLoanPayment:
      return CheckLoanPayment(command, problem);
    case v1::Command::kReportLoanStatus:
      return CheckLoanStatus(command.report_loan_status(), problem);
    case v1::Command::kRecordAttestation:
      return CheckAttestation(command.record_attestation(), problem);
    case v1::Command::kAttestState:
      return;
    case v1::Command::kRecordErasure:
      return CheckErasure(command.record_erasure(), problem);
    case v1::Command::kChangeCheckpointKey:
      return problem.Unless(command.change_checkpoint_key().public_key().size() == kDigestBytes,
                            "public_key", "wants the 32 bytes of an Ed25519 key");
    case v1::Command::BODY_NOT_SET:
      return problem.Unless(false, "body", "is missing: say what to do (post, hold, ...)");
  }
}

}  // namespace

Checked Validate(const v1::Command& command) {
  Checked checked;
  Problem problem;
  const std::string& id = IdOf(command);
  const auto uuid = ParseUuid(id);
  const bool transaction_brings_it = &id != &command.command_id();
  problem.Unless(uuid.has_value(), transaction_brings_it ? "transaction_id" : "command_id",
                 kWantsUuid);
  problem.Unless(
      !transaction_brings_it || command.command_id().empty() || command.command_id() == id,
      "command_id", "differs from the transaction's id; leave it out");
  CheckBody(command, problem);
  if (!problem.found() && command.ByteSizeLong() > kMaxCommandBytes) {
    problem.Set(v1::TOO_LARGE, "the command has " + std::to_string(command.ByteSizeLong()) +
                                   " bytes, more than 56,000");
  }
  checked.code = problem.code();
  checked.detail = problem.TakeDetail();
  if (checked.code == v1::OK) {
    checked.key = {*uuid, CooperativeOf(command), false};
  }
  return checked;
}

std::string UnknownField(const google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const auto& unknown = reflection.GetUnknownFields(message);
  if (!unknown.empty()) {
    return std::to_string(unknown.field(0).number());
  }
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    }
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const auto& inner = field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                               : reflection.GetMessage(message, field);
      if (std::string found = UnknownField(inner); !found.empty()) {
        const std::string place = field->is_repeated() ? "[" + std::to_string(i) + "]." : ".";
        return field->name() + place + found;
      }
    }
  }
  return {};
}

}  // namespace lumbung
