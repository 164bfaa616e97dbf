// What a caller is told of what was sent twice, by a server that does as it is told: what may have
// been taken up the first time is never said to be refused.
#include "engine/client/outcome.h"

#include <functional>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include "engine/client/execute.h"
#include "engine/client/post_pipe.h"

namespace lumbung {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;

// What the server does with a call: ends it so, or where that is OK answers with the code.
struct Step {
  StatusCode ends = StatusCode::OK;
  v1::Code answers = v1::OK;
};

class Scripted final : public v1::LedgerService::Service {
 public:
  explicit Scripted(std::vector<Step> steps) : steps_(std::move(steps)) {}

  grpc::Status PostStream(
      grpc::ServerContext* /*context*/,
      grpc::ServerReaderWriter<v1::PostResponse, v1::PostRequest>* stream) override {
    v1::PostRequest request;
    while (stream->Read(&request)) {
      const Step step = Next();
      if (step.ends != StatusCode::OK) {
        return {step.ends, "as told"};
      }
      v1::PostResponse response;
      response.add_results()->set_code(step.answers);
      stream->Write(response);
    }
    return grpc::Status::OK;
  }
  grpc::Status Execute(grpc::ServerContext* /*context*/, const v1::ExecuteRequest* /*request*/,
                       v1::ExecuteResponse* response) override {
    const Step step = Next();
    response->add_results()->set_code(step.answers);
    return step.ends == StatusCode::OK ? grpc::Status::OK : grpc::Status(step.ends, "as told");
  }

 private:
  Step Next() {
    EXPECT_LT(done_, steps_.size());
    return steps_.at(done_++);
  }

  const std::vector<Step> steps_;
  std::size_t done_ = 0;
};

// What comes of one transaction, through a stream and by a call.
struct Outcomes {
  std::pair<Status, v1::CommandResult> streamed;
  std::pair<Status, v1::CommandResult> called;
};

class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<Step> steps) : service_(std::move(steps)) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    address_.target = "127.0.0.1:" + std::to_string(port);
  }
  const ServerAddress& address() const { return address_; }

 private:
  Scripted service_;
  ServerAddress address_;
  std::unique_ptr<grpc::Server> server_;
};

Outcomes Play(const std::vector<Step>& steps) {
  Outcomes outcomes;
  {
    const ScriptedServer server(steps);
    PostPipeOptions options;
    options.server = server.address();
    auto pipe = PostPipe::Open(options);
    v1::PostRequest request;
    request.add_transactions();
    std::promise<void> done;
    (*pipe)->Send(request, [&](const Status& status, v1::PostResponse& response) {
      outcomes.streamed = {status, status.ok() ? response.results(0) : v1::CommandResult()};
      done.set_value();
    });
    done.get_future().wait();
  }
  const ScriptedServer server(steps);
  auto client = CommandClient::Open(server.address());
  v1::ExecuteRequest request;
  request.add_commands();
  v1::ExecuteResponse response;
  const Status status = (*client)->Execute(request, response);
  outcomes.called = {status, status.ok() ? response.results(0) : v1::CommandResult()};
  return outcomes;
}

void ExpectBoth(const Outcomes& outcomes, const std::function<void(const Status&, v1::Code)>& is) {
  is(outcomes.streamed.first, outcomes.streamed.second.code());
  is(outcomes.called.first, outcomes.called.second.code());
}

TEST(Outcome, OfOneSendingIsWhatTheServerSays) {
  for (const v1::Code code : {v1::OK, v1::INSUFFICIENT_FUNDS, v1::WRITES_STOPPED, v1::EXPIRED}) {
    ExpectBoth(Play({{.ends = StatusCode::OK, .answers = code}}),
               [&](const Status& status, v1::Code is) {
                 EXPECT_TRUE(status.ok());
                 EXPECT_EQ(is, code);
               });
  }
  ExpectBoth(Play({{.ends = StatusCode::PERMISSION_DENIED, .answers = v1::OK}}),
             [](const Status& status, v1::Code) {
               EXPECT_EQ(status.kind(), Status::Kind::kRefused) << "nothing was taken up";
             });
}

// The ledger looked the id up: whatever became of the first sending is in the answer.
TEST(Outcome, OfASecondSendingThatWasDecidedIsItsAnswer) {
  for (const v1::Code code :
       {v1::OK, v1::INSUFFICIENT_FUNDS, v1::ID_CONFLICT, v1::UNKNOWN_CODE, v1::MALFORMED}) {
    ExpectBoth(Play({{.ends = StatusCode::UNAVAILABLE, .answers = v1::OK},
                     {.ends = StatusCode::OK, .answers = code}}),
               [&](const Status& status, v1::Code is) {
                 EXPECT_TRUE(status.ok());
                 EXPECT_EQ(is, code);
               });
  }
}

TEST(Outcome, StaysUnknownWhereTheSecondSendingWasNotDecided) {
  for (const v1::Code code :
       {v1::WRITES_STOPPED, v1::OVERLOADED, v1::QUOTA_EXCEEDED, v1::EXPIRED, v1::CLOCK_SUSPECT}) {
    const Outcomes outcomes = Play({{.ends = StatusCode::UNAVAILABLE, .answers = v1::OK},
                                    {.ends = StatusCode::OK, .answers = code}});
    ExpectBoth(outcomes, [](const Status& status, v1::Code is) {
      EXPECT_TRUE(status.ok());
      EXPECT_EQ(is, v1::OUTCOME_UNKNOWN);
    });
    EXPECT_THAT(outcomes.streamed.second.detail(), HasSubstr(v1::Code_Name(code)));
  }
}

TEST(Outcome, StaysUnknownWhereTheSecondCallWasRefused) {
  const Outcomes outcomes = Play({{.ends = StatusCode::UNAVAILABLE, .answers = v1::OK},
                                  {.ends = StatusCode::PERMISSION_DENIED, .answers = v1::OK}});
  ExpectBoth(outcomes, [](const Status& status, v1::Code) {
    EXPECT_EQ(status.kind(), Status::Kind::kIoError);
    EXPECT_THAT(status.message(), HasSubstr("outcome is not known"));
    EXPECT_THAT(status.message(), HasSubstr("as told"));
  });
}

}  // namespace
}  // namespace lumbung
