// Events linked as commit links them, and as a test wants them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/bytes.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

class EventChain {
 public:
  // Of the first event; each later one is recorded a millisecond after.
  static constexpr std::int64_t kStart = 1'780'000'000'000'000;

  // Appends the event with its sequence, link and, unless it has them, its time and epoch.
  void Add(v1::Event event);
  // LedgerCreated first, then postings of accounts and amounts that follow from their numbers.
  void FillTo(std::uint64_t events);

  const std::vector<std::string>& bytes() const { return bytes_; }
  const std::string& bytes(std::uint64_t sequence) const { return bytes_[sequence - 1]; }
  Hash hash(std::uint64_t sequence) const { return hashes_[sequence - 1]; }
  std::uint64_t size() const { return bytes_.size(); }

 private:
  std::vector<std::string> bytes_;
  std::vector<Hash> hashes_;
  std::uint32_t epoch_ = 0;
};

}  // namespace lumbung
