#include "connectors/kafka/history_check.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

namespace v1 = ledger::v1;
using testing::HasSubstr;

std::string First(const std::string& ledger) {
  v1::Event event;
  event.set_sequence(1);
  event.mutable_ledger_created()->set_ledger_id(ledger);
  return event.SerializeAsString();
}

std::string Later(std::uint64_t sequence, const std::string& actor = "teller") {
  v1::Event event;
  event.set_sequence(sequence);
  event.set_actor(actor);
  event.mutable_state_attested();
  return event.SerializeAsString();
}

class FakeLog : public EventSource {
 public:
  explicit FakeLog(std::vector<std::string> events) : events_(std::move(events)) {}

  void Seek(std::uint64_t) override {}
  bool Next(FeedEvent&) override { return false; }
  const Status& status() const override { return status_; }
  bool Wait(std::chrono::milliseconds) override { return false; }
  void Wake() override {}
  Result<std::string> Get(std::uint64_t sequence) override {
    if (!broken_.ok()) {
      return broken_;
    }
    if (sequence > events_.size()) {
      return Status::NotFound("no such event");
    }
    return events_[sequence - 1];
  }
  std::uint64_t Head() const override { return events_.size(); }

  Status broken_;

 private:
  const std::vector<std::string> events_;
  const Status status_;
};

class HistoryCheck : public testing::Test {
 protected:
  void ExpectRefused(const std::string& first, const std::string& last, const std::string& why) {
    const Result<std::uint64_t> next = NextToPublish(log_, first, last);
    EXPECT_EQ(next.status().kind(), Status::Kind::kRefused);
    EXPECT_THAT(next.status().message(), HasSubstr(why));
  }

  FakeLog log_{{First("ours"), Later(2), Later(3)}};
};

TEST_F(HistoryCheck, BeginsWithTheFirstAndGoesOnAfterTheLast) {
  EXPECT_EQ(*NextToPublish(log_, "", ""), 1u);
  EXPECT_EQ(*NextToPublish(log_, First("ours"), First("ours")), 2u);
  EXPECT_EQ(*NextToPublish(log_, First("ours"), Later(2)), 3u);
  EXPECT_EQ(*NextToPublish(log_, First("ours"), Later(3)), 4u);
}

TEST_F(HistoryCheck, NotOurs) {
  ExpectRefused(First("theirs"), Later(2), "belongs to ledger theirs");
  ExpectRefused(Later(2), Later(3), "begins with event 2");
  ExpectRefused("hello", Later(3), "begins with what is no event");
  ExpectRefused(First("ours"), "hello", "ends with what is no event");
  ExpectRefused(First("ours"), Later(2, "thief"), "its event 2 differs");
  ExpectRefused(First("ours"), Later(4), "it has event 4, and the log ends at 3");
}

TEST_F(HistoryCheck, ALogThatCantBeReadIsNoReasonToRefuseTheTopic) {
  log_.broken_ = Status::IoError("disk");
  EXPECT_EQ(NextToPublish(log_, First("ours"), Later(2)).status().kind(), Status::Kind::kIoError);
}

}  // namespace
}  // namespace lumbung
