// The ledger's HTTP API: routes, who may come in, and what every answer carries. What is asked for
// is in openapi.json, which GET /openapi.json gives; docs/HTTP.md tells it to people.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <httplib.h>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/serve/gateway.h"
#include "engine/serve/http/exchange.h"
#include "engine/serve/http/static_files.h"

namespace lumbung {

class ProjectionGateway;

// What came of a request; for the log and the metrics.
struct HttpObservation {
  std::string_view request_id;
  std::string_view method;
  // As in openapi.json: "/v1/transactions/{id}"; empty where there is none.
  std::string_view route;
  // Empty where nobody was recognised.
  std::string_view principal;
  int status = 0;
  // "OK", or the code of the problem.
  std::string_view code;
  std::size_t request_bytes = 0;
  std::chrono::nanoseconds took{0};
};

struct HttpApiOptions {
  // Who comes with this bearer token (empty: none) and these names of a verified certificate; null:
  // nobody that is known. The request's id is for the log. Called on many threads at once.
  std::function<std::shared_ptr<const Principal>(std::string_view bearer,
                                                 std::span<const std::string> certificate_names,
                                                 std::string_view request_id)>
      authenticate;
  // The text of /metrics. None: there is no /metrics.
  std::function<std::string()> metrics;
  // Called after each request, on its thread; may be empty.
  std::function<void(const HttpObservation&)> observe;

  // For a request to be decided, where the client does not ask for less (Prefer: wait=<seconds>).
  std::chrono::milliseconds request_timeout{30'000};
  // Streams of events at once; further ones are refused with 503.
  std::size_t max_streams = 32;
  // The same of streams that tell how far projections are.
  std::size_t max_watchers = 96;
  // Between two things that such a stream tells, at least.
  std::chrono::milliseconds watch_interval{250};
  // Between signs of life on a stream of events.
  std::chrono::milliseconds keep_alive{15'000};
  // Of events' own bytes in one answer of /v1/events.
  std::size_t page_bytes = std::size_t{256} << 10;
  // What is below /dashboard/; null: nothing is.
  std::shared_ptr<const StaticFiles> dashboard;
};

// Thread-safe.
class HttpApi {
 public:
  // `gateway`, of a ledger with so many shards, outlives it; so do `projections`, which may be
  // null: then their paths are not there.
  HttpApi(Gateway& gateway, ProjectionGateway* projections, std::uint32_t shards,
          HttpApiOptions options);
  // REQUIRES: Drain, and no request is being answered
  ~HttpApi();

  // Answers a request; for Processor.
  void Handle(const httplib::Request& request, httplib::Response& response);
  // Answers one that could not be read.
  void Refuse(int status, httplib::Response& response) const;

  // From now on there are no more streams, and readiness says so.
  void Drain();

 private:
  struct Route;
  struct Stream;
  struct Watch;

  static std::span<const Route> Routes();
  static bool Matches(std::string_view pattern, std::string_view path,
                      std::vector<std::string>& places);

  void Dispatch(Exchange& exchange, const Route*& route);
  bool Admit(Exchange& exchange, const Route& route) const;

  void PostTransactions(Exchange& exchange);
  void PostCommands(Exchange& exchange);
  void GetTransaction(Exchange& exchange);
  void GetAccount(Exchange& exchange);
  void GetCooperative(Exchange& exchange);
  void ListAccounts(Exchange& exchange);
  void GetLedger(Exchange& exchange);
  void GetCheckpoint(Exchange& exchange);
  void GetEvents(Exchange& exchange);
  void ListEntries(Exchange& exchange);
  void GetStatement(Exchange& exchange);
  void GetBalanceAt(Exchange& exchange);
  void GetTrialBalance(Exchange& exchange);
  void FindTransactions(Exchange& exchange);
  void GetRegionTrialBalance(Exchange& exchange);
  void ListProjections(Exchange& exchange);
  void GetPerformance(Exchange& exchange);
  void GetHours(Exchange& exchange);
  void ComparePerformance(Exchange& exchange);
  void GetFreshness(Exchange& exchange);
  void ListLoans(Exchange& exchange);
  void ListChildren(Exchange& exchange);
  void ListCooperatives(Exchange& exchange);
  void GetPrincipal(Exchange& exchange);
  void FindRegions(Exchange& exchange);
  void ListFindings(Exchange& exchange);
  void GetFinding(Exchange& exchange);
  void CountFindings(Exchange& exchange);
  void GetDashboard(Exchange& exchange);
  void GoToDashboard(Exchange& exchange);
  void GetHealth(Exchange& exchange);
  void GetReadiness(Exchange& exchange);
  void GetMetrics(Exchange& exchange);
  void GetOpenApi(Exchange& exchange);

  // Has a projection answer a question; defined in projection_question.h.
  template <typename Request, typename Response>
  void Ask(Exchange& exchange, const Request& request,
           void (ProjectionGateway::*question)(const Call&, const Request&, CallDone<Response>));

  // Commands as they stand in a body, and what they are asked for.
  struct Submission;
  void Submit(Exchange& exchange, std::shared_ptr<Submission> submission);
  void AnswerOne(Exchange& exchange, const Submission& submission, const Answer& answer) const;
  void AnswerAll(Exchange& exchange, const Submission& submission,
                 const std::vector<Answer>& answers) const;
  bool ReadOptions(Exchange& exchange, SubmitOptions& options) const;
  static bool TakeKey(Exchange& exchange, Submission& submission);

  void StreamEvents(Exchange& exchange, std::uint32_t shard, std::uint64_t from);
  bool Feed(Stream& stream, httplib::DataSink& sink);
  void StreamProjections(Exchange& exchange);
  bool FeedWatch(Watch& watch, httplib::DataSink& sink);
  // Answers with server-sent events, by `feed` again and again until it says false or ends the
  // sink; where `most` are counted in `open`, that is a problem.
  void OpenStream(Exchange& exchange, std::atomic<std::size_t>& open, std::size_t most,
                  std::function<bool(httplib::DataSink&)> feed);

  // Constant after construction.
  Gateway& gateway_;
  ProjectionGateway* const projections_;
  const std::uint32_t shards_;
  const HttpApiOptions options_;

  std::atomic<bool> draining_ = false;
  std::atomic<std::size_t> streams_ = 0;
  std::atomic<std::size_t> watchers_ = 0;

  // What streams sleep on; shared with callbacks that may come later than the stream ends.
  struct Alarm {
    std::mutex mutex;
    std::condition_variable changed;
    bool draining = false;
  };
  const std::shared_ptr<Alarm> alarm_ = std::make_shared<Alarm>();
};

}  // namespace lumbung
