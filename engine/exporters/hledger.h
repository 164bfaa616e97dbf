// Postings as a journal for hledger, a plain-text accounting program that nobody here wrote.
//
//   account 20417:1122 Piutang usaha  ; type:A
//   2026-05-01 * (0190f0f4-9f6e-7b60-8a1d-3f1f2a6c1d01) sale qris  ; sequence:12
//       20417:1122 Piutang usaha:12347  IDR 750000.00
//       20417:4101 Penjualan anggota  IDR -750000.00
//
// The date is the posting date, the code the transaction's id. An account is the cooperative, the
// code with its name, and the holder where there is one. At the end balances are asserted as the
// ledger has them, so `hledger check` compares its own sums with the ledger's.
#pragma once

#include <cstdint>
#include <ostream>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/date.h"
#include "engine/domain/account_table.h"
#include "engine/domain/chart.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// A journal of one or several shards. One thread at a time. The stream's state is the caller's to
// look at.
class HledgerJournal {
 public:
  // Writes the journal's head. `out` must outlive the journal.
  explicit HledgerJournal(std::ostream& out);

  // Takes the names out of an event and writes none of its postings: for the events before the
  // first one that is wanted.
  void Learn(const v1::Event& event);
  // Writes an event's transactions, if it has any. REQUIRES: the shard's events before it were
  // added or learned
  void Add(const v1::Event& event);
  // Asserts the balance of every account of a shard. REQUIRES: all events of the shard up to the
  // table's state were added, none was only learned
  void AssertBalances(const AccountTable& accounts);

 private:
  struct Cooperative {
    // Every chart it has used, the last one last.
    std::vector<std::string> charts;
    // "20417:1122 Piutang usaha" by code, as first written: a name is what hledger knows it by.
    std::unordered_map<std::uint32_t, std::string> names;
  };

  void LearnChart(const v1::Chart& chart);
  void LearnCooperative(const v1::Cooperative& cooperative);
  void AddTransaction(const v1::Transaction& transaction, const v1::Posting& posting,
                      std::uint64_t sequence);
  // Writes the directive of the code's account when it is first asked for.
  const std::string& CodeName(std::uint64_t cooperative, std::uint32_t code);
  // "20417:1122 Piutang usaha:12347"
  std::string AccountName(const AccountKey& key);
  // Decimals of a currency; writes the commodity's directive when it is first asked for.
  unsigned Decimals(std::uint64_t cooperative, CurrencyCode currency);

  std::ostream& out_;
  StringMap<ChartVersions> charts_;
  std::unordered_map<std::uint64_t, Cooperative> cooperatives_;
  std::set<CurrencyCode> commodities_;
  Date last_date_ = 0;
};

}  // namespace lumbung
