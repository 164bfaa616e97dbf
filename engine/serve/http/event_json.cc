#include "engine/serve/http/event_json.h"

#include <google/protobuf/util/json_util.h>

#include "engine/base/bytes.h"
#include "engine/base/check.h"
#include "engine/chain/hash.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

std::string EventMembers(std::string_view bytes) {
  ledger::v1::Event event;
  std::string json;
  // The bytes are what this program, or one before it, has made; what it does not know it skips.
  LUMBUNG_CHECK(event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  LUMBUNG_CHECK(google::protobuf::util::MessageToJsonString(event, &json).ok());
  return "\"event\":" + json + ",\"bytes\":\"" + ToBase64(bytes) + "\"";
}

std::string EventJson(std::uint64_t sequence, std::string_view bytes) {
  thread_local Hasher hasher;
  return "{\"sequence\":\"" + std::to_string(sequence) + "\",\"hash\":\"" +
         ToBase64(AsView(hasher.Leaf(bytes))) + "\"," + EventMembers(bytes) + "}";
}

}  // namespace lumbung
