#include "engine/app/event_view.h"

#include "engine/app/amounts.h"

namespace lumbung {

void ForEachPosted(const v1::Event& event,
                   const std::function<void(const v1::Transaction&, const v1::Posting&)>& visit) {
  if (event.has_transaction_posted()) {
    visit(event.transaction_posted().transaction(), event.transaction_posted().posting());
  }
  for (const v1::TransactionPosted& item : event.batch_posted().transactions()) {
    visit(item.transaction(), item.posting());
  }
  if (event.has_hold_captured()) {
    visit(event.hold_captured().transaction(), event.hold_captured().posting());
  }
}

std::string BodyName(const v1::Event& event) {
  const auto* field =
      v1::Event::descriptor()->FindFieldByNumber(static_cast<int>(event.body_case()));
  return field == nullptr ? "unknown" : field->name();
}

std::uint32_t ExponentOf(const Chart* chart, const std::string& currency) {
  const auto code = ParseCurrency(currency);
  const v1::Currency* found = chart == nullptr || !code ? nullptr : chart->FindCurrency(*code);
  return found == nullptr ? 0 : found->exponent();
}

std::string EntryLine(std::uint64_t cooperative, const v1::Entry& entry, const Chart* chart) {
  const AccountKey key{cooperative, entry.code(), ParseCurrency(entry.currency()).value_or(kIdr),
                       entry.holder()};
  const v1::AccountCode* code = chart == nullptr ? nullptr : chart->FindCode(entry.code());
  const std::int64_t amount = entry.has_debit() ? entry.debit() : entry.credit();
  return fmt::format("{:<28} {} {:>20} {}  {}", FormatAccount(key),
                     entry.has_debit() ? "debit " : "credit",
                     FormatAmount(amount, ExponentOf(chart, entry.currency())),
                     FormatCurrency(key.currency), code == nullptr ? "" : code->name_id());
}

}  // namespace lumbung
