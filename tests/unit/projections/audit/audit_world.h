// Events of some cooperatives for tests of the audit, at times that the test says, and the
// projection built over them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/base/date.h"
#include "projections/audit/audit_projection.h"
#include "projections/audit/queries.h"
#include "projections/runtime/digest.h"
#include "projections/runtime/instance.h"
#include "projections/runtime/runner.h"
#include "tests/support/fast_directory.h"
#include "tests/support/log_fixture.h"
#include "tests/unit/projections/event_chain.h"

namespace lumbung {

// A debit above zero, or a credit, in rupiah.
struct Leg {
  std::uint32_t code = 0;
  std::int64_t rupiah = 0;
  std::uint64_t holder = 0;
};

struct Posting {
  std::vector<Leg> legs = {};
  std::uint64_t cooperative = 1;
  std::uint64_t outlet = 1;
  std::string kind = "sale";
  std::string channel = "cash";
  // 0: today.
  Date date = 0;
  // Local minutes since midnight of the date; below 0: says no time.
  int minute = -1;
  std::uint64_t member = 0;
  std::uint64_t operated_by = 0;
  std::uint64_t device = 0;
  std::uint64_t number = 0;
  std::string reference = "";
  std::string rrn = "";
  std::string correlation = "";
  std::string reverses = "";
  std::string refund_of = "";
  std::vector<v1::Code> overrides = {};
  bool is_request = false;
};

// One shard; several worlds are several shards.
class AuditWorld {
 public:
  // A Monday.
  static constexpr Date kFirstDay = 20260504;
  static constexpr std::int32_t kOffset = 420;

  // Creates the ledger, publishes the default chart, registers the cooperatives.
  explicit AuditWorld(const std::vector<std::uint64_t>& cooperatives = {1, 2},
                      std::uint32_t shards = 1);

  const EventChain& chain() const { return chain_; }
  // Days after the first, local minutes of the day: when the next events are recorded.
  void GoTo(int day, int minute = 12 * 60);
  static Date Day(int day) { return DateOfDays(DaysOfDate(kFirstDay) + day); }
  Date today() const { return Day(day_); }
  std::int64_t now() const { return now_; }

  // Returns the transaction's id.
  std::string Post(const Posting& posting);
  v1::Transaction TransactionOf(const Posting& posting);
  // The same with sides exchanged.
  std::string Reverse(const Posting& posting, const std::string& id);
  void Acknowledge(const std::string& id, std::uint64_t cooperative = 0,
                   const std::string& actor = "auditor");
  void Add(v1::Event event);
  // Recorded at a time of its own.
  void AddAt(v1::Event event, std::int64_t recorded_at);
  std::string NewId();

 private:
  EventChain chain_;
  int day_ = 0;
  std::int64_t now_ = 0;
  std::uint64_t ids_ = 0;
};

using Findings = std::vector<audit::ShownFinding>;

// The projection over the events of worlds, one a shard.
class BuiltAudit {
 public:
  explicit BuiltAudit(std::size_t batch_events = 65'536, std::uint32_t shards = 1);
  explicit BuiltAudit(const AuditWorld& world, std::size_t batch_events = 65'536);

  // To the end of what a shard's records are, which begin with the first event.
  void Run(const std::vector<std::string>& records, std::uint32_t shard = 0);
  void Reopen();

  const View& view() const { return *view_; }
  audit::Queries queries() const { return audit::Queries(*view_); }
  Hash Digest() const { return Must(DigestOf(*view_)); }
  // Oldest first.
  Findings Found(const std::string& rule) const;
  Findings All() const;

 private:
  void Open();

  const std::size_t batch_events_;
  const std::uint32_t shards_;
  const FastDirectory dir_;
  std::unique_ptr<ProjectionInstance> instance_;
  std::shared_ptr<const View> view_;
};

}  // namespace lumbung
