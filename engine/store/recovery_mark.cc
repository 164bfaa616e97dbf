#include "engine/store/recovery_mark.h"

#include <algorithm>
#include <sstream>

#include "engine/store/posix.h"

namespace lumbung {
namespace {

constexpr const char* kFirstLine = "lumbung recovery 1";

std::string OneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// Reads "<word> <sequence> <hash>".
bool ReadHead(std::istream& in, const std::string& word, Head& head) {
  std::string found;
  std::string hex;
  in >> found >> head.sequence >> hex;
  if (!in || found != word || hex.size() != 2 * sizeof(Hash) ||
      hex.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return false;
  }
  for (std::size_t i = 0; i < head.hash.size(); ++i) {
    head.hash[i] = static_cast<std::uint8_t>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
  }
  return true;
}

// Reads "<word> <text up to the end of the line>".
bool ReadText(std::istream& in, const std::string& word, std::string& text) {
  std::string found;
  in >> found;
  in.get();
  std::getline(in, text);
  return !in.fail() && found == word;
}

}  // namespace

Status WriteRecoveryMark(const std::string& dir, const RecoveryReport& report) {
  std::ostringstream out;
  out << kFirstLine << "\n"
      << "good " << report.good.sequence << " " << ToHex(report.good.hash) << "\n"
      << "lost " << report.lost.sequence << " " << ToHex(report.lost.hash) << "\n"
      << "kept_as " << report.kept_as << "\n"
      << "damage " << OneLine(report.damage) << "\n"
      << "ended_by " << OneLine(report.ended_by) << "\n";
  return WriteFileSynced(RecoveryMarkPath(dir), out.str());
}

Result<RecoveryReport> ReadRecoveryMark(const std::string& dir) {
  const Result<std::string> text = ReadFile(RecoveryMarkPath(dir));
  if (!text.ok()) {
    return text.status();
  }
  std::istringstream in(*text);
  std::string first_line;
  std::getline(in, first_line);
  RecoveryReport report;
  std::string word;
  const bool read = first_line == kFirstLine && ReadHead(in, "good", report.good) &&
                    ReadHead(in, "lost", report.lost) && in >> word >> report.kept_as &&
                    word == "kept_as" && ReadText(in, "damage", report.damage) &&
                    ReadText(in, "ended_by", report.ended_by);
  if (!read) {
    return Status::Corruption(RecoveryMarkPath(dir) + " is not what a recovery writes");
  }
  return report;
}

}  // namespace lumbung
