#include "engine/app/chart_book.h"

#include "engine/domain/balances.h"
#include "engine/verify/event_scan.h"

namespace lumbung {

Status ChartBook::Learn(std::string_view event) {
  ScannedEvent scanned;
  if (!ScanEvent(event, scanned)) {
    return Status::Corruption("an event can't be read");
  }
  if (scanned.body_number != v1::Event::kChartPublishedFieldNumber &&
      scanned.body_number != v1::Event::kCooperativeRegisteredFieldNumber &&
      scanned.body_number != v1::Event::kCooperativeChangedFieldNumber) {
    return Status::Ok();
  }
  v1::Event parsed;
  if (!parsed.ParseFromArray(event.data(), static_cast<int>(event.size()))) {
    return Status::Corruption("event " + std::to_string(scanned.sequence) + " can't be parsed");
  }
  state_.Apply(parsed);
  return Status::Ok();
}

const Chart* ChartBook::Find(std::uint64_t cooperative, Date day) const {
  return ChartOf(state_, cooperative, day);
}

}  // namespace lumbung
