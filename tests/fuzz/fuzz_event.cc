// An event's bytes: never crashes; what verification scans by hand is what protobuf reads; JSON
// keeps every field.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/util/json_util.h>

#include "engine/base/check.h"
#include "engine/domain/decide.h"
#include "engine/exporters/json.h"
#include "engine/verify/event_scan.h"

namespace lumbung {
namespace {

// Reads all there is; false where the scanner finds that the bytes are no such event.
bool ScanAll(std::string_view bytes, ScannedEvent& event,
             std::vector<ScannedTransaction>& transactions) {
  if (!ScanEvent(bytes, event)) return false;
  TransactionScanner scanner(event);
  ScannedTransaction transaction;
  while (scanner.Next(transaction)) {
    EntryScanner entries(transaction.bytes);
    ScannedEntry entry;
    while (entries.Next(entry)) {
    }
    if (!entries.ok()) return false;
    FaultOfEntries(transaction.bytes);
    transactions.push_back(transaction);
  }
  return scanner.ok();
}

std::vector<const v1::Transaction*> TransactionsOf(const v1::Event& event) {
  std::vector<const v1::Transaction*> transactions;
  if (event.has_transaction_posted()) {
    transactions.push_back(&event.transaction_posted().transaction());
  } else if (event.has_transaction_held()) {
    transactions.push_back(&event.transaction_held().transaction());
  } else if (event.has_hold_captured()) {
    transactions.push_back(&event.hold_captured().transaction());
  }
  for (const auto& posted : event.batch_posted().transactions()) {
    transactions.push_back(&posted.transaction());
  }
  return transactions;
}

void CheckTransaction(const ScannedTransaction& scanned, const v1::Transaction& transaction) {
  LUMBUNG_CHECK(scanned.transaction_id == transaction.transaction_id());
  LUMBUNG_CHECK(scanned.cooperative == transaction.cooperative());
  EntryScanner entries(scanned.bytes);
  ScannedEntry entry;
  int read = 0;
  while (entries.Next(entry)) {
    LUMBUNG_CHECK(read < transaction.entries_size());
    const v1::Entry& expected = transaction.entries(read++);
    LUMBUNG_CHECK(entry.code == expected.code() && entry.holder == expected.holder());
    LUMBUNG_CHECK(entry.currency == expected.currency());
    LUMBUNG_CHECK(entry.is_debit == expected.has_debit());
    LUMBUNG_CHECK(entry.amount == (expected.has_debit() ? expected.debit() : expected.credit()));
  }
  LUMBUNG_CHECK(read == transaction.entries_size());
}

void CheckJson(const v1::Event& event) {
  std::string line;
  AppendEventJson(event, Hash{}, line);
  constexpr std::string_view kBefore = "{\"event\":";
  const std::size_t end = line.rfind(",\"hash\":");
  const std::string json = line.substr(kBefore.size(), end - kBefore.size());
  v1::Event read;
  LUMBUNG_CHECK(google::protobuf::util::JsonStringToMessage(json, &read).ok());
  LUMBUNG_CHECK(read.SerializeAsString() == event.SerializeAsString());
}

}  // namespace
}  // namespace lumbung

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lumbung;
  ScannedEvent scanned;
  std::vector<ScannedTransaction> transactions;
  ScanAll({reinterpret_cast<const char*>(data), size}, scanned, transactions);

  v1::Event event;
  if (!event.ParseFromArray(data, static_cast<int>(size)) || !UnknownField(event).empty()) return 0;
  CheckJson(event);

  // The bytes as the engine would write them.
  const std::string bytes = event.SerializeAsString();
  transactions.clear();
  if (!ScanAll(bytes, scanned, transactions)) return 0;
  LUMBUNG_CHECK(scanned.sequence == event.sequence());
  LUMBUNG_CHECK(scanned.recorded_at == event.recorded_at());
  LUMBUNG_CHECK(scanned.previous_hash == event.previous_hash());
  LUMBUNG_CHECK(scanned.body_number == static_cast<std::uint32_t>(event.body_case()));
  const auto expected = TransactionsOf(event);
  LUMBUNG_CHECK(transactions.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) CheckTransaction(transactions[i], *expected[i]);
  return 0;
}
