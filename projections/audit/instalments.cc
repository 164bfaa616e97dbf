#include "projections/audit/instalments.h"

#include <algorithm>

#include "projections/audit/keys.h"

namespace lumbung::audit {
namespace {

// The day at whose beginning an instalment is looked at: the last on which it may be funded is
// over.
Date CheckOn(Date due_date, const Desk& desk) {
  return AddDays(due_date, 1 - desk.rules.instalments.days);
}

std::string SubjectOf(std::uint64_t cooperative, std::uint64_t loan, std::uint32_t number) {
  return std::to_string(cooperative) + " " + std::to_string(loan) + " " + std::to_string(number);
}

Int128 SumOf(const v1::LoanSplit& split) {
  return static_cast<Int128>(split.principal()) + split.interest() + split.penalty() + split.fee();
}

Int128 FundsOf(const CooperativeState& cooperative, CurrencyCode currency, const Desk& desk) {
  const auto& codes = desk.rules.instalments.codes;
  Int128 funds = 0;
  for (const BalanceWatch& watch : cooperative.balances) {
    const bool counts = std::find(codes.begin(), codes.end(), watch.key().code) != codes.end();
    funds += counts && watch.key().currency == currency ? watch.Balance() : 0;
  }
  return funds;
}

}  // namespace

std::string Instalments::KeyOf(std::uint64_t cooperative, std::uint64_t loan) {
  std::string key = CooperativeKey(Row::kLoan, cooperative);
  AppendBigEndian(key, loan);
  return key;
}

std::string Instalments::Encode(const Loan& loan) {
  std::string bytes;
  PackUnsigned(bytes, loan.currency);
  PackEvidence(bytes, loan.event);
  PackUnsigned(bytes, std::uint64_t{loan.items.size()});
  for (const Item& item : loan.items) {
    PackUnsigned(bytes, item.number);
    PackUnsigned(bytes, static_cast<std::uint32_t>(item.due_date));
    PackSigned(bytes, item.amount);
    PackUnsigned(bytes, std::uint64_t{item.paid ? 1U : 0U} | (item.looked_at ? 2U : 0U));
  }
  return bytes;
}

Result<Instalments::Loan> Instalments::Parse(std::string_view bytes) {
  Unpacker unpack(bytes);
  Loan loan;
  loan.currency = static_cast<CurrencyCode>(unpack.Unsigned());
  loan.event = UnpackEvidence(unpack);
  loan.items.resize(unpack.Many());
  for (Item& item : loan.items) {
    item.number = static_cast<std::uint32_t>(unpack.Unsigned());
    item.due_date = unpack.Day();
    item.amount = unpack.Signed();
    const std::uint64_t flags = unpack.Unsigned();
    item.paid = (flags & 1) != 0;
    item.looked_at = (flags & 2) != 0;
  }
  if (!unpack.done()) {
    return Status::Corruption("a loan's row of audit can't be read");
  }
  return loan;
}

void Instalments::Keep(CooperativeState& cooperative, std::uint64_t number, const Loan& loan,
                       const Desk& desk) {
  Date next = 0;
  for (const Item& item : loan.items) {
    if (!item.paid && !item.looked_at) {
      const Date check_on = CheckOn(item.due_date, desk);
      next = next == 0 ? check_on : std::min(next, check_on);
    }
  }
  std::erase_if(cooperative.loans, [&](const LoanWatch& one) { return one.loan == number; });
  if (next != 0) {
    cooperative.loans.push_back({number, next});
  }
  loans_.Put(KeyOf(cooperative.number, number), Encode(loan));
}

Status Instalments::Grant(CooperativeState& cooperative, const v1::Loan& loan, Date today,
                          const Evidence& event, const Desk& desk) {
  const v1::Party& payer = loan.payer();
  const bool pays_itself = !loan.has_payer() || (payer.holder_class() == "cooperative" &&
                                                 payer.number() == cooperative.number);
  if (!pays_itself) {
    return Status::Ok();
  }
  Loan kept;
  kept.currency = ParseCurrency(loan.currency()).value_or(kIdr);
  loans_.Put(KeyOf(cooperative.number, loan.loan()), Encode(kept));
  v1::LoanSchedule schedule = loan.schedule();
  schedule.set_loan(loan.loan());
  return Replace(cooperative, schedule, today, event, desk);
}

Status Instalments::Replace(CooperativeState& cooperative, const v1::LoanSchedule& schedule,
                            Date today, const Evidence& event, const Desk& desk) {
  const Result<std::optional<std::string>> row =
      loans_.Get(KeyOf(cooperative.number, schedule.loan()), desk.rows);
  LUMBUNG_RETURN_IF_ERROR(row.status());
  if (!*row) {
    return Status::Ok();  // one that somebody else pays
  }
  Result<Loan> loan = Parse(**row);
  LUMBUNG_RETURN_IF_ERROR(loan.status());
  const std::vector<Item> before = std::move(loan->items);
  loan->items.clear();
  loan->event = event;
  for (const v1::Instalment& instalment : schedule.instalments()) {
    const auto same = std::find_if(before.begin(), before.end(), [&](const Item& item) {
      return item.number == instalment.number();
    });
    Item& item = loan->items.emplace_back();
    item.number = instalment.number();
    item.due_date = instalment.due_date();
    item.amount = SumOf(instalment.due());
    item.paid = same != before.end() && same->paid;
    item.looked_at = CheckOn(item.due_date, desk) <= today;
  }
  Keep(cooperative, schedule.loan(), *loan, desk);
  return Status::Ok();
}

Status Instalments::Pay(CooperativeState& cooperative, std::uint64_t number,
                        const google::protobuf::RepeatedField<std::uint32_t>& numbers, bool undone,
                        Date today, std::int64_t now, const Desk& desk) {
  const Result<std::optional<std::string>> row =
      loans_.Get(KeyOf(cooperative.number, number), desk.rows);
  LUMBUNG_RETURN_IF_ERROR(row.status());
  if (!*row) {
    return Status::Ok();
  }
  Result<Loan> loan = Parse(**row);
  LUMBUNG_RETURN_IF_ERROR(loan.status());
  for (Item& item : loan->items) {
    if (std::find(numbers.begin(), numbers.end(), item.number) == numbers.end()) {
      continue;
    }
    item.paid = !undone;
    item.looked_at = CheckOn(item.due_date, desk) <= today;
    if (item.paid) {
      LUMBUNG_RETURN_IF_ERROR(desk.findings.Resolve(
          RuleId::kInstalmentUnfunded, SubjectOf(cooperative.number, number, item.number), now,
          desk.rows));
    }
  }
  Keep(cooperative, number, *loan, desk);
  return Status::Ok();
}

Status Instalments::Report(const CooperativeState& cooperative, std::uint64_t number,
                           const Loan& loan, const Item& item, Int128 balance, std::int64_t when,
                           const Desk& desk) {
  const Result<Finding*> at = desk.findings.At(
      RuleId::kInstalmentUnfunded, SubjectOf(cooperative.number, number, item.number), desk.rows);
  LUMBUNG_RETURN_IF_ERROR(at.status());
  Finding& finding = **at;
  if (finding.found_at == 0) {
    finding.AddEvent(loan.event);
  }
  finding.found_at = when;
  finding.resolved_at = 0;
  finding.cooperative = cooperative.number;
  finding.Cover(item.due_date);
  const std::string currency = FormatCurrency(loan.currency);
  finding.SetNumber("number", item.number);
  finding.SetNumber("loan", number);
  finding.SetAmount("amount", item.amount, currency);
  finding.SetDate("date", item.due_date);
  finding.SetAmount("balance", balance, currency);
  return Status::Ok();
}

Status Instalments::Judge(CooperativeState& cooperative, std::int64_t now, const Desk& desk) {
  // Keep changes the list.
  const std::vector<LoanWatch> watched = cooperative.loans;
  for (const LoanWatch& watch : watched) {
    if (cooperative.StartOf(watch.check_on) > now) {
      continue;
    }
    const Result<std::optional<std::string>> row =
        loans_.Get(KeyOf(cooperative.number, watch.loan), desk.rows);
    LUMBUNG_RETURN_IF_ERROR(row.status());
    Result<Loan> loan = Parse(row->value_or(""));
    LUMBUNG_RETURN_IF_ERROR(loan.status());
    const Int128 funds = FundsOf(cooperative, loan->currency, desk);
    // Of what is due at the same time, the first is funded first.
    Int128 left = funds;
    for (Item& item : loan->items) {
      const std::int64_t when = cooperative.StartOf(CheckOn(item.due_date, desk));
      if (item.paid || item.looked_at || when > now) {
        continue;
      }
      item.looked_at = true;
      if (left < item.amount) {
        LUMBUNG_RETURN_IF_ERROR(Report(cooperative, watch.loan, *loan, item, funds, when, desk));
      }
      left -= std::min(left, item.amount);
    }
    Keep(cooperative, watch.loan, *loan, desk);
  }
  return Status::Ok();
}

}  // namespace lumbung::audit
