// What a transaction or batch changes on each account, summed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "engine/base/int128.h"
#include "engine/domain/account_key.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

struct AccountRow;

struct NetChange {
  AccountKey key;
  // Where it is known; null: to be found, or made.
  const AccountRow* row = nullptr;
  // Sums of what is posted, by side.
  Int128 debit = 0;
  Int128 credit = 0;
  // What holds reserve more (or less), by side.
  Int128 held_debit = 0;
  Int128 held_credit = 0;
};

// In the order in which accounts first appear. Space is kept for the next use by Clear.
class NetChanges {
 public:
  NetChange& At(const AccountKey& key);
  // Null where nothing changes.
  const NetChange* Find(const AccountKey& key) const;
  // REQUIRES: the entries are valid
  void AddPosted(std::uint64_t cooperative, const v1::Entry& entry);
  // `sign` 1 reserves, -1 releases.
  void AddHeld(std::uint64_t cooperative, const v1::Entry& entry, int sign);
  void Clear();

  std::vector<NetChange>& all() { return changes_; }
  const std::vector<NetChange>& all() const { return changes_; }

 private:
  // Looking through a short list beats hashing.
  static constexpr std::size_t kShort = 16;

  struct KeyHash {
    std::size_t operator()(const AccountKey& key) const {
      return std::hash<std::uint64_t>{}((key.cooperative * 0x9E3779B97F4A7C15) ^
                                        (key.holder * 0xD6E8FEB86659FD93) ^ key.code ^
                                        (std::uint64_t{key.currency} << 32));
    }
  };

  std::vector<NetChange> changes_;
  // Places in `changes_`; filled once there are more than kShort.
  std::unordered_map<AccountKey, std::size_t, KeyHash> places_;
};

// What an event changes on accounts: nothing for most kinds. REQUIRES: the event was made by Decide
void SumChanges(const v1::Event& event, NetChanges& changes);

// The account of an entry. REQUIRES: its currency is valid
AccountKey KeyOf(std::uint64_t cooperative, const v1::Entry& entry);

}  // namespace lumbung
