// Findings and their acknowledgements as the rules change them: what the batch in hand touches is
// read once, and written with its lists and counts when the batch ends.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"
#include "projections/audit/acknowledgement.h"
#include "projections/audit/finding.h"
#include "projections/audit/rules.h"
#include "projections/runtime/rows.h"

namespace lumbung::audit {

// How many findings of a rule there are.
struct RuleCounts {
  std::uint64_t findings = 0;
  // Of those: not resolved, and not acknowledged.
  std::uint64_t unresolved = 0;
  std::uint64_t unacknowledged = 0;

  bool operator==(const RuleCounts&) const = default;

  std::string Encode() const;
  // Corruption where it is none.
  static Result<RuleCounts> Parse(std::string_view bytes);
};

// The value of a row in the lists: what they filter by, without reading findings.
struct FindingLine {
  std::string rule;
  Severity severity = Severity::kNotice;
  std::uint64_t cooperative = 0;
  bool resolved = false;
  bool acknowledged = false;

  std::string Encode() const;
  // Corruption where it is none.
  static Result<FindingLine> Parse(std::string_view bytes);
};

// One thread at a time.
class FindingBook {
 public:
  // The rules must outlive it.
  explicit FindingBook(const Rules& rules) : rules_(rules) {}

  Status Open(const RowReader& rows);

  // The finding of a rule about a subject (see FindingId), as the batch in hand has it. Where there
  // is none, a blank one that comes to be when its found_at is set; one whose found_at is set back
  // to 0 is gone. Good until Finish.
  Result<Finding*> At(RuleId rule, std::string_view subject, const RowReader& rows);
  // Where there is such a finding that is not resolved, it is from then on.
  Status Resolve(RuleId rule, std::string_view subject, std::int64_t when, const RowReader& rows);
  // Of a finding that there is or that is still to come.
  Status Acknowledge(const Uuid& id, Acknowledgement acknowledgement, const RowReader& rows);

  Status Finish(RowWriter& out);

 private:
  struct Slot {
    // As the rows have it; nothing: there is none.
    std::optional<Finding> before;
    bool acknowledged_before = false;
    Finding now;
    std::vector<Acknowledgement> acknowledgements;
    bool acknowledgements_changed = false;
  };

  Result<Slot*> Load(const Uuid& id, const RowReader& rows);
  void Write(const Uuid& id, const Slot& slot, RowWriter& out);
  void Count(const Finding& finding, bool acknowledged, bool in);

  const Rules& rules_;
  std::map<std::string, RuleCounts> counts_;
  // Rules whose counts changed.
  std::map<std::string, bool> counted_;
  // What the batch in hand has touched.
  std::map<Uuid, Slot> slots_;
};

// Whether one of them counts for the finding.
bool IsAcknowledged(const Finding& finding, const std::vector<Acknowledgement>& acknowledgements);

}  // namespace lumbung::audit
