// Questions about performance through the gateway: of every kind of subject, in every order, and
// what is refused.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "engine/serve/performance_answers.h"
#include "tests/unit/serve/projection_gateway_fixture.h"

namespace lumbung {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = CallError::Kind;
using performance::Measure;

constexpr std::uint64_t kMember = 184;
constexpr std::uint64_t kOutlet = 3;
constexpr const char* kVillage = "32.04.12.2001";

class PerformanceReadsTest : public ProjectionGatewayTest {
 protected:
  // A sale of an outlet to a member.
  Answer Sell(std::uint64_t id, std::int64_t amount, std::int32_t day = kTestDate) {
    v1::Command sale = Sale(RandomId(id), amount);
    v1::Transaction& transaction = *sale.mutable_post();
    transaction.set_outlet(kOutlet);
    transaction.set_business_date(day);
    transaction.mutable_party()->set_holder_class("member");
    transaction.mutable_party()->set_number(kMember);
    const Answer answer = Execute(sale);
    EXPECT_EQ(answer.code, v1::OK) << answer.detail;
    last_ = answer.sequence;
    return answer;
  }
  v1::PerformanceSubject Cooperative() const {
    v1::PerformanceSubject subject;
    subject.set_cooperative(kTestCooperative);
    return subject;
  }
  static v1::PerformanceSubject Region(const std::string& code) {
    v1::PerformanceSubject subject;
    subject.set_region(code);
    return subject;
  }
  v1::GetPerformanceResponse FiguresOf(const v1::PerformanceSubject& subject) {
    v1::GetPerformanceRequest request;
    *request.mutable_subject() = subject;
    request.set_from_date(kTestDate);
    if (subject.cooperative() != 0) request.set_at_least_sequence(last_);
    return MustAsk(&ProjectionGateway::GetPerformance, request);
  }
  // Until what was posted is in the projection.
  void Await() { FiguresOf(Cooperative()); }
  v1::ListPerformanceRequest ListOf(const std::string& region, v1::Measure measure) const {
    v1::ListPerformanceRequest request;
    request.set_region(region);
    request.set_measure(measure);
    request.set_from_date(kTestDate);
    return request;
  }
  // Codes, or numbers, and values.
  std::vector<std::string> Listed(const v1::ListPerformanceRequest& request) {
    std::vector<std::string> lines;
    const auto response = MustAsk(&ProjectionGateway::ListPerformance, request);
    for (const auto& row : response.list()) {
      const v1::PerformanceSubject& subject = row.of().subject();
      lines.push_back(
          (subject.cooperative() == 0 ? subject.region() : std::to_string(subject.cooperative())) +
          " " + row.value());
    }
    return lines;
  }

