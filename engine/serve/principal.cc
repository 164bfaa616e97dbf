#include "engine/serve/principal.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "engine/base/int128.h"
#include "engine/domain/account_key.h"
#include "engine/domain/ids.h"

namespace lumbung {
namespace {

// Sorted and apart, so that one is found by halving.
void Normalise(std::vector<CooperativeRange>& ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const CooperativeRange& a, const CooperativeRange& b) { return a.first < b.first; });
  std::vector<CooperativeRange> merged;
  for (const CooperativeRange& range : ranges) {
    if (!merged.empty() && range.first <= merged.back().last) {
      merged.back().last = std::max(merged.back().last, range.last);
    } else {
      merged.push_back(range);
    }
  }
  ranges = std::move(merged);
}

// Of a grant of regions: none, since that does not hang on the number.
bool Covers(const Grant& grant, std::uint64_t cooperative) {
  if (!grant.regions.empty()) {
    return false;
  }
  if (grant.cooperatives.empty()) {
    return true;
  }
  const auto after = std::upper_bound(
      grant.cooperatives.begin(), grant.cooperatives.end(), cooperative,
      [](std::uint64_t number, const auto& range) { return number < range.first; });
  return after != grant.cooperatives.begin() && cooperative <= std::prev(after)->last;
}

bool Lists(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

// Whether the debits of some currency come to more than `most`. What is negative does not count:
// it is malformed, and must not make room. Nor is it worth adding up what can't be posted.
bool Exceeds(const v1::Transaction& transaction, std::int64_t most) {
  constexpr int kMostEntries = 256;
  if (transaction.entries_size() > kMostEntries) {
    return true;
  }
  std::vector<std::pair<std::optional<CurrencyCode>, Int128>> sums;
  for (const v1::Entry& entry : transaction.entries()) {
    if (!entry.has_debit() || entry.debit() <= 0) {
      continue;
    }
    const std::optional<CurrencyCode> currency = ParseCurrency(entry.currency());
    auto sum = std::find_if(sums.begin(), sums.end(),
                            [&](const auto& known) { return known.first == currency; });
    if (sum == sums.end()) {
      sum = sums.insert(sums.end(), {currency, 0});
    }
    sum->second += entry.debit();
    if (sum->second > most) {
      return true;
    }
  }
  return false;
}

// Why a poster's grant does not let it post a transaction.
std::string WhyNotPosted(const Grant& grant, const v1::Transaction& transaction) {
  if (!Covers(grant, transaction.cooperative())) {
    return "poster: not this cooperative";
  }
  if (!Lists(grant.kinds, transaction.kind())) {
    return "poster: not this kind";
  }
  if (!Lists(grant.channels, transaction.channel())) {
    return "poster: not on this channel";
  }
  if (transaction.nature() != v1::Transaction::REQUEST && !grant.facts) {
    return "poster: no facts";
  }
  if (grant.max_amount == 0) {
    return {};
  }
  if (transaction.entries().empty()) {
    return "poster: has a max_amount, and the transaction leaves its entries out";
  }
  return Exceeds(transaction, grant.max_amount) ? "poster: more than max_amount" : "";
}

// Empty where a grant of `role` passes `why_not`; otherwise the reasons of all.
template <typename WhyNot>
std::string WhyNoGrant(const std::vector<Grant>& grants, Role role, const WhyNot& why_not) {
  std::string reasons;
  for (const Grant& grant : grants) {
    if (grant.role != role) {
      continue;
    }
    std::string reason = why_not(grant);
    if (reason.empty()) {
      return {};
    }
    reasons += reasons.empty() ? "" : "; ";
    reasons += reason;
  }
  return reasons.empty() ? "is no " + std::string(RoleName(role)) : reasons;
}

// The kinds of command, by who may give them.
enum class Business : std::uint8_t { kMoney, kLoanReport, kOther, kNone };

Business BusinessOf(const v1::Command& command) {
  switch (command.body_case()) {
    case v1::Command::kPost:
    case v1::Command::kPostBatch:
    case v1::Command::kHold:
    case v1::Command::kCapture:
    case v1::Command::kRelease:
      return Business::kMoney;
    case v1::Command::kReportLoanPayment:
    case v1::Command::kReportLoanStatus:
      return Business::kLoanReport;
    case v1::Command::kPublishChart:
    case v1::Command::kRegisterCooperative:
    case v1::Command::kChangeCooperative:
    case v1::Command::kChangeHolder:
    case v1::Command::kOpenAccount:
    case v1::Command::kChangeAccountStatus:
    case v1::Command::kClosePeriod:
    case v1::Command::kGrantLoan:
    case v1::Command::kReplaceLoanSchedule:
    case v1::Command::kRecordAttestation:
    case v1::Command::kAttestState:
    case v1::Command::kRecordErasure:
    case v1::Command::kChangeCheckpointKey:
      return Business::kOther;
    case v1::Command::BODY_NOT_SET:
      return Business::kNone;
  }
  return Business::kOther;
}

// Why grants of `role` do not reach a cooperative.
std::string WhyNotIn(const std::vector<Grant>& grants, Role role, std::uint64_t cooperative) {
  return WhyNoGrant(grants, role, [&](const Grant& grant) -> std::string {
    return Covers(grant, cooperative) ? "" : std::string(RoleName(role)) + ": not this cooperative";
  });
}

std::string WhyNotMoney(const Principal& principal, const v1::Command& command) {
  if (command.has_post()) {
    return principal.WhyNot(command.post());
  }
  if (command.has_hold()) {
    return principal.WhyNot(command.hold().transaction());
  }
  if (command.has_capture()) {
    return principal.WhyNot(command.capture().transaction());
  }
  std::string reason = WhyNotIn(principal.grants(), Role::kPoster, CooperativeOf(command));
  for (int i = 0; reason.empty() && i < command.post_batch().transactions_size(); ++i) {
    reason = principal.WhyNot(command.post_batch().transactions(i));
  }
  return reason;
}

}  // namespace

