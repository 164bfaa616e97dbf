#include "tests/unit/projections/performance/plain_figures.h"

#include <algorithm>

#include "engine/base/check.h"

namespace lumbung {
namespace {

constexpr std::int64_t kMinute = 60'000'000;

// As far as the list of regions goes that the tests use.
std::string KnownPart(const std::string& village) {
  const std::map<std::string, std::string> unlisted = {{"11.01.01.9999", "11.01.01"},
                                                       {"11.01.98.2001", "11.01"},
                                                       {"32.98.01.2001", "32"},
                                                       {"no code", ""}};
  const auto found = unlisted.find(village);
  return found == unlisted.end() ? village : found->second;
}

bool IsMemberKind(const v1::Entry& entry) {
  const std::set<std::uint32_t> codes = {1122, 2111, 2112, 2144, 2151, 3101, 3102};
  return codes.contains(entry.code()) && entry.holder() != 0;
}

}  // namespace

PlainFigures::PlainFigures(const EventChain& chain) {
  for (const std::string& bytes : chain.bytes()) {
    v1::Event event;
    LUMBUNG_CHECK(event.ParseFromString(bytes));
    const auto take = [&](const v1::Transaction& transaction) {
      posted_.push_back({transaction, event.recorded_at()});
    };
    if (event.has_transaction_posted()) take(event.transaction_posted().transaction());
    if (event.has_hold_captured()) take(event.hold_captured().transaction());
    for (const auto& posted : event.batch_posted().transactions()) take(posted.transaction());
    facts_.push_back(event);
    if (event.has_cooperative_registered()) {
      const v1::Cooperative& registered = event.cooperative_registered().cooperative();
      versions_[registered.cooperative()].push_back(registered);
      numbers_.push_back(registered.cooperative());
    }
    if (event.has_cooperative_changed()) {
      const v1::Cooperative& changed = event.cooperative_changed().cooperative();
      versions_[changed.cooperative()].push_back(changed);
    }
  }
}

const v1::Cooperative& PlainFigures::InForce(std::uint64_t cooperative, Date date) const {
  const std::vector<v1::Cooperative>& versions = versions_.at(cooperative);
  const v1::Cooperative* in_force = &versions.front();
  for (const v1::Cooperative& version : versions) {
    if (version.effective_date() <= date) in_force = &version;
  }
  return *in_force;
}

bool PlainFigures::CountsOn(const performance::Subject& subject, std::uint64_t cooperative,
                            Date date) const {
  using Kind = performance::Subject::Kind;
  const std::string& village = InForce(cooperative, date).village_code();
  switch (subject.kind) {
    case Kind::kRegion: {
      const std::string region = subject.region == kNation ? "" : FormatRegionCode(subject.region);
      return KnownPart(village).starts_with(region);
    }
    case Kind::kVillage:
      return village == subject.village;
    case Kind::kCooperative:
    case Kind::kOutlet:
      return cooperative == subject.cooperative;
  }
  return false;
}

bool PlainFigures::Counts(const performance::Subject& subject,
                          const v1::Transaction& transaction) const {
  return CountsOn(subject, transaction.cooperative(), transaction.business_date()) &&
         (subject.kind != performance::Subject::Kind::kOutlet ||
          transaction.outlet() == subject.outlet);
}

void PlainFigures::AddTo(Answer& answer, const Posted& posted) const {
  const v1::Transaction& transaction = posted.transaction;
  const std::string& kind = transaction.kind();
  const bool turnover = kind == "sale" || kind == "refund" || kind == "bill-payment";
  const bool reversal = !transaction.reverses().empty();
  const std::int32_t offset =
      InForce(transaction.cooperative(), transaction.business_date()).utc_offset_minutes();
  Sums sums{reversal ? -1 : 1, turnover ? (reversal ? -1 : 1) : 0, 0, 0};
  for (const v1::Entry& entry : transaction.entries()) {
    const std::int64_t credit = entry.credit() - entry.debit();
    const std::uint32_t kind_of_code = entry.code() / 1'000;
    if (!reversal && kind != "year-closing" && IsMemberKind(entry)) {
      answer.members.insert({transaction.cooperative(), entry.holder()});
    }
    if (!entry.currency().empty()) continue;
    if (kind_of_code == 4 && turnover) sums.turnover += credit;
    if (entry.code() == 4101 && turnover) sums.member_turnover += credit;
    if (kind_of_code >= 4 && kind != "year-closing") answer.surplus += credit;
    if (kind == "village-fund-intercept") {
      answer.intercepts += reversal ? -entry.debit() : entry.debit();
    }
  }
  const std::int64_t local = transaction.occurred_at() + offset * kMinute;
  const auto hour = static_cast<int>(local / (60 * kMinute) % 24);
  for (Sums* sum : {&answer.all, &answer.channels[transaction.channel()],
                    &answer.hours[transaction.occurred_at() == 0 ? 24 : hour]}) {
    sum->transactions += sums.transactions;
    sum->sales += sums.sales;
    sum->turnover += sums.turnover;
    sum->member_turnover += sums.member_turnover;
  }
  answer.reversals += reversal ? 1 : 0;
  answer.late += LocalDate(posted.recorded_at, offset) > transaction.business_date() ? 1 : 0;
  if (transaction.occurred_at() != 0) {
    answer.lags.push_back(posted.recorded_at - transaction.occurred_at());
  }
  if (!reversal && kind != "year-closing" && transaction.party().number() != 0) {
    answer.members.insert({transaction.cooperative(), transaction.party().number()});
  }
}

PlainFigures::Answer PlainFigures::Of(const performance::Subject& subject, Date from,
                                      Date to) const {
  Answer answer;
  for (const Posted& posted : posted_) {
    const Date date = posted.transaction.business_date();
    if (from <= date && date <= to && Counts(subject, posted.transaction)) AddTo(answer, posted);
  }
  // What comes to nothing is not told of.
  const auto drop = [](auto& sums) {
    std::erase_if(sums, [](const auto& entry) { return entry.second == Sums{}; });
  };
  drop(answer.channels);
  drop(answer.hours);
  std::sort(answer.lags.begin(), answer.lags.end());
  return answer;
}

}  // namespace lumbung
