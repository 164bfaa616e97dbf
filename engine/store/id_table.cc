#include "engine/store/id_table.h"

#include <algorithm>
#include <iterator>

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
  if (IsBeyondRun(key)) {
    return 0;
  }
  const std::uint64_t sequence = hashed_ == 0 ? 0 : slots_[SlotOf(key)].sequence;
  return sequence != 0 ? sequence : FindInRun(key);
}

// In steps that double, from the end: an id that is late is late by little.
std::uint64_t IdTable::FindInRun(const IdKey& key) const {
  std::size_t last = run_.size();  // its key is not less, or it is the end
  std::size_t step = 1;
  while (step < last && KeyLess(key, run_[last - step].key)) {
    last -= step;
    step *= 2;
  }
  const auto first = run_.begin() + static_cast<std::ptrdiff_t>(last - std::min(step, last));
  const auto found = std::lower_bound(
      first, run_.begin() + static_cast<std::ptrdiff_t>(last), key,
      [](const IdEntry& entry, const IdKey& wanted) { return KeyLess(entry.key, wanted); });
  return found != run_.end() && found->key == key ? found->sequence : 0;
}

void IdTable::Prefetch(const IdKey& key) const {
  if (!IsBeyondRun(key)) {
    __builtin_prefetch(&slots_[HomeOf(key)]);
  }
}

void IdTable::Insert(const IdKey& key, std::uint64_t sequence) {
  LUMBUNG_CHECK(sequence != 0);
  if (IsBeyondRun(key)) {
    run_.push_back({key, sequence});
    return;
  }
  if (hashed_ >= slots_.size() / 4 * 3) {
    Grow();
  }
  IdEntry& slot = slots_[SlotOf(key)];
  LUMBUNG_CHECK(slot.sequence == 0 && FindInRun(key) == 0);
  slot = {key, sequence};
  ++hashed_;
}

void IdTable::Grow() {
  Entries old(slots_.size() * 2);
  old.swap(slots_);
  for (const IdEntry& entry : old) {
    if (entry.sequence != 0) {
      slots_[SlotOf(entry.key)] = entry;
    }
  }
}

std::vector<IdEntry> IdTable::SortedSlots() const {
  std::vector<KeyRef> refs;
  refs.reserve(hashed_);
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

std::vector<IdEntry> IdTable::Sorted() const {
  if (hashed_ == 0) {
    return {run_.begin(), run_.end()};
  }
  const std::vector<IdEntry> slots = SortedSlots();
  std::vector<IdEntry> entries;
  entries.reserve(size());
  std::merge(run_.begin(), run_.end(), slots.begin(), slots.end(), std::back_inserter(entries),
             [](const IdEntry& a, const IdEntry& b) { return KeyLess(a.key, b.key); });
  return entries;
}

void IdTable::Clear() {
  run_.clear();
  if (hashed_ != 0) {
    std::fill(slots_.begin(), slots_.end(), IdEntry{});
    hashed_ = 0;
  }
}

}  // namespace lumbung
