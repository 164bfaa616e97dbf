// A policy file: never crashes, and what is taken has principals that can be told apart.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/base/check.h"
#include "engine/serve/policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lumbung;
  const auto policy = Policy::Parse({reinterpret_cast<const char*>(data), size}, "policy.toml");
  if (!policy.ok()) {
    LUMBUNG_CHECK(policy.status().message().starts_with("policy.toml:"));
    return 0;
  }
  LUMBUNG_CHECK(!(*policy)->entries().empty() && (*policy)->WithoutCredentials() == nullptr);
  for (const PolicyEntry& entry : (*policy)->entries()) {
    LUMBUNG_CHECK(!entry.principal->id().empty() && entry.principal->id().size() <= 64);
    LUMBUNG_CHECK(!entry.names.empty() || !entry.tokens.empty());
    LUMBUNG_CHECK(entry.revoked || !entry.principal->grants().empty());
    for (const std::string& name : entry.names) {
      const auto found = (*policy)->ByCertificateNames({&name, 1});
      LUMBUNG_CHECK(found == (entry.revoked ? nullptr : entry.principal));
    }
  }
  return 0;
}
