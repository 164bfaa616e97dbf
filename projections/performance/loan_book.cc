#include "projections/performance/loan_book.h"

#include <optional>

#include "engine/domain/account_key.h"
#include "projections/performance/keys.h"
#include "projections/performance/loan_statement.h"

namespace lumbung::performance {
namespace {

// From a day on it is this and no longer that.
void Replace(const CooperativeState& cooperative, Date date,
             const std::optional<LoanStatement>& that, const std::optional<LoanStatement>& with,
             StockSeries& series) {
  if (that.has_value()) {
    series.Add(cooperative, kOutstandingOfGrade + that->grade(), date,
               -Int128{that->outstanding.principal()});
  }
  if (with.has_value()) {
    series.Add(cooperative, kOutstandingOfGrade + with->grade(), date,
               with->outstanding.principal());
  }
}

void AddDue(const CooperativeState& cooperative, const v1::LoanSchedule& schedule, int sign,
            StockSeries& series) {
  for (const v1::Instalment& instalment : schedule.instalments()) {
    series.Add(cooperative, kInstalmentsDue, instalment.due_date(),
               sign * (Int128{instalment.due().principal()} + instalment.due().interest()));
  }
}

}  // namespace

Status LoanBook::Open(const RowReader& rows) {
  const auto row = rows.Walk(RowPrefix(Row::kForeignLoan));
  for (bool there = row->Seek({}); there; there = row->Next()) {
    const char* key = row->key().data() + 1;
    foreign_.emplace(LoadBigEndian<std::uint64_t>(key), LoadBigEndian<std::uint64_t>(key + 8));
  }
  return row->status();
}

Status LoanBook::TakeGrant(const CooperativeState& cooperative, const v1::Loan& loan,
                           const RowReader& rows, StockSeries& series) {
  if (ParseCurrency(loan.currency()) != kIdr) {
    foreign_.emplace(cooperative.number, loan.loan());
    changed_[LoanPrefix(Row::kForeignLoan, cooperative.number, loan.loan())] = {};
    return Status::Ok();
  }
  return TakeSchedule(cooperative, loan.schedule(), rows, series);
}

void LoanBook::TakePayment(const CooperativeState& cooperative, const v1::LoanPayment& payment,
                           StockSeries& series) {
  if (foreign_.contains({cooperative.number, payment.loan()})) {
    return;
  }
  const Int128 paid = Int128{payment.split().principal()} + payment.split().interest();
  series.Add(cooperative, kInstalmentsPaid, payment.business_date(),
             payment.reverses().empty() ? paid : -paid);
}

Status LoanBook::TakeStatus(const CooperativeState& cooperative, const v1::LoanStatus& status,
                            std::uint64_t sequence, const RowReader& rows, StockSeries& series) {
  if (foreign_.contains({cooperative.number, status.loan()})) {
    return Status::Ok();
  }
  const std::string prefix = LoanPrefix(Row::kLoanStatus, cooperative.number, status.loan());
  std::string key = prefix;
  AppendDate(key, status.as_of());
  const auto row = rows.Walk(prefix);
  // What it was taken to be on the day so far: as said for that day, or for the last before it.
  std::optional<LoanStatement> so_far;
  if (row->SeekBackward(key)) {
    const Result<LoanStatement> said = LoanStatement::Parse(row->value());
    LUMBUNG_RETURN_IF_ERROR(said.status());
    so_far = *said;
  }
  LUMBUNG_RETURN_IF_ERROR(row->status());
  bool later = row->Seek(key);
  if (later && row->key() == key) {
    later = row->Next();
  }
  LUMBUNG_RETURN_IF_ERROR(row->status());
  const LoanStatement now{status.days_past_due(), status.outstanding(), sequence};
  Replace(cooperative, status.as_of(), so_far, now, series);
  if (later) {
    // From then on it is what was said later.
    Replace(cooperative, LoadDate(row->key().data() + prefix.size()), now, so_far, series);
  }
  changed_[key] = now.Encode();
  in_hand_.insert({cooperative.number, status.loan()});
  return Status::Ok();
}

Status LoanBook::TakeSchedule(const CooperativeState& cooperative, const v1::LoanSchedule& schedule,
                              const RowReader& rows, StockSeries& series) {
  if (foreign_.contains({cooperative.number, schedule.loan()})) {
    return Status::Ok();
  }
  const std::string key = LoanPrefix(Row::kLoanSchedule, cooperative.number, schedule.loan());
  std::string bytes;
  const Result<bool> found = rows.Get(key, bytes);
  LUMBUNG_RETURN_IF_ERROR(found.status());
  if (*found) {
    v1::LoanSchedule before;
    if (!before.ParseFromString(bytes)) {
      return Status::Corruption("a loan's schedule can't be read");
    }
    AddDue(cooperative, before, -1, series);
  }
  AddDue(cooperative, schedule, 1, series);
  changed_[key] = schedule.SerializeAsString();
  in_hand_.insert({cooperative.number, schedule.loan()});
  return Status::Ok();
}

void LoanBook::Finish(RowWriter& out) {
  for (const auto& [key, value] : changed_) {
    out.Put(key, value);
  }
  changed_.clear();
  in_hand_.clear();
}

}  // namespace lumbung::performance
