// Posts what a simulator hands out: history as fast as it is taken, then each transaction at its
// moment.
#pragma once

#include <cstdint>

#include "engine/app/acknowledgements.h"
#include "engine/app/command_sink.h"
#include "engine/app/import_report.h"
#include "engine/app/progress.h"
#include "engine/app/submitter.h"
#include "engine/simulator/simulator.h"

namespace lumbung {

// One thread at a time. A request to stop (signals.h) ends everything soon.
class SimulationPoster {
 public:
  // At most `rate` commands a second; 0: as fast as they are taken. All must outlive it.
  SimulationPoster(Simulator& simulator, CommandSink& sink, std::uint32_t rate,
                   Acknowledgements& acknowledgements);

  // To the end of the simulator's days. Ends early where the ledger takes no more.
  void PostHistory();
  // From there to the present at once, then on in real time, with `times` as much trade as usual,
  // until it is to stop.
  void PostLive(std::uint32_t times);

  // Answers so far, by the number of the command: the first is 1.
  const ImportReport& report() const { return report_; }
  // Whether the acknowledgements could be written.
  const Status& acknowledged() const { return acknowledged_; }
  double seconds() const { return progress_.Seconds(); }

 private:
  bool GoesOn() const;
  void Add(const v1::Command& command);
  // Sends what is there, and waits for the answers.
  void Finish();
  void WaitUntil(std::int64_t wall_micros);

  Simulator& simulator_;
  const std::uint32_t rate_;
  const std::int64_t started_;
  Acknowledgements& acknowledgements_;
  ImportReport report_;
  Status acknowledged_;
  Submitter submitter_;
  Progress progress_;
  std::uint64_t added_ = 0;
};

}  // namespace lumbung
