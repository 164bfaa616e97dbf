// The schemas as a list of lines, in order to see whether they still say what they said
// (schemas/compatibility.txt).
//
//   Message.field = number [optional|repeated] type [in oneof name]
//   Enum.VALUE = number
#pragma once

#include <string>
#include <vector>

#include "engine/base/status.h"

namespace lumbung {

// Every field and enum value of all .proto files below a folder, as lines. InvalidArgument where
// one can't be parsed (by protoc), or has what schemas may not have: floats, maps, extensions,
// reserved numbers.
Result<std::vector<std::string>> ListSchemas(const std::string& folder);

struct SchemaDifference {
  // What no reader of older events could live with: kept lines that are not there any more, and new
  // ones that take a kept name or number.
  std::vector<std::string> broken;
  // What is new, to be appended to the kept list.
  std::vector<std::string> added;
};

SchemaDifference CompareSchemas(const std::vector<std::string>& kept,
                                const std::vector<std::string>& now);

}  // namespace lumbung
