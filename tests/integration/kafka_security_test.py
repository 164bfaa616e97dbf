#!/usr/bin/env python3
"""Publishing over TLS with a certificate of one's own and with SCRAM, under ACLs: with what
docs/KAFKA.md says it needs, and refused without."""

import unittest

from confluent_kafka.admin import AdminClient
from kafka_support import KafkaTest, read_partition
from support import COOPERATIVE, IO, REFUSED, sale

TOPIC_NEEDS = ("Create", "Describe", "DescribeConfigs", "Read", "Write")
ID_NEEDS = ("Describe", "Write")


def operations(names):
    return [word for name in names for word in ("--operation", name)]


class Security(KafkaTest):
    cluster_options = {"secured": True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin_config = cls.certificate_config("admin")
        cls.admin = AdminClient({"bootstrap.servers": cls.brokers, "log_level": 0, **cls.admin_config})

    @classmethod
    def certificate_config(cls, name):
        pem = cls.cluster.pem
        return {"security.protocol": "ssl", "ssl.ca.location": str(pem("ca")),
                "ssl.certificate.location": str(pem(name)), "ssl.key.location": str(pem(name, "key"))}  # fmt: skip

    def setUp(self):
        super().setUp()
        self.make_ledger()
        self.run_program("register", "barn", COOPERATIVE, "--village", "32.04.12.2001")
        self.run_program("post", "barn", self.write("sale.json", sale()))

    def published(self, partition=0):
        return read_partition(self.brokers, self.topic, partition, self.admin_config)

    def with_certificate(self, name="publisher"):
        pem = self.cluster.pem
        return ("--kafka-ca", pem("ca"), "--kafka-certificate", pem(name), "--kafka-key", pem(name, "key"))

    def with_password(self, password="publisher-secret"):
        """Another broker address: that of the listener for SCRAM."""
        path = self.write("password", password + "\n")
        return ("--kafka-ca", self.cluster.pem("ca"), "--kafka-user", "publisher", "--kafka-password-file", path)

    def publish_at(self, brokers, *arguments, expect=0):
        return self.run_program(
            "publish", "barn", "--brokers", brokers, "--topic", self.topic, "--patience", 1, *arguments, expect=expect
        )

    def allow_topic(self, *needs):
        self.cluster.allow("publisher", *operations(needs), "--topic", self.topic)

    def allow_id(self, *needs):
        self.cluster.allow(
            "publisher", *operations(needs), "--transactional-id", "lumbung.", "--resource-pattern-type", "prefixed"
        )

    def test_acls(self):
        """What each step of it needs, and what it says where that is missing."""
        self.publish_at(self.brokers, *self.with_certificate(), expect=REFUSED)
        self.assertIn("Topic authorization failed", self.errors)
        self.assertIn("docs/KAFKA.md", self.errors)
        self.allow_topic("Create", "Describe", "DescribeConfigs")
        self.publish_at(self.brokers, *self.with_certificate(), expect=REFUSED)
        self.assertIn("Transactional Id authorization failed", self.errors)
        self.allow_id(*ID_NEEDS)
        self.publish_at(self.brokers, *self.with_certificate(), expect=REFUSED)
        self.assertIn("Topic authorization failed", self.errors)
        self.allow_topic("Read")
        self.publish_at(self.brokers, *self.with_certificate(), expect=REFUSED)
        self.assertIn("Topic authorization failed", self.errors)
        self.assertEqual(self.published(), [])
        self.allow_topic("Write")
        self.publish_at(self.brokers, *self.with_certificate())
        self.check_partition(self.log_of())

    def test_passwords(self):
        self.allow_topic(*TOPIC_NEEDS)
        self.allow_id(*ID_NEEDS)
        self.publish_at(self.cluster.scram_bootstrap, *self.with_password("guess"), expect=REFUSED)
        self.assertIn("uthentication", self.errors)
        self.publish_at(self.cluster.scram_bootstrap, *self.with_password())
        self.check_partition(self.log_of())

    def test_who_is_not_let_in(self):
        pem = self.cluster.pem
        self.publish_at(self.brokers, "--kafka-ca", pem("reader"), expect=REFUSED)
        self.assertIn("certificate verify failed", self.errors)
        # The brokers hang up, and only the connection's end says why.
        self.publish_at(self.brokers, "--kafka-ca", pem("ca"), expect=IO)
        self.assertIn("bad certificate", self.errors)
        # No TLS where there is TLS.
        self.publish_at(self.brokers, expect=IO)
        self.publish_at(self.brokers, *self.with_certificate("reader"), expect=REFUSED)
        self.assertIn("Topic authorization failed", self.errors)


if __name__ == "__main__":
    unittest.main()
