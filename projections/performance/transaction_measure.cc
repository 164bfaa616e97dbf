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

void AddMember(std::uint64_t cooperative, std::uint64_t number, std::vector<Fingerprint>& members) {
  if (number == 0) {
    return;
  }
  const Fingerprint member = FingerprintOf(cooperative, number);
  if (std::find(members.begin(), members.end(), member) == members.end()) {
    members.push_back(member);
  }
}

void MeasureEntry(const PostedEntry& entry, const CodeRule& code, const KindRule& kind,
                  TransactionMeasure& measure) {
  if (code.surplus && !kind.closing) {
    measure.surplus += entry.credit;
  }
  if (kind.turnover && code.income) {
    measure.flow.turnover += entry.credit;
    measure.flow.member_turnover += code.member_sales ? entry.credit : 0;
  }
  if (code.balance) {
    measure.balances.emplace_back(entry.code, code.grows_by_debit ? -entry.credit : entry.credit);
  }
  if (kind.repayment && code.repayment) {
    measure.repaid -= entry.credit;
  }
  if (code.bank) {
    measure.banks.push_back(entry.code);
  }
}

}  // namespace

void MeasureTransaction(const Posted& posted, std::span<const PostedEntry> entries,
                        std::int32_t utc_offset_minutes, const ChartRules& rules,
                        const KindRule& kind, TransactionMeasure& measure) {
  measure.hour = HourOf(posted.occurred_at, utc_offset_minutes);
  measure.reversal = posted.reversal;
  const std::int64_t counts = posted.reversal ? -1 : 1;
  measure.flow = {.transactions = counts, .sales = kind.turnover ? counts : 0};
  measure.surplus = 0;
  measure.intercepts = 0;
  measure.late = LocalDate(posted.recorded_at, utc_offset_minutes) > posted.date;
  measure.has_lag = posted.occurred_at != 0;
  measure.lag = measure.has_lag ? LagStep(posted.recorded_at - posted.occurred_at) : 0;
  measure.members.clear();
  measure.balances.clear();
  measure.repaid = 0;
  measure.banks.clear();
  const bool is_activity = !posted.reversal && !kind.bookkeeping;
  if (is_activity) {
    AddMember(posted.cooperative, posted.member, measure.members);
  }
  for (const PostedEntry& entry : entries) {
    const CodeRule& code = rules.Code(entry.code);
    if (entry.rupiah) {
      MeasureEntry(entry, code, kind, measure);
    }
    if (kind.intercept && entry.rupiah && entry.credit < 0) {
      measure.intercepts -= counts * entry.credit;
    }
    if (is_activity && entry.holder != 0 && code.member) {
      AddMember(posted.cooperative, entry.holder, measure.members);
    }
  }
}

}  // namespace lumbung::performance
