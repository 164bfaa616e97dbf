#include "engine/store/network_file_system.h"

#include <gtest/gtest.h>
#include <linux/magic.h>

#include "tests/support/log_fixture.h"

namespace lumbung {
namespace {

TEST(NetworkFileSystem, KnowsThemByTheKernelsNumbers) {
  EXPECT_STREQ(NetworkFileSystemName(NFS_SUPER_MAGIC), "NFS");
  EXPECT_STREQ(NetworkFileSystemName(CIFS_SUPER_MAGIC), "CIFS");
  EXPECT_STREQ(NetworkFileSystemName(SMB2_SUPER_MAGIC), "SMB 2");
  EXPECT_STREQ(NetworkFileSystemName(FUSE_SUPER_MAGIC), "FUSE");
  EXPECT_STREQ(NetworkFileSystemName(V9FS_MAGIC), "9P");
  EXPECT_STREQ(NetworkFileSystemName(CEPH_SUPER_MAGIC), "Ceph");
}

TEST(NetworkFileSystem, LetsLocalOnesThrough) {
  EXPECT_EQ(NetworkFileSystemName(EXT4_SUPER_MAGIC), nullptr);
  EXPECT_EQ(NetworkFileSystemName(XFS_SUPER_MAGIC), nullptr);
  EXPECT_EQ(NetworkFileSystemName(BTRFS_SUPER_MAGIC), nullptr);
  EXPECT_EQ(NetworkFileSystemName(TMPFS_MAGIC), nullptr);
  EXPECT_EQ(NetworkFileSystemName(OVERLAYFS_SUPER_MAGIC), nullptr);
  const TemporaryDirectory dir;
  EXPECT_OK(RefuseNetworkFileSystem(dir.path()));
}

TEST(NetworkFileSystem, NeedsTheDirectory) {
  const TemporaryDirectory dir;
  EXPECT_EQ(RefuseNetworkFileSystem(dir / "absent").kind(), Status::Kind::kNotFound);
}

}  // namespace
}  // namespace lumbung
