#include "projections/balances/account_queries.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "projections/balances/account_book.h"
#include "projections/balances/dated_series.h"
#include "projections/balances/reference_data.h"

namespace lumbung {
namespace {

constexpr EntryPlace kFirstPlace{};
constexpr std::uint16_t kLastIndex = 0xFFFF;

Status Unreadable() { return Status::Corruption("rows of balances contradict each other"); }

Status NoSuchEntry() {
  return Status::NotFound("the entry to go on from is none of this account's on that date");
}

// The block that holds a place, or would: that with the last first place at it or before. False
// where there is none.
bool SeekBlock(RowCursor& block, const std::string& prefix, const EntryPlace& place) {
  std::string key = prefix;
  AppendPlace(key, place);
  return block.SeekBackward(key);
}

EntryBlockReader ReadBlock(const RowCursor& block, const std::string& prefix) {
  return {LoadPlace(block.key().substr(prefix.size())), block.value()};
}

}  // namespace

// Where a walk over days has come to, and what it has collected.
struct AccountQueries::DayWalk {
  const AccountKey& account;
  Date date = 0;
  DatedRow row;
  // Through the day before, and of this day so far.
  Totals days_before;
  Totals day;
  // Late entries of this day after this place are still to come.
  EntryPlace late_after;
  std::size_t most = 0;
  EntryPage page;

