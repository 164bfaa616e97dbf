// A segment of a block: never crashes; the reader agrees with the builder, and with the reader of
// exports, which share the framing.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/check.h"
#include "engine/exporters/proto.h"
#include "engine/store/block_format.h"

namespace lumbung {
namespace {

void CheckBuilder(const std::vector<std::string_view>& events, std::string_view segment,
                  bool last_of_block) {
  BlockBuilder builder;
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::uint8_t* out = builder.Reserve(i + 1, events[i].size());
    if (!events[i].empty()) std::memcpy(out, events[i].data(), events[i].size());
  }
  builder.Finish();
  std::size_t read = 0;
  for (std::size_t i = 0; i < builder.segment_count(); ++i) {
    auto reader = SegmentReader::Open(builder.segment(i).bytes);
    LUMBUNG_CHECK(reader.ok());
    LUMBUNG_CHECK(reader->last_of_block() == (i + 1 == builder.segment_count()));
    std::string_view event;
    while (reader->Next(event)) LUMBUNG_CHECK(event == events[read++]);
  }
  LUMBUNG_CHECK(read == events.size());
  if (last_of_block && builder.segment_count() == 1) {
    LUMBUNG_CHECK(builder.segment(0).bytes == segment);
  }
}

void CheckExport(const std::vector<std::string_view>& events, std::string_view payload) {
  std::istringstream in{std::string(payload)};
  EntryReader reader(in);
  std::string bytes;
  for (const std::string_view event : events) {
    const auto more = reader.Next(bytes);
    LUMBUNG_CHECK(more.ok() && *more && bytes == event);
  }
  const auto end = reader.Next(bytes);
  LUMBUNG_CHECK(end.ok() && !*end);
}

}  // namespace
}  // namespace lumbung

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lumbung;
  const std::string_view segment(reinterpret_cast<const char*>(data), size);
  auto reader = SegmentReader::Open(segment);
  if (!reader.ok()) {
    LUMBUNG_CHECK(reader.status().kind() == Status::Kind::kCorruption);
    return 0;
  }
  std::vector<std::string_view> events;
  std::string_view event;
  while (reader->Next(event)) events.push_back(event);
  LUMBUNG_CHECK(events.size() == reader->count());
  CheckExport(events, segment.substr(kSegmentHeaderBytes));
  CheckBuilder(events, segment, reader->last_of_block());
  return 0;
}
