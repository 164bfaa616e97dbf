#!/usr/bin/env python3
"""A server under mixed load for a while, over TLS: batches and single calls of gRPC, posts and reads
of HTTP, streams of events that follow, commands that are refused, certificates and policy read again
and again. Nothing but the expected is answered, memory stays flat, and the ledger verifies.

LUMBUNG_SOAK_MINUTES says how long, 30 for a release. Without it the load lasts for 20 seconds, in
which memory has not settled, so that its course is not asserted. LUMBUNG_SOAK_REPORT names a file
for memory over time.
"""

import collections
import contextlib
import hashlib
import http.client
import itertools
import json
import os
import pathlib
import re
import signal
import ssl
import subprocess
import threading
import time
import unittest
import uuid

from serving import Server
from support import COOPERATIVE, LUMBUNG, OK, Lumbung, sale

MINUTES = float(os.environ.get("LUMBUNG_SOAK_MINUTES", "0"))
SECONDS = MINUTES * 60 or 20
REPORT = os.environ.get("LUMBUNG_SOAK_REPORT")

TOKEN = "token-of-the-soak"
POLICY = f"""\
[[principal]]
id = "soak"
token_sha256 = ["{hashlib.sha256(TOKEN.encode()).hexdigest()}"]
[principal.quota]
recorded_refusals = 100_000_000
new_accounts = 100_000_000
"""
ROLES = ("poster", "operator", "auditor")

# Transactions a second by gRPC, in batches and by calls of their own; as much as leaves the rest of
# the load room on one core.
BATCH_RATE = 3_000
UNARY_RATE = 100
HTTP_CLIENTS = 3
FOLLOWERS = 2
# Requests of HTTP over one connection: handshakes are part of the load.
REQUESTS_A_CONNECTION = 50
RELOAD_SECONDS = 2
SAMPLE_SECONDS = 5

# Memory is measured from a third of the time on: by then caches and write buffers have been filled
# and flushed. After two thirds its highest may exceed the highest before by so much. An id takes 10
# bits for good, an account 80 bytes: both far less than that here.
SLACK_BYTES = 32 << 20