  std::uint64_t last_ = 0;
};

TEST_F(PerformanceReadsTest, TellsOfEveryKindOfSubject) {
  StartProjections();
  Sell(1, 700);
  Execute(Sale(RandomId(2), 300));
  last_ = Execute(Deposit(RandomId(3), kMember, 50)).sequence;

  const auto cooperative = FiguresOf(Cooperative());
  EXPECT_EQ(cooperative.of().subject().cooperative(), kTestCooperative);
  EXPECT_EQ(cooperative.figures().flow().transactions(), 3);
  EXPECT_EQ(cooperative.figures().flow().sales(), 2);
  EXPECT_EQ(cooperative.figures().flow().turnover(), "1000");
  ASSERT_EQ(cooperative.figures().channels_size(), 1);
  EXPECT_EQ(cooperative.figures().channels(0).channel(), "cash");
  EXPECT_EQ(cooperative.figures().active_members().members(), 1U);
  EXPECT_EQ(cooperative.figures().standing().voluntary_savings(), "50");
  EXPECT_THAT(cooperative.region_list(), HasSubstr("idn-area-data"));
  ASSERT_EQ(cooperative.as_of_size(), 1);
  EXPECT_GE(cooperative.as_of(0).sequence(), last_);

  v1::PerformanceSubject outlet = Cooperative();
  outlet.set_outlet(kOutlet);
  EXPECT_EQ(FiguresOf(outlet).figures().flow().turnover(), "700");
  EXPECT_FALSE(FiguresOf(outlet).figures().has_standing());
  outlet.set_outlet(0);
  EXPECT_EQ(FiguresOf(outlet).figures().flow().turnover(), "300");

  for (const auto& [code, name] : {std::pair("", "Indonesia"),
                                   {"ID", "Indonesia"},
                                   {"id", "Indonesia"},
                                   {"32", "JAWA BARAT"}}) {
    const auto region = FiguresOf(Region(code));
    EXPECT_EQ(region.of().name(), name);
    EXPECT_TRUE(region.of().listed());
    EXPECT_EQ(region.figures().flow().turnover(), "1000") << code;
    EXPECT_EQ(region.figures().standing().cooperatives(), 1);
    EXPECT_EQ(region.as_of_size(), 2) << "of every shard";
  }
  EXPECT_EQ(FiguresOf(Region(kVillage)).figures().flow().turnover(), "1000");
  EXPECT_EQ(FiguresOf(Region("33")).figures().flow().turnover(), "0");
}

TEST_F(PerformanceReadsTest, AVillageThatIsNotInTheListIsShownAsSuch) {
  v1::Command registered = RegisterCooperative(RandomId(100), 99);
  registered.mutable_register_cooperative()->set_village_code("32.04.12.9999");
  ASSERT_EQ(Execute(registered).code, v1::OK);
  StartProjections();
  const Answer sold = Execute(Sale(RandomId(101), 40, 99));
  ASSERT_EQ(sold.code, v1::OK);
  v1::GetPerformanceRequest request;
  request.mutable_subject()->set_cooperative(99);
  request.set_from_date(kTestDate);
  request.set_at_least_sequence(sold.sequence);
  MustAsk(&ProjectionGateway::GetPerformance, request);

  const auto village = FiguresOf(Region("32.04.12.9999"));
  EXPECT_FALSE(village.of().listed());
  EXPECT_EQ(village.of().subject().region(), "32.04.12.9999");
  EXPECT_EQ(village.figures().flow().turnover(), "40");
  v1::ListPerformanceRequest list = ListOf("32.04.12", v1::TURNOVER);
  list.set_order(v1::ListPerformanceRequest::LARGEST_FIRST);
  list.set_limit(1);
  EXPECT_THAT(Listed(list), ElementsAre("32.04.12.9999 40"));
}

TEST_F(PerformanceReadsTest, ListsInEveryOrder) {
  StartProjections();
  Sell(1, 700);
  Await();
  v1::ListPerformanceRequest list = ListOf("ID", v1::TURNOVER);
  list.set_limit(2);
  EXPECT_THAT(Listed(list), ElementsAre("11 0", "12 0"));
  EXPECT_EQ(MustAsk(&ProjectionGateway::ListPerformance, list).total(), 38U);
  list.set_order(v1::ListPerformanceRequest::LARGEST_FIRST);
  EXPECT_THAT(Listed(list), ElementsAre("32 700", "11 0"));
  list.set_region("32");
  list.set_limit(1);
  EXPECT_THAT(Listed(list), ElementsAre("32.04 700"));
  list.set_order(v1::ListPerformanceRequest::SMALLEST_FIRST);
  EXPECT_THAT(Listed(list), ElementsAre("32.01 0"));

  list = ListOf("32.04.12", v1::TRANSACTIONS);
  list.set_rows(v1::ListPerformanceRequest::COOPERATIVES);
  EXPECT_THAT(Listed(list), ElementsAre("20417 1"));
  // A share of nothing has no value, and no place in an order.
  list.set_measure(v1::NPL_SHARE);
  ASSERT_EQ(MustAsk(&ProjectionGateway::ListPerformance, list).list_size(), 1);
  EXPECT_FALSE(MustAsk(&ProjectionGateway::ListPerformance, list).list(0).has_value());
  list.set_order(v1::ListPerformanceRequest::LARGEST_FIRST);
  EXPECT_THAT(Listed(list), ElementsAre());
}

TEST_F(PerformanceReadsTest, HoursComparisonAndFreshness) {
  StartProjections();
  Sell(1, 500, kTestDate - 1);
  v1::Command timed = Sale(RandomId(2), 200);
  // 4 May 2026, 09:30 in Jakarta.
  timed.mutable_post()->set_occurred_at(1'777'861'800'000'000);
  ASSERT_EQ(Execute(timed).code, v1::OK);
  Sell(3, 700);
  v1::GetHoursRequest hours;
  *hours.mutable_subject() = Cooperative();
  hours.set_day(kTestDate);
  hours.set_at_least_sequence(last_);
  const auto day = MustAsk(&ProjectionGateway::GetHours, hours);
  ASSERT_EQ(day.hours_size(), 2);
  EXPECT_EQ(day.hours(0).hour(), 9U);
  EXPECT_EQ(day.hours(0).flow().turnover(), "200");
  EXPECT_FALSE(day.hours(1).has_hour());
  EXPECT_EQ(day.hours(1).flow().turnover(), "700");

  v1::ComparePerformanceRequest compare;
  *compare.mutable_subject() = Region("ID");
  compare.set_measure(v1::TURNOVER);
  compare.set_day(kTestDate + 6);
  compare.set_weeks(1);
  const auto compared = MustAsk(&ProjectionGateway::ComparePerformance, compare);
  EXPECT_EQ(compared.value(), "0");
  EXPECT_THAT(compared.before(), ElementsAre("500"));
  EXPECT_EQ(compared.average(), "500");
  EXPECT_EQ(compared.change_ppm(), -1'000'000);
  compare.set_weeks(0);
  EXPECT_EQ(MustAsk(&ProjectionGateway::ComparePerformance, compare).before_size(), 4);

  v1::GetFreshnessRequest fresh;
  *fresh.mutable_subject() = Region("ID");
  const auto known = MustAsk(&ProjectionGateway::GetFreshness, fresh);
  EXPECT_EQ(known.cooperatives(), 1U);
  EXPECT_EQ(known.never(), 0U);
  EXPECT_EQ(known.business_date(), kTestDate);
  EXPECT_EQ(known.recorded_at(), known.median_recorded_at());
  EXPECT_NE(known.recorded_at(), 0);
}

TEST_F(PerformanceReadsTest, KnowsEveryMeasure) {
  const std::pair<v1::Measure, Measure> pairs[] = {
      {v1::TRANSACTIONS, Measure::kTransactions},
      {v1::SALES, Measure::kSales},
      {v1::TURNOVER, Measure::kTurnover},
      {v1::MEMBER_TURNOVER, Measure::kMemberTurnover},
      {v1::SURPLUS, Measure::kSurplus},
      {v1::INTERCEPTS, Measure::kIntercepts},
      {v1::LATE, Measure::kLate},
      {v1::REVERSALS, Measure::kReversals},
      {v1::LAG_P50, Measure::kLagP50},
      {v1::LAG_P99, Measure::kLagP99},
      {v1::ACTIVE_MEMBERS, Measure::kActiveMembers},
      {v1::ACTIVE_COOPERATIVES, Measure::kActiveCooperatives},
      {v1::ACTIVE_OUTLETS, Measure::kActiveOutlets},
      {v1::PRINCIPAL_DUES, Measure::kPrincipalDues},
      {v1::MANDATORY_DUES, Measure::kMandatoryDues},
      {v1::VOLUNTARY_SAVINGS, Measure::kVoluntarySavings},
      {v1::TERM_SAVINGS, Measure::kTermSavings},
      {v1::MEMBER_LOANS, Measure::kMemberLoans},
      {v1::BANK_LOANS, Measure::kBankLoans},
      {v1::OUTSTANDING, Measure::kOutstanding},
      {v1::NPL_SHARE, Measure::kNplShare},
      {v1::REPAYMENT_SHARE, Measure::kRepaymentShare},
      {v1::COOPERATIVES, Measure::kCooperatives},
      {v1::DORMANT_WEEK, Measure::kDormantWeek},
      {v1::DORMANT_MONTH, Measure::kDormantMonth},
      {v1::OPEN_OUTLETS, Measure::kOpenOutlets},
      {v1::CONFIRMED_SHARE, Measure::kConfirmedShare},
  };
  EXPECT_EQ(static_cast<int>(std::size(pairs)) + 1, v1::Measure_descriptor()->value_count());
  for (const auto& [asked, wanted] : pairs) {
    Measure measure{};
    EXPECT_FALSE(ReadMeasure(asked, measure)) << v1::Measure_Name(asked);
    EXPECT_EQ(measure, wanted) << v1::Measure_Name(asked);
  }
}

TEST_F(PerformanceReadsTest, SaysWhatIsWrongWithAQuestion) {
  StartProjections();
  Sell(1, 700);
  Await();
  using Request = v1::GetPerformanceRequest;
  const std::pair<const char*, std::function<void(Request&)>> cases[] = {
      {"from_date", [](Request& r) { r.set_from_date(0); }},
      {"from_date", [](Request& r) { r.set_from_date(20260431); }},
      {"to_date", [](Request& r) { r.set_to_date(kTestDate - 1); }},
      {"", [](Request& r) { r.set_to_date(20990101); }},
      {"subject.region", [](Request& r) { r.mutable_subject()->set_region("32"); }},
      {"subject.cooperative",
       [](Request& r) { r.mutable_subject()->set_cooperative(1'000'000'000'000); }},
      {"subject.outlet",
       [](Request& r) {
         r.mutable_subject()->set_cooperative(0);
         r.mutable_subject()->set_outlet(1);
       }},
      {"subject.region", [](Request& r) { *r.mutable_subject() = Region(std::string(33, '1')); }},
      {"at_least_sequence",
       [](Request& r) {
         *r.mutable_subject() = Region("ID");
         r.set_at_least_sequence(1);
       }},
  };
  for (const auto& [field, spoil] : cases) {
    Request request;
    *request.mutable_subject() = Cooperative();
    request.set_from_date(kTestDate);
    spoil(request);
    const auto outcome = Ask(&ProjectionGateway::GetPerformance, request, everyman_);
    ASSERT_TRUE(outcome.error) << field;
    EXPECT_EQ(outcome.error->kind, Kind::kInvalid) << field;
    EXPECT_EQ(outcome.error->field, field);
  }
  const auto field_of = [&](const v1::ListPerformanceRequest& request) {
    const auto outcome = Ask(&ProjectionGateway::ListPerformance, request, everyman_);
    return outcome.error ? outcome.error->field : "none";
  };
  EXPECT_EQ(field_of(ListOf("99", v1::TURNOVER)), "region");
  EXPECT_EQ(field_of(ListOf("ID", v1::MEASURE_UNSPECIFIED)), "measure");
  v1::ListPerformanceRequest long_list = ListOf("ID", v1::TURNOVER);
  long_list.set_limit(1'001);
  EXPECT_EQ(field_of(long_list), "limit");

  Request elsewhere;
  elsewhere.mutable_subject()->set_cooperative(7);
  elsewhere.set_from_date(kTestDate);
  const auto outcome = Ask(&ProjectionGateway::GetPerformance, elsewhere, everyman_);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, v1::UNKNOWN_COOPERATIVE);
}

TEST_F(PerformanceReadsTest, WhoMayNotReadIsDenied) {
  StartProjections();
  Sell(1, 700);
  const CooperativeRange own{kTestCooperative, kTestCooperative};
  struct Case {
    Grant grant;
    bool may_cooperative;
    bool may_nation;
    // The district; whoever may read the nation's may read that too.
    bool may_district = may_nation;
  };
  for (const Case& one :
       {Case{GrantOf(Role::kReader, {own}), true, false}, Case{GrantOf(Role::kReader), true, true},
        Case{GrantOf(Role::kReader, {{1, 2}}), false, false},
        Case{GrantIn({"32.04"}), true, false, true}, Case{GrantIn({"32.04.12"}), true, false, true},
        Case{GrantIn({"32.04.12.2001"}), true, false}, Case{GrantIn({"32.04.13"}), false, false},
        Case{GrantOf(Role::kAuditor), true, true}, Case{GrantOf(Role::kOperator), true, true},
        Case{GrantOf(Role::kBank), false, false}}) {
    const PrincipalPtr who = PrincipalOf("someone", {one.grant});
    const auto is_denied = [&](const v1::PerformanceSubject& subject) {
      v1::GetFreshnessRequest request;
      *request.mutable_subject() = subject;
      const auto outcome = Ask(&ProjectionGateway::GetFreshness, request, who);
      return outcome.error && outcome.error->kind == Kind::kDenied;
    };
    EXPECT_EQ(is_denied(Cooperative()), !one.may_cooperative);
    EXPECT_EQ(is_denied(Region("ID")), !one.may_nation);
    EXPECT_EQ(is_denied(Region("32.04.12")), !one.may_district);
    // Of villages that are not in the list, by what their codes say; what is no code is
    // everybody's.
    EXPECT_EQ(is_denied(Region("32.04.12.9999")), !one.may_district);
    EXPECT_EQ(is_denied(Region("")), !one.may_nation);
    EXPECT_EQ(is_denied(Region("none")), !one.may_nation);
    EXPECT_EQ(is_denied(Region("32.04.12.200")), !one.may_nation);
    const auto list =
        Ask(&ProjectionGateway::ListPerformance, ListOf("32.04.12", v1::TURNOVER), who);
    EXPECT_EQ(list.error && list.error->kind == Kind::kDenied, !one.may_district);
    v1::GetPerformanceRequest waits;
    *waits.mutable_subject() = Cooperative();
    waits.set_from_date(kTestDate);
    waits.set_at_least_sequence(last_);
    const auto figures = Ask(&ProjectionGateway::GetPerformance, waits, who);
    EXPECT_EQ(figures.error && figures.error->kind == Kind::kDenied, !one.may_cooperative);
    EXPECT_EQ(!figures.error, one.may_cooperative);
  }
}

TEST_F(PerformanceReadsTest, LoansAreToldWithTheirEvents) {
  StartProjections();
  const Answer granted = Execute(GrantLoan(RandomId(70), 5, "002"));
  ASSERT_EQ(granted.code, v1::OK) << granted.detail;
  const Answer report = Execute(ReportLoan(RandomId(71), 5));
  ASSERT_EQ(report.code, v1::OK) << report.detail;
  v1::ListLoansRequest request;
  request.set_cooperative(kTestCooperative);
  request.set_day(kTestDate);
  request.set_at_least_sequence(report.sequence);
  const auto told = MustAsk(&ProjectionGateway::ListLoans, request);
  EXPECT_EQ(told.day(), kTestDate);
  ASSERT_EQ(told.as_of_size(), 1);
  ASSERT_EQ(told.loans_size(), 1);
  const v1::LoanInfo& loan = told.loans(0);
  EXPECT_EQ(loan.granted().lender(), "002");
  EXPECT_FALSE(loan.granted().has_schedule());
  EXPECT_EQ(loan.status_sequence(), report.sequence);
  EXPECT_EQ(loan.instalments(), 1U);
  EXPECT_EQ(loan.next_due_date(), 20270504);
  ASSERT_EQ(loan.events_size(), 1);
  EXPECT_EQ(loan.events(0).kind(), v1::LoanEvent::GRANTED);
  EXPECT_EQ(loan.events(0).sequence(), granted.sequence);
  request.clear_day();
  EXPECT_GE(MustAsk(&ProjectionGateway::ListLoans, request).day(), kTestDate);

  const auto kind = [&](const v1::ListLoansRequest& asked, const PrincipalPtr& who) {
    const auto outcome = Ask(&ProjectionGateway::ListLoans, asked, who);
    return outcome.error ? std::optional(outcome.error->kind) : std::nullopt;
  };
  const PrincipalPtr here = PrincipalOf("here", {GrantIn({"32.04"})});
  EXPECT_EQ(kind(request, here), std::nullopt);
  EXPECT_EQ(kind(request, PrincipalOf("there", {GrantIn({"33"})})), Kind::kDenied);
  request.set_day(20260431);
  EXPECT_EQ(kind(request, everyman_), Kind::kInvalid);
  v1::ListLoansRequest other;
  EXPECT_EQ(kind(other, everyman_), Kind::kInvalid);
  EXPECT_EQ(kind(other, here), Kind::kDenied);
  other.set_cooperative(7);
  EXPECT_EQ(kind(other, everyman_), Kind::kNotFound);
  EXPECT_EQ(kind(other, here), Kind::kDenied);
}

TEST_F(PerformanceReadsTest, WhatIsNotKeptIsNotFound) {
  names_ = {"performance"};
  StartProjections();
  Sell(1, 700);
  EXPECT_EQ(FiguresOf(Cooperative()).figures().flow().turnover(), "700");
  v1::GetTrialBalanceRequest trial;
  trial.set_cooperative(kTestCooperative);
  const auto outcome = Ask(&ProjectionGateway::GetTrialBalance, trial, everyman_);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->kind, Kind::kNotFound);
  EXPECT_THAT(outcome.error->detail, HasSubstr("balances"));
}

}  // namespace
}  // namespace lumbung
