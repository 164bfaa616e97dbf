#include "engine/app/program_ids.h"

#include "engine/base/check.h"
#include "engine/base/uuid.h"

namespace lumbung {
namespace {

// Name space of ids that the program makes; must not change.
constexpr std::string_view kProgramNameSpace = "6f1f6f0e-3f0b-5a54-9c0e-3f7b8d1c2a60";

}  // namespace

std::string IdOfContent(const google::protobuf::Message& command) {
  const auto name_space = ParseUuid(kProgramNameSpace);
  LUMBUNG_CHECK(name_space.has_value());
  return FormatUuid(UuidV5(*name_space, command.SerializeAsString()));
}

}  // namespace lumbung
