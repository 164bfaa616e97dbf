#!/usr/bin/env python3
"""What is published is the log, byte for byte, and what is not ours is refused: with a real broker, and
with a reader that shares nothing with the engine."""

import json
import shutil
import unittest

from confluent_kafka import Producer
from kafka_support import KafkaTest
from support import COOPERATIVE, IO, REFUSED, USAGE, free_port, sale

MORE = "01890f0a-7c00-7000-8000-0000000000"


class Publish(KafkaTest):
    # Transactions whose time is over are looked for often.
    cluster_options = {"settings": {"transaction.abort.timed.out.transaction.cleanup.interval.ms": 200}}

    def make_barn(self, name="barn", shards=1):
        self.make_ledger(name, shards=shards)
        self.run_program("register", name, COOPERATIVE, "--village", "32.04.12.2001")
        self.run_program("post", name, self.write("sale.json", sale()))

    def post(self, ledger, number, amount="75000000"):
        self.run_program("post", ledger, self.write("sale.json", sale(f"{MORE}{number:02d}", amount)))

    def refused(self, *says, ledger="barn", code=REFUSED):
        """Nothing is written, and the message says so much."""
        before = len(self.published())
        self.publish(ledger, expect=code)
        for words in says:
            self.assertIn(words, self.errors)
        self.assertEqual(len(self.published()), before)

    def test_all_shards(self):
        self.make_ledger(shards=3)
        self.simulate(cooperatives=20)
        self.run_program("import", "transactions", "barn", "day.ndjson")
        shards = json.loads(self.publish("barn", "--json"))["shards"]
        for shard in range(3):
            events = self.log_of(shard=shard)
            self.assertEqual(shards[shard]["published"], len(events))
            messages = self.check_partition(events, partition=shard)
            self.check_keys(messages, shard)
        self.assertEqual(self.topic_settings()["cleanup.policy"], "delete")
        self.assertEqual(self.topic_settings()["retention.ms"], "-1")
        self.assertEqual(self.topic_settings()["retention.bytes"], "-1")

    def check_keys(self, messages, shard):
        lines = self.run_program("replay", "barn", "--shard", shard).splitlines()
        recorded = 0
        for message, line in zip(messages, map(json.loads, lines), strict=True):
            self.assertEqual(message.key().decode(), cooperative_of(line), line)
            self.assertGreaterEqual(message.timestamp()[1], recorded)
            recorded = message.timestamp()[1]

    def test_goes_on_where_the_partition_ends(self):
        self.make_barn()
        self.publish()
        self.publish()
        self.check_partition(self.log_of())
        self.post("barn", 2)
        self.publish()
        self.assertEqual(self.check_partition(self.log_of())[-1].key(), b"20417")

    def test_topic_with_other_partitions(self):
        self.make_barn()
        self.make_topic(partitions=2)
        self.refused("has 2 partitions and the ledger 1 shards", "name another topic")

    def test_topic_that_forgets(self):
        self.make_barn()
        self.make_topic(retention_ms="3600000")
        self.refused("retention.ms=3600000", "--add-config retention.ms=-1")

    def test_topic_that_forgets_by_size(self):
        self.make_barn()
        self.make_topic(retention_bytes="1000000")
        self.refused("retention.bytes=1000000", "--add-config retention.bytes=-1")

    def test_topic_that_compacts(self):
        self.make_barn()
        self.make_topic(cleanup_policy="compact")
        self.refused("cleanup.policy=compact", "--add-config cleanup.policy=delete")

    def test_topic_for_small_messages(self):
        self.make_barn()
        self.make_topic(max_message_bytes="10000")
        self.refused("max.message.bytes=10000", "--add-config max.message.bytes=1048588")

    def test_topic_of_another_ledger(self):
        self.make_barn("other")
        self.publish("other")
        self.make_barn()
        ids = [json.loads(self.run_program("replay", name).splitlines()[0]) for name in ("other", "barn")]
        self.refused("event 1 differs", *(one["event"]["ledgerCreated"]["ledgerId"] for one in ids))

    def test_another_history(self):
        """A copy of the ledger is put in its place, and goes another way."""
        self.make_barn()
        shutil.copytree(self.folder / "barn", self.folder / "copy")
        self.post("barn", 2)
        self.publish()
        self.refused("the topic is ahead of the log", "lumbung restore", ledger="copy")
        self.post("copy", 3, amount="50000000")
        last = len(self.log_of())
        self.refused(f"its event {last} differs from the log's", ledger="copy")
        self.check_partition(self.log_of())

    def test_flipped_byte_at_the_end(self):
        self.make_barn()
        events = self.log_of()
        flipped = bytearray(events[-1])
        flipped[-1] ^= 1
        self.make_topic()
        self.produce([*events[:-1], bytes(flipped)])
        self.refused(f"its event {len(events)} differs from the log's")

    def test_end_that_is_no_event(self):
        self.make_barn()
        self.make_topic()
        self.produce([*self.log_of(), b"hello"])
        self.refused("ends with what is no event")

    def test_beginning_that_is_gone(self):
        self.make_barn()
        self.make_topic()
        self.produce(self.log_of()[1:])
        self.refused("begins with event 2")

    def test_topic_of_something_else(self):
        self.make_barn()
        self.make_topic()
        self.produce([b"hello"])
        self.refused("no event of a ledger")

    def test_topic_made_anew(self):
        self.make_barn()
        self.publish()
        self.delete_topic()
        self.publish()
        self.check_partition(self.log_of())

    def test_end_hidden_by_an_open_transaction(self):
        """Behind a transaction of somebody else's that is open lie events of ours: they must not be
        written again."""
        self.make_barn()
        self.publish()
        before = len(self.log_of())
        producer = Producer({"bootstrap.servers": self.brokers, "transactional.id": "somebody-else",
                             "transaction.timeout.ms": 1500, "log_level": 0})  # fmt: skip
        producer.init_transactions(30)
        producer.begin_transaction()
        producer.produce(self.topic, b"hello", partition=0)
        producer.flush(30)
        self.post("barn", 2)
        # Waits until the broker ends it.
        self.publish()
        self.assertEqual(len(self.log_of()), before + 1)
        self.check_partition(self.log_of())

    def test_no_broker(self):
        self.make_barn()
        brokers = f"127.0.0.1:{free_port()}"
        self.run_program("publish", "barn", "--brokers", brokers, "--patience", 1, expect=IO)
        self.assertIn("Connection refused", self.errors)

    def test_settings_that_do_not_go_together(self):
        self.make_barn()
        for arguments, says in (
            (("--kafka-user", "me"), "password"),
            (("--topic", "no/topic"), "the topic"),
            (("--kafka-mechanism", "GUESS"), "SCRAM-SHA-512"),
        ):
            with self.subTest(arguments):
                self.run_program("publish", "barn", "--brokers", "127.0.0.1:1", *arguments, expect=USAGE)
                self.assertIn(says, self.errors)


def cooperative_of(event):
    """By the JSON of an event: who it is of, or 0."""
    if not isinstance(event, dict):
        return "0"
    if isinstance(event.get("cooperative"), str):
        return event["cooperative"]
    return next((found for found in map(cooperative_of, event.values()) if found != "0"), "0")


if __name__ == "__main__":
    unittest.main()
