#include "engine/domain/codes.h"

#include <array>

#include "engine/base/check.h"

namespace lumbung {
namespace {

constexpr bool kRecorded = true;
constexpr bool kUnrecorded = false;
constexpr bool kRetry = true;
constexpr bool kNoRetry = false;
constexpr bool kOverridden = true;
constexpr bool kStands = false;

constexpr std::array kTable = {
    CodeInfo{v1::MALFORMED, "INVALID_ARGUMENT", 400, kUnrecorded, kNoRetry, kStands,
             "A field is missing, out of its limits or unknown.",
             "Correct the field that the message names."},
    CodeInfo{v1::UNBALANCED, "INVALID_ARGUMENT", 400, kUnrecorded, kNoRetry, kStands,
             "Debits and credits of a currency differ.", "Correct the entries."},
    CodeInfo{v1::TOO_LARGE, "INVALID_ARGUMENT", 413, kUnrecorded, kNoRetry, kStands,
             "The command would not fit one event.", "Split it."},
    CodeInfo{v1::ID_CONFLICT, "ALREADY_EXISTS", 409, kUnrecorded, kNoRetry, kStands,
             "The id was used before for something else.",
             "Find out what was recorded under it; use a new id for a new command."},
    CodeInfo{v1::UNKNOWN_COOPERATIVE, "NOT_FOUND", 404, kUnrecorded, kRetry, kStands,
             "The cooperative is not registered.", "Register it, then send again."},
    CodeInfo{v1::UNKNOWN_CHART, "NOT_FOUND", 404, kUnrecorded, kRetry, kStands,
             "No chart of this name is published.", "Publish it, then send again."},
    CodeInfo{v1::UNKNOWN_KIND, "NOT_FOUND", 404, kUnrecorded, kRetry, kStands,
             "The chart does not list this kind.", "Use a kind of the chart, or publish one."},
    CodeInfo{v1::UNKNOWN_CHANNEL, "NOT_FOUND", 404, kUnrecorded, kRetry, kStands,
             "The chart does not list this channel.",
             "Use a channel of the chart, or publish one."},
    CodeInfo{v1::UNKNOWN_CODE, "NOT_FOUND", 404, kUnrecorded, kRetry, kStands,
             "The chart does not list this code.", "Use a code of the chart, or publish one."},
    CodeInfo{v1::UNKNOWN_CURRENCY, "NOT_FOUND", 404, kUnrecorded, kRetry, kStands,
             "The chart does not list this currency.",
             "Use a currency of the chart, or publish one."},
    CodeInfo{v1::UNKNOWN_HOLDER, "NOT_FOUND", 404, kUnrecorded, kRetry, kStands,
             "The holder, or its class, is not registered.", "Register it, then send again."},
    CodeInfo{v1::UNKNOWN_ACCOUNT, "NOT_FOUND", 404, kUnrecorded, kRetry, kStands,
             "The code's accounts are opened explicitly, and this one is not.",
             "Open the account, then send again."},
    CodeInfo{v1::UNKNOWN_TRANSACTION, "NOT_FOUND", 404, kUnrecorded, kRetry, kStands,
             "What is to be reversed is not in the ledger.", "Post it first, or correct its id."},
    CodeInfo{v1::UNKNOWN_HOLD, "NOT_FOUND", 404, kUnrecorded, kRetry, kStands,
             "There never was a hold of this id.", "Correct the id."},
    CodeInfo{v1::UNKNOWN_LOAN, "NOT_FOUND", 404, kUnrecorded, kRetry, kStands,
             "The loan has not been granted.", "Record the grant, then send again."},
    CodeInfo{v1::CODE_RETIRED, "FAILED_PRECONDITION", 422, kUnrecorded, kNoRetry, kStands,
             "The code is retired on this date; it takes reversals and adjustments only.",
             "Use the code that the chart names as its successor."},
    CodeInfo{v1::HOLDER_MISMATCH, "INVALID_ARGUMENT", 422, kUnrecorded, kNoRetry, kStands,
             "The code wants a holder and none is given, or the other way round.",
             "Give the holder that the chart asks for."},
    CodeInfo{v1::ALREADY_EXISTS, "ALREADY_EXISTS", 409, kUnrecorded, kNoRetry, kStands,
             "It is there already, recorded under another id.", "Nothing, or change it instead."},
    CodeInfo{v1::ALREADY_REVERSED, "FAILED_PRECONDITION", 422, kUnrecorded, kNoRetry, kStands,
             "The transaction has been reversed before.", "Nothing: it is undone."},
    CodeInfo{v1::NOT_REVERSIBLE, "FAILED_PRECONDITION", 422, kUnrecorded, kNoRetry, kStands,
             "What the id names is a reversal, a hold or no transaction.",
             "Post a correction; release a hold."},
    CodeInfo{v1::REVERSAL_MISMATCH, "INVALID_ARGUMENT", 422, kUnrecorded, kNoRetry, kStands,
             "The entries are not the other's with the sides exchanged.",
             "Leave the entries out; for a part, post a refund that is related."},
    CodeInfo{v1::HOLD_ENDED, "FAILED_PRECONDITION", 422, kUnrecorded, kNoRetry, kStands,
             "The hold was captured, released or has expired.",
             "Hold anew, or post what has happened as a fact."},
    CodeInfo{v1::HOLD_EXCEEDED, "INVALID_ARGUMENT", 422, kUnrecorded, kNoRetry, kStands,
             "The capture goes beyond what is held of an account and side.",
             "Capture at most what is held."},
    CodeInfo{v1::SPLIT_MISMATCH, "INVALID_ARGUMENT", 422, kUnrecorded, kNoRetry, kStands,
             "The split of the repayment differs from its entries by the chart's components.",
             "Correct the split or the entries."},
    CodeInfo{v1::CHART_INCOMPATIBLE, "FAILED_PRECONDITION", 422, kUnrecorded, kNoRetry, kStands,
             "The new version removes a code or changes what must stay.",
             "Retire the code and add another."},
    CodeInfo{v1::VERSION_GAP, "FAILED_PRECONDITION", 422, kUnrecorded, kRetry, kStands,
             "The version does not follow the one before.",
             "Send the version that comes next; its effective date may not be earlier."},
    CodeInfo{v1::ACCOUNT_NOT_EMPTY, "FAILED_PRECONDITION", 422, kUnrecorded, kRetry, kStands,
             "The account still has a balance or a hold.", "Empty it, then close it."},
    CodeInfo{v1::PERIOD_CLOSED, "FAILED_PRECONDITION", 422, kUnrecorded, kNoRetry, kOverridden,
             "The period of the business date is closed.",
             "Use an open business date, or post what has happened as a fact."},
    CodeInfo{v1::PERIOD_OPEN, "FAILED_PRECONDITION", 422, kUnrecorded, kRetry, kStands,
             "The period can't be closed yet: it has not ended, or its operations are open.",
             "Close operations first, and no later than today."},
    CodeInfo{v1::COOPERATIVE_CLOSED, "FAILED_PRECONDITION", 422, kRecorded, kNoRetry, kStands,
             "The cooperative is closing, closed or merged.",
             "Post to the successor that the message names, under a new id."},
    CodeInfo{v1::HOLDER_CLOSED, "FAILED_PRECONDITION", 422, kRecorded, kNoRetry, kOverridden,
             "The holder has left.", "Use another account, or post what has happened as a fact."},
    CodeInfo{v1::ACCOUNT_FROZEN, "FAILED_PRECONDITION", 422, kRecorded, kNoRetry, kOverridden,
             "The account is frozen.", "Have it opened, then use a new id."},
    CodeInfo{v1::ACCOUNT_CLOSED, "FAILED_PRECONDITION", 422, kRecorded, kNoRetry, kOverridden,
             "The account is closed.", "Use another account and a new id."},
    CodeInfo{v1::INSUFFICIENT_FUNDS, "FAILED_PRECONDITION", 422, kRecorded, kNoRetry, kOverridden,
             "The available balance would fall below zero.",
             "Fund the account, then use a new id."},
    CodeInfo{v1::LIMIT_EXCEEDED, "FAILED_PRECONDITION", 422, kRecorded, kNoRetry, kOverridden,
             "The balance would pass a limit of the account.",
             "Change the limit or the amount, and use a new id."},
    CodeInfo{v1::CONDITION_FAILED, "FAILED_PRECONDITION", 422, kRecorded, kNoRetry, kOverridden,
             "A condition of the transaction does not hold.",
             "Decide anew from the balances, and use a new id."},
    CodeInfo{v1::AMOUNT_OVERFLOW, "OUT_OF_RANGE", 422, kUnrecorded, kRetry, kStands,
             "A balance would not fit 64 bits.",
             "Use another account, or send again when the balance has fallen."},
    CodeInfo{v1::OVERLOADED, "RESOURCE_EXHAUSTED", 429, kUnrecorded, kRetry, kStands,
             "More requests are waiting than the bound allows.",
             "Wait a little, then send the same again."},
    CodeInfo{v1::QUOTA_EXCEEDED, "RESOURCE_EXHAUSTED", 429, kUnrecorded, kRetry, kStands,
             "The principal has used its quota of refusals or new accounts.",
             "Wait until the quota is renewed, or have it raised."},
    CodeInfo{v1::MEMORY_BUDGET, "RESOURCE_EXHAUSTED", 503, kUnrecorded, kRetry, kStands,
             "The memory budget for accounts is used up; existing accounts go on.",
             "Have the operator raise the budget, then send the same again."},
    CodeInfo{v1::CLOCK_SUSPECT, "UNAVAILABLE", 503, kUnrecorded, kRetry, kStands,
             "The machine's clock has jumped; writes wait for an operator.",
             "Send the same again later."},
    CodeInfo{v1::WRITES_STOPPED, "UNAVAILABLE", 503, kUnrecorded, kRetry, kStands,
             "A write to disk has failed; the ledger takes no more until it is opened again.",
             "Send the same again later."},
    CodeInfo{v1::SHUTTING_DOWN, "UNAVAILABLE", 503, kUnrecorded, kRetry, kStands,
             "The ledger is stopping.", "Send the same again later."},
    CodeInfo{v1::OUTCOME_UNKNOWN, "UNKNOWN", 503, kUnrecorded, kRetry, kStands,
             "The write failed on its way to disk: the command may be recorded or not.",
             "Send the same id again: the answer says what happened."},
    CodeInfo{v1::WRONG_SHARD, "INVALID_ARGUMENT", 400, kUnrecorded, kNoRetry, kStands,
             "The cooperative lives in another shard.", "Send it to the shard that owns it."},
    CodeInfo{v1::EXPIRED, "DEADLINE_EXCEEDED", 504, kUnrecorded, kRetry, kStands,
             "The deadline passed before the command was decided.",
             "Send the same again, with more time."},
};

}  // namespace

std::span<const CodeInfo> CodeTable() { return kTable; }

const CodeInfo& InfoOf(v1::Code code) {
  for (const CodeInfo& info : kTable) {
    if (info.code == code) {
      return info;
    }
  }
  LUMBUNG_CHECK(false);
  std::abort();
}

}  // namespace lumbung
