// What every transport does with a question to a projection: authorise, bound, wait where that is
// asked for, read, and say which events the answer speaks for. Beside Gateway, which is the same
// for the ledger itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"
#include "engine/commit/ledger.h"
#include "engine/serve/admission.h"
#include "engine/serve/gateway.h"
#include "projections/runtime/host.h"

#include "lumbung/ledger/v1/audit.pb.h"
#include "lumbung/ledger/v1/performance.pb.h"
#include "lumbung/ledger/v1/projections.pb.h"

namespace lumbung {

struct ProjectionGatewayOptions {
  // Folder of the projections' folders.
  std::string state;
  // Which there are to be.
  std::vector<std::string> names;
  ProjectionStoreOptions store;
  // Reads that wait or are under way.
  AdmissionLimits admission;
  // For at_least_sequence; a call that has less time left waits no longer than that.
  std::chrono::milliseconds longest_wait{5'000};
};

// Thread-safe. Keeps the projections up to date from the ledger's own log.
class ProjectionGateway {
 public:
  // The ledger must outlive it. InvalidArgument where a name is none.
  static Result<std::unique_ptr<ProjectionGateway>> Start(Ledger& ledger,
                                                          ProjectionGatewayOptions options);
  // Drains and stops.
  ~ProjectionGateway();

  void ListEntries(const Call& call, const v1::ListEntriesRequest& request,
                   CallDone<v1::ListEntriesResponse> done);
  void GetStatement(const Call& call, const v1::GetStatementRequest& request,
                    CallDone<v1::GetStatementResponse> done);
  void GetBalanceAt(const Call& call, const v1::GetBalanceAtRequest& request,
                    CallDone<v1::GetBalanceAtResponse> done);
  void GetTrialBalance(const Call& call, const v1::GetTrialBalanceRequest& request,
                       CallDone<v1::GetTrialBalanceResponse> done);
  void GetRegionTrialBalance(const Call& call, const v1::GetRegionTrialBalanceRequest& request,
                             CallDone<v1::GetTrialBalanceResponse> done);
  void FindTransactions(const Call& call, const v1::FindTransactionsRequest& request,
                        CallDone<v1::FindTransactionsResponse> done);
  void GetPerformance(const Call& call, const v1::GetPerformanceRequest& request,
                      CallDone<v1::GetPerformanceResponse> done);
  void GetHours(const Call& call, const v1::GetHoursRequest& request,
                CallDone<v1::GetHoursResponse> done);
  void ListPerformance(const Call& call, const v1::ListPerformanceRequest& request,
                       CallDone<v1::ListPerformanceResponse> done);
  void ComparePerformance(const Call& call, const v1::ComparePerformanceRequest& request,
                          CallDone<v1::ComparePerformanceResponse> done);
  void GetFreshness(const Call& call, const v1::GetFreshnessRequest& request,
                    CallDone<v1::GetFreshnessResponse> done);
  void ListLoans(const Call& call, const v1::ListLoansRequest& request,
                 CallDone<v1::ListLoansResponse> done);
  void ListFindings(const Call& call, const v1::ListFindingsRequest& request,
                    CallDone<v1::ListFindingsResponse> done);
  void GetFinding(const Call& call, const v1::GetFindingRequest& request,
                  CallDone<v1::GetFindingResponse> done);
  void CountFindings(const Call& call, const v1::CountFindingsRequest& request,
                     CallDone<v1::CountFindingsResponse> done);
  void ListProjections(const Call& call, const CallDone<v1::ListProjectionsResponse>& done);

  // Whether it is among those that there are to be. Questions to others are kNotFound.
  bool Keeps(std::string_view projection) const;
  // How they are, for the metrics.
  std::vector<HostedStatus> Statuses() const;

  // From now on calls are refused with kUnavailable. Waits until those taken up are answered.
  void Drain();
  // Drains; writes what is in hand and takes no more events. Calls go on being refused.
  void Stop();

 private:
  class Impl;
  explicit ProjectionGateway(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lumbung
