#include "projections/audit/cash_days.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "projections/audit/keys.h"

namespace lumbung::audit {
namespace {

struct Person {
  std::string holder_class;
  std::uint64_t number = 0;
};

std::string DayKey(Date date) {
  std::string key = RowPrefix(Row::kCashDay);
  AppendBigEndian(key, static_cast<std::uint32_t>(date));
  return key;
}

bool IsPersonClass(const std::string& name, const Rules& rules) {
  const auto& classes = rules.large_cash.person_classes;
  return std::find(classes.begin(), classes.end(), name) != classes.end();
}

// Who is dealt with: the party, or the holder of an entry.
std::optional<Person> PersonOf(const Posted& posted, const Rules& rules) {
  const v1::Party& party = posted.transaction.party();
  if (party.number() != 0 && IsPersonClass(party.holder_class(), rules)) {
    return Person{party.holder_class(), party.number()};
  }
  for (const v1::Entry& entry : posted.transaction.entries()) {
    const v1::AccountCode* code = posted.chart.chart().FindCode(entry.code());
    if (entry.holder() != 0 && code != nullptr && IsPersonClass(code->holder_class(), rules)) {
      return Person{code->holder_class(), entry.holder()};
    }
  }
  return std::nullopt;
}

// Debits less credits on codes of cash, in rupiah.
Int128 CashOf(const Posted& posted) {
  Int128 cash = 0;
  for (const v1::Entry& entry : posted.transaction.entries()) {
    if (IsRupiah(entry) && posted.chart.UseOf(entry.code()).cash) {
      cash += static_cast<Int128>(entry.debit()) - entry.credit();
    }
  }
  return cash;
}

}  // namespace

std::string CashDays::Encode(const std::vector<Part>& parts) {
  std::string bytes;
  for (const Part& part : parts) {
    PackEvidence(bytes, part.event);
    PackSigned(bytes, part.recorded_at);
    PackUnsigned(bytes, part.cooperative);
    PackSigned(bytes, part.amount);
  }
  return bytes;
}

Result<std::vector<CashDays::Part>> CashDays::Parse(std::string_view bytes) {
  Unpacker unpack(bytes);
  std::vector<Part> parts;
  while (unpack.ok() && !unpack.done()) {
    Part& part = parts.emplace_back();
    part.event = UnpackEvidence(unpack);
    part.recorded_at = unpack.Count();
    part.cooperative = unpack.Unsigned();
    part.amount = unpack.Signed();
  }
  if (!unpack.ok()) {
    return Status::Corruption("a row of cash of a day can't be read");
  }
  return parts;
}

Status CashDays::Take(const Posted& posted, const Desk& desk) {
  const auto& rule = desk.rules.large_cash;
  const Int128 cash = CashOf(posted);
  const Int128 size = cash < 0 ? -cash : cash;
  const v1::Kind* kind = posted.kind;
  const bool is_own =
      kind != nullptr && (kind->transfer() || kind->adjustment() || kind->closing());
  const Date date = posted.transaction.business_date();
  if (size == 0 || size < rule.parts_from || is_own ||
      date < AddDays(posted.today, -rule.window_days)) {
    return Status::Ok();
  }
  // What a reversal takes back had gone the other way.
  const bool in = (cash > 0) != posted.is_reversal();
  const Part part{posted.event, posted.recorded_at, posted.cooperative.number,
                  posted.is_reversal() ? -size : size};
  const std::optional<Person> person = PersonOf(posted, desk.rules);
  const std::string direction = in ? " in" : " out";
  if (!person) {
    // Nobody to add it up by: it counts by itself.
    return Judge(std::to_string(part.cooperative) + " " + posted.transaction.transaction_id(), "?",
                 date, in, {part}, desk);
  }
  const bool is_linked = person->number >= static_cast<std::uint64_t>(rule.linked_from);
  std::string name = person->holder_class + " " + std::to_string(person->number);
  std::string whose = name;
  if (!is_linked) {
    whose += " " + std::to_string(part.cooperative);
  }
  const std::string key = DayKey(date) + whose + direction;
  const Result<std::optional<std::string>> bytes = rows_.Get(key, desk.rows);
  LUMBUNG_RETURN_IF_ERROR(bytes.status());
  Result<std::vector<Part>> parts = Parse(bytes->value_or(""));
  LUMBUNG_RETURN_IF_ERROR(parts.status());
  const auto order = [](const Part& one) {
    return std::tuple(one.recorded_at, one.event.shard, one.event.sequence);
  };
  parts->insert(std::upper_bound(parts->begin(), parts->end(), part,
                                 [&](const Part& a, const Part& b) { return order(a) < order(b); }),
                part);
  if (parts->size() > kMostParts) {
    parts->pop_back();
  }
  rows_.Put(key, Encode(*parts));
  return Judge(std::to_string(date) + " " + whose + direction, name, date, in, *parts, desk);
}

Status CashDays::Judge(const std::string& subject, const std::string& person, Date date, bool in,
                       const std::vector<Part>& parts, const Desk& desk) {
  Int128 amount = 0;
  std::int64_t reached_at = 0;
  std::set<std::uint64_t> cooperatives;
  for (const Part& part : parts) {
    amount += part.amount;
    cooperatives.insert(part.cooperative);
    if (reached_at == 0 && amount >= desk.rules.large_cash.amount) {
      reached_at = part.recorded_at;
    }
  }
  if (parts.size() == 1 && amount < desk.rules.large_cash.amount) {
    return Status::Ok();
  }
  const Result<Finding*> at = desk.findings.At(RuleId::kLargeCash, subject, desk.rows);
  LUMBUNG_RETURN_IF_ERROR(at.status());
  Finding& finding = **at;
  if (amount < desk.rules.large_cash.amount) {
    // Never so much, or taken back.
    finding.found_at = 0;
    return Status::Ok();
  }
  finding.found_at = reached_at;
  finding.cooperative = cooperatives.size() == 1 ? *cooperatives.begin() : 0;
  finding.from = finding.to = date;
  finding.events = 0;
  finding.evidence.clear();
  for (const Part& part : parts) {
    finding.AddEvent(part.event);
  }
  finding.SetText("direction_id", in ? "masuk" : "keluar");
  finding.SetText("direction_en", in ? "in" : "out");
  finding.SetAmount("amount", amount);
  finding.SetDate("date", date);
  finding.SetNumber("parts", static_cast<Int128>(parts.size()));
  finding.SetNumber("cooperatives", static_cast<Int128>(cooperatives.size()));
  finding.SetText("person", person);
  return Status::Ok();
}

Status CashDays::Finish(Date horizon, const RowReader& rows, RowWriter& out) {
  const std::string end = DayKey(horizon);
  rows_.DeleteBefore(end);
  rows_.Finish(out);
  if (horizon <= forgotten_) {
    return Status::Ok();
  }
  const auto row = rows.Walk(RowPrefix(Row::kCashDay));
  for (bool there = row->Seek({}); there && row->key() < end; there = row->Next()) {
    out.Delete(row->key());
  }
  LUMBUNG_RETURN_IF_ERROR(row->status());
  forgotten_ = horizon;
  return Status::Ok();
}

}  // namespace lumbung::audit
