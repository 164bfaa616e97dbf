#!/usr/bin/env python3
"""Damage, loss and restoration, as an operator and an auditor meet them."""

import json
import shutil
import subprocess
import unittest

from support import COOPERATIVE, CORRUPTION, LUMBUNG, REFUSED, USAGE, Lumbung, sale


def transaction_id(number):
    return f"01890f0a-7c00-7000-8000-{number:012}"


class Damage(Lumbung):
    def setUp(self):
        super().setUp()
        self.make_ledger()
        self.run_program("register", "barn", COOPERATIVE, "--village", "32.04.12.2001", "--effective", "20260101")

    def post(self, first, last, ledger="barn"):
        lines = [json.dumps(sale(transaction_id(number))) for number in range(first, last + 1)]
        self.write("lines.ndjson", "\n".join(lines))
        self.run_program("import", "transactions", ledger, "lines.ndjson")

    def export(self, ledger, name):
        done = subprocess.run(
            [LUMBUNG, "replay", ledger, "--format", "proto"], cwd=self.folder, check=True, stdout=subprocess.PIPE
        )
        (self.folder / name).write_bytes(done.stdout)

    def flip(self, pattern, position=0.5):
        """Flips a bit in the largest file of the pattern."""
        files = sorted(self.folder.glob(pattern), key=lambda path: path.stat().st_size)
        self.assertTrue(files, pattern)
        content = bytearray(files[-1].read_bytes())
        content[int(len(content) * position)] ^= 1
        files[-1].write_bytes(content)
        return files[-1]

    def head(self, ledger="barn"):
        return self.run_json("stats", ledger)["shards"][0]["head"]

    def test_verify_is_content_with_a_good_ledger(self):
        self.post(1, 100)
        self.write("checkpoint", self.run_program("checkpoint", "barn"))
        self.post(101, 200)
        result = self.run_json("verify", "barn", "--checkpoint", "checkpoint")
        self.assertTrue(result["good"])
        self.assertEqual(result["shards"][0]["transactions"], 200)
        self.assertTrue(any("checkpoint" in line for line in result["shards"][0]["checked"]))

    def test_a_checkpoint_needs_the_right_key(self):
        self.post(1, 10)
        self.write("checkpoint", self.run_program("checkpoint", "barn"))
        other = json.loads(self.run_program("init", "other", "--origin", "barn.example", "--json"))
        key = other["verifier_keys"][0]
        self.run_program("verify", "barn", "--checkpoint", "checkpoint", "--key", key, expect=CORRUPTION)
        self.run_program("verify", "barn", "--checkpoint", "checkpoint", "--key", "nonsense", expect=USAGE)

    def test_a_flipped_bit_in_the_log_is_found(self):
        self.post(1, 400)
        shutil.copytree(self.folder / "barn", self.folder / "copy")
        for position in (0.1, 0.3, 0.5, 0.7, 0.9):
            shutil.rmtree(self.folder / "barn")
            shutil.copytree(self.folder / "copy", self.folder / "barn")
            changed = self.flip("barn/shards/0000/log/*.sst", position)
            with self.subTest(f"{changed.name} at {position}"):
                result = self.run_json("verify", "barn", expect=CORRUPTION)
                self.assertFalse(result["good"])
                self.assertTrue(result["shards"][0]["findings"])

    def test_an_old_copy_and_a_cut_end_are_found_by_a_checkpoint(self):
        self.post(1, 50)
        shutil.copytree(self.folder / "barn", self.folder / "old")
        self.post(51, 100)
        self.write("checkpoint", self.run_program("checkpoint", "barn"))
        result = self.run_json("verify", "old", "--checkpoint", "checkpoint", expect=CORRUPTION)
        self.assertIn("old copy", result["shards"][0]["findings"][0]["what"])

    def test_another_history_is_found_by_a_checkpoint(self):
        self.post(1, 50)
        shutil.copytree(self.folder / "barn", self.folder / "fork")
        self.post(51, 100)
        self.write("checkpoint", self.run_program("checkpoint", "barn"))
        self.post(151, 200, ledger="fork")
        result = self.run_json("verify", "fork", "--checkpoint", "checkpoint", expect=CORRUPTION)
        self.assertIn("root", result["shards"][0]["findings"][0]["what"])

    def test_a_deleted_log_file_is_not_passed_over(self):
        self.post(1, 400)
        for file in self.folder.glob("barn/shards/0000/log/*.sst"):
            file.unlink()
        self.run_program("stats", "barn", expect=CORRUPTION)
        self.assertIn("recover", self.errors)
        self.run_program("verify", "barn", expect=CORRUPTION)

    def test_the_derived_store_is_built_again(self):
        self.post(1, 100)
        before = self.digests()
        shutil.rmtree(self.folder / "barn/shards/0000/derived")
        self.assertEqual(self.balances()[f"{COOPERATIVE}:1121:0"], 100 * 75000000)
        self.assertEqual(self.digests(), before)

    def test_recover_says_what_goes_and_records_it(self):
        self.post(1, 400)
        head = self.head()
        self.flip("barn/shards/0000/log/*.sst", 0.6)
        self.run_program("recover", "barn", expect=REFUSED)
        self.assertIn("--yes", self.errors)
        report = self.run_json("recover", "barn", "--yes")
        good = report["shards"][0]["last_good"]
        self.assertLess(good, head)
        self.assertEqual(report["shards"][0]["events_lost"], head - good)
        last = self.run_program("replay", "barn", "--from", good + 1).splitlines()
        restored = json.loads(last[0])["event"]["ledgerRestored"]
        self.assertEqual((restored["generation"], restored["reason"]), (1, "DAMAGE"))
        self.assertEqual(int(restored["lostSequence"]), head)
        self.assertTrue(self.run_json("verify", "barn")["good"])
        self.post(1, 400)
        self.assertEqual(self.balances()[f"{COOPERATIVE}:1121:0"], 400 * 75000000)
        self.run_program("recover", "barn", "--yes")
        self.assertIn("damaged-1", " ".join(p.name for p in (self.folder / "barn/shards/0000").iterdir()))

    def test_restore_extends_a_backup_from_an_export(self):
        self.post(1, 30)
        self.run_program("backup", "barn", "saved")
        self.post(31, 80)
        self.export("barn", "events")
        digests, head = self.digests(), self.head()
        report = self.run_json("restore", "saved", "again", "--export", "events")
        self.assertEqual(report["shards"][0]["appended"], 50)
        self.assertFalse(report["shards"][0]["loss_recorded"])
        self.assertEqual(self.head("again"), head)
        self.assertEqual(self.digests("again"), digests)

    def test_restore_never_forks_in_silence(self):
        self.post(1, 30)
        self.run_program("backup", "barn", "saved")
        self.post(31, 80)
        self.write("checkpoint", self.run_program("checkpoint", "barn"))
        self.run_program("restore", "saved", "again", expect=REFUSED)
        self.assertIn("--accept-loss", self.errors)
        self.assertFalse((self.folder / "again").exists())
        self.export("saved", "short")
        self.run_program(
            "restore", "saved", "again", "--export", "short", "--checkpoint", "checkpoint", expect=REFUSED
        )
        report = self.run_json("restore", "saved", "again", "--accept-loss", "--checkpoint", "checkpoint")
        self.assertTrue(report["shards"][0]["loss_recorded"])
        last = json.loads(self.run_program("replay", "again").splitlines()[-1])["event"]["ledgerRestored"]
        self.assertEqual((last["generation"], last["reason"]), (1, "BACKUP"))
        self.assertEqual(int(last["lostSequence"]), self.head())

    def test_restore_refuses_another_history(self):
        self.post(1, 30)
        self.run_program("backup", "barn", "saved")
        self.make_ledger("other")
        self.export("other", "events")
        self.run_program("restore", "saved", "again", "--export", "events", expect=REFUSED)
        self.run_program("restore", "saved", "barn", expect=REFUSED)
        self.assertIn("there already", self.errors)


if __name__ == "__main__":
    unittest.main()
