#include "tests/unit/serve/grpc_fixture.h"

#include "google/rpc/error_info.pb.h"
#include "google/rpc/status.pb.h"

namespace lumbung {
namespace {

// The detail of this kind; its default where there is none.
template <typename Detail>
Detail DetailOf(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  Detail found;
  for (const auto& detail : details.details()) {
    if (detail.Is<Detail>()) {
      EXPECT_TRUE(detail.UnpackTo(&found));
    }
  }
  return found;
}

}  // namespace

std::string ReasonOf(const grpc::Status& status) {
  return DetailOf<google::rpc::ErrorInfo>(status).reason();
}

std::string FieldOf(const grpc::Status& status) {
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  return bad.field_violations_size() == 0 ? "" : bad.field_violations(0).field();
}

std::shared_ptr<grpc::Channel> ConnectTo(
    int port, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(64 << 20);
  return grpc::CreateCustomChannel("localhost:" + std::to_string(port), credentials, arguments);
}

std::unique_ptr<grpc::ClientContext> ContextOf(const std::string& token) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + kPatience);
  if (!token.empty()) {
    context->AddMetadata("authorization", "Bearer " + token);
  }
  return context;
}

GrpcTest::GrpcTest() {
  principals_ = {
      {"all", everyman_},
      {"poster", PrincipalOf("poster", {GrantOf(Role::kPoster)})},
      {"reader", PrincipalOf("reader", {GrantOf(Role::kReader)})},
      {"auditor", PrincipalOf("auditor", {GrantOf(Role::kAuditor)})},
      {"operator", PrincipalOf("operator", {GrantOf(Role::kOperator)})},
      {"bank", PrincipalOf("bank", {GrantOf(Role::kBank)})},
      {"regional", PrincipalOf("regional", {GrantIn({"33", "32.04"})})},
      {"other", PrincipalOf("other", {GrantOf(Role::kPoster, {{5, 5}})})},
  };
  server_options_.listen = "localhost:0";
  server_options_.authenticate = [this](std::span<const std::string> names, std::string_view token,
                                        std::string_view) -> PrincipalPtr {
    const std::lock_guard lock(mutex_);
    const auto found = principals_.find(names.empty() ? token : std::string_view(names.front()));
    return found == principals_.end() ? nullptr : found->second;
  };
  server_options_.on_call = [this](const GrpcObservation& call) {
    const std::lock_guard lock(mutex_);
    observed_.push_back(std::string(call.method) + " " + std::string(call.status));
  };
}

GrpcTest::~GrpcTest() {
  gate_->Open();
  if (server_ != nullptr) {
    StopServer(std::chrono::seconds(0));
  }
}

void GrpcTest::Serve() {
  if (ledger_ == nullptr) {
    ASSERT_NO_FATAL_FAILURE(Start());
  }
  auto started =
      GrpcServer::Start(*gateway_, projections_.get(), ledger_->shards(), server_options_);
  ASSERT_TRUE(started.ok()) << started.status().message();
  server_ = std::move(*started);
  stub_ = v1::LedgerService::NewStub(ConnectTo(server_->port()));
}

void GrpcTest::StopServer(std::chrono::seconds within) {
  server_->SetServing(false);
  gateway_->Drain();
  server_->Stop(std::chrono::system_clock::now() + within);
}

void GrpcTest::Restart() {
  server_options_.listen = "localhost:" + std::to_string(server_->port());
  StopServer();
  server_.reset();
  gateway_.reset();
  EXPECT_OK(ledger_->Close());
  ledger_.reset();
  ledger_ = Must(Ledger::Open(directory_ / "ledger", engine_));
  gateway_ = std::make_unique<Gateway>(*ledger_, options_);
  Serve();
}

std::map<std::string, int> GrpcTest::CountPosted() {
  std::map<std::string, int> counts;
  const LogStore& log = ledger_->shard(ShardOf(kTestCooperative, shards_)).log();
  EXPECT_OK(log.ForEach(1, log.head().sequence, [&](std::uint64_t, std::string_view bytes) {
    v1::Event event;
    EXPECT_TRUE(event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
    if (event.has_transaction_posted()) {
      ++counts[event.transaction_posted().transaction().transaction_id()];
    }
    return Status::Ok();
  }));
  return counts;
}

void GrpcTest::Revoke(const std::string& token) {
  const std::lock_guard lock(mutex_);
  principals_.erase(token);
}

v1::CommandResult GrpcTest::PostOne(const v1::Command& command) {
  v1::PostRequest request;
  *request.add_transactions() = command.post();
  v1::PostResponse response;
  const grpc::Status status = Ask(&v1::LedgerService::Stub::Post, request, response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return status.ok() ? response.results(0) : v1::CommandResult();
}

v1::Event GrpcTest::EventOf(const v1::CommandResult& result) {
  v1::Event event;
  const auto bytes = ledger_->shard(result.shard()).log().ReadEvent(result.sequence());
  EXPECT_TRUE(bytes.ok()) << bytes.status().message();
  EXPECT_TRUE(event.ParseFromString(*bytes));
  return event;
}

}  // namespace lumbung
