// A gateway to the projections of a ledger with two shards, and who asks it.
#pragma once

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/commit/shard_of.h"
#include "engine/serve/projection_gateway.h"
#include "tests/support/log_fixture.h"
#include "tests/unit/serve/gateway_fixture.h"

namespace lumbung {

class ProjectionGatewayTest : public GatewayTest {
 protected:
  ProjectionGatewayTest() { shards_ = 2; }
  void SetUp() override { Start(); }
  void TearDown() override { projections_.reset(); }

  void StartProjections() {
    ProjectionGatewayOptions options;
    options.state = folder_ / "projections";
    options.names = names_;
    projections_ = Must(ProjectionGateway::Start(*ledger_, options));
  }
  std::uint32_t Home() const { return ShardOf(kTestCooperative, shards_); }

  template <typename Response, typename Request>
  Outcome<Response> Ask(void (ProjectionGateway::*question)(const Call&, const Request&,
                                                            CallDone<Response>),
                        const Request& request, const PrincipalPtr& principal) {
    auto promise = std::make_shared<std::promise<Outcome<Response>>>();
    (projections_.get()->*question)(CallOf(principal), request,
                                    [promise](std::optional<CallError> error, Response response) {
                                      promise->set_value({std::move(error), std::move(response)});
                                    });
    return promise->get_future().get();
  }
  template <typename Response, typename Request>
  Response MustAsk(void (ProjectionGateway::*question)(const Call&, const Request&,
                                                       CallDone<Response>),
                   const Request& request) {
    Outcome<Response> outcome = Ask(question, request, everyman_);
    EXPECT_FALSE(outcome.error) << outcome.error->detail;
    return std::move(outcome.response);
  }
  static void SetAccount(v1::Account& account, std::uint32_t code, std::uint64_t holder = 0) {
    account.set_cooperative(kTestCooperative);
    account.set_code(code);
    account.set_holder(holder);
  }

  // Set before StartProjections.
  std::vector<std::string> names_ = {"balances", "performance"};
  const TemporaryDirectory folder_;
  std::unique_ptr<ProjectionGateway> projections_;
};

}  // namespace lumbung