class SoakClient(threading.Thread):
    """Does `turn(number)` until it is told to stop; what went wrong is in `failure`."""

    def __init__(self, soak, name):
        super().__init__(name=name, daemon=True)
        self.soak = soak
        self.failure = None
        self.answers = collections.Counter()
        self.connection = None

    def run(self):
        try:
            for number in itertools.count():
                if self.soak.stopping.is_set():
                    break
                if number % REQUESTS_A_CONNECTION == 0:
                    self.disconnect()
                self.turn(number)
        except Exception as error:
            self.failure = f"{self.name}: {error!r}"
            self.soak.stopping.set()
        finally:
            self.disconnect()

    def disconnect(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def open(self, method, path, body=None, headers=()):
        """The answer, not read yet."""
        if self.connection is None:
            self.connection = http.client.HTTPSConnection(
                "127.0.0.1", self.soak.server.http_port, timeout=60, context=self.soak.tls
            )
        text = None if body is None else json.dumps(body)
        known = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        self.connection.request(method, path, text, {**known, **dict(headers)})
        return self.connection.getresponse()

    def ask(self, expected, method, path, body=None):
        """The JSON or text of an answer with this status."""
        answer = self.open(method, path, body)
        text = answer.read().decode()
        if answer.status != expected:
            raise AssertionError(f"{method} {path}: {answer.status}, not {expected}: {text}")
        route = re.sub(r"[\w-]*\d[\w:-]*|\?.*", "…", path.removeprefix("/v1"))
        self.answers[f"{method} {route} {expected}"] += 1
        return json.loads(text) if "json" in answer.headers["Content-Type"] else text


class Poster(SoakClient):
    """Posts by HTTP, the same again, what conflicts, what is refused, and reads what it has posted."""

    def turn(self, number):
        posted = self.new_sale()
        transaction = posted["transactionId"]
        first = self.ask(201, "POST", "/v1/transactions", posted)
        again = self.ask(200, "POST", "/v1/transactions?balances=true", posted)
        if (again["sequence"], again["replayed"]) != (first["sequence"], True):
            raise AssertionError(f"{first} and then {again}")
        self.ask(409, "POST", "/v1/transactions", sale(transaction, amount="1"))
        self.ask(400, "POST", "/v1/transactions", {**posted, "amount": 1})
        self.ask(422, "POST", "/v1/transactions", self.withdrawal())
        self.ask(200, "POST", "/v1/transactions", [self.new_sale() for _ in range(20)])
        found = self.ask(200, "GET", f"/v1/transactions/{transaction}?cooperative={COOPERATIVE}")
        if found["result"]["sequence"] != first["sequence"]:
            raise AssertionError(f"{first} and then {found}")
        self.ask(404, "GET", f"/v1/transactions/{uuid.uuid4()}?cooperative={COOPERATIVE}")
        self.ask(200, "GET", f"/v1/accounts/{COOPERATIVE}:1121:0")
        self.ask(200, "GET", f"/v1/cooperatives/{COOPERATIVE}/accounts?page_size=100")
        self.ask(200, "GET", f"/v1/events?from={first['sequence']}&limit=100")
        if number % 10 == 0:
            self.ask(200, "GET", "/v1/ledger")
            self.ask(200, "GET", "/metrics")

    def new_sale(self):
        return sale(str(uuid.uuid4()), amount="1000")

    def withdrawal(self):
        refused = {**self.new_sale(), "kind": "savings-withdrawal", "channel": "cash"}
        refused["entries"] = [
            {"code": 2111, "holder": "184", "debit": "100"}, {"code": 1102, "credit": "100"}
        ]  # fmt: skip
        return refused


class Follower(SoakClient):
    """Follows the events from some place on, and comes back; none may be missing."""

    def turn(self, number):
        self.disconnect()
        start = max(1, int(self.ask(200, "GET", "/v1/ledger")["shards"][0]["head"]) - 1000)
        answer = self.open("GET", f"/v1/events?from={start}", None, {"Accept": "text/event-stream"})
        events = (int(line[3:]) for line in answer if line.startswith(b"id:"))
        for wanted, sequence in zip(range(start, start + 20_000), events):
            if sequence != wanted:
                raise AssertionError(f"event {sequence} comes where {wanted} is due")
            if self.soak.stopping.is_set():
                break
        self.answers["streams"] += 1


class Soak(Lumbung):
    def test_mixed_load(self):
        self.stopping = threading.Event()
        self.start_server()
        clients = [Poster(self, f"poster {i}") for i in range(HTTP_CLIENTS)]
        clients += [Follower(self, f"follower {i}") for i in range(FOLLOWERS)]
        with contextlib.ExitStack() as loads:
            for arguments in (
                ("--batch", 250, "--in-flight", 2, "--rate", BATCH_RATE, "--seed", 1),
                ("--batch", 1, "--in-flight", 8, "--rate", UNARY_RATE, "--seed", 2, "--unary"),
            ):
                loads.enter_context(self.grpc_load(*arguments))
            for client in clients:
                client.start()
            samples = self.watch()
            self.stopping.set()
            for client in clients:
                client.join(timeout=120)
        self.assertEqual([client.failure for client in clients if client.failure], [])
        answers = sum((client.answers for client in clients), collections.Counter())
        self.report(samples, answers)
        self.assertGreater(answers["streams"], 0)
        self.assertEqual(self.server.stop(), OK)
        # On a busy machine requests are slow, which is worth a warning each, up to a limit.
        expected = "request .* code=OK|lines left out what=request"
        bad = [line for line in self.server.log if re.search(f" (error|warning) (?!{expected})", line)]
        self.assertEqual(bad, [])
        self.run_program("verify", "barn", timeout=3600)
        if MINUTES:
            self.check_memory(samples)

    def start_server(self):
        self.make_ledger()
        self.run_program("register", "barn", COOPERATIVE, "--village", "32.04.12.2001")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-keyout", "server.key", "-out", "server.pem", "-days", "30", "-subj", "/CN=ledger",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
            cwd=self.folder, check=True, capture_output=True,
        )  # fmt: skip
        grants = "".join(f'[[principal.grant]]\nrole = "{role}"\n' for role in ROLES)
        self.write("policy.toml", POLICY.replace("[principal.quota]", grants + "[principal.quota]"))
        self.server = Server(
            ["barn", "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0",
             "--tls-certificate", "server.pem", "--tls-key", "server.key", "--policy", "policy.toml"],
            self.folder,
        )  # fmt: skip
        self.addCleanup(self.server.discard)
        self.tls = ssl.create_default_context(cafile=self.folder / "server.pem")

    @contextlib.contextmanager
    def grpc_load(self, *arguments):
        """A load by gRPC; nothing of it may be refused."""
        seconds = SECONDS + 60
        rate = arguments[arguments.index("--rate") + 1]
        process = subprocess.Popen(
            [LUMBUNG, "bench", "--server", f"127.0.0.1:{self.server.grpc_port}", "--ca", "server.pem",
             "--warm-up", "0", "--transactions", str(int(rate * seconds)), "--json",
             *map(str, arguments)],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "LUMBUNG_TOKEN": TOKEN},
        )  # fmt: skip
        try:
            yield
            self.assertIsNone(process.poll(), "a load by gRPC ended before its time")
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=120)
            self.assertIn(process.returncode, (OK, 130), output + errors)
        finally:
            process.kill()
            process.communicate(timeout=60)

    def watch(self):
        """(seconds, bytes resident, of them not of files, events) over the time, while the server
        is told to read its certificates and policy again."""
        start = time.monotonic()
        samples = []
        next_sample = start
        while (now := time.monotonic()) < start + SECONDS and not self.stopping.is_set():
            if now >= next_sample:
                samples.append((now - start, *self.memory(), self.head()))
                next_sample += SAMPLE_SECONDS
            self.server.process.send_signal(signal.SIGHUP)
            self.stopping.wait(timeout=RELOAD_SECONDS)
        return samples

    def memory(self):
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text(encoding="ascii")
        kib = dict(re.findall(r"^(\w+):\s+(\d+) kB$", status, re.MULTILINE))
        return int(kib["VmRSS"]) * 1024, int(kib["RssAnon"]) * 1024

    def head(self):
        client = SoakClient(self, "head")
        try:
            return int(client.ask(200, "GET", "/v1/ledger")["shards"][0]["head"])
        finally:
            client.disconnect()

    def report(self, samples, answers):
        if REPORT:
            lines = [f"{at:7.0f} s {resident >> 20:6} MiB resident, {anonymous >> 20:6} anonymous, {head:9} events"
                     for at, resident, anonymous, head in samples]  # fmt: skip
            lines += [f"{count:9} {what}" for what, count in sorted(answers.items())]
            pathlib.Path(REPORT).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def check_memory(self, samples):
        settled = [anonymous for at, _, anonymous, _ in samples if SECONDS / 3 <= at < SECONDS * 2 / 3]
        late = [anonymous for at, _, anonymous, _ in samples if at >= SECONDS * 2 / 3]
        self.assertLess(max(late), max(settled) + SLACK_BYTES)


if __name__ == "__main__":
    unittest.main()
