#include "tests/scenario/scenario_text.h"

#include <algorithm>
#include <charconv>

namespace lumbung {
namespace {

constexpr std::string_view kSpace = " \t";
constexpr std::int64_t kSecond = 1'000'000;

// Splits a line into words; stops at a comment.
void SplitWords(std::string_view line, std::vector<std::string>& words) {
  while (true) {
    const std::size_t start = line.find_first_not_of(kSpace);
    if (start == std::string_view::npos || line[start] == '#') {
      return;
    }
    line.remove_prefix(start);
    std::size_t end = 0;
    if (line[0] == '"') {
      end = line.find('"', 1);
      if (end == std::string_view::npos) {
        throw ScenarioError("a quote is not closed");
      }
      words.emplace_back(line.substr(1, end - 1));
      ++end;
    } else {
      end = std::min(line.find_first_of(kSpace), line.size());
      const char last = line[end - 1];
      const bool split = end > 1 && (last == ',' || last == ':');
      words.emplace_back(line.substr(0, split ? end - 1 : end));
      if (split) {
        words.emplace_back(1, last);
      }
    }
    line.remove_prefix(end);
  }
}

std::uint64_t ParseNumber(std::string_view text) {
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size()) {
    throw ScenarioError("wants a number, not '" + std::string(text) + "'");
  }
  return value;
}

}  // namespace

std::vector<Scenario> ParseScenarios(const std::string& file, std::string_view text) {
  std::vector<Scenario> scenarios;
  int number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    std::vector<std::string> words;
    SplitWords(line, words);
    if (words.empty()) {
      continue;
    }
    const bool continues = kSpace.find(line[0]) != std::string_view::npos;
    if (words[0] == "scenario" && !continues) {
      if (words.size() != 2) {
        throw ScenarioError(file + ": a scenario wants a title in quotes");
      }
      scenarios.push_back({file, number, words[1], {}});
      continue;
    }
    if (scenarios.empty() || (continues && scenarios.back().rows.empty())) {
      throw ScenarioError(file + ":" + std::to_string(number) + ": stands before any step");
    }
    std::vector<ScenarioRow>& rows = scenarios.back().rows;
    if (!continues) {
      rows.push_back({number, {}, {}});
    }
    rows.back().text += (continues ? "\n" : "") + std::string(line);
    rows.back().words.insert(rows.back().words.end(), words.begin(), words.end());
  }
  return scenarios;
}

bool Words::AtNumber() const { return !done() && peek()[0] >= '0' && peek()[0] <= '9'; }

bool Words::Skip(std::string_view word) {
  if (done() || words_[next_] != word) {
    return false;
  }
  ++next_;
  return true;
}

void Words::Expect(std::string_view word) {
  if (!Skip(word)) {
    throw ScenarioError("wants '" + std::string(word) + "' before '" + std::string(peek()) + "'");
  }
}

std::string Words::TakeWord() {
  if (done()) {
    throw ScenarioError("ends too early");
  }
  return words_[next_++];
}

std::uint64_t Words::TakeNumber() { return ParseNumber(TakeWord()); }

std::uint32_t Words::TakeSmallNumber() {
  const std::uint64_t number = TakeNumber();
  if (number > UINT32_MAX) {
    throw ScenarioError("number is too large");
  }
  return static_cast<std::uint32_t>(number);
}

Date Words::TakeDate() {
  const std::string word = TakeWord();
  if (word.size() != 10 || word[4] != '-' || word[7] != '-') {
    throw ScenarioError("wants a date as 2026-05-31, not '" + word + "'");
  }
  return static_cast<Date>(ParseNumber(word.substr(0, 4) + word.substr(5, 2) + word.substr(8, 2)));
}

std::int64_t Words::TakeTimeOfDay() {
  const std::string word = TakeWord();
  if (word.size() != 5 || word[2] != ':') {
    throw ScenarioError("wants a time as 09:30, not '" + word + "'");
  }
  return static_cast<std::int64_t>(ParseNumber(word.substr(0, 2)) * 60 +
                                   ParseNumber(word.substr(3)));
}

std::int64_t Words::TakeDuration() {
  const auto count = static_cast<std::int64_t>(TakeNumber());
  const std::string unit = TakeWord();
  if (unit == "second" || unit == "seconds") {
    return count * kSecond;
  }
  if (unit == "minute" || unit == "minutes") {
    return count * 60 * kSecond;
  }
  if (unit == "hour" || unit == "hours") {
    return count * 3'600 * kSecond;
  }
  if (unit == "day" || unit == "days") {
    return count * 86'400 * kSecond;
  }
  throw ScenarioError("wants seconds, minutes, hours or days, not '" + unit + "'");
}

std::int64_t Words::TakeAmount() {
  const std::string word = TakeWord();
  std::string_view text = word;
  const bool negative = text.starts_with('-');
  text.remove_prefix(negative ? 1 : 0);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view minor = point == text.size() ? "00" : text.substr(point + 1);
  if (minor.size() != 2) {
    throw ScenarioError("wants an amount as 750000.00, not '" + word + "'");
  }
  const std::uint64_t units = ParseNumber(std::string(text.substr(0, point)) + std::string(minor));
  if (units > INT64_MAX) {
    throw ScenarioError("an amount does not fit 64 bits");
  }
  return negative ? -static_cast<std::int64_t>(units) : static_cast<std::int64_t>(units);
}

AccountName Words::TakeAccount() {
  const std::string word = TakeWord();
  std::string_view text = word;
  AccountName account;
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    account.currency = text.substr(colon + 1);
    text = text.substr(0, colon);
  }
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    const std::string_view holders = text.substr(slash + 1);
    const std::size_t dots = std::min(holders.find(".."), holders.size());
    account.holder = ParseNumber(holders.substr(0, dots));
    account.last_holder =
        dots == holders.size() ? account.holder : ParseNumber(holders.substr(dots + 2));
    text = text.substr(0, slash);
  }
  account.code = static_cast<std::uint32_t>(ParseNumber(text));
  return account;
}

std::string FormatAmount(Int128 amount) {
  const bool negative = amount < 0;
  auto rest = negative ? -amount : amount;
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  } while (rest > 0);
  digits.insert(0, digits.size() < 3 ? 3 - digits.size() : 0, '0');
  digits.insert(digits.size() - 2, ".");
  return (negative ? "-" : "") + digits;
}

}  // namespace lumbung
