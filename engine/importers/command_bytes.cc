#include "engine/importers/command_bytes.h"

#include "engine/domain/decide.h"

namespace lumbung {

Result<v1::Command> ParseCommandBytes(std::string_view bytes) {
  if (bytes.size() > kMaxCommandMessageBytes) {
    return Status::InvalidArgument("command: is longer than 1 MiB");
  }
  v1::Command command;
  if (!command.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Status::InvalidArgument("command: the bytes are no Command of lumbung.ledger.v1");
  }
  if (const std::string field = UnknownField(command); !field.empty()) {
    return Status::InvalidArgument(field + ": the schema does not know this field");
  }
  return command;
}

}  // namespace lumbung
