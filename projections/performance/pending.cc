#include "projections/performance/pending.h"

#include <algorithm>

#include "projections/performance/rules.h"

namespace lumbung::performance {

void Pending::Add(std::uint32_t shard, std::int64_t recorded_at, const v1::Transaction& transaction,
                  NameTable& names) {
  Posted& posted = posted_.emplace_back();
  posted.cooperative = transaction.cooperative();
  posted.outlet = transaction.outlet();
  posted.recorded_at = recorded_at;
  posted.occurred_at = transaction.occurred_at();
  if (transaction.party().holder_class() == kMemberClass) {
    posted.member = transaction.party().number();
  }
  posted.shard = shard;
  posted.date = transaction.business_date();
  posted.first_entry = static_cast<std::uint32_t>(entries_.size());
  posted.entries = static_cast<std::uint32_t>(transaction.entries_size());
  posted.kind = names.Intern(transaction.kind());
  posted.channel = names.Intern(transaction.channel());
  posted.reversal = !transaction.reverses().empty();
  for (const v1::Entry& entry : transaction.entries()) {
    entries_.push_back({.holder = entry.holder(),
                        .credit = entry.credit() - entry.debit(),
                        .code = entry.code(),
                        .rupiah = entry.currency().empty() || entry.currency() == "IDR"});
  }
}

void Pending::AddConfirmation(std::uint64_t cooperative, std::uint32_t code, Date date) {
  Posted& posted = posted_.emplace_back();
  posted.cooperative = cooperative;
  posted.date = date;
  posted.confirmed_code = code;
}

void Pending::Sort() {
  order_.clear();
  order_.reserve(posted_.size());
  for (std::size_t i = 0; i < posted_.size(); ++i) {
    order_.emplace_back(posted_[i].cooperative, static_cast<std::uint32_t>(i));
  }
  std::sort(order_.begin(), order_.end());
}

void Pending::Clear() {
  posted_.clear();
  entries_.clear();
}

}  // namespace lumbung::performance
