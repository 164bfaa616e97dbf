#include "tests/unit/projections/event_chain.h"

#include <algorithm>
#include <utility>

#include "engine/chain/hash.h"

namespace lumbung {

void EventChain::Add(v1::Event event) {
  const Hash previous = hashes_.empty() ? Hash{} : hashes_.back();
  epoch_ = std::max(epoch_, event.epoch());
  event.set_epoch(epoch_);
  event.set_sequence(bytes_.size() + 1);
  if (event.recorded_at() == 0) {
    event.set_recorded_at(kStart + static_cast<std::int64_t>(bytes_.size()) * 1'000);
  }
  event.set_previous_hash(std::string(AsView(previous)));
  bytes_.push_back(event.SerializeAsString());
  hashes_.push_back(Hasher().Leaf(bytes_.back()));
}

void EventChain::FillTo(std::uint64_t events) {
  if (bytes_.empty()) {
    v1::Event created;
    created.mutable_ledger_created()->set_shards(1);
    Add(std::move(created));
  }
  while (bytes_.size() < events) {
    const std::uint64_t number = bytes_.size();
    v1::Event event;
    v1::TransactionPosted& posted = *event.mutable_transaction_posted();
    v1::Transaction& transaction = *posted.mutable_transaction();
    transaction.set_cooperative(1 + number % 3);
    const auto amount = static_cast<std::int64_t>(100 + number % 7);
    v1::Entry& debit = *transaction.add_entries();
    debit.set_code(1101);
    debit.set_debit(amount);
    v1::Entry& credit = *transaction.add_entries();
    credit.set_code(2111);
    credit.set_holder(number * number % 11);
    credit.set_credit(amount);
    posted.mutable_posting()->set_posting_date(20260504);
    Add(std::move(event));
  }
}

}  // namespace lumbung
