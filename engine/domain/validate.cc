// Checks of a command by itself. Limits stand in the schemas' comments.
#include <algorithm>
#include <set>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include "engine/base/int128.h"
#include "engine/domain/decide.h"

namespace lumbung {
namespace {

constexpr std::size_t kMaxCommandBytes = 56'000;
constexpr int kMaxEntries = 256;
constexpr int kMaxBatch = 256;
constexpr int kMaxReferences = 8;
constexpr int kMaxConditions = 16;
constexpr int kMaxInstalmentsPaid = 120;
constexpr int kMaxInstalments = 480;
constexpr int kMaxAttestedValues = 32;
constexpr std::size_t kMaxText = 64;
constexpr std::size_t kMaxName = 32;
constexpr std::size_t kMaxCiphertext = 4'096;
constexpr std::size_t kDigestBytes = 32;

// Collects the first problem; later ones are ignored.
class Problem {
 public:
  bool found() const { return code_ != v1::OK; }
  v1::Code code() const { return code_; }
  std::string TakeDetail() { return std::move(detail_); }

  // `field` is only made into a path where there is a problem.
  void Unless(bool good, std::string_view field, std::string_view wants) {
    if (!good && !found()) [[unlikely]] {
      code_ = v1::MALFORMED;
      detail_ = prefix_ + std::string(field) + ": " + std::string(wants);
    }
  }
  void Set(v1::Code code, std::string detail) {
    if (!found()) {
      code_ = code;
      detail_ = prefix_ + std::move(detail);
    }
  }
  void set_prefix(std::string prefix) { prefix_ = std::move(prefix); }

 private:
  v1::Code code_ = v1::OK;
  std::string detail_;
  std::string prefix_;
};

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

// Up to `most` bytes of UTF-8 (protobuf saw to that) without control characters.
bool IsText(std::string_view text, std::size_t most) {
  return text.size() <= most && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
         });
}

bool IsOptionalUuid(const std::string& text) { return text.empty() || ParseUuid(text); }
bool IsCooperative(std::uint64_t number) { return number >= 1 && number <= kMaxCooperative; }
bool IsCode(std::uint32_t code) { return code >= 1 && code <= kMaxAccountCode; }
bool IsDigest(const std::string& bytes) { return bytes.empty() || bytes.size() == kDigestBytes; }

constexpr std::string_view kWantsCooperative = "wants a number from 1 to 999,999,999,999";
constexpr std::string_view kWantsCode = "wants a number from 1 to 999,999";
constexpr std::string_view kWantsName = "wants 1 to 32 of a-z, 0-9, '-', '_'";
constexpr std::string_view kWantsUuid =
    "wants a UUID in canonical form (36 characters, lower case, version 1 to 8)";
constexpr std::string_view kWantsDate = "wants a day as YYYYMMDD";
constexpr std::string_view kWantsCurrency = "wants three capital letters, or nothing for IDR";
constexpr std::string_view kWantsText = "wants at most 64 bytes without control characters";
constexpr std::string_view kWantsDigest = "wants 32 bytes, or nothing";

void CheckParty(const v1::Party& party, std::string_view field, Problem& problem) {
  problem.Unless(IsName(party.holder_class()) && party.number() != 0, field,
                 "wants a holder class and a number");
}

void CheckSplit(const v1::LoanSplit& split, std::string_view field, Problem& problem) {
  problem.Unless(
      split.principal() >= 0 && split.interest() >= 0 && split.penalty() >= 0 && split.fee() >= 0,
      field, "wants amounts of zero or more");
}

template <typename Numbers>
void CheckInstalmentNumbers(const Numbers& numbers, Problem& problem) {
  bool ascending = !numbers.empty() && numbers.size() <= kMaxInstalmentsPaid && numbers.Get(0) > 0;
  for (int i = 1; i < numbers.size(); ++i) {
    ascending = ascending && numbers.Get(i) > numbers.Get(i - 1);
  }
  problem.Unless(ascending, "instalments", "wants 1 to 120 numbers, ascending");
}

