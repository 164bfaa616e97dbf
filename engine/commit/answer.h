// What became of a command.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/date.h"
#include "engine/domain/balances.h"

#include "lumbung/ledger/v1/code.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// Balances of the accounts that an event touches, as of a sequence: the event's own; where it was
// replayed the last one decided; for a dry run what they would be.
struct AnswerBalances {
  std::uint64_t as_of = 0;
  std::vector<AccountBalance> accounts;
};

struct Answer {
  v1::Code code = v1::OK;
  // The id was seen before: this is the first answer.
  bool replayed = false;
  // The event that recorded it; 0 where nothing was recorded.
  std::uint64_t sequence = 0;
  Hash hash{};
  // Of a transaction posted or held; 0 otherwise.
  Date posting_date = 0;
  // For a refused batch: which transaction, counted from 0.
  std::uint32_t item = 0;
  // Accounts that came to be by it.
  std::uint32_t new_accounts = 0;
  // Explains a refusal to a person.
  std::string detail;
  // Where they were asked for and the command was accepted.
  std::shared_ptr<const AnswerBalances> balances;
};

}  // namespace lumbung
