// Appends to a restored log the events that an export has beyond it, byte for byte.
#pragma once

#include <cstdint>
#include <istream>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "engine/store/log_store.h"

namespace lumbung {

// One shard's log, being extended. One thread at a time.
class LogExtension {
 public:
  // `log` must outlive it.
  static Result<LogExtension> Open(LogStore& log);

  // Whether an export that begins with this event is one of this log.
  bool Begins(std::string_view event) const;

  // Appends what is beyond the log's end. Refused where the export does not link: an event of it is
  // another than the log's, or there is a gap. What was appended before stays, which is harmless:
  // it links.
  Status Append(std::istream& exported);

  std::uint64_t appended() const { return appended_; }

 private:
  explicit LogExtension(LogStore& log) : log_(log) {}

  // Checks the next event of the export and takes it up where it is new.
  Status Add(std::string_view event);
  // Writes what was taken up.
  Status Flush();

  LogStore& log_;
  TreeBuilder tree_;
  Hasher hasher_;
  BlockBuilder block_;
  std::vector<Tile> tiles_;
  // The last event of the log, with what waits in block_.
  Head head_;
  // The last event of the export that was looked at; sequence 0 before the first.
  Head exported_;
  std::uint64_t appended_ = 0;
};

}  // namespace lumbung
