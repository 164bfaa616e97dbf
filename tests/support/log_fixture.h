// What tests of the log share: directories that go with the test, and chains of real events.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/chain/tree.h"
#include "engine/store/block_format.h"
#include "engine/store/head_file.h"
#include "engine/store/log_store.h"

namespace lumbung {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// The events of a shard, linked as commit links them, and how many of them the store has
// acknowledged.
class TestChain {
 public:
  // Appends the next `events` events of about `size` bytes each as one block.
  Status Append(LogStore& store, std::size_t events, std::size_t size = 100);
  // Forgets what was not acknowledged, or takes the whole of it as there.
  void DropPending();
  void AcceptPending() { acknowledged_ = events_.size(); }

  std::size_t acknowledged() const { return acknowledged_; }
  std::size_t made() const { return events_.size(); }
  const std::string& event(std::uint64_t sequence) const { return events_[sequence - 1]; }
  Head HeadAt(std::uint64_t sequence) const;
  Hash RootAt(std::uint64_t sequence) const;

 private:
  std::vector<std::string> events_;
  std::vector<Hash> hashes_;
  std::size_t acknowledged_ = 0;
  TreeBuilder tree_;
};

// Expects the store to hold exactly the first `count` events of the chain, by every way to read it.
void ExpectLog(const LogStore& store, const TestChain& chain, std::uint64_t count);
// The same for what the chain knows to be acknowledged.
inline void ExpectLog(const LogStore& store, const TestChain& chain) {
  ExpectLog(store, chain, chain.acknowledged());
}

// The value of a result, which is expected to be ok.
template <typename T>
T Must(Result<T> result) {
  EXPECT_TRUE(result.ok()) << result.status().message();
  return std::move(*result);
}

// Expects a status to be ok, saying what it says.
#define EXPECT_OK(expression)                                 \
  do {                                                        \
    const ::lumbung::Status expected_ok_ = (expression);      \
    EXPECT_TRUE(expected_ok_.ok()) << expected_ok_.message(); \
  } while (false)

std::string ReadBytes(const std::string& path);
void WriteBytes(const std::string& path, const std::string& bytes);
void CopyDirectory(const std::string& from, const std::string& to);
// Names and contents of the files below a directory.
std::map<std::string, std::string> Contents(const std::string& dir);
// Paths of the files in a directory whose names end, or begin, so.
std::vector<std::string> FilesEnding(const std::string& dir, const std::string& suffix);
std::vector<std::string> FilesBeginning(const std::string& dir, const std::string& prefix);

}  // namespace lumbung
