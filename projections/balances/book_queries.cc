#include "projections/balances/book_queries.h"

#include <map>
#include <memory>
#include <utility>

#include "projections/balances/dated_series.h"
#include "projections/balances/reference_data.h"

namespace lumbung {
namespace {

// What a series came to through a day.
Result<Totals> ThroughDay(RowCursor& day, const std::string& series, Date date) {
  std::string key = series;
  AppendDate(key, date);
  if (!day.SeekBackward(key) || !day.key().starts_with(series)) {
    LUMBUNG_RETURN_IF_ERROR(day.status());
    return Totals{};
  }
  const Result<DatedRow> row = DatedRow::Parse(day.value());
  LUMBUNG_RETURN_IF_ERROR(row.status());
  return row->through;
}

}  // namespace

Result<std::vector<TrialLine>> BookQueries::Lines(const std::string& prefix, std::size_t code_at,
                                                  Date from, Date through,
                                                  std::string_view chart) const {
  const Result<std::map<std::uint32_t, v1::Side>> sides = ReadSides(rows_, chart);
  LUMBUNG_RETURN_IF_ERROR(sides.status());
  std::vector<TrialLine> lines;
  const auto walk = rows_.Walk(prefix);
  const auto day = rows_.Walk(prefix);
  for (bool there = walk->Seek(prefix); there;) {
    const std::string series(walk->key().substr(0, walk->key().size() - kDateBytes));
    const Result<Totals> closing = ThroughDay(*day, series, through);
    LUMBUNG_RETURN_IF_ERROR(closing.status());
    if (closing->count != 0) {
      const Result<Totals> opening = ThroughDay(*day, series, from - 1);
      LUMBUNG_RETURN_IF_ERROR(opening.status());
      TrialLine& line = lines.emplace_back();
      line.code = static_cast<std::uint32_t>(LoadBytes(series.substr(code_at, 3)));
      line.currency = static_cast<CurrencyCode>(LoadBytes(series.substr(code_at + 3, 3)));
      line.opening = *opening;
      line.period = *closing - *opening;
      const auto side = sides->find(line.code);
      line.grows_by = side == sides->end() ? v1::SIDE_UNSPECIFIED : side->second;
    }
    // To the next series.
    there = walk->Seek(series + std::string(kDateBytes, '\xFF'));
  }
  LUMBUNG_RETURN_IF_ERROR(walk->status());
  return lines;
}

Result<std::vector<TrialLine>> BookQueries::OfCooperative(std::uint64_t cooperative, Date from,
                                                          Date through) const {
  const Result<std::optional<CooperativeInfo>> info = ReadCooperative(rows_, cooperative);
  LUMBUNG_RETURN_IF_ERROR(info.status());
  if (!info->has_value()) {
    return Status::NotFound("there is no cooperative " + std::to_string(cooperative));
  }
  const std::string prefix = CooperativeDayPrefix(cooperative);
  return Lines(prefix, prefix.size(), from, through, (*info)->InForce(through).chart());
}

Result<std::vector<TrialLine>> BookQueries::OfRegion(std::string_view region,
                                                     std::optional<std::uint32_t> code, Date from,
                                                     Date through) const {
  std::string prefix = RegionDayPrefix(region);
  const std::size_t code_at = prefix.size();
  if (code) {
    AppendBytes(prefix, *code, 3);
  }
  return Lines(prefix, code_at, from, through, {});
}

Result<ReferencePage> BookQueries::ByReference(std::uint64_t cooperative,
                                               std::string_view reference,
                                               std::optional<EntryPlace> after,
                                               std::size_t most) const {
  const Result<std::optional<CooperativeInfo>> info = ReadCooperative(rows_, cooperative);
  LUMBUNG_RETURN_IF_ERROR(info.status());
  ReferencePage page;
  if (!info->has_value()) {
    return page;
  }
  const std::string prefix = ReferencePrefix(cooperative, reference);
  const auto row = rows_.Walk(prefix);
  std::string key = prefix;
  AppendPlace(key, after.value_or(EntryPlace{}));
  for (bool there = row->Seek(key); there && !page.more; there = row->Next()) {
    const EntryPlace place = LoadPlace(row->key().substr(prefix.size()));
    if (after && place <= *after) {
      continue;
    }
    page.more = page.transactions.size() == most;
    if (!page.more) {
      Result<PostedTransaction> transaction = ReadTransaction(rows_, (*info)->shard, place);
      LUMBUNG_RETURN_IF_ERROR(transaction.status());
      page.transactions.push_back({place, std::move(*transaction)});
    }
  }
  LUMBUNG_RETURN_IF_ERROR(row->status());
  return page;
}

}  // namespace lumbung
