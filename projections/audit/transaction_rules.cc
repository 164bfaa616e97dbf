#include "projections/audit/transaction_rules.h"

#include <algorithm>
#include <string>

#include "lumbung/ledger/v1/code.pb.h"

namespace lumbung::audit {
namespace {

std::string OutletText(const Posted& posted) {
  return std::to_string(posted.transaction.cooperative()) + "/" +
         std::to_string(posted.transaction.outlet());
}

// The finding of a rule about an outlet and a day, begun where there is none.
Result<Finding*> OutletFinding(RuleId rule, const std::string& more, Date date,
                               const Posted& posted, const Desk& desk) {
  const Result<Finding*> at =
      desk.findings.At(rule, OutletText(posted) + " " + std::to_string(date) + more, desk.rows);
  LUMBUNG_RETURN_IF_ERROR(at.status());
  Finding& finding = **at;
  if (finding.found_at == 0) {
    finding.found_at = posted.recorded_at;
    finding.cooperative = posted.transaction.cooperative();
    finding.outlet = posted.transaction.outlet();
    finding.SetNumber("outlet", finding.outlet);
    finding.SetDate("date", date);
  }
  finding.AddEvent(posted.event);
  finding.SetNumber("count", finding.events);
  return at;
}

Status LookAtOverrides(const Posted& posted, const Desk& desk) {
  for (const int number : posted.posting.overrides()) {
    const std::string& code = v1::Code_Name(static_cast<v1::Code>(number));
    const Result<Finding*> at =
        OutletFinding(RuleId::kOverride, " " + code, posted.today, posted, desk);
    LUMBUNG_RETURN_IF_ERROR(at.status());
    Finding& finding = **at;
    const auto& notices = desk.rules.overrides.notice_codes;
    if (std::find(notices.begin(), notices.end(), code) == notices.end()) {
      finding.severity = std::max(finding.severity, Severity::kWarning);
    }
    finding.Cover(posted.transaction.business_date());
    finding.SetAmount("amount", finding.NumberOf("amount") + AmountOf(posted.transaction));
    finding.SetText("code", code);
  }
  return Status::Ok();
}

}  // namespace

Int128 AmountOf(const v1::Transaction& transaction) {
  Int128 amount = 0;
  for (const v1::Entry& entry : transaction.entries()) {
    amount += IsRupiah(entry) ? entry.debit() : 0;
  }
  return amount;
}

Status LookAtTransaction(const Posted& posted, const Desk& desk) {
  if (!posted.posting.overrides().empty() && desk.rules.IsOn(RuleId::kOverride)) {
    LUMBUNG_RETURN_IF_ERROR(LookAtOverrides(posted, desk));
  }
  return Status::Ok();
}

}  // namespace lumbung::audit
