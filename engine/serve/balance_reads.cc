// The questions of ProjectionGateway to the balances.
#include <utility>

#include "engine/serve/projection_gateway_impl.h"
#include "projections/balances/account_queries.h"
#include "projections/balances/book_queries.h"
#include "projections/balances/reference_data.h"

namespace lumbung {
namespace {

constexpr std::size_t kLongestReference = 64;

std::optional<CallError> ReadCursor(const std::string& text, bool by_date,
                                    std::optional<EntryCursor>& cursor) {
  if (text.empty()) {
    return std::nullopt;
  }
  cursor = EntryCursor::Parse(text);
  if (!cursor || (cursor->date != 0) != by_date) {
    return InvalidField("cursor", "is not one that a page of this question gave");
  }
  return std::nullopt;
}

}  // namespace

namespace {

Result<v1::Side> SideOf(const View& view, const AccountKey& key) {
  const Result<std::optional<CooperativeInfo>> cooperative = ReadCooperative(view, key.cooperative);
  LUMBUNG_RETURN_IF_ERROR(cooperative.status());
  return cooperative->has_value()
             ? ReadSide(view, (*cooperative)->versions.back().chart(), key.code)
             : Result<v1::Side>(Status::NotFound(""));
}

CallError OfPage(const Status& status) {
  return status.kind() == Status::Kind::kNotFound
             ? InvalidField("cursor", "is not one that a page of this account gave")
             : OfQuery(status);
}

template <typename Response>
void FillPage(const EntryPage& page, bool by_date, v1::Side side, Response& response) {
  for (const EntryLine& line : page.lines) {
    FillEntry(line, side, *response.add_entries());
  }
  if (page.more) {
    const BalanceEntry& last = page.lines.back().entry;
    response.set_next_cursor(EntryCursor{by_date ? last.posting_date : 0, last.place}.Format());
  }
}

Result<EntryPage> PageByDate(const AccountQueries& queries, const AccountKey& key, Period period,
                             const std::optional<EntryCursor>& cursor, std::size_t size) {
  std::optional<EntryPlace> after;
  if (cursor) {
    if (cursor->date < period.from || cursor->date > period.through) {
      return Status::NotFound("");
    }
    period.from = cursor->date;
    after = cursor->place;
  }
  return queries.ByDate(key, period.from, period.through, after, size);
}

}  // namespace

void ProjectionGateway::ListEntries(const Call& call, const v1::ListEntriesRequest& request,
                                    CallDone<v1::ListEntriesResponse> done) {
  const bool by_date = request.order() == v1::ListEntriesRequest::DATE;
  AccountKey account;
  Period period;
  std::size_t size = 0;
  std::optional<EntryCursor> cursor;
  std::optional<CallError> error = impl_->ReadAccount(call, request.account(), account);
  if (!error && !by_date && (request.from_date() != 0 || request.to_date() != 0)) {
    error = InvalidField("from_date", "goes with order DATE, and so does to_date");
  }
  if (!error) error = ReadPeriod(request.from_date(), request.to_date(), period);
  if (!error) error = ReadPageSize(request.page_size(), size);
  if (!error) error = ReadCursor(request.cursor(), by_date, cursor);
  if (error) {
    return done(std::move(error), {});
  }
  const bool newest_first = request.order() == v1::ListEntriesRequest::NEWEST_FIRST;
  impl_->Read<v1::ListEntriesResponse>(
      call, {kBalancesName, account.cooperative, request.at_least_sequence()},
      [=](const View& view, v1::ListEntriesResponse& response) -> std::optional<CallError> {
        const Result<v1::Side> side = SideOf(view, account);
        if (!side.ok()) {
          return OfQuery(side.status());
        }
        const AccountQueries queries(view);
        const Result<EntryPage> page =
            by_date
                ? PageByDate(queries, account, period, cursor, size)
                : queries.BySequence(account, cursor ? std::optional(cursor->place) : std::nullopt,
                                     newest_first, size);
        if (!page.ok()) {
          return OfPage(page.status());
        }
        FillPage(*page, by_date, *side, response);
        return std::nullopt;
      },
      std::move(done));
}

void ProjectionGateway::GetStatement(const Call& call, const v1::GetStatementRequest& request,
                                     CallDone<v1::GetStatementResponse> done) {
  AccountKey account;
  Period period;
  std::size_t size = 0;
  std::optional<EntryCursor> cursor;
  std::optional<CallError> error = impl_->ReadAccount(call, request.account(), account);
  if (!error) error = ReadPeriod(request.from_date(), request.to_date(), period);
  if (!error) error = ReadPageSize(request.page_size(), size);
  if (!error) error = ReadCursor(request.cursor(), true, cursor);
  if (error) {
    return done(std::move(error), {});
  }
  impl_->Read<v1::GetStatementResponse>(
      call, {kBalancesName, account.cooperative, request.at_least_sequence()},
      [=](const View& view, v1::GetStatementResponse& response) -> std::optional<CallError> {
        const Result<v1::Side> side = SideOf(view, account);
        if (!side.ok()) {
          return OfQuery(side.status());
        }
        const AccountQueries queries(view);
        const Result<Totals> opening = queries.ThroughDate(account, period.from - 1);
        const Result<Totals> closing = queries.ThroughDate(account, period.through);
        const Result<EntryPage> page = PageByDate(queries, account, period, cursor, size);
        if (!opening.ok() || !closing.ok() || !page.ok()) {
          return !page.ok() ? OfPage(page.status())
                            : OfQuery(opening.ok() ? closing.status() : opening.status());
        }
        FillSums(*opening, *side, *response.mutable_opening());
        FillSums(*closing - *opening, *side, *response.mutable_period());
        FillSums(*closing, *side, *response.mutable_closing());
        FillPage(*page, true, *side, response);
        return std::nullopt;
      },
      std::move(done));
}

void ProjectionGateway::GetBalanceAt(const Call& call, const v1::GetBalanceAtRequest& request,
                                     CallDone<v1::GetBalanceAtResponse> done) {
  AccountKey account;
  std::optional<CallError> error = impl_->ReadAccount(call, request.account(), account);
  if (!error && request.at_case() == v1::GetBalanceAtRequest::AT_NOT_SET) {
    error = InvalidField("at", "wants date, recorded_at or sequence");
  }
  if (!error && request.has_date() && !IsDate(request.date())) {
    error = InvalidField("date", "wants a day as YYYYMMDD");
  }
  if (error) {
    return done(std::move(error), {});
  }
  impl_->Read<v1::GetBalanceAtResponse>(
      call, {kBalancesName, account.cooperative, request.at_least_sequence()},
      [account, request](const View& view,
                         v1::GetBalanceAtResponse& response) -> std::optional<CallError> {
        const Result<v1::Side> side = SideOf(view, account);
        if (!side.ok()) {
          return OfQuery(side.status());
        }
        const AccountQueries queries(view);
        const Result<Totals> totals =
            request.has_date()          ? queries.ThroughDate(account, request.date())
            : request.has_recorded_at() ? queries.ThroughTime(account, request.recorded_at())
                                        : queries.ThroughSequence(account, request.sequence());
        if (!totals.ok()) {
          return OfQuery(totals.status());
        }
        FillSums(*totals, *side, *response.mutable_sums());
        return std::nullopt;
      },
      std::move(done));
}

namespace {

std::optional<CallError> FillLines(const Result<std::vector<TrialLine>>& lines,
                                   v1::GetTrialBalanceResponse& response) {
  if (!lines.ok()) {
    return OfQuery(lines.status());
  }
  for (const TrialLine& line : *lines) {
    FillLine(line, *response.add_lines());
  }
  return std::nullopt;
}

}  // namespace

void ProjectionGateway::GetTrialBalance(const Call& call, const v1::GetTrialBalanceRequest& request,
                                        CallDone<v1::GetTrialBalanceResponse> done) {
  Period period;
  std::optional<CallError> error = impl_->Refuse(call, request.cooperative());
  if (!error) error = ReadPeriod(request.from_date(), request.to_date(), period);
  if (error) {
    return done(std::move(error), {});
  }
  impl_->Read<v1::GetTrialBalanceResponse>(
      call, {kBalancesName, request.cooperative(), request.at_least_sequence()},
      [period, cooperative = request.cooperative()](const View& view,
                                                    v1::GetTrialBalanceResponse& response) {
        return FillLines(BookQueries(view).OfCooperative(cooperative, period.from, period.through),
                         response);
      },
      std::move(done));
}

void ProjectionGateway::GetRegionTrialBalance(const Call& call,
                                              const v1::GetRegionTrialBalanceRequest& request,
                                              CallDone<v1::GetTrialBalanceResponse> done) {
  Period period;
  const std::optional<std::string> region = ReadRegion(request.region());
  const Impl::From from{kBalancesName, 0, 0, false, ReadRegionCode(request.region())};
  std::optional<CallError> error = impl_->Refuse(call, 0, from.region);
  if (!error && !region) {
    error = InvalidField("region", "wants a code as 32.04.12, ID or unknown");
  }
  if (!error && request.code() > kMaxAccountCode) {
    error = InvalidField("code", "wants at most 999,999");
  }
  if (!error) error = ReadPeriod(request.from_date(), request.to_date(), period);
  if (error) {
    return done(std::move(error), {});
  }
  const std::optional<std::uint32_t> code =
      request.code() == 0 ? std::nullopt : std::optional(request.code());
  impl_->Read<v1::GetTrialBalanceResponse>(
      call, from,
      [period, code, region = *region](const View& view, v1::GetTrialBalanceResponse& response) {
        return FillLines(BookQueries(view).OfRegion(region, code, period.from, period.through),
                         response);
      },
      std::move(done));
}

void ProjectionGateway::FindTransactions(const Call& call,
                                         const v1::FindTransactionsRequest& request,
                                         CallDone<v1::FindTransactionsResponse> done) {
  std::size_t size = 0;
  std::optional<EntryCursor> cursor;
  std::optional<CallError> error = impl_->Refuse(call, request.cooperative());
  if (!error && (request.reference().empty() || request.reference().size() > kLongestReference)) {
    error = InvalidField("reference", "wants 1 to 64 bytes");
  }
  if (!error) error = ReadPageSize(request.page_size(), size);
  if (!error) error = ReadCursor(request.cursor(), false, cursor);
  if (error) {
    return done(std::move(error), {});
  }
  impl_->Read<v1::FindTransactionsResponse>(
      call, {kBalancesName, request.cooperative(), request.at_least_sequence()},
      [=, cooperative = request.cooperative(), reference = request.reference()](
          const View& view, v1::FindTransactionsResponse& response) -> std::optional<CallError> {
        const Result<ReferencePage> page = BookQueries(view).ByReference(
            cooperative, reference, cursor ? std::optional(cursor->place) : std::nullopt, size);
        if (!page.ok()) {
          return OfQuery(page.status());
        }
        for (const ReferencedTransaction& found : page->transactions) {
          v1::FoundTransaction& filled = *response.add_transactions();
          filled.set_transaction_id(FormatUuid(found.transaction.id));
          filled.set_sequence(found.place.sequence);
          filled.set_item(found.transaction.item);
          filled.set_kind(found.transaction.kind);
        }
        if (page->more) {
          response.set_next_cursor(EntryCursor{0, page->transactions.back().place}.Format());
        }
        return std::nullopt;
      },
      std::move(done));
}

}  // namespace lumbung
