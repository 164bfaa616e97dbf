#!/usr/bin/env python3
"""Every subcommand has a --help with examples, and the examples work as they stand."""

import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from serving import LastingServer
from support import COOPERATIVE, INVOICES, LUMBUNG, ROOT, SALE_ID, Lumbung, free_port, sale

sys.path.insert(0, str(ROOT / "scripts"))

from kafka_cluster import Cluster, fetch  # noqa: E402

SUBCOMMANDS = (
    "init", "register", "post", "import transactions", "import retail", "simulate", "show",
    "accounts", "balance", "statement", "replay", "checkpoint", "verify", "stats", "backup",
    "restore", "recover", "publish", "project", "serve", "config check", "config example", "policy check",
    "policy token", "version",
)  # fmt: skip


class Help(Lumbung):
    def prepare(self):
        """All that the examples speak of."""
        self.make_ledger()
        self.run_program("register", "barn", COOPERATIVE, "--village", "32.04.12.2001", "--effective", "20260101")
        self.write("sale.json", sale())
        self.write("invoices.csv", INVOICES)
        self.run_program("post", "barn", "sale.json")
        self.run_program("backup", "barn", "barn.backup")
        self.run_program("import", "retail", "barn", "invoices.csv")
        self.simulate("day.ndjson", cooperatives=2)
        self.write("lumbung.toml", self.run_program("config", "example"))
        page = (ROOT / "docs/POLICY.md").read_text(encoding="utf-8")
        self.write("policy.toml", re.search(r"```toml\n(.*?)```", page, re.DOTALL)[1])
        self.write("barn.events", "")
        (self.folder / "barn.events").write_bytes(self.events())
        self.write("barn.checkpoint", self.run_program("checkpoint", "barn"))

    def events(self):
        return subprocess.run(
            [LUMBUNG, "replay", "barn", "--format", "proto"], cwd=self.folder, check=True, stdout=subprocess.PIPE
        ).stdout

    def examples(self, subcommand):
        text = self.run_program(*subcommand.split(), "--help")
        self.assertIn("Examples:\n", text)
        self.assertIn("Exit codes:\n", text)
        lines = text.split("Examples:\n")[1].split("\n\n")[0].splitlines()
        commands = [line.strip() for line in lines if line.strip().startswith("lumbung ")]
        self.assertTrue(commands, f"{subcommand} has no example")
        return commands

    def start_kafka(self):
        """Its address, the same for all examples."""
        if not hasattr(self, "kafka"):
            fetch()
            folder = tempfile.mkdtemp(prefix="lumbung-kafka-help-")
            self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
            self.kafka = Cluster(folder)
            self.addCleanup(self.kafka.discard)
            self.kafka.start()
        return self.kafka.bootstrap

    def run_example(self, command, folder):
        """Runs it in a shell; Ctrl-C for what goes on until then."""
        script = command.replace("lumbung ", f"{LUMBUNG} ")
        serves = command.startswith("lumbung serve ")
        if serves:
            ports = f"--grpc-listen 127.0.0.1:{free_port()} --http-listen 127.0.0.1:{free_port()}"
            script = re.sub(r"--grpc-listen \S+", "", script).replace("/etc/lumbung/", "") + " " + ports
        elif "127.0.0.1:7070" in command:
            server = LastingServer(folder, "barn")
            self.addCleanup(server.kill)
            script = script.replace("127.0.0.1:7070", server.grpc)
        if "127.0.0.1:9092" in command:
            if shutil.which("java") is None:
                self.skipTest("java is not there, and with it no Kafka: ./dev setup kafka")
            script = script.replace("127.0.0.1:9092", self.start_kafka())
        publishes = command.startswith("lumbung publish --from ") and "--once" not in command
        follows = "--follow" in command or "--live" in command or serves or publishes
        process = subprocess.Popen(
            ["bash", "-c", f"exec {script}" if follows else f"set -o pipefail; {script}"],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if follows:
            self.assertTrue(process.stdout.readline(), "it shows what is there")
            process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, f"{command}\n{output.decode()}")

    def test_examples(self):
        self.prepare()
        for subcommand in SUBCOMMANDS:
            for number, command in enumerate(self.examples(subcommand)):
                with self.subTest(command):
                    copy = self.folder.parent / f"{self.folder.name}-{subcommand.replace(' ', '-')}-{number}"
                    shutil.copytree(self.folder, copy)
                    self.addCleanup(shutil.rmtree, copy, ignore_errors=True)
                    made_by = {"init": "barn", "backup": "barn.backup"}
                    if subcommand in made_by:
                        shutil.rmtree(copy / made_by[subcommand])
                    self.run_example(command, copy)

    def test_every_subcommand_is_listed(self):
        text = self.run_program("--help")
        for subcommand in SUBCOMMANDS:
            self.assertIn(f"\n  {subcommand.split()[0]} ", text)
        listed = text.split("Subcommands:\n")[1].split("\n\n")[0]
        names = {line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "}
        known = {subcommand.split()[0] for subcommand in SUBCOMMANDS} | {"bench"}
        self.assertLessEqual(names, known, "a subcommand is not in this test")

    def test_json_is_json(self):
        self.prepare()
        for arguments in (
            ("show", "barn", SALE_ID), ("accounts", "barn"), ("balance", "barn", f"{COOPERATIVE}:1121"),
            ("statement", "barn", f"{COOPERATIVE}:1121"), ("checkpoint", "barn"), ("verify", "barn"),
            ("stats", "barn"), ("backup", "barn", "copy"), ("recover", "barn"), ("version",),
            ("import", "transactions", "barn", "day.ndjson"), ("import", "retail", "barn", "invoices.csv"),
            ("post", "barn", "sale.json"), ("config", "check", "lumbung.toml"), ("config", "example"),
            ("policy", "check", "policy.toml"), ("policy", "token"),
        ):  # fmt: skip
            with self.subTest(arguments):
                self.assertIsInstance(self.run_json(*arguments), dict)


if __name__ == "__main__":
    unittest.main()
