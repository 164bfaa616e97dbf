#include "projections/audit/finding.h"

#include <algorithm>

#include "projections/runtime/packing.h"

namespace lumbung::audit {
namespace {

// Random, drawn once for this purpose; must not change.
const Uuid kFindingNameSpace = *ParseUuid("3f0d6a3c-52b1-4d0e-9b57-8e6f1c0a9d24");

}  // namespace

Uuid FindingId(std::string_view rule, std::string_view subject) {
  return UuidV5(kFindingNameSpace, std::string(rule).append(" ").append(subject));
}

void Finding::AddEvent(const Evidence& event) {
  ++events;
  if (evidence.size() < kMostEvidence) {
    evidence.push_back(event);
  }
}

void Finding::Cover(Date date) {
  from = from == 0 ? date : std::min(from, date);
  to = std::max(to, date);
}

void Finding::Set(std::string_view name, Figure::Kind kind, Int128 number, std::string_view text) {
  const auto found = std::find_if(figures.begin(), figures.end(),
                                  [&](const Figure& figure) { return figure.name == name; });
  Figure& figure = found == figures.end() ? figures.emplace_back() : *found;
  figure = {std::string(name), kind, number, std::string(text)};
}

Int128 Finding::NumberOf(std::string_view name) const {
  const auto found = std::find_if(figures.begin(), figures.end(),
                                  [&](const Figure& figure) { return figure.name == name; });
  return found == figures.end() ? 0 : found->number;
}

std::string Finding::Encode() const {
  std::string bytes;
  PackText(bytes, rule);
  bytes.push_back(static_cast<char>(severity));
  PackUnsigned(bytes, cooperative);
  PackUnsigned(bytes, outlet);
  PackUnsigned(bytes, static_cast<std::uint32_t>(from));
  PackUnsigned(bytes, static_cast<std::uint32_t>(to));
  PackSigned(bytes, found_at);
  PackSigned(bytes, resolved_at);
  PackUnsigned(bytes, events);
  PackUnsigned(bytes, std::uint64_t{evidence.size()});
  for (const Evidence& one : evidence) {
    PackEvidence(bytes, one);
  }
  PackUnsigned(bytes, std::uint64_t{figures.size()});
  for (const Figure& figure : figures) {
    PackText(bytes, figure.name);
    bytes.push_back(static_cast<char>(figure.kind));
    PackSigned(bytes, figure.number);
    PackText(bytes, figure.text);
  }
  return bytes;
}

Result<Finding> Finding::Parse(const Uuid& id, std::string_view bytes) {
  Unpacker unpack(bytes);
  Finding finding;
  finding.id = id;
  finding.rule = unpack.Text();
  finding.severity = static_cast<Severity>(unpack.Unsigned());
  finding.cooperative = unpack.Unsigned();
  finding.outlet = unpack.Unsigned();
  finding.from = unpack.Day();
  finding.to = unpack.Day();
  finding.found_at = unpack.Count();
  finding.resolved_at = unpack.Count();
  finding.events = unpack.Unsigned();
  finding.evidence.resize(unpack.Many());
  for (Evidence& one : finding.evidence) {
    one = UnpackEvidence(unpack);
  }
  finding.figures.resize(unpack.Many());
  for (Figure& figure : finding.figures) {
    figure.name = unpack.Text();
    figure.kind = static_cast<Figure::Kind>(unpack.Unsigned());
    figure.number = unpack.Signed();
    figure.text = unpack.Text();
  }
  if (!unpack.done()) {
    return Status::Corruption("finding " + FormatUuid(id) + " can't be read");
  }
  return finding;
}

}  // namespace lumbung::audit
