#include "tests/unit/domain/book.h"

#include <google/protobuf/util/json_util.h>

#include "engine/base/check.h"
#include "schemas/charts/default_chart.h"

namespace lumbung {

const v1::Chart& DefaultChart() {
  static const v1::Chart chart = [] {
    v1::Chart parsed;
    LUMBUNG_CHECK(
        google::protobuf::util::JsonStringToMessage(std::string(DefaultChartJson()), &parsed).ok());
    return parsed;
  }();
  return chart;
}

Book::Book(std::size_t account_memory_bytes) : ledger_(0, account_memory_bytes), reader_(ledger_) {
  ledger_.set_now(reader_.Moment(20260501, 9 * 60));
  v1::Command publish;
  publish.set_command_id(ScenarioId("the default chart"));
  *publish.mutable_publish_chart() = DefaultChart();
  LUMBUNG_CHECK(ledger_.Submit(publish).code == v1::OK);
  Do("cooperative 20417");
}

v1::Command Book::Read(const std::string& row) {
  const std::vector<Scenario> scenarios = ParseScenarios("row", "scenario \"row\"\n" + row);
  Words words(scenarios.at(0).rows.at(0).words);
  v1::Command command = reader_.Read(words, "row " + std::to_string(++rows_));
  LUMBUNG_CHECK(words.done());
  return command;
}

void Book::Do(const std::string& row) {
  const Decision decision = Send(row);
  if (decision.code != v1::OK) {
    std::fprintf(stderr, "%s: %s\n", row.c_str(), decision.detail.c_str());
  }
  LUMBUNG_CHECK(decision.code == v1::OK);
}

}  // namespace lumbung
