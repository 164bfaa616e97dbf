#include "projections/balances/entry_block.h"

namespace lumbung {

void AccountProgress::Add(const BalanceEntry& entry, std::int32_t day_number) {
  const bool late = IsLate(day_number);
  if (!late && (total.count == 0 || day_number > last_day)) {
    last_day = day_number;
    day = {};
    day_first = entry.place;
  }
  total.AddEntry(entry.is_debit, entry.amount);
  if (!late) {
    day.AddEntry(entry.is_debit, entry.amount);
  }
}

void EntryBlockWriter::Begin(const EntryPlace& first, std::int64_t recorded_at,
                             const AccountProgress& before) {
  first_ = first;
  bytes_.clear();
  count_ = 0;
  last_sequence_ = first.sequence;
  last_recorded_at_ = recorded_at;
  PackTotals(bytes_, before.total);
  PackSigned(bytes_, before.last_day);
  PackTotals(bytes_, before.day);
  PackUnsigned<std::uint64_t>(bytes_, before.day_first.sequence);
  PackUnsigned<std::uint64_t>(bytes_, before.day_first.index);
  PackUnsigned(bytes_, static_cast<std::uint64_t>(recorded_at));
}

Status EntryBlockWriter::Resume(const EntryPlace& first, std::string_view bytes,
                                AccountProgress& progress) {
  EntryBlockReader reader(first, bytes);
  count_ = 0;
  while (reader.Next()) {
    ++count_;
    progress = reader.after();
    last_sequence_ = reader.entry().place.sequence;
    last_recorded_at_ = reader.entry().recorded_at;
  }
  first_ = first;
  bytes_ = bytes;
  return reader.ok() && count_ > 0
             ? Status::Ok()
             : Status::Corruption("a block of entries of balances can't be read");
}

void EntryBlockWriter::Append(const BalanceEntry& entry, std::int32_t day_number,
                              const AccountProgress& progress) {
  PackUnsigned(bytes_, entry.place.sequence - last_sequence_);
  PackUnsigned<std::uint64_t>(bytes_, entry.place.index);
  PackUnsigned(bytes_, static_cast<std::uint64_t>(entry.recorded_at - last_recorded_at_));
  PackSigned(bytes_, day_number - progress.last_day);
  PackUnsigned(bytes_, static_cast<std::uint64_t>(entry.amount) << 1 |
                           (entry.is_debit ? std::uint64_t{0} : std::uint64_t{1}));
  last_sequence_ = entry.place.sequence;
  last_recorded_at_ = entry.recorded_at;
  ++count_;
}

EntryBlockReader::EntryBlockReader(const EntryPlace& first, std::string_view bytes)
    : unpack_(bytes) {
  after_.total = UnpackTotals(unpack_);
  after_.last_day = static_cast<std::int32_t>(unpack_.Signed());
  after_.day = UnpackTotals(unpack_);
  after_.day_first.sequence = unpack_.Unsigned();
  after_.day_first.index = static_cast<std::uint16_t>(unpack_.Unsigned());
  entry_.recorded_at = static_cast<std::int64_t>(unpack_.Unsigned());
  entry_.place.sequence = first.sequence;
}

bool EntryBlockReader::Next() {
  if (!unpack_.ok() || unpack_.at_end()) {
    return false;
  }
  before_ = after_;
  entry_.place.sequence += unpack_.Unsigned();
  entry_.place.index = static_cast<std::uint16_t>(unpack_.Unsigned());
  entry_.recorded_at += static_cast<std::int64_t>(unpack_.Unsigned());
  const auto day_number = before_.last_day + static_cast<std::int32_t>(unpack_.Signed());
  const std::uint64_t amount = unpack_.Unsigned();
  entry_.is_debit = (amount & 1) == 0;
  entry_.amount = static_cast<std::int64_t>(amount >> 1);
  entry_.posting_date = DateOfDays(day_number);
  late_ = before_.IsLate(day_number);
  after_.Add(entry_, day_number);
  return unpack_.ok();
}

}  // namespace lumbung
