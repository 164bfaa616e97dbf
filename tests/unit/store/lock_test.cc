#include "engine/store/lock.h"

#include <csignal>
#include <optional>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "tests/support/log_fixture.h"

namespace lumbung {
namespace {

TEST(DirectoryLock, OneOwnerAtATime) {
  const TemporaryDirectory dir;
  std::optional<DirectoryLock> lock = Must(DirectoryLock::Acquire(dir.path()));
  const Result<DirectoryLock> second = DirectoryLock::Acquire(dir.path());
  EXPECT_EQ(second.status().kind(), Status::Kind::kBusy);
  EXPECT_NE(second.status().message().find("process " + std::to_string(::getpid())),
            std::string::npos)
      << second.status().message();
  lock.reset();
  EXPECT_TRUE(DirectoryLock::Acquire(dir.path()).ok());
}

TEST(DirectoryLock, ADeadOwnerOwnsNothing) {
  const TemporaryDirectory dir;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const Result<DirectoryLock> lock = DirectoryLock::Acquire(dir.path());
    const char answer = lock.ok() ? 'y' : 'n';
    (void)!::write(ready[1], &answer, 1);
    ::pause();
    ::_exit(0);
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');
  const Result<DirectoryLock> busy = DirectoryLock::Acquire(dir.path());
  EXPECT_EQ(busy.status().kind(), Status::Kind::kBusy);
  EXPECT_NE(busy.status().message().find("process " + std::to_string(child)), std::string::npos)
      << busy.status().message();

  ASSERT_EQ(::kill(child, SIGKILL), 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(DirectoryLock::Acquire(dir.path()).ok());
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(DirectoryLock, NeedsTheDirectory) {
  const TemporaryDirectory dir;
  EXPECT_EQ(DirectoryLock::Acquire(dir / "absent").status().kind(), Status::Kind::kNotFound);
}

}  // namespace
}  // namespace lumbung
