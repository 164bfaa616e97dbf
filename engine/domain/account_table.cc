#include "engine/domain/account_table.h"

#include <random>

#include "engine/base/int128.h"

namespace lumbung {
namespace {

constexpr std::size_t kBytesAnAccount = 80;
constexpr std::size_t kFirstSlots = 1024;

// Clients choose holders: a secret seed keeps them from making keys that collide.
const std::uint64_t kSeed = std::random_device{}() | (std::uint64_t{std::random_device{}()} << 32);

std::uint64_t Mix(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<Uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

AccountTable::AccountTable(std::size_t memory_bytes)
    : max_accounts_(memory_bytes / kBytesAnAccount), slots_(kFirstSlots) {}

std::uint64_t AccountTable::HashOf(const AccountKey& key) {
  const std::uint64_t book =
      key.cooperative ^ (std::uint64_t{key.code} << 40) ^ (std::uint64_t{key.currency} << 13);
  return Mix(Mix(book ^ kSeed, 0x9E3779B97F4A7C15) ^ key.holder, 0xD6E8FEB86659FD93 ^ kSeed);
}

const AccountRow* AccountTable::Find(const AccountKey& key) const {
  const std::uint64_t hash = HashOf(key);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = hash & mask; slots_[i] != 0; i = (i + 1) & mask) {
    if ((slots_[i] >> 32) == (hash >> 32)) {
      const AccountRow& candidate = row((slots_[i] & 0xFFFFFFFF) - 1);
      if (candidate.key == key) {
        return &candidate;
      }
    }
  }
  return nullptr;
}

void AccountTable::PrefetchRow(std::uint64_t hash) const {
  if (const std::uint64_t slot = slots_[hash & (slots_.size() - 1)]; slot != 0) {
    __builtin_prefetch(&row((slot & 0xFFFFFFFF) - 1));
  }
}

AccountRow& AccountTable::FindOrCreate(const AccountKey& key) {
  if (AccountRow* found = Find(key); found != nullptr) {
    return *found;
  }
  if ((size_ + 1) * 10 > slots_.size() * 7) {
    Grow();
  }
  if (size_ == chunks_.size() * kChunkRows) {
    chunks_.emplace_back(kChunkRows);
  }
  const std::uint64_t hash = HashOf(key);
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = hash & mask;
  while (slots_[i] != 0) {
    i = (i + 1) & mask;
  }
  AccountRow& made = row(size_);
  made.key = key;
  ++size_;
  slots_[i] = (hash & 0xFFFFFFFF00000000) | size_;
  return made;
}

void AccountTable::Grow() {
  // The slots keep the upper half of the hash only, so the lower is computed again.
  decltype(slots_) slots(slots_.size() * 2);
  const std::size_t mask = slots.size() - 1;
  for (std::size_t number = 0; number < size_; ++number) {
    const std::uint64_t hash = HashOf(row(number).key);
    std::size_t i = hash & mask;
    while (slots[i] != 0) {
      i = (i + 1) & mask;
    }
    slots[i] = (hash & 0xFFFFFFFF00000000) | (number + 1);
  }
  slots_ = std::move(slots);
}

std::size_t AccountTable::MemoryBytes() const {
  return chunks_.size() * kChunkRows * sizeof(AccountRow) + slots_.size() * sizeof(slots_[0]);
}

}  // namespace lumbung
