// How far long work has come, on a terminal: rate and time left.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lumbung {

// "import: 1,234,567 commands  41 %  512,000/s  3 s left". `fraction` of the work, where known.
std::string FormatProgress(std::string_view what, std::string_view unit, std::uint64_t done,
                           std::optional<double> fraction, double seconds);

// Redraws one line of standard error a few times a second, where that is a terminal; silent where
// it is not. One thread at a time.
class Progress {
 public:
  Progress(std::string what, std::string unit);
  // Wipes the line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Update(std::uint64_t done, std::optional<double> fraction = std::nullopt);
  // Since construction.
  double Seconds() const;

 private:
  const std::string what_;
  const std::string unit_;
  const bool shown_;
  const std::int64_t started_;
  std::int64_t drawn_;
  bool drawn_once_ = false;
};

}  // namespace lumbung
