#!/usr/bin/env python3
"""The example in Python, with grpcio from PyPI, against a server that runs.

Skipped, visibly, where PyPI can't be reached and grpcio is not there yet.
"""

import os
import subprocess
import unittest

from serving import LastingServer
from support import COOPERATIVE, ROOT, Lumbung, make_venv

PACKAGES = ["grpcio==1.66.2", "grpcio-tools==1.66.2"]


class PythonExample(Lumbung):
    def test_it_runs(self):
        python = make_venv("grpc", PACKAGES)
        generated = self.folder / "generated"
        generated.mkdir()
        protos = sorted(map(str, (ROOT / "schemas/lumbung/ledger/v1").glob("*.proto")))
        subprocess.run(
            [python, "-m", "grpc_tools.protoc", "-I", ROOT / "schemas", f"--python_out={generated}",
             f"--grpc_python_out={generated}", *protos],
            check=True, timeout=120,
        )  # fmt: skip
        self.make_ledger()
        self.run_program("register", "barn", COOPERATIVE, "--village", "32.04.12.2001")
        server = LastingServer(self.folder, "barn")
        self.addCleanup(server.kill)
        done = subprocess.run(
            [python, ROOT / "examples/python/post.py", server.grpc, str(COOPERATIVE)],
            env={**os.environ, "PYTHONPATH": str(generated)},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("  1121: 75000000 minor units", done.stdout)
        self.assertIn("sent again: replayed True, the same event True", done.stdout)
        self.assertRegex(done.stdout, r"event \d+: transaction_posted, \d+ bytes")


if __name__ == "__main__":
    unittest.main()
