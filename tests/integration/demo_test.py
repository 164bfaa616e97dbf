#!/usr/bin/env python3
"""The demo comes to its end, by itself and without a terminal, and leaves nothing behind."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from support import LUMBUNG, ROOT


class Demo(unittest.TestCase):
    def test_it_runs(self):
        with tempfile.TemporaryDirectory(prefix="lumbung-demo-") as folder:
            done = subprocess.run(
                [ROOT / "scripts/demo"],
                env={**os.environ, "LUMBUNG_BIN": str(pathlib.Path(LUMBUNG).resolve()), "TMPDIR": folder},
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
            output = done.stdout.decode(errors="replace")
            self.assertEqual(done.returncode, 0, output)
            self.assertIn("lost: 0", output)
            self.assertIn("All of it held.", output)
            self.assertEqual(os.listdir(folder), [])


if __name__ == "__main__":
    unittest.main()
