#include "engine/verify/checkpoint_check.h"

#include <charconv>

namespace lumbung {

std::optional<std::uint64_t> ClaimedSize(const std::string& text) {
  const std::size_t begin = text.find('\n');
  const std::size_t end = begin == std::string::npos ? begin : text.find('\n', begin + 1);
  if (end == std::string::npos) {
    return std::nullopt;
  }
  std::uint64_t size = 0;
  const char* const last = text.data() + end;
  const auto [rest, error] = std::from_chars(text.data() + begin + 1, last, size);
  if (error != std::errc() || rest != last) {
    return std::nullopt;
  }
  return size;
}

std::string FaultOfCheckpoint(const KeptCheckpoint& kept, const LogFacts& log) {
  const std::string name = "checkpoint " + kept.name;
  std::optional<Checkpoint> checkpoint;
  std::string reason = "the log names no key";
  for (const PublicKey& key : log.keys) {
    Result<Checkpoint> opened = OpenCheckpoint(kept.text, key);
    if (opened.ok()) {
      checkpoint = *opened;
      break;
    }
    reason = opened.status().message();
  }
  if (!checkpoint) {
    return name + " can't be believed: " + reason;
  }
  if (checkpoint->origin != log.origin) {
    return name + " is of " + checkpoint->origin + ", and this log is " + log.origin;
  }
  if (checkpoint->size > log.size) {
    return name + " says that there were " + std::to_string(checkpoint->size) +
           " events, but the log ends at " + std::to_string(log.size) +
           ": its end was cut off, or an old copy was put in its place";
  }
  const auto root = log.roots.find(checkpoint->size);
  if (root == log.roots.end()) {
    return name + " can't be compared: no root is known at its size";
  }
  if (root->second != checkpoint->root) {
    return name + " has the root " + ToHex(checkpoint->root) + " at size " +
           std::to_string(checkpoint->size) + ", but the log's is " + ToHex(root->second) +
           ": an event at or before " + std::to_string(checkpoint->size) +
           " is not what it was when it was signed";
  }
  return {};
}

}  // namespace lumbung
