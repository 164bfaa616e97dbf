// An HTTP request as it comes over the wire: the framing and the JSON of its body never crash, what
// is refused says where, and what is taken survives the way to JSON and back.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <google/protobuf/util/json_util.h>

#include "engine/base/check.h"
#include "engine/importers/json_message.h"
#include "engine/serve/http/framing.h"

#include "lumbung/ledger/v1/service.pb.h"

namespace {

using namespace lumbung;
namespace v1 = ledger::v1;

void CheckFraming(std::string_view bytes) {
  constexpr FramingLimits kLimits{.max_header_bytes = 512, .max_body_bytes = 4'096};
  const RequestHead head = FindHead(bytes, 0, kLimits);
  LUMBUNG_CHECK(head.head_bytes <= kLimits.max_header_bytes && head.head_bytes <= bytes.size());
  LUMBUNG_CHECK(head.refused != 0 || head.body_bytes <= kLimits.max_body_bytes);
  if (head.head_bytes == 0) return;
  LUMBUNG_CHECK(bytes.substr(0, head.head_bytes).ends_with("\r\n\r\n"));
  // Whoever gets it in two pieces finds the same end.
  const std::size_t half = head.head_bytes / 2;
  LUMBUNG_CHECK(FindHead(bytes.substr(0, half), 0, kLimits).head_bytes == 0);
  LUMBUNG_CHECK(FindHead(bytes, half, kLimits).head_bytes == head.head_bytes);
}

void CheckBody(std::string_view body) {
  const auto& field = *v1::ExecuteRequest::descriptor()->FindFieldByName("commands");
  v1::ExecuteRequest request;
  bool is_array = false;
  if (const auto fault = ReadJsonItems(body, request, field, is_array)) {
    LUMBUNG_CHECK(!fault->detail.empty());
    LUMBUNG_CHECK(fault->pointer.empty() || fault->pointer[0] == '/');
    return;
  }
  LUMBUNG_CHECK(is_array || request.commands_size() == 1);
  std::string json;
  LUMBUNG_CHECK(google::protobuf::util::MessageToJsonString(request, &json).ok());
  v1::ExecuteRequest again;
  LUMBUNG_CHECK(!ReadJson(json, again).has_value());
  LUMBUNG_CHECK(again.SerializeAsString() == request.SerializeAsString());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CheckFraming(bytes);
  const std::size_t end = bytes.find("\r\n\r\n");
  CheckBody(end == std::string_view::npos ? bytes : bytes.substr(end + 4));
  return 0;
}
