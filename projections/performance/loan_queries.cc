#include "projections/performance/loan_queries.h"

#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "projections/performance/keys.h"
#include "projections/performance/loan_statement.h"

namespace lumbung::performance {
namespace {

std::string Text(Int128 number) { return fmt::format("{}", number); }

Int128 InstalmentOf(const v1::LoanSplit& split) {
  return Int128{split.principal()} + split.interest();
}

// Whether a transaction was reversed.
Status AddReversal(const RowReader& rows, std::uint64_t cooperative, v1::LoanEvent& event) {
  const std::optional<Uuid> id = ParseUuid(event.transaction_id());
  std::string bytes;
  const Result<bool> found =
      id ? rows.Get(LoanReversalKey(cooperative, *id), bytes) : Result<bool>(false);
  LUMBUNG_RETURN_IF_ERROR(found.status());
  if (*found) {
    event.set_reversed_by(LoadBigEndian<std::uint64_t>(bytes.data()));
  }
  return Status::Ok();
}

// All events, for the sum, and the newest of them.
Status AddEvents(const RowReader& rows, std::uint64_t cooperative, std::uint64_t loan,
                 v1::LoanInfo& info) {
  Int128 paid = 0;
  std::uint32_t total = 0;
  std::vector<v1::LoanEvent> events;
  const auto row = rows.Walk(LoanPrefix(Row::kLoanEvent, cooperative, loan));
  for (bool there = row->Seek({}); there; there = row->Next()) {
    v1::LoanEvent& event = events.emplace_back();
    if (!event.ParseFromArray(row->value().data(), static_cast<int>(row->value().size()))) {
      return Status::Corruption("an event of a loan can't be read");
    }
    ++total;
    LUMBUNG_RETURN_IF_ERROR(AddReversal(rows, cooperative, event));
    if ((event.kind() == v1::LoanEvent::REPAID && event.reversed_by() == 0) ||
        event.kind() == v1::LoanEvent::PAYMENT_REPORTED) {
      paid += event.reverses() ? -InstalmentOf(event.split()) : InstalmentOf(event.split());
    }
  }
  LUMBUNG_RETURN_IF_ERROR(row->status());
  const std::size_t told = std::min(events.size(), kMostLoanEvents);
  for (std::size_t i = 0; i < told; ++i) {
    *info.add_events() = std::move(events[events.size() - 1 - i]);
  }
  info.set_total_events(total);
  info.set_paid(Text(paid));
  return Status::Ok();
}

Status AddSchedule(const RowReader& rows, std::uint64_t cooperative, std::uint64_t loan, Date day,
                   v1::LoanInfo& info) {
  std::string bytes;
  const Result<bool> found = rows.Get(LoanPrefix(Row::kLoanSchedule, cooperative, loan), bytes);
  LUMBUNG_RETURN_IF_ERROR(found.status());
  if (!*found) {
    return Status::Ok();
  }
  v1::LoanSchedule schedule;
  if (!schedule.ParseFromString(bytes)) {
    return Status::Corruption("a loan's schedule can't be read");
  }
  Int128 due = 0;
  for (const v1::Instalment& instalment : schedule.instalments()) {
    const bool is_due = instalment.due_date() <= day;
    due += is_due ? InstalmentOf(instalment.due()) : 0;
    if (!is_due && (info.next_due_date() == 0 || instalment.due_date() < info.next_due_date())) {
      info.set_next_due_date(instalment.due_date());
    }
  }
  info.set_instalments(static_cast<std::uint32_t>(schedule.instalments_size()));
  info.set_due(Text(due));
  return Status::Ok();
}

Status AddStatus(const RowReader& rows, std::uint64_t cooperative, std::uint64_t loan, Date day,
                 v1::LoanInfo& info) {
  const std::string prefix = LoanPrefix(Row::kLoanStatus, cooperative, loan);
  std::string key = prefix;
  AppendDate(key, day);
  const auto row = rows.Walk(prefix);
  const bool there = row->SeekBackward(key);
  LUMBUNG_RETURN_IF_ERROR(row->status());
  if (!there) {
    return Status::Ok();
  }
  const Result<LoanStatement> said = LoanStatement::Parse(row->value());
  LUMBUNG_RETURN_IF_ERROR(said.status());
  v1::LoanStatus& status = *info.mutable_status();
  status.set_cooperative(cooperative);
  status.set_loan(loan);
  status.set_as_of(LoadDate(row->key().data() + prefix.size()));
  status.set_days_past_due(said->days_past_due);
  *status.mutable_outstanding() = said->outstanding;
  info.set_grade(said->grade());
  info.set_status_sequence(said->sequence);
  return Status::Ok();
}

}  // namespace

Result<std::vector<v1::LoanInfo>> LoansOf(const RowReader& rows, std::uint64_t cooperative,
                                          Date day) {
  std::string registered;
  const Result<bool> found = rows.Get(CooperativeKey(Row::kCooperative, cooperative), registered);
  LUMBUNG_RETURN_IF_ERROR(found.status());
  if (!*found) {
    return Status::NotFound("cooperative " + std::to_string(cooperative) + " is not registered");
  }
  std::vector<v1::LoanInfo> loans;
  const auto row = rows.Walk(CooperativeKey(Row::kLoan, cooperative));
  for (bool there = row->Seek({}); there; there = row->Next()) {
    v1::LoanInfo& info = loans.emplace_back();
    if (!info.mutable_granted()->ParseFromArray(row->value().data(),
                                                static_cast<int>(row->value().size()))) {
      return Status::Corruption("a loan can't be read");
    }
    const std::uint64_t loan = info.granted().loan();
    info.set_due("0");
    LUMBUNG_RETURN_IF_ERROR(AddStatus(rows, cooperative, loan, day, info));
    LUMBUNG_RETURN_IF_ERROR(AddSchedule(rows, cooperative, loan, day, info));
    LUMBUNG_RETURN_IF_ERROR(AddEvents(rows, cooperative, loan, info));
  }
  LUMBUNG_RETURN_IF_ERROR(row->status());
  return loans;
}

}  // namespace lumbung::performance
