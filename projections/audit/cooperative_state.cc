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

BalanceWatch& CooperativeState::BalanceOf(std::uint32_t code, CurrencyCode currency,
                                          std::uint64_t holder) {
  for (BalanceWatch& watch : balances) {
    const AccountKey& key = watch.key();
    if (key.code == code && key.holder == holder && key.currency == currency) {
      return watch;
    }
  }
  return balances.emplace_back(AccountKey{number, code, currency, holder});
}

std::int64_t CooperativeState::NextCheck() const {
  std::int64_t next = kNever;
  for (const BalanceWatch& watch : balances) {
    if (const Date due = watch.DueOn(); due != 0) {
      next = std::min(next, StartOf(due));
    }
  }
  return next;
}

std::string CooperativeState::Encode() const {
  std::string bytes;
  PackUnsigned(bytes, shard);
  PackUnsigned(bytes, std::uint64_t{balances.size()});
  for (const BalanceWatch& watch : balances) {
    watch.AppendTo(bytes);
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
  return unpack.done() ? Status::Ok()
                       : Status::Corruption("what is watched of cooperative " +
                                            std::to_string(number) + " can't be read");
}

}  // namespace lumbung::audit
