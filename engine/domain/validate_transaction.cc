#include "engine/domain/validate_transaction.h"

#include <set>
#include <utility>
#include <vector>

#include "engine/base/int128.h"

namespace lumbung {
namespace {

constexpr int kMaxEntries = 256;
constexpr int kMaxBatch = 256;
constexpr int kMaxConditions = 16;
constexpr std::size_t kMaxCiphertext = 4'096;

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

}  // namespace

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

}  // namespace lumbung
