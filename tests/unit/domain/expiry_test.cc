// Which holds are released, and in which order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/domain/decide.h"
#include "tests/unit/domain/book.h"

namespace lumbung {
namespace {

constexpr std::int64_t kMinute = 60'000'000;

class ExpiryTest : public testing::Test {
 protected:
  void Hold(const std::string& name, const std::string& options) {
    book_.Do("hold sale card 2026-05-01 as " + name + " " + options +
             ": debit 1121 1.00, credit 4102 1.00");
  }
  // Ids of the holds that are released at a time, in order.
  std::vector<std::string> ReleasedAt(std::int64_t now) {
    const std::size_t events = book_.ledger().events().size();
    book_.ledger().set_now(now);
    book_.ledger().ReleaseDueHolds();
    std::vector<std::string> ids;
    for (std::size_t i = events; i < book_.ledger().events().size(); ++i) {
      const v1::Event& event = book_.ledger().events()[i];
      EXPECT_TRUE(event.hold_released().expired());
      EXPECT_TRUE(event.hold_released().command_id().empty());
      EXPECT_EQ(event.hold_released().cooperative(), 20417u);
      EXPECT_EQ(event.hold_released().released_size(), 2);
      ids.push_back(event.hold_released().hold_id());
    }
    return ids;
  }

  Book book_;
};

TEST_F(ExpiryTest, ByTimeThenBySequence) {
  const std::int64_t start = book_.ledger().now();
  Hold("late", "expires in 3 minutes");
  Hold("b", "expires in 2 minutes");
  Hold("a", "expires in 2 minutes");
  Hold("first", "expires in 1 minute");
  Hold("never", "");
  EXPECT_EQ(book_.ledger().state().NextExpiry(), start + kMinute);
  EXPECT_THAT(ReleasedAt(start + kMinute - 1), testing::IsEmpty());
  EXPECT_THAT(ReleasedAt(start + 2 * kMinute),
              testing::ElementsAre(ScenarioId("first"), ScenarioId("b"), ScenarioId("a")));
  EXPECT_EQ(book_.ledger().state().NextExpiry(), start + 3 * kMinute);
  EXPECT_THAT(ReleasedAt(start + 1000 * kMinute), testing::ElementsAre(ScenarioId("late")));
  EXPECT_EQ(book_.ledger().state().NextExpiry(), 0);
}

TEST_F(ExpiryTest, AHoldThatHasEndedDoesNotExpire) {
  const std::int64_t start = book_.ledger().now();
  Hold("captured", "expires in 1 minute");
  Hold("released", "expires in 1 minute");
  book_.Do("capture captured 2026-05-01");
  book_.Do("release released");
  EXPECT_EQ(book_.ledger().state().NextExpiry(), 0);
  EXPECT_THAT(ReleasedAt(start + 2 * kMinute), testing::IsEmpty());
}

TEST_F(ExpiryTest, AnExpiryInThePastIsDueAtOnce) {
  v1::Command command =
      book_.Read("hold sale card 2026-05-01 as past: debit 1121 1.00, credit 4102 1.00");
  command.mutable_hold()->set_expires_at(1);
  ASSERT_EQ(book_.ledger().Submit(command).code, v1::OK);
  EXPECT_THAT(ReleasedAt(book_.ledger().now()), testing::ElementsAre(ScenarioId("past")));
}

}  // namespace
}  // namespace lumbung
