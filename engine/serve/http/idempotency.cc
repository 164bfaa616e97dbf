#include "engine/serve/http/idempotency.h"

#include <algorithm>

#include "engine/base/uuid.h"
#include "engine/domain/ids.h"

namespace lumbung {
namespace {

constexpr std::size_t kMaxKey = 255;

}  // namespace

std::optional<std::string> IdOfKey(std::string_view principal, std::string_view header) {
  if (header.size() >= 2 && header.front() == '"' && header.back() == '"') {
    header = header.substr(1, header.size() - 2);
  }
  const bool printable =
      std::all_of(header.begin(), header.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (header.empty() || header.size() > kMaxKey || !printable) return std::nullopt;
  std::string name(principal);
  name.push_back('\0');
  name.append(header);
  return FormatUuid(UuidV5(kIdempotencyNameSpace, name));
}

bool SetId(const std::string& id, v1::Command& command) {
  if (!IdOf(command).empty()) return false;
  if (command.has_post()) {
    command.mutable_post()->set_transaction_id(id);
  } else if (command.has_hold()) {
    command.mutable_hold()->mutable_transaction()->set_transaction_id(id);
  } else if (command.has_capture()) {
    command.mutable_capture()->mutable_transaction()->set_transaction_id(id);
  } else {
    command.set_command_id(id);
  }
  return true;
}

}  // namespace lumbung
