#include "projections/balances/balances_projection.h"

#include <optional>
#include <utility>

namespace lumbung {
namespace {

// A series of a cooperative or a region is as long as its prefix, a code and a currency.
constexpr std::size_t kCooperativePrefix = 1 + 5;

}  // namespace

BalancesProjection::BalancesProjection(std::size_t most_accounts)
    : accounts_(most_accounts), cooperatives_(most_accounts), regions_(most_accounts) {}

Status BalancesProjection::Open(const RowReader& rows) {
  const auto entries = rows.Walk(RowPrefix(BalancesRow::kEntries));
  const bool has_entries = entries->Seek({});
  LUMBUNG_RETURN_IF_ERROR(entries->status());
  if (!has_entries) {
    accounts_.StartEmpty();
    cooperatives_.StartEmpty();
    regions_.StartEmpty();
  }
  LUMBUNG_RETURN_IF_ERROR(reference_.Open(rows));
  const auto time = rows.Walk(RowPrefix(BalancesRow::kTime));
  // The last of each shard.
  std::string after = RowPrefix(BalancesRow::kTime) + std::string(12, '\xFF');
  for (bool there = time->SeekBackward(after); there; there = time->SeekBackward(after)) {
    const auto shard = LoadBigEndian<std::uint32_t>(time->key().data() + 1);
    const auto sequence = LoadBytes(time->value());
    last_times_[shard] = {static_cast<std::int64_t>(LoadBytes(time->key().substr(5))), sequence};
    LUMBUNG_RETURN_IF_ERROR(transactions_.Open(rows, shard, sequence));
    if (shard == 0) {
      break;
    }
    after = TimeKey(shard - 1, -1);
  }
  return time->status();
}

Status BalancesProjection::Apply(const ProjectedEvent& event, const RowReader& rows) {
  Time& last = last_times_[event.shard];
  if (last.sequence != 0 && last.recorded_at != event.event.recorded_at()) {
    times_.emplace_back(TimeKey(event.shard, last.recorded_at), last.sequence);
  }
  last = {event.event.recorded_at(), event.event.sequence()};

  std::uint16_t entries = 0;
  const v1::Event& body = event.event;
  if (body.has_transaction_posted()) {
    const v1::TransactionPosted& posted = body.transaction_posted();
    return Post(event, posted.transaction(), posted.posting(), entries, rows);
  }
  if (body.has_batch_posted()) {
    for (const v1::TransactionPosted& posted : body.batch_posted().transactions()) {
      LUMBUNG_RETURN_IF_ERROR(Post(event, posted.transaction(), posted.posting(), entries, rows));
    }
  } else if (body.has_hold_captured()) {
    const v1::HoldCaptured& captured = body.hold_captured();
    return Post(event, captured.transaction(), captured.posting(), entries, rows);
  } else if (body.has_chart_published()) {
    reference_.AddChart(body.chart_published().chart());
  } else if (body.has_cooperative_registered()) {
    reference_.AddCooperative(event.shard, body.cooperative_registered().cooperative());
  } else if (body.has_cooperative_changed()) {
    return ChangeCooperative(event.shard, body.cooperative_changed().cooperative(), rows);
  }
  return Status::Ok();
}

Status BalancesProjection::Post(const ProjectedEvent& event, const v1::Transaction& transaction,
                                const v1::Posting& posting, std::uint16_t& entries,
                                const RowReader& rows) {
  if (!IsDate(posting.posting_date()) || !IsDate(transaction.business_date())) {
    return Status::InvalidArgument("a transaction without a posting date or business date");
  }
  const std::uint64_t sequence = event.event.sequence();
  transactions_.Add(event.shard, sequence, transaction, posting.posting_date());
  if (!transaction.reference().empty()) {
    std::string key = ReferencePrefix(transaction.cooperative(), transaction.reference());
    AppendPlace(key, {sequence, entries});
    references_.push_back(std::move(key));
  }
  for (const v1::Entry& entry : transaction.entries()) {
    const bool is_debit = entry.has_debit();
    const std::optional<CurrencyCode> currency = ParseCurrency(entry.currency());
    if (!currency) {
      return Status::InvalidArgument("an entry whose currency is none");
    }
    LUMBUNG_RETURN_IF_ERROR(accounts_.Add({.cooperative = transaction.cooperative(),
                                           .code = entry.code(),
                                           .currency = *currency,
                                           .holder = entry.holder()},
                                          {.place = {sequence, entries++},
                                           .recorded_at = event.event.recorded_at(),
                                           .posting_date = posting.posting_date(),
                                           .is_debit = is_debit,
                                           .amount = is_debit ? entry.debit() : entry.credit()},
                                          rows));
  }
  return Status::Ok();
}

Status BalancesProjection::ChangeCooperative(std::uint32_t shard, const v1::Cooperative& version,
                                             const RowReader& rows) {
  const CooperativeInfo* info = reference_.Find(version.cooperative());
  if (info != nullptr) {
    const std::string old_region = RegionOf(info->versions.back().village_code());
    const std::string new_region = RegionOf(version.village_code());
    if (old_region != new_region) {
      LUMBUNG_RETURN_IF_ERROR(
          Move(version.cooperative(), version.effective_date(), old_region, new_region, rows));
    }
  }
  reference_.AddCooperative(shard, version);
  return Status::Ok();
}

Status BalancesProjection::Move(std::uint64_t cooperative, Date from, const std::string& old_region,
                                const std::string& new_region, const RowReader& rows) {
  const auto row = rows.Walk(CooperativeDayPrefix(cooperative));
  std::string series;
  Totals before;
  for (bool there = row->Seek({}); there; there = row->Next()) {
    const std::string_view key = row->key();
    if (key.substr(0, key.size() - kDateBytes) != series) {
      series = key.substr(0, key.size() - kDateBytes);
      before = {};
    }
    const Result<DatedRow> day = DatedRow::Parse(row->value());
    LUMBUNG_RETURN_IF_ERROR(day.status());
    const Date date = DateOfKey(key);
    if (date >= from) {
      const std::string_view code = std::string_view(series).substr(kCooperativePrefix);
      const Totals change = day->through - before;
      AddToRegion(old_region, code, date, Totals{} - change);
      AddToRegion(new_region, code, date, change);
    }
    before = day->through;
  }
  return row->status();
}

void BalancesProjection::AddToRegion(std::string_view region, std::string_view code, Date date,
                                     const Totals& change) {
  const auto add = [&](std::string_view digits) {
    regions_.Add(RegionDayPrefix(digits).append(code), date, change);
  };
  if (region == kUnknownRegion) {
    add(region);
  } else {
    for (const std::size_t digits : kRegionDigits) {
      add(region.substr(0, digits));
    }
  }
  add({});
}

void BalancesProjection::SumRegions() {
  cooperatives_.ForEach([this](const std::string& prefix, Date date, const Totals& change) {
    const std::uint64_t cooperative = LoadBytes(std::string_view(prefix).substr(1, 5));
    const CooperativeInfo* info = reference_.Find(cooperative);
    const std::string region = info == nullptr ? std::string(kUnknownRegion)
                                               : RegionOf(info->InForce(date).village_code());
    AddToRegion(region, std::string_view(prefix).substr(kCooperativePrefix), date, change);
  });
}

Status BalancesProjection::Finish(const RowReader& rows, RowWriter& out) {
  std::string series;
  LUMBUNG_RETURN_IF_ERROR(
      accounts_.Finish(rows, out, [&](const AccountKey& account, Date date, const Totals& change) {
        series = CooperativeDayPrefix(account.cooperative);
        AppendCode(series, account.code, account.currency);
        cooperatives_.Add(series, date, change);
      }));
  SumRegions();
  LUMBUNG_RETURN_IF_ERROR(cooperatives_.Finish(rows, out));
  LUMBUNG_RETURN_IF_ERROR(regions_.Finish(rows, out));
  for (const auto& [shard, last] : last_times_) {
    times_.emplace_back(TimeKey(shard, last.recorded_at), last.sequence);
  }
  std::string value;
  for (const auto& [key, sequence] : times_) {
    value.clear();
    AppendBigEndian(value, sequence);
    out.Put(key, value);
  }
  times_.clear();
  transactions_.Finish(out);
  for (const std::string& key : references_) {
    out.Put(key, {});
  }
  references_.clear();
  reference_.Finish(out);
  return Status::Ok();
}

}  // namespace lumbung
