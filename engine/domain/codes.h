// The table of codes: what each refusal means to a caller. docs/ERRORS.md is made from it.
#pragma once

#include <span>
#include <string_view>

#include "lumbung/ledger/v1/code.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

struct CodeInfo {
  v1::Code code;
  // Name of the gRPC status that it maps to.
  std::string_view grpc_status;
  int http_status;
  // Recorded in the log with the whole command, and final for its id.
  bool recorded;
  // The same command may be sent again and may then succeed.
  bool retryable;
  // A FACT is let past, and the code noted as an override.
  bool overridden_by_fact;
  std::string_view meaning;
  // What the caller should do.
  std::string_view advice;
};

// One row a code but for OK, by number; within the groups, the order in which decide checks.
std::span<const CodeInfo> CodeTable();
// REQUIRES: code is a value of the enum other than OK
const CodeInfo& InfoOf(v1::Code code);

}  // namespace lumbung
