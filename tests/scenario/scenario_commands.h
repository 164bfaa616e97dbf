// Turns rows of the scenario language into commands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/scenario/memory_ledger.h"
#include "tests/scenario/scenario_text.h"

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

// The id that a name stands for in every scenario.
std::string ScenarioId(std::string_view name);

// Reads one command a call, for the cooperative that is current. Rows may refer to what the ledger
// knows; they don't have to.
class CommandReader {
 public:
  // REQUIRES: the ledger outlives it
  explicit CommandReader(const MemoryLedger& ledger) : ledger_(ledger) {}

  std::uint64_t cooperative() const { return cooperative_; }
  void set_cooperative(std::uint64_t cooperative) { cooperative_ = cooperative; }
  // The time of a local moment in the current cooperative's zone.
  std::int64_t Moment(Date date, std::int64_t minute_of_day) const;
  Date Today() const;

  // The command of a row, whose words it reads up to "=>"; `name` is the id's where the row says
  // none. Throws ScenarioError.
  v1::Command Read(Words& words, std::string name);
  // The row of a batch: "item", then as for "post".
  v1::Transaction ReadItem(Words& words, std::string name);

 private:
  // --- Money ---------------------------------------------------------------------------------
  void ReadPost(Words& words, v1::Command& command);
  void ReadHold(Words& words, v1::Command& command);
  void ReadCapture(Words& words, v1::Command& command);
  void ReadReverse(Words& words, v1::Command& command);
  void ReadRelease(Words& words, v1::Command& command);
  // Kind, channel and date.
  void ReadBusiness(Words& words, v1::Transaction& transaction) const;
  // The date; kind and channel are those of the transaction of that id.
  void ReadBusinessLike(std::string_view id, Words& words, v1::Transaction& transaction) const;
  // Options up to a colon, then entries up to "=>".
  void ReadRest(Words& words, v1::Transaction& transaction);

  // --- Reference data ------------------------------------------------------------------------
  void ReadCooperative(Words& words, v1::Command& command);
  void ReadChange(Words& words, v1::Command& command);
  void ReadHolder(Words& words, v1::Command& command);
  void ReadOpening(Words& words, v1::Command& command);
  void ReadAccountStatus(Words& words, v1::Command& command);
  void ReadClosing(Words& words, v1::Command& command);
  void ReadChart(Words& words, v1::Command& command);
  v1::Account TakeAccount(Words& words) const;

  // --- Loans and attestations ----------------------------------------------------------------
  void ReadGrant(Words& words, v1::Command& command);
  void ReadSchedule(Words& words, v1::Command& command);
  void ReadReport(Words& words, v1::Command& command);
  void ReadAttestation(Words& words, v1::Command& command);
  void ReadErasure(Words& words, v1::Command& command);

  const MemoryLedger& ledger_;
  std::uint64_t cooperative_ = 0;
  std::string id_;
  std::int64_t expires_at_ = 0;
};

// "principal 1.00 interest 2.00 penalty 3.00 fee 4.00", each of them or none.
v1::LoanSplit TakeSplit(Words& words);
// Numbers up to the next word that is none.
template <typename Numbers>
void TakeNumbers(Words& words, Numbers* numbers) {
  while (words.AtNumber()) {
    numbers->Add(words.TakeSmallNumber());
  }
}
// "member 184".
v1::Party TakeParty(Words& words);

}  // namespace lumbung
