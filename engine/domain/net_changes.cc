#include "engine/domain/net_changes.h"

namespace lumbung {

AccountKey KeyOf(std::uint64_t cooperative, const v1::Entry& entry) {
  return {cooperative, entry.code(), *ParseCurrency(entry.currency()), entry.holder()};
}

NetChange& NetChanges::At(const AccountKey& key) {
  if (changes_.size() <= kShort) {
    for (NetChange& change : changes_) {
      if (change.key == key) {
        return change;
      }
    }
  } else {
    if (places_.empty()) {
      for (std::size_t i = 0; i < changes_.size(); ++i) {
        places_[changes_[i].key] = i;
      }
    }
    const auto [it, is_new] = places_.try_emplace(key, changes_.size());
    if (!is_new) {
      return changes_[it->second];
    }
  }
  return changes_.emplace_back(NetChange{.key = key});
}

const NetChange* NetChanges::Find(const AccountKey& key) const {
  if (places_.empty()) {
    for (const NetChange& change : changes_) {
      if (change.key == key) {
        return &change;
      }
    }
    return nullptr;
  }
  const auto it = places_.find(key);
  return it == places_.end() ? nullptr : &changes_[it->second];
}

void NetChanges::AddPosted(std::uint64_t cooperative, const v1::Entry& entry) {
  NetChange& change = At(KeyOf(cooperative, entry));
  change.debit += entry.debit();
  change.credit += entry.credit();
}

void NetChanges::AddHeld(std::uint64_t cooperative, const v1::Entry& entry, int sign) {
  NetChange& change = At(KeyOf(cooperative, entry));
  change.held_debit += static_cast<Int128>(sign) * entry.debit();
  change.held_credit += static_cast<Int128>(sign) * entry.credit();
}

void SumChanges(const v1::Event& event, NetChanges& changes) {
  const auto post = [&](const v1::Transaction& transaction) {
    for (const v1::Entry& entry : transaction.entries()) {
      changes.AddPosted(transaction.cooperative(), entry);
    }
  };
  const auto hold = [&](std::uint64_t cooperative, const auto& entries, int sign) {
    for (const v1::Entry& entry : entries) {
      changes.AddHeld(cooperative, entry, sign);
    }
  };
  changes.Clear();
  if (event.has_transaction_posted()) {
    post(event.transaction_posted().transaction());
  } else if (event.has_batch_posted()) {
    for (const auto& posted : event.batch_posted().transactions()) {
      post(posted.transaction());
    }
  } else if (event.has_transaction_held()) {
    const v1::Transaction& transaction = event.transaction_held().transaction();
    hold(transaction.cooperative(), transaction.entries(), 1);
  } else if (event.has_hold_captured()) {
    const v1::HoldCaptured& captured = event.hold_captured();
    hold(captured.transaction().cooperative(), captured.released(), -1);
    post(captured.transaction());
  } else if (event.has_hold_released()) {
    hold(event.hold_released().cooperative(), event.hold_released().released(), -1);
  }
}

void NetChanges::Clear() {
  changes_.clear();
  if (!places_.empty()) {
    places_.clear();
  }
}

}  // namespace lumbung