template <typename References>
void CheckExternalReferences(const References& references, Problem& problem) {
  problem.Unless(references.size() <= kMaxReferences, "external_references", "wants at most 8");
  for (const auto& reference : references) {
    problem.Unless(!reference.scheme().empty() && IsText(reference.scheme(), kMaxName),
                   "external_references.scheme", "wants 1 to 32 bytes");
    problem.Unless(!reference.value().empty() && IsText(reference.value(), kMaxText),
                   "external_references.value", "wants 1 to 64 bytes");
  }
}

void CheckEntries(const v1::Transaction& transaction, bool may_be_empty, Problem& problem) {
  const auto& entries = transaction.entries();
  if (entries.empty() && may_be_empty) {
    return;
  }
  problem.Unless(entries.size() >= 2 && entries.size() <= kMaxEntries, "entries", "wants 2 to 256");
  for (const v1::Entry& entry : entries) {
    problem.Unless(IsCode(entry.code()), "entries.code", kWantsCode);
    problem.Unless(ParseCurrency(entry.currency()).has_value(), "entries.currency", kWantsCurrency);
    problem.Unless(entry.debit() > 0 || entry.credit() > 0, "entries.amount",
                   "wants a positive debit or credit in minor units");
  }
}

void CheckBalance(const v1::Transaction& transaction, Problem& problem) {
  // Few currencies as a rule: a list beats a map.
  std::vector<std::pair<CurrencyCode, Int128>> sums;
  Int128 rupiah = 0;
  for (const v1::Entry& entry : transaction.entries()) {
    const Int128 amount = static_cast<Int128>(entry.debit()) - entry.credit();
    const CurrencyCode currency = *ParseCurrency(entry.currency());
    if (currency == kIdr) {
      rupiah += amount;
      continue;
    }
    const auto it = std::find_if(sums.begin(), sums.end(),
                                 [&](const auto& sum) { return sum.first == currency; });
    if (it == sums.end()) {
      sums.emplace_back(currency, amount);
    } else {
      it->second += amount;
    }
  }
  sums.emplace_back(kIdr, rupiah);
  for (const auto& [currency, sum] : sums) {
    if (sum != 0) {
      problem.Set(v1::UNBALANCED,
                  "entries: debits and credits of " + FormatCurrency(currency) + " differ");
    }
  }
}

void CheckDetails(const v1::Transaction& transaction, Problem& problem) {
  switch (transaction.details_case()) {
    case v1::Transaction::kLoanDisbursement: {
      const v1::LoanDisbursement& details = transaction.loan_disbursement();
      problem.Unless(details.loan() != 0, "loan_disbursement.loan", "is missing");
      if (details.has_vendor()) {
        CheckParty(details.vendor(), "loan_disbursement.vendor", problem);
      }
      return;
    }
    case v1::Transaction::kLoanRepayment: {
      const v1::LoanRepayment& details = transaction.loan_repayment();
      problem.Unless(details.loan() != 0, "loan_repayment.loan", "is missing");
      problem.Unless(IsDate(details.due_date()), "loan_repayment.due_date", kWantsDate);
      problem.Unless(details.has_split(), "loan_repayment.split", "is missing");
      CheckInstalmentNumbers(details.instalments(), problem);
      CheckSplit(details.split(), "loan_repayment.split", problem);
      CheckSplit(details.outstanding(), "loan_repayment.outstanding", problem);
      if (details.has_payer()) {
        CheckParty(details.payer(), "loan_repayment.payer", problem);
      }
      return;
    }
    case v1::Transaction::DETAILS_NOT_SET:
      return;
  }
}

