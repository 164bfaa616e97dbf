// Questions about findings through the gateway: what they show, in which pages, who may ask, and
// what is refused.
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "tests/unit/serve/projection_gateway_fixture.h"

namespace lumbung {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = CallError::Kind;

// Rp500 million in cash at once is one of large-cash.
constexpr std::int64_t kLarge = 50'000'000'000;
constexpr std::int64_t kMinute = 60'000'000;

v1::Command SaleWith(std::uint64_t id, const std::string& reference) {
  v1::Command sale = Sale(RandomId(id));
  sale.mutable_post()->set_reference(reference);
  return sale;
}

v1::Command Acknowledging(std::uint64_t id, const std::string& finding, std::uint64_t cooperative) {
  v1::Command command;
  command.set_command_id(RandomId(id));
  v1::Attestation& attestation = *command.mutable_record_attestation();
  attestation.set_cooperative(cooperative);
  attestation.set_kind("finding-acknowledged");
  attestation.set_subject(finding);
  attestation.set_as_of(kTestDate);
  attestation.set_document_digest(std::string(32, 'd'));
  v1::AttestedValue& value = *attestation.add_values();
  value.set_name("harvest paid in cash");
  value.set_value(1);
  return command;
}

class AuditReadsTest : public ProjectionGatewayTest {
 protected:
  AuditReadsTest() { names_ = {"audit"}; }

  // Recorded; what it was answered with.
  Answer Do(const v1::Command& command) {
    const Answer answer = Execute(command);
    EXPECT_EQ(answer.code, v1::OK) << answer.detail;
    last_ = answer.sequence;
    return answer;
  }
  // Of the test cooperative, as of what was recorded last.
  v1::ListFindingsRequest Own() const {
    v1::ListFindingsRequest request;
    request.set_cooperative(kTestCooperative);
    request.set_at_least_sequence(last_);
    return request;
  }
  std::vector<v1::Finding> List(const v1::ListFindingsRequest& request) {
    const auto response = MustAsk(&ProjectionGateway::ListFindings, request);
    return {response.findings().begin(), response.findings().end()};
  }
  std::vector<std::string> Rules(const v1::ListFindingsRequest& request) {
    std::vector<std::string> rules;
    for (const v1::Finding& finding : List(request)) rules.push_back(finding.rule());
    return rules;
  }
  v1::GetFindingResponse One(const std::string& id) {
    v1::GetFindingRequest request;
    request.set_id(id);
    request.set_cooperative(kTestCooperative);
    request.set_at_least_sequence(last_);
    return MustAsk(&ProjectionGateway::GetFinding, request);
  }
  v1::RuleCount CountOf(const std::string& rule) {
    const auto counts = MustAsk(&ProjectionGateway::CountFindings, v1::CountFindingsRequest());
    EXPECT_EQ(counts.as_of_size(), static_cast<int>(shards_));
    for (const v1::RuleCount& count : counts.counts()) {
      if (count.rule() == rule) return count;
    }
    ADD_FAILURE() << "no count of " << rule;
    return {};
  }
  // An alarm and a warning, the warning newer.
  void FindTwo() {
    large_ = Do(Sale(RandomId(1), kLarge));
    clock_.Advance(60 * kMinute);
    Do(SaleWith(2, "till 1"));
    Do(SaleWith(3, "till 1"));
  }

