// One outlet: when it was heard of last, and how long it is silent as a rule.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "engine/base/date.h"
#include "projections/audit/evidence.h"
#include "projections/audit/local_time.h"
#include "projections/audit/rules.h"
#include "projections/audit/shard_clock.h"

namespace lumbung::audit {

struct OutletWatch {
  std::uint64_t outlet = 0;
  // When it was heard of, by the shard's clock: as told and without the ledger's own silence.
  std::int64_t heard_at = 0;
  std::int64_t heard_awake = 0;
  // The event, and its local day.
  Evidence heard_by;
  Date heard_on = 0;
  // The longest silence of late: shorter ones wear it off.
  std::int64_t usual = 0;
  // Days on which it was heard of.
  std::int32_t active_days = 0;
  // Its silence is a finding.
  bool reported = false;

  // Returns whether a reported silence ends by it.
  bool Hear(const ShardClock& clock, Date today, const Evidence& event) {
    const std::int64_t silence = clock.awake() - heard_awake;
    if (heard_at != 0 && silence >= kMicrosInHour) {
      usual = std::max(silence, usual - (usual - silence) / kWear);
    }
    active_days += heard_on == today || active_days == kEnoughDays ? 0 : 1;
    heard_on = today;
    heard_at = clock.now;
    heard_awake = clock.awake();
    heard_by = event;
    const bool ends = reported;
    reported = false;
    return ends;
  }
  // How much longer it may be silent; below zero: it is too long.
  std::int64_t Patience(const ShardClock& clock, const Rules& rules) const {
    const auto& rule = rules.outlet_silent;
    const std::int64_t most = std::max(rule.least_days * kMicrosInDay, rule.times_usual * usual);
    return most - (clock.awake() - heard_awake);
  }
  // Whether enough is known of it, and nothing has been said yet.
  bool IsWatched(const Rules& rules) const {
    return rules.IsOn(RuleId::kOutletSilent) && !reported &&
           active_days >= rules.outlet_silent.active_days;
  }

  void AppendTo(std::string& bytes) const {
    PackUnsigned(bytes, outlet);
    PackSigned(bytes, heard_at);
    PackSigned(bytes, heard_at - heard_awake);
    PackEvidence(bytes, heard_by);
    PackUnsigned(bytes, static_cast<std::uint32_t>(heard_on));
    PackSigned(bytes, usual);
    PackUnsigned(bytes, static_cast<std::uint32_t>(active_days));
    PackUnsigned(bytes, std::uint64_t{reported ? 1U : 0U});
  }
  static OutletWatch Unpack(Unpacker& unpack) {
    OutletWatch watch;
    watch.outlet = unpack.Unsigned();
    watch.heard_at = unpack.Count();
    watch.heard_awake = watch.heard_at - unpack.Count();
    watch.heard_by = UnpackEvidence(unpack);
    watch.heard_on = unpack.Day();
    watch.usual = unpack.Count();
    watch.active_days = static_cast<std::int32_t>(unpack.Unsigned());
    watch.reported = unpack.Unsigned() != 0;
    return watch;
  }

  static constexpr std::int64_t kWear = 16;
  static constexpr std::int32_t kEnoughDays = 1'000;
};

}  // namespace lumbung::audit
