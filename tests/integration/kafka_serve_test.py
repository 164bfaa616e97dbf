#!/usr/bin/env python3
"""The server publishes what it records, whatever becomes of it or of the broker; and a publisher reads
from a server."""

import os
import signal
import subprocess
import time
import unittest

from kafka_support import KafkaTest
from metrics_test import value_of
from serving import LastingServer, Server
from support import COOPERATIVE, LUMBUNG, OK, free_port, sale, until

KILLS = int(os.environ.get("LUMBUNG_KILLS", "3"))


class Serve(KafkaTest):
    def setUp(self):
        super().setUp()
        self.make_ledger()
        self.run_program("register", "barn", COOPERATIVE, "--village", "32.04.12.2001")

    def kafka_flags(self, brokers=None):
        return ["--kafka-brokers", brokers or self.brokers, "--kafka-topic", self.topic]

    def start(self, *flags):
        server = Server(
            ["barn", "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0", *flags], self.folder
        )
        self.addCleanup(server.discard)
        return server

    def post(self, server, number):
        status, _, text = server.request("/v1/transactions", [sale(f"01890f0a-7c00-7000-8000-{number:012d}")])
        self.assertEqual(status, 200, text)

    def metric(self, server, name):
        return value_of(server.metrics(), f'lumbung_kafka_{name}{{shard="0"}}')

    def wait_until_published(self, server):
        until(lambda: self.metric(server, "lag_events") == 0 and self.metric(server, "state") == 1,
              "that all is published")  # fmt: skip

    def test_publishes_and_drains(self):
        server = self.start(*self.kafka_flags())
        for number in range(5):
            self.post(server, number)
        self.wait_until_published(server)
        self.assertEqual(self.metric(server, "lag_seconds"), 0)
        self.assertEqual(self.metric(server, "published_sequence"), server.head())
        self.assertGreater(self.metric(server, "transactions_total"), 0)
        # What is recorded just before the end is published too.
        for number in range(5, 10):
            self.post(server, number)
        self.assertEqual(server.stop(), OK)
        self.assertNotIn("will be published after", "".join(server.log))
        self.check_partition(self.log_of())

    def test_settings(self):
        self.write("lumbung.toml", f'ledger = "barn"\n[kafka]\nbrokers = "{self.brokers}"\ntopic = "{self.topic}"\n')
        self.run_program("config", "check", "lumbung.toml")
        server = Server(
            ["--config", "lumbung.toml", "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0"], self.folder
        )
        self.addCleanup(server.discard)
        self.wait_until_published(server)
        self.assertEqual(server.stop(), OK)
        self.check_partition(self.log_of())
        self.write("lumbung.toml", '[kafka]\nbroker = "127.0.0.1:9092"\n')
        self.run_program("config", "check", "lumbung.toml", expect=2)
        self.assertIn("brokers", self.errors)

    def test_brokers_that_are_away(self):
        """The ledger serves on; metrics tell of the lag, and the log says it once."""
        server = self.start(*self.kafka_flags(brokers=f"127.0.0.1:{free_port()}"))
        self.post(server, 1)
        until(lambda: self.metric(server, "restarts_total") > 0, "a second attempt")
        self.assertEqual(server.request("/readyz")[0], 200)
        self.assertEqual(self.metric(server, "state"), 0)
        self.assertEqual(self.metric(server, "lag_events"), server.head())
        self.assertGreater(self.metric(server, "lag_seconds"), 0)
        until(lambda: self.metric(server, "restarts_total") > 1, "a third attempt")
        begin = time.monotonic()
        self.assertEqual(server.stop(), OK)
        self.assertLess(time.monotonic() - begin, 20, "nothing is to be waited for")
        lines = [line for line in server.log if "not published to Kafka" in line]
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("will be published after", "".join(server.log))

    def test_refused_topic(self):
        self.make_topic(retention_ms="1000")
        server = self.start(*self.kafka_flags())
        until(lambda: self.metric(server, "state") == 3, "a refusal")
        self.post(server, 1)
        self.assertEqual(server.request("/readyz")[0], 200)
        self.assertEqual(server.stop(), OK)
        self.assertIn("--add-config retention.ms=-1", "".join(server.log))

    def load(self, address):
        """A client that posts a simulated day, and again what has no answer; joined by its result."""
        self.write("day.ndjson", self.run_program("simulate", "--cooperatives", 60, "--seed", 3))
        client = subprocess.Popen(
            [LUMBUNG, "import", "transactions", "--server", address, "day.ndjson"],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.addCleanup(self.end, client)
        return client

    def test_server_is_killed_under_load(self):
        server = LastingServer(self.folder, "barn")
        self.addCleanup(server.kill)
        server.stop()
        server.arguments += self.kafka_flags()
        server.start()
        client = self.load(server.grpc)
        for _ in range(KILLS):
            if not server.wait_for_more_events():
                break
            server.kill()
            server.start()
        output, _ = client.communicate(timeout=200)
        self.assertEqual(client.returncode, 0, output.decode())
        self.wait_until_published(server.server)
        server.stop()
        self.check_partition(self.log_of())

    def test_topic_is_deleted_while_it_serves(self):
        server = self.start(*self.kafka_flags())
        self.post(server, 1)
        self.wait_until_published(server)
        self.delete_topic()
        self.post(server, 2)
        until(lambda: self.metric(server, "restarts_total") > 0, "a new beginning")
        self.wait_until_published(server)
        self.assertEqual(server.stop(), OK)
        self.check_partition(self.log_of())

    def test_topic_is_made_anew_while_it_serves(self):
        """A partition that was begun anew by somebody else takes what comes next without complaint: that
        it is another one must be seen."""
        server = self.start(*self.kafka_flags())
        self.post(server, 1)
        self.wait_until_published(server)
        self.delete_topic()
        self.make_topic()
        self.post(server, 2)
        self.wait_until_published(server)
        self.assertEqual(server.stop(), OK)
        self.check_partition(self.log_of())

    def test_publish_from_a_server(self):
        server = self.start()
        address = f"127.0.0.1:{server.grpc_port}"
        for number in range(3):
            self.post(server, number)
        self.run_program("publish", "--from", address, "--once", "--brokers", self.brokers, "--topic", self.topic)
        self.assertEqual(len(self.published()), server.head())
        follower = subprocess.Popen(
            [LUMBUNG, "publish", "--from", address, "--brokers", self.brokers, "--topic", self.topic],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(self.end, follower)
        client = self.load(address)
        output, _ = client.communicate(timeout=200)
        self.assertEqual(client.returncode, 0, output.decode())
        head = server.head()
        until(lambda: len(self.published()) == head, "that all is published")
        follower.send_signal(signal.SIGINT)
        output, errors = follower.communicate(timeout=60)
        self.assertEqual(follower.returncode, OK, errors)
        self.assertIn(f"{head:,} of {head:,} events", output)
        self.assertEqual(server.stop(), OK)
        self.check_partition(self.log_of())


if __name__ == "__main__":
    unittest.main()
