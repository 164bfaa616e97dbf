#!/usr/bin/env python3
"""What the program says, and exits with, where something is not as it should be."""

import json
import signal
import subprocess
import unittest

from support import (
    BUSY, COOPERATIVE, INTERRUPTED, IO, LUMBUNG, OK, REFUSED, SALE_ID, USAGE, Lumbung, sale,
)  # fmt: skip


class ExitCodes(Lumbung):
    def setUp(self):
        super().setUp()
        self.make_ledger()
        self.run_program("register", "barn", COOPERATIVE, "--village", "32.04.12.2001", "--effective", "20260101")

    def test_usage(self):
        self.run_program(expect=USAGE)
        self.run_program("sow", expect=USAGE)
        self.run_program("balance", "barn", expect=USAGE)
        self.run_program("balance", "barn", "02417:1121", expect=USAGE)
        self.assertIn("no account", self.errors)
        self.run_program("show", "barn", "1", expect=USAGE)
        self.run_program("post", "barn", "-", stdin=b'{"transactionId": 7', expect=USAGE)
        self.run_program("post", "barn", "-", stdin=b'{"fruit": 7}', expect=USAGE)
        self.assertIn("fruit", self.errors)

    def test_a_refusal_names_code_and_advice(self):
        self.write("sale.json", sale(amount="0"))
        self.run_program("post", "barn", "sale.json", expect=REFUSED)
        self.assertIn("MALFORMED", self.errors)
        transaction = sale(cooperative=7)
        self.write("sale.json", transaction)
        self.run_program("post", "barn", "sale.json", expect=REFUSED)
        self.assertIn("UNKNOWN_COOPERATIVE", self.errors)

    def test_sent_again(self):
        self.write("sale.json", sale())
        first = self.run_json("post", "barn", "sale.json")
        again = self.run_json("post", "barn", "sale.json")
        self.assertEqual((first["replayed"], again["replayed"]), (False, True))
        self.assertEqual((first["sequence"], first["hash"]), (again["sequence"], again["hash"]))
        self.write("other.json", sale(amount="1"))
        self.run_program("post", "barn", "other.json", expect=REFUSED)
        self.assertIn("ID_CONFLICT", self.errors)

    def test_what_is_not_there(self):
        self.run_program("show", "barn", SALE_ID, expect=REFUSED)
        self.run_program("balance", "barn", f"{COOPERATIVE}:1121", expect=REFUSED)
        self.run_program("balance", "nowhere", f"{COOPERATIVE}:1121", expect=REFUSED)
        self.assertIn("nowhere", self.errors)
        self.run_program("import", "transactions", "barn", "nothing.ndjson", expect=REFUSED)
        self.assertIn("nothing.ndjson", self.errors)

    def test_init_refuses_a_folder_in_use(self):
        self.run_program("init", "barn", "--origin", "other.example", expect=USAGE)
        self.run_program("init", "new", "--origin", "with space", expect=USAGE)

    def test_one_owner(self):
        owner = subprocess.Popen(
            [LUMBUNG, "replay", "barn", "--follow"], cwd=self.folder, stdout=subprocess.PIPE
        )
        self.assertTrue(owner.stdout.readline())
        for arguments in (("stats", "barn"), ("verify", "barn"), ("replay", "barn")):
            self.run_program(*arguments, expect=BUSY)
            self.assertIn(str(owner.pid), self.errors, "it says who owns the ledger")
        owner.send_signal(signal.SIGINT)
        owner.communicate(timeout=30)
        self.assertEqual(owner.returncode, OK)
        self.run_program("stats", "barn")

    def test_interrupted_import_keeps_what_was_acknowledged(self):
        importer = subprocess.Popen(
            [LUMBUNG, "import", "transactions", "barn", "-", "--acknowledged", "acknowledged"],
            cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        importer.stdin.write((json.dumps(sale()) + "\n").encode())
        importer.stdin.flush()
        # The line was read when the pipe is empty: only then is the interruption in the middle.
        while b"\n" in self.unread(importer.stdin):
            pass
        importer.send_signal(signal.SIGINT)
        _, errors = importer.communicate(timeout=30)
        self.assertEqual(importer.returncode, INTERRUPTED, errors)
        self.assertIn(b"run the same again", errors)
        for line in (self.folder / "acknowledged").read_text(encoding="utf-8").splitlines():
            self.run_program("show", "barn", line.split()[1])

    @staticmethod
    def unread(pipe):
        """Bytes that the other end has not read yet, as b"\\n" or b""."""
        import array
        import fcntl
        import termios

        count = array.array("i", [0])
        fcntl.ioctl(pipe.fileno(), termios.FIONREAD, count)
        return b"\n" if count[0] else b""

    def test_full_disk(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([LUMBUNG, "stats", "barn"], cwd=self.folder, stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, IO)
        self.assertIn(b"standard output", done.stderr)

    def test_refused_lines_are_named(self):
        good, unbalanced = sale(), sale(transaction_id="01890f0a-7c00-7000-8000-000000000002")
        unbalanced["entries"][0]["debit"] = "1"
        lines = [json.dumps(good), "", json.dumps(unbalanced), "no json", json.dumps(good)]
        self.write("lines.ndjson", "\n".join(lines))
        report = self.run_json("import", "transactions", "barn", "lines.ndjson", expect=REFUSED)
        self.assertEqual(
            (report["commands"], report["recorded"], report["already_there"], report["refused"]), (4, 1, 1, 2)
        )
        self.assertEqual(report["refused_by_code"], {"MALFORMED": 1, "UNBALANCED": 1})
        places = {refusal["code"]: refusal["line"] for refusal in report["refusals"]}
        self.assertEqual(places, {"UNBALANCED": 3, "MALFORMED": 4})
        text = self.run_program("import", "transactions", "barn", "lines.ndjson", expect=REFUSED)
        self.assertIn("lines.ndjson:3:", text)
        self.assertIn("4 commands: 0 recorded, 2 already there, 2 refused", text)


if __name__ == "__main__":
    unittest.main()
