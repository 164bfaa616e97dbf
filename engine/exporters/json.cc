#include "engine/exporters/json.h"

#include <google/protobuf/util/json_util.h>

namespace lumbung {

void AppendEventJson(const v1::Event& event, const Hash& hash, std::string& out) {
  std::string json;
  // Fails only for Any and Timestamp out of range, which no schema here has.
  LUMBUNG_CHECK(google::protobuf::util::MessageToJsonString(event, &json).ok());
  out.append("{\"event\":").append(json);
  out.append(",\"hash\":\"").append(ToBase64(AsView(hash))).append("\"}\n");
}

}  // namespace lumbung
