// A retail file: never crashes; what can be read reconciles, and gives commands that are valid.

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "engine/base/check.h"
#include "engine/domain/decide.h"
#include "engine/importers/retail.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lumbung;
  RetailImport import({.cooperative = 20417});
  const Status status = import.AddFile("file", {reinterpret_cast<const char*>(data), size});
  if (!status.ok()) {
    LUMBUNG_CHECK(!status.message().empty());
    return 0;
  }
  std::set<std::string> ids;
  const RetailReport report = import.Finish([&ids](const v1::Command& command) {
    LUMBUNG_CHECK(Validate(command).code == v1::OK);
    LUMBUNG_CHECK(ids.insert(command.post().transaction_id()).second);
  });
  LUMBUNG_CHECK(report.Reconciles());
  const std::int64_t commands = static_cast<std::int64_t>(ids.size());
  const std::int64_t skipped = static_cast<std::int64_t>(report.skipped.size());
  LUMBUNG_CHECK(report.sales + report.refunds == commands);
  LUMBUNG_CHECK(commands + skipped == report.invoices);
  LUMBUNG_CHECK(!report.ToText().empty() && !report.ToJson().empty());
  return 0;
}
