// An HTTP server on a ledger of its own, with the default chart and one cooperative.
#pragma once

#include <httplib.h>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/commit/ledger.h"
#include "engine/serve/gateway.h"
#include "engine/serve/http/http_server.h"
#include "engine/serve/projection_gateway.h"
#include "tests/support/fast_directory.h"

namespace lumbung {

using Json = nlohmann::json;

// What came back.
struct Reply {
  int status = 0;
  httplib::Headers headers;
  std::string body;

  Json json() const { return Json::parse(body); }
  std::string header(const std::string& name) const;
};

// Tokens: "all" may do everything, "reader" may read cooperative 20417 only, "west" what lies
// in 32.04 as it does, "other" another one.
class ApiTest : public ::testing::Test {
 protected:
  ApiTest();
  ~ApiTest() override;

  // `api_` and `transport_` may be changed before.
  void Start();

  Reply Get(const std::string& path, httplib::Headers headers = {});
  Reply Post(const std::string& path, const std::string& body, httplib::Headers headers = {});
  // A client with the token "all".
  std::unique_ptr<httplib::Client> Connect() const;

  // A sale of 100 as JSON, without an id where it is empty.
  static Json SaleJson(const std::string& id, const std::string& amount = "100");
  static Json WithdrawalJson(const std::string& id);

  const FastDirectory directory_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<ProjectionGateway> projections_;
  HttpApiOptions api_;
  TransportOptions transport_;
  std::unique_ptr<HttpServer> server_;

  std::mutex mutex_;
  // Below is guarded by mutex_. Lines "<method> <route> <status> <code> <principal> <request id>".
  std::vector<std::string> observed_;
};

}  // namespace lumbung
