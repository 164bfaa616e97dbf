#!/usr/bin/env python3
"""Tests verify_log.py on the golden log: it takes what is good, and names the first bad event."""
import hashlib
import io
import pathlib
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
import verify_log  # noqa: E402

LOG = (HERE / "events.bin").read_bytes()
CHECKPOINT = (HERE / "checkpoint.txt").read_text(encoding="utf-8")
CHECKPOINT_SIZE = int(CHECKPOINT.split("\n")[1])
# (sequence, body, hash, root, state digest)
LINES = [line.split() for line in (HERE / "events.txt").read_text().splitlines()]
EVENTS = list(verify_log.entries(io.BytesIO(LOG)))


def framed(events):
    return b"".join(len(event).to_bytes(2, "big") + event for event in events)


def leaf(event):
    return hashlib.sha256(b"\x00" + event).digest()


def rewritten(at, old, new):
    """The log with event `at` changed, and every later one linked to what comes before it anew."""
    events, before = list(EVENTS), b"never"
    assert old in events[at - 1]
    for i in range(at - 1, len(events)):
        was = leaf(EVENTS[i])
        events[i] = events[i].replace(old, new, 1) if i == at - 1 else events[i].replace(*before)
        before = (was, leaf(events[i]))
    return framed(events)


class VerifyLogTest(unittest.TestCase):
    def bad(self, log, checkpoint=None):
        """The message about a log that is not good."""
        with self.assertRaises(verify_log.Bad) as caught:
            verify_log.verify(io.BytesIO(log), checkpoint)
        return str(caught.exception)

    def assert_names(self, sequence, log, checkpoint=None):
        message = self.bad(log, checkpoint)
        self.assertTrue(message.startswith(f"event {sequence}: "), message)

    def test_takes_every_prefix_and_comes_to_its_root(self):
        for size, _, head, root, _ in LINES:
            log = framed(EVENTS[: int(size)])
            self.assertEqual(verify_log.verify(io.BytesIO(log)), (int(size), head, root))
        self.assertEqual(len(LINES), len(EVENTS))

    def test_takes_the_checkpoint(self):
        self.assertEqual(verify_log.verify(io.BytesIO(LOG), CHECKPOINT)[0], len(EVENTS))

    def test_names_the_event_of_a_changed_byte(self):
        last = len(EVENTS)
        for sequence, event in enumerate(EVENTS, 1):
            for at in {*range(0, len(event), 29), len(event) - 1}:
                changed = event[:at] + bytes([event[at] ^ 1]) + event[at + 1 :]
                log = framed([*EVENTS[: sequence - 1], changed, *EVENTS[sequence:]])
                if sequence < last - 1:
                    self.assert_names(sequence, log)
                elif sequence == last - 1:  # Without a next but one, which of two is not known.
                    self.assertIn(self.bad(log).split(":")[0], (f"event {last - 1}", f"event {last}"))
                else:  # Nothing links to the last event; what was kept outside does.
                    try:
                        self.assertNotEqual(
                            verify_log.verify(io.BytesIO(log))[1:], tuple(LINES[-1][2:4]))
                    except verify_log.Bad as bad:
                        self.assertTrue(str(bad).startswith(f"event {last}: "), bad)

    def test_finds_changed_lengths(self):
        at = 0
        for event in EVENTS:
            for byte in (at, at + 1):
                for bit in (1, 128):
                    self.bad(LOG[:byte] + bytes([LOG[byte] ^ bit]) + LOG[byte + 1 :])
            at += 2 + len(event)

    def test_names_where_an_event_is_missing_repeated_or_moved(self):
        for i in range(1, len(EVENTS) - 2):
            self.assert_names(i + 1, framed(EVENTS[:i] + EVENTS[i + 1 :]))
            self.assert_names(i + 2, framed(EVENTS[: i + 1] + EVENTS[i:]))
            self.assert_names(i + 1, framed([*EVENTS[:i], EVENTS[i + 1], EVENTS[i]]))
        self.assert_names(1, framed(EVENTS[1:]))

    def test_finds_a_cut_end(self):
        self.assert_names(len(EVENTS), LOG[:-1])
        self.assert_names(CHECKPOINT_SIZE, framed(EVENTS[: CHECKPOINT_SIZE - 1]), CHECKPOINT)

    def test_finds_another_history_by_the_checkpoint(self):
        log = rewritten(12, b"gerai", b"GERAI")
        self.assertEqual(verify_log.verify(io.BytesIO(log))[0], len(EVENTS))
        self.assert_names(CHECKPOINT_SIZE, log, CHECKPOINT)
        other_name = CHECKPOINT.replace("golden.example", "golden.elsewhere")
        self.assert_names(1, LOG, other_name)

    def test_finds_what_links_and_is_wrong(self):
        for at, amount in ((12, 74_775_000), (20, 10_000_000)):  # posted; held
            log = rewritten(at, encoded(amount), encoded(amount + 1))
            self.assertEqual(self.bad(log), f"event {at}: holds a transaction that does not balance")
        # The second event dated a second before the first.
        self.assertIn("dated", self.bad(rewritten(2, b"\x10" + encoded(1735779600000000),
                                                  b"\x10" + encoded(1735779599000000))))
        # A second LedgerCreated, and a body that is not known.
        self.assertIn("LedgerCreated", self.bad(rewritten(61, b"\xba\x01", b"\xa2\x01")))
        self.assertIn("not known", self.bad(rewritten(61, b"\xba\x01", b"\xc2\x01")))

    def test_skips_advisory_bodies_that_it_does_not_know(self):
        # Body 1001 becomes 2001.
        events = [kind for _, kind, *_ in LINES]
        at = events.index("state_attested") + 1
        log = rewritten(at, encoded(1001 << 3 | 2), encoded(2001 << 3 | 2))
        self.assertEqual(verify_log.verify(io.BytesIO(log))[0], len(EVENTS))

    def test_is_a_short_program_of_the_standard_library(self):
        script = HERE / "verify_log.py"
        text = script.read_text()
        self.assertLessEqual(len(text.splitlines()), 150)
        imports = {line.split()[1] for line in text.splitlines() if line.startswith(("import", "from"))}
        self.assertLessEqual(imports, {"argparse", "base64", "functools", "hashlib", "sys"})
        _, _, head, root, _ = LINES[-1]

        def run(*arguments):
            return subprocess.run([sys.executable, script, *arguments], capture_output=True,
                                  text=True, check=False)

        good = run(HERE / "events.bin", "--checkpoint", HERE / "checkpoint.txt", "--head", head,
                   "--root", root)
        self.assertEqual((good.returncode, good.stderr), (0, ""))
        self.assertEqual(good.stdout, f"size {len(EVENTS)}\nhead {head}\nroot {root}\n")
        for name in ("--head", "--root"):
            wrong = run(HERE / "events.bin", name, "00" * 32)
            self.assertEqual((wrong.returncode, wrong.stdout), (1, ""))
            self.assertIn(f"event {len(EVENTS)}: ", wrong.stderr)


def encoded(number):
    """A varint."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


if __name__ == "__main__":
    unittest.main()
