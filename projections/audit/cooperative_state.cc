#include "projections/audit/cooperative_state.h"

#include <algorithm>
#include <utility>

namespace lumbung::audit {

const CooperativeVersion& CooperativeState::InForce(Date date) const {
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    if (version->attributes.effective_date() <= date) {
      return *version;
    }
  }
  return versions.front();
}

CooperativeVersion& CooperativeState::InForce(Date date) {
  return const_cast<CooperativeVersion&>(std::as_const(*this).InForce(date));
}

namespace {

template <typename Watch>
Watch& AccountIn(std::vector<Watch>& watches, const AccountKey& key) {
  for (Watch& watch : watches) {
    if (watch.key() == key) {
      return watch;
    }
  }
  return watches.emplace_back(key);
}

}  // namespace

BalanceWatch& CooperativeState::BalanceOf(std::uint32_t code, CurrencyCode currency,
                                          std::uint64_t holder) {
  return AccountIn(balances, AccountKey{number, code, currency, holder});
}

UnsettledWatch& CooperativeState::UnsettledOf(std::uint32_t code, CurrencyCode currency,
                                              std::uint64_t holder) {
  return AccountIn(unsettled, AccountKey{number, code, currency, holder});
}

OutletWatch& CooperativeState::OutletOf(std::uint64_t outlet) {
  for (OutletWatch& watch : outlets) {
    if (watch.outlet == outlet) {
      return watch;
    }
  }
  OutletWatch& watch = outlets.emplace_back();
  watch.outlet = outlet;
  return watch;
}

DeviceWatch& CooperativeState::DeviceOf(std::uint64_t device) {
  for (DeviceWatch& watch : devices) {
    if (watch.device() == device) {
      return watch;
    }
  }
  return devices.emplace_back(device);
}

std::int64_t CooperativeState::NextCheck(const ShardClock& clock, const Rules& rules) const {
  // Days begin later the later they are: only the earliest counts.
  Date day = 0;
  const auto earlier = [&day](Date date) { day = day == 0 ? date : std::min(day, date); };
  for (const BalanceWatch& watch : balances) {
    if (const Date due = watch.DueOn(); due != 0) {
      earlier(due);
    }
  }
  for (const UnsettledWatch& watch : unsettled) {
    for (const UnsettledWatch::Day& one : watch.days()) {
      if (!one.reported) {
        earlier(AfterWorkingDays(one.date, rules.qris.working_days));
        break;
      }
    }
  }
  for (const LoanWatch& loan : loans) {
    earlier(loan.check_on);
  }
  std::int64_t next = day == 0 ? kNever : StartOf(day);
  for (const OutletWatch& outlet : outlets) {
    if (outlet.IsWatched(rules)) {
      next = std::min(next, clock.now + outlet.Patience(clock, rules));
    }
  }
  for (const DeviceWatch& device : devices) {
    for (const DeviceWatch::Gap& gap : device.gaps()) {
      if (!gap.reported) {
        next = std::min(next, gap.since + rules.sequence_gap.days * kMicrosInDay);
      }
    }
  }
  return next;
}

namespace {

void PackReversals(std::string& bytes, const std::vector<ReversalCount>& reversals) {
  PackUnsigned(bytes, std::uint64_t{reversals.size()});
  for (const ReversalCount& one : reversals) {
    PackUnsigned(bytes, one.outlet);
    PackUnsigned(bytes, one.operated_by);
    PackUnsigned(bytes, static_cast<std::uint32_t>(one.date));
    PackSigned(bytes, one.count);
    PackSigned(bytes, one.amount);
    PackUnsigned(bytes, std::uint64_t{one.events.size()});
    for (const Evidence& event : one.events) {
      PackEvidence(bytes, event);
    }
  }
}

void UnpackReversals(Unpacker& unpack, std::vector<ReversalCount>& reversals) {
  reversals.resize(unpack.Many());
  for (ReversalCount& one : reversals) {
    one.outlet = unpack.Unsigned();
    one.operated_by = unpack.Unsigned();
    one.date = unpack.Day();
    one.count = unpack.Count();
    one.amount = unpack.Signed();
    one.events.resize(unpack.Many());
    for (Evidence& event : one.events) {
      event = UnpackEvidence(unpack);
    }
  }
}

void PackRoundings(std::string& bytes, const std::vector<RoundingMonth>& roundings) {
  PackUnsigned(bytes, std::uint64_t{roundings.size()});
  for (const RoundingMonth& one : roundings) {
    PackUnsigned(bytes, one.code);
    PackUnsigned(bytes, one.currency);
    PackUnsigned(bytes, one.holder);
    PackUnsigned(bytes, static_cast<std::uint32_t>(one.month));
    PackSigned(bytes, one.count);
    PackSigned(bytes, one.amount);
    PackSigned(bytes, one.largest);
  }
}

void UnpackRoundings(Unpacker& unpack, std::vector<RoundingMonth>& roundings) {
  roundings.resize(unpack.Many());
  for (RoundingMonth& one : roundings) {
    one.code = static_cast<std::uint32_t>(unpack.Unsigned());
    one.currency = static_cast<CurrencyCode>(unpack.Unsigned());
    one.holder = unpack.Unsigned();
    one.month = unpack.Day();
    one.count = unpack.Count();
    one.amount = unpack.Signed();
    one.largest = unpack.Signed();
  }
}

template <typename Watch>
void PackAll(std::string& bytes, const std::vector<Watch>& watches) {
  PackUnsigned(bytes, std::uint64_t{watches.size()});
  for (const Watch& watch : watches) {
    watch.AppendTo(bytes);
  }
}

}  // namespace

std::string CooperativeState::Encode() const {
  std::string bytes;
  PackUnsigned(bytes, shard);
  PackAll(bytes, balances);
  PackAll(bytes, unsettled);
  PackAll(bytes, outlets);
  PackAll(bytes, devices);
  PackReversals(bytes, reversals);
  PackRoundings(bytes, roundings);
  PackUnsigned(bytes, std::uint64_t{loans.size()});
  for (const LoanWatch& loan : loans) {
    PackUnsigned(bytes, loan.loan);
    PackUnsigned(bytes, static_cast<std::uint32_t>(loan.check_on));
  }
  return bytes;
}

Status CooperativeState::Parse(std::string_view bytes) {
  Unpacker unpack(bytes);
  shard = static_cast<std::uint32_t>(unpack.Unsigned());
  balances.resize(unpack.Many());
  for (BalanceWatch& watch : balances) {
    watch = BalanceWatch::Unpack(number, unpack);
  }
  unsettled.resize(unpack.Many());
  for (UnsettledWatch& watch : unsettled) {
    watch = UnsettledWatch::Unpack(number, unpack);
  }
  outlets.resize(unpack.Many());
  for (OutletWatch& watch : outlets) {
    watch = OutletWatch::Unpack(unpack);
  }
  devices.resize(unpack.Many());
  for (DeviceWatch& watch : devices) {
    watch = DeviceWatch::Unpack(unpack);
  }
  UnpackReversals(unpack, reversals);
  UnpackRoundings(unpack, roundings);
  loans.resize(unpack.Many());
  for (LoanWatch& loan : loans) {
    loan.loan = unpack.Unsigned();
    loan.check_on = unpack.Day();
  }
  return unpack.done() ? Status::Ok()
                       : Status::Corruption("what is watched of cooperative " +
                                            std::to_string(number) + " can't be read");
}

}  // namespace lumbung::audit
