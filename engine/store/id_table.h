// The exact in-memory set of the newest ids, those not yet in the DerivedStore.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/huge_pages.h"
#include "engine/store/id_entry.h"
#include "engine/store/id_hash.h"

namespace lumbung {

// Ids made in the order of time (UUIDv7) come, but for a few, in ascending order: what is greater
// than all before it is appended to a run, the rest goes to a hash table (open addressing with
// linear probing, 32 bytes a slot, between 3/8 and 3/4 full). One thread at a time, or many
// readers.
class IdTable {
 public:
  IdTable();

  // Sequence of the id, 0 where absent.
  std::uint64_t Find(const IdKey& key) const;
  // Brings the id's slot into the cache. Call some ids ahead of Find.
  void Prefetch(const IdKey& key) const;
  // REQUIRES: it is absent; sequence != 0
  void Insert(const IdKey& key, std::uint64_t sequence);

  std::size_t size() const { return run_.size() + hashed_; }
  std::size_t MemoryBytes() const {
    return (run_.capacity() + slots_.capacity()) * sizeof(IdEntry);
  }
  // All entries, sorted by key.
  std::vector<IdEntry> Sorted() const;
  // Empties it; its memory is kept for the ids to come.
  void Clear();

 private:
  using Entries = std::vector<IdEntry, HugePageAllocator<IdEntry>>;

  bool IsBeyondRun(const IdKey& key) const { return run_.empty() || KeyLess(run_.back().key, key); }
  std::uint64_t FindInRun(const IdKey& key) const;
  std::size_t HomeOf(const IdKey& key) const;
  // The slot that holds the key, or the empty one where it belongs.
  std::size_t SlotOf(const IdKey& key) const;
  void Grow();

  std::vector<IdEntry> SortedSlots() const;

  IdSeed seed_;
  // Ascending. Its last key is the greatest of all.
  Entries run_;
  // Sequence 0 = empty; a power of two of them.
  Entries slots_;
  // How many slots are taken.
  std::size_t hashed_ = 0;
};

}  // namespace lumbung
