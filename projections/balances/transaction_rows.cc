#include "projections/balances/transaction_rows.h"

#include <algorithm>

#include "projections/balances/packing.h"

namespace lumbung {
namespace {

std::int32_t DaysBetween(Date from, Date to) { return DaysOfDate(to) - DaysOfDate(from); }

}  // namespace

Result<std::vector<PostedTransaction>> ParseTransactions(std::uint64_t group,
                                                         std::string_view bytes) {
  std::vector<PostedTransaction> transactions;
  Unpacker unpack(bytes);
  while (unpack.ok() && !unpack.at_end()) {
    const std::uint64_t sequence = group * kSequencesARow + unpack.Unsigned();
    PostedTransaction transaction;
    if (!transactions.empty() && transactions.back().sequence == sequence) {
      const PostedTransaction& last = transactions.back();
      transaction.item = static_cast<std::uint16_t>(last.item + 1);
      transaction.first_entry = static_cast<std::uint16_t>(last.first_entry + last.entries);
    }
    transaction.sequence = sequence;
    transaction.entries = static_cast<std::uint16_t>(unpack.Unsigned());
    const std::string_view id = unpack.Bytes(transaction.id.bytes.size());
    std::copy(id.begin(), id.end(), transaction.id.bytes.begin());
    transaction.days_earlier = static_cast<std::int32_t>(unpack.Signed());
    transaction.kind = unpack.Text();
    transaction.reference = unpack.Text();
    transactions.push_back(std::move(transaction));
  }
  if (!unpack.ok()) {
    return Status::Corruption("a row of transactions of balances can't be read");
  }
  return transactions;
}

Result<PostedTransaction> ReadTransaction(const RowReader& rows, std::uint32_t shard,
                                          const EntryPlace& place) {
  const std::uint64_t number = place.sequence / kSequencesARow;
  std::string bytes;
  const Result<bool> found = rows.Get(TransactionsKey(shard, number), bytes);
  LUMBUNG_RETURN_IF_ERROR(found.status());
  Result<std::vector<PostedTransaction>> parsed = ParseTransactions(number, bytes);
  LUMBUNG_RETURN_IF_ERROR(parsed.status());
  for (PostedTransaction& transaction : *parsed) {
    if (transaction.Holds(place)) {
      return std::move(transaction);
    }
  }
  return Status::NotFound("no transaction was posted there");
}

Status TransactionRows::Open(const RowReader& rows, std::uint32_t shard,
                             std::uint64_t last_sequence) {
  Group& group = growing_[shard];
  group.number = last_sequence / kSequencesARow;
  return rows.Get(TransactionsKey(shard, group.number), group.bytes).status();
}

void TransactionRows::Add(std::uint32_t shard, std::uint64_t sequence,
                          const v1::Transaction& transaction, Date posting_date) {
  Group& group = growing_[shard];
  if (group.number != sequence / kSequencesARow) {
    if (!group.bytes.empty()) {
      full_.emplace_back(TransactionsKey(shard, group.number), std::move(group.bytes));
    }
    group.number = sequence / kSequencesARow;
    group.bytes.clear();
  }
  PackUnsigned(group.bytes, sequence % kSequencesARow);
  PackUnsigned<std::uint64_t>(group.bytes, static_cast<std::uint64_t>(transaction.entries_size()));
  const Uuid id = ParseUuid(transaction.transaction_id()).value_or(Uuid{});
  group.bytes.append(reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
  PackSigned(group.bytes, transaction.business_date() == posting_date
                              ? 0
                              : DaysBetween(posting_date, transaction.business_date()));
  PackText(group.bytes, transaction.kind());
  PackText(group.bytes, transaction.reference());
}

void TransactionRows::Finish(RowWriter& out) {
  for (const auto& [key, bytes] : full_) {
    out.Put(key, bytes);
  }
  full_.clear();
  for (const auto& [shard, group] : growing_) {
    if (!group.bytes.empty()) {
      out.Put(TransactionsKey(shard, group.number), group.bytes);
    }
  }
}

}  // namespace lumbung
