#include "projections/audit/transfers.h"

#include <algorithm>
#include <tuple>

#include "projections/audit/keys.h"

namespace lumbung::audit {
namespace {

// correlation:16 low:u64 high:u64 currency:u32 behind the tag.
constexpr std::size_t kCorrelationBytes = 16;
constexpr std::size_t kTransferKeyBytes = 1 + kCorrelationBytes + 8 + 8 + 4;

std::string TransferKey(std::string_view correlation, std::uint64_t one, std::uint64_t other,
                        CurrencyCode currency) {
  std::string key = RowPrefix(Row::kTransfer);
  key += correlation;
  AppendBigEndian(key, std::min(one, other));
  AppendBigEndian(key, std::max(one, other));
  AppendBigEndian(key, currency);
  return key;
}

std::string DueKey(std::uint32_t shard, std::int64_t when, const std::string& transfer) {
  std::string key = RowPrefix(Row::kTransferDue);
  AppendBigEndian(key, shard);
  AppendBigEndian(key, static_cast<std::uint64_t>(when));
  return key + transfer;
}

// Of a leg that was posted: which correlation it belongs to.
std::string LegKey(std::uint64_t cooperative, std::string_view id) {
  std::string key = CooperativeKey(Row::kLeg, cooperative);
  return key.append(id);
}

std::string UuidBytes(std::string_view text) {
  std::string bytes;
  if (const std::optional<Uuid> id = ParseUuid(text)) {
    AppendUuid(bytes, *id);
  }
  return bytes;
}

}  // namespace

std::string Transfers::Encode(const Transfer& transfer) {
  std::string bytes;
  for (const Leg& leg : transfer.legs) {
    PackEvidence(bytes, leg.event);
    PackSigned(bytes, leg.recorded_at);
    PackUnsigned(bytes, leg.cooperative);
    PackSigned(bytes, leg.amount);
  }
  return bytes;
}

Result<Transfers::Transfer> Transfers::Parse(std::string_view bytes) {
  Unpacker unpack(bytes);
  Transfer transfer;
  while (unpack.ok() && !unpack.done()) {
    Leg& leg = transfer.legs.emplace_back();
    leg.event = UnpackEvidence(unpack);
    leg.recorded_at = unpack.Count();
    leg.cooperative = unpack.Unsigned();
    leg.amount = unpack.Signed();
  }
  if (!unpack.ok()) {
    return Status::Corruption("a transfer's row of audit can't be read");
  }
  return transfer;
}

Status Transfers::Open(const RowReader& rows) {
  const auto row = rows.Walk(RowPrefix(Row::kTransferDue));
  for (bool there = row->Seek({}); there; there = row->Next()) {
    const std::string_view key = row->key();
    if (key.size() != 1 + 4 + 8 + kTransferKeyBytes) {
      return Status::Corruption("when a transfer is due can't be read");
    }
    const auto shard = LoadBigEndian<std::uint32_t>(key.data() + 1);
    const auto when = static_cast<std::int64_t>(LoadBigEndian<std::uint64_t>(key.data() + 5));
    due_[shard].emplace(when, std::string(key.substr(13)));
  }
  return row->status();
}

Result<Transfers::Transfer> Transfers::Load(const std::string& key, const RowReader& rows) {
  const Result<std::optional<std::string>> bytes = rows_.Get(key, rows);
  LUMBUNG_RETURN_IF_ERROR(bytes.status());
  return *bytes ? Parse(**bytes) : Result<Transfer>(Transfer{});
}

Result<std::string> Transfers::CorrelationOf(const Posted& posted, const Desk& desk) {
  const v1::Transaction& transaction = posted.transaction;
  if (posted.is_reversal()) {
    const std::string undone = UuidBytes(transaction.reverses());
    const Result<std::optional<std::string>> known =
        rows_.Get(LegKey(transaction.cooperative(), undone), desk.rows);
    LUMBUNG_RETURN_IF_ERROR(known.status());
    if (*known) {
      return **known;
    }
  }
  std::string correlation = UuidBytes(transaction.correlation_id());
  if (correlation.empty()) {
    correlation = UuidBytes(transaction.transaction_id());
  }
  correlation.resize(kCorrelationBytes);
  return correlation;
}

Status Transfers::Take(const Posted& posted, const ShardClocks& clocks, const Desk& desk) {
  const auto& except = desk.rules.transfers.except_kinds;
  if (std::find(except.begin(), except.end(), posted.transaction.kind()) != except.end()) {
    return Status::Ok();
  }
  // By the other cooperative and the currency: a transaction may settle with several.
  std::map<std::pair<std::uint64_t, CurrencyCode>, Int128> amounts;
  for (const v1::Entry& entry : posted.transaction.entries()) {
    if (posted.chart.UseOf(entry.code()).between && entry.holder() != 0) {
      amounts[{entry.holder(), ParseCurrency(entry.currency()).value_or(kIdr)}] +=
          static_cast<Int128>(entry.debit()) - entry.credit();
    }
  }
  if (amounts.empty()) {
    return Status::Ok();
  }
  const Result<std::string> correlation = CorrelationOf(posted, desk);
  LUMBUNG_RETURN_IF_ERROR(correlation.status());
  const std::uint64_t own = posted.cooperative.number;
  rows_.Put(LegKey(own, UuidBytes(posted.transaction.transaction_id())), *correlation);
  for (const auto& [other, amount] : amounts) {
    const Leg leg{posted.event, posted.recorded_at, own, amount};
    LUMBUNG_RETURN_IF_ERROR(
        Add(TransferKey(*correlation, own, other.first, other.second), leg, clocks, desk));
  }
  return Status::Ok();
}

std::int64_t Transfers::DueAfter(const Leg& leg, const Desk& desk) {
  return leg.recorded_at + desk.rules.transfers.days * kMicrosInDay;
}

void Transfers::Expect(const Leg& open, const std::string& key, const Desk& desk) {
  const std::int64_t when = DueAfter(open, desk);
  due_[open.event.shard].emplace(when, key);
  rows_.Put(DueKey(open.event.shard, when, key), {});
}

void Transfers::Unexpect(const Leg& open, const std::string& key, const Desk& desk) {
  const std::int64_t when = DueAfter(open, desk);
  if (due_[open.event.shard].erase({when, key}) != 0) {
    rows_.Delete(DueKey(open.event.shard, when, key));
  }
}

const Transfers::Leg* Transfers::OpenSince(const Transfer& transfer) {
  const Leg* since = nullptr;
  Int128 sum = 0;
  for (const Leg& leg : transfer.legs) {
    sum += leg.amount;
    since = sum == 0 ? nullptr : since != nullptr ? since : &leg;
  }
  return since;
}

Transfers::Overdue Transfers::FirstOverdue(const Transfer& transfer, const ShardClocks& clocks,
                                           const Desk& desk) {
  const Leg* since = nullptr;
  Int128 sum = 0;
  for (const Leg& leg : transfer.legs) {
    if (since != nullptr && leg.recorded_at > DueAfter(*since, desk)) {
      return {DueAfter(*since, desk), sum};
    }
    sum += leg.amount;
    since = sum == 0 ? nullptr : since != nullptr ? since : &leg;
  }
  if (since == nullptr) {
    return {};
  }
  const auto clock = clocks.find(since->event.shard);
  const bool is_due = clock != clocks.end() && clock->second.now >= DueAfter(*since, desk);
  return is_due ? Overdue{DueAfter(*since, desk), sum} : Overdue{};
}

Status Transfers::Add(const std::string& key, const Leg& leg, const ShardClocks& clocks,
                      const Desk& desk) {
  Result<Transfer> transfer = Load(key, desk.rows);
  LUMBUNG_RETURN_IF_ERROR(transfer.status());
  std::vector<Leg>& legs = transfer->legs;
  if (const Leg* open = OpenSince(*transfer); open != nullptr) {
    Unexpect(*open, key, desk);
  }
  const auto order = [](const Leg& one) {
    return std::tuple(one.recorded_at, one.event.shard, one.event.sequence, one.cooperative);
  };
  legs.insert(std::upper_bound(legs.begin(), legs.end(), leg,
                               [&](const Leg& a, const Leg& b) { return order(a) < order(b); }),
              leg);
  if (legs.size() > kMostLegs) {
    legs.pop_back();
  }
  rows_.Put(key, Encode(*transfer));
  return Judge(key, *transfer, clocks, desk);
}

Status Transfers::Judge(const std::string& key, const Transfer& transfer, const ShardClocks& clocks,
                        const Desk& desk) {
  const Leg* open = OpenSince(transfer);
  const Overdue overdue = FirstOverdue(transfer, clocks, desk);
  const auto clock = open == nullptr ? clocks.end() : clocks.find(open->event.shard);
  if (clock != clocks.end() && clock->second.now < DueAfter(*open, desk)) {
    Expect(*open, key, desk);
  }
  const std::string_view bytes(key);
  const Result<Finding*> at =
      desk.findings.At(RuleId::kTransferUnmatched, ToHex(bytes.substr(1)), desk.rows);
  LUMBUNG_RETURN_IF_ERROR(at.status());
  Finding& finding = **at;
  // Another shard may tell later what was recorded before: then it is gone.
  finding.found_at = overdue.found_at;
  if (overdue.found_at == 0) {
    return Status::Ok();
  }
  const Leg& first = transfer.legs.front();
  finding.resolved_at = open == nullptr ? transfer.legs.back().recorded_at : 0;
  finding.cooperative = first.cooperative;
  finding.events = 0;
  finding.evidence.clear();
  for (const Leg& leg : transfer.legs) {
    finding.AddEvent(leg.event);
  }
  const auto low = LoadBigEndian<std::uint64_t>(bytes.data() + 1 + kCorrelationBytes);
  const auto high = LoadBigEndian<std::uint64_t>(bytes.data() + 1 + kCorrelationBytes + 8);
  const auto currency = LoadBigEndian<std::uint32_t>(bytes.data() + 1 + kCorrelationBytes + 16);
  const Date date = LocalDate(first.recorded_at, kWibMinutes);
  finding.from = finding.to = date;
  finding.SetNumber("first", first.cooperative);
  finding.SetNumber("second", first.cooperative == low ? high : low);
  finding.SetText("correlation", FormatUuid(LoadUuid(bytes.substr(1))));
  finding.SetAmount("amount", overdue.amount < 0 ? -overdue.amount : overdue.amount,
                    FormatCurrency(currency));
  finding.SetDate("date", date);
  return Status::Ok();
}

Status Transfers::Wake(std::uint32_t shard, const ShardClocks& clocks, const Desk& desk) {
  const auto due = due_.find(shard);
  if (due == due_.end()) {
    return Status::Ok();
  }
  const std::int64_t now = clocks.at(shard).now;
  while (!due->second.empty() && due->second.begin()->first <= now) {
    const std::string key = due->second.begin()->second;
    const Result<Transfer> transfer = Load(key, desk.rows);
    LUMBUNG_RETURN_IF_ERROR(transfer.status());
    const Leg* open = OpenSince(*transfer);
    if (open == nullptr) {
      return Status::Corruption("a transfer is due that is in balance");
    }
    Unexpect(*open, key, desk);
    LUMBUNG_RETURN_IF_ERROR(Judge(key, *transfer, clocks, desk));
  }
  return Status::Ok();
}

}  // namespace lumbung::audit
