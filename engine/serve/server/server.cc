#include "engine/serve/server/server.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#include "engine/commit/ledger.h"
#include "engine/serve/grpc/grpc_server.h"
#include "engine/serve/http/http_server.h"
#include "engine/serve/listen_address.h"
#include "engine/serve/log_limit.h"
#include "engine/serve/policy_file.h"
#include "engine/serve/projection_gateway.h"
#include "engine/serve/server/metrics.h"
#include "engine/serve/server/publishing.h"
#include "engine/serve/server/request_observation.h"
#include "engine/serve/server/server_state.h"

namespace lumbung {
namespace {

using Seconds = std::chrono::seconds;

std::shared_ptr<const Principal> Authenticate(const Policy& policy,
                                              std::span<const std::string> names,
                                              std::string_view token, std::string_view request_id) {
  std::string why;
  std::shared_ptr<const Principal> principal;
  if (!names.empty()) {
    principal = policy.ByCertificateNames(names, &why);
  } else if (!token.empty()) {
    principal = policy.ByToken(token, &why);
  } else {
    principal = policy.WithoutCredentials();
  }
  if (principal == nullptr && !why.empty()) {
    LogAbout("", LogLevel::kWarning, "nobody that is known",
             {{"request_id", request_id}, {"why", why}});
  }
  return principal;
}

// Null where there is none to serve.
Result<std::shared_ptr<const StaticFiles>> LoadDashboard(const std::string& folder) {
  std::error_code error;
  const bool is_default = folder == kInstalledDashboard;
  if (folder.empty() || (is_default && !std::filesystem::exists(folder, error))) {
    return std::shared_ptr<const StaticFiles>();
  }
  Result<StaticFiles> loaded = StaticFiles::Load(folder);
  if (!loaded.ok()) {
    return Status::InvalidArgument("http.dashboard: " + loaded.status().message());
  }
  return std::shared_ptr<const StaticFiles>(std::make_shared<StaticFiles>(std::move(*loaded)));
}

RequestObservation ToRequest(const GrpcObservation& call) {
  return {.protocol = Protocol::kGrpc,
          .method = call.method,
          .status = call.status,
          .code = call.status,
          .request_id = call.request_id,
          .principal = call.principal,
          .stream = call.stream,
          .took = call.took};
}

// `method` and `status` hold what the result refers to. What is no route is one method, however
// many there are: each would be a time series.
RequestObservation ToRequest(const HttpObservation& seen, std::string& method,
                             std::string& status) {
  method = seen.route.empty() ? "other" : std::string(seen.method).append(" ").append(seen.route);
  status = std::to_string(seen.status);
  return {.protocol = Protocol::kHttp,
          .method = method,
          .status = status,
          .code = seen.code,
          .request_id = seen.request_id,
          .principal = seen.principal,
          .took = seen.took};
}

}  // namespace

class Server::Impl {
 public:
  explicit Impl(const ServeConfig& config) : config_(config) {}

  Status Start();
  Status StartProjections();
  Status StartGrpc();
  Status StartHttp();
  Status Stop();
  void Note(const RequestObservation& request);
  // How it is now. REQUIRES: started and not stopped
  ServerState State() const;

