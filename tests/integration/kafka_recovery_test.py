#!/usr/bin/env python3
"""Whatever is killed or stopped, of the publisher or the broker, the partition has every event once, in
order, linked by hash. LUMBUNG_KILLS says how often, LUMBUNG_FULL=1 adds what takes minutes."""

import ctypes
import os
import random
import shutil
import signal
import subprocess
import time
import unittest

from confluent_kafka import OFFSET_END, Consumer, TopicPartition
from kafka_support import KafkaTest
from scratch_root import CLONE_NEWNS
from support import OK

KILLS = int(os.environ.get("LUMBUNG_KILLS", "5"))
FULL = os.environ.get("LUMBUNG_FULL") == "1"
EVENTS = 250_000

# The publisher's transaction.timeout.ms, in seconds.
TRANSACTION_TIMEOUT = 10


class Publishing(KafkaTest):
    """A ledger that takes some time to be published."""

    def setUp(self):
        super().setUp()
        self.make_big_ledger(events=EVENTS)
        self.events = self.log_of("big")
        self.make_topic()

    def end(self, process):
        process.send_signal(signal.SIGCONT)
        super().end(process)

    def wait_for_more(self, process):
        """Until the publisher writes, in a transaction that is not committed. False if it ended first."""
        consumer = Consumer({"bootstrap.servers": self.brokers, "group.id": "more", "log_level": 0,
                             "isolation.level": "read_uncommitted", "fetch.wait.max.ms": 10})  # fmt: skip
        try:
            consumer.assign([TopicPartition(self.topic, 0, OFFSET_END)])
            limit = time.monotonic() + 60
            while time.monotonic() < limit:
                message = consumer.poll(0.05)
                if message is not None and message.error() is None:
                    return True
                if process.poll() is not None:
                    return False
        finally:
            consumer.close()
        raise AssertionError("nothing was published")

    def finish(self, process, code=OK):
        output, errors = process.communicate(timeout=180)
        self.assertEqual(process.returncode, code, output + errors)
        return errors


class Recovery(Publishing):
    def test_publisher_is_killed(self):
        seed = random.randrange(1 << 30)
        moments = random.Random(seed)
        under_way = 0
        for _ in range(KILLS):
            process = self.start_publishing("big")
            time.sleep(moments.uniform(0.1, 0.5))
            under_way += process.poll() is None
            process.kill()
            process.communicate(timeout=60)
        self.assertGreater(under_way, 0, "it was never killed while it wrote")
        self.publish("big")
        with self.subTest(seed=seed):
            self.check_partition(self.events)

    def test_broker_is_killed(self):
        process = self.start_publishing("big")
        kills = 0
        while kills < KILLS and self.wait_for_more(process):
            self.cluster.nodes[0].kill()
            self.cluster.nodes[0].start()
            kills += 1
        self.assertGreater(kills, 0)
        self.finish(process)
        self.check_partition(self.events)

    def test_broker_is_stopped(self):
        process = self.start_publishing("big")
        self.assertTrue(self.wait_for_more(process))
        self.cluster.nodes[0].pause()
        self.addCleanup(self.cluster.nodes[0].resume)
        # Longer than transactions may last, where there is time for that.
        time.sleep(2 * TRANSACTION_TIMEOUT if FULL else 3)
        self.cluster.nodes[0].resume()
        self.finish(process)
        self.check_partition(self.events)

    def test_publisher_is_stopped_and_succeeded(self):
        """The one that was stopped wakes up, longer after than its transaction may last, and has the
        rest of one to write: none of it may be seen."""
        shutil.copytree(self.folder / "big", self.folder / "copy")
        zombie = self.start_publishing("big")
        self.assertTrue(self.wait_for_more(zombie))
        zombie.send_signal(signal.SIGSTOP)
        stopped = time.monotonic()
        before = self.end_offset()
        self.assertLess(before, len(self.events), "it was stopped too late")
        self.publish("copy")
        end = self.end_offset()
        time.sleep(max(0, stopped + TRANSACTION_TIMEOUT + 1 - time.monotonic()))
        zombie.send_signal(signal.SIGCONT)
        errors = self.finish(zombie)
        self.assertIn("another publisher has taken over", errors)
        self.assertEqual(self.end_offset(), end, "the zombie wrote")
        self.check_partition(self.events)

    def test_two_at_once(self):
        """Started by mistake: one of them publishes, the other stands by until all is there."""
        shutil.copytree(self.folder / "big", self.folder / "copy")
        first = self.start_publishing("big")
        self.assertTrue(self.wait_for_more(first))
        second = self.start_publishing("copy")
        self.finish(second)
        self.finish(first)
        self.check_partition(self.events)

    def test_topic_is_deleted_meanwhile(self):
        """It is made anew, and has all of it."""
        process = self.start_publishing("big")
        self.assertTrue(self.wait_for_more(process))
        self.delete_topic()
        self.finish(process)
        self.check_partition(self.events)

    @unittest.skipUnless(FULL, "takes half a minute: LUMBUNG_FULL=1")
    def test_publisher_is_stopped_and_nobody_succeeds(self):
        """The broker ended its transaction: it looks as if somebody had taken over, until nobody publishes."""
        process = self.start_publishing("big")
        self.assertTrue(self.wait_for_more(process))
        process.send_signal(signal.SIGSTOP)
        # The broker looks every ten seconds for those whose time is over.
        time.sleep(2 * TRANSACTION_TIMEOUT + 2)
        process.send_signal(signal.SIGCONT)
        self.finish(process)
        self.check_partition(self.events)

    @unittest.skipUnless(FULL, "takes half a minute: LUMBUNG_FULL=1")
    def test_the_successor_dies(self):
        """Who was fenced takes over again when nobody publishes."""
        shutil.copytree(self.folder / "big", self.folder / "copy")
        first = self.start_publishing("big")
        self.assertTrue(self.wait_for_more(first))
        second = self.start_publishing("copy")
        while "taken over" not in (line := first.stderr.readline()):
            self.assertTrue(line, "it ended before it was fenced")
        second.kill()
        self.finish(first)
        self.check_partition(self.events)


