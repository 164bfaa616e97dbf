#include "engine/serve/projection_gateway.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/feed/log_feed.h"
#include "engine/serve/log.h"
#include "engine/serve/projection_gateway_impl.h"
#include "projections/catalogue/catalogue.h"

namespace lumbung {

Status ProjectionGateway::Impl::Start() {
  Result<std::vector<ProjectionFactory>> factories = ProjectionsNamed(options_.names);
  LUMBUNG_RETURN_IF_ERROR(factories.status());
  HostOptions host;
  host.base = options_.state;
  host.store = options_.store;
  host.shards.clear();
  for (std::uint32_t shard = 0; shard < ledger_.shards(); ++shard) {
    host.shards.push_back(shard);
  }
  host.feed = [this](std::uint32_t number) -> Result<std::unique_ptr<EventSource>> {
    Shard& shard = ledger_.shard(number);
    return std::unique_ptr<EventSource>(std::make_unique<LogFeed>(
        shard.log(), [&shard](std::uint64_t sequence, std::function<void()> wake) {
          shard.WhenDurable(sequence, std::move(wake));
        }));
  };
  host.runner.on_stop = [](const ProjectionInstance& instance) {
    const ProjectionStatus status = instance.status();
    Log(LogLevel::kError, "a projection has stopped",
        {{"projection", status.identity.name}, {"why", status.stopped}});
  };
  host.runner.on_commit = [this] { waiters_.Look(); };
  host_ = std::make_unique<ProjectionHost>(std::move(*factories), std::move(host));
  return Status::Ok();
}

bool ProjectionGateway::Impl::Keeps(std::string_view projection) const {
  return std::find(options_.names.begin(), options_.names.end(), projection) !=
         options_.names.end();
}

std::uint64_t ProjectionGateway::Impl::PositionOf(const PositionWaiters::Place& place) const {
  const Reading reading = host_->Read(place.projection);
  if (!reading) {
    return 0;
  }
  const auto position = reading->positions().find(place.shard);
  return position == reading->positions().end() ? 0 : position->second.sequence;
}

CallError ProjectionGateway::Impl::NotYet(const PositionWaiters::Place& place,
                                          std::uint64_t at_least) const {
  return {CallError::Kind::kExpired, v1::EXPIRED,
          fmt::format("{} has come to event {} of shard {}, not to {} yet", place.projection,
                      PositionOf(place), place.shard, at_least),
          "at_least_sequence"};
}

CallError ProjectionGateway::Impl::WhyNotServing(std::string_view projection) const {
  for (const HostedStatus& hosted : host_->Statuses()) {
    if (hosted.name == projection) {
      return Unavailable(hosted.failure.empty() ? fmt::format("{} is being built", projection)
                                                : hosted.failure);
    }
  }
  return {CallError::Kind::kNotFound, v1::OK,
          fmt::format("{} is not among the projections of this server", projection), ""};
}

std::optional<CallError> ProjectionGateway::Impl::Refuse(const Call& call,
                                                         std::uint64_t cooperative,
                                                         std::optional<RegionCode> region) const {
  if (draining_) {
    return Unavailable("the server is stopping");
  }
  if (region
          ? call.principal->MayReadIn(*region)
          : call.principal->MayRead(cooperative) || HangsOnRegion(*call.principal, cooperative)) {
    return std::nullopt;
  }
  return Denied(region ? "region" : "cooperative");
}

void ProjectionGateway::Impl::WhenReached(const From& from,
                                          std::chrono::steady_clock::time_point deadline,
                                          std::function<void(std::optional<CallError>)> run) {
  const PositionWaiters::Place place{from.projection, ShardFor(from).value_or(0)};
  if (from.at_least == 0 || PositionOf(place) >= from.at_least) {
    return run(std::nullopt);
  }
  waiters_.Add(place, from.at_least, deadline,
               [this, place, at_least = from.at_least, run = std::move(run)](bool reached) {
                 run(reached ? std::nullopt : std::optional(NotYet(place, at_least)));
               });
}

std::optional<CallError> ProjectionGateway::Impl::ReadAccount(const Call& call,
                                                              const v1::Account& account,
                                                              AccountKey& key) const {
  const std::optional<CurrencyCode> currency = ParseCurrency(account.currency());
  if (!currency || account.cooperative() == 0 || account.cooperative() > kMaxCooperative ||
      account.code() == 0 || account.code() > kMaxAccountCode) {
    return InvalidField("account",
                        "wants cooperative and code, and a currency of three capital letters or "
                        "none");
  }
  key = {account.cooperative(), account.code(), *currency, account.holder()};
  return Refuse(call, key.cooperative);
}

Result<std::unique_ptr<ProjectionGateway>> ProjectionGateway::Start(
    Ledger& ledger, ProjectionGatewayOptions options) {
  auto impl = std::make_unique<Impl>(ledger, std::move(options));
  LUMBUNG_RETURN_IF_ERROR(impl->Start());
  return std::unique_ptr<ProjectionGateway>(new ProjectionGateway(std::move(impl)));
}

ProjectionGateway::ProjectionGateway(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ProjectionGateway::~ProjectionGateway() { Stop(); }

void ProjectionGateway::Drain() {
  impl_->draining_ = true;
  impl_->admission_.Close();
  impl_->admission_.WaitUntilEmpty();
}

void ProjectionGateway::Stop() {
  Drain();
  impl_->host_->Stop();
  while (!impl_->host_->WaitFor(std::chrono::hours(1))) {
  }
}

bool ProjectionGateway::Keeps(std::string_view projection) const {
  return impl_->Keeps(projection);
}

std::vector<HostedStatus> ProjectionGateway::Statuses() const { return impl_->host_->Statuses(); }

void ProjectionGateway::ListProjections(const Call& call,
                                        const CallDone<v1::ListProjectionsResponse>& done) {
  if (!call.principal->MayOperate()) {
    return done(Denied(""), {});
  }
  if (impl_->draining_) {
    return done(Unavailable("the server is stopping"), {});
  }
  v1::ListProjectionsResponse response;
  const std::int64_t now = Clock::System().WallMicros();
  for (const HostedStatus& hosted : impl_->host_->Statuses()) {
    v1::ProjectionInfo& info = *response.add_projections();
    info.set_name(hosted.name);
    info.set_serving(hosted.serving.has_value());
    info.set_building(hosted.building.has_value());
    info.set_stopped(hosted.failure);
    if (const auto& shown = hosted.serving ? hosted.serving : hosted.building; shown) {
      info.set_version(shown->identity.version);
      info.set_rules(shown->identity.rules);
      if (!shown->stopped.empty()) {
        info.set_stopped(shown->stopped);
      }
    }
    const auto fill = [&](const std::optional<ProjectionStatus>& status, auto* as_of) {
      for (std::uint32_t shard = 0; status && shard < impl_->ledger_.shards(); ++shard) {
        FillAsOf(shard, status->shards.at(shard).position, impl_->HeadOf(shard), now,
                 *as_of->Add());
      }
    };
    fill(hosted.serving, info.mutable_as_of());
    fill(hosted.building, info.mutable_built());
  }
  done(std::nullopt, std::move(response));
}

}  // namespace lumbung
