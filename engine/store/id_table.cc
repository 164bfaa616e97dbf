#include "engine/store/id_table.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/store/id_sort.h"

namespace lumbung {
namespace {

constexpr std::size_t kSmallestTable = 1024;

}  // namespace

IdTable::IdTable() : seed_(RandomIdSeed()), slots_(kSmallestTable) {}

std::size_t IdTable::HomeOf(const IdKey& key) const {
  return HashId(key, seed_) & (slots_.size() - 1);
}

std::size_t IdTable::SlotOf(const IdKey& key) const {
  std::size_t slot = HomeOf(key);
  while (slots_[slot].sequence != 0 && slots_[slot].key != key) {
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return slot;
}

std::uint64_t IdTable::Find(const IdKey& key) const {
  return size_ == 0 || key > greatest_ ? 0 : slots_[SlotOf(key)].sequence;
}

void IdTable::Prefetch(const IdKey& key) const { __builtin_prefetch(&slots_[HomeOf(key)]); }

void IdTable::Insert(const IdKey& key, std::uint64_t sequence) {
  LUMBUNG_CHECK(sequence != 0);
  if (size_ >= slots_.size() / 4 * 3) {
    Grow();
  }
  IdEntry& slot = slots_[SlotOf(key)];
  LUMBUNG_CHECK(slot.sequence == 0);
  slot = {key, sequence};
  ++size_;
  greatest_ = std::max(greatest_, key);
}

void IdTable::Grow() {
  std::vector<IdEntry, HugePageAllocator<IdEntry>> old(slots_.size() * 2);
  old.swap(slots_);
  for (const IdEntry& entry : old) {
    if (entry.sequence != 0) {
      slots_[SlotOf(entry.key)] = entry;
    }
  }
}

std::vector<IdEntry> IdTable::Sorted() const {
  std::vector<KeyRef> refs;
  refs.reserve(size_);
  for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].sequence != 0) {
      refs.push_back({PrefixOf(slots_[slot].key), static_cast<std::uint32_t>(slot)});
    }
  }
  SortByKey(refs, [this](std::uint32_t slot) -> const IdKey& { return slots_[slot].key; });

  constexpr std::size_t kAhead = 16;
  std::vector<IdEntry> entries;
  entries.reserve(refs.size());
  for (std::size_t i = 0; i < refs.size(); ++i) {
    if (i + kAhead < refs.size()) {
      __builtin_prefetch(&slots_[refs[i + kAhead].index]);
    }
    entries.push_back(slots_[refs[i].index]);
  }
  return entries;
}

void IdTable::Clear() {
  std::fill(slots_.begin(), slots_.end(), IdEntry{});
  size_ = 0;
  greatest_ = {};
}

}  // namespace lumbung
