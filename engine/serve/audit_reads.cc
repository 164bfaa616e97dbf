// The questions of ProjectionGateway to the audit.
#include <utility>

#include "engine/serve/audit_answers.h"
#include "engine/serve/projection_gateway_impl.h"
#include "projections/audit/audit_projection.h"
#include "projections/audit/stop_finding.h"
#include "projections/regions/region_code.h"

namespace lumbung {
namespace {

using audit::FindingFilter;
using audit::Queries;
using audit::ShownFinding;

// The event at which the audit has stopped, where it has. It is no row: rows say what was before.
// Not to be called while rows are read.
std::optional<ShownFinding> StopOf(const ProjectionHost& host) {
  for (const HostedStatus& hosted : host.Statuses()) {
    if (hosted.name == audit::kAuditName && hosted.serving) {
      return audit::FindingOfStop(*hosted.serving);
    }
  }
  return std::nullopt;
}

bool Fits(const ShownFinding& stop, const FindingFilter& filter) {
  const audit::Finding& finding = stop.finding;
  return (!filter.rule || *filter.rule == finding.rule) && finding.severity >= filter.at_least &&
         (!filter.cooperative || *filter.cooperative == finding.cooperative) &&
         (!filter.region || *filter.region == kNation) && !filter.acknowledged.value_or(false) &&
         !filter.resolved.value_or(false) && (!filter.from || finding.found_at >= *filter.from) &&
         (!filter.before || finding.found_at < *filter.before);
}

audit::CountedRule CountOf(const std::optional<ShownFinding>& stop) {
  const audit::Rule& rule = audit::Rules::BuiltIn().Of(audit::RuleId::kBrokenLink);
  const std::uint64_t count = stop ? 1 : 0;
  return {.rule = rule.name,
          .severity = rule.severity,
          .title_id = rule.title_id,
          .title_en = rule.title_en,
          .counts = {.findings = count, .unresolved = count, .unacknowledged = count}};
}

}  // namespace

std::optional<CallError> ProjectionGateway::Impl::ReadFindingsOf(
    const Call& call, std::optional<std::uint64_t> cooperative, const std::string& region,
    std::uint64_t at_least, From& from) const {
  from = {audit::kAuditName, cooperative.value_or(0), at_least, true};
  if (!region.empty() && !cooperative) {
    from.region = ReadRegionCode(region);
  }
  std::optional<CallError> error = Refuse(call, from.cooperative, from.region);
  if (!error && !region.empty() && cooperative) {
    error = InvalidField("region", "goes without a cooperative");
  }
  if (!error && !region.empty() && !from.region) {
    error = InvalidField("region", "wants a code as 32.04.12, or ID");
  }
  return error;
}

void ProjectionGateway::ListFindings(const Call& call, const v1::ListFindingsRequest& request,
                                     CallDone<v1::ListFindingsResponse> done) {
  Impl::From from;
  FindingFilter filter;
  std::size_t size = 0;
  std::optional<CallError> error = impl_->ReadFindingsOf(
      call, request.has_cooperative() ? std::optional(request.cooperative()) : std::nullopt,
      request.region(), request.at_least_sequence(), from);
  if (!error) error = ReadFilter(request, filter);
  filter.region = from.region;
  filter.now = Clock::System().WallMicros();
  if (!error) error = ReadPageSize(request.page_size(), size);
  if (error) {
    return done(std::move(error), {});
  }
  std::optional<ShownFinding> stop =
      request.cursor().empty() ? StopOf(*impl_->host_) : std::nullopt;
  if (stop && !Fits(*stop, filter)) stop.reset();
  impl_->Read<v1::ListFindingsResponse>(
      call, from,
      [filter, size, cursor = request.cursor(), stop = std::move(stop)](
          const View& view, v1::ListFindingsResponse& response) -> std::optional<CallError> {
        const Result<audit::FindingPage> page = Queries(view).List(filter, size, cursor);
        if (!page.ok()) {
          return OfFindings(page.status());
        }
        if (stop) {
          FillFinding(*stop, *response.add_findings());
        }
        for (const ShownFinding& shown : page->findings) {
          FillFinding(shown, *response.add_findings());
        }
        response.set_next_cursor(page->next);
        return std::nullopt;
      },
      std::move(done));
}

void ProjectionGateway::GetFinding(const Call& call, const v1::GetFindingRequest& request,
                                   CallDone<v1::GetFindingResponse> done) {
  Impl::From from;
  const std::optional<std::uint64_t> cooperative =
      request.has_cooperative() ? std::optional(request.cooperative()) : std::nullopt;
  std::optional<CallError> error =
      impl_->ReadFindingsOf(call, cooperative, "", request.at_least_sequence(), from);
  const std::optional<Uuid> id = ParseUuid(request.id());
  if (!error && !id) {
    error = InvalidField("id", "wants a UUID");
  }
  if (error) {
    return done(std::move(error), {});
  }
  impl_->Read<v1::GetFindingResponse>(
      call, from,
      [cooperative, id = *id, stop = StopOf(*impl_->host_)](
          const View& view, v1::GetFindingResponse& response) -> std::optional<CallError> {
        const Result<ShownFinding> shown =
            stop && stop->finding.id == id ? Result<ShownFinding>(*stop) : Queries(view).One(id);
        if (!shown.ok()) {
          return OfFindings(shown.status());
        }
        if (cooperative && *cooperative != shown->finding.cooperative) {
          return OfFindings(Status::NotFound(""));
        }
        FillFinding(*shown, *response.mutable_finding());
        return std::nullopt;
      },
      std::move(done));
}

void ProjectionGateway::CountFindings(const Call& call, const v1::CountFindingsRequest& /*request*/,
                                      CallDone<v1::CountFindingsResponse> done) {
  Impl::From from;
  std::optional<CallError> error = impl_->ReadFindingsOf(call, std::nullopt, "", 0, from);
  if (error) {
    return done(std::move(error), {});
  }
  impl_->Read<v1::CountFindingsResponse>(
      call, from,
      [stop = StopOf(*impl_->host_)](
          const View& view, v1::CountFindingsResponse& response) -> std::optional<CallError> {
        const Result<std::vector<audit::CountedRule>> counted = Queries(view).Counts();
        if (!counted.ok()) {
          return OfFindings(counted.status());
        }
        for (const audit::CountedRule& rule : *counted) {
          FillCount(rule, *response.add_counts());
        }
        FillCount(CountOf(stop), *response.add_counts());
        return std::nullopt;
      },
      std::move(done));
}

}  // namespace lumbung
