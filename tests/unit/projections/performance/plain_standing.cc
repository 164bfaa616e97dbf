// Who was active, and how things stood at the end of a day, computed anew out of all events.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "tests/unit/projections/performance/plain_figures.h"

namespace lumbung {
namespace {

using performance::Standing;

std::size_t GradeIndex(std::uint32_t days) {
  return days == 0 ? 0U : days < 91 ? 1U : days < 121 ? 2U : days < 181 ? 3U : 4U;
}

bool IsThere(const v1::Cooperative& cooperative) {
  return cooperative.status() == v1::Cooperative::ACTIVE ||
         cooperative.status() == v1::Cooperative::CLOSING;
}

Date Before(Date day, int days) { return DateOfDays(DaysOfDate(day) - days); }

bool HasIn(const std::set<Date>& days, Date first, Date last) {
  const auto found = days.lower_bound(first);
  return found != days.end() && *found <= last;
}

}  // namespace

std::map<std::pair<std::uint64_t, std::uint64_t>, std::set<Date>> PlainFigures::ActiveDays() const {
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::set<Date>> days;
  for (const Posted& posted : posted_) {
    const v1::Transaction& transaction = posted.transaction;
    const std::uint64_t number = transaction.cooperative();
    const Date date = transaction.business_date();
    const Date today = LocalDate(posted.recorded_at, InForce(number, date).utc_offset_minutes());
    days[{number, 0}].insert(std::min(date, today));
    days[{number, transaction.outlet()}].insert(std::min(date, today));
  }
  return days;
}

performance::ActivityFigures PlainFigures::Activity(const performance::Subject& subject, Date from,
                                                    Date to) const {
  performance::ActivityFigures sum;
  const bool one = subject.kind == performance::Subject::Kind::kOutlet;
  for (const auto& [who, days] : ActiveDays()) {
    const auto first = days.lower_bound(from);
    if (first == days.end() || *first > to || !CountsOn(subject, who.first, *first)) continue;
    if (who.second == 0) {
      sum.cooperatives += one ? 0 : 1;
    } else {
      sum.outlets += !one || who.second == subject.outlet ? 1 : 0;
    }
  }
  return sum;
}

void PlainFigures::AddBooks(std::uint64_t cooperative, Date day, Standing& sum) const {
  for (const Posted& posted : posted_) {
    const v1::Transaction& transaction = posted.transaction;
    if (transaction.cooperative() != cooperative || transaction.business_date() > day) continue;
    for (const v1::Entry& entry : transaction.entries()) {
      if (!entry.currency().empty()) continue;
      const std::int64_t credit = entry.credit() - entry.debit();
      const std::uint32_t code = entry.code();
      if (code == 3101) sum.principal_dues += credit;
      if (code == 3102) sum.mandatory_dues += credit;
      if (code == 2111) sum.voluntary_savings += credit;
      if (code == 2112) sum.term_savings += credit;
      if (code == 1131) sum.member_loans -= credit;
      if (code == 2131) sum.bank_loans += credit;
      if (transaction.kind() == "loan-instalment" &&
          (code == 2131 || code == 2132 || code == 6201)) {
        sum.instalments_paid -= credit;
      }
    }
  }
}

void PlainFigures::AddLoans(std::uint64_t cooperative, Date day, Standing& sum) const {
  std::map<std::uint64_t, v1::LoanSchedule> schedules;
  std::map<std::uint64_t, v1::LoanStatus> statuses;
  std::set<std::uint64_t> foreign;
  for (const v1::Event& event : facts_) {
    const v1::Loan& loan = event.loan_granted().loan();
    if (loan.cooperative() == cooperative && !loan.currency().empty()) foreign.insert(loan.loan());
    if (loan.cooperative() == cooperative) schedules[loan.loan()] = loan.schedule();
    const v1::LoanSchedule& schedule = event.loan_schedule_replaced().schedule();
    if (schedule.cooperative() == cooperative) schedules[schedule.loan()] = schedule;
    const v1::LoanStatus& status = event.loan_status_reported().status();
    if (status.cooperative() == cooperative && status.as_of() <= day &&
        statuses[status.loan()].as_of() <= status.as_of()) {
      statuses[status.loan()] = status;
    }
    const v1::LoanPayment& payment = event.loan_payment_reported().payment();
    if (payment.cooperative() == cooperative && payment.business_date() <= day &&
        !foreign.contains(payment.loan())) {
      const std::int64_t paid = payment.split().principal() + payment.split().interest();
      sum.instalments_paid += payment.reverses().empty() ? paid : -paid;
    }
  }
  for (const auto& [loan, schedule] : schedules) {
    for (const v1::Instalment& instalment : schedule.instalments()) {
      if (instalment.due_date() <= day && !foreign.contains(loan)) {
        sum.instalments_due += instalment.due().principal() + instalment.due().interest();
      }
    }
  }
  for (const auto& [loan, status] : statuses) {
    if (!foreign.contains(loan)) {
      sum.outstanding[GradeIndex(status.days_past_due())] += status.outstanding().principal();
    }
  }
}

void PlainFigures::AddBanks(std::uint64_t cooperative, Date day, Standing& sum) const {
  for (const std::uint32_t code : {1111U, 1112U}) {
    const std::string account = std::to_string(cooperative) + ":" + std::to_string(code) + ":0";
    bool there = false;
    bool confirmed = false;
    for (const Posted& posted : posted_) {
      for (const v1::Entry& entry : posted.transaction.entries()) {
        there = there || (posted.transaction.cooperative() == cooperative &&
                          posted.transaction.business_date() <= day && entry.code() == code &&
                          entry.currency().empty());
      }
    }
    for (const v1::Event& event : facts_) {
      const v1::Attestation& attestation = event.attestation_recorded().attestation();
      if (attestation.subject() != account || attestation.as_of() > day) continue;
      there = true;
      confirmed = confirmed || attestation.as_of() > Before(day, 31);
    }
    sum.bank_accounts += there ? 1 : 0;
    sum.confirmed_bank_accounts += confirmed ? 1 : 0;
  }
}

Standing PlainFigures::At(const performance::Subject& subject, Date day) const {
  Standing sum;
  sum.day = day;
  const auto active = ActiveDays();
  for (const std::uint64_t number : numbers_) {
    if (!CountsOn(subject, number, day)) continue;
    AddBooks(number, day, sum);
    AddLoans(number, day, sum);
    AddBanks(number, day, sum);
    std::map<std::uint64_t, bool> outlets;
    for (const v1::Event& event : facts_) {
      const v1::Holder& holder = event.holder_changed().holder();
      if (holder.cooperative() == number && holder.effective_date() <= day) {
        outlets[holder.number()] = holder.status() == v1::Holder::ACTIVE;
      }
    }
    sum.open_outlets += std::count_if(outlets.begin(), outlets.end(),
                                      [](const auto& outlet) { return outlet.second; });
    const v1::Cooperative& in_force = InForce(number, day);
    if (in_force.effective_date() > day || !IsThere(in_force)) continue;
    const auto found = active.find({number, 0});
    const std::set<Date> days = found == active.end() ? std::set<Date>() : found->second;
    ++sum.cooperatives;
    sum.dormant_week += HasIn(days, Before(day, 6), day) ? 0 : 1;
    sum.dormant_month += HasIn(days, Before(day, 29), day) ? 0 : 1;
  }
  return sum;
}

}  // namespace lumbung
