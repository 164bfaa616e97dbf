#!/usr/bin/env python3
"""hledger, a program that nobody here wrote, comes to the same balances out of the exported journal."""

import shutil
import subprocess
import unittest

from support import INVOICES, Lumbung, skip


class Hledger(Lumbung):
    def hledger(self, *arguments):
        done = subprocess.run(
            ["hledger", "-f", "journal", *arguments], cwd=self.folder, env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout.decode()

    def test_balances_agree(self):
        self.make_ledger(shards=2)
        self.simulate(cooperatives=5)
        self.write("invoices.csv", INVOICES)
        self.run_program("import", "transactions", "barn", "day.ndjson")
        self.run_program("import", "retail", "barn", "invoices.csv", "--cooperative", 99)
        self.write("journal", self.run_program("replay", "barn", "--format", "hledger"))
        self.hledger("check", "assertions", "commodities", "balancednoautoconversion")

        theirs = {}
        for line in self.hledger("balance", "--flat", "--no-total", "--empty", "-O", "csv", "--layout=bare").splitlines()[1:]:
            name, commodity, amount = (field.strip('"') for field in line.rsplit(",", 2))
            cooperative, rest = name.split(":", 1)
            code, _, holder = rest.partition(" ")[0], *rest.rpartition(":")[1:]
            key = f"{cooperative}:{code}:{holder if rest.count(':') else 0}"
            theirs[key + ("" if commodity == "IDR" else f":{commodity}")] = round(float(amount) * 100)
        ours = {key: balance for key, balance in self.balances().items() if balance}
        self.assertEqual({key: amount for key, amount in theirs.items() if amount}, ours)


if __name__ == "__main__":
    if not shutil.which("hledger"):
        skip("hledger is not installed")
    unittest.main()
