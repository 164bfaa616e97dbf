// A file of settings: never crashes, and what is taken can be written and read again.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/base/check.h"
#include "engine/serve/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lumbung;
  const auto config = ParseConfig({reinterpret_cast<const char*>(data), size}, "lumbung.toml");
  if (!config.ok()) {
    LUMBUNG_CHECK(config.status().message().starts_with("lumbung.toml:"));
    return 0;
  }
  (void)CheckConfig(*config).ok();
  ServeConfig again;
  for (const Setting& setting : Settings()) {
    LUMBUNG_CHECK(SetValue(setting, ValueOf(setting, *config), again).ok());
    LUMBUNG_CHECK(ValueOf(setting, again) == ValueOf(setting, *config));
  }
  return 0;
}
