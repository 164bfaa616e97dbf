"""This machine as a root of one's own: what is changed in it is seen, and gone afterwards."""

import ctypes
import os
import pathlib
import subprocess

CLONE_NEWNS = 0x00020000
SHARED_WITH_THE_MACHINE = ("/dev", "/proc")


class ScratchRoot:
    """An overlay over /, in a mount namespace that this process enters for good.

    OSError where that may not be."""

    def __init__(self, folder):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNS) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        self._mount("--make-rprivate", "/")
        self._mount("-t", "tmpfs", "tmpfs", folder)
        self.upper, work, self.root = (pathlib.Path(folder, name) for name in ("upper", "work", "root"))
        for path in (self.upper, work, self.root):
            path.mkdir()
        layers = f"lowerdir=/,upperdir={self.upper},workdir={work}"
        self._mount("-t", "overlay", "overlay", "-o", layers, self.root)
        for path in SHARED_WITH_THE_MACHINE:
            self._mount("--rbind", path, f"{self.root}{path}")

    @staticmethod
    def _mount(*arguments):
        done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise OSError(f"mount: {done.stderr.strip()}")

    def path(self, path):
        """Where a file of the root is from outside."""
        return self.root / path.lstrip("/")

    def enter(self):
        """For subprocess: preexec_fn."""
        os.chroot(self.root)
        os.chdir("/")

    def run(self, *command, **keywords):
        """Runs a command in it."""
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}
        return subprocess.run(
            command, preexec_fn=self.enter, env=environment, timeout=120,
            capture_output=True, text=True, check=False, **keywords,
        )  # fmt: skip

    def changed(self):
        """Files that are other than the machine's, or new."""
        found = set()
        for folder, _, files in os.walk(self.upper):
            inside = "/" + str(pathlib.Path(folder).relative_to(self.upper))
            found.update(os.path.normpath(os.path.join(inside, name)) for name in files)
        return found
