// Builds the golden events out of tests/golden/input.ndjson, by the engine's own Sequencer, with
// the input's clock, ids and keys: the same input gives the same bytes.
//
//   line := # comment | {"at": <microseconds>, "actor": "...", "command": {...}, "code": "..."}
//                     | {"at": <microseconds>, "event": {...}}
//   Left out: at (time stands still), actor (none), code (OK). Each line is a block of its own;
//   holds that are due go before it. "event" gives the body of one that no command asks for.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"
#include "engine/commit/sequencer.h"

namespace lumbung {

class GoldenLedger {
 public:
  // Uses `dir`, which must be empty, for the stores that ids are looked up in.
  static Result<std::unique_ptr<GoldenLedger>> Make(const std::string& dir);
  ~GoldenLedger();

  // InvalidArgument where a line can't be read, or its answer is not the code that it names.
  Status Take(std::string_view line);
  // The bytes of every event so far.
  std::vector<std::string> Events();

 private:
  class InputClock;

  GoldenLedger() = default;
  Answer Submit(const v1::Command& command, const std::string& actor);
  void StartEpoch(v1::Event& event);

  std::unique_ptr<InputClock> clock_;
  std::unique_ptr<LogStore> log_;
  std::unique_ptr<DerivedStore> derived_;
  std::unique_ptr<IdHistory> history_;
  std::unique_ptr<Sequencer> sequencer_;
  // Never written: all that was decided is found here.
  Block block_;
};

// All events of the input's text.
Result<std::vector<std::string>> BuildGoldenEvents(std::string_view input, const std::string& dir);

// What tests/golden/events.txt says of events, a line each:
//   sequence, body, hash, root of the tree and digest of the state as of this event
Result<std::vector<std::string>> DescribeEvents(const std::vector<std::string>& events);

// Texts and framed events (exporters/proto.h) of files.
Result<std::vector<std::string>> ReadLines(const std::string& path);
Result<std::vector<std::string>> ReadEvents(const std::string& path);

}  // namespace lumbung
