#!/usr/bin/env python3
"""Projections that are built from Kafka come to what they come to from the log, whatever is killed; and
stop, saying where and why, at a partition that does not hold the chain."""

import os
import random
import subprocess
import time
import unittest

from following import Follower
from kafka_support import KafkaTest, hash_of
from metrics_test import value_of
from serving import Server
from support import CORRUPTION, IO, LUMBUNG, OK, USAGE, free_port, until

KILLS = int(os.environ.get("LUMBUNG_KILLS", "5"))


class Project(KafkaTest):
    def project(self, source, *arguments, **keywords):
        """What the program says of the balances."""
        return self.run_json(
            "project", "--projections", "balances", "--from", source, *arguments, **keywords
        )["projections"][0]  # fmt: skip

    def kafka_flags(self, brokers=None):
        return ("--brokers", brokers or self.brokers, "--topic", self.topic)

    def from_kafka(self, *arguments, state="state", **keywords):
        return self.project("kafka", *self.kafka_flags(), "--state", state, "--once", "--digest", *arguments, **keywords)

    def command(self, *arguments, state="state"):
        return ("project", "--projections", "balances", "--from", "kafka", *self.kafka_flags(),
                "--state", state, *arguments)  # fmt: skip

    def follow(self):
        follower = Follower(self.folder, self.command("--json", "--digest"))
        self.addCleanup(follower.discard)
        return follower

    def make_barn(self, cooperatives=5, shards=1):
        self.make_ledger(shards=shards)
        self.simulate(cooperatives=cooperatives)
        self.run_program("import", "transactions", "barn", "day.ndjson")

    def taken(self, document):
        return {shard["shard"]: shard["sequence"] for shard in document["shards"]}

    # --- The same as from the log -----------------------------------------------------

    def test_the_same_as_from_the_folder(self):
        """Of all shards, in two goes, and of each shard by an instance of its own."""
        self.make_barn(shards=2, cooperatives=12)
        self.publish()
        first = self.from_kafka()
        self.assertEqual(first["digest"], self.project("barn", "--digest")["digest"])
        self.simulate("more.ndjson", cooperatives=12, seed=8)
        self.run_program("import", "transactions", "barn", "more.ndjson", expect=None)
        self.publish()
        second = self.from_kafka()
        whole = self.project("barn", "--digest")
        self.assertEqual((second["digest"], self.taken(second)), (whole["digest"], self.taken(whole)))
        self.assertEqual(second["events"], sum(self.taken(second).values()) - sum(self.taken(first).values()))
        self.assertEqual(self.from_kafka("--rebuild")["digest"], whole["digest"])
        for shard in (0, 1):
            one = self.from_kafka("--shards", shard, state=f"kafka-{shard}")
            same = self.project("barn", "--digest", "--shards", shard, "--state", f"barn-{shard}")
            self.assertEqual((one["digest"], self.taken(one)), (same["digest"], {shard: self.taken(whole)[shard]}))

    def test_goes_on_from_the_folder_to_kafka(self):
        """Rows know events, not where these were read."""
        self.make_barn()
        self.project("barn", "--through", 50, "--state", "state")
        self.publish()
        half = self.from_kafka("--through", 100)
        self.assertEqual((self.taken(half), half["events"]), ({0: 100}, 50))
        self.assertEqual(self.from_kafka()["digest"], self.project("barn", "--digest")["digest"])

    def test_follows_a_server_over_kafka(self):
        """From command to projection, until it is told to end."""
        self.make_ledger()
        server = Server(
            ["barn", "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0",
             *("--kafka-brokers", self.brokers, "--kafka-topic", self.topic)], self.folder,
        )  # fmt: skip
        self.addCleanup(server.discard)
        lag = 'lumbung_kafka_lag_events{shard="0"}'
        until(lambda: value_of(server.metrics(), lag) == 0, "that it publishes")
        follower = self.follow()
        follower.wait_until_taken(server.head())
        self.simulate(cooperatives=5)
        self.run_program("import", "transactions", "--server", f"127.0.0.1:{server.grpc_port}", "day.ndjson")
        follower.wait_until_taken(server.head())
        followed = follower.interrupt()
        direct = self.project(f"127.0.0.1:{server.grpc_port}", "--once", "--digest", "--state", "direct")
        self.assertEqual(followed["digest"], direct["digest"])
        self.assertEqual(server.stop(), OK)
        self.assertEqual(self.project("barn", "--digest")["digest"], direct["digest"])

    # --- Whatever is killed -------------------------------------------------------------

    def test_a_projection_is_killed(self):
        self.make_big_ledger(events=60_000)
        self.publish("big")
        moments = random.Random(random.randrange(1 << 30))
        under_way = 0
        for _ in range(KILLS):
            process = subprocess.Popen(
                [LUMBUNG, *self.command("--once", state="killed")],
                cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            try:
                process.wait(timeout=moments.uniform(0.05, 0.8))
            except subprocess.TimeoutExpired:
                under_way += 1
            process.kill()
            process.wait(timeout=60)
        self.assertGreater(under_way, 0, "it was never killed while it ran")
        self.assertEqual(self.from_kafka(state="killed")["digest"], self.project("big", "--digest")["digest"])

    def test_the_broker_is_killed(self):
        """While one reads what the other publishes: both go on."""
        self.make_big_ledger(events=150_000)
        self.make_topic()
        follower = self.follow()
        publisher = self.start_publishing("big")
        for events in (1, 50_000):
            until(lambda events=events: self.end_offset() > events, "that more is published")
            self.cluster.nodes[0].kill()
            self.cluster.nodes[0].start()
        _, errors = publisher.communicate(timeout=180)
        self.assertEqual(publisher.returncode, OK, errors)
        follower.wait_until_taken(self.run_json("stats", "big")["shards"][0]["head"])
        self.assertEqual(follower.interrupt()["digest"], self.project("big", "--digest")["digest"])

    def test_the_topic_is_deleted_and_made_anew(self):
        """Who follows it stops; started again, it finds its place in the new one."""
        self.make_barn()
        self.publish()
        before = len(self.log_of())
        follower = self.follow()
        follower.wait_until_taken(before)
        self.delete_topic()
        self.assertEqual(follower.finish()[0], IO, follower.said)
        self.assertIn(f"of {self.topic}: ", follower.said)
        self.run_program("register", "barn", 7, "--village", "32.04.12.2001", "--effective", "20260101")
        self.publish()
        document = self.from_kafka()
        self.assertEqual(document["events"], 1)
        self.assertEqual(document["digest"], self.project("barn", "--digest")["digest"])

    # --- What does not link ---------------------------------------------------------------

    def stops(self, records, *says, sequence, before):
        """With these in the partition it takes what comes before, and says why it takes no more; and
        again, when it is started again."""
        self.make_topic()
        self.produce(records)
        for _ in range(2):
            document = self.from_kafka(expect=CORRUPTION)
            for words in (f"shard 0, event {sequence}: expected", *says):
                self.assertIn(words, document["stopped"])
                self.assertIn(words, self.errors)
            self.assertEqual(self.taken(document), {0: before})
        return document

    def test_a_flipped_byte(self):
        """In the middle: the event itself can still be read, and what follows does not link to it."""
        self.make_barn()
        events = self.log_of()
        flipped = bytearray(events[49])
        flipped[-1] ^= 1
        document = self.stops(
            [*events[:49], bytes(flipped), *events[50:]],
            f"a link to {hash_of(bytes(flipped)).hex()}", f"found a link to {hash_of(events[49]).hex()}",
            sequence=51, before=50,
        )  # fmt: skip
        self.assertIn("link", document["stopped"])

    def test_a_flipped_byte_that_makes_it_no_event(self):
        self.make_barn()
        events = self.log_of()
        self.stops([*events[:49], b"\xff" + events[49][1:], *events[50:]], "bytes that are none", sequence=50, before=49)

    def test_an_event_that_is_missing(self):
        self.make_barn()
        events = self.log_of()
        self.stops([*events[:49], *events[50:]], "expected event 50, found event 51", sequence=50, before=49)

    def test_an_event_of_a_newer_kind(self):
        self.make_barn()
        events = self.log_of()[:50]
        newer = (b"\x08\x33" + b"\x10\x01" + b"\x22\x20" + hash_of(events[-1]) + b"\xba\x06\x02\x08\x01")
        self.stops([*events, newer], "kind 103, of a newer one", sequence=51, before=50)

    def test_another_event_in_the_place_of_one(self):
        """The last event that was taken is not what it was."""
        self.make_barn()
        events = self.log_of()
        self.make_topic()
        self.produce(events[:50])
        self.from_kafka()
        self.delete_topic()
        flipped = bytearray(events[49])
        flipped[-1] ^= 1
        self.stops([*events[:49], bytes(flipped), *events[50:]], hash_of(events[49]).hex(), sequence=50, before=50)

    def test_an_event_that_is_repeated(self):
        """Nothing is lost or counted twice: it is skipped, also where it is the last."""
        self.make_barn()
        events = self.log_of()
        self.make_topic()
        self.produce([*events[:60], *events[40:60], *events[60:], events[5]])
        digest = self.project("barn", "--digest")["digest"]
        self.assertEqual(self.from_kafka()["digest"], digest)
        again = self.from_kafka()
        self.assertEqual((again["digest"], again["events"]), (digest, 0))
        self.from_kafka("--through", 55, state="other")
        self.assertEqual(self.from_kafka(state="other")["digest"], digest)

    def test_a_topic_that_ends_before_what_was_taken(self):
        self.make_barn()
        events = self.log_of()
        self.make_topic()
        self.produce(events)
        self.from_kafka()
        self.delete_topic()
        self.make_topic()
        self.produce(events[:50])
        document = self.from_kafka(expect=IO)
        self.assertIn(f"its feed ends at event 50, but event {len(events)} was taken", document["stopped"])

    def test_of_another_ledger(self):
        self.make_ledger("other")
        self.run_program("register", "other", 7, "--village", "32.04.12.2001", "--effective", "20260101")
        self.publish("other")
        self.make_ledger("barn")
        self.project("barn", "--state", "state")
        self.assertIn("expected the hash", self.from_kafka(expect=CORRUPTION)["stopped"])

    # --- What is asked for ------------------------------------------------------------------

    def test_what_is_not_there(self):
        flags = ("--state", "state", "--once")
        self.run_program("project", "--from", "kafka", *flags, *self.kafka_flags(), expect=None)
        self.assertNotEqual(self.exit_code, OK)
        self.assertIn(f"there is no topic {self.topic}", self.errors)
        away = f"127.0.0.1:{free_port()}"
        begin = time.monotonic()
        self.run_program("project", "--from", "kafka", *flags, *self.kafka_flags(away), expect=IO)
        self.assertLess(time.monotonic() - begin, 30)
        self.assertIn("Connection refused", self.errors)
        self.make_topic()
        self.run_program("project", "--from", "kafka", *flags, "--shards", 3, *self.kafka_flags(), expect=USAGE)
        self.assertIn("there is no shard 3", self.errors)

    def test_what_does_not_go_together(self):
        self.make_ledger()
        for arguments, says in (
            (("kafka", "--state", "state"), "--brokers"),
            (("kafka", *self.kafka_flags()), "--state"),
            (("127.0.0.1:1",), "--state"),
            (("barn", "--brokers", "127.0.0.1:1"), "--from kafka"),
        ):
            with self.subTest(arguments):
                self.run_program("project", "--from", *arguments, expect=USAGE)
                self.assertIn(says, self.errors)


if __name__ == "__main__":
    unittest.main()
