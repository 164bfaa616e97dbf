// The words of the scenario language: rows, dates, amounts, accounts. README.md has the grammar.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/date.h"
#include "engine/domain/account_key.h"
#include "engine/domain/net_changes.h"

namespace lumbung {

// A row that is not in the language. Tests only: the runner turns it into a failure of its line.
class ScenarioError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A step with its continuation lines, as words. Commas and closing colons are words of their own,
// a quoted text is one word.
struct ScenarioRow {
  int line = 0;
  std::string text;
  std::vector<std::string> words;
};

struct Scenario {
  std::string file;
  int line = 0;
  std::string title;
  std::vector<ScenarioRow> rows;
};

// The scenarios of a file's text. Throws ScenarioError.
std::vector<Scenario> ParseScenarios(const std::string& file, std::string_view text);

// An account as a row names it: the cooperative is the one that the row is for.
struct AccountName {
  std::uint32_t code = 0;
  std::uint64_t holder = 0;
  // Of a range (3102/1..255); otherwise the holder.
  std::uint64_t last_holder = 0;
  // As it is written; empty = IDR.
  std::string currency;
};

// Reads the words of a row from left to right. Every Take... of something else than the next word
// is throws ScenarioError.
class Words {
 public:
  explicit Words(const std::vector<std::string>& words) : words_(words) {}

  bool done() const { return next_ == words_.size(); }
  // Empty at the end.
  std::string_view peek() const { return done() ? std::string_view() : words_[next_]; }
  // Whether the next word starts with a digit.
  bool AtNumber() const;
  // Goes past the next word if it is this one.
  bool Skip(std::string_view word);
  void Expect(std::string_view word);
  std::string TakeWord();
  std::uint64_t TakeNumber();
  std::uint32_t TakeSmallNumber();
  // 2026-05-31; a day that is not in the calendar is taken too.
  Date TakeDate();
  // 09:30, as minutes of the day.
  std::int64_t TakeTimeOfDay();
  // 15 minutes, 2 days; as microseconds.
  std::int64_t TakeDuration();
  // 750000.00 or 750000, in minor units; a minus sign is taken too.
  std::int64_t TakeAmount();
  // 2111/184, 1121:GBP, 1122/12347:GBP, 3102/1..255.
  AccountName TakeAccount();

 private:
  const std::vector<std::string>& words_;
  std::size_t next_ = 0;
};

// Minor units as 750000.00.
std::string FormatAmount(Int128 amount);

}  // namespace lumbung
