#include "tests/support/log_fixture.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdlib.h>

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

namespace fs = std::filesystem;

// An event that nothing but its links and its size matters of.
std::string MakeEvent(std::uint64_t sequence, const Hash& previous, std::size_t size) {
  ledger::v1::Event event;
  event.set_sequence(sequence);
  event.set_recorded_at(1'780'000'000'000'000 + static_cast<std::int64_t>(sequence));
  event.set_previous_hash(previous.data(), previous.size());
  auto& created = *event.mutable_ledger_created();
  // Lengths of lengths take up to 8 bytes more; what is left of them is filled up.
  const std::size_t filling = size - std::min(size, event.ByteSizeLong() + 8);
  created.set_origin(std::string(filling, static_cast<char>('a' + sequence % 26)));
  if (event.ByteSizeLong() < size) {
    created.mutable_origin()->append(size - event.ByteSizeLong(), '.');
  }
  return event.SerializeAsString();
}

template <typename Matches>
std::vector<std::string> FilesMatching(const std::string& dir, Matches matches) {
  std::vector<std::string> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(dir)) {
    if (entry.is_regular_file() && matches(entry.path().filename().string())) {
      paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() : path_(::testing::TempDir() + "lumbung-XXXXXX") {
  EXPECT_NE(::mkdtemp(path_.data()), nullptr);
}

TemporaryDirectory::~TemporaryDirectory() { fs::remove_all(path_); }

Status TestChain::Append(LogStore& store, std::size_t events, std::size_t size) {
  BlockBuilder block;
  std::vector<Tile> tiles;
  Hasher hasher;
  for (std::size_t i = 0; i < events; ++i) {
    const std::uint64_t sequence = events_.size() + 1;
    events_.push_back(MakeEvent(sequence, hashes_.empty() ? Hash{} : hashes_.back(), size));
    hashes_.push_back(hasher.Leaf(events_.back()));
    tree_.Append(hashes_.back(), tiles);
    std::uint8_t* const out = block.Reserve(sequence, events_.back().size());
    std::copy(events_.back().begin(), events_.back().end(), out);
  }
  block.Finish();
  const Status status = store.Append(block, tiles, hashes_.back());
  if (status.ok()) {
    acknowledged_ = events_.size();
  }
  return status;
}

void TestChain::DropPending() {
  events_.resize(acknowledged_);
  hashes_.resize(acknowledged_);
  tree_ = TreeBuilder();
  std::vector<Tile> ignored;
  for (const Hash& hash : hashes_) {
    tree_.Append(hash, ignored);
  }
}

Head TestChain::HeadAt(std::uint64_t sequence) const {
  return sequence == 0 ? Head{} : Head{sequence, hashes_[sequence - 1]};
}

Hash TestChain::RootAt(std::uint64_t sequence) const {
  TreeBuilder tree;
  std::vector<Tile> ignored;
  for (std::uint64_t i = 0; i < sequence; ++i) {
    tree.Append(hashes_[i], ignored);
  }
  return tree.Root();
}

void ExpectLog(const LogStore& store, const TestChain& chain, std::uint64_t count) {
  ASSERT_LE(count, chain.made());
  EXPECT_EQ(store.head(), chain.HeadAt(count));
  std::uint64_t seen = 0;
  EXPECT_OK(
      store.ForEach(1, ~std::uint64_t{0}, [&](std::uint64_t sequence, std::string_view event) {
        ++seen;
        const bool same = sequence == seen && seen <= count && event == chain.event(seen);
        return same ? Status::Ok() : Status::Corruption("not event " + std::to_string(seen));
      }));
  EXPECT_EQ(seen, count);
  for (const std::uint64_t sequence : {std::uint64_t{1}, count / 2 + 1, count}) {
    if (sequence <= count && sequence > 0) {
      EXPECT_EQ(Must(store.ReadEvent(sequence)), chain.event(sequence));
    }
  }
  EXPECT_EQ(store.ReadEvent(count + 1).status().kind(), Status::Kind::kNotFound);
  EXPECT_EQ(Must(store.LoadTree()).Root(), chain.RootAt(count));
}

std::string ReadBytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void WriteBytes(const std::string& path, const std::string& bytes) {
  // A new file: file systems make the cutting of an old one wait for the disk.
  fs::remove(path);
  std::ofstream(path, std::ios::binary) << bytes;
}

void CopyDirectory(const std::string& from, const std::string& to) {
  fs::copy(from, to, fs::copy_options::recursive);
}

std::map<std::string, std::string> Contents(const std::string& dir) {
  std::map<std::string, std::string> contents;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(dir)) {
    if (entry.is_regular_file()) {
      contents[fs::relative(entry.path(), dir)] = ReadBytes(entry.path());
    }
  }
  return contents;
}

std::vector<std::string> FilesEnding(const std::string& dir, const std::string& suffix) {
  return FilesMatching(dir, [&](const std::string& name) { return name.ends_with(suffix); });
}

std::vector<std::string> FilesBeginning(const std::string& dir, const std::string& prefix) {
  return FilesMatching(dir, [&](const std::string& name) { return name.starts_with(prefix); });
}

}  // namespace lumbung
