#!/usr/bin/env python3
"""End to end: a ledger made, filled and exported by the program; checked by verify_log.py alone."""
import base64
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

LUMBUNG = os.environ["LUMBUNG_BIN"]
VERIFY_LOG = pathlib.Path(__file__).parent / "verify_log.py"
SHARDS = 2
# An Ed25519 public key in DER, before its 32 bytes.
ED25519_PREFIX = bytes.fromhex("302a300506032b6570032100")


def run(*command, **options):
    return subprocess.run(command, capture_output=True, check=False, **options)


def lumbung(*arguments, **options):
    done = run(LUMBUNG, *arguments, **options)
    if done.returncode != 0:
        raise AssertionError(f"{arguments}: exit {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def verify_log(*arguments):
    return run(sys.executable, VERIFY_LOG, *arguments, text=True)


class ExportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="lumbung_export."))
        barn = cls.work / "barn"
        made = lumbung("init", barn, "--origin", "export.test", "--shards", str(SHARDS), "--json")
        cls.keys = json.loads(made)["verifier_keys"]
        day = lumbung("simulate", "--cooperatives", "4", "--members", "6", "--trades", "70",
                      "--seed", "8")
        cls.commands = day.count(b"\n")
        lumbung("import", "transactions", barn, "-", input=day)
        cls.sizes, cls.heads = [], []
        for shard in range(SHARDS):
            number = ("--shard", str(shard))
            export = lumbung("replay", barn, *number, "--format", "proto")
            (cls.work / f"{shard}.log").write_bytes(export)
            (cls.work / f"{shard}.checkpoint").write_bytes(lumbung("checkpoint", barn, *number))
            lines = lumbung("replay", barn, *number).splitlines()
            cls.sizes.append(len(lines))
            cls.heads.append(base64.b64decode(json.loads(lines[-1])["hash"]).hex())

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.work)

    def test_reader_agrees_with_the_checkpoints(self):
        self.assertGreater(self.commands, 300)
        # A LedgerCreated and a chart in each shard, and at least an event a command.
        self.assertGreaterEqual(sum(self.sizes), self.commands + 2 * SHARDS)
        for shard, size in enumerate(self.sizes):
            self.assertGreater(size, 100)
            checkpoint = self.work / f"{shard}.checkpoint"
            done = verify_log(self.work / f"{shard}.log", "--checkpoint", checkpoint)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            root = base64.b64decode(checkpoint.read_text(encoding="utf-8").split("\n")[2]).hex()
            found = dict(line.split(" ") for line in done.stdout.splitlines())
            self.assertEqual((int(found["size"]), found["root"]), (size, root))
            self.assertEqual(found["head"], self.heads[shard])

    def test_reader_names_a_flipped_byte(self):
        log = (self.work / "0.log").read_bytes()
        at, sequence = 0, 1
        while sequence < 77:
            at += 2 + int.from_bytes(log[at : at + 2], "big")
            sequence += 1
        flipped = bytearray(log)
        flipped[at + 2 + int.from_bytes(log[at : at + 2], "big") - 1] ^= 1
        changed = self.work / "changed.log"
        changed.write_bytes(flipped)
        done = verify_log(changed)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("event 77: ", done.stderr)

    def test_reader_misses_a_cut_end_by_the_checkpoint_only(self):
        log = (self.work / "0.log").read_bytes()
        at = last = 0
        while at < len(log):
            last, at = at, at + 2 + int.from_bytes(log[at : at + 2], "big")
        cut = self.work / "cut.log"
        cut.write_bytes(log[:last])
        self.assertEqual(verify_log(cut).returncode, 0)
        done = verify_log(cut, "--checkpoint", self.work / "0.checkpoint")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"event {self.sizes[0]}: is missing", done.stderr)

    def test_reader_refuses_the_other_shards_checkpoint(self):
        done = verify_log(self.work / "1.log", "--checkpoint", self.work / "0.checkpoint")
        self.assertEqual(done.returncode, 1)
        self.assertIn("event 1: is not that of export.test/0", done.stderr)

    @unittest.skipUnless(shutil.which("openssl"), "the program openssl is not there")
    def test_openssl_takes_the_checkpoints_signatures(self):
        for shard, key in enumerate(self.keys):
            note = (self.work / f"{shard}.checkpoint").read_bytes()
            body, lines = note.rsplit(b"\n\n", 1)
            body += b"\n"
            _, name, text = lines.decode().rstrip("\n").split(" ")
            signature = base64.b64decode(text)
            key_name, key_id, typed = key.split("+", 2)
            public_key = base64.b64decode(typed)[1:]
            self.assertEqual((name, signature[:4].hex()), (key_name, key_id))
            expected = hashlib.sha256(name.encode() + b"\n\x01" + public_key).hexdigest()[:8]
            self.assertEqual(key_id, expected)
            self.assertTrue(self.openssl_verifies(public_key, body, signature[4:]))
            self.assertFalse(self.openssl_verifies(public_key, body + b"\n", signature[4:]))

    def openssl_verifies(self, public_key, message, signature):
        (self.work / "key.der").write_bytes(ED25519_PREFIX + public_key)
        (self.work / "message").write_bytes(message)
        (self.work / "signature").write_bytes(signature)
        done = run("openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER",
                   "-inkey", self.work / "key.der", "-in", self.work / "message",
                   "-sigfile", self.work / "signature")
        return done.returncode == 0


if __name__ == "__main__":
    unittest.main()
