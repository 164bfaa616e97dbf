#include "projections/balances/account_book.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace lumbung {
namespace {

std::string WithPlace(std::string key, const EntryPlace& place) {
  AppendPlace(key, place);
  return key;
}

}  // namespace

std::string LateEntry::Encode() const {
  std::string bytes;
  PackUnsigned(bytes, static_cast<std::uint64_t>(entry.recorded_at));
  PackUnsigned(bytes, static_cast<std::uint64_t>(entry.amount) << 1 |
                          (entry.is_debit ? std::uint64_t{0} : std::uint64_t{1}));
  PackTotals(bytes, day_before);
  return bytes;
}

Result<LateEntry> LateEntry::Parse(std::string_view key, std::string_view value) {
  Unpacker unpack(value);
  LateEntry late;
  late.entry.recorded_at = static_cast<std::int64_t>(unpack.Unsigned());
  const std::uint64_t amount = unpack.Unsigned();
  late.entry.is_debit = (amount & 1) == 0;
  late.entry.amount = static_cast<std::int64_t>(amount >> 1);
  late.day_before = UnpackTotals(unpack);
  if (!unpack.ok() || !unpack.at_end() || key.size() < kPlaceBytes + kDateBytes) {
    return Status::Corruption("a late entry of balances can't be read");
  }
  late.entry.place = LoadPlace(key.substr(key.size() - kPlaceBytes));
  late.entry.posting_date = DateOfKey(key.substr(0, key.size() - kPlaceBytes));
  return late;
}

Status AccountBook::Load(const AccountKey& key, Account& account, const RowReader& rows) {
  if (cursors_.blocks == nullptr) {
    cursors_ = {rows.Walk(RowPrefix(BalancesRow::kEntries)),
                rows.Walk(RowPrefix(BalancesRow::kAccountDay))};
  }
  RowCursor& block = *cursors_.blocks;
  const std::string prefix = AccountPrefix(BalancesRow::kEntries, key);
  if (!block.SeekBackward(prefix + std::string(kPlaceBytes, '\xFF')) ||
      !block.key().starts_with(prefix)) {
    return block.status();
  }
  LUMBUNG_RETURN_IF_ERROR(account.block.Resume(LoadPlace(block.key().substr(prefix.size())),
                                               block.value(), account.progress));
  return ReadSeriesEnd(*cursors_.days, AccountPrefix(BalancesRow::kAccountDay, key), account.end);
}

Status AccountBook::Add(const AccountKey& key, const BalanceEntry& entry, const RowReader& rows) {
  const auto [found, is_new] = accounts_.try_emplace(key);
  Account& account = found->second;
  if (is_new && !all_known_) {
    LUMBUNG_RETURN_IF_ERROR(Load(key, account, rows));
  }
  if (!account.touched) {
    account.touched = true;
    touched_.push_back(&*found);
  }
  if (entry.posting_date != last_date_) {
    last_date_ = entry.posting_date;
    last_day_number_ = DaysOfDate(entry.posting_date);
  }
  if (account.block.full()) {
    account.filled.emplace_back(account.block.first(), account.block.bytes());
  }
  if (account.block.empty() || account.block.full()) {
    account.block.Begin(entry.place, entry.recorded_at, account.progress);
  }
  account.block.Append(entry, last_day_number_, account.progress);

  DayChange& day = DayOf(account.days, entry.posting_date);
  if (account.progress.IsLate(last_day_number_)) {
    account.late.push_back({entry, day.change});
  } else if (day.change.count == 0) {
    day.first = entry.place;
  }
  day.change.AddEntry(entry.is_debit, entry.amount);
  account.progress.Add(entry, last_day_number_);
  return Status::Ok();
}

Status AccountBook::Write(const AccountKey& key, Account& account, const RowReader& rows,
                          RowWriter& out) {
  const std::string blocks = AccountPrefix(BalancesRow::kEntries, key);
  for (const auto& [first, bytes] : account.filled) {
    out.Put(WithPlace(blocks, first), bytes);
  }
  out.Put(WithPlace(blocks, account.block.first()), account.block.bytes());
  LUMBUNG_RETURN_IF_ERROR(WriteSeries(AccountPrefix(BalancesRow::kAccountDay, key), account.days,
                                      account.end, !account.late.empty(), rows, out));
  for (LateEntry& late : account.late) {
    late.day_before += DayOf(account.days, late.entry.posting_date).day_before;
    std::string row = AccountPrefix(BalancesRow::kLateEntry, key);
    AppendDate(row, late.entry.posting_date);
    out.Put(WithPlace(std::move(row), late.entry.place), late.Encode());
  }
  return Status::Ok();
}

Status AccountBook::Finish(const RowReader& rows, RowWriter& out, const OnChange& on_change) {
  // Rows in their order go faster into what RocksDB keeps sorted.
  std::sort(touched_.begin(), touched_.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  for (Accounts::value_type* touched : touched_) {
    auto& [key, account] = *touched;
    LUMBUNG_RETURN_IF_ERROR(Write(key, account, rows, out));
    for (const DayChange& day : account.days) {
      on_change(key, day.date, day.change);
    }
    account.touched = false;
    account.days.clear();
    account.late.clear();
    account.filled.clear();
  }
  touched_.clear();
  cursors_ = {};
  if (accounts_.size() > most_accounts_) {
    Forget();
  }
  return Status::Ok();
}

// Every second one, whichever that is: who is met often is soon back.
void AccountBook::Forget() {
  all_known_ = false;
  bool goes = false;
  for (auto account = accounts_.begin(); account != accounts_.end(); goes = !goes) {
    account = goes ? accounts_.erase(account) : std::next(account);
  }
}

}  // namespace lumbung
