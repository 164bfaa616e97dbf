// What became of a command.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/date.h"

#include "lumbung/ledger/v1/code.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

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
  // Explains a refusal to a person.
  std::string detail;
};

}  // namespace lumbung
