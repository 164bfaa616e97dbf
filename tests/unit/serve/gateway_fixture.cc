#include "tests/unit/serve/gateway_fixture.h"

namespace lumbung {

Grant GrantOf(Role role, std::vector<CooperativeRange> cooperatives) {
  Grant grant;
  grant.role = role;
  grant.cooperatives = std::move(cooperatives);
  grant.facts = true;
  return grant;
}

Grant GrantIn(std::vector<std::string> regions) {
  Grant grant = GrantOf(Role::kReader);
  for (const std::string& region : regions) {
    grant.regions.push_back(ParseRegionCode(region).value());
  }
  return grant;
}

PrincipalPtr PrincipalOf(std::string id, std::vector<Grant> grants, Quotas quotas) {
  return std::make_shared<const Principal>(std::move(id), std::move(grants), quotas);
}

PrincipalPtr Everyman(std::string id) {
  return PrincipalOf(std::move(id), {GrantOf(Role::kPoster), GrantOf(Role::kReader),
                                     GrantOf(Role::kAuditor), GrantOf(Role::kOperator)});
}

void PublishAndRegister(Ledger& ledger) {
  constexpr std::uint64_t kChartNumber = ~std::uint64_t{0};
  ASSERT_EQ(ledger.Execute(PublishDefaultChart(RandomId(kChartNumber))).code, v1::OK);
  ASSERT_EQ(ledger.Execute(RegisterCooperative(RandomId(kChartNumber - 1))).code, v1::OK);
}

v1::Command GrantLoan(const std::string& id, std::uint64_t loan, const std::string& lender) {
  v1::Command command;
  command.set_command_id(id);
  v1::Loan& granted = *command.mutable_grant_loan();
  granted.set_cooperative(kTestCooperative);
  granted.set_loan(loan);
  granted.set_scheme("pmk-49-2025");
  granted.set_scheme_version(1);
  granted.set_lender(lender);
  for (v1::Party* party : {granted.mutable_debtor(), granted.mutable_beneficiary(),
                           granted.mutable_payer(), granted.mutable_asset_owner()}) {
    party->set_holder_class("cooperative");
    party->set_number(kTestCooperative);
  }
  v1::LoanSchedule& schedule = *granted.mutable_schedule();
  schedule.set_cooperative(kTestCooperative);
  schedule.set_loan(loan);
  schedule.set_version(1);
  v1::Instalment& instalment = *schedule.add_instalments();
  instalment.set_number(1);
  instalment.set_due_date(20270504);
  instalment.mutable_due()->set_principal(1'000'000);
  granted.set_principal(1'000'000);
  granted.set_annual_rate_ppm(60'000);
  granted.set_tenor_months(12);
  granted.set_granted_date(kTestDate);
  return command;
}

v1::Command ReportLoan(const std::string& id, std::uint64_t loan) {
  v1::Command command;
  command.set_command_id(id);
  v1::LoanStatus& report = *command.mutable_report_loan_status();
  report.set_cooperative(kTestCooperative);
  report.set_loan(loan);
  report.set_as_of(kTestDate);
  report.set_document_digest(std::string(32, 'd'));
  return command;
}

GatewayTest::GatewayTest() {
  engine_.clock = &clock_;
  engine_.log.file_system = std::make_shared<GateFileSystem>(gate_);
  engine_.derived.cache_bytes = std::size_t{1} << 20;
  options_.clock = &clock_;
}

GatewayTest::~GatewayTest() { gate_->Open(); }

void GatewayTest::Start() {
  const std::string dir = directory_ / "ledger";
  ASSERT_TRUE(Ledger::Create(dir, "barn.example", shards_, engine_).ok());
  auto opened = Ledger::Open(dir, engine_);
  ASSERT_TRUE(opened.ok()) << opened.status().message();
  ledger_ = std::move(*opened);
  ASSERT_NO_FATAL_FAILURE(PublishAndRegister(*ledger_));
  gateway_ = std::make_unique<Gateway>(*ledger_, options_);
}

Call GatewayTest::CallOf(PrincipalPtr principal) {
  Call call;
  call.principal = std::move(principal);
  call.request_id = "r";
  return call;
}

std::future<Answers> GatewayTest::Submit(const PrincipalPtr& principal,
                                         std::vector<v1::Command> commands,
                                         const SubmitOptions& options) {
  struct Waiting {
    std::vector<v1::Command> commands;
    std::promise<Answers> answers;
  };
  auto waiting = std::make_shared<Waiting>();
  waiting->commands = std::move(commands);
  std::vector<const v1::Command*> pointers;
  std::size_t bytes = 0;
  for (const v1::Command& command : waiting->commands) {
    pointers.push_back(&command);
    bytes += command.ByteSizeLong();
  }
  auto future = waiting->answers.get_future();
  Call call = CallOf(principal);
  call.deadline = options.deadline;
  gateway_->Execute(call, pointers, bytes, options,
                    [waiting](std::optional<CallError> error, std::vector<Answer> answers) {
                      waiting->answers.set_value({std::move(error), std::move(answers)});
                    });
  return future;
}

Answer GatewayTest::Execute(const v1::Command& command) {
  const Answers answers = Submit(everyman_, {command}).get();
  EXPECT_FALSE(answers.error) << answers.error->detail;
  return answers.error ? Answer() : answers.response.at(0);
}

Outcome<v1::GetAccountResponse> GatewayTest::GetAccount(const PrincipalPtr& principal,
                                                        std::uint32_t code, std::uint64_t holder,
                                                        std::uint64_t cooperative) {
  v1::GetAccountRequest request;
  request.mutable_account()->set_cooperative(cooperative);
  request.mutable_account()->set_code(code);
  request.mutable_account()->set_holder(holder);
  return StartRead(&Gateway::GetAccount, principal, request).get();
}

Outcome<v1::GetTransactionResponse> GatewayTest::GetTransaction(const PrincipalPtr& principal,
                                                                const std::string& id,
                                                                std::uint64_t cooperative) {
  v1::GetTransactionRequest request;
  request.set_cooperative(cooperative);
  request.set_transaction_id(id);
  return StartRead(&Gateway::GetTransaction, principal, request).get();
}

Outcome<v1::ListAccountsResponse> GatewayTest::ListAccounts(
    const PrincipalPtr& principal, const v1::ListAccountsRequest& request) {
  return StartRead(&Gateway::ListAccounts, principal, request).get();
}

Outcome<v1::GetCooperativeResponse> GatewayTest::GetCooperative(const PrincipalPtr& principal,
                                                                std::uint64_t cooperative) {
  v1::GetCooperativeRequest request;
  request.set_cooperative(cooperative);
  return StartRead(&Gateway::GetCooperative, principal, request).get();
}

Outcome<v1::GetLedgerInfoResponse> GatewayTest::GetLedgerInfo(const PrincipalPtr& principal) {
  std::promise<Outcome<v1::GetLedgerInfoResponse>> promise;
  gateway_->GetLedgerInfo(CallOf(principal),
                          [&](std::optional<CallError> error, v1::GetLedgerInfoResponse response) {
                            promise.set_value({std::move(error), std::move(response)});
                          });
  return promise.get_future().get();
}

}  // namespace lumbung
