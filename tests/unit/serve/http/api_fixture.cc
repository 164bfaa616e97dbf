#include "tests/unit/serve/http/api_fixture.h"

#include <google/protobuf/util/json_util.h>

#include "tests/support/commands.h"

namespace lumbung {
namespace {

std::shared_ptr<const Principal> MakePrincipal(std::string id, std::vector<Grant> grants) {
  return std::make_shared<const Principal>(std::move(id), std::move(grants), Quotas());
}

Grant GrantOf(Role role, std::vector<CooperativeRange> cooperatives = {}) {
  Grant grant;
  grant.role = role;
  grant.cooperatives = std::move(cooperatives);
  grant.facts = true;
  return grant;
}

Grant GrantIn(std::string_view region) {
  Grant grant = GrantOf(Role::kReader);
  grant.regions = {ParseRegionCode(region).value()};
  return grant;
}

std::shared_ptr<const Principal> ByToken(std::string_view token) {
  // As whoever comes where there is no policy.
  static const auto all = MakePrincipal("all", {GrantOf(Role::kPoster), GrantOf(Role::kOperator)});
  static const auto west = MakePrincipal("west", {GrantIn("32.04")});
  static const auto reader = MakePrincipal("reader", {GrantOf(Role::kReader, {{20417, 20417}})});
  static const auto other = MakePrincipal("other", {GrantOf(Role::kPoster, {{5, 5}})});
  if (token == "all") return all;
  if (token == "reader") return reader;
  if (token == "west") return west;
  return token == "other" ? other : nullptr;
}

Reply ReplyOf(const httplib::Result& result) {
  EXPECT_TRUE(result) << httplib::to_string(result.error());
  if (!result) return {};
  return {result->status, result->headers, result->body};
}

Json JsonOfMessage(const google::protobuf::Message& message) {
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &json).ok());
  return Json::parse(json);
}

}  // namespace

std::string Reply::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

ApiTest::ApiTest() {
  api_.authenticate = [](std::string_view token, std::span<const std::string> names,
                         std::string_view /*request_id*/) {
    return ByToken(names.empty() ? token : std::string_view(names.front()));
  };
  api_.observe = [this](const HttpObservation& seen) {
    const std::lock_guard lock(mutex_);
    observed_.push_back(std::string(seen.method) + " " + std::string(seen.route) + " " +
                        std::to_string(seen.status) + " " + std::string(seen.code) + " " +
                        std::string(seen.principal) + " " + std::string(seen.request_id));
  };
  transport_.threads = 8;
}

ApiTest::~ApiTest() {
  if (server_ != nullptr) server_->Drain();
  if (gateway_ != nullptr) gateway_->Drain();
  server_.reset();
  projections_.reset();
  gateway_.reset();
}

void ApiTest::Start() {
  const std::string dir = directory_ / "ledger";
  ASSERT_TRUE(Ledger::Create(dir, "barn.example", 2).ok());
  auto opened = Ledger::Open(dir);
  ASSERT_TRUE(opened.ok()) << opened.status().message();
  ledger_ = std::move(*opened);
  ASSERT_EQ(ledger_->Execute(PublishDefaultChart(RandomId(1))).code, v1::OK);
  ASSERT_EQ(ledger_->Execute(RegisterCooperative(RandomId(2))).code, v1::OK);
  gateway_ = std::make_unique<Gateway>(*ledger_, GatewayOptions());
  ProjectionGatewayOptions projections;
  projections.state = directory_ / "projections";
  projections.names = {"balances", "performance", "audit"};
  auto projected = ProjectionGateway::Start(*ledger_, projections);
  ASSERT_TRUE(projected.ok()) << projected.status().message();
  projections_ = std::move(*projected);
  auto started =
      HttpServer::Start(*gateway_, projections_.get(), ledger_->shards(), api_, transport_);
  ASSERT_TRUE(started.ok()) << started.status().message();
  server_ = std::move(*started);
}

std::unique_ptr<httplib::Client> ApiTest::Connect() const {
  auto client = std::make_unique<httplib::Client>("127.0.0.1", server_->port());
  client->set_keep_alive(true);
  client->set_tcp_nodelay(true);
  client->set_read_timeout(60);
  client->set_default_headers({{"Authorization", "Bearer all"}});
  return client;
}

Reply ApiTest::Get(const std::string& path, httplib::Headers headers) {
  httplib::Client client("127.0.0.1", server_->port());
  client.set_read_timeout(60);
  if (headers.count("Authorization") == 0) headers.emplace("Authorization", "Bearer all");
  return ReplyOf(client.Get(path, headers));
}

Reply ApiTest::Post(const std::string& path, const std::string& body, httplib::Headers headers) {
  httplib::Client client("127.0.0.1", server_->port());
  client.set_read_timeout(60);
  std::string type = "application/json";
  if (const auto given = headers.find("Content-Type"); given != headers.end()) {
    type = given->second;
    headers.erase(given);
  }
  if (headers.count("Authorization") == 0) headers.emplace("Authorization", "Bearer all");
  return ReplyOf(client.Post(path, headers, body, type));
}

Json ApiTest::SaleJson(const std::string& id, const std::string& amount) {
  Json json = JsonOfMessage(Sale(id).post());
  json["entries"][0]["debit"] = amount;
  json["entries"][1]["credit"] = amount;
  if (id.empty()) json.erase("transactionId");
  return json;
}

Json ApiTest::WithdrawalJson(const std::string& id) {
  return JsonOfMessage(Withdrawal(id, 184, 1'000).post());
}

}  // namespace lumbung
