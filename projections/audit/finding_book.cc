#include "projections/audit/finding_book.h"

#include <algorithm>
#include <tuple>

#include "projections/audit/keys.h"
#include "projections/runtime/packing.h"

namespace lumbung::audit {
namespace {

constexpr std::uint64_t kResolvedFlag = 1;
constexpr std::uint64_t kAcknowledgedFlag = 2;

// The keys of a finding in the three lists.
std::vector<std::string> ListKeys(const Finding& finding) {
  const std::string place = PlaceInList(finding.found_at, finding.id);
  return {ByTimePrefix() + place, ByRulePrefix(finding.rule) + place,
          CooperativeKey(Row::kByCooperative, finding.cooperative) + place};
}

std::string LineOf(const Finding& finding, bool acknowledged) {
  return FindingLine{.rule = finding.rule,
                     .severity = finding.severity,
                     .cooperative = finding.cooperative,
                     .resolved = finding.resolved_at != 0,
                     .acknowledged = acknowledged}
      .Encode();
}

}  // namespace

std::string RuleCounts::Encode() const {
  std::string bytes;
  PackUnsigned(bytes, findings);
  PackUnsigned(bytes, unresolved);
  PackUnsigned(bytes, unacknowledged);
  return bytes;
}

Result<RuleCounts> RuleCounts::Parse(std::string_view bytes) {
  Unpacker unpack(bytes);
  RuleCounts counts;
  counts.findings = unpack.Unsigned();
  counts.unresolved = unpack.Unsigned();
  counts.unacknowledged = unpack.Unsigned();
  if (!unpack.done()) {
    return Status::Corruption("counts of findings can't be read");
  }
  return counts;
}

std::string FindingLine::Encode() const {
  std::string bytes;
  PackText(bytes, rule);
  PackUnsigned(bytes, static_cast<std::uint64_t>(severity));
  PackUnsigned(bytes, cooperative);
  PackUnsigned(bytes, (resolved ? kResolvedFlag : 0) | (acknowledged ? kAcknowledgedFlag : 0));
  return bytes;
}

Result<FindingLine> FindingLine::Parse(std::string_view bytes) {
  Unpacker unpack(bytes);
  FindingLine line;
  line.rule = unpack.Text();
  line.severity = static_cast<Severity>(unpack.Unsigned());
  line.cooperative = unpack.Unsigned();
  const std::uint64_t flags = unpack.Unsigned();
  line.resolved = (flags & kResolvedFlag) != 0;
  line.acknowledged = (flags & kAcknowledgedFlag) != 0;
  if (!unpack.done()) {
    return Status::Corruption("a line of a list of findings can't be read");
  }
  return line;
}

bool IsAcknowledged(const Finding& finding, const std::vector<Acknowledgement>& acknowledgements) {
  return std::any_of(acknowledgements.begin(), acknowledgements.end(),
                     [&](const Acknowledgement& one) { return one.CountsFor(finding); });
}

Status FindingBook::Open(const RowReader& rows) {
  const auto row = rows.Walk(RowPrefix(Row::kCounts));
  for (bool there = row->Seek({}); there; there = row->Next()) {
    const Result<RuleCounts> counts = RuleCounts::Parse(row->value());
    LUMBUNG_RETURN_IF_ERROR(counts.status());
    counts_[std::string(row->key().substr(1))] = *counts;
  }
  return row->status();
}

Result<FindingBook::Slot*> FindingBook::Load(const Uuid& id, const RowReader& rows) {
  const auto found = slots_.find(id);
  if (found != slots_.end()) {
    return &found->second;
  }
  Slot slot;
  std::string bytes;
  Result<bool> there = rows.Get(IdKey(Row::kAcknowledgements, id), bytes);
  LUMBUNG_RETURN_IF_ERROR(there.status());
  if (*there) {
    Result<std::vector<Acknowledgement>> list = ParseAcknowledgements(bytes);
    LUMBUNG_RETURN_IF_ERROR(list.status());
    slot.acknowledgements = std::move(*list);
  }
  there = rows.Get(IdKey(Row::kFinding, id), bytes);
  LUMBUNG_RETURN_IF_ERROR(there.status());
  if (*there) {
    Result<Finding> finding = Finding::Parse(id, bytes);
    LUMBUNG_RETURN_IF_ERROR(finding.status());
    slot.now = *finding;
    slot.acknowledged_before = IsAcknowledged(*finding, slot.acknowledgements);
    slot.before = std::move(*finding);
  }
  slot.now.id = id;
  return &slots_.emplace(id, std::move(slot)).first->second;
}

Result<Finding*> FindingBook::At(RuleId rule, std::string_view subject, const RowReader& rows) {
  const Rule& of = rules_.Of(rule);
  const Result<Slot*> slot = Load(FindingId(of.name, subject), rows);
  LUMBUNG_RETURN_IF_ERROR(slot.status());
  Finding& finding = (*slot)->now;
  if (finding.found_at == 0) {
    const Uuid id = finding.id;
    finding = Finding{};
    finding.id = id;
    finding.rule = of.name;
    finding.severity = of.severity;
  }
  return &finding;
}

Status FindingBook::Resolve(RuleId rule, std::string_view subject, std::int64_t when,
                            const RowReader& rows) {
  const Result<Finding*> finding = At(rule, subject, rows);
  LUMBUNG_RETURN_IF_ERROR(finding.status());
  if ((*finding)->found_at != 0 && (*finding)->resolved_at == 0) {
    (*finding)->resolved_at = when;
  }
  return Status::Ok();
}

Status FindingBook::Acknowledge(const Uuid& id, Acknowledgement acknowledgement,
                                const RowReader& rows) {
  const Result<Slot*> slot = Load(id, rows);
  LUMBUNG_RETURN_IF_ERROR(slot.status());
  std::vector<Acknowledgement>& list = (*slot)->acknowledgements;
  const auto same = std::find_if(list.begin(), list.end(), [&](const Acknowledgement& one) {
    return one.command_id == acknowledgement.command_id;
  });
  // What speaks for the ledger stands in every shard: that of the first one is kept.
  if (same == list.end()) {
    list.push_back(std::move(acknowledgement));
  } else if (acknowledgement.event.shard < same->event.shard) {
    *same = std::move(acknowledgement);
  } else {
    return Status::Ok();
  }
  std::sort(list.begin(), list.end(), [](const Acknowledgement& a, const Acknowledgement& b) {
    return std::tie(a.recorded_at, a.event.shard, a.event.sequence, a.command_id) <
           std::tie(b.recorded_at, b.event.shard, b.event.sequence, b.command_id);
  });
  (*slot)->acknowledgements_changed = true;
  return Status::Ok();
}

void FindingBook::Count(const Finding& finding, bool acknowledged, bool in) {
  RuleCounts& counts = counts_[finding.rule];
  counted_[finding.rule] = true;
  const std::uint64_t by = in ? 1 : ~std::uint64_t{0};
  counts.findings += by;
  counts.unresolved += finding.resolved_at == 0 ? by : 0;
  counts.unacknowledged += acknowledged ? 0 : by;
}

void FindingBook::Write(const Uuid& id, const Slot& slot, RowWriter& out) {
  if (slot.acknowledgements_changed) {
    out.Put(IdKey(Row::kAcknowledgements, id), EncodeAcknowledgements(slot.acknowledgements));
  }
  const bool is_there = slot.now.found_at != 0;
  const bool acknowledged = is_there && IsAcknowledged(slot.now, slot.acknowledgements);
  const bool is_same =
      is_there == slot.before.has_value() &&
      (!is_there || (slot.now == *slot.before && acknowledged == slot.acknowledged_before));
  if (is_same) {
    return;
  }
  if (slot.before) {
    Count(*slot.before, slot.acknowledged_before, false);
    for (const std::string& key : ListKeys(*slot.before)) {
      out.Delete(key);
    }
  }
  if (!is_there) {
    out.Delete(IdKey(Row::kFinding, id));
    return;
  }
  Count(slot.now, acknowledged, true);
  out.Put(IdKey(Row::kFinding, id), slot.now.Encode());
  const std::string line = LineOf(slot.now, acknowledged);
  for (const std::string& key : ListKeys(slot.now)) {
    out.Put(key, line);
  }
}

Status FindingBook::Finish(RowWriter& out) {
  for (const auto& [id, slot] : slots_) {
    Write(id, slot, out);
  }
  slots_.clear();
  for (const auto& [rule, changed] : counted_) {
    // As if there had never been one.
    if (counts_[rule] == RuleCounts{}) {
      out.Delete(CountsKey(rule));
    } else {
      out.Put(CountsKey(rule), counts_[rule].Encode());
    }
  }
  counted_.clear();
  return Status::Ok();
}

}  // namespace lumbung::audit
