#!/usr/bin/env python3
"""Simulated days posted to a ledger and a server come to the simulator's own balances, whatever is
stopped or killed; live goes on in real time."""

import json
import re
import signal
import subprocess
import time
import unittest

from serving import LastingServer
from support import INTERRUPTED, LUMBUNG, OK, USAGE, Lumbung

DAYS = ("--cooperatives", 30, "--days", 12, "--day", 20260615, "--trades", 20, "--expected", "expected")


def without_zeros(balances):
    return {account: balance for account, balance in balances.items() if balance}


class Simulate(Lumbung):
    def start(self, *arguments):
        process = subprocess.Popen(
            [LUMBUNG, "simulate", *map(str, arguments)], cwd=self.folder,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process

    def server(self):
        server = LastingServer(self.folder, "barn")
        self.addCleanup(server.kill)
        return server

    def check_balances(self):
        expected = (self.folder / "expected").read_text(encoding="utf-8").splitlines()
        expected = {account: int(balance) for account, balance in (line.split() for line in expected)}
        self.assertGreater(len(expected), 30 * 40)
        self.assertEqual(without_zeros(self.balances()), without_zeros(expected))

    def test_into_a_folder_and_again(self):
        self.make_ledger()
        first = self.run_json("simulate", *DAYS, "--dir", "barn")
        self.assertGreater(first["recorded"], 5_000)
        self.assertEqual((first["already_there"], first["refused"]), (0, 0))
        self.check_balances()
        again = self.run_json("simulate", *DAYS, "--dir", "barn")
        self.assertEqual((again["recorded"], again["already_there"]), (0, first["recorded"]))
        printed = self.run_program("simulate", *DAYS)
        self.assertEqual(printed.count("\n"), first["recorded"])

    def test_through_a_server_that_is_killed(self):
        self.make_ledger()
        server = self.server()
        client = self.start(*DAYS, "--rate", 4000, "--server", server.grpc, "--json")
        self.assertTrue(server.wait_for_more_events(1_500), "it posts")
        server.kill()
        server.start()
        output, _ = client.communicate(timeout=120)
        self.assertEqual(client.returncode, OK, output)
        report = json.loads(output)
        self.assertEqual(report["refused"], 0)
        server.stop()
        self.check_balances()

    def test_stopped_and_continued(self):
        self.make_ledger()
        server = self.server()
        client = self.start(*DAYS, "--rate", 2000, "--server", server.grpc)
        self.assertTrue(server.wait_for_more_events(1_000), "it posts")
        client.send_signal(signal.SIGINT)
        output, _ = client.communicate(timeout=60)
        self.assertEqual(client.returncode, INTERRUPTED, output)
        again = self.run_json("simulate", *DAYS, "--server", server.grpc)
        self.assertGreater(again["already_there"], 900)
        self.assertGreater(again["recorded"], 0)
        server.stop()
        self.check_balances()

    def test_live_posts_at_the_moment_and_ends_by_ctrl_c(self):
        self.make_ledger()
        server = self.server()
        live = self.start(
            "--cooperatives", 20, "--days", 2, "--live", "--speed", 2000, "--server", server.grpc
        )
        self.assertRegex(live.stdout.readline(), "^2 days of 20 cooperatives: ")
        self.assertRegex(live.stdout.readline(), "^Live, with 2000 times the usual trade")
        server.seen = server.server.head()
        self.assertTrue(server.wait_for_more_events(100), "it goes on to the present")
        deadline = time.monotonic() + 60
        # The last one happened now: by its own time and by the ledger's.
        while True:
            last = self.last_transaction(server)
            now = time.time() * 1e6
            if abs(now - int(last["occurredAt"])) < 5e6 or time.monotonic() > deadline:
                break
        self.assertLess(abs(now - int(last["occurredAt"])), 5e6, last)
        live.send_signal(signal.SIGINT)
        output, _ = live.communicate(timeout=60)
        self.assertEqual(live.returncode, OK, output)
        self.assertTrue(re.search(r"[\d,]+ commands: [\d,]+ recorded, 0 already there, 0 refused", output), output)

    def last_transaction(self, server):
        head = server.server.head()
        lines = self.run_program("replay", "--server", server.grpc, "--shard", 0, "--from", max(1, head - 20))
        posted = [json.loads(line) for line in lines.splitlines() if "transactionPosted" in line]
        return posted[-1]["event"]["transactionPosted"]["transaction"] if posted else {"occurredAt": 0}

    def test_the_truth_about_frauds_names_transactions(self):
        lines = self.run_program(
            "simulate", "--cooperatives", 20, "--days", 14, "--trades", 5, "--frauds", 26, "--truth", "truth"
        )
        posts = (json.loads(line).get("post", {}) for line in lines.splitlines())
        posted = {post["transactionId"]: post for post in posts if post}
        truth = [line.split("\t") for line in (self.folder / "truth").read_text(encoding="utf-8").splitlines()]
        self.assertEqual(len({rule for rule, *_ in truth}), 13)
        for rule, cooperative, _, transaction in truth:
            self.assertEqual(posted[transaction]["cooperative"], cooperative, rule)

    def test_options_that_make_no_sense(self):
        for arguments, says in (
            (("--live",), "--server or --dir"),
            (("--live", "--dir", "barn", "--day", 20991231), "before today"),
            (("--dir", "barn", "--server", "127.0.0.1:1"), "not both"),
            (("--day", 20260231), "wants a day"),
            (("--days", 12, "--frauds", 1), "--days 13 or more"),
        ):
            with self.subTest(arguments):
                self.run_program("simulate", *arguments, expect=USAGE)
                self.assertIn(says, self.errors)


if __name__ == "__main__":
    unittest.main()
