#include "engine/app/import_report.h"

#include <utility>

#include "engine/app/amounts.h"
#include "engine/domain/codes.h"

namespace lumbung {
namespace {

// Such a code speaks of the ledger, not of the command: sending on makes no sense.
bool SpeaksOfLedger(v1::Code code) { return code >= v1::OVERLOADED && code != v1::WRONG_SHARD; }

}  // namespace

void ImportReport::Add(Place place, const Answer& answer) {
  if (answer.code == v1::OK) {
    ++(answer.replayed ? replayed_ : recorded_);
    return;
  }
  if (SpeaksOfLedger(answer.code)) {
    if (stopped_.empty()) {
      const CodeInfo& info = InfoOf(answer.code);
      stopped_ = fmt::format("{}: {} {}", v1::Code_Name(answer.code),
                             answer.detail.empty() ? info.meaning : std::string_view(answer.detail),
                             info.advice);
    }
    return;
  }
  AddRefusal(answer.code, {place, InfoOf(answer.code).recorded, answer.detail});
}

void ImportReport::AddUnreadable(Place place, std::string detail) {
  AddRefusal(v1::MALFORMED, {place, false, std::move(detail)});
}

void ImportReport::AddRefusal(v1::Code code, Refusal refusal) {
  ++refused_;
  refusals_[code].push_back(std::move(refusal));
}

std::string ImportReport::Name(Place place) const {
  return fmt::format("{}:{}", files_[place.file], place.line);
}

void ImportReport::Print(Output& output, std::size_t most) const {
  output.Line("{} commands: {} recorded, {} already there, {} refused", FormatCount(total()),
              FormatCount(recorded_), FormatCount(replayed_), FormatCount(refused_));
  for (const auto& [code, refusals] : refusals_) {
    const CodeInfo& info = InfoOf(code);
    output.Line("{} {}: {} {}", v1::Code_Name(code), FormatCount(refusals.size()), info.meaning,
                info.advice);
    for (std::size_t i = 0; i < refusals.size() && i < most; ++i) {
      output.Line("  {}: {}", Name(refusals[i].place), refusals[i].detail);
    }
    if (refusals.size() > most) {
      output.Line("  and {} more (--refusals N shows more, --json all)",
                  FormatCount(refusals.size() - most));
    }
  }
}

Json ImportReport::ToJson() const {
  Json refused = Json::array();
  for (const auto& [code, refusals] : refusals_) {
    for (const Refusal& refusal : refusals) {
      refused.push_back({{"code", v1::Code_Name(code)},
                         {"file", files_[refusal.place.file]},
                         {"line", refusal.place.line},
                         {"recorded", refusal.recorded},
                         {"detail", refusal.detail}});
    }
  }
  Json counts = Json::object();
  for (const auto& [code, refusals] : refusals_) {
    counts[v1::Code_Name(code)] = refusals.size();
  }
  return {{"commands", total()}, {"recorded", recorded_},     {"already_there", replayed_},
          {"refused", refused_}, {"refused_by_code", counts}, {"refusals", refused}};
}

}  // namespace lumbung
