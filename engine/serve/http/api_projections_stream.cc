// GET /v1/projections with Accept: text/event-stream: how far projections are, each time they have
// gone on, so that pages know when to ask again.
#include <utility>

#include "engine/serve/http/projection_question.h"

namespace lumbung {
namespace {

using Steady = std::chrono::steady_clock;

// What tells two answers apart: not the age, which goes on by itself.
std::string PositionsOf(v1::ListProjectionsResponse response) {
  for (v1::ProjectionInfo& info : *response.mutable_projections()) {
    for (v1::ShardAsOf& as_of : *info.mutable_as_of()) as_of.clear_age();
    for (v1::ShardAsOf& built : *info.mutable_built()) built.clear_age();
  }
  return response.SerializeAsString();
}

}  // namespace

// A client that is told.
struct HttpApi::Watch {
  Call call;
  std::string positions;
  // When it was looked, and when something was sent last.
  Steady::time_point looked;
  Steady::time_point sent;
};

void HttpApi::StreamProjections(Exchange& exchange) {
  auto watch = std::make_shared<Watch>();
  watch->call = exchange.call;
  OpenStream(exchange, watchers_, options_.max_watchers,
             [this, watch](httplib::DataSink& sink) { return FeedWatch(*watch, sink); });
}

bool HttpApi::FeedWatch(Watch& watch, httplib::DataSink& sink) {
  const bool first = watch.positions.empty();
  if (!first) {
    std::unique_lock lock(alarm_->mutex);
    alarm_->changed.wait_until(lock, watch.looked + options_.watch_interval,
                               [this] { return alarm_->draining; });
  }
  watch.looked = Steady::now();
  const auto [error, response] = Await<v1::ListProjectionsResponse>(
      watch.call, [&](const CallDone<v1::ListProjectionsResponse>& done) {
        projections_->ListProjections(watch.call, done);
      });
  if (error || draining_) {
    sink.done();
    return true;
  }
  std::string positions = PositionsOf(response);
  std::string text;
  if (positions != watch.positions) {
    watch.positions = std::move(positions);
    text = (first ? "retry: 1000\n\ndata: " : "data: ") + JsonOf(response) + "\n\n";
  } else if (watch.looked - watch.sent >= options_.keep_alive) {
    text = ": keep-alive\n\n";
  } else {
    return true;
  }
  watch.sent = watch.looked;
  return sink.write(text.data(), text.size()) && sink.is_writable();
}

}  // namespace lumbung