  // False where there is no room for it.
  bool Add(const BalanceEntry& entry) {
    if (page.lines.size() == most) {
      page.more = true;
      return false;
    }
    if (page.lines.empty()) {
      page.before = days_before + day;
    }
    day.AddEntry(entry.is_debit, entry.amount);
    page.lines.push_back({entry, days_before + day, {}});
    return true;
  }
};

Result<Totals> AccountQueries::ThroughDate(const AccountKey& account, Date date) const {
  const std::string prefix = AccountPrefix(BalancesRow::kAccountDay, account);
  const auto day = rows_.Walk(prefix);
  std::string key = prefix;
  AppendDate(key, date);
  if (!day->SeekBackward(key)) {
    LUMBUNG_RETURN_IF_ERROR(day->status());
    return Totals{};
  }
  const Result<DatedRow> row = DatedRow::Parse(day->value());
  LUMBUNG_RETURN_IF_ERROR(row.status());
  return row->through;
}

Result<Totals> AccountQueries::ThroughSequence(const AccountKey& account,
                                               std::uint64_t sequence) const {
  const std::string prefix = AccountPrefix(BalancesRow::kEntries, account);
  const auto block = rows_.Walk(prefix);
  Totals totals;
  if (SeekBlock(*block, prefix, {sequence, kLastIndex})) {
    EntryBlockReader entries = ReadBlock(*block, prefix);
    while (entries.Next() && entries.entry().place.sequence <= sequence) {
      totals = entries.after().total;
    }
    if (!entries.ok()) {
      return Unreadable();
    }
  }
  LUMBUNG_RETURN_IF_ERROR(block->status());
  return totals;
}

Result<Totals> AccountQueries::ThroughTime(const AccountKey& account,
                                           std::int64_t recorded_at) const {
  const Result<std::optional<CooperativeInfo>> cooperative =
      ReadCooperative(rows_, account.cooperative);
  LUMBUNG_RETURN_IF_ERROR(cooperative.status());
  if (!cooperative->has_value() || recorded_at < 0) {
    return Totals{};
  }
  const std::uint32_t shard = (*cooperative)->shard;
  const auto time = rows_.Walk(TimePrefix(shard));
  if (!time->SeekBackward(TimeKey(shard, recorded_at))) {
    LUMBUNG_RETURN_IF_ERROR(time->status());
    return Totals{};
  }
  return ThroughSequence(account, LoadBytes(time->value()));
}

Status AccountQueries::TakeForward(const AccountKey& account, const EntryPlace& from,
                                   std::size_t most, EntryPage& page) const {
  const std::string prefix = AccountPrefix(BalancesRow::kEntries, account);
  const auto block = rows_.Walk(prefix);
  bool there = SeekBlock(*block, prefix, from) || block->Seek(prefix);
  for (; there && !page.more; there = block->Next()) {
    EntryBlockReader entries = ReadBlock(*block, prefix);
    while (entries.Next()) {
      if (from != kFirstPlace && entries.entry().place <= from) {
        continue;
      }
      if (page.lines.size() == most) {
        page.more = true;
        break;
      }
      if (page.lines.empty()) {
        page.before = entries.before().total;
      }
      page.lines.push_back({entries.entry(), entries.after().total, {}});
    }
    if (!entries.ok()) {
      return Unreadable();
    }
  }
  return block->status();
}

Status AccountQueries::TakeBackward(const AccountKey& account,
                                    const std::optional<EntryPlace>& from, std::size_t most,
                                    EntryPage& page) const {
  const std::string prefix = AccountPrefix(BalancesRow::kEntries, account);
  const EntryPlace bound = from.value_or(EntryPlace{~std::uint64_t{0}, kLastIndex});
  const auto block = rows_.Walk(prefix);
  for (bool there = SeekBlock(*block, prefix, bound); there && !page.more;
       there = block->Previous()) {
    EntryBlockReader entries = ReadBlock(*block, prefix);
    std::vector<EntryLine> lines;
    while (entries.Next()) {
      if (entries.entry().place < bound) {
        lines.push_back({entries.entry(), entries.after().total, {}});
      }
    }
    if (!entries.ok()) {
      return Unreadable();
    }
    const std::size_t room = most - page.lines.size();
    page.more = lines.size() > room;
    page.lines.insert(page.lines.end(), lines.rbegin(),
                      lines.rbegin() + static_cast<std::ptrdiff_t>(std::min(room, lines.size())));
  }
  if (!page.lines.empty()) {
    page.before = page.lines.front().through;
  }
  return block->status();
}

Result<EntryPage> AccountQueries::BySequence(const AccountKey& account,
                                             std::optional<EntryPlace> from, bool newest_first,
                                             std::size_t most) const {
  EntryPage page;
  LUMBUNG_RETURN_IF_ERROR(newest_first
                              ? TakeBackward(account, from, most, page)
                              : TakeForward(account, from.value_or(kFirstPlace), most, page));
  LUMBUNG_RETURN_IF_ERROR(AddTransactions(account, page));
  return page;
}

// The regular entries of the day, from one on: they lie between the first of it and the first of a
// later day, among late ones of other days.
Status AccountQueries::TakeRegular(DayWalk& walk, const EntryPlace& from) const {
  if (from.sequence == 0) {
    return Status::Ok();
  }
  const std::string prefix = AccountPrefix(BalancesRow::kEntries, walk.account);
  const auto block = rows_.Walk(prefix);
  for (bool there = SeekBlock(*block, prefix, from); there; there = block->Next()) {
    EntryBlockReader entries = ReadBlock(*block, prefix);
    while (entries.Next()) {
      const BalanceEntry& entry = entries.entry();
      if (entry.place < from || entries.late()) {
        continue;
      }
      if (entry.posting_date != walk.date || !walk.Add(entry)) {
        return Status::Ok();
      }
    }
    if (!entries.ok()) {
      return Unreadable();
    }
  }
  return block->status();
}

Status AccountQueries::TakeLate(DayWalk& walk) const {
  std::string prefix = AccountPrefix(BalancesRow::kLateEntry, walk.account);
  AppendDate(prefix, walk.date);
  const auto row = rows_.Walk(prefix);
  std::string after = prefix;
  AppendPlace(after, {walk.late_after.sequence, walk.late_after.index});
  for (bool there = row->Seek(after); there && !walk.page.more; there = row->Next()) {
    const Result<LateEntry> late = LateEntry::Parse(row->key(), row->value());
    LUMBUNG_RETURN_IF_ERROR(late.status());
    if (late->entry.place > walk.late_after) {
      walk.day = late->day_before;
      walk.Add(late->entry);
    }
  }
  return row->status();
}

Status AccountQueries::TakeDay(DayWalk& walk) const {
  LUMBUNG_RETURN_IF_ERROR(TakeRegular(walk, walk.row.first));
  return walk.page.more ? Status::Ok() : TakeLate(walk);
}

// What is left of a day after one of its entries.
Status AccountQueries::StartAfter(DayWalk& walk, const EntryPlace& after) const {
  const std::string prefix = AccountPrefix(BalancesRow::kEntries, walk.account);
  const auto block = rows_.Walk(prefix);
  if (SeekBlock(*block, prefix, after)) {
    EntryBlockReader entries = ReadBlock(*block, prefix);
    while (entries.Next() && entries.entry().place < after) {
    }
    if (entries.ok() && entries.entry().place == after &&
        entries.entry().posting_date == walk.date) {
      if (entries.late()) {
        walk.late_after = after;
        return TakeLate(walk);
      }
      walk.day = entries.after().day;
      LUMBUNG_RETURN_IF_ERROR(
          TakeRegular(walk, {after.sequence, static_cast<std::uint16_t>(after.index + 1)}));
      return walk.page.more ? Status::Ok() : TakeLate(walk);
    }
  }
  LUMBUNG_RETURN_IF_ERROR(block->status());
  return NoSuchEntry();
}

Result<EntryPage> AccountQueries::ByDate(const AccountKey& account, Date from, Date through,
                                         std::optional<EntryPlace> after, std::size_t most) const {
  const Result<Totals> before = ThroughDate(account, from - 1);
  LUMBUNG_RETURN_IF_ERROR(before.status());
  DayWalk walk{account, 0, {}, *before, {}, {}, most, {}};
  walk.page.before = *before;
  const std::string prefix = AccountPrefix(BalancesRow::kAccountDay, account);
  const auto day = rows_.Walk(prefix);
  std::string key = prefix;
  AppendDate(key, from);
  bool there = day->Seek(key);
  if (after && !(there && day->key() == key)) {
    return NoSuchEntry();
  }
  for (; there && !walk.page.more; there = day->Next()) {
    walk.date = DateOfKey(day->key());
    if (walk.date > through) {
      break;
    }
    const Result<DatedRow> row = DatedRow::Parse(day->value());
    LUMBUNG_RETURN_IF_ERROR(row.status());
    walk.row = *row;
    walk.day = {};
    walk.late_after = {};
    LUMBUNG_RETURN_IF_ERROR(after && walk.date == from ? StartAfter(walk, *after) : TakeDay(walk));
    walk.days_before = row->through;
  }
  LUMBUNG_RETURN_IF_ERROR(day->status());
  LUMBUNG_RETURN_IF_ERROR(AddTransactions(account, walk.page));
  return std::move(walk.page);
}

Status AccountQueries::AddTransactions(const AccountKey& account, EntryPage& page) const {
  if (page.lines.empty()) {
    return Status::Ok();
  }
  const Result<std::optional<CooperativeInfo>> cooperative =
      ReadCooperative(rows_, account.cooperative);
  LUMBUNG_RETURN_IF_ERROR(cooperative.status());
  if (!cooperative->has_value()) {
    return Unreadable();
  }
  // Neighbours share a row.
  std::map<std::uint64_t, std::vector<PostedTransaction>> groups;
  std::string bytes;
  for (EntryLine& line : page.lines) {
    const EntryPlace& place = line.entry.place;
    const std::uint64_t number = place.sequence / kSequencesARow;
    const auto [group, is_new] = groups.try_emplace(number);
    if (is_new) {
      const Result<bool> found = rows_.Get(TransactionsKey((*cooperative)->shard, number), bytes);
      LUMBUNG_RETURN_IF_ERROR(found.status());
      Result<std::vector<PostedTransaction>> parsed = ParseTransactions(number, bytes);
      LUMBUNG_RETURN_IF_ERROR(parsed.status());
      group->second = std::move(*parsed);
    }
    const auto transaction =
        std::find_if(group->second.begin(), group->second.end(),
                     [&](const PostedTransaction& posted) { return posted.Holds(place); });
    if (transaction == group->second.end()) {
      return Unreadable();
    }
    line.transaction = *transaction;
  }
  return Status::Ok();
}

}  // namespace lumbung