@unittest.skipUnless(FULL, "three brokers: LUMBUNG_FULL=1")
class ThreeNodes(Recovery):
    """The same, and the loss of a leader."""

    cluster_options = {"nodes": 3}

    def test_leaders_are_killed(self):
        process = self.start_publishing("big", "--patience", "180")
        kills = 0
        while kills < KILLS and self.wait_for_more(process):
            node = self.cluster.nodes[kills % 3]
            node.kill()
            node.start()
            kills += 1
        self.assertGreater(kills, 0)
        self.finish(process)
        self.check_partition(self.events)

    def test_a_leader_is_lost(self):
        """For good: the other two have all that was acknowledged, and take what comes."""
        process = self.start_publishing("big", "--patience", "180")
        self.assertTrue(self.wait_for_more(process))
        lost = self.leader()
        lost.kill()
        try:
            self.finish(process)
            self.assertNotEqual(self.leader(), lost)
            self.check_partition(self.events)
        finally:
            lost.start()


@unittest.skipUnless(FULL, "mounts a file system: LUMBUNG_FULL=1")
class DiskFull(Publishing):
    """The broker's disk is full, which ends it; it goes on with a larger one."""

    @classmethod
    def make_room(cls, size, *options):
        data = cls.cluster_folder / "node-1/data"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", ",".join([*options, f"size={size}"]), "lumbung-test", data],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise unittest.SkipTest(f"no file system can be mounted here: {done.stderr.strip()}")

    @classmethod
    def start_cluster(cls):
        # What is mounted is gone with this process.
        if ctypes.CDLL(None).unshare(CLONE_NEWNS) != 0:
            raise unittest.SkipTest("no file system can be mounted here")
        subprocess.run(["mount", "--make-rprivate", "/"], check=True)
        (cls.cluster_folder / "node-1/data").mkdir(parents=True)
        cls.make_room("16m")
        cls.addClassCleanup(subprocess.run, ["umount", "--lazy", cls.cluster_folder / "node-1/data"])
        super().start_cluster()

    def test_disk_is_full(self):
        process = self.start_publishing("big", "--patience", "180")
        node = self.cluster.nodes[0]
        limit = time.monotonic() + 120
        while node.alive():
            self.assertLess(time.monotonic(), limit, "the broker has room for all of it")
            self.assertIsNone(process.poll(), "all of it is published")
            time.sleep(0.05)
        self.assertIn("No space left on device", (node.folder / "log").read_text(errors="replace"))
        self.make_room("1g", "remount")
        node.start()
        self.finish(process)
        self.check_partition(self.events)


if __name__ == "__main__":
    unittest.main()
