// A line of NDJSON: never crashes, and a valid command survives the way to JSON and back.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <google/protobuf/util/json_util.h>

#include "engine/base/check.h"
#include "engine/domain/decide.h"
#include "engine/importers/ndjson.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lumbung;
  const auto command = ParseCommandJson({reinterpret_cast<const char*>(data), size});
  if (!command.ok()) {
    LUMBUNG_CHECK(!command.status().message().empty());
    return 0;
  }
  if (Validate(*command).code != v1::OK) return 0;
  std::string json;
  LUMBUNG_CHECK(google::protobuf::util::MessageToJsonString(*command, &json).ok());
  const auto again = ParseCommandJson(json);
  LUMBUNG_CHECK(again.ok() && again->SerializeAsString() == command->SerializeAsString());
  return 0;
}
