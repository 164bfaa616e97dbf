#include "engine/serve/quota.h"

namespace lumbung {
namespace {

constexpr std::int64_t kMicrosADay = std::int64_t{86'400} * 1'000'000;

bool UsedUp(std::uint64_t used, std::uint64_t quota) { return quota != 0 && used >= quota; }

}  // namespace

void QuotaCounter::BeginDay() {
  // Back too: a clock that was put ahead and right again must not leave yesterday's use in force.
  const std::int64_t today = clock_.WallMicros() / kMicrosADay;
  if (today != day_) {
    day_ = today;
    used_.clear();
  }
}

bool QuotaCounter::MaySubmit(const Principal& principal) {
  const Quotas& quotas = principal.quotas();
  const Quotas used = Used(principal);
  return !UsedUp(used.recorded_refusals, quotas.recorded_refusals) &&
         !UsedUp(used.new_accounts, quotas.new_accounts);
}

void QuotaCounter::Note(const Principal& principal, std::uint64_t recorded_refusals,
                        std::uint64_t new_accounts) {
  if (recorded_refusals == 0 && new_accounts == 0) {
    return;
  }
  const std::lock_guard lock(mutex_);
  BeginDay();
  Quotas& used = used_[principal.id()];
  used.recorded_refusals += recorded_refusals;
  used.new_accounts += new_accounts;
}

Quotas QuotaCounter::Used(const Principal& principal) {
  const std::lock_guard lock(mutex_);
  BeginDay();
  const auto used = used_.find(principal.id());
  return used == used_.end() ? Quotas{} : used->second;
}

}  // namespace lumbung
