// Each loan's grant and the events that paid it out and back, so that its figures lead to them.
// Loans in every currency; what banks say of them by day is the loan book's.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "projections/runtime/rows.h"

#include "lumbung/ledger/v1/event.pb.h"
#include "lumbung/ledger/v1/performance.pb.h"

namespace lumbung::performance {

namespace v1 = ledger::v1;

// Rows of the batch in hand, which depend on nothing but their event. One thread at a time.
class LoanEvents {
 public:
  // Of a transaction that pays a loan out or back; nothing of others. `item`: its place in a batch.
  void Take(const v1::Event& event, const v1::Transaction& transaction, std::uint32_t item);
  // Of a grant, a schedule or a reported payment; nothing of other facts.
  void Take(const v1::Event& event);
  void Finish(RowWriter& out);

 private:
  void TakeReversal(const v1::Event& event, const v1::Transaction& transaction);
  void Add(std::uint64_t cooperative, std::uint64_t loan, const v1::Event& event,
           std::uint32_t item, v1::LoanEvent& told);

  std::vector<std::pair<std::string, std::string>> rows_;
};

}  // namespace lumbung::performance
