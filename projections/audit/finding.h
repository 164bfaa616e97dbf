// What a rule has found: where, when, by which figures, and the events that show it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/int128.h"
#include "engine/base/status.h"
#include "engine/base/uuid.h"
#include "projections/audit/evidence.h"

namespace lumbung::audit {

// Numbers are kept.
enum class Severity : std::uint8_t { kNotice = 1, kWarning = 2, kAlarm = 3 };

// A figure that the explanation names.
struct Figure {
  enum class Kind : std::uint8_t { kAmount = 1, kNumber = 2, kDate = 3, kText = 4 };

  std::string name;
  Kind kind = Kind::kNumber;
  // Amounts in minor units.
  Int128 number = 0;
  // Of an amount: its currency, empty for rupiah.
  std::string text;

  bool operator==(const Figure&) const = default;
};

struct Finding {
  // Of these, the first that showed it, and how many there are in all.
  static constexpr std::size_t kMostEvidence = 16;

  // Follows from the rule and what it looks at: the same in every replay.
  Uuid id;
  std::string rule;
  Severity severity = Severity::kNotice;
  // 0: of more than one cooperative, or of the ledger.
  std::uint64_t cooperative = 0;
  // 0: of none, or not known.
  std::uint64_t outlet = 0;
  // Local days that it is about.
  Date from = 0;
  Date to = 0;
  // By the ledger's clock: when there was enough to say so, and when what was missing came or what
  // was wrong was put right; 0: it has not.
  std::int64_t found_at = 0;
  std::int64_t resolved_at = 0;
  std::uint64_t events = 0;
  std::vector<Evidence> evidence;
  std::vector<Figure> figures;

  bool operator==(const Finding&) const = default;

  // Counts an event in, and keeps it where there is room.
  void AddEvent(const Evidence& event);
  void Cover(Date date);

  void Set(std::string_view name, Figure::Kind kind, Int128 number, std::string_view text = {});
  void SetAmount(std::string_view name, Int128 amount, std::string_view currency = {}) {
    Set(name, Figure::Kind::kAmount, amount, currency);
  }
  void SetNumber(std::string_view name, Int128 number) { Set(name, Figure::Kind::kNumber, number); }
  void SetDate(std::string_view name, Date date) { Set(name, Figure::Kind::kDate, date); }
  void SetText(std::string_view name, std::string_view text) {
    Set(name, Figure::Kind::kText, 0, text);
  }
  // 0 where there is none.
  Int128 NumberOf(std::string_view name) const;

  std::string Encode() const;
  // Corruption where it is none. The id is not part of it.
  static Result<Finding> Parse(const Uuid& id, std::string_view bytes);
};

// Of a rule, and what of it looked at: "20417:1101 20260531" and the like.
Uuid FindingId(std::string_view rule, std::string_view subject);

}  // namespace lumbung::audit
