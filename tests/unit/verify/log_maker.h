// Makes a shard directory with a log of events as a test wants them, right or wrong.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/chain/checkpoint.h"
#include "engine/chain/tree.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// Collects events, links them and stores them. A test changes an event before it is linked
// (`forge`: those after it follow what it then is) or after (`corrupt`: they follow what it was).
class LogMaker {
 public:
  LogMaker();

  const SigningKey& key() const { return key_; }
  // A day's sale, as event `sequence`.
  static v1::Event Sale(std::uint64_t sequence);
  // Appends LedgerCreated, then sales, until there are so many events.
  void FillTo(std::uint64_t events);
  void Add(v1::Event event);

  // The event before it is linked.
  v1::Event& forge(std::uint64_t sequence) { return events_[sequence - 1]; }
  // Called with the event's bytes after linking; what it leaves is stored.
  void Corrupt(std::uint64_t sequence, std::function<void(std::string& bytes)> change);

  // Stores the tiles of another log in place of its own. REQUIRES: it was written, and outlives
  // this
  void UseTilesOf(const LogMaker& other) { other_tiles_ = &other.all_tiles_; }

  // Writes all of it to a new directory and gives its name.
  std::string Write();
  // Signed checkpoint of the first `size` events, as they were linked. REQUIRES: Write was called
  std::string CheckpointAt(std::uint64_t size) const;

 private:
  SigningKey key_;
  std::vector<v1::Event> events_;
  std::vector<std::function<void(std::string&)>> changes_;
  std::vector<Hash> hashes_;
  std::vector<Tile> all_tiles_;
  const std::vector<Tile>* other_tiles_ = nullptr;
};

}  // namespace lumbung
