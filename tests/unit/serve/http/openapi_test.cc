// openapi.json against the server: every example is sent, in the order of the file, and what comes
// back is what the file says; and its schemas against the messages.
#include "engine/serve/http/openapi.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/serve/http/api_fixture.h"

#include "lumbung/ledger/v1/audit.pb.h"
#include "lumbung/ledger/v1/performance.pb.h"
#include "lumbung/ledger/v1/projections.pb.h"
#include "lumbung/ledger/v1/service.pb.h"

namespace lumbung {
namespace {

using Ordered = nlohmann::ordered_json;

Ordered Document() { return Ordered::parse(OpenApiJson()); }

// One request of the file and the answer that goes with it.
struct Example {
  std::string method;
  std::string path;
  std::string name = {};
  std::string body = {};
  int status = 0;
  std::string type = {};
  Ordered answer = {};
};

// Path and query with each parameter's example.
std::string Filled(std::string path, const Ordered& operation) {
  std::string query;
  for (const Ordered& parameter : operation.value("parameters", Ordered::array())) {
    if (!parameter.contains("example")) continue;
    const Ordered& example = parameter["example"];
    const std::string name = parameter["name"];
    const std::string text = example.is_string() ? example.get<std::string>() : example.dump();
    if (parameter["in"] == "path") {
      path.replace(path.find("{" + name + "}"), name.size() + 2, text);
    } else if (parameter["in"] == "query") {
      query += (query.empty() ? "?" : "&") + name + "=" + text;
    }
  }
  return path + query;
}

// The answer that an operation's responses name so; "" where the one example has no name.
void FindAnswer(const Ordered& operation, Example& example) {
  for (const auto& [status, response] : operation["responses"].items()) {
    const Ordered contents = response.value("content", Ordered::object());
    for (const auto& [type, content] : contents.items()) {
      const bool found = example.name.empty() ? content.contains("example")
                                              : content.contains("examples") &&
                                                    content["examples"].contains(example.name);
      if (!found) continue;
      example.status = std::stoi(status);
      example.type = type;
      example.answer =
          example.name.empty() ? content["example"] : content["examples"][example.name]["value"];
    }
  }
}

std::vector<Example> Examples() {
  std::vector<Example> examples;
  const Ordered document = Document();
  for (const auto& [path, methods] : document["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      const std::string filled = Filled(path, operation);
      if (!operation.contains("requestBody")) {
        examples.push_back({.method = method, .path = filled});
        FindAnswer(operation, examples.back());
        continue;
      }
      const Ordered& bodies = operation["requestBody"]["content"]["application/json"]["examples"];
      for (const auto& [name, body] : bodies.items()) {
        examples.push_back(
            {.method = method, .path = filled, .name = name, .body = body["value"].dump()});
        FindAnswer(operation, examples.back());
      }
    }
  }
  return examples;
}

// Of another ledger at another time these differ.
const std::set<std::string> kVolatile = {
    "hash",       "root",        "checkpoint",     "checkpointKey",   "ledgerId",
    "instance",   "bytes",       "recordedAt",     "previousHash",    "version",
    "nextCursor", "postingDate", "logBytesOnDisk", "derivedSequence", "medianRecordedAt",
    "foundAt",    "rules",       "principal"};

void ExpectSame(const Ordered& wanted, const Ordered& given, const std::string& where) {
  ASSERT_EQ(wanted.type(), given.type()) << where;
  if (wanted.is_object()) {
    for (const auto& [key, value] : wanted.items()) {
      ASSERT_TRUE(given.contains(key)) << where << "/" << key << " is missing";
      if (!kVolatile.contains(key)) ExpectSame(value, given[key], where + "/" + key);
    }
    for (const auto& [key, value] : given.items()) {
      ASSERT_TRUE(wanted.contains(key)) << where << "/" << key << " is too much";
    }
  } else if (wanted.is_array()) {
    ASSERT_EQ(wanted.size(), given.size()) << where;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      ExpectSame(wanted[i], given[i], where + "/" + std::to_string(i));
    }
  } else {
    EXPECT_EQ(wanted, given) << where;
  }
}

class OpenApiTest : public ApiTest {
 protected:
  // What is read is as of all that was posted.
  Reply Send(const Example& example) {
    if (example.method == "post") {
      return Post(example.path, example.body);
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!HasAll(projections_->Statuses()) && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    return Get(example.path);
  }

 private:
  bool HasAll(const std::vector<HostedStatus>& projections) const {
    return std::all_of(projections.begin(), projections.end(), [&](const HostedStatus& hosted) {
      for (std::uint32_t shard = 0; shard < ledger_->shards(); ++shard) {
        if (!hosted.serving || hosted.serving->shards.at(shard).position.sequence !=
                                   ledger_->shard(shard).head().sequence) {
          return false;
        }
      }
      return true;
    });
  }
};

TEST_F(OpenApiTest, EveryExampleIsTrue) {
  api_.metrics = [] { return std::string("# TYPE lumbung_up gauge\nlumbung_up 1\n"); };
  Start();
  const std::vector<Example> examples = Examples();
  ASSERT_GE(examples.size(), 20u);
  for (const Example& example : examples) {
    const std::string what = example.method + " " + example.path + " " + example.name;
    ASSERT_NE(example.status, 0) << what << " has no answer in the file";
    const Reply reply = Send(example);
    ASSERT_EQ(reply.status, example.status) << what << ": " << reply.body;
    ASSERT_EQ(reply.header("Content-Type").substr(0, example.type.size()), example.type) << what;
    if (!example.type.ends_with("json")) continue;
    if (example.path == "/openapi.json") {
      EXPECT_EQ(reply.body, OpenApiJson());
    } else {
      ExpectSame(example.answer, Ordered::parse(reply.body), what);
    }
  }
}

TEST(OpenApiFileTest, NamesEveryFieldOfTheMessages) {
  const Ordered document = Document();
  const Ordered& schemas = document["components"]["schemas"];
  std::vector<const google::protobuf::Descriptor*> waiting = {
      v1::Transaction::descriptor(),
      v1::Command::descriptor(),
      v1::CommandResult::descriptor(),
      v1::GetAccountResponse::descriptor(),
      v1::ListAccountsResponse::descriptor(),
      v1::GetCooperativeResponse::descriptor(),
      v1::GetLedgerInfoResponse::descriptor(),
      v1::ListEntriesResponse::descriptor(),
      v1::GetStatementResponse::descriptor(),
      v1::GetBalanceAtResponse::descriptor(),
      v1::GetTrialBalanceResponse::descriptor(),
      v1::FindTransactionsResponse::descriptor(),
      v1::ListProjectionsResponse::descriptor(),
      v1::GetPerformanceResponse::descriptor(),
      v1::GetHoursResponse::descriptor(),
      v1::ListPerformanceResponse::descriptor(),
      v1::ComparePerformanceResponse::descriptor(),
      v1::GetFreshnessResponse::descriptor(),
      v1::ListLoansResponse::descriptor(),
      v1::ListFindingsResponse::descriptor(),
      v1::GetFindingResponse::descriptor(),
      v1::CountFindingsResponse::descriptor(),
      v1::GetPrincipalResponse::descriptor(),
      v1::FindRegionsResponse::descriptor(),
  };
  std::set<std::string> seen;
  while (!waiting.empty()) {
    const google::protobuf::Descriptor& message = *waiting.back();
    waiting.pop_back();
    std::string name = message.full_name().substr(std::string("lumbung.ledger.v1.").size());
    std::replace(name.begin(), name.end(), '.', '_');
    if (!seen.insert(name).second) continue;
    ASSERT_TRUE(schemas.contains(name)) << name;
    std::set<std::string> fields;
    for (int i = 0; i < message.field_count(); ++i) {
      fields.insert(message.field(i)->camelcase_name());
      if (message.field(i)->message_type() != nullptr) {
        waiting.push_back(message.field(i)->message_type());
      }
    }
    std::set<std::string> properties;
    for (const auto& [key, value] : schemas[name]["properties"].items()) properties.insert(key);
    EXPECT_EQ(properties, fields) << name;
  }
  EXPECT_GE(seen.size(), 30u);
}

TEST(OpenApiFileTest, NamesEveryCode) {
  const Ordered document = Document();
  std::set<std::string> names;
  for (const Ordered& name : document["components"]["schemas"]["Code"]["enum"]) {
    names.insert(name.get<std::string>());
  }
  EXPECT_EQ(static_cast<int>(names.size()), v1::Code_descriptor()->value_count());
  for (int i = 0; i < v1::Code_descriptor()->value_count(); ++i) {
    EXPECT_TRUE(names.contains(v1::Code_descriptor()->value(i)->name()));
  }
}

}  // namespace
}  // namespace lumbung
