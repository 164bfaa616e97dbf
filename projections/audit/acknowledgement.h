// That somebody has looked at a finding: an attestation of kind "finding-acknowledged" whose
// subject is the finding's id.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "projections/audit/evidence.h"
#include "projections/audit/finding.h"

namespace lumbung::audit {

inline constexpr std::string_view kAcknowledgedKind = "finding-acknowledged";

struct Acknowledgement {
  // UUID of the attestation.
  std::string command_id;
  // Who: the principal's id in the policy.
  std::string actor;
  // The event that recorded it.
  Evidence event;
  std::int64_t recorded_at = 0;
  // Whom it speaks for; 0: the ledger.
  std::uint64_t cooperative = 0;
  Date as_of = 0;
  // Why: names and values as attested, and the SHA-256 of a document or nothing.
  std::vector<std::pair<std::string, std::int64_t>> values;
  std::string document_digest;

  bool operator==(const Acknowledgement&) const = default;

  // One that speaks for another cooperative says nothing.
  bool CountsFor(const Finding& finding) const {
    return cooperative == 0 || cooperative == finding.cooperative;
  }
};

std::string EncodeAcknowledgements(const std::vector<Acknowledgement>& list);
// Corruption where it is none.
Result<std::vector<Acknowledgement>> ParseAcknowledgements(std::string_view bytes);

}  // namespace lumbung::audit
