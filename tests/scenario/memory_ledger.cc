#include "tests/scenario/memory_ledger.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/chain/hash.h"

namespace lumbung {
namespace {

constexpr std::size_t kMaxEventBytes = 65'535;
constexpr int kMostExpiriesABlock = 4'096;

v1::Event Genesis() {
  v1::Event event;
  v1::LedgerCreated& created = *event.mutable_ledger_created();
  created.set_ledger_id("018f3a5c-7d00-7000-8000-000000000001");
  created.set_shard(0);
  created.set_shards(1);
  created.set_format_version(1);
  created.set_origin("scenario.test/0");
  created.set_checkpoint_key(std::string(32, 'k'));
  return event;
}

}  // namespace

MemoryLedger::MemoryLedger(std::int64_t now, std::size_t account_memory_bytes)
    : now_(now), state_(account_memory_bytes) {
  v1::Event event = Genesis();
  LUMBUNG_CHECK(Append(event));
}

Decision MemoryLedger::Submit(const v1::Command& command) {
  ReleaseDueHolds();
  const Checked checked = Validate(command);
  v1::Event event;
  event.set_sequence(events_.size() + 1);
  Decision decision = decider_.Decide(state_, command, checked, *this, now_, event);
  if (decision.record) {
    LUMBUNG_CHECK(event.body_case() != v1::Event::BODY_NOT_SET);
    if (!Append(event)) {
      // What was filled in made it too large: reversals come without entries.
      decision = {};
      decision.code = v1::TOO_LARGE;
      decision.detail = "what would be recorded has more than 65,535 bytes";
    }
  }
  ReturnLent(event);
  return decision;
}

void MemoryLedger::ReleaseDueHolds() {
  for (int i = 0; i < kMostExpiriesABlock; ++i) {
    v1::Event event;
    if (!DecideExpiry(state_, now_, event)) {
      return;
    }
    LUMBUNG_CHECK(Append(event));
  }
}

bool MemoryLedger::Append(v1::Event& event) {
  event.set_sequence(events_.size() + 1);
  event.set_recorded_at(events_.empty() ? now_ : std::max(now_, events_.back().recorded_at()));
  now_ = event.recorded_at();
  event.set_previous_hash(std::string(AsView(hashes_.empty() ? Hash{} : hashes_.back())));
  const std::string bytes = event.SerializeAsString();
  if (bytes.size() > kMaxEventBytes) {
    return false;
  }

  v1::Event& kept = events_.emplace_back();
  LUMBUNG_CHECK(kept.ParseFromString(bytes));
  hashes_.push_back(Hasher().Leaf(bytes));
  std::vector<CommandKey> keys;
  AppendKeysOf(kept, keys);
  for (const CommandKey& key : keys) {
    const bool is_new = index_.emplace(key, events_.size() - 1).second;
    LUMBUNG_CHECK(is_new);
  }
  state_.Apply(kept);
  return true;
}

Recorded MemoryLedger::Find(const CommandKey& key) {
  const auto it = index_.find(key);
  if (it == index_.end()) {
    return {};
  }
  return {&events_[it->second], hashes_[it->second]};
}

}  // namespace lumbung
