// The state that decisions are made from: what replaying the log gives, no more.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/date.h"
#include "engine/base/state_row.h"
#include "engine/base/status.h"
#include "engine/base/uuid.h"
#include "engine/domain/account_table.h"
#include "engine/domain/chart.h"
#include "engine/domain/cut_rows.h"
#include "engine/domain/net_changes.h"

#include "lumbung/ledger/v1/event.pb.h"
#include "lumbung/ledger/v1/state.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

struct CooperativeState {
  std::uint64_t last_sequence = 0;
  // By effective date, ascending; never empty.
  std::vector<v1::Cooperative> versions;
  Date operations_closed_through = 0;
  Date closed_through = 0;

  // The version in force on a day: the latest effective by then, else the first.
  const v1::Cooperative& InForce(Date date) const;
};

struct HoldKey {
  std::uint64_t cooperative = 0;
  Uuid id;
  auto operator<=>(const HoldKey&) const = default;
};

// (cooperative, holder class, number)
using HolderKey = std::tuple<std::uint64_t, std::string, std::uint64_t>;
struct HolderKeyHash {
  std::size_t operator()(const HolderKey& key) const {
    const auto& [cooperative, holder_class, number] = key;
    return std::hash<std::string>{}(holder_class) ^ (cooperative * 0x9E3779B97F4A7C15) ^
           (number * 0xD6E8FEB86659FD93);
  }
};
// (cooperative, loan)
using LoanKey = std::pair<std::uint64_t, std::uint64_t>;

// One thread at a time.
class State {
 public:
  static constexpr std::size_t kDefaultAccountMemory = std::size_t{1} << 30;

  explicit State(std::size_t account_memory_bytes = kDefaultAccountMemory);

  // --- What decisions ask -------------------------------------------------------------------

  const v1::LedgerRow& ledger() const { return ledger_; }
  // Null where there is none, as everywhere below.
  const ChartVersions* FindChart(std::string_view name) const;
  const CooperativeState* FindCooperative(std::uint64_t cooperative) const;
  const v1::HolderRow* FindHolder(const HolderKey& key) const;
  // Whether any holder has left: spares the look-ups where none has.
  bool has_closed_holders() const { return has_closed_holders_; }
  const v1::LoanRow* FindLoan(const LoanKey& key) const;
  const v1::HoldRow* FindHold(const HoldKey& key) const;
  const AccountTable& accounts() const { return accounts_; }
  // REQUIRES: the row has the flag kHasLimits
  const v1::AccountLimits& LimitsOf(const AccountRow& row) const;
  // The hold that is due first at a time, by (expires_at, sequence); null if none is.
  const HoldKey* FirstDueHold(std::int64_t now) const;
  // When the next hold falls due; 0 if none has an expiry.
  std::int64_t NextExpiry() const;

  // --- Changing it --------------------------------------------------------------------------

  // Applies an event. Rows that are at the event's sequence or beyond it stay as they are, so that
  // replaying over newer rows is harmless. REQUIRES: the event was made by Decide, and those
  // before it are applied
  void Apply(const v1::Event& event);
  // The same for an event at `sequence` that posts one transaction, from the changes that its
  // decision has summed.
  void ApplyPosted(NetChanges& changes, std::uint64_t sequence);

  // --- Rows (FORMAT.md, "State rows") ---------------------------------------------------------

  // Takes a row as it was kept. Corruption where it can't be read.
  Status LoadRow(std::string_view key, std::string_view value);
  // Rows changed since the last cut form the next cut: those not yet copied are then handed out by
  // CopyCut, as they are at that time, rows but for accounts in key order. They are to be kept in
  // this order: versions of a chart are read back only without gaps.
  void BeginCut();
  // Appends up to `most` rows of the cut; true when there are no more.
  bool CopyCut(std::size_t most, CutRows& rows);
  // Rows changed since the last cut.
  std::size_t dirty_rows() const { return dirty_accounts_.size() + dirty_.size(); }

  // Calls `visit` for every row, in key order.
  void ForEachRow(
      const std::function<void(std::string_view key, std::string_view value)>& visit) const;
  // SHA-256 over every row in key order (FORMAT.md, "State digest"): equal for equal logs.
  Hash Digest() const;

 private:
  void ApplyLedger(const v1::Event& event);
  void ApplyChart(const v1::Chart& chart, std::uint64_t sequence);
  void ApplyCooperative(const v1::Cooperative& version, std::uint64_t sequence);
  void ApplyPeriod(const v1::PeriodClosing& closing, std::uint64_t sequence);
  void ApplyHolder(const v1::Holder& holder, std::uint64_t sequence);
  void ApplyLoan(const LoanKey& key, std::uint32_t schedule_version, const v1::Loan* granted,
                 std::uint64_t sequence);
  void ApplyMoney(const v1::Event& event);
  void ApplyAccountStatus(const v1::Account& account, const v1::AccountLimits* limits,
                          std::uint8_t status, bool opened, std::uint64_t sequence);
  void AddHold(const HoldKey& key, v1::HoldRow row);
  void EndHold(const HoldKey& key);

  void MarkDirty(AccountRow& row);
  Status LoadReference(std::string_view key, std::string_view value);
  Status LoadAccount(std::string_view key, std::string_view value);
  // The row of a key as it is now.
  StateRow Encode(const std::string& key) const;

  v1::LedgerRow ledger_;
  StringMap<std::unique_ptr<ChartVersions>> charts_;
  // By (name, version).
  std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> chart_sequences_;
  std::unordered_map<std::uint64_t, CooperativeState> cooperatives_;
  std::unordered_map<HolderKey, v1::HolderRow, HolderKeyHash> holders_;
  bool has_closed_holders_ = false;
  std::map<LoanKey, v1::LoanRow> loans_;
  std::map<HoldKey, v1::HoldRow> holds_;
  std::set<std::tuple<std::int64_t, std::uint64_t, HoldKey>> expiries_;
  std::map<AccountKey, v1::LimitsRow> limits_;
  AccountTable accounts_;
  NetChanges changes_;  // scratch of Apply

  // Rows with the flag kDirty, and keys of other rows that changed.
  std::vector<AccountRow*> dirty_accounts_;
  std::unordered_set<std::string> dirty_;
  // The cut that is being copied.
  std::vector<AccountRow*> cut_accounts_;
  std::vector<std::string> cut_;
};

}  // namespace lumbung
