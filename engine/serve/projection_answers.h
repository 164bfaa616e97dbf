// What a projection found, as the API says it, and what a request asks for, as the queries take it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/domain/account_key.h"
#include "engine/serve/gateway.h"
#include "projections/balances/account_queries.h"
#include "projections/balances/book_queries.h"
#include "projections/regions/region_code.h"
#include "projections/runtime/position.h"

#include "lumbung/ledger/v1/projections.pb.h"

namespace lumbung {

// Debits less credits, or the other way where the code grows by credit.
void FillSums(const Totals& totals, v1::Side grows_by, v1::Sums& sums);
void FillEntry(const EntryLine& line, v1::Side grows_by, v1::AccountEntry& entry);
void FillLine(const TrialLine& line, v1::TrialBalanceLine& filled);
// `head`: the shard's last event now; `now` for the age.
void FillAsOf(std::uint32_t shard, const Position& position, std::uint64_t head, std::int64_t now,
              v1::ShardAsOf& as_of);

// First and last posting date, where 0 says that there is no bound. The field that is wrong, where
// one is.
struct Period {
  Date from = 0;
  Date through = 0;
};
std::optional<CallError> ReadPeriod(std::int32_t from, std::int32_t through, Period& period);

// Rows on a page, where 0 says that nothing was asked for.
std::optional<CallError> ReadPageSize(std::uint32_t asked, std::size_t& size);

// A region's code; empty and id stand for the nation, too. Nothing where the text is no code.
std::optional<RegionCode> ReadRegionCode(std::string_view text);
// The same as the balances name it.
std::optional<std::string> ReadRegion(std::string_view text);

// Where a page ends: opaque to who gets it.
struct EntryCursor {
  // 0 where the order is not by date.
  Date date = 0;
  EntryPlace place;

  std::string Format() const;
  // Nothing where it is none that Format gives.
  static std::optional<EntryCursor> Parse(std::string_view text);
};

// Why a query found nothing: NotFound is of the cooperative that it is about.
CallError OfQuery(const Status& status);
// What was asked for can't be.
CallError InvalidField(std::string field, std::string detail);

}  // namespace lumbung
