// What a projection makes of a feed that is right, and of one that is not.
#include "projections/runtime/runner.h"

#include <algorithm>
#include <functional>

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "tests/support/fast_directory.h"
#include "tests/unit/projections/runtime/runner_fixture.h"

namespace lumbung {
namespace {

using ::testing::HasSubstr;

class RunnerTest : public ::testing::Test {
 protected:
  void SetUp() override { chain_.FillTo(2'000); }

  // Takes the records, and expects it to have stopped after `taken` events for a reason with these
  // words.
  void ExpectStops(const std::vector<std::string>& records, std::uint64_t taken,
                   const std::string& expected, const std::string& found) {
    const TemporaryDirectory dir;
    const auto instance = OpenSums(dir.path());
    RunOnce(*instance, records);
    const ProjectionStatus status = instance->status();
    ASSERT_TRUE(status.reason.has_value()) << status.stopped;
    EXPECT_EQ(status.reason->shard, 0U);
    EXPECT_THAT(status.reason->expected, HasSubstr(expected));
    EXPECT_THAT(status.reason->found, HasSubstr(found));
    EXPECT_THAT(status.stopped, HasSubstr(found));
    // What came before is there, and speaks for itself.
    EXPECT_EQ(status.shards.at(0).position.sequence, taken);
    EXPECT_EQ(DigestOf(*instance), QuietDigest(FirstOf(taken)));
  }
  std::vector<std::string> FirstOf(std::uint64_t count) const {
    return {chain_.bytes().begin(), chain_.bytes().begin() + static_cast<std::ptrdiff_t>(count)};
  }

  const TemporaryDirectory dir_;
  EventChain chain_;
};

TEST_F(RunnerTest, ComesToTheSumsOfTheEvents) {
  const auto instance = OpenSums(dir_.path());
  RunOnce(*instance, chain_.bytes());
  const auto view = instance->view();
  std::map<std::tuple<std::uint64_t, std::uint32_t, std::uint64_t>, std::int64_t> sums;
  for (const std::string& bytes : chain_.bytes()) {
    v1::Event event;
    ASSERT_TRUE(event.ParseFromString(bytes));
    const v1::Transaction& transaction = event.transaction_posted().transaction();
    for (const v1::Entry& entry : transaction.entries()) {
      sums[{transaction.cooperative(), entry.code(), entry.holder()}] +=
          entry.debit() - entry.credit();
    }
  }
  ASSERT_GT(sums.size(), 10U);
  for (const auto& [account, sum] : sums) {
    const auto& [cooperative, code, holder] = account;
    EXPECT_EQ(SumsProjection::SumOf(*view, cooperative, code, holder), sum);
  }
  EXPECT_EQ(view->positions().at(0).sequence, 2'000U);
  EXPECT_EQ(view->positions().at(0).hash, chain_.hash(2'000));
  EXPECT_EQ(view->positions().at(0).offset, 1'999U);
  EXPECT_EQ(instance->status().events, 2'000U);
  EXPECT_EQ(LagEvents(instance->status()), 0U);
}

TEST_F(RunnerTest, TheDigestDoesNotDependOnTheBatches) {
  const Hash quiet = QuietDigest(chain_.bytes());
  for (const std::size_t batch : {1, 3, 100, 1'999}) {
    const TemporaryDirectory dir;
    const auto instance = OpenSums(dir.path());
    RunOnce(*instance, chain_.bytes(), Once(batch));
    EXPECT_EQ(DigestOf(*instance), quiet) << "batches of " << batch;
    EXPECT_GE(instance->status().store.batches, 2'000 / std::max<std::size_t>(batch, 512));
  }
  EXPECT_NE(QuietDigest(FirstOf(1'999)), quiet);
}

TEST_F(RunnerTest, GoesOnWhereItWasAfterARestart) {
  for (const std::uint64_t count : {0U, 1U, 700U, 700U, 2'000U}) {
    const auto instance = OpenSums(dir_.path());
    RunOnce(*instance, FirstOf(count));
    EXPECT_EQ(instance->status().shards.at(0).seen_again, 0U);
    EXPECT_EQ(instance->status().stopped, "");
    EXPECT_OK(instance->Flush());
  }
  EXPECT_EQ(DigestOf(*OpenSums(dir_.path())), QuietDigest(chain_.bytes()));
}

TEST_F(RunnerTest, SkipsWhatIsRepeated) {
  std::vector<std::string> records = FirstOf(1'000);
  records.push_back(chain_.bytes(1'000));
  records.insert(records.end(), chain_.bytes().begin() + 400, chain_.bytes().end());
  const auto instance = OpenSums(dir_.path());
  RunOnce(*instance, records);
  EXPECT_EQ(instance->status().shards.at(0).seen_again, 601U);
  EXPECT_EQ(instance->status().stopped, "");
  EXPECT_EQ(DigestOf(*instance), QuietDigest(chain_.bytes()));
}

TEST_F(RunnerTest, StopsAtAMissingEvent) {
  std::vector<std::string> records = chain_.bytes();
  records.erase(records.begin() + 699);
  ExpectStops(records, 699, "event 700", "event 701");
}

TEST_F(RunnerTest, FindsAFlippedByteWhereverItIs) {
  const std::vector<std::string>& records = chain_.bytes();
  for (std::size_t at = 0; at < chain_.bytes(700).size(); ++at) {
    std::vector<std::string> flipped(records.begin() + 690, records.begin() + 710);
    flipped[9][at] = static_cast<char>(flipped[9][at] ^ 4);
    Position last{690, chain_.hash(690), 0, 0, 0};
    StopReason reason;
    Link link = Link::kNext;
    for (std::size_t i = 0; i < flipped.size() && link != Link::kBroken; ++i) {
      Chunk chunk;
      chunk.Add({0, flipped[i], 0}, Hasher().Leaf(flipped[i]));
      link = CheckLink(last, chunk.events[0], reason);
      if (link == Link::kNext) {
        last = {last.sequence + 1, chunk.events[0].hash, 0, 0, 0};
      }
    }
    // Where the event itself tells nothing, the one after it does not link to it.
    ASSERT_EQ(link, Link::kBroken) << "byte " << at;
    ASSERT_GE(reason.sequence, 700U) << "byte " << at;
    ASSERT_LE(reason.sequence, 701U) << "byte " << at;
  }
}

TEST_F(RunnerTest, StopsWhereTheLinkIsAnother) {
  std::vector<std::string> records = chain_.bytes();
  v1::Event event;
  ASSERT_TRUE(event.ParseFromString(records[699]));
  event.set_previous_hash(std::string(32, 'x'));
  records[699] = event.SerializeAsString();
  ExpectStops(records, 699, "a link to " + ToHex(chain_.hash(699)), "a link to 7878");
}

TEST_F(RunnerTest, StopsAtBytesThatAreNoEvent) {
  std::vector<std::string> records = chain_.bytes();
  records[699] = "no event";
  ExpectStops(records, 699, "an event", "bytes that are none");
}

TEST_F(RunnerTest, StopsAtAnEssentialKindThatItDoesNotKnow) {
  std::vector<std::string> records = FirstOf(700);
  v1::Event event;
  event.set_sequence(701);
  event.set_previous_hash(std::string(AsView(chain_.hash(700))));
  event.GetReflection()->MutableUnknownFields(&event)->AddLengthDelimited(99, "of the future");
  records.push_back(event.SerializeAsString());
  ExpectStops(records, 700, "a kind of event that this program knows", "kind 99");
}

TEST_F(RunnerTest, SkipsAnAdvisoryKindThatItDoesNotKnow) {
  EventChain chain;
  chain.FillTo(10);
  v1::Event event;
  event.GetReflection()->MutableUnknownFields(&event)->AddLengthDelimited(1'099, "advice");
  chain.Add(event);
  chain.FillTo(20);
  const auto instance = OpenSums(dir_.path());
  RunOnce(*instance, chain.bytes());
  EXPECT_EQ(instance->status().stopped, "");
  EXPECT_EQ(instance->view()->positions().at(0).sequence, 20U);
}

TEST_F(RunnerTest, StopsAtAnEventThatTheProjectionRefuses) {
  std::vector<std::string> records = FirstOf(700);
  v1::Event event;
  event.set_sequence(701);
  event.set_previous_hash(std::string(AsView(chain_.hash(700))));
  event.mutable_transaction_posted()->mutable_transaction()->set_kind("refuse");
  records.push_back(event.SerializeAsString());
  const auto instance = OpenSums(dir_.path());
  RunOnce(*instance, FirstOf(600));
  RunOnce(*instance, records);
  EXPECT_THAT(instance->status().stopped,
              HasSubstr("event 701: expected an event that can be applied, found a kind that"));
  // It may have taken the event in half, so the batch is given up.
  EXPECT_EQ(DigestOf(*instance), QuietDigest(FirstOf(600)));
}

TEST_F(RunnerTest, SkipsALowerEpochAndTakesAHigherOneOnlyWhenItIsStarted) {
  EventChain chain;
  chain.FillTo(10);
  EventChain zombie = chain;
  v1::Event started;
  started.set_epoch(1);
  started.mutable_epoch_started()->set_epoch(1);
  chain.Add(started);
  chain.FillTo(20);
  zombie.FillTo(13);
  std::vector<std::string> records = chain.bytes();
  for (const std::uint64_t late : {11U, 12U, 13U}) {
    records.insert(records.begin() + 15, zombie.bytes(late));
  }
  const auto instance = OpenSums(dir_.path());
  RunOnce(*instance, records);
  EXPECT_EQ(instance->status().stopped, "");
  EXPECT_EQ(instance->status().shards.at(0).stale, 3U);
  EXPECT_EQ(DigestOf(*instance), QuietDigest(chain.bytes()));

  v1::Event unstarted;
  unstarted.set_epoch(1);
  unstarted.mutable_transaction_posted();
  EventChain wrong;
  wrong.FillTo(10);
  wrong.Add(unstarted);
  const TemporaryDirectory dir;
  const auto stopped = OpenSums(dir.path());
  RunOnce(*stopped, wrong.bytes());
  EXPECT_THAT(stopped->status().stopped, HasSubstr("that was never started"));
}

TEST_F(RunnerTest, StopsWhereHistoryIsAnotherThanTheOneTaken) {
  const auto instance = OpenSums(dir_.path());
  RunOnce(*instance, FirstOf(1'000));
  EventChain other;
  other.FillTo(999);
  v1::Event event;
  event.mutable_attestation_recorded();
  other.Add(event);
  other.FillTo(2'000);
  RunOnce(*instance, other.bytes());
  EXPECT_THAT(instance->status().stopped, HasSubstr("event 1000: expected the hash"));
}

TEST_F(RunnerTest, StopsWhereTheFeedEndsBeforeWhatWasTaken) {
  const auto instance = OpenSums(dir_.path());
  RunOnce(*instance, chain_.bytes());
  RunOnce(*instance, FirstOf(1'500));
  EXPECT_THAT(instance->status().stopped, HasSubstr("its feed ends at event 1500"));
}

TEST_F(RunnerTest, OnceWaitsForWhatItsFeedKnowsOf) {
  const auto list = ListOf(FirstOf(100));
  list->Promise(2'000);
  const auto instance = OpenSums(dir_.path());
  Runner runner({instance.get()}, FeedOf(list), Once());
  ASSERT_TRUE(instance->WaitFor(0, 100, Soon()));
  EXPECT_FALSE(runner.ended());
  list->AppendAll({chain_.bytes().begin() + 100, chain_.bytes().end()});
  runner.Wait();
  EXPECT_EQ(instance->view()->positions().at(0).sequence, 2'000U);
  EXPECT_EQ(DigestOf(*instance), QuietDigest(chain_.bytes()));
}

TEST_F(RunnerTest, StopsWithItsFeed) {
  const auto list = ListOf(FirstOf(100));
  list->Break();
  const auto instance = OpenSums(dir_.path());
  int told = 0;
  RunnerOptions options;
  options.on_stop = [&](const ProjectionInstance& stopped) {
    ++told;
    EXPECT_EQ(&stopped, instance.get());
  };
  Runner runner({instance.get()}, FeedOf(list), options);
  runner.Wait();
  EXPECT_EQ(told, 1);
  EXPECT_EQ(instance->status().stopped, "shard 0: the wire is cut");
  EXPECT_EQ(instance->view()->positions().at(0).sequence, 100U);
}

TEST_F(RunnerTest, FollowsAndLetsItsReadersWait) {
  const auto list = ListOf(FirstOf(100));
  const auto instance = OpenSums(dir_.path());
  Runner runner({instance.get()}, FeedOf(list), {});
  EXPECT_TRUE(instance->WaitFor(0, 100, Soon()));
  for (std::uint64_t sequence = 101; sequence <= 200; ++sequence) {
    list->Append(chain_.bytes(sequence));
    ASSERT_TRUE(instance->WaitFor(0, sequence, Soon()));
    ASSERT_GE(instance->view()->positions().at(0).sequence, sequence);
  }
  EXPECT_FALSE(instance->WaitFor(0, 201, std::chrono::steady_clock::now()));
  EXPECT_FALSE(instance->WaitFor(1, 1, Soon())) << "it has no such shard";
  runner.Stop();
  runner.Wait();
  EXPECT_EQ(DigestOf(*instance), QuietDigest(FirstOf(200)));
}

TEST_F(RunnerTest, AViewStaysAsItWas) {
  const auto list = ListOf(FirstOf(100));
  const auto instance = OpenSums(dir_.path());
  Runner runner({instance.get()}, FeedOf(list), {});
  ASSERT_TRUE(instance->WaitFor(0, 100, Soon()));
  const auto view = instance->view();
  const Hash digest = Must(DigestOf(*view));
  list->AppendAll({chain_.bytes().begin() + 100, chain_.bytes().end()});
  ASSERT_TRUE(instance->WaitFor(0, 2'000, Soon()));
  EXPECT_EQ(view->positions().at(0).sequence, 100U);
  EXPECT_EQ(Must(DigestOf(*view)), digest);
  EXPECT_EQ(digest, QuietDigest(FirstOf(100)));
}

TEST_F(RunnerTest, TakesNoMoreThanItIsTo) {
  RunnerOptions options = Once();
  options.through[0] = 700;
  const auto instance = OpenSums(dir_.path());
  RunOnce(*instance, chain_.bytes(), options);
  EXPECT_EQ(DigestOf(*instance), QuietDigest(FirstOf(700)));
  EXPECT_EQ(LagEvents(instance->status()), 1'300U);
  // 700 was recorded so long after the first.
  EXPECT_EQ(LagMicros(instance->status(), EventChain::kStart + 1'000'000), 1'000'000 - 699'000);
  // Once it is there, it stays.
  RunOnce(*instance, chain_.bytes(), options);
  EXPECT_EQ(instance->status().stopped, "");
}

TEST_F(RunnerTest, CommitsBeforeAnEventThatReadsRows) {
  EventChain chain;
  chain.FillTo(100);
  v1::Event attested;
  attested.mutable_attestation_recorded();
  chain.Add(attested);
  chain.FillTo(200);
  const auto instance = OpenSums(dir_.path());
  RunOnce(*instance, chain.bytes());
  const TemporaryDirectory dir;
  const auto before = OpenSums(dir.path());
  RunOnce(*before, {chain.bytes().begin(), chain.bytes().begin() + 100});
  EXPECT_EQ(SumsProjection::Seen(*instance->view()),
            std::to_string(SumsProjection::SumOf(*before->view(), 1, 1101, 0)));
  EXPECT_NE(SumsProjection::Seen(*instance->view()), "0");
}

TEST_F(RunnerTest, OneThatStopsDoesNotHoldUpTheOthers) {
  const TemporaryDirectory other_dir;
  const auto behind = OpenSums(dir_.path());
  const auto other = OpenSums(other_dir.path());
  RunOnce(*other, FirstOf(500));
  other->Stop("for this test");
  {
    Runner runner({behind.get(), other.get()}, FeedOf(ListOf(chain_.bytes())), Once());
    runner.Wait();
  }
  EXPECT_EQ(DigestOf(*behind), QuietDigest(chain_.bytes()));
  EXPECT_EQ(DigestOf(*other), QuietDigest(FirstOf(500)));
}

TEST_F(RunnerTest, ProjectionsAtDifferentPositionsShareAFeed) {
  const TemporaryDirectory other_dir;
  const auto behind = OpenSums(dir_.path());
  const auto ahead = OpenSums(other_dir.path());
  RunOnce(*behind, FirstOf(10));
  RunOnce(*ahead, FirstOf(1'500));
  {
    Runner runner({behind.get(), ahead.get()}, FeedOf(ListOf(chain_.bytes())), Once());
    runner.Wait();
  }
  EXPECT_EQ(DigestOf(*behind), DigestOf(*ahead));
  EXPECT_EQ(DigestOf(*behind), QuietDigest(chain_.bytes()));
}

TEST_F(RunnerTest, TakesSeveralShards) {
  EventChain second;
  second.FillTo(50);
  v1::Event more;
  more.mutable_attestation_recorded();
  second.Add(more);
  second.FillTo(1'200);
  Hash digests[2];
  for (int i = 0; i < 2; ++i) {
    const TemporaryDirectory dir;
    const auto instance =
        Must(ProjectionInstance::Open(std::make_unique<SumsProjection>(), dir.path(), {0, 1}, {}));
    ShardFeeds feeds = FeedOf(ListOf(chain_.bytes()));
    feeds[1] = std::make_unique<ListFeed>(ListOf(second.bytes()));
    {
      Runner runner({instance.get()}, std::move(feeds), Once(i == 0 ? 64 : 10'000));
      runner.Wait();
    }
    EXPECT_EQ(instance->view()->positions().at(0).sequence, 2'000U);
    EXPECT_EQ(instance->view()->positions().at(1).hash, second.hash(1'200));
    std::string order;
    ASSERT_TRUE(Must(instance->view()->Get(std::string("o\0\0\0\1", 5), order)));
    digests[i] = AsHash(order);
  }
  EXPECT_EQ(digests[0], digests[1]);
}

TEST_F(RunnerTest, RefusesRowsOfOtherShards) {
  {
    const auto instance = OpenSums(dir_.path());
    RunOnce(*instance, chain_.bytes());
    EXPECT_OK(instance->Flush());
  }
  const auto refused =
      ProjectionInstance::Open(std::make_unique<SumsProjection>(), dir_.path(), {0, 1}, {});
  EXPECT_EQ(refused.status().kind(), Status::Kind::kRefused);
}

// Records repeated at any place and cut into any batches, over restarts.
RC_GTEST_PROP(Runner, ComesToTheSameWhateverIsRepeatedAndRestarted, ()) {
  constexpr int kRuns = 4;
  EventChain chain;
  chain.FillTo(120);
  const FastDirectory dir;
  std::uint64_t end = 0;
  for (int run = 1; run <= kRuns; ++run) {
    end = run == kRuns ? chain.size() : *rc::gen::inRange<std::uint64_t>(end, chain.size() + 1);
    std::vector<std::string> records(chain.bytes().begin(),
                                     chain.bytes().begin() + static_cast<std::ptrdiff_t>(end));
    // Some go back and on from there, as who publishes anew does.
    for (const std::uint64_t at :
         *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 120))) {
      if (at < records.size()) {
        const auto place = records.begin() + static_cast<std::ptrdiff_t>(at);
        const std::vector<std::string> again(records.begin(), place + 1);
        records.insert(place + 1,
                       again.end() - std::min<std::ptrdiff_t>(again.end() - again.begin(), 7),
                       again.end());
      }
    }
    const auto instance = OpenSums(dir.path());
    RunOnce(*instance, records, Once(*rc::gen::inRange<std::size_t>(1, 60)));
    RC_ASSERT(instance->status().stopped.empty());
    RC_ASSERT(instance->position(0).sequence == end);
    RC_ASSERT(instance->Flush().ok());
  }
  RC_ASSERT(DigestOf(*OpenSums(dir.path())) == QuietDigest(chain.bytes()));
}

}  // namespace
}  // namespace lumbung
