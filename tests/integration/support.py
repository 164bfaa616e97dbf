"""What the tests of the program share: running it, and ledgers to run it on."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LUMBUNG = os.environ.get("LUMBUNG_BIN", str(ROOT / "build/dev/bin/lumbung"))

OK, REFUSED, USAGE, IO, BUSY, CORRUPTION, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

COOPERATIVE = 20417
SALE_ID = "01890f0a-7c00-7000-8000-000000000001"

INVOICES = """\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536365,71053,WHITE LANTERN,6,2010-12-01 08:26:00,3.39,17850,United Kingdom
536366,22633,HAND WARMER,3,2010-12-01 08:28:00,1.855,,United Kingdom
C536379,D,Discount,-1,2010-12-01 09:41:00,27.50,14527,United Kingdom
536414,22139,FREE SAMPLE,56,2010-12-01 11:52:00,0.0,,United Kingdom
"""


def sale(transaction_id=SALE_ID, amount="75000000", cooperative=COOPERATIVE):
    """A QRIS sale, as JSON."""
    return {
        "transactionId": transaction_id,
        "cooperative": str(cooperative),
        "kind": "sale",
        "channel": "qris",
        "businessDate": 20260501,
        "reference": "till 1",
        "entries": [{"code": 1121, "debit": amount}, {"code": 4101, "credit": amount}],
    }


class Lumbung(unittest.TestCase):
    """A test with a folder of its own to run the program in."""

    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lumbung-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def run_program(self, *arguments, expect=OK, stdin=None, timeout=120):
        """Runs the program; its standard output, as bytes decoded leniently."""
        done = subprocess.run(
            [LUMBUNG, *map(str, arguments)],
            cwd=self.folder,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=timeout,
            check=False,
        )
        self.errors = done.stderr.decode(errors="replace")
        output = done.stdout.decode(errors="replace")
        if expect is not None:
            self.assertEqual(
                done.returncode, expect, f"lumbung {' '.join(map(str, arguments))}\n{output}{self.errors}"
            )
        self.exit_code = done.returncode
        return output

    def run_json(self, *arguments, **keywords):
        """The result of the program with --json."""
        return json.loads(self.run_program(*arguments, "--json", **keywords))

    def write(self, name, content):
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    def make_ledger(self, name="barn", shards=1):
        self.run_program("init", name, "--origin", f"{name}.example", "--shards", shards)
        return self.folder / name

    def simulate(self, name="day.ndjson", cooperatives=20, seed=7, **options):
        """A simulated day in a file, and the balances that it comes to."""
        arguments = [f"--{key}={value}" for key, value in options.items()]
        lines = self.run_program(
            "simulate", "--cooperatives", cooperatives, "--seed", seed, "--expected", "expected", *arguments
        )
        self.write(name, lines)
        expected = (self.folder / "expected").read_text(encoding="utf-8").splitlines()
        return {account: int(balance) for account, balance in (line.split() for line in expected)}

    def balances(self, ledger="barn"):
        rows = self.run_json("accounts", ledger)["accounts"]
        return {row["account"]: int(row["balance"]) for row in rows}

    def state_digests(self, ledger="barn"):
        """Of each shard."""
        return [shard["state_digest"] for shard in self.run_json("verify", ledger)["shards"]]

    def digests(self, ledger="barn"):
        """State digest and root of each shard."""
        shards = self.run_json("verify", ledger)["shards"]
        return [(shard["state_digest"], shard["root"]) for shard in shards]


def skip(reason):
    """Ends the test script as skipped, visibly."""
    print(f"SKIPPED: {reason}")
    sys.exit(77)


def make_venv(name, packages):
    """A Python with packages from PyPI, installed once beside the build; its path."""
    folder = pathlib.Path(LUMBUNG).parent.parent / "python" / name
    python = folder / "bin/python"
    installed = folder / "installed"
    wanted = " ".join(packages)
    if installed.exists() and installed.read_text(encoding="utf-8") == wanted:
        return python
    venv.create(folder, with_pip=True, clear=True)
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages],
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        skip(f"{wanted} can't be installed: {done.stderr.strip().splitlines()[-1:]}")
    installed.write_text(wanted, encoding="utf-8")
    return python


def until(condition, what, seconds=60):
    """Waits for it; what it came to."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come to be")
        time.sleep(0.02)
    return found


def free_port():
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
