#include "projections/audit/queries.h"

#include <algorithm>
#include <memory>
#include <unordered_map>

#include "projections/audit/keys.h"
#include "projections/regions/present_place.h"

#include "lumbung/ledger/v1/state.pb.h"

namespace lumbung::audit {

namespace v1 = ledger::v1;

namespace {

// The shortest list that has all that is asked for.
std::string PrefixFor(const FindingFilter& filter) {
  if (filter.cooperative) {
    return CooperativeKey(Row::kByCooperative, *filter.cooperative);
  }
  return filter.rule ? ByRulePrefix(*filter.rule) : ByTimePrefix();
}

bool Fits(const FindingFilter& filter, const FindingLine& line) {
  return (!filter.rule || *filter.rule == line.rule) && line.severity >= filter.at_least &&
         (!filter.cooperative || *filter.cooperative == line.cooperative) &&
         (!filter.acknowledged || *filter.acknowledged == line.acknowledged) &&
         (!filter.resolved || *filter.resolved == line.resolved);
}

Result<std::string> ParseCursor(std::string_view cursor) {
  std::string place;
  if (!cursor.empty() && (!FromBase64(cursor, place) || place.size() != kPlaceBytes)) {
    return Status::InvalidArgument("cursor: is none that a list gave");
  }
  return place;
}

std::string PlaceOf(std::int64_t time) {
  std::string place;
  AppendBigEndian(place, static_cast<std::uint64_t>(std::max<std::int64_t>(time, 0)));
  return place;
}

// Goes over the rows of a list in the order that is asked for.
class ListWalk {
 public:
  ListWalk(const RowReader& rows, const FindingFilter& filter, std::string after)
      : filter_(filter), prefix_(PrefixFor(filter)), row_(rows.Walk(prefix_)) {
    there_ = filter.newest_first ? SeekBack(after) : SeekOn(after);
    CheckBounds();
  }

  bool there() const { return there_; }
  std::string place() const { return std::string(row_->key().substr(prefix_.size())); }
  std::string_view line() const { return row_->value(); }
  Status status() const { return row_->status(); }
  void Next() {
    there_ = filter_.newest_first ? row_->Previous() : row_->Next();
    CheckBounds();
  }

 private:
  bool SeekOn(const std::string& after) {
    const std::string first = filter_.from ? PlaceOf(*filter_.from) : std::string();
    if (after.empty() || after < first) {
      return row_->Seek(prefix_ + first);
    }
    return row_->Seek(prefix_ + after + '\0');
  }
  bool SeekBack(const std::string& after) {
    std::string last = filter_.before ? PlaceOf(*filter_.before) : std::string(kPlaceBytes, '\xFF');
    last = after.empty() ? last : std::min(last, after);
    // A bound is no row of its own; a place that was shown is.
    const bool there = row_->SeekBackward(prefix_ + last);
    return there && row_->key() == prefix_ + after ? row_->Previous() : there;
  }
  void CheckBounds() {
    if (there_ && filter_.from && place() < PlaceOf(*filter_.from)) {
      there_ = false;
    }
    if (there_ && filter_.before && place() >= PlaceOf(*filter_.before)) {
      there_ = false;
    }
  }

  const FindingFilter& filter_;
  const std::string prefix_;
  const std::unique_ptr<RowCursor> row_;
  bool there_ = false;
};

// Which cooperatives lie in a region; asked for once each.
class RegionFilter {
 public:
  RegionFilter(const RowReader& rows, const FindingFilter& filter) : rows_(rows), filter_(filter) {}

  // 0, of more than one, lies in the nation only.
  Result<bool> Has(std::uint64_t cooperative) {
    if (!filter_.region || *filter_.region == kNation) {
      return true;
    }
    const auto [known, is_new] = known_.try_emplace(cooperative, false);
    if (is_new) {
      std::string bytes;
      const Result<bool> found = rows_.Get(CooperativeKey(Row::kVersions, cooperative), bytes);
      LUMBUNG_RETURN_IF_ERROR(found.status());
      v1::CooperativeRow row;
      if (*found && !row.ParseFromString(bytes)) {
        return Status::Corruption("a cooperative's row can't be read");
      }
      const std::optional<RegionCode> place = PresentPlace(row.versions(), filter_.now);
      known->second = place && LiesIn(*place, *filter_.region);
    }
    return known->second;
  }

