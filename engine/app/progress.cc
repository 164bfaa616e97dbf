#include "engine/app/progress.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>

#include "engine/app/amounts.h"
#include "engine/base/clock.h"

namespace lumbung {
namespace {

constexpr std::int64_t kRedrawMicros = 200'000;

std::string FormatDuration(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::ceil(std::max(seconds, 0.0)));
  if (whole < 60) {
    return fmt::format("{} s", whole);
  }
  if (whole < 3600) {
    return fmt::format("{} min {} s", whole / 60, whole % 60);
  }
  return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

}  // namespace

std::string FormatProgress(std::string_view what, std::string_view unit, std::uint64_t done,
                           std::optional<double> fraction, double seconds) {
  std::string line = fmt::format("{}: {} {}", what, FormatCount(done), unit);
  if (fraction) {
    line += fmt::format("  {:.0f} %", std::clamp(*fraction, 0.0, 1.0) * 100);
  }
  if (seconds > 0) {
    const double rate = static_cast<double>(done) / seconds;
    line += fmt::format("  {}/s", FormatCount(static_cast<std::uint64_t>(rate)));
  }
  if (fraction && *fraction > 0 && seconds >= 1) {
    line += fmt::format("  {} left", FormatDuration(seconds / *fraction - seconds));
  }
  return line;
}

Progress::Progress(std::string what, std::string unit)
    : what_(std::move(what)),
      unit_(std::move(unit)),
      shown_(isatty(STDERR_FILENO) == 1),
      started_(Clock::System().MonotonicMicros()),
      drawn_(started_) {}

Progress::~Progress() {
  if (drawn_once_) {
    (void)std::fputs("\r\x1b[K", stderr);
  }
}

void Progress::Update(std::uint64_t done, std::optional<double> fraction) {
  if (!shown_) {
    return;
  }
  const std::int64_t now = Clock::System().MonotonicMicros();
  if (now - drawn_ < kRedrawMicros) {
    return;
  }
  drawn_ = now;
  drawn_once_ = true;
  const std::string line = FormatProgress(what_, unit_, done, fraction, Seconds());
  (void)std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
}

double Progress::Seconds() const {
  return static_cast<double>(Clock::System().MonotonicMicros() - started_) / 1'000'000.0;
}

}  // namespace lumbung
