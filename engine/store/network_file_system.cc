#include "engine/store/network_file_system.h"

#include <array>
#include <cerrno>

#include <sys/vfs.h>

#include "engine/store/posix.h"

namespace lumbung {
namespace {

struct FileSystemKind {
  std::uint32_t magic;
  const char* name;
};

// Numbers of the kernel's (linux/magic.h) and of the file systems themselves.
constexpr std::array kNetworkFileSystems = {
    FileSystemKind{0x00006969, "NFS"},
    FileSystemKind{0x0000517b, "SMB"},
    FileSystemKind{0xff534d42, "CIFS"},
    FileSystemKind{0xfe534d42, "SMB 2"},
    FileSystemKind{0x65735546, "FUSE"},
    FileSystemKind{0x01021997, "9P"},
    FileSystemKind{0x5346414f, "AFS"},
    FileSystemKind{0x6b414653, "kAFS"},
    FileSystemKind{0x73757245, "Coda"},
    FileSystemKind{0x0000564c, "NCP"},
    FileSystemKind{0x00c36400, "Ceph"},
    FileSystemKind{0x47504653, "GPFS"},
    FileSystemKind{0x0bd00bd0, "Lustre"},
    FileSystemKind{0x01161970, "GFS2"},
    FileSystemKind{0x7461636f, "OCFS2"},
    FileSystemKind{0xaad7aaea, "PanFS"},
    FileSystemKind{0x19830326, "BeeGFS"},
    FileSystemKind{0x20030528, "OrangeFS"},
    FileSystemKind{0x786f4256, "VirtualBox shared folder"},
    FileSystemKind{0xbacbacbc, "VMware shared folder"},
};

}  // namespace

const char* NetworkFileSystemName(std::uint64_t magic) {
  for (const FileSystemKind& kind : kNetworkFileSystems) {
    if (kind.magic == magic) {
      return kind.name;
    }
  }
  return nullptr;
}

Status RefuseNetworkFileSystem(const std::string& dir) {
  struct statfs facts;
  if (::statfs(dir.c_str(), &facts) != 0) {
    return PosixError(dir, errno);
  }
  // f_type is signed on some machines; the numbers have 32 bits.
  const auto magic = static_cast<std::uint32_t>(facts.f_type);
  if (const char* name = NetworkFileSystemName(magic); name != nullptr) {
    return Status::Refused(dir + " is on " + name +
                           ": a ledger needs a local disk, whose locks and fsync can be relied on");
  }
  return Status::Ok();
}

}  // namespace lumbung
