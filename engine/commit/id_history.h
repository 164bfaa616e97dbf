// Looks ids up among all events decided so far: the newest in memory, those in flight from their
// block, the rest from the derived store and the log.
#pragma once

#include <cstdint>
#include <deque>

#include "engine/chain/hash.h"
#include "engine/commit/block.h"
#include "engine/domain/decide.h"
#include "engine/store/derived_store.h"
#include "engine/store/id_table.h"
#include "engine/store/log_store.h"

namespace lumbung {

IdKey ToIdKey(const CommandKey& key);

// Used by the decider's thread; the table of a step may be read by the step's thread meanwhile.
class IdHistory final : public History {
 public:
  IdHistory(const LogStore& log, const DerivedStore& derived) : log_(log), derived_(derived) {}

  Recorded Find(const CommandKey& key) override;

  // Says what is known of the next command's own id, found out ahead. `sequence` counts only while
  // the derived store is at `generation`.
  void Expect(const IdKey& key, std::uint64_t sequence, std::uint64_t generation);
  void Prefetch(const IdKey& key) const { newest_.Prefetch(key); }

  // Ids of an event just decided. REQUIRES: absent
  void Insert(const IdKey& key, std::uint64_t sequence) { newest_.Insert(key, sequence); }
  // The block may hold events that are not yet durable; it is looked into until Forget.
  void Remember(const Block* block) { in_flight_.push_back(block); }
  void Forget(const Block* block);

  // What was decided after `sequence` has not come to be: a write has failed.
  void GoBackTo(std::uint64_t sequence) {
    last_ = sequence;
    status_ = Status::Ok();
  }

  // Ids since the last step.
  const IdTable& newest() const { return newest_; }
  // Sets the newest ids apart for a step, and forgets those when it is done.
  const IdTable& BeginStep();
  void EndStep() { in_step_.Clear(); }

  // What went wrong while reading; nothing is decided after that.
  const Status& status() const { return status_; }

 private:
  std::uint64_t SequenceOf(const IdKey& key);
  bool IsThere(std::uint64_t sequence) const { return sequence != 0 && sequence <= last_; }
  // The event's bytes; false (and status) where they can't be read.
  bool Read(std::uint64_t sequence, Recorded& recorded);

  const LogStore& log_;
  const DerivedStore& derived_;
  IdTable newest_;
  IdTable in_step_;
  std::deque<const Block*> in_flight_;
  Hasher hasher_;
  v1::Event event_;
  Status status_;
  std::uint64_t last_ = ~std::uint64_t{0};

  IdKey expected_key_{};
  std::uint64_t expected_sequence_ = 0;
  std::uint64_t expected_generation_ = 0;
  bool expects_ = false;
};

}  // namespace lumbung
