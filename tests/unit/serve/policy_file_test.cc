// The policy in force: read again on demand, and kept where the new one is wrong.
#include "engine/serve/policy_file.h"

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fast_directory.h"

namespace lumbung {
namespace {

std::string PolicyOf(const std::string& id) {
  return "[[principal]]\nid = \"" + id +
         "\"\nnames = [\"a.example\"]\n[[principal.grant]]\nrole = \"reader\"\n";
}
void Write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
std::string IdInForce(const PolicyFile& file) {
  const std::string name = "a.example";
  const auto principal = file.current()->ByCertificateNames({&name, 1});
  return principal == nullptr ? "" : principal->id();
}

TEST(PolicyFile, IsReadAgain) {
  const FastDirectory dir;
  const std::string path = dir / "policy.toml";
  Write(path, PolicyOf("old"));
  const auto file = PolicyFile::Load(path);
  ASSERT_TRUE(file.ok()) << file.status().message();
  const auto before = (*file)->current();
  Write(path, PolicyOf("new"));
  EXPECT_EQ(IdInForce(**file), "old") << "only when asked";
  EXPECT_TRUE((*file)->Reload().ok());
  EXPECT_EQ(IdInForce(**file), "new");
  EXPECT_EQ(before->entries()[0].principal->id(), "old") << "who began with it keeps it";
}

TEST(PolicyFile, AWrongOneIsRefusedAndTheOldKept) {
  const FastDirectory dir;
  const std::string path = dir / "policy.toml";
  Write(path, PolicyOf("old"));
  const auto file = PolicyFile::Load(path);
  ASSERT_TRUE(file.ok());
  Write(path, PolicyOf("new") + "mistake = 1\n");
  const Status wrong = (*file)->Reload();
  EXPECT_EQ(wrong.kind(), Status::Kind::kInvalidArgument);
  EXPECT_THAT(wrong.message(), testing::StartsWith(path + ":6: principal[0].grant[0].mistake"));
  EXPECT_EQ(IdInForce(**file), "old");
  ASSERT_EQ(std::remove(path.c_str()), 0);
  EXPECT_EQ((*file)->Reload().kind(), Status::Kind::kNotFound);
  EXPECT_EQ(IdInForce(**file), "old");
  Write(path, PolicyOf("mended"));
  EXPECT_TRUE((*file)->Reload().ok());
  EXPECT_EQ(IdInForce(**file), "mended");
}

TEST(PolicyFile, OneThatIsWrongOrNotThereDoesNotLoad) {
  const FastDirectory dir;
  EXPECT_EQ(PolicyFile::Load(dir / "none.toml").status().kind(), Status::Kind::kNotFound);
  Write(dir / "wrong.toml", "principal = 1\n");
  EXPECT_EQ(PolicyFile::Load(dir / "wrong.toml").status().kind(), Status::Kind::kInvalidArgument);
}

TEST(PolicyFile, NoPathIsTheOpenPolicy) {
  const auto file = PolicyFile::Load("");
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE((*file)->current()->open());
  EXPECT_TRUE((*file)->Reload().ok());
  EXPECT_TRUE((*file)->current()->open());
}

TEST(PolicyFile, IsReadWhileItChanges) {
  const FastDirectory dir;
  const std::string path = dir / "policy.toml";
  Write(path, PolicyOf("p0"));
  const auto file = PolicyFile::Load(path);
  ASSERT_TRUE(file.ok());
  std::atomic<bool> stop = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        EXPECT_EQ(IdInForce(**file).front(), 'p');
      }
    });
  }
  for (int i = 1; i <= 100; ++i) {
    Write(path, PolicyOf("p" + std::to_string(i)));
    EXPECT_TRUE((*file)->Reload().ok());
  }
  stop = true;
  for (std::thread& reader : readers) {
    reader.join();
  }
  EXPECT_EQ(IdInForce(**file), "p100");
}

}  // namespace
}  // namespace lumbung