  std::uint64_t last_ = 0;
  Answer large_;
};

TEST_F(AuditReadsTest, ShowsWhatWasFoundAndWhichEventsShowIt) {
  StartProjections();
  FindTwo();
  const auto list = MustAsk(&ProjectionGateway::ListFindings, Own());
  ASSERT_EQ(list.findings_size(), 2);
  EXPECT_EQ(list.next_cursor(), "");
  ASSERT_EQ(list.as_of_size(), 2) << "of every shard";
  EXPECT_GE(list.as_of(static_cast<int>(Home())).sequence(), last_);
  EXPECT_EQ(list.findings(0).rule(), "duplicate-reference");
  EXPECT_EQ(list.findings(0).severity(), v1::WARNING);
  EXPECT_EQ(list.findings(0).events(), 2U);

  const v1::Finding& large = list.findings(1);
  EXPECT_EQ(large.rule(), "large-cash");
  EXPECT_EQ(large.severity(), v1::ALARM);
  EXPECT_EQ(large.cooperative(), kTestCooperative);
  EXPECT_EQ(large.from_date(), kTestDate);
  EXPECT_EQ(large.to_date(), kTestDate);
  EXPECT_NE(large.found_at(), 0);
  EXPECT_EQ(large.resolved_at(), 0);
  ASSERT_EQ(large.evidence_size(), 1);
  EXPECT_EQ(large.evidence(0).shard(), Home());
  EXPECT_EQ(large.evidence(0).sequence(), large_.sequence);
  EXPECT_EQ(large.evidence(0).hash(), AsView(large_.hash));
  EXPECT_THAT(large.text_id(), HasSubstr("Rp500.000.000"));
  EXPECT_THAT(large.text_en(), HasSubstr("Rp500,000,000"));
  EXPECT_NE(large.title_id(), large.title_en());
  bool has_amount = false;
  for (const v1::FindingFigure& figure : large.figures()) {
    if (figure.name() == "amount") {
      has_amount = figure.amount() == "50000000000" && figure.currency() == "IDR";
    } else if (figure.name() == "date") {
      EXPECT_EQ(figure.date(), kTestDate);
    } else if (figure.name() == "parts") {
      EXPECT_EQ(figure.number(), "1");
    } else if (figure.name() == "direction_en") {
      EXPECT_EQ(figure.text(), "in");
    }
  }
  EXPECT_TRUE(has_amount) << large.DebugString();

  EXPECT_EQ(One(large.id()).finding().DebugString(), large.DebugString());
  EXPECT_EQ(One(large.id()).as_of_size(), 2);
  EXPECT_EQ(CountOf("large-cash").findings(), 1U);
  EXPECT_EQ(CountOf("large-cash").severity(), v1::ALARM);
  EXPECT_EQ(CountOf("duplicate-reference").unresolved(), 1U);
  EXPECT_EQ(CountOf("rounding").findings(), 0U);
  EXPECT_EQ(CountOf("broken-link").findings(), 0U);
}

TEST_F(AuditReadsTest, AnAttestationAcknowledges) {
  StartProjections();
  FindTwo();
  const std::string id = List(Own())[1].id();
  EXPECT_FALSE(One(id).finding().acknowledged());
  EXPECT_EQ(CountOf("large-cash").unacknowledged(), 1U);
  // What speaks for another cooperative says nothing.
  ASSERT_EQ(Execute(RegisterCooperative(RandomId(90), 99)).code, v1::OK);
  v1::ListFindingsRequest elsewhere;
  elsewhere.set_cooperative(99);
  elsewhere.set_at_least_sequence(Do(Acknowledging(91, id, 99)).sequence);
  EXPECT_THAT(List(elsewhere), IsEmpty());
  const Answer said = Do(Acknowledging(4, id, kTestCooperative));

  const v1::Finding finding = One(id).finding();
  EXPECT_TRUE(finding.acknowledged());
  ASSERT_EQ(finding.acknowledgements_size(), 1);
  const v1::FindingAcknowledgement& one = finding.acknowledgements(0);
  EXPECT_EQ(one.command_id(), RandomId(4));
  EXPECT_EQ(one.actor(), "everyman");
  EXPECT_EQ(one.cooperative(), kTestCooperative);
  EXPECT_EQ(one.as_of(), kTestDate);
  EXPECT_EQ(one.event().shard(), Home());
  EXPECT_EQ(one.event().sequence(), said.sequence);
  EXPECT_EQ(one.event().hash(), AsView(said.hash));
  EXPECT_NE(one.recorded_at(), 0);
  ASSERT_EQ(one.values_size(), 1);
  EXPECT_EQ(one.values(0).name(), "harvest paid in cash");
  EXPECT_EQ(one.values(0).value(), 1);
  EXPECT_EQ(one.document_digest(), std::string(32, 'd'));

  EXPECT_EQ(CountOf("large-cash").unacknowledged(), 0U);
  v1::ListFindingsRequest request = Own();
  request.set_acknowledged(true);
  EXPECT_THAT(Rules(request), ElementsAre("large-cash"));
  request.set_acknowledged(false);
  EXPECT_THAT(Rules(request), ElementsAre("duplicate-reference"));
}

TEST_F(AuditReadsTest, ListsWhatIsAskedFor) {
  StartProjections();
  FindTwo();
  EXPECT_THAT(Rules(Own()), ElementsAre("duplicate-reference", "large-cash"));
  v1::ListFindingsRequest all;
  EXPECT_EQ(Rules(all), Rules(Own()));
  const auto with = [&](const std::function<void(v1::ListFindingsRequest&)>& set) {
    v1::ListFindingsRequest request = Own();
    set(request);
    return Rules(request);
  };
  using R = v1::ListFindingsRequest;
  EXPECT_THAT(with([](R& r) { r.set_order(R::OLDEST_FIRST); }),
              ElementsAre("large-cash", "duplicate-reference"));
  EXPECT_THAT(with([](R& r) { r.set_rule("large-cash"); }), ElementsAre("large-cash"));
  EXPECT_THAT(with([](R& r) { r.set_rule("rounding"); }), IsEmpty());
  EXPECT_THAT(with([](R& r) { r.set_severity(v1::ALARM); }), ElementsAre("large-cash"));
  EXPECT_EQ(with([](R& r) { r.set_severity(v1::WARNING); }).size(), 2U);
  EXPECT_EQ(with([](R& r) { r.set_resolved(false); }).size(), 2U);
  EXPECT_THAT(with([](R& r) { r.set_resolved(true); }), IsEmpty());
  all.set_cooperative(0);
  EXPECT_THAT(Rules(all), IsEmpty()) << "of more than one cooperative";
  all.set_cooperative(7);
  EXPECT_THAT(Rules(all), IsEmpty());
}

TEST_F(AuditReadsTest, DaysBeginAndEndInJakarta) {
  // From noon in Greenwich on: one hour before Jakarta's midnight, and half an hour after it.
  clock_.Advance(4 * 60 * kMinute);
  StartProjections();
  Do(Sale(RandomId(1), kLarge));
  clock_.Advance(90 * kMinute);
  Do(SaleWith(2, "till 1"));
  Do(SaleWith(3, "till 1"));
  const auto found = [&](std::int32_t from, std::int32_t to) {
    v1::ListFindingsRequest request = Own();
    request.set_from_date(from);
    request.set_to_date(to);
    return Rules(request);
  };
  EXPECT_THAT(found(kTestDate, kTestDate), ElementsAre("large-cash"));
  EXPECT_THAT(found(kTestDate + 1, kTestDate + 1), ElementsAre("duplicate-reference"));
  EXPECT_THAT(found(kTestDate + 1, 0), ElementsAre("duplicate-reference"));
  EXPECT_THAT(found(0, kTestDate), ElementsAre("large-cash"));
  EXPECT_EQ(found(kTestDate, kTestDate + 1).size(), 2U);
  EXPECT_EQ(found(19000101, 99991231).size(), 2U);
  EXPECT_THAT(found(kTestDate + 2, 0), IsEmpty());
  EXPECT_THAT(found(0, kTestDate - 1), IsEmpty());
}

TEST_F(AuditReadsTest, PagesGoOnWhileFindingsCome) {
  StartProjections();
  for (std::uint64_t i = 0; i < 5; ++i) {
    Do(SaleWith(10 + i, "till " + std::to_string(i)));
    Do(SaleWith(20 + i, "till " + std::to_string(i)));
    clock_.Advance(kMinute);
  }
  for (const auto order :
       {v1::ListFindingsRequest::NEWEST_FIRST, v1::ListFindingsRequest::OLDEST_FIRST}) {
    v1::ListFindingsRequest request = Own();
    request.set_order(order);
    std::vector<std::string> wanted;
    for (const v1::Finding& finding : List(request)) wanted.push_back(finding.id());
    EXPECT_GE(wanted.size(), 5U);
    request.set_page_size(2);
    std::vector<std::string> seen;
    do {
      const auto page = MustAsk(&ProjectionGateway::ListFindings, request);
      for (const v1::Finding& finding : page.findings()) seen.push_back(finding.id());
      EXPECT_LE(page.findings_size(), 2);
      request.set_cursor(page.next_cursor());
      if (seen.size() == 2 && order == v1::ListFindingsRequest::NEWEST_FIRST) {
        // Newer than where the page began.
        Do(SaleWith(30, "till 9"));
        Do(SaleWith(31, "till 9"));
        request.set_at_least_sequence(last_);
      }
    } while (!request.cursor().empty());
    EXPECT_EQ(seen, wanted);
  }
}

TEST_F(AuditReadsTest, WhoMayNotReadIsDenied) {
  ASSERT_EQ(Execute(RegisterCooperative(RandomId(90), 99)).code, v1::OK);
  StartProjections();
  const Answer elsewhere = Execute(Sale(RandomId(92), kLarge, 99));
  ASSERT_EQ(elsewhere.code, v1::OK);
  v1::ListFindingsRequest other;
  other.set_cooperative(99);
  other.set_at_least_sequence(elsewhere.sequence);
  const std::string others = List(other).at(0).id();
  FindTwo();
  const std::string own = List(Own()).at(1).id();

  const CooperativeRange mine{kTestCooperative, kTestCooperative};
  struct Case {
    Grant grant;
    bool may_own;
    bool may_all;
  };
  for (const Case& one :
       {Case{GrantOf(Role::kReader, {mine}), true, false}, Case{GrantOf(Role::kReader), true, true},
        Case{GrantOf(Role::kReader, {{1, 2}}), false, false},
        Case{GrantOf(Role::kAuditor), true, true}, Case{GrantOf(Role::kOperator), true, true},
        Case{GrantOf(Role::kOperator, {mine}), true, false},
        Case{GrantOf(Role::kBank), false, false}}) {
    const PrincipalPtr who = PrincipalOf("someone", {one.grant});
    const auto list_denied = [&](const v1::ListFindingsRequest& request) {
      const auto outcome = Ask(&ProjectionGateway::ListFindings, request, who);
      return outcome.error && outcome.error->kind == Kind::kDenied;
    };
    EXPECT_EQ(list_denied(Own()), !one.may_own);
    EXPECT_EQ(list_denied({}), !one.may_all);
    v1::ListFindingsRequest of_many;
    of_many.set_cooperative(0);
    EXPECT_EQ(list_denied(of_many), !one.may_all);
    EXPECT_EQ(list_denied(other), !one.may_all);
    const auto counts = Ask(&ProjectionGateway::CountFindings, v1::CountFindingsRequest(), who);
    EXPECT_EQ(counts.error && counts.error->kind == Kind::kDenied, !one.may_all);

    v1::GetFindingRequest get;
    get.set_id(own);
    const auto without = Ask(&ProjectionGateway::GetFinding, get, who);
    EXPECT_EQ(without.error && without.error->kind == Kind::kDenied, !one.may_all);
    get.set_cooperative(kTestCooperative);
    const auto named = Ask(&ProjectionGateway::GetFinding, get, who);
    EXPECT_EQ(named.error && named.error->kind == Kind::kDenied, !one.may_own);
    EXPECT_EQ(!named.error, one.may_own);
    // Under the name of a cooperative that one may read there are its own only.
    get.set_id(others);
    const auto wrong = Ask(&ProjectionGateway::GetFinding, get, who);
    ASSERT_TRUE(wrong.error);
    EXPECT_EQ(wrong.error->kind, one.may_own ? Kind::kNotFound : Kind::kDenied);
    EXPECT_FALSE(wrong.response.has_finding());
    EXPECT_EQ(wrong.response.as_of_size(), 0);
  }
}

TEST_F(AuditReadsTest, FindingsOfARegionAreThoseOfCooperativesThatLieThere) {
  v1::Command far = RegisterCooperative(RandomId(90), 99);
  far.mutable_register_cooperative()->set_village_code("33.22.13.2004");
  ASSERT_EQ(Execute(far).code, v1::OK);
  StartProjections();
  const Answer elsewhere = Execute(Sale(RandomId(92), kLarge, 99));
  v1::ListFindingsRequest other;
  other.set_cooperative(99);
  other.set_at_least_sequence(elsewhere.sequence);
  ASSERT_EQ(List(other).size(), 1U);
  FindTwo();
  List(Own());
  const auto in = [&](const std::string& region) {
    v1::ListFindingsRequest request;
    request.set_region(region);
    return Rules(request);
  };
  for (const char* here : {"32", "32.04", "32.04.12", "32.04.12.2001"}) {
    EXPECT_THAT(in(here), ElementsAre("duplicate-reference", "large-cash")) << here;
  }
  EXPECT_THAT(in("33"), ElementsAre("large-cash"));
  EXPECT_THAT(in("34"), IsEmpty());
  EXPECT_EQ(in("ID").size(), 3U);
  v1::ListFindingsRequest paged;
  paged.set_region("32");
  paged.set_page_size(1);
  const auto page = MustAsk(&ProjectionGateway::ListFindings, paged);
  paged.set_cursor(page.next_cursor());
  EXPECT_THAT(Rules(paged), ElementsAre("large-cash"));

  const PrincipalPtr who = PrincipalOf("west", {GrantIn({"32"})});
  const auto kind = [&](const v1::ListFindingsRequest& request) {
    const auto outcome = Ask(&ProjectionGateway::ListFindings, request, who);
    return outcome.error ? std::optional(outcome.error->kind) : std::nullopt;
  };
  v1::ListFindingsRequest request;
  EXPECT_EQ(kind(request), Kind::kDenied);
  request.set_region("32.04");
  EXPECT_EQ(kind(request), std::nullopt);
  for (const char* region : {"33", "ID", "x"}) {
    request.set_region(region);
    EXPECT_EQ(kind(request), Kind::kDenied) << region;
  }
  EXPECT_EQ(kind(Own()), std::nullopt);
  EXPECT_EQ(kind(other), Kind::kDenied);
  request = Own();
  request.set_region("32");
  EXPECT_EQ(kind(request), Kind::kInvalid);
}

TEST_F(AuditReadsTest, SaysWhatIsWrongWithAQuestion) {
  StartProjections();
  FindTwo();
  List(Own());
  using R = v1::ListFindingsRequest;
  const std::pair<const char*, std::function<void(R&)>> cases[] = {
      {"rule", [](R& r) { r.set_rule("nonsense"); }},
      {"severity", [](R& r) { r.set_severity(static_cast<v1::Severity>(4)); }},
      {"order", [](R& r) { r.set_order(static_cast<R::Order>(2)); }},
      {"from_date", [](R& r) { r.set_from_date(20260431); }},
      {"to_date", [](R& r) { r.set_to_date(1); }},
      {"to_date",
       [](R& r) {
         r.set_from_date(kTestDate);
         r.set_to_date(kTestDate - 1);
       }},
      {"page_size", [](R& r) { r.set_page_size(1'001); }},
      {"cursor", [](R& r) { r.set_cursor("x"); }},
      {"cursor", [](R& r) { r.set_cursor("AAAA"); }},
      {"at_least_sequence", [](R& r) { r.set_at_least_sequence(1'000'000); }},
      {"at_least_sequence", [](R& r) { r.clear_cooperative(); }},
      {"region", [](R& r) { r.set_region("32"); }},
      {"region",
       [](R& r) {
         r.Clear();
         r.set_region("3204");
       }},
      {"at_least_sequence", [](R& r) { r.set_cooperative(0); }},
  };
  for (const auto& [field, spoil] : cases) {
    R request = Own();
    spoil(request);
    const auto outcome = Ask(&ProjectionGateway::ListFindings, request, everyman_);
    ASSERT_TRUE(outcome.error) << field;
    EXPECT_EQ(outcome.error->kind, Kind::kInvalid) << field;
    EXPECT_EQ(outcome.error->field, field);
  }
  v1::GetFindingRequest get;
  get.set_id("x");
  auto outcome = Ask(&ProjectionGateway::GetFinding, get, everyman_);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->field, "id");
  get.set_id(RandomId(1));
  outcome = Ask(&ProjectionGateway::GetFinding, get, everyman_);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->kind, Kind::kNotFound);
}

// It goes on with another history than it has taken: what it has found stays, and the event at
// which it stopped is a finding as well.
class AuditStopTest : public AuditReadsTest {
 protected:
  // One shard: of two that both fail to link, either may be met first.
  AuditStopTest() { shards_ = 1; }
  void TearDown() override {
    AuditReadsTest::TearDown();
    other_.reset();
  }
  void GoOnWithAnother() {
    projections_.reset();
    const std::string dir = directory_ / "other";
    ASSERT_TRUE(Ledger::Create(dir, "barn.example", shards_, engine_).ok());
    other_ = Must(Ledger::Open(dir, engine_));
    ASSERT_NO_FATAL_FAILURE(PublishAndRegister(*other_));
    for (std::uint64_t i = 0; i < 10; ++i) {
      ASSERT_EQ(other_->Execute(Sale(RandomId(50 + i))).code, v1::OK);
    }
    ledger_.swap(other_);
    StartProjections();
    ledger_.swap(other_);
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!HasStopped() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    ASSERT_TRUE(HasStopped());
  }
  bool HasStopped() const {
    const std::vector<HostedStatus> all = projections_->Statuses();
    return all.size() == 1 && all[0].serving && all[0].serving->reason;
  }

  std::unique_ptr<Ledger> other_;
};

TEST_F(AuditStopTest, ABrokenLinkIsAFindingBesideTheRows) {
  StartProjections();
  FindTwo();
  ASSERT_EQ(List(Own()).size(), 2U);
  ASSERT_NO_FATAL_FAILURE(GoOnWithAnother());

  v1::ListFindingsRequest request;
  EXPECT_THAT(Rules(request), ElementsAre("broken-link", "duplicate-reference", "large-cash"));
  const v1::Finding stop = List(request)[0];
  EXPECT_EQ(stop.severity(), v1::ALARM);
  EXPECT_EQ(stop.cooperative(), 0U);
  ASSERT_EQ(stop.evidence_size(), 1);
  EXPECT_EQ(stop.evidence(0).shard(), Home());
  EXPECT_EQ(stop.evidence(0).sequence(), last_) << "the last event that links";
  v1::GetFindingRequest get;
  get.set_id(stop.id());
  EXPECT_EQ(MustAsk(&ProjectionGateway::GetFinding, get).finding().DebugString(),
            stop.DebugString());
  EXPECT_EQ(CountOf("broken-link").findings(), 1U);
  EXPECT_EQ(CountOf("broken-link").unacknowledged(), 1U);

  // Beside the page, on the first one only, and where it fits.
  request.set_page_size(1);
  const auto first = MustAsk(&ProjectionGateway::ListFindings, request);
  EXPECT_EQ(first.findings_size(), 2);
  request.set_cursor(first.next_cursor());
  EXPECT_THAT(Rules(request), ElementsAre("large-cash"));
  request = {};
  request.set_rule("broken-link");
  EXPECT_THAT(Rules(request), ElementsAre("broken-link"));
  request.set_acknowledged(true);
  EXPECT_THAT(Rules(request), IsEmpty());
  request = {};
  request.set_from_date(kTestDate + 1);
  EXPECT_THAT(Rules(request), IsEmpty());
  request = {};
  request.set_cooperative(kTestCooperative);
  EXPECT_THAT(Rules(request), ElementsAre("duplicate-reference", "large-cash"));
  get.set_cooperative(kTestCooperative);
  EXPECT_TRUE(Ask(&ProjectionGateway::GetFinding, get, everyman_).error);
}

}  // namespace
}  // namespace lumbung
