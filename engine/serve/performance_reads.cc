// The questions of ProjectionGateway to the performance.
#include <algorithm>
#include <utility>

#include "engine/serve/performance_answers.h"
#include "engine/serve/projection_gateway_impl.h"
#include "projections/performance/loan_queries.h"
#include "projections/performance/performance_projection.h"
#include "projections/performance/queries.h"

namespace lumbung {
namespace {

using performance::Queries;
using performance::Ranked;
using performance::Subject;

constexpr std::uint32_t kDefaultLimit = 100;
constexpr std::uint32_t kMostInList = 1'000;
constexpr std::uint32_t kDefaultWeeks = 4;
constexpr std::uint32_t kMostWeeks = 52;
constexpr std::int32_t kJakartaMinutes = 420;

// Fills an answer with what was found, or says why nothing was.
template <typename Found, typename Response, typename Fill>
std::optional<CallError> FillWith(const Result<Found>& found, const Subject& subject,
                                  Response& response, Fill fill) {
  if (!found.ok()) {
    return OfQuery(found.status());
  }
  FillOf(subject, *response.mutable_of());
  response.set_region_list(Regions::BuiltIn().version());
  fill(*found);
  return std::nullopt;
}

std::vector<Ranked> InOrder(std::vector<Ranked> list, v1::ListPerformanceRequest::Order order,
                            std::uint32_t limit) {
  if (order == v1::ListPerformanceRequest::LARGEST_FIRST) {
    return Top(std::move(list), limit);
  }
  if (order == v1::ListPerformanceRequest::SMALLEST_FIRST) {
    return Bottom(std::move(list), limit);
  }
  list.resize(std::min<std::size_t>(list.size(), limit));
  return list;
}

}  // namespace

std::optional<CallError> ProjectionGateway::Impl::ReadPerformanceOf(
    const Call& call, const v1::PerformanceSubject& asked, std::uint64_t at_least,
    performance::Subject& subject, From& from) const {
  from = {performance::kPerformanceName, asked.cooperative(), at_least};
  if (asked.cooperative() == 0) {
    from.region = ReadRegionCode(asked.region());
  }
  std::optional<CallError> error = Refuse(call, asked.cooperative(), from.region);
  return error ? error : ReadSubject(asked, subject);
}

void ProjectionGateway::GetPerformance(const Call& call, const v1::GetPerformanceRequest& request,
                                       CallDone<v1::GetPerformanceResponse> done) {
  Subject subject;
  Impl::From from;
  Days days;
  std::optional<CallError> error =
      impl_->ReadPerformanceOf(call, request.subject(), request.at_least_sequence(), subject, from);
  if (!error) error = ReadDays(request.from_date(), request.to_date(), days);
  if (error) {
    return done(std::move(error), {});
  }
  impl_->Read<v1::GetPerformanceResponse>(
      call, from,
      [subject, days](const View& view, v1::GetPerformanceResponse& response) {
        return FillWith(
            Queries(view).Of(subject, days.from, days.to), subject, response,
            [&](const auto& figures) { FillFigures(figures, *response.mutable_figures()); });
      },
      std::move(done));
}

void ProjectionGateway::GetHours(const Call& call, const v1::GetHoursRequest& request,
                                 CallDone<v1::GetHoursResponse> done) {
  Subject subject;
  Impl::From from;
  std::optional<CallError> error =
      impl_->ReadPerformanceOf(call, request.subject(), request.at_least_sequence(), subject, from);
  if (!error) error = ReadDay(request.day());
  if (error) {
    return done(std::move(error), {});
  }
  impl_->Read<v1::GetHoursResponse>(
      call, from,
      [subject, day = request.day()](const View& view, v1::GetHoursResponse& response) {
        return FillWith(Queries(view).Hours(subject, day), subject, response,
                        [&](const auto& hours) {
                          response.set_day(day);
                          for (const performance::HourFigures& hour : hours) {
                            FillHour(hour, *response.add_hours());
                          }
                        });
      },
      std::move(done));
}

void ProjectionGateway::ListPerformance(const Call& call, const v1::ListPerformanceRequest& request,
                                        CallDone<v1::ListPerformanceResponse> done) {
  v1::PerformanceSubject region;
  region.set_region(request.region());
  Subject subject;
  Impl::From from;
  performance::Measure measure{};
  Days days;
  std::optional<CallError> error = impl_->ReadPerformanceOf(call, region, 0, subject, from);
  if (!error && subject.kind != Subject::Kind::kRegion) {
    error = InvalidField("region", "is not in the list of regions");
  }
  if (!error) error = ReadMeasure(request.measure(), measure);
  if (!error) error = ReadDays(request.from_date(), request.to_date(), days);
  if (!error && request.limit() > kMostInList) {
    error = InvalidField("limit", "wants at most 1,000");
  }
  if (error) {
    return done(std::move(error), {});
  }
  impl_->Read<v1::ListPerformanceResponse>(
      call, from,
      [=](const View& view, v1::ListPerformanceResponse& response) {
        const Queries queries(view);
        const auto found = request.rows() == v1::ListPerformanceRequest::COOPERATIVES
                               ? queries.CooperativesOf(subject.region, measure, days.from, days.to)
                               : queries.Children(subject.region, measure, days.from, days.to);
        return FillWith(found, subject, response, [&](const std::vector<Ranked>& list) {
          response.set_measure(request.measure());
          response.set_from_date(days.from);
          response.set_to_date(days.to);
          response.set_total(static_cast<std::uint32_t>(list.size()));
          const std::uint32_t limit = request.limit() == 0 ? kDefaultLimit : request.limit();
          for (const Ranked& ranked : InOrder(list, request.order(), limit)) {
            FillRanked(ranked, *response.add_list());
          }
        });
      },
      std::move(done));
}

void ProjectionGateway::ComparePerformance(const Call& call,
                                           const v1::ComparePerformanceRequest& request,
                                           CallDone<v1::ComparePerformanceResponse> done) {
  Subject subject;
  Impl::From from;
  performance::Measure measure{};
  std::optional<CallError> error =
      impl_->ReadPerformanceOf(call, request.subject(), request.at_least_sequence(), subject, from);
  if (!error) error = ReadMeasure(request.measure(), measure);
  if (!error) error = ReadDay(request.day());
  if (!error && request.weeks() > kMostWeeks) {
    error = InvalidField("weeks", "wants at most 52");
  }
  if (error) {
    return done(std::move(error), {});
  }
  const auto weeks =
      static_cast<std::int32_t>(request.weeks() == 0 ? kDefaultWeeks : request.weeks());
  impl_->Read<v1::ComparePerformanceResponse>(
      call, from,
      [subject, measure, weeks, asked = request.measure(), day = request.day()](
          const View& view, v1::ComparePerformanceResponse& response) {
        return FillWith(Queries(view).WithSameWeekday(subject, measure, day, weeks), subject,
                        response, [&](const auto& comparison) {
                          response.set_measure(asked);
                          FillComparison(comparison, response);
                        });
      },
      std::move(done));
}

void ProjectionGateway::GetFreshness(const Call& call, const v1::GetFreshnessRequest& request,
                                     CallDone<v1::GetFreshnessResponse> done) {
  Subject subject;
  Impl::From from;
  std::optional<CallError> error =
      impl_->ReadPerformanceOf(call, request.subject(), request.at_least_sequence(), subject, from);
  if (error) {
    return done(std::move(error), {});
  }
  impl_->Read<v1::GetFreshnessResponse>(
      call, from,
      [subject](const View& view, v1::GetFreshnessResponse& response) {
        const std::int64_t now = Clock::System().WallMicros();
        return FillWith(Queries(view).FreshnessOf(subject, now), subject, response,
                        [&](const auto& freshness) { FillFreshness(freshness, response); });
      },
      std::move(done));
}

void ProjectionGateway::ListLoans(const Call& call, const v1::ListLoansRequest& request,
                                  CallDone<v1::ListLoansResponse> done) {
  const Impl::From from{performance::kPerformanceName, request.cooperative(),
                        request.at_least_sequence()};
  std::optional<CallError> error = impl_->Refuse(call, request.cooperative());
  if (!error && (request.cooperative() == 0 || request.cooperative() > kMaxCooperative)) {
    error = InvalidField("cooperative", "wants a cooperative's number");
  }
  const Date day =
      request.day() == 0 ? LocalDate(Clock::System().WallMicros(), kJakartaMinutes) : request.day();
  if (!error) error = ReadDay(day);
  if (error) {
    return done(std::move(error), {});
  }
  impl_->Read<v1::ListLoansResponse>(
      call, from,
      [number = request.cooperative(), day](
          const View& view, v1::ListLoansResponse& response) -> std::optional<CallError> {
        Result<std::vector<v1::LoanInfo>> loans = performance::LoansOf(view, number, day);
        if (!loans.ok()) {
          return OfQuery(loans.status());
        }
        response.set_day(day);
        for (v1::LoanInfo& loan : *loans) {
          *response.add_loans() = std::move(loan);
        }
        return std::nullopt;
      },
      std::move(done));
}

}  // namespace lumbung
