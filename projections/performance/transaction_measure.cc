#include "projections/performance/transaction_measure.h"

#include <algorithm>

#include "engine/base/date.h"
#include "projections/performance/lag.h"
#include "projections/performance/rules.h"

namespace lumbung::performance {
namespace {

constexpr std::int64_t kMicrosInMinute = 60'000'000;
constexpr std::int64_t kMinutesInDay = 24 * 60;

std::uint8_t HourOf(std::int64_t occurred_at, std::int32_t utc_offset_minutes) {
  if (occurred_at == 0) {
    return kNoHour;
  }
  const std::int64_t minutes = occurred_at / kMicrosInMinute + utc_offset_minutes;
  const std::int64_t of_day = (minutes % kMinutesInDay + kMinutesInDay) % kMinutesInDay;
  return static_cast<std::uint8_t>(of_day / 60);
}

bool IsRupiah(const v1::Entry& entry) {
  return entry.currency().empty() || entry.currency() == "IDR";
}

void AddMember(std::uint64_t cooperative, std::uint64_t number, std::vector<Fingerprint>& members) {
  if (number == 0) {
    return;
  }
  const Fingerprint member = FingerprintOf(cooperative, number);
  if (std::find(members.begin(), members.end(), member) == members.end()) {
    members.push_back(member);
  }
}

void MeasureEntry(const v1::Entry& entry, const KindRule& kind, const ChartRules& rules,
                  TransactionMeasure& measure) {
  const CodeRule& code = rules.Code(entry.code());
  if (!IsRupiah(entry)) {
    return;
  }
  const std::int64_t credit = entry.credit() - entry.debit();
  if (code.surplus && !kind.closing) {
    measure.surplus += credit;
  }
  if (kind.turnover && code.income) {
    measure.flow.turnover += credit;
    measure.flow.member_turnover += code.member_sales ? credit : 0;
  }
  if (code.balance) {
    measure.balances.emplace_back(entry.code(), code.grows_by_debit ? -credit : credit);
  }
  if (kind.repayment && code.repayment) {
    measure.repaid -= credit;
  }
  if (code.bank) {
    measure.banks.push_back(entry.code());
  }
}

}  // namespace

void MeasureTransaction(const v1::Transaction& transaction, std::int64_t recorded_at,
                        std::int32_t utc_offset_minutes, const ChartRules& rules,
                        TransactionMeasure& measure) {
  const KindRule& kind = rules.Kind(transaction.kind());
  const std::int64_t occurred_at = transaction.occurred_at();
  measure.hour = HourOf(occurred_at, utc_offset_minutes);
  measure.reversal = !transaction.reverses().empty();
  const std::int64_t counts = measure.reversal ? -1 : 1;
  measure.flow = {.transactions = counts, .sales = kind.turnover ? counts : 0};
  measure.surplus = 0;
  measure.intercepts = 0;
  measure.late = LocalDate(recorded_at, utc_offset_minutes) > transaction.business_date();
  measure.has_lag = occurred_at != 0;
  measure.lag = measure.has_lag ? LagStep(recorded_at - occurred_at) : 0;
  measure.members.clear();
  measure.balances.clear();
  measure.repaid = 0;
  measure.banks.clear();
  const bool is_activity = !measure.reversal && !kind.bookkeeping;
  if (is_activity && transaction.party().holder_class() == kMemberClass) {
    AddMember(transaction.cooperative(), transaction.party().number(), measure.members);
  }
  for (const v1::Entry& entry : transaction.entries()) {
    MeasureEntry(entry, kind, rules, measure);
    if (kind.intercept && IsRupiah(entry)) {
      measure.intercepts += counts * entry.debit();
    }
    if (is_activity && entry.holder() != 0 && rules.Code(entry.code()).member) {
      AddMember(transaction.cooperative(), entry.holder(), measure.members);
    }
  }
}

}  // namespace lumbung::performance
