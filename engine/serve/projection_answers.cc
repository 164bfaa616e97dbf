#include "engine/serve/projection_answers.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "projections/balances/reference_data.h"

namespace lumbung {
namespace {

constexpr Date kFirstDate = 19000101;
constexpr Date kLastDate = 99991231;
constexpr std::size_t kDefaultPage = 100;
constexpr std::size_t kMostOnPage = 1'000;

Int128 BalanceOf(const Totals& totals, v1::Side grows_by) {
  return grows_by == v1::CREDIT ? totals.credit - totals.debit : totals.debit - totals.credit;
}

std::string Text(Int128 number) { return fmt::format("{}", number); }

// A number and the sign behind it, if one is to follow.
template <typename Number>
bool Take(std::string_view& text, Number& number, char sign) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) {
    return false;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (sign == '\0') {
    return text.empty();
  }
  const bool follows = text.starts_with(sign);
  text.remove_prefix(follows ? 1 : 0);
  return follows;
}

}  // namespace

void FillSums(const Totals& totals, v1::Side grows_by, v1::Sums& sums) {
  sums.set_debit(Text(totals.debit));
  sums.set_credit(Text(totals.credit));
  sums.set_balance(Text(BalanceOf(totals, grows_by)));
  sums.set_entries(static_cast<std::uint64_t>(totals.count));
}

void FillEntry(const EntryLine& line, v1::Side grows_by, v1::AccountEntry& entry) {
  entry.set_sequence(line.entry.place.sequence);
  entry.set_index(line.entry.place.index);
  entry.set_recorded_at(line.entry.recorded_at);
  entry.set_posting_date(line.entry.posting_date);
  entry.set_business_date(
      DateOfDays(DaysOfDate(line.entry.posting_date) + line.transaction.days_earlier));
  line.entry.is_debit ? entry.set_debit(line.entry.amount) : entry.set_credit(line.entry.amount);
  entry.set_balance(Text(BalanceOf(line.through, grows_by)));
  entry.set_transaction_id(FormatUuid(line.transaction.id));
  entry.set_item(line.transaction.item);
  entry.set_kind(line.transaction.kind);
  entry.set_reference(line.transaction.reference);
}

void FillLine(const TrialLine& line, v1::TrialBalanceLine& filled) {
  filled.set_code(line.code);
  filled.set_currency(FormatCurrency(line.currency));
  FillSums(line.opening, line.grows_by, *filled.mutable_opening());
  FillSums(line.period, line.grows_by, *filled.mutable_period());
  FillSums(line.opening + line.period, line.grows_by, *filled.mutable_closing());
}

void FillAsOf(std::uint32_t shard, const Position& position, std::uint64_t head, std::int64_t now,
              v1::ShardAsOf& as_of) {
  as_of.set_shard(shard);
  as_of.set_sequence(position.sequence);
  as_of.set_hash(std::string(AsView(position.hash)));
  as_of.set_recorded_at(position.recorded_at);
  const std::uint64_t behind = head - std::min(head, position.sequence);
  as_of.set_behind(behind);
  as_of.set_age(behind == 0 || position.sequence == 0
                    ? 0
                    : std::max<std::int64_t>(now - position.recorded_at, 0));
}

std::optional<CallError> ReadPeriod(std::int32_t from, std::int32_t through, Period& period) {
  period = {from == 0 ? kFirstDate : from, through == 0 ? kLastDate : through};
  if (!IsDate(period.from)) {
    return InvalidField("from_date", "wants a day as YYYYMMDD");
  }
  if (!IsDate(period.through)) {
    return InvalidField("to_date", "wants a day as YYYYMMDD");
  }
  if (period.through < period.from) {
    return InvalidField("to_date", "wants a day that is not before from_date");
  }
  return std::nullopt;
}

std::optional<CallError> ReadPageSize(std::uint32_t asked, std::size_t& size) {
  size = asked == 0 ? kDefaultPage : asked;
  return size <= kMostOnPage ? std::nullopt
                             : std::optional(InvalidField("page_size", "wants at most 1,000"));
}

std::optional<RegionCode> ReadRegionCode(std::string_view text) {
  return text.empty() || text == "id" ? kNation : ParseRegionCode(text);
}

std::optional<std::string> ReadRegion(std::string_view text) {
  if (text == "unknown") {
    return std::string(kUnknownRegion);
  }
  const std::optional<RegionCode> code = ReadRegionCode(text);
  if (!code) {
    return std::nullopt;
  }
  std::string digits = *code == kNation ? "" : FormatRegionCode(*code);
  std::erase(digits, '.');
  return digits;
}

std::string EntryCursor::Format() const {
  return ToBase64(fmt::format("{}.{}.{}", date, place.sequence, place.index));
}

std::optional<EntryCursor> EntryCursor::Parse(std::string_view text) {
  std::string decoded;
  EntryCursor cursor;
  if (!FromBase64(text, decoded)) {
    return std::nullopt;
  }
  std::string_view rest = decoded;
  const bool good = Take(rest, cursor.date, '.') && Take(rest, cursor.place.sequence, '.') &&
                    Take(rest, cursor.place.index, '\0') && cursor.place.sequence != 0 &&
                    (cursor.date == 0 || IsDate(cursor.date));
  return good ? std::optional(cursor) : std::nullopt;
}

CallError OfQuery(const Status& status) {
  if (status.kind() == Status::Kind::kNotFound) {
    return {CallError::Kind::kNotFound, v1::UNKNOWN_COOPERATIVE,
            "the cooperative is not registered", ""};
  }
  if (status.kind() == Status::Kind::kInvalidArgument) {
    return {CallError::Kind::kInvalid, v1::MALFORMED, status.message(), ""};
  }
  return {CallError::Kind::kUnavailable, v1::OK, status.message(), ""};
}

CallError InvalidField(std::string field, std::string detail) {
  return {CallError::Kind::kInvalid, v1::MALFORMED, std::move(detail), std::move(field)};
}

}  // namespace lumbung