// What most transactions do not have.
void CheckRareFields(const v1::Transaction& transaction, Problem& problem) {
  if (transaction.has_party()) {
    CheckParty(transaction.party(), "party", problem);
  }
  CheckExternalReferences(transaction.external_references(), problem);
  problem.Unless(IsOptionalUuid(transaction.correlation_id()), "correlation_id", kWantsUuid);
  problem.Unless(IsOptionalUuid(transaction.reverses()) &&
                     (transaction.reverses().empty() ||
                      transaction.reverses() != transaction.transaction_id()),
                 "reverses", "wants the UUID of another transaction");
  problem.Unless(transaction.related_size() <= kMaxReferences, "related", "wants at most 8");
  for (const v1::Related& related : transaction.related()) {
    problem.Unless(ParseUuid(related.transaction_id()).has_value(), "related.transaction_id",
                   kWantsUuid);
    problem.Unless(v1::Related::Relation_IsValid(related.relation()) &&
                       related.relation() != v1::Related::RELATION_UNSPECIFIED,
                   "related.relation", "is not a known relation");
  }
  problem.Unless(transaction.conditions_size() <= kMaxConditions, "conditions", "wants at most 16");
  for (const v1::Condition& condition : transaction.conditions()) {
    problem.Unless(IsCode(condition.code()), "conditions.code", kWantsCode);
    problem.Unless(ParseCurrency(condition.currency()).has_value(), "conditions.currency",
                   kWantsCurrency);
  }
  if (transaction.has_sealed()) {
    problem.Unless(
        !transaction.sealed().key_id().empty() && IsText(transaction.sealed().key_id(), kMaxText),
        "sealed.key_id", "wants 1 to 64 bytes");
    problem.Unless(!transaction.sealed().ciphertext().empty() &&
                       transaction.sealed().ciphertext().size() <= kMaxCiphertext,
                   "sealed.ciphertext", "wants 1 to 4,096 bytes");
  }
  CheckDetails(transaction, problem);
}

void CheckTransaction(const v1::Transaction& transaction, bool entries_may_be_empty,
                      Problem& problem) {
  problem.Unless(IsCooperative(transaction.cooperative()), "cooperative", kWantsCooperative);
  problem.Unless(IsName(transaction.kind()), "kind", kWantsName);
  problem.Unless(IsName(transaction.channel()), "channel", kWantsName);
  problem.Unless(v1::Transaction::Nature_IsValid(transaction.nature()), "nature",
                 "is neither REQUEST nor FACT");
  problem.Unless(IsDate(transaction.business_date()), "business_date", kWantsDate);
  problem.Unless(transaction.occurred_at() >= 0, "occurred_at", "wants microseconds since 1970");
  problem.Unless(IsText(transaction.reference(), kMaxText), "reference", kWantsText);
  CheckEntries(transaction, entries_may_be_empty, problem);
  CheckRareFields(transaction, problem);
  if (!problem.found()) {
    CheckBalance(transaction, problem);
  }
}

void CheckBatch(const v1::Command& command, Problem& problem) {
  const v1::Batch& batch = command.post_batch();
  problem.Unless(IsCooperative(batch.cooperative()), "cooperative", kWantsCooperative);
  problem.Unless(batch.transactions_size() >= 1 && batch.transactions_size() <= kMaxBatch,
                 "transactions", "wants 1 to 256");
  std::set<std::string_view> ids = {command.command_id()};
  for (int i = 0; i < batch.transactions_size() && !problem.found(); ++i) {
    const v1::Transaction& transaction = batch.transactions(i);
    problem.set_prefix("transactions[" + std::to_string(i) + "].");
    problem.Unless(ParseUuid(transaction.transaction_id()).has_value(), "transaction_id",
                   kWantsUuid);
    problem.Unless(ids.insert(transaction.transaction_id()).second, "transaction_id",
                   "is there twice");
    problem.Unless(transaction.cooperative() == batch.cooperative(), "cooperative",
                   "is not the batch's");
    CheckTransaction(transaction, !transaction.reverses().empty(), problem);
  }
  problem.set_prefix("");
}

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

void CheckHold(const v1::Hold& hold, Problem& problem) {
  problem.Unless(hold.expires_at() >= 0, "expires_at", "wants microseconds since 1970, or 0");
  problem.Unless(hold.transaction().reverses().empty(), "reverses",
                 "can't be held; post the reversal");
  CheckTransaction(hold.transaction(), false, problem);
}

void CheckCapture(const v1::Capture& capture, Problem& problem) {
  problem.Unless(ParseUuid(capture.hold_id()).has_value(), "hold_id", kWantsUuid);
  problem.Unless(capture.transaction().reverses().empty(), "reverses",
                 "can't be a capture; post the reversal");
  CheckTransaction(capture.transaction(), true, problem);
}

void CheckRelease(const v1::Release& release, Problem& problem) {
  problem.Unless(IsCooperative(release.cooperative()), "cooperative", kWantsCooperative);
  problem.Unless(ParseUuid(release.hold_id()).has_value(), "hold_id", kWantsUuid);
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
