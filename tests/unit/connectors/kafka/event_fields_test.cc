#include "connectors/kafka/event_fields.h"

#include <gtest/gtest.h>

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

namespace v1 = ledger::v1;

v1::Event Envelope() {
  v1::Event event;
  event.set_sequence(300);
  event.set_recorded_at(1'780'000'000'000'001);
  event.set_epoch(7);
  event.set_previous_hash(std::string(32, '\x0b'));
  event.set_actor("teller");
  return event;
}

v1::Event Posted() {
  v1::Event event = Envelope();
  v1::Transaction& transaction = *event.mutable_transaction_posted()->mutable_transaction();
  transaction.set_transaction_id("01890f0a-7c00-7000-8000-000000000001");
  transaction.set_cooperative(999'999'999'999);
  transaction.add_entries()->set_code(1122);
  event.mutable_transaction_posted()->mutable_posting()->set_posting_date(20260531);
  return event;
}

void ExpectFields(const v1::Event& event, std::uint64_t cooperative) {
  EventFields fields;
  ASSERT_TRUE(ReadEventFields(event.SerializeAsString(), fields)) << event.ShortDebugString();
  EXPECT_EQ(fields.sequence, event.sequence());
  EXPECT_EQ(fields.recorded_at, event.recorded_at());
  EXPECT_EQ(fields.body, static_cast<std::uint32_t>(event.body_case()));
  EXPECT_EQ(fields.cooperative, cooperative) << event.ShortDebugString();
}

TEST(EventFields, OfAPostedTransaction) { ExpectFields(Posted(), 999'999'999'999); }

TEST(EventFields, OfEveryOtherBodyThatHasACooperative) {
  v1::Event event = Envelope();
  event.mutable_batch_posted()->set_command_id("01890f0a-7c00-7000-8000-000000000001");
  event.mutable_batch_posted()->set_cooperative(5);
  ExpectFields(event, 5);
  event.mutable_hold_released()->set_expired(true);
  event.mutable_hold_released()->set_cooperative(6);
  ExpectFields(event, 6);
  v1::Transaction& refused = *event.mutable_command_rejected()->mutable_command()->mutable_post();
  refused.set_transaction_id("01890f0a-7c00-7000-8000-000000000001");
  refused.set_cooperative(7);
  ExpectFields(event, 7);
  event.mutable_transaction_held()->mutable_transaction()->set_cooperative(8);
  event.mutable_transaction_held()->mutable_transaction()->set_transaction_id(
      "01890f0a-7c00-7000-8000-000000000001");
  ExpectFields(event, 8);
}

TEST(EventFields, OfWhatIsOfNoSingleCooperative) {
  v1::Event event = Envelope();
  event.mutable_ledger_created()->set_ledger_id("01890f0a-7c00-7000-8000-000000000001");
  ExpectFields(event, 0);
  event.mutable_state_attested()->set_sequence(3);
  ExpectFields(event, 0);
}

TEST(EventFields, NoEvent) {
  EventFields fields;
  EXPECT_FALSE(ReadEventFields("", fields));
  EXPECT_FALSE(ReadEventFields("hello", fields));
  EXPECT_FALSE(ReadEventFields(std::string(1'000, '\xff'), fields));
  v1::Event event = Posted();
  event.clear_sequence();
  EXPECT_FALSE(ReadEventFields(event.SerializeAsString(), fields)) << "no sequence";
}

// Whatever is cut off is seen or gives what a parser gives; nothing is read past the end.
TEST(EventFields, CutOff) {
  const std::string whole = Posted().SerializeAsString();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string part = whole.substr(0, size);
    EventFields fields;
    v1::Event event;
    if (ReadEventFields(part, fields)) {
      ASSERT_TRUE(event.ParseFromString(part)) << size;
      EXPECT_EQ(fields.sequence, event.sequence());
      EXPECT_EQ(fields.body, static_cast<std::uint32_t>(event.body_case()));
    }
  }
}

}  // namespace
}  // namespace lumbung
