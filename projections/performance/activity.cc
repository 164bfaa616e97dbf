#include "projections/performance/activity.h"

#include <algorithm>

namespace lumbung::performance {

bool ActivityDays::Has(std::int32_t day) const {
  const std::int32_t before = last_ - day;
  return !empty() && before >= 0 && before < kRemembered &&
         days_.test(static_cast<std::size_t>(before));
}

std::optional<std::int32_t> ActivityDays::Nearest(std::int32_t day, std::int32_t step) const {
  for (std::int32_t away = 1; away < kMostGap; ++away) {
    if (Has(day + step * away)) {
      return day + step * away;
    }
  }
  return std::nullopt;
}

std::int32_t ActivityDays::GapOf(std::int32_t day) const {
  const std::optional<std::int32_t> before = Nearest(day, -1);
  return before.has_value() ? day - *before : kMostGap;
}

std::vector<ActivityDays::Change> ActivityDays::Note(std::int32_t day) {
  if (Has(day) || (!empty() && last_ - day >= kRemembered)) {
    return {};
  }
  const std::optional<std::int32_t> after = Nearest(day, 1);
  const std::int32_t gap_after = after.has_value() ? GapOf(*after) : 0;
  if (empty()) {
    last_ = day;
  } else if (day > last_) {
    const std::int32_t later = day - last_;
    if (later < kRemembered) {
      days_ <<= static_cast<std::size_t>(later);
    } else {
      days_.reset();
    }
    last_ = day;
  }
  days_.set(static_cast<std::size_t>(last_ - day));
  std::vector<Change> changes = {{day, GapOf(day), 1}};
  if (after.has_value() && *after - day != gap_after) {
    changes.push_back({*after, gap_after, -1});
    changes.push_back({*after, *after - day, 1});
  }
  return changes;
}

std::vector<DaySpan> ActivityDays::Heard(std::int32_t window, std::int32_t from) const {
  std::vector<DaySpan> spans;
  for (std::int32_t day = std::max(last_ - kRemembered, from - window) + 1; day <= last_; ++day) {
    if (!Has(day)) {
      continue;
    }
    if (spans.empty() || spans.back().until < day) {
      spans.push_back({std::max(day, from), day + window});
    } else {
      spans.back().until = day + window;
    }
  }
  return spans;
}

std::vector<DaySpan> Intersect(const std::vector<DaySpan>& a, const std::vector<DaySpan>& b) {
  std::vector<DaySpan> both;
  auto one = a.begin();
  auto other = b.begin();
  while (one != a.end() && other != b.end()) {
    const DaySpan span{std::max(one->from, other->from), std::min(one->until, other->until)};
    if (span.from < span.until) {
      both.push_back(span);
    }
    ++(one->until < other->until ? one : other);
  }
  return both;
}

void ActivityDays::Pack(std::string& out) const {
  PackSigned(out, last_);
  std::string bytes;
  for (std::size_t i = 0; i < static_cast<std::size_t>(kRemembered); ++i) {
    if (days_.test(i)) {
      bytes.resize(std::max(bytes.size(), i / 8 + 1), '\0');
      bytes[i / 8] = static_cast<char>(static_cast<std::uint8_t>(bytes[i / 8]) | 1U << i % 8);
    }
  }
  PackText(out, bytes);
}

ActivityDays ActivityDays::Unpack(Unpacker& unpack) {
  ActivityDays activity;
  activity.last_ = static_cast<std::int32_t>(unpack.Count());
  const std::string_view bytes = unpack.Text();
  for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size() * 8, kRemembered); ++i) {
    if ((static_cast<std::uint8_t>(bytes[i / 8]) >> i % 8 & 1U) != 0) {
      activity.days_.set(i);
    }
  }
  return activity;
}

std::int64_t FirstSince(const Counts& gaps, std::int32_t day, std::int32_t start) {
  std::int64_t count = 0;
  for (const auto& [gap, times] : gaps.entries()) {
    count += day - gap < start ? times : 0;
  }
  return count;
}

}  // namespace lumbung::performance
