// Who may do what: one principal of the policy. What is not granted is denied.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "projections/regions/region_code.h"

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

enum class Role : std::uint8_t { kPoster, kReader, kAuditor, kOperator, kBank };
// As in the policy file.
std::string_view RoleName(Role role);

// Cooperative numbers from `first` through `last`.
struct CooperativeRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

// What one role lets a principal do. An empty list means all.
struct Grant {
  Role role = Role::kReader;
  std::vector<CooperativeRange> cooperatives;
  // For readers only, in the place of cooperatives: these regions, and whatever lies in them now.
  std::vector<RegionCode> regions;
  // For posters only: names of the chart's lists; amount: most debits of one currency in a
  // transaction, minor units, 0 = any.
  std::vector<std::string> kinds;
  std::vector<std::string> channels;
  std::int64_t max_amount = 0;
  bool facts = false;
  // For banks only: Loan.lender.
  std::vector<std::string> lenders;
};

// A day's allowance; 0 = none is counted.
struct Quotas {
  std::uint64_t recorded_refusals = 0;
  std::uint64_t new_accounts = 0;
};

// Immutable, so thread-safe.
class Principal {
 public:
  Principal(std::string id, std::vector<Grant> grants, Quotas quotas);

  // Opaque, 1 to 64 bytes; what stands in events as the actor.
  const std::string& id() const { return id_; }
  // Their ranges ascending and apart.
  const std::vector<Grant>& grants() const { return grants_; }
  const Quotas& quotas() const { return quotas_; }

  // Empty where it may; otherwise why not, for the log and never for the caller.
  // poster: money commands (post, batch, hold, capture, release) within its grant; operator: all
  // other commands; bank: report_loan_payment and report_loan_status (the gateway checks that the
  // loan's lender is the bank, by MayReportLoan). What names no cooperative is of all of them.
  // Where there is a max_amount, captures and reversals have to state their entries. A command
  // without a body is nobody's to deny: it is malformed.
  std::string WhyNot(const v1::Command& command) const;
  // The same for a transaction that is posted.
  std::string WhyNot(const v1::Transaction& transaction) const;
  // Whether it may report on a loan of this lender. An empty lender, of a loan that is not there,
  // is nobody's, so that a bank does not learn whether there is one.
  bool MayReportLoan(std::uint64_t cooperative, std::string_view lender) const;

  // Accounts, transactions and attributes of a cooperative (posters, readers, operators: of
  // theirs; auditors: of all), wherever it lies. 0: of all cooperatives.
  bool MayRead(std::uint64_t cooperative) const;
  // Figures of a region, and what MayRead says of cooperatives that lie there now: whoever may read
  // all, and readers of regions of theirs and those below.
  bool MayReadIn(RegionCode region) const;
  // Whether it reads by region at all, so that it matters where a cooperative lies.
  bool ReadsByRegion() const;
  // The whole log, checkpoints: auditors, and operators of all cooperatives.
  bool MayReplay() const;
  // Heads, root and version; metrics: anyone who has any role.
  bool MayOperate() const;

 private:
  std::string id_;
  std::vector<Grant> grants_;
  Quotas quotas_;
};

}  // namespace lumbung
