// What each principal has used of its day's allowance (Quotas). Days are UTC; counts are in memory,
// so a restart begins the day anew.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "engine/base/clock.h"
#include "engine/serve/principal.h"

namespace lumbung {

// Thread-safe.
class QuotaCounter {
 public:
  // The clock must outlive it.
  explicit QuotaCounter(Clock& clock) : clock_(clock) {}

  // Whether nothing is used up. What is under way when the last of it goes may still be noted, so
  // that use can pass the quota by as much as is in flight. False: QUOTA_EXCEEDED.
  bool MaySubmit(const Principal& principal);
  // After answers: how many recorded refusals and new accounts they brought.
  void Note(const Principal& principal, std::uint64_t recorded_refusals,
            std::uint64_t new_accounts);
  // Used up to now today.
  Quotas Used(const Principal& principal);

 private:
  // REQUIRES: mutex_ is held
  void BeginDay();

  // Constant after construction.
  Clock& clock_;

  std::mutex mutex_;
  // Below is guarded by mutex_.
  std::int64_t day_ = 0;
  std::unordered_map<std::string, Quotas> used_;  // by id
};

}  // namespace lumbung
