// The reader of event bytes, against protobuf's own encoding of the same.
#include "engine/verify/event_scan.h"

#include <gtest/gtest.h>

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

namespace v1 = ledger::v1;

void AddEntry(v1::Transaction& transaction, std::uint32_t code, std::int64_t amount,
              const std::string& currency = "") {
  v1::Entry& entry = *transaction.add_entries();
  entry.set_code(code);
  entry.set_currency(currency);
  amount >= 0 ? entry.set_debit(amount) : entry.set_credit(-amount);
}

v1::Event PostedEvent() {
  v1::Event event;
  event.set_sequence(300);
  event.set_recorded_at(1'700'000'000'000'000);
  event.set_previous_hash(std::string(32, 'p'));
  event.set_actor("someone");
  v1::Transaction& transaction = *event.mutable_transaction_posted()->mutable_transaction();
  transaction.set_transaction_id("01890f0a-7c00-7000-8000-000000000001");
  transaction.set_cooperative(999'999'999'999);
  transaction.set_kind("sale");
  AddEntry(transaction, 1121, 75'000'000);
  AddEntry(transaction, 4101, -75'000'000);
  transaction.set_reference("till 1");
  transaction.set_operator_(77);
  event.mutable_transaction_posted()->mutable_posting()->set_posting_date(20260501);
  return event;
}

TEST(EventScan, ReadsWhatProtobufWrote) {
  const std::string bytes = PostedEvent().SerializeAsString();
  ScannedEvent event;
  ASSERT_TRUE(ScanEvent(bytes, event));
  EXPECT_EQ(event.sequence, 300U);
  EXPECT_EQ(event.recorded_at, 1'700'000'000'000'000);
  EXPECT_EQ(event.previous_hash, std::string(32, 'p'));
  EXPECT_EQ(event.body_number, 10U);

  TransactionScanner transactions(event);
  ScannedTransaction transaction;
  ASSERT_TRUE(transactions.Next(transaction));
  EXPECT_EQ(transaction.transaction_id, "01890f0a-7c00-7000-8000-000000000001");
  EXPECT_EQ(transaction.cooperative, 999'999'999'999U);
  EntryScanner entries(transaction.bytes);
  ScannedEntry entry;
  ASSERT_TRUE(entries.Next(entry));
  EXPECT_EQ(entry.code, 1121U);
  EXPECT_TRUE(entry.is_debit);
  EXPECT_EQ(entry.amount, 75'000'000);
  ASSERT_TRUE(entries.Next(entry));
  EXPECT_FALSE(entry.is_debit);
  EXPECT_FALSE(entries.Next(entry));
  EXPECT_TRUE(entries.ok());
  EXPECT_FALSE(transactions.Next(transaction));
  EXPECT_TRUE(transactions.ok());
}

TEST(EventScan, ReadsEveryItemOfABatch) {
  v1::Event event = PostedEvent();
  const v1::TransactionPosted posted = event.transaction_posted();
  event.mutable_batch_posted()->set_cooperative(999'999'999'999);
  *event.mutable_batch_posted()->add_transactions() = posted;
  *event.mutable_batch_posted()->add_transactions() = posted;
  const std::string bytes = event.SerializeAsString();
  ScannedEvent scanned;
  ASSERT_TRUE(ScanEvent(bytes, scanned));
  TransactionScanner transactions(scanned);
  ScannedTransaction transaction;
  EXPECT_TRUE(transactions.Next(transaction));
  EXPECT_TRUE(transactions.Next(transaction));
  EXPECT_FALSE(transactions.Next(transaction));
  EXPECT_TRUE(transactions.ok());
}

TEST(EventScan, EventsWithoutMoneyHaveNoTransactions) {
  v1::Event event = PostedEvent();
  event.mutable_epoch_started()->set_epoch(2);
  const std::string bytes = event.SerializeAsString();
  ScannedEvent scanned;
  ASSERT_TRUE(ScanEvent(bytes, scanned));
  TransactionScanner transactions(scanned);
  ScannedTransaction transaction;
  EXPECT_FALSE(transactions.Next(transaction));
  EXPECT_TRUE(transactions.ok());
}

TEST(EventScan, RefusesWhatTheEngineNeverWrites) {
  const std::string good = PostedEvent().SerializeAsString();
  ScannedEvent event;
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(ScanEvent(std::string_view(good).substr(0, size), event)) << size;
  }
  EXPECT_FALSE(ScanEvent(good + good, event)) << "a field given twice";
  v1::Event short_hash = PostedEvent();
  short_hash.set_previous_hash("short");
  EXPECT_FALSE(ScanEvent(short_hash.SerializeAsString(), event));
  EXPECT_FALSE(ScanEvent("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", event));
}

TEST(EventScan, NamesWhatIsWrongWithEntries) {
  const auto fault = [](const v1::Transaction& transaction) {
    const std::string bytes = transaction.SerializeAsString();
    const char* text = FaultOfEntries(bytes);
    return std::string(text == nullptr ? "" : text);
  };
  v1::Transaction transaction;
  AddEntry(transaction, 1101, 5);
  EXPECT_EQ(fault(transaction), "has fewer than 2 entries");
  AddEntry(transaction, 4101, -5);
  EXPECT_EQ(fault(transaction), "");
  AddEntry(transaction, 4101, -1);
  EXPECT_EQ(fault(transaction), "does not balance");
  AddEntry(transaction, 1101, 1, "GBP");
  EXPECT_EQ(fault(transaction), "does not balance") << "one currency does not pay for another";
  AddEntry(transaction, 1101, 1, "IDR");
  AddEntry(transaction, 4101, -1, "GBP");
  EXPECT_EQ(fault(transaction), "") << "IDR and an empty currency are the same";
  AddEntry(transaction, 1101, 0);
  EXPECT_EQ(fault(transaction), "has an entry whose amount is not positive");
}

TEST(EventScan, BalancesAtTheEdgeOfTheNumbers) {
  v1::Transaction transaction;
  for (int i = 0; i < 128; ++i) {
    AddEntry(transaction, 1101, INT64_MAX);
    AddEntry(transaction, 4101, -INT64_MAX);
  }
  EXPECT_EQ(FaultOfEntries(transaction.SerializeAsString()), nullptr);
  AddEntry(transaction, 4101, -1);
  EXPECT_STREQ(FaultOfEntries(transaction.SerializeAsString()), "has more than 256 entries");
}

}  // namespace
}  // namespace lumbung
