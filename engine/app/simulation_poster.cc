#include "engine/app/simulation_poster.h"

#include <algorithm>
#include <poll.h>
#include <utility>
#include <vector>

#include "engine/app/signals.h"
#include "engine/base/clock.h"

namespace lumbung {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kLongestWait = 1'000;
// A rate is kept by as many pauses a second.
constexpr std::uint32_t kPausesASecond = 20;

struct Moment {
  std::int64_t told_at = 0;
  v1::Command command;
};

std::int64_t Now() { return Clock::System().WallMicros(); }

}  // namespace

SimulationPoster::SimulationPoster(Simulator& simulator, CommandSink& sink, std::uint32_t rate,
                                   Acknowledgements& acknowledgements)
    : simulator_(simulator),
      rate_(rate),
      started_(Now()),
      acknowledgements_(acknowledgements),
      report_({"command"}),
      submitter_(sink,
                 [this](std::uint64_t place, const v1::Command& command, const Answer& answer) {
                   report_.Add({0, place}, answer);
                   if (acknowledged_.ok()) acknowledged_ = acknowledgements_.Add(command, answer);
                 }),
      progress_("simulate", "commands") {}

bool SimulationPoster::GoesOn() const {
  return !StopRequested() && report_.stopped().empty() && acknowledged_.ok();
}

void SimulationPoster::Finish() {
  submitter_.Finish();
  if (acknowledged_.ok()) acknowledged_ = acknowledgements_.Flush();
}

void SimulationPoster::Add(const v1::Command& command) {
  submitter_.Add(command, ++added_);
  if (rate_ != 0 && added_ % std::max(1U, rate_ / kPausesASecond) == 0) {
    WaitUntil(started_ + static_cast<std::int64_t>(added_) * kSecond / rate_);
  }
}

void SimulationPoster::WaitUntil(std::int64_t wall_micros) {
  Finish();
  for (std::int64_t now = Now(); now < wall_micros && GoesOn(); now = Now()) {
    // A signal ends it early.
    poll(nullptr, 0, static_cast<int>(std::min(kLongestWait, (wall_micros - now + 999) / 1'000)));
  }
}

void SimulationPoster::PostHistory() {
  const std::int64_t first = simulator_.next_quarter();
  const auto whole = static_cast<double>(simulator_.end() - first);
  const Simulator::Emit add = [&](const v1::Command& command) {
    if (!GoesOn()) return;
    Add(command);
    progress_.Update(report_.total(),
                     static_cast<double>(simulator_.next_quarter() - first) / whole);
  };
  while (!simulator_.at_end() && GoesOn()) simulator_.RunQuarter(add);
  Finish();
}

void SimulationPoster::PostLive(std::uint32_t times) {
  constexpr std::int64_t kQuarter = 15 * 60 * kSecond;
  std::vector<Moment> moments;
  const Simulator::Emit keep = [&](const v1::Command& command) {
    moments.push_back({simulator_.told_at(), command});
  };
  while (GoesOn()) {
    moments.clear();
    const bool is_past = simulator_.next_quarter() + kQuarter <= Now();
    simulator_.RunQuarter(keep, is_past ? 1 : times);
    std::stable_sort(moments.begin(), moments.end(), [](const Moment& left, const Moment& right) {
      return left.told_at < right.told_at;
    });
    for (const Moment& moment : moments) {
      if (moment.told_at > Now()) WaitUntil(moment.told_at);
      if (!GoesOn()) break;
      Add(moment.command);
      progress_.Update(report_.total());
    }
  }
  Finish();
}

}  // namespace lumbung
