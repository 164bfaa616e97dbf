#!/usr/bin/env python3
"""The demo shows all its chapters, by itself and without a terminal, and leaves nothing behind; killed and
interrupted too."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from support import LUMBUNG, ROOT

sys.path.insert(0, str(ROOT / "scripts"))

from kafka_cluster import fetch  # noqa: E402

SMALL = ("--headless", "--cooperatives", "20", "--days", "8")


class Demo(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lumbung-demo-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, *arguments):
        process = subprocess.Popen(
            [ROOT / "scripts/demo", *SMALL, *arguments],
            env={**os.environ, "LUMBUNG_BIN": str(pathlib.Path(LUMBUNG).resolve()), "TMPDIR": self.folder},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process

    def processes(self):
        """Those that work in the demo's folder."""
        found = []
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(folder / "cwd").startswith(self.folder):
                    found.append(int(folder.name))
            except OSError:
                pass
        return found

    def check_nothing_is_left(self):
        self.assertEqual(self.processes(), [])
        self.assertEqual(os.listdir(self.folder), [])

    def test_it_runs(self):
        demo = self.start("--seconds", "2")
        output, _ = demo.communicate(timeout=240)
        self.assertEqual(demo.returncode, 0, output)
        self.assertIn("commands are lost: 0", output)
        self.assertRegex(output, r"\n[\d,]{3,} balances are what adding up the days by hand gives; 0 are not")
        self.assertRegex(output, r"\n +[\d,]+ transactions of \d+ cooperatives")
        # The sale arrived at village, district, regency, province and nation.
        self.assertEqual(len(re.findall(r"^  \S+ .* -> .*  Rp123,456$", output, re.MULTILINE)), 5, output)
        self.assertIn("replayed: True", output)
        self.assertIn("flipped a bit", output)
        self.assertRegex(output, r"WIB  today [\d,]+ transactions")
        self.assertIn("All of it held; nothing is left running.", output)
        self.check_nothing_is_left()

    def test_with_a_broker_the_figures_come_from_it_too(self):
        if shutil.which("java") is None:
            self.skipTest("java is not there, and with it no Kafka: ./dev setup kafka")
        fetch()
        demo = self.start("--seconds", "1", "--kafka")
        output, _ = demo.communicate(timeout=240)
        self.assertEqual(demo.returncode, 0, output)
        self.assertRegex(output, r"\n  performance: [\d,]+ events, digest [0-9a-f]{64}\n")
        self.assertIn("the digests are the same from the server's own feed", output)
        if shutil.which("prometheus") is not None:
            self.check_prometheus(output)
        self.check_nothing_is_left()

    def check_prometheus(self, output):
        """A real one has scraped the server and taken the rules; the demo ends where a panel of the dashboard
        that should have data has none."""
        alerts = re.findall(r"- alert: (\w+)", (ROOT / "ops/alerts.yml").read_text(encoding="utf-8"))
        self.assertIn(f"Prometheus watches {len(alerts)} alerts; firing: none\n", output)
        panels = json.loads((ROOT / "ops/grafana/lumbung.json").read_text(encoding="utf-8"))["panels"]
        asked = sum(len(panel["targets"]) for panel in panels)
        self.assertIn(f"it answers all {asked} questions of the dashboard", output)

    def test_a_server_that_is_killed_comes_back_and_ctrl_c_ends_it(self):
        demo = self.start("--seconds", "1000")
        lines = []
        for line in demo.stdout:
            lines.append(line)
            if "WIB  today" in line:
                break
        servers = [pid for pid in self.processes() if b"\0serve\0" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()]
        self.assertEqual(len(servers), 1, "".join(lines))
        os.kill(servers[0], signal.SIGKILL)
        for line in demo.stdout:
            lines.append(line)
            if "it is back with" in line:
                break
        self.assertIn("it is back with", lines[-1])
        demo.send_signal(signal.SIGINT)
        rest, _ = demo.communicate(timeout=120)
        self.assertEqual(demo.returncode, 0, "".join(lines) + rest)
        self.assertIn("nothing is left running", rest)
        self.check_nothing_is_left()

    def test_a_demo_that_is_killed_leaves_no_process(self):
        demo = self.start("--seconds", "1000")
        for line in demo.stdout:
            if "the server is killed" in line:
                break
        demo.kill()
        demo.wait()
        end = time.monotonic() + 30
        while self.processes() and time.monotonic() < end:
            time.sleep(0.02)
        self.assertEqual(self.processes(), [])


if __name__ == "__main__":
    unittest.main()