std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kPoster:
      return "poster";
    case Role::kReader:
      return "reader";
    case Role::kAuditor:
      return "auditor";
    case Role::kOperator:
      return "operator";
    case Role::kBank:
      return "bank";
  }
  return "unknown";
}

Principal::Principal(std::string id, std::vector<Grant> grants, Quotas quotas)
    : id_(std::move(id)), grants_(std::move(grants)), quotas_(quotas) {
  for (Grant& grant : grants_) {
    Normalise(grant.cooperatives);
  }
}

std::string Principal::WhyNot(const v1::Transaction& transaction) const {
  return WhyNoGrant(grants_, Role::kPoster,
                    [&](const Grant& grant) { return WhyNotPosted(grant, transaction); });
}

std::string Principal::WhyNot(const v1::Command& command) const {
  const std::uint64_t cooperative = CooperativeOf(command);
  switch (BusinessOf(command)) {
    case Business::kMoney:
      return WhyNotMoney(*this, command);
    case Business::kOther:
      return WhyNotIn(grants_, Role::kOperator, cooperative);
    case Business::kLoanReport: {
      std::string as_bank = WhyNotIn(grants_, Role::kBank, cooperative);
      std::string as_operator = WhyNotIn(grants_, Role::kOperator, cooperative);
      return as_bank.empty() || as_operator.empty() ? "" : as_bank + "; " + as_operator;
    }
    case Business::kNone:
      return {};
  }
  return "unknown";
}

bool Principal::MayReportLoan(std::uint64_t cooperative, std::string_view lender) const {
  return std::any_of(grants_.begin(), grants_.end(), [&](const Grant& grant) {
    return Covers(grant, cooperative) &&
           (grant.role == Role::kOperator ||
            (grant.role == Role::kBank && !lender.empty() && Lists(grant.lenders, lender)));
  });
}

bool Principal::MayRead(std::uint64_t cooperative) const {
  return std::any_of(grants_.begin(), grants_.end(), [&](const Grant& grant) {
    switch (grant.role) {
      case Role::kPoster:
      case Role::kReader:
      case Role::kOperator:
        return Covers(grant, cooperative);
      case Role::kAuditor:
        return true;
      case Role::kBank:
        return false;
    }
    return false;
  });
}

bool Principal::MayReadIn(RegionCode region) const {
  return MayRead(0) || std::any_of(grants_.begin(), grants_.end(), [&](const Grant& grant) {
           return grant.role == Role::kReader &&
                  std::any_of(grant.regions.begin(), grant.regions.end(),
                              [&](RegionCode own) { return LiesIn(region, own); });
         });
}

bool Principal::ReadsByRegion() const {
  return std::any_of(grants_.begin(), grants_.end(), [](const Grant& grant) {
    return grant.role == Role::kReader && !grant.regions.empty();
  });
}

bool Principal::MayReplay() const {
  return std::any_of(grants_.begin(), grants_.end(), [](const Grant& grant) {
    return grant.role == Role::kAuditor || (grant.role == Role::kOperator && Covers(grant, 0));
  });
}

bool Principal::MayOperate() const { return !grants_.empty(); }

}  // namespace lumbung
