// The exact in-memory set of the newest ids, those not yet in the DerivedStore.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/huge_pages.h"
#include "engine/store/id_entry.h"
#include "engine/store/id_hash.h"

namespace lumbung {

// Open addressing with linear probing, 32 bytes a slot, between 3/8 and 3/4 full. One thread at a
// time, or many readers.
class IdTable {
 public:
  IdTable();

  // Sequence of the id, 0 where absent.
  std::uint64_t Find(const IdKey& key) const;
  // Brings the id's slot into the cache. Call some ids ahead of Find.
  void Prefetch(const IdKey& key) const;
  // REQUIRES: it is absent; sequence != 0
  void Insert(const IdKey& key, std::uint64_t sequence);

  std::size_t size() const { return size_; }
  std::size_t MemoryBytes() const { return slots_.capacity() * sizeof(IdEntry); }
  // All entries, sorted by key.
  std::vector<IdEntry> Sorted() const;
  // Empties it; its memory is kept for the ids to come.
  void Clear();

 private:
  std::size_t HomeOf(const IdKey& key) const;
  // The slot that holds the key, or the empty one where it belongs.
  std::size_t SlotOf(const IdKey& key) const;
  void Grow();

  IdSeed seed_;
  // Sequence 0 = empty; a power of two of them.
  std::vector<IdEntry, HugePageAllocator<IdEntry>> slots_;
  std::size_t size_ = 0;
  // No key is greater. Keys made in the order of time are absent without a look.
  IdKey greatest_{};
};

}  // namespace lumbung
