// Rows of the state that a step takes along: copied between two decisions, encoded and sorted later
// and elsewhere. Of accounts, nearly all there are, only the 64 bytes that they are kept in.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "engine/base/state_row.h"
#include "engine/base/status.h"
#include "engine/domain/account_table.h"

namespace lumbung {

// One thread at a time.
class CutRows {
 public:
  void Add(StateRow row) { others_.push_back(std::move(row)); }
  void Add(const AccountRow& account);

  std::size_t size() const { return others_.size() + accounts_; }
  // Its memory is given back.
  void Clear();

  // Visits the rows in key order until it returns a status that is not ok, which is then returned.
  Status ForEach(const std::function<Status(const StateRow& row)>& visit);
  // The same rows, for who needs them all at once.
  std::vector<StateRow> Sorted();

 private:
  // So that a growing list is not copied, and freed whole.
  static constexpr std::size_t kChunk = 32'768;

  const AccountRow& account(std::size_t i) const { return chunks_[i / kChunk][i % kChunk]; }

  std::vector<StateRow> others_;
  std::vector<std::vector<AccountRow>> chunks_;
  std::size_t accounts_ = 0;
};

}  // namespace lumbung
