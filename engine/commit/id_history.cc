#include "engine/commit/id_history.h"

#include <algorithm>

#include "engine/commit/chaining.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kReversalBit = std::uint64_t{1} << 63;

}  // namespace

IdKey ToIdKey(const CommandKey& key) {
  IdKey id;
  std::copy(key.id.bytes.begin(), key.id.bytes.end(), id.begin());
  StoreBigEndian<std::uint64_t>(id.data() + key.id.bytes.size(),
                                key.cooperative | (key.reversal_of ? kReversalBit : 0));
  return id;
}

void IdHistory::Expect(const IdKey& key, std::uint64_t sequence, std::uint64_t generation) {
  expected_key_ = key;
  expected_sequence_ = sequence;
  expected_generation_ = generation;
  expects_ = true;
}

std::uint64_t IdHistory::SequenceOf(const IdKey& key) {
  if (const std::uint64_t sequence = newest_.Find(key); IsThere(sequence)) {
    return sequence;
  }
  if (const std::uint64_t sequence = in_step_.Find(key); IsThere(sequence)) {
    return sequence;
  }
  // An id that was in a step's table when it was looked up ahead is in the derived store now, at a
  // later generation: then it is looked up again.
  if (expects_ && expected_key_ == key && expected_generation_ == derived_.generation()) {
    return expected_sequence_;
  }
  std::uint64_t sequence = 0;
  status_ = derived_.FindIds({&key, 1}, {&sequence, 1});
  return sequence;
}

Recorded IdHistory::Find(const CommandKey& key) {
  Recorded recorded;
  if (!status_.ok()) {
    return recorded;
  }
  if (const std::uint64_t sequence = SequenceOf(ToIdKey(key)); sequence != 0 && status_.ok()) {
    Read(sequence, recorded);
  }
  return recorded;
}

bool IdHistory::Read(std::uint64_t sequence, Recorded& recorded) {
  std::string bytes;
  const auto holder = std::find_if(in_flight_.begin(), in_flight_.end(), [&](const Block* block) {
    return !block->events.empty() && sequence >= block->events.first_sequence() &&
           sequence <= block->events.last_sequence();
  });
  if (holder != in_flight_.end()) {
    bytes = WithoutLink((*holder)->events.Event(sequence));
    recorded.hash = Hash{};  // of the link too, which the writer sets
  } else {
    Result<std::string> read = log_.ReadEvent(sequence);
    if (!read.ok()) {
      status_ = read.status();
      return false;
    }
    bytes = std::move(*read);
    recorded.hash = hasher_.Leaf(bytes);
  }
  if (!event_.ParseFromString(bytes) || event_.sequence() != sequence) {
    status_ = Status::Corruption("event " + std::to_string(sequence) + " can't be read");
    return false;
  }
  recorded.event = &event_;
  return true;
}

void IdHistory::Forget(const Block* block) { std::erase(in_flight_, block); }

const IdTable& IdHistory::BeginStep() {
  std::swap(newest_, in_step_);
  newest_.Clear();
  return in_step_;
}

}  // namespace lumbung