 private:
  const RowReader& rows_;
  const FindingFilter& filter_;
  std::unordered_map<std::uint64_t, bool> known_;
};

}  // namespace

Result<ShownFinding> Queries::One(const Uuid& id) const {
  std::string bytes;
  Result<bool> found = rows_.Get(IdKey(Row::kFinding, id), bytes);
  LUMBUNG_RETURN_IF_ERROR(found.status());
  if (!*found) {
    return Status::NotFound("there is no finding " + FormatUuid(id));
  }
  Result<Finding> finding = Finding::Parse(id, bytes);
  LUMBUNG_RETURN_IF_ERROR(finding.status());
  ShownFinding shown;
  shown.finding = std::move(*finding);
  bytes.clear();
  found = rows_.Get(IdKey(Row::kAcknowledgements, id), bytes);
  LUMBUNG_RETURN_IF_ERROR(found.status());
  Result<std::vector<Acknowledgement>> list = ParseAcknowledgements(bytes);
  LUMBUNG_RETURN_IF_ERROR(list.status());
  for (Acknowledgement& one : *list) {
    if (one.CountsFor(shown.finding)) {
      shown.acknowledgements.push_back(std::move(one));
    }
  }
  shown.acknowledged = !shown.acknowledgements.empty();
  shown.title_id = TitleOf(shown.finding, rules_, Language::kIndonesian);
  shown.title_en = TitleOf(shown.finding, rules_, Language::kEnglish);
  shown.text_id = Explain(shown.finding, rules_, Language::kIndonesian);
  shown.text_en = Explain(shown.finding, rules_, Language::kEnglish);
  return shown;
}

Result<FindingPage> Queries::List(const FindingFilter& filter, std::size_t page,
                                  std::string_view cursor) const {
  if (page == 0 || page > kMostPage) {
    return Status::InvalidArgument("page: want 1 to " + std::to_string(kMostPage));
  }
  if (filter.rule && rules_.Find(*filter.rule) == nullptr) {
    return Status::InvalidArgument("rule: there is no " + *filter.rule);
  }
  const Result<std::string> after = ParseCursor(cursor);
  LUMBUNG_RETURN_IF_ERROR(after.status());
  FindingPage answer;
  std::string last;
  std::size_t looks = 0;
  RegionFilter region(rows_, filter);
  ListWalk walk(rows_, filter, *after);
  for (; walk.there() && answer.findings.size() < page && looks < kMostLooks; walk.Next()) {
    ++looks;
    last = walk.place();
    const Result<FindingLine> line = FindingLine::Parse(walk.line());
    LUMBUNG_RETURN_IF_ERROR(line.status());
    const Result<bool> lies_there = Fits(filter, *line) ? region.Has(line->cooperative) : false;
    LUMBUNG_RETURN_IF_ERROR(lies_there.status());
    if (*lies_there) {
      Result<ShownFinding> shown = One(LoadUuid(std::string_view(last).substr(8)));
      LUMBUNG_RETURN_IF_ERROR(shown.status());
      answer.findings.push_back(std::move(*shown));
    }
  }
  LUMBUNG_RETURN_IF_ERROR(walk.status());
  if (walk.there()) {
    answer.next = ToBase64(last);
  }
  return answer;
}

Result<std::vector<CountedRule>> Queries::Counts() const {
  std::vector<CountedRule> counted;
  for (const Rule& rule : rules_.all()) {
    if (&rule == &rules_.Of(RuleId::kBrokenLink)) {
      continue;
    }
    CountedRule& one = counted.emplace_back();
    one.rule = rule.name;
    one.severity = rule.severity;
    one.title_id = rule.title_id;
    one.title_en = rule.title_en;
    std::string bytes;
    const Result<bool> found = rows_.Get(CountsKey(rule.name), bytes);
    LUMBUNG_RETURN_IF_ERROR(found.status());
    if (*found) {
      const Result<RuleCounts> counts = RuleCounts::Parse(bytes);
      LUMBUNG_RETURN_IF_ERROR(counts.status());
      one.counts = *counts;
    }
  }
  return counted;
}

}  // namespace lumbung::audit
