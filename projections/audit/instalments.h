// Instalments of bank loans that are not funded so many days before they are due: schedules and
// what was paid of them, by the bank's word.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"
#include "projections/audit/posted.h"
#include "projections/audit/row_overlay.h"

#include "lumbung/ledger/v1/facts.pb.h"

namespace lumbung::audit {

// One thread at a time.
class Instalments {
 public:
  // A loan that the cooperative itself pays.
  Status Grant(CooperativeState& cooperative, const v1::Loan& loan, Date today,
               const Evidence& event, const Desk& desk);
  Status Replace(CooperativeState& cooperative, const v1::LoanSchedule& schedule, Date today,
                 const Evidence& event, const Desk& desk);
  // Paid, or by a reversal no longer paid.
  Status Pay(CooperativeState& cooperative, std::uint64_t loan,
             const google::protobuf::RepeatedField<std::uint32_t>& numbers, bool undone, Date today,
             std::int64_t now, const Desk& desk);
  // Looks at those whose day has come.
  Status Judge(CooperativeState& cooperative, std::int64_t now, const Desk& desk);
  void Finish(RowWriter& out) { loans_.Finish(out); }

 private:
  struct Item {
    std::uint32_t number = 0;
    Date due_date = 0;
    Int128 amount = 0;
    bool paid = false;
    // Its day has come, or had gone by when it was told.
    bool looked_at = false;
  };
  struct Loan {
    CurrencyCode currency = kIdr;
    // That told the schedule.
    Evidence event;
    std::vector<Item> items;
  };

  static std::string KeyOf(std::uint64_t cooperative, std::uint64_t loan);
  static std::string Encode(const Loan& loan);
  static Result<Loan> Parse(std::string_view bytes);
  void Keep(CooperativeState& cooperative, std::uint64_t number, const Loan& loan,
            const Desk& desk);
  Status Report(const CooperativeState& cooperative, std::uint64_t number, const Loan& loan,
                const Item& item, Int128 balance, std::int64_t when, const Desk& desk);

  RowOverlay loans_;
};

}  // namespace lumbung::audit
