"""Tests with a real Kafka: a broker that the tests of a class share, and a reader that knows nothing of
the engine but what schemas/FORMAT.md says."""

import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from support import LUMBUNG, ROOT, Lumbung, skip, until

sys.path.insert(0, str(ROOT / "scripts"))

if shutil.which("java") is None:
    skip("java is not there, and with it no Kafka: ./dev setup kafka")

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition  # noqa: E402
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic  # noqa: E402
from kafka_cluster import Cluster, fetch  # noqa: E402

TOPIC = "lumbung.events.v1"
NO_HASH = bytes(32)


# --- What FORMAT.md says of an event's bytes ----------------------------------------


def _varint(data, place):
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place += 1
        if byte < 0x80:
            return value, place
        shift += 7


def envelope(event):
    """Sequence, previous hash, and the body's number."""
    place, sequence, previous, body = 0, 0, b"", 0
    while place < len(event):
        tag, place = _varint(event, place)
        number, wire = tag >> 3, tag & 7
        value, place = _varint(event, place)
        if wire == 2:
            begin, place = place, place + value
            if number == 4:
                previous = event[begin:place]
        if number == 1:
            sequence = value
        elif number >= 10:
            body = number
    return sequence, previous, body


def hash_of(event):
    return hashlib.sha256(b"\0" + event).digest()


def framed(data):
    """The events of `lumbung replay --format proto`."""
    events, place = [], 0
    while place < len(data):
        size = int.from_bytes(data[place : place + 2], "big")
        events.append(data[place + 2 : place + 2 + size])
        place += 2 + size
    return events


# --- The reader -----------------------------------------------------------------------


def read_partition(bootstrap, topic=TOPIC, partition=0, config=None):
    """All committed messages from the partition's start to its end."""
    consumer = Consumer({
        "bootstrap.servers": bootstrap,
        "group.id": "independent-reader",
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",
        "enable.partition.eof": True,
        "check.crcs": True,
        "queued.min.messages": 1_000_000,
        "queued.max.messages.kbytes": 500_000,
        "fetch.message.max.bytes": 8 << 20,
        # The end is told by an answer without messages.
        "fetch.wait.max.ms": 10,
        **(config or {}),
    })  # fmt: skip
    try:
        consumer.assign([TopicPartition(topic, partition, 0)])
        messages = []
        end = time.monotonic() + 60
        while time.monotonic() < end:
            # It returns when it has so many, or when the time is over.
            for message in consumer.consume(10_000, timeout=0.05):
                if message.error() is None:
                    messages.append(message)
                elif message.error().code() == -191:  # the end of the partition
                    # An open transaction would hide what is behind it.
                    _, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), cached=True)
                    if message.offset() >= high:
                        return messages
                else:
                    raise KafkaException(message.error())
        raise AssertionError(f"the end of {topic} did not come; {len(messages)} messages did")
    finally:
        consumer.close()


class KafkaTest(Lumbung):
    """A test with a broker that its class shares; each test has a topic of its own."""

    cluster_options = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fetch()
        cls.cluster_folder = pathlib.Path(tempfile.mkdtemp(prefix="lumbung-kafka-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.cluster_folder, ignore_errors=True)
        cls.cluster = Cluster(cls.cluster_folder, **cls.cluster_options)
        cls.addClassCleanup(cls.cluster.discard)
        cls.start_cluster()
        cls.brokers = cls.cluster.bootstrap
        cls.admin = AdminClient({"bootstrap.servers": cls.brokers, "log_level": 0})

    @classmethod
    def start_cluster(cls):
        cls.cluster.start()

    def setUp(self):
        super().setUp()
        self.topic = self.id().rsplit(".", 1)[1]

    def make_topic(self, partitions=1, **config):
        """By somebody else than the publisher."""
        kept = {"retention.ms": "-1", "retention.bytes": "-1"}
        config = {**kept, **{name.replace("_", "."): value for name, value in config.items()}}
        topic = NewTopic(self.topic, partitions, len(self.cluster.nodes), config=config)

        def made():
            (future,) = self.admin.create_topics([topic]).values()
            try:
                future.result(timeout=30)
            except KafkaException as error:
                # A broker that the test before had stopped is up again, but not let in yet.
                if error.args[0].code() != KafkaError.INVALID_REPLICATION_FACTOR:
                    raise
                return False
            return True

        until(made, f"topic {self.topic}")

    def delete_topic(self):
        for future in self.admin.delete_topics([self.topic], operation_timeout=30).values():
            future.result(timeout=30)

    def leader(self, partition=0):
        """The node that leads a partition; None while none does."""
        number = self.admin.list_topics(self.topic, timeout=30).topics[self.topic].partitions[partition].leader
        return next((node for node in self.cluster.nodes if node.number == number), None)

    def topic_settings(self):
        resource = ConfigResource(ConfigResource.Type.TOPIC, self.topic)
        (future,) = self.admin.describe_configs([resource]).values()
        return {name: entry.value for name, entry in future.result(timeout=30).items()}

    def produce(self, values, partition=0):
        """As somebody else would, in this order: without idempotence what is sent again comes later."""
        producer = Producer({"bootstrap.servers": self.brokers, "enable.idempotence": True})
        for value in values:
            producer.produce(self.topic, value, partition=partition)
        self.assertEqual(producer.flush(30), 0)

    def make_big_ledger(self, name="big", events=300_000):
        """Takes long enough to be published that something can happen meanwhile."""
        self.run_program("bench", "--dir", name, "--transactions", events, "--keep")

    def publish(self, ledger="barn", *arguments, **keywords):
        return self.run_program(
            "publish", ledger, "--brokers", self.brokers, "--topic", self.topic, *arguments, **keywords
        )

    def start_publishing(self, ledger, *arguments):
        process = subprocess.Popen(
            [LUMBUNG, "publish", ledger, "--brokers", self.brokers, "--topic", self.topic, *arguments],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=60)

    def log_of(self, ledger="barn", shard=0):
        """The events as the log has them."""
        done = subprocess.run(
            [LUMBUNG, "replay", ledger, "--shard", str(shard), "--format", "proto"],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return framed(done.stdout)

    def published(self, partition=0):
        return read_partition(self.brokers, self.topic, partition)

    def end_offset(self):
        """Where the partition ends, with all that is not committed."""
        consumer = Consumer({"bootstrap.servers": self.brokers, "group.id": "end"})
        try:
            return consumer.get_watermark_offsets(TopicPartition(self.topic, 0), timeout=30)[1]
        finally:
            consumer.close()

    def check_partition(self, events, partition=0):
        """The partition has these events, each once, in order, linked by hash; its messages."""
        messages = self.published(partition)
        previous = NO_HASH
        for number, message in enumerate(messages, start=1):
            value = message.value()
            sequence, link, body = envelope(value)
            if sequence != number or link != previous:
                self.fail(f"message {number}, at offset {message.offset()}, is event {sequence}; links: {link == previous}")
            if number > len(events) or value != events[number - 1]:
                self.fail(f"event {number}, at offset {message.offset()}, is not the log's")
            headers = [("seq", b"%d" % number), ("type", b"%d" % body)]
            if message.headers() != headers:
                self.fail(f"event {number} has the headers {message.headers()}, not {headers}")
            previous = hash_of(value)
        self.assertEqual(len(messages), len(events), "events are missing at the end")
        return messages
