// GET /v1/events: a page of the log, or a stream of server-sent events that goes on with it.
#include <charconv>
#include <limits>

#include "engine/serve/http/api.h"
#include "engine/serve/http/event_json.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kMaxSequence = std::numeric_limits<std::int64_t>::max();

}  // namespace

// A client that reads events as they come.
struct HttpApi::Stream {
  Call call;
  std::uint32_t shard = 0;
  std::uint64_t next = 1;
  std::uint64_t sent = 0;
  // WhenDurable has been asked and has not called. Guarded by the alarm's mutex.
  std::shared_ptr<bool> asleep = std::make_shared<bool>(false);
};

void HttpApi::GetEvents(Exchange& exchange) {
  constexpr std::uint64_t kMaxShard = std::numeric_limits<std::uint32_t>::max();
  const auto shard = exchange.Number("shard", 0, kMaxShard, 0);
  const auto from = shard ? exchange.Number("from", 1, kMaxSequence, 1) : std::nullopt;
  const auto limit = from ? exchange.Number("limit", 1, 1'000, 100) : std::nullopt;
  if (!limit) return;
  const auto shard_number = static_cast<std::uint32_t>(*shard);
  if (exchange.WantsStream()) return StreamEvents(exchange, shard_number, *from);

  v1::ReplayResponse page;
  if (const auto error =
          gateway_.ReadEvents(exchange.call, shard_number, *from, options_.page_bytes, page)) {
    return exchange.Answer(ProblemOf(*error, false));
  }
  std::string json = "{\"shard\":" + std::to_string(shard_number) + ",\"events\":[";
  std::uint64_t next = *from;
  for (const std::string& bytes : page.events()) {
    if (next - *from == *limit) break;
    if (json.back() == '}') json.push_back(',');
    json += EventJson(next, bytes);
    ++next;
  }
  json += "],\"next\":\"" + std::to_string(next) + "\",\"head\":\"" + std::to_string(page.head()) +
          "\"}";
  exchange.Answer(200, std::move(json));
}

void HttpApi::StreamEvents(Exchange& exchange, std::uint32_t shard, std::uint64_t from) {
  auto stream = std::make_shared<Stream>();
  stream->call = exchange.call;
  stream->shard = shard;
  stream->next = from;
  if (exchange.request.has_header("Last-Event-ID")) {
    const std::string last = exchange.request.get_header_value("Last-Event-ID");
    std::uint64_t seen = 0;
    const auto [end, error] = std::from_chars(last.data(), last.data() + last.size(), seen);
    if (error != std::errc{} || end != last.data() + last.size() || seen >= kMaxSequence) {
      return exchange.Answer(ParameterProblem("Last-Event-ID", "wants the id of an event"));
    }
    stream->next = seen + 1;
  }
  // Whether it may, before the answer has begun.
  v1::ReplayResponse probe;
  if (const auto error = gateway_.ReadEvents(exchange.call, shard, stream->next, 1, probe)) {
    return exchange.Answer(ProblemOf(*error, false));
  }
  OpenStream(exchange, streams_, options_.max_streams,
             [this, stream](httplib::DataSink& sink) { return Feed(*stream, sink); });
}

void HttpApi::OpenStream(Exchange& exchange, std::atomic<std::size_t>& open, std::size_t most,
                         std::function<bool(httplib::DataSink&)> feed) {
  if (draining_) return exchange.Answer(HttpProblem(503, "draining"));
  if (++open > most) {
    --open;
    return exchange.Answer(HttpProblem(503, "too many streams are open"));
  }
  exchange.response.status = 200;
  exchange.response.set_header("Cache-Control", "no-store");
  if (exchange.request.method == "HEAD") {
    --open;
    return exchange.response.set_header("Content-Type", "text/event-stream");
  }
  exchange.response.set_chunked_content_provider(
      "text/event-stream",
      [more = std::move(feed)](std::size_t, httplib::DataSink& sink) { return more(sink); },
      [&open](bool) { --open; });
}

// Sends what there is; then waits for more, but not longer than a client should go without a sign
// of life. False when the client is gone.
bool HttpApi::Feed(Stream& stream, httplib::DataSink& sink) {
  v1::ReplayResponse page;
  std::string text = stream.sent++ == 0 ? "retry: 1000\n\n" : "";
  const auto error =
      gateway_.ReadEvents(stream.call, stream.shard, stream.next, options_.page_bytes, page);
  for (const std::string& bytes : page.events()) {
    text +=
        "id: " + std::to_string(stream.next) + "\ndata: " + EventJson(stream.next, bytes) + "\n\n";
    ++stream.next;
  }
  if (error || draining_) {
    if (!text.empty()) sink.write(text.data(), text.size());
    sink.done();
    return true;
  }
  if (page.events_size() == 0 && text.empty()) {
    std::unique_lock lock(alarm_->mutex);
    const auto awake = [&] { return alarm_->draining || !*stream.asleep; };
    if (!*stream.asleep) {
      *stream.asleep = true;
      lock.unlock();
      gateway_.WhenDurable(stream.shard, stream.next, [alarm = alarm_, asleep = stream.asleep] {
        const std::lock_guard guard(alarm->mutex);
        *asleep = false;
        alarm->changed.notify_all();
      });
      lock.lock();
    }
    if (alarm_->changed.wait_for(lock, options_.keep_alive, awake)) return true;
    text = ": keep-alive\n\n";
  }
  return sink.write(text.data(), text.size()) && sink.is_writable();
}

}  // namespace lumbung
