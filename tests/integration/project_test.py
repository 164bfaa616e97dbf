#!/usr/bin/env python3
"""Projections built from a ledger's folder: the same digest however they came about."""

import json
import random
import shutil
import signal
import subprocess
import time
import unittest

from following import Follower
from serving import Server
from support import BUSY, CORRUPTION, IO, LUMBUNG, OK, USAGE, Lumbung

BALANCES = ("project", "--projections", "balances", "--from")


class Project(Lumbung):
    def project(self, ledger, *arguments, **keywords):
        """What the program says of the balances."""
        return self.run_json(*BALANCES, ledger, *arguments, **keywords)["projections"][0]

    def test_first_build_restart_and_rebuild_come_to_the_same(self):
        self.simulate("first.ndjson", cooperatives=10)
        self.simulate("second.ndjson", cooperatives=10, seed=8)
        self.make_ledger(shards=2)
        self.run_program("import", "transactions", "barn", "first.ndjson")
        first = self.project("barn", "--digest")
        self.assertEqual(first["stopped"], "")
        self.run_program("import", "transactions", "barn", "second.ndjson", expect=None)
        second = self.project("barn", "--digest")
        self.assertNotEqual(first["digest"], second["digest"])
        heads = {shard["shard"]: shard["head"] for shard in self.run_json("stats", "barn")["shards"]}
        self.assertEqual({shard["shard"]: shard["sequence"] for shard in second["shards"]}, heads)
        self.assertLess(second["events"], sum(heads.values()))

        again = self.project("barn", "--digest")
        self.assertEqual((again["events"], again["digest"]), (0, second["digest"]))
        rebuilt = self.project("barn", "--digest", "--rebuild")
        self.assertEqual(rebuilt["digest"], second["digest"])
        beside = self.project("barn", "--digest", "--state", "elsewhere")
        self.assertEqual((beside["events"], beside["digest"]), (sum(heads.values()), second["digest"]))
        status = self.project("barn", "--status", "--digest")
        self.assertEqual((status["digest"], status["shards"][0]["sequence"]), (second["digest"], heads[0]))

    def test_through_a_sequence_it_comes_to_what_was_there_then(self):
        self.simulate("day.ndjson", cooperatives=5)
        self.make_ledger()
        self.run_program("import", "transactions", "barn", "day.ndjson")
        halves = [self.project("barn", "--digest", "--through", 100, "--state", name) for name in ("a", "b")]
        self.assertEqual(halves[0]["shards"][0]["sequence"], 100)
        self.assertEqual(halves[0]["digest"], halves[1]["digest"])
        whole = [self.project("barn", "--digest", "--state", name) for name in ("a", "c")]
        self.assertEqual(whole[0]["digest"], whole[1]["digest"])

    def test_a_build_that_is_killed_goes_on(self):
        generator = random.Random(5)
        self.run_program("bench", "--dir", "barn", "--keep", "--transactions", 60_000, "--warm-up", 0)
        quiet = self.project("barn", "--digest", "--state", "quiet")
        for _ in range(6):
            process = subprocess.Popen(
                [LUMBUNG, *BALANCES, "barn", "--state", "killed"],
                cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            deadline = time.monotonic() + generator.uniform(0.02, 0.4)
            while process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.assertEqual(self.project("barn", "--digest", "--state", "killed")["digest"], quiet["digest"])

    def test_says_what_is_not_there(self):
        self.make_ledger()
        self.assertEqual(self.project("barn", "--status"), {"name": "balances", "missing": "not built"})
        self.run_program("project", "--projections", "nonsense", "--from", "barn", expect=USAGE)
        self.run_program(*BALANCES, "nowhere", expect=None)
        self.assertNotEqual(self.exit_code, OK)

    def test_stops_at_another_history(self):
        """Balances that were built from one ledger do not go on with another."""
        self.make_ledger("barn")
        self.make_ledger("other")
        self.project("barn", "--state", "shared")
        self.run_program("register", "other", 7, "--village", "32.04.12.2001", "--effective", "20260101")
        document = self.project("other", "--state", "shared", expect=CORRUPTION)
        self.assertIn("expected the hash", document["stopped"])

    def test_a_ledger_that_is_owned_is_left_alone(self):
        self.make_ledger()
        follower = subprocess.Popen(
            [LUMBUNG, "replay", "barn", "--follow"], cwd=self.folder, stdout=subprocess.PIPE
        )  # fmt: skip
        self.assertTrue(follower.stdout.readline())
        self.run_program(*BALANCES, "barn", expect=BUSY)
        follower.send_signal(signal.SIGINT)
        follower.communicate(timeout=30)

    def test_follows_a_server(self):
        """Which owns the ledger; and ends with it."""
        self.make_ledger(shards=2)
        server = Server(["barn", "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0"], self.folder)
        self.addCleanup(server.discard)
        address = f"127.0.0.1:{server.grpc_port}"
        follower = Follower(self.folder, [*BALANCES, address, "--state", "derived", "--json", "--digest"])
        self.addCleanup(follower.discard)
        self.simulate("day.ndjson", cooperatives=10)
        self.run_program("import", "transactions", "--server", address, "day.ndjson")
        shards = json.loads(server.request("/v1/ledger")[2])["shards"]
        events = sum(int(shard["head"]) for shard in shards)
        follower.wait_until_taken(events)
        digest = follower.interrupt()["digest"]
        again = self.project(address, "--once", "--digest", "--state", "derived")
        self.assertEqual((again["digest"], again["events"]), (digest, 0))

        follower = Follower(self.folder, [*BALANCES, address, "--state", "derived"])
        self.addCleanup(follower.discard)
        follower.wait_until_taken(events)
        self.assertEqual(server.stop(), OK)
        self.assertEqual(follower.finish()[0], IO, follower.said)
        self.assertEqual(self.project("barn", "--digest")["digest"], digest)

    def test_deleted_it_is_built_again(self):
        self.simulate("day.ndjson", cooperatives=3)
        self.make_ledger()
        self.run_program("import", "transactions", "barn", "day.ndjson")
        first = self.project("barn", "--digest")
        shutil.rmtree(self.folder / "barn/projections")
        self.assertEqual(self.project("barn", "--digest")["digest"], first["digest"])
        self.run_program("verify", "barn")


if __name__ == "__main__":
    unittest.main()
