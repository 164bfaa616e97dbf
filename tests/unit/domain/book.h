// A ledger with the default chart and cooperative 20417, driven by rows of the scenario language.
#pragma once

#include <string>

#include "tests/scenario/memory_ledger.h"
#include "tests/scenario/scenario_commands.h"

namespace lumbung {

// The default chart, version 1.
const v1::Chart& DefaultChart();

class Book {
 public:
  explicit Book(std::size_t account_memory_bytes = State::kDefaultAccountMemory);

  // The command of a row; its id is new in each call unless the row names one.
  v1::Command Read(const std::string& row);
  Decision Send(const std::string& row) { return ledger_.Submit(Read(row)); }
  // The row must be accepted.
  void Do(const std::string& row);

  MemoryLedger& ledger() { return ledger_; }
  CommandReader& reader() { return reader_; }
  const v1::Event& last() const { return ledger_.events().back(); }

 private:
  MemoryLedger ledger_;
  CommandReader reader_;
  int rows_ = 0;
};

}  // namespace lumbung
