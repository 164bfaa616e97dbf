#!/usr/bin/env python3
"""An import that is killed at random points and run again gives exactly the ledger of one that was
not, and nothing that was acknowledged is ever lost."""

import os
import random
import shutil
import subprocess
import time
import unittest

from support import LUMBUNG, Lumbung

KILLS = int(os.environ.get("LUMBUNG_KILLS", "5"))


class ImportKilled(Lumbung):
    def import_and_kill(self, ledger, after):
        """Starts an import and kills it when so many lines are acknowledged; False if it ended."""
        path = self.folder / "acknowledged"
        importer = subprocess.Popen(
            [LUMBUNG, "import", "transactions", ledger, "day.ndjson", "--acknowledged", path.name],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        while importer.poll() is None:
            if path.exists() and path.stat().st_size >= after:
                importer.kill()
                break
            time.sleep(0.001)
        _, errors = importer.communicate()
        self.assertIn(importer.returncode, (0, -9), errors)
        return importer.returncode == -9

    def acknowledged(self):
        """Ids that were acknowledged; the last line may be cut."""
        text = (self.folder / "acknowledged").read_text(encoding="utf-8")
        return [line.split()[1] for line in text[: text.rfind("\n") + 1].splitlines()]

    def ids_in(self, ledger, shards):
        ids = set()
        for shard in range(shards):
            for line in self.run_program("replay", ledger, "--shard", shard).splitlines():
                for part in line.split('"transactionId":"')[1:] + line.split('"commandId":"')[1:]:
                    ids.add(part[:36])
        return ids

    def run_kills(self, shards):
        generator = random.Random(int(os.environ.get("LUMBUNG_SEED", "1")))
        expected = self.simulate(cooperatives=150)
        size = (self.folder / "day.ndjson").stat().st_size
        # Copies of one empty ledger: the state names the ledger it is of.
        self.make_ledger("whole", shards)
        shutil.copytree(self.folder / "whole", self.folder / "killed")
        self.run_program("import", "transactions", "whole", "day.ndjson")
        killed = 0
        for _ in range(KILLS):
            so_far = (self.folder / "acknowledged").stat().st_size if killed else 0
            after = so_far + generator.randrange(1, size // 30)
            killed += self.import_and_kill("killed", after)
            missing = set(self.acknowledged()) - self.ids_in("killed", shards)
            self.assertFalse(missing, "acknowledged, and lost")
        self.assertGreaterEqual(killed, min(3, KILLS), "the import was too fast to be killed")
        report = self.run_json("import", "transactions", "killed", "day.ndjson")
        lines = (self.folder / "day.ndjson").read_text(encoding="utf-8").count("\n")
        self.assertEqual(report["recorded"] + report["already_there"], lines)
        without_zeros = {account: balance for account, balance in expected.items() if balance}
        self.assertEqual({k: v for k, v in self.balances("killed").items() if v}, without_zeros)
        # In each shard the same events in the same order; only their times differ.
        self.assertEqual(self.state_digests("killed"), self.state_digests("whole"))

    def test_one_shard(self):
        self.run_kills(1)

    def test_three_shards(self):
        self.run_kills(3)


if __name__ == "__main__":
    unittest.main()
