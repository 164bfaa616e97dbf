// What became of an import: counts, and which lines were refused and why.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/app/output.h"
#include "engine/commit/shard.h"

namespace lumbung {

// Where a command came from.
struct Place {
  std::uint32_t file = 0;
  std::uint64_t line = 0;
};

// One thread at a time.
class ImportReport {
 public:
  explicit ImportReport(std::vector<std::string> files) : files_(std::move(files)) {}

  // An answer of the ledger.
  void Add(Place place, const Answer& answer);
  // A line that is no command.
  void AddUnreadable(Place place, std::string detail);

  std::uint64_t total() const { return recorded_ + replayed_ + refused_; }
  std::uint64_t recorded() const { return recorded_; }
  std::uint64_t replayed() const { return replayed_; }
  std::uint64_t refused() const { return refused_; }
  // An answer said that the ledger takes no more for now; its words.
  const std::string& stopped() const { return stopped_; }

  // As text, with the first `most` lines of each code.
  void Print(Output& output, std::size_t most) const;
  // All of it.
  Json ToJson() const;

 private:
  struct Refusal {
    Place place;
    // Recorded in the log, by this import or an earlier one.
    bool recorded = false;
    std::string detail;
  };

  void AddRefusal(v1::Code code, Refusal refusal);
  std::string Name(Place place) const;

  const std::vector<std::string> files_;
  std::uint64_t recorded_ = 0;
  std::uint64_t replayed_ = 0;
  std::uint64_t refused_ = 0;
  std::map<v1::Code, std::vector<Refusal>> refusals_;
  std::string stopped_;
};

}  // namespace lumbung
