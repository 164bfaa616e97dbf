// A gateway on a ledger of its own, with the default chart and one cooperative, and principals of
// every kind.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/serve/gateway.h"
#include "tests/support/commands.h"
#include "tests/support/fast_directory.h"
#include "tests/support/shard_fixture.h"

namespace lumbung {

inline constexpr std::chrono::seconds kPatience{60};

// What came of a call.
template <typename Response>
struct Outcome {
  std::optional<CallError> error;
  Response response;
};
using Answers = Outcome<std::vector<Answer>>;

template <typename T>
bool IsReady(const std::future<T>& future) {
  return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

using PrincipalPtr = std::shared_ptr<const Principal>;
Grant GrantOf(Role role, std::vector<CooperativeRange> cooperatives = {});
// A reader of regions.
Grant GrantIn(std::vector<std::string> regions);
PrincipalPtr PrincipalOf(std::string id, std::vector<Grant> grants, Quotas quotas = {});
// May do everything that a poster, reader, auditor and operator may.
PrincipalPtr Everyman(std::string id = "everyman");

// Publishes the chart and registers the cooperative, under ids of their own.
void PublishAndRegister(Ledger& ledger);
// A loan of the test cooperative, granted by `lender`; and the bank's report on it.
v1::Command GrantLoan(const std::string& id, std::uint64_t loan, const std::string& lender);
v1::Command ReportLoan(const std::string& id, std::uint64_t loan);

class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest();
  ~GatewayTest() override;

  // `shards_`, `engine_` and `options_` may be set before.
  void Start();

  static Call CallOf(PrincipalPtr principal);
  std::future<Answers> Submit(const PrincipalPtr& principal, std::vector<v1::Command> commands,
                              const SubmitOptions& options = {});
  // One command by Everyman, and its answer.
  Answer Execute(const v1::Command& command);

  // Waits for one of the gateway's reads.
  template <typename Response, typename Request>
  using ReadMethod = void (Gateway::*)(const Call&, const Request&, CallDone<Response>);
  template <typename Response, typename Request>
  std::future<Outcome<Response>> StartRead(ReadMethod<Response, Request> method,
                                           const PrincipalPtr& principal, const Request& request) {
    auto promise = std::make_shared<std::promise<Outcome<Response>>>();
    (gateway_.get()->*method)(CallOf(principal), request,
                              [promise](std::optional<CallError> error, Response response) {
                                promise->set_value({std::move(error), std::move(response)});
                              });
    return promise->get_future();
  }
  Outcome<v1::GetAccountResponse> GetAccount(const PrincipalPtr& principal, std::uint32_t code,
                                             std::uint64_t holder = 0,
                                             std::uint64_t cooperative = kTestCooperative);
  Outcome<v1::GetTransactionResponse> GetTransaction(const PrincipalPtr& principal,
                                                     const std::string& id,
                                                     std::uint64_t cooperative = kTestCooperative);
  Outcome<v1::ListAccountsResponse> ListAccounts(const PrincipalPtr& principal,
                                                 const v1::ListAccountsRequest& request);
  Outcome<v1::GetCooperativeResponse> GetCooperative(const PrincipalPtr& principal,
                                                     std::uint64_t cooperative);
  Outcome<v1::GetLedgerInfoResponse> GetLedgerInfo(const PrincipalPtr& principal);

  const FastDirectory directory_;
  const std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  ManualClock clock_;
  std::uint32_t shards_ = 1;
  ShardOptions engine_;
  GatewayOptions options_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Gateway> gateway_;
  const PrincipalPtr everyman_ = Everyman();
};

}  // namespace lumbung