  const ServeConfig config_;
  const std::int64_t started_at_ = Clock::System().WallMicros() / 1'000'000;
  // Outlives what it is told by.
  Metrics metrics_;
  std::unique_ptr<PolicyFile> policy_;
  std::unique_ptr<TlsFiles> tls_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Gateway> gateway_;
  // None where nothing is published.
  std::unique_ptr<PublisherGroup> publishers_;
  std::unique_ptr<ProjectionGateway> projections_;
  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<GrpcServer> grpc_;
  // Requests may come before http_ is set.
  std::atomic<bool> http_started_ = false;
};

Status Server::Impl::Start() {
  Result<std::unique_ptr<PolicyFile>> policy = PolicyFile::Load(config_.policy);
  LUMBUNG_RETURN_IF_ERROR(policy.status());
  policy_ = std::move(*policy);
  if (!config_.tls.certificate.empty()) {
    Result<std::unique_ptr<TlsFiles>> tls = TlsFiles::Load(config_.tls, Clock::System());
    LUMBUNG_RETURN_IF_ERROR(tls.status());
    tls_ = std::move(*tls);
  }
  ShardOptions engine = config_.engine;
  engine.on_block = [this](const BlockTimes& block) { metrics_.Note(block); };
  Result<std::unique_ptr<Ledger>> ledger = Ledger::Open(config_.ledger, engine);
  LUMBUNG_RETURN_IF_ERROR(ledger.status());
  ledger_ = std::move(*ledger);
  GatewayOptions limits = config_.limits;
  limits.account_memory_bytes = config_.engine.account_memory_bytes;
  limits.observe = [this](const CommandsObservation& commands) { metrics_.Note(commands); };
  gateway_ = std::make_unique<Gateway>(*ledger_, limits);
  if (!config_.kafka.brokers.empty()) {
    publishers_ = StartPublishing(*ledger_, config_.kafka);
  }
  LUMBUNG_RETURN_IF_ERROR(StartProjections());
  LUMBUNG_RETURN_IF_ERROR(StartGrpc());
  return StartHttp();
}

Status Server::Impl::StartProjections() {
  if (config_.projections.names.empty()) {
    return Status::Ok();
  }
  ProjectionGatewayOptions options;
  options.state = config_.projections.state.empty() ? config_.ledger + "/projections"
                                                    : config_.projections.state;
  options.names = ListedNames(config_.projections.names);
  options.store.cache_bytes = config_.projections.cache_bytes;
  options.store.write_buffer_bytes = config_.projections.write_buffer_bytes;
  options.longest_wait = std::chrono::milliseconds(config_.projections.wait_milliseconds);
  options.admission = config_.limits.admission;
  Result<std::unique_ptr<ProjectionGateway>> started =
      ProjectionGateway::Start(*ledger_, std::move(options));
  LUMBUNG_RETURN_IF_ERROR(started.status());
  projections_ = std::move(*started);
  return Status::Ok();
}

Status Server::Impl::StartGrpc() {
  if (config_.grpc.listen.empty()) {
    return Status::Ok();
  }
  GrpcServerOptions options;
  options.listen = config_.grpc.listen;
  options.tls = config_.tls;
  options.authenticate = [this](std::span<const std::string> names, std::string_view token,
                                std::string_view request_id) {
    return Authenticate(*policy_->current(), names, token, request_id);
  };
  options.on_call = [this](const GrpcObservation& call) { Note(ToRequest(call)); };
  Result<std::unique_ptr<GrpcServer>> started =
      GrpcServer::Start(*gateway_, projections_.get(), ledger_->shards(), options);
  LUMBUNG_RETURN_IF_ERROR(started.status());
  grpc_ = std::move(*started);
  return Status::Ok();
}

Status Server::Impl::StartHttp() {
  if (config_.http.listen.empty()) {
    return Status::Ok();
  }
  const HttpConfig& http = config_.http;
  const std::optional<ListenAddress> address = ParseListenAddress(http.listen);
  if (!address) {
    return Status::InvalidArgument("http.listen: " + http.listen + " is no host:port");
  }
  TransportOptions transport;
  transport.host = address->host;
  transport.port = address->port;
  if (tls_ != nullptr) {
    transport.tls = [this] { return tls_->current()->context; };
  }
  transport.threads = http.threads;
  transport.max_connections = http.max_connections;
  transport.limits.max_body_bytes = http.max_body_bytes;
  transport.limits.max_header_bytes = http.max_header_bytes;
  transport.read_timeout = Seconds(http.read_timeout_seconds);
  transport.write_timeout = Seconds(http.write_timeout_seconds);
  transport.idle_timeout = Seconds(http.idle_timeout_seconds);
  HttpApiOptions api;
  api.authenticate = [this](std::string_view token, std::span<const std::string> names,
                            std::string_view request_id) {
    return Authenticate(*policy_->current(), names, token, request_id);
  };
  api.metrics = [this] { return metrics_.Text(State()); };
  api.observe = [this](const HttpObservation& seen) {
    std::string method;
    std::string status;
    Note(ToRequest(seen, method, status));
  };
  Result<std::shared_ptr<const StaticFiles>> dashboard = LoadDashboard(http.dashboard);
  LUMBUNG_RETURN_IF_ERROR(dashboard.status());
  api.dashboard = std::move(*dashboard);
  Result<std::unique_ptr<HttpServer>> started = HttpServer::Start(
      *gateway_, projections_.get(), ledger_->shards(), std::move(api), transport);
  LUMBUNG_RETURN_IF_ERROR(started.status());
  http_ = std::move(*started);
  http_started_ = true;
  return Status::Ok();
}

void Server::Impl::Note(const RequestObservation& request) {
  metrics_.Note(request);
  LogRequest(request);
}

ServerState Server::Impl::State() const {
  ServerState state;
  state.version = LUMBUNG_VERSION;
  state.started_at = started_at_;
  for (std::uint32_t number = 0; number < ledger_->shards(); ++number) {
    state.shards.push_back(ledger_->shard(number).Stats());
  }
  if (publishers_ != nullptr) {
    state.kafka = publishers_->stats();
  }
  state.account_memory_limit = config_.engine.account_memory_bytes;
  state.load = gateway_->load();
  state.limits = config_.limits.admission;
  state.http = http_started_ ? std::optional(http_->Stats()) : std::nullopt;
  if (tls_ != nullptr) {
    state.certificate_not_after = tls_->current()->not_after;
  }
  if (projections_ != nullptr) {
    state.projections = projections_->Statuses();
  }
  state.ready = gateway_->WhyNotReady().empty();
  state.resident_bytes = ResidentBytes();
  return state;
}

Status Server::Impl::Stop() {
  if (ledger_ == nullptr) {
    return Status::Ok();
  }
  const auto grace = Seconds(config_.drain_seconds);
  const auto deadline = std::chrono::system_clock::now() + grace;
  if (grpc_ != nullptr) {
    grpc_->SetServing(false);
  }
  if (http_ != nullptr) {
    http_->Drain();
  }
  if (gateway_ != nullptr) {
    gateway_->Drain();
  }
  if (projections_ != nullptr) {
    projections_->Drain();
  }
  if (http_ != nullptr) {
    http_->Stop(grace);
    http_.reset();
  }
  if (publishers_ != nullptr) {
    // Before the log closes, under it.
    EndPublishing(*publishers_, deadline);
    publishers_.reset();
  }
  // They read the ledger.
  if (projections_ != nullptr) {
    projections_->Stop();
  }
  // Those who follow the log are told by its closing.
  Status closed = ledger_->Close();
  if (grpc_ != nullptr) {
    grpc_->Stop(deadline);
    grpc_.reset();
  }
  projections_.reset();
  gateway_.reset();
  ledger_.reset();
  LogWhatWasLeftOut();
  return closed;
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  if (impl_ != nullptr) {
    static_cast<void>(impl_->Stop().ok());
  }
}

Result<std::unique_ptr<Server>> Server::Start(const ServeConfig& config) {
  std::unique_ptr<Server> server(new Server(std::make_unique<Impl>(config)));
  LUMBUNG_RETURN_IF_ERROR(server->impl_->Start());
  return server;
}

int Server::grpc_port() const { return impl_->grpc_ == nullptr ? 0 : impl_->grpc_->port(); }
int Server::http_port() const { return impl_->http_ == nullptr ? 0 : impl_->http_->port(); }

void Server::Reload() {
  const auto report = [](std::string_view what, const Status& status) {
    if (status.ok()) {
      Log(LogLevel::kInfo, "read again", {{"what", what}});
    } else {
      Log(LogLevel::kError, "is wrong, so the old one stays",
          {{"what", what}, {"why", status.message()}});
    }
  };
  report("policy", impl_->policy_->Reload());
  if (impl_->tls_ != nullptr) {
    report("certificates", impl_->tls_->Reload());
  }
}

void Server::ConfirmClock() {
  for (std::uint32_t shard = 0; shard < impl_->ledger_->shards(); ++shard) {
    impl_->ledger_->shard(shard).ConfirmClock();
  }
}

Status Server::Stop() { return impl_->Stop(); }

}  // namespace lumbung
