#!/usr/bin/env python3
"""The Debian package: built, installed, run as its unit says, removed, purged. It is installed into
an overlay over this machine, so that nothing of it stays."""

import os
import pathlib
import pwd
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

from scratch_root import ScratchRoot
from serving import Server
from support import LUMBUNG, Lumbung, skip

BUILD = pathlib.Path(LUMBUNG).resolve().parent.parent
UNIT = "/lib/systemd/system/lumbung.service"
SETTINGS = "/etc/lumbung/lumbung.toml"
DATA = "/var/lib/lumbung"

# What a package manager writes about packages, and who is who on the machine.
BOOKKEEPING = re.compile(
    r"/var/lib/(dpkg|systemd/deb-systemd-helper-\w+)/.*|/var/log/.*|/var/cache/.*|/run/.*|"
    r"/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?|/etc/\.pwd\.lock|/package\.deb"
)


class Package(Lumbung):
    @classmethod
    def setUpClass(cls):
        built = tempfile.TemporaryDirectory(prefix="lumbung-package-")
        cls.addClassCleanup(built.cleanup)
        subprocess.run(
            ["cpack", "-G", "DEB", "-B", built.name],
            cwd=BUILD, check=True, timeout=240, capture_output=True,
        )  # fmt: skip
        (cls.package,) = pathlib.Path(built.name).glob("*.deb")

    def setUp(self):
        super().setUp()
        scratch = self.folder / "scratch"
        scratch.mkdir()
        self.system = ScratchRoot(scratch)
        self.addCleanup(subprocess.run, ["umount", "--recursive", "--lazy", scratch], check=False)
        shutil.copy(self.package, self.system.path("/package.deb"))

    def in_system(self, *command):
        done = self.system.run(*command)
        self.assertEqual(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def left(self):
        return {path for path in self.system.changed() if not BOOKKEEPING.fullmatch(path)}

    def user(self):
        """The entry of the package's user, or None."""
        lines = self.system.path("/etc/passwd").read_text(encoding="utf-8").splitlines()
        return next((line.split(":") for line in lines if line.startswith("lumbung:")), None)

    def unit(self):
        """The settings of the unit that have one value."""
        text = self.system.path(UNIT).read_text(encoding="utf-8")
        return dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))

    def start(self):
        """The server, as the unit starts it; and the socket on which it says how it is."""
        unit = self.unit()
        self.assertEqual((unit["Type"], unit["User"]), ("notify", "lumbung"))
        _, _, uid, gid, *_ = self.user()
        # An abstract name: there is no file that the other user would have to be let at.
        name = f"lumbung-test-{os.getpid()}"
        notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(notified.close)
        notified.bind("\0" + name)
        notified.settimeout(60)

        def become():
            self.system.enter()
            os.chdir(unit["WorkingDirectory"])
            os.setgroups([])
            os.setgid(int(gid))
            os.setuid(int(uid))

        server = Server(
            [], "/", program=shlex.split(unit["ExecStart"]), preexec_fn=become,
            env={"NOTIFY_SOCKET": "@" + name, "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        self.addCleanup(server.discard)
        return server, notified

    def test_installed_run_removed_and_purged(self):
        self.in_system("dpkg", "-i", "/package.deb")
        self.assertEqual(self.in_system("lumbung", "version").split()[0], "lumbung")
        self.assertIn(SETTINGS, self.in_system("dpkg-query", "-W", "-f=${Conffiles}", "lumbung"))
        self.in_system("lumbung", "config", "check", SETTINGS)
        uid = int(self.user()[2])
        data = self.system.path(DATA).stat()
        self.assertEqual((data.st_uid, data.st_mode & 0o777), (uid, 0o750))
        with self.assertRaises(KeyError):
            pwd.getpwnam("lumbung")  # on the machine itself

        as_user = ("runuser", "-u", "lumbung", "--")
        self.in_system(*as_user, "lumbung", "init", f"{DATA}/ledger", "--origin", "barn.example")
        # Ports that are free, as an operator would set them.
        settings = self.system.path(SETTINGS)
        text = settings.read_text(encoding="utf-8")
        settings.write_text(re.sub(r'"127.0.0.1:\d+"', '"127.0.0.1:0"', text), encoding="utf-8")
        self.run_as_a_service()

        self.in_system("dpkg", "-r", "lumbung")
        # Settings stay until it is purged, and so does whether the unit is enabled.
        kept = (DATA + "/", "/etc/systemd/system/")
        self.assertEqual({path for path in self.left() if not path.startswith(kept)}, {SETTINGS})
        self.in_system("dpkg", "--purge", "lumbung")
        left = self.left()
        self.assertIn(f"{DATA}/ledger/LEDGER", left)
        self.assertEqual({path for path in left if not path.startswith(DATA + "/")}, set())
        # Whose the data is.
        self.assertEqual(int(self.user()[2]), uid)

    def run_as_a_service(self):
        server, notified = self.start()
        self.assertEqual(notified.recv(4096), b"READY=1")
        self.assertEqual(server.request("/readyz")[0], 200)
        # The pages are there, and what they are made of.
        status, headers, _ = server.request("/dashboard/vendor/echarts.js")
        self.assertEqual((status, headers.get_content_type()), (200, "text/javascript"))
        reload = self.unit()["ExecReload"].replace("$MAINPID", str(server.process.pid))
        self.in_system(*shlex.split(reload))
        self.assertEqual(notified.recv(4096), b"RELOADING=1")
        self.assertEqual(notified.recv(4096), b"READY=1")
        self.assertEqual(server.stop(), 0)
        self.assertEqual(notified.recv(4096), b"STOPPING=1")

    def test_without_data_the_user_goes_too(self):
        self.in_system("dpkg", "-i", "/package.deb")
        # Once more, as an upgrade.
        self.in_system("dpkg", "-i", "/package.deb")
        self.assertIsNotNone(self.user())
        self.in_system("dpkg", "--purge", "lumbung")
        self.assertEqual(self.left(), set())
        self.assertIsNone(self.user())
        self.assertFalse(self.system.path(DATA).exists())

    def test_stopping_has_more_time_than_draining(self):
        self.in_system("dpkg", "-i", "/package.deb")
        settings = self.system.path(SETTINGS).read_text(encoding="utf-8")
        drain = int(re.search(r"^drain_seconds = (\d+)$", settings, re.MULTILINE)[1])
        unit = self.unit()
        self.assertGreater(int(unit["TimeoutStopSec"]), drain)
        self.assertIn(f'ledger = "{DATA}/ledger"', settings.splitlines())
        self.assertTrue(unit["ConditionPathExists"].startswith(f"{DATA}/ledger/"))


if __name__ == "__main__":
    if os.geteuid() != 0:
        skip("installing a package takes root")
    for tool in ("cpack", "dpkg-shlibdeps", "adduser"):
        if shutil.which(tool) is None:
            skip(f"there is no {tool}")
    with tempfile.TemporaryDirectory() as probe:
        # In a process of its own: there is no way back out of it.
        code = "import sys; from scratch_root import ScratchRoot; ScratchRoot(sys.argv[1])"
        tried = subprocess.run(
            [sys.executable, "-c", code, probe],
            cwd=pathlib.Path(__file__).parent, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if tried.returncode != 0:
            skip(f"no overlay may be mounted here: {tried.stderr.strip().splitlines()[-1:]}")
    unittest.main()
