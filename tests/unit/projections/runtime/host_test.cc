// Several projections of a process: opened, built anew beside the old, and put in its place.
#include "projections/runtime/host.h"

#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>

#include "projections/runtime/folder.h"
#include "tests/unit/projections/runtime/runner_fixture.h"

namespace lumbung {
namespace {

using ::testing::HasSubstr;

ProjectionFactory Sums(std::uint32_t version = 1, const std::string& name = "sums") {
  return [=] { return std::make_unique<SumsProjection>(version, name); };
}

class HostTest : public ::testing::Test {
 protected:
  void SetUp() override {
    chain_.FillTo(1'000);
    list_->AppendAll(chain_.bytes());
  }

  HostOptions Options(bool once = true) {
    HostOptions options;
    options.base = dir_ / "projections";
    options.feed = [this](std::uint32_t) -> Result<std::unique_ptr<EventSource>> {
      return std::unique_ptr<EventSource>(std::make_unique<ListFeed>(list_));
    };
    options.runner.once = once;
    return options;
  }
  void RunToTheEnd(std::vector<ProjectionFactory> factories, const HostOptions& options) {
    ProjectionHost host(std::move(factories), options);
    ASSERT_TRUE(host.WaitFor(kLong));
    for (const HostedStatus& status : host.Statuses()) {
      ASSERT_EQ(status.failure, "");
      ASSERT_TRUE(status.serving.has_value());
      ASSERT_EQ(status.serving->stopped, "");
      ASSERT_FALSE(status.building.has_value());
    }
  }
  static Hash DigestIn(const ProjectionHost& host, const std::string& name) {
    const Reading reading = host.Read(name);
    EXPECT_TRUE(reading);
    return Must(lumbung::DigestOf(*reading));
  }
  std::vector<std::string> Folders() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(dir_ / "projections")) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  const TemporaryDirectory dir_;
  EventChain chain_;
  const std::shared_ptr<RecordList> list_ = std::make_shared<RecordList>();
};

TEST_F(HostTest, BuildsAndServesSeveral) {
  ProjectionHost host({Sums(), Sums(1, "others")}, Options(false));
  EXPECT_TRUE(host.Read("sums")) << "from the beginning";
  ASSERT_TRUE(host.WaitFor("sums", 0, 1'000, Soon()));
  ASSERT_TRUE(host.WaitFor("others", 0, 1'000, Soon()));
  chain_.FillTo(1'500);
  list_->AppendAll({chain_.bytes().begin() + 1'000, chain_.bytes().end()});
  ASSERT_TRUE(host.WaitFor("sums", 0, 1'500, Soon()));
  EXPECT_EQ(DigestIn(host, "sums"), QuietDigest(chain_.bytes()));
  EXPECT_FALSE(host.Read("unheard-of"));
  EXPECT_FALSE(host.WaitFor("unheard-of", 0, 1, Soon()));
  host.Stop();
  EXPECT_TRUE(host.WaitFor(kLong));
  EXPECT_TRUE(host.Read("sums")) << "what was committed can still be read";
}

TEST_F(HostTest, GoesOnAfterARestart) {
  RunToTheEnd({Sums()}, Options());
  chain_.FillTo(1'200);
  list_->AppendAll({chain_.bytes().begin() + 1'000, chain_.bytes().end()});
  ProjectionHost host({Sums()}, Options());
  ASSERT_TRUE(host.WaitFor(kLong));
  EXPECT_EQ(host.Statuses()[0].serving->events, 200U);
  EXPECT_EQ(DigestIn(host, "sums"), QuietDigest(chain_.bytes()));
}

TEST_F(HostTest, ARebuildComesToTheFirstBuild) {
  RunToTheEnd({Sums()}, Options());
  const auto before = Contents(dir_ / "projections/sums");
  HostOptions options = Options();
  options.rebuild = {"sums"};
  RunToTheEnd({Sums()}, options);
  EXPECT_EQ(Folders(), std::vector<std::string>{"sums"});
  ProjectionHost host({Sums()}, Options());
  ASSERT_TRUE(host.WaitFor(kLong));
  EXPECT_EQ(host.Statuses()[0].serving->events, 0U);
  EXPECT_EQ(DigestIn(host, "sums"), QuietDigest(chain_.bytes()));
  EXPECT_NE(Contents(dir_ / "projections/sums"), before);
}

TEST_F(HostTest, RowsOfAnotherVersionAreBuiltAnewAndReplaced) {
  RunToTheEnd({Sums(1)}, Options());
  RunToTheEnd({Sums(2)}, Options());
  EXPECT_EQ(Folders(), std::vector<std::string>{"sums"});
  EXPECT_EQ(Must(ProjectionStore::ReadIdentity(dir_ / "projections/sums", {}))->version, 2U);
  ProjectionHost host({Sums(2)}, Options());
  ASSERT_TRUE(host.WaitFor(kLong));
  EXPECT_EQ(host.Read("sums")->positions().at(0).sequence, 1'000U);
  EXPECT_NE(DigestIn(host, "sums"), QuietDigest(chain_.bytes())) << "the digest names the version";
}

TEST_F(HostTest, ANewOneIsBuiltBesideThoseThatServe) {
  RunToTheEnd({Sums()}, Options());
  RunToTheEnd({Sums(), Sums(1, "others")}, Options());
  EXPECT_EQ(Folders(), (std::vector<std::string>{"others", "sums"}));
  ProjectionHost host({Sums(), Sums(1, "others")}, Options());
  ASSERT_TRUE(host.WaitFor(kLong));
  EXPECT_EQ(host.Read("others")->positions().at(0).sequence, 1'000U);
}

TEST_F(HostTest, ABuildingThatWasInterruptedGoesOn) {
  RunToTheEnd({Sums(1)}, Options());
  {
    // As a process leaves it that was ended in the middle.
    std::filesystem::create_directories(dir_ / "projections/sums.building");
    const auto half = Must(ProjectionInstance::Open(std::make_unique<SumsProjection>(2),
                                                    dir_ / "projections/sums.building", {0}, {}));
    RunOnce(*half, {chain_.bytes().begin(), chain_.bytes().begin() + 400});
    EXPECT_OK(half->Flush());
  }
  RunToTheEnd({Sums(2)}, Options());
  EXPECT_EQ(Folders(), std::vector<std::string>{"sums"});
  // And one of a version in between is thrown away.
  {
    std::filesystem::create_directories(dir_ / "projections/sums.building");
    const auto half = Must(ProjectionInstance::Open(std::make_unique<SumsProjection>(3),
                                                    dir_ / "projections/sums.building", {0}, {}));
  }
  RunToTheEnd({Sums(4)}, Options());
  EXPECT_EQ(Must(ProjectionStore::ReadIdentity(dir_ / "projections/sums", {}))->version, 4U);
}

TEST_F(HostTest, AChangeThatWasInterruptedIsBroughtToItsEnd) {
  namespace fs = std::filesystem;
  const fs::path base = dir_ / "folders";
  const auto write = [&](const std::string& folder, const std::string& what) {
    fs::create_directories(base / folder);
    WriteBytes(base / folder / "what", what);
  };
  const auto what = [&] { return ReadBytes(base / "sums/what"); };
  // After the first of the two renames.
  write("sums.old", "old");
  write("sums.building", "new");
  EXPECT_OK(PrepareProjectionFolder(base, "sums"));
  EXPECT_EQ(what(), "new");
  EXPECT_FALSE(fs::exists(base / "sums.old"));
  // After the second.
  write("sums.old", "old");
  EXPECT_OK(PrepareProjectionFolder(base, "sums"));
  EXPECT_EQ(what(), "new");
  EXPECT_FALSE(fs::exists(base / "sums.old"));
  // Before the first: what is being built may not be whole.
  write("sums.building", "half");
  EXPECT_OK(PrepareProjectionFolder(base, "sums"));
  EXPECT_EQ(what(), "new");
  EXPECT_TRUE(fs::exists(base / "sums.building"));
  EXPECT_OK(SwitchProjectionFolder(base, "sums"));
  EXPECT_EQ(what(), "half");
}

TEST_F(HostTest, SaysWhatCantBeOpened) {
  WriteBytes(dir_ / "projections", "a file where the folder should be");
  ProjectionHost host({Sums()}, Options());
  ASSERT_TRUE(host.WaitFor(kLong));
  EXPECT_THAT(host.Statuses()[0].failure, HasSubstr("projections"));
  EXPECT_FALSE(host.Read("sums"));
}

TEST_F(HostTest, SaysWhereAFeedCantBeOpened) {
  HostOptions options = Options();
  options.feed = [](std::uint32_t) -> Result<std::unique_ptr<EventSource>> {
    return Status::IoError("nobody answers");
  };
  ProjectionHost host({Sums()}, options);
  ASSERT_TRUE(host.WaitFor(kLong));
  EXPECT_THAT(host.Statuses()[0].serving->stopped, HasSubstr("nobody answers"));
}

TEST_F(HostTest, ReadersGoOnWhileOneIsReplaced) {
  RunToTheEnd({Sums()}, Options());
  HostOptions options = Options();
  options.rebuild = {"sums"};
  ProjectionHost host({Sums()}, options);
  const Hash quiet = QuietDigest(chain_.bytes());
  while (!host.WaitFor(std::chrono::milliseconds(0))) {
    if (const Reading reading = host.Read("sums"); reading) {
      ASSERT_EQ(Must(lumbung::DigestOf(*reading)), quiet);
    }
  }
  EXPECT_EQ(DigestIn(host, "sums"), quiet);
}

}  // namespace
}  // namespace lumbung
