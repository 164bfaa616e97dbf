#!/usr/bin/env python3
"""Clients of gRPC and HTTP reach the server over a network that drops, cuts, slows down, swallows and
doubles what they send. At the end every command that was acknowledged is in the ledger once, where
its client was told; every other one once or not at all, and the server says which."""

import concurrent.futures
import http.client
import itertools
import json
import subprocess
import unittest
import uuid

from proxy import Fault, Proxy
from serving import ServingTest
from support import COOPERATIVE, LUMBUNG, OK, sale

# Few bytes: a connection's first frames; many: in the middle of a request of 60 kB, an answer of 20.
GRPC_FAULTS = [
    Fault("dropped", request_bytes=0),
    Fault("cut in a request", request_bytes=20_000),
    Fault("cut in an answer", answer_bytes=5_000, reset=False),
    Fault("slow", piece=10_000, pause=0.005),
    Fault("cut in the first frames", request_bytes=30, reset=False),
    Fault("a hole, then on", request_bytes=300, hole=0.3, resume=True),
    Fault("a hole, then cut", answer_bytes=200, hole=0.3),
]
HTTP_FAULTS = [
    Fault("dropped", request_bytes=0),
    Fault("cut in a request", request_bytes=250),
    Fault("cut in an answer", answer_bytes=150, reset=False),
    Fault("twice", twice=True),
    Fault("slow", piece=64, pause=0.001),
    Fault("a hole, then on", request_bytes=700, hole=0.2, resume=True),
    Fault("a hole, then cut", answer_bytes=600, hole=0.2),
    Fault("twice, and not answered", twice=True, answer_bytes=1),
]
# None goes on for ever, so that a stream meets them all.
STREAM_FAULTS = [
    Fault("dropped", request_bytes=0),
    Fault("cut in a request", request_bytes=100_000),
    Fault("cut in an answer", answer_bytes=20_000, reset=False),
    Fault("slow", piece=10_000, pause=0.005, request_bytes=200_000),
    Fault("a hole, then cut", answer_bytes=30_000, hole=0.3),
]
SET_UP = Fault("none")
# The network has forgotten the connection: nobody is told.
FORGOTTEN = Fault("forgotten", answer_bytes=10_000, hole=3600)
STREAM_POSTS = 20_000
FILES = 4
POSTS = 7
HTTP_CLIENTS = 4
HTTP_POSTS = 24
MOST_ATTEMPTS = 40
MOST_RUNS = 5
NO_ANSWER = (OSError, http.client.HTTPException, ValueError)


def uuid_of(client, number):
    return str(uuid.UUID(int=0x01890F0A_7C00_7000_8000_000000000000 + client * 1_000_000 + number))


def amount_of(client, number):
    return 1_000 * (client + 1) + number


def without_zeros(balances):
    return {account: balance for account, balance in balances.items() if balance}


def run(folder, *arguments):
    """The program, from any thread."""
    command = [LUMBUNG, *map(str, arguments)]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )


class HttpClient:
    """Posts sales one after the other, over connections that it keeps as long as they hold."""

    def __init__(self, port, number):
        self.port = port
        self.number = number
        self.connection = None
        self.tried = {}  # id -> amount
        self.acknowledged = {}  # id -> sequence

    def run(self):
        for number in range(HTTP_POSTS):
            if number % 5 == 0:
                self.disconnect()
            transaction = uuid_of(self.number, number)
            self.tried[transaction] = amount_of(self.number, number)
            # Every third is tried once only: nobody knows then what became of it.
            for _ in range(1 if number % 3 == 0 else MOST_ATTEMPTS):
                if self.post(transaction):
                    break
        self.disconnect()
        return self

    def post(self, transaction):
        """Whether there was an answer."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            body = json.dumps(sale(transaction, amount=str(self.tried[transaction])))
            self.connection.request(
                "POST", "/v1/transactions", body, {"Content-Type": "application/json"}
            )
            answer = self.connection.getresponse()
            result = json.loads(answer.read())
        except NO_ANSWER:
            self.disconnect()
            return False
        if answer.status not in (200, 201):
            raise AssertionError(f"{answer.status}: {result}")
        self.acknowledged[transaction] = int(result["sequence"])
        return True

    def disconnect(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class ProxyTest(ServingTest):
    def test_nothing_is_lost_or_doubled(self):
        expected = self.simulate(cooperatives=25)
        self.files = self.split("day.ndjson")
        server = self.serve()
        grpc = self.proxy(server.grpc_port, GRPC_FAULTS)
        http_proxy = self.proxy(server.http_port, HTTP_FAULTS)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            imports = [pool.submit(self.import_files, grpc.port, name) for name in ("a", "b")]
            posts = pool.submit(self.post_each, grpc.port)
            clients = [HttpClient(http_proxy.port, i) for i in range(HTTP_CLIENTS)]
            running = [pool.submit(client.run) for client in clients]
            for future in (*imports, posts, *running):
                future.result()
        for proxy, faults in ((grpc, GRPC_FAULTS), (http_proxy, HTTP_FAULTS)):
            self.assertEqual(set(proxy.happened), {fault.name for fault in faults})

        acknowledged = self.acknowledged_by_import(server)
        acknowledged.update(posts.result())
        for client in clients:
            acknowledged.update(client.acknowledged)
        tried = {key: amount for client in clients for key, amount in client.tried.items()}
        second_answers = self.second_answers(http_proxy)
        found = {key: self.look_up(server, key) for key in tried}
        self.assertEqual(server.stop(), 0, server.log)

        log = self.log()
        doubled = {key: sequences for key, sequences in log.items() if len(sequences) > 1}
        self.assertFalse(doubled)
        self.assertEqual({key: log.get(key) for key in acknowledged},
                         {key: [sequence] for key, sequence in acknowledged.items()})  # fmt: skip
        # Of the others too the server knew.
        self.assertEqual(found, {key: log.get(key, [None])[0] for key in tried})
        posted = {sequence for key in tried for sequence in log.get(key, [])}
        self.assertLessEqual(second_answers, posted)
        self.assertLess(len([key for key in tried if key in acknowledged]), len(tried))
        total = sum(amount for key, amount in tried.items() if key in log)
        total += sum(amount_of(HTTP_CLIENTS, number) for number in range(POSTS))
        expected |= {f"{COOPERATIVE}:1121:0": total, f"{COOPERATIVE}:4101:0": -total}
        self.assertEqual(without_zeros(self.balances()), without_zeros(expected))
        self.run_program("verify", "barn")

    def test_a_stream_goes_on_where_it_was_cut(self):
        server = self.serve()
        before = server.head()
        proxy = Proxy(
            server.grpc_port, itertools.chain([SET_UP, FORGOTTEN], itertools.cycle(STREAM_FAULTS))
        )
        self.addCleanup(proxy.close)
        result = self.run_json(
            "bench", "--server", f"127.0.0.1:{proxy.port}", "--transactions", STREAM_POSTS,
            "--warm-up", 0, "--batch", 200, "--connections", 2, "--accounts", 100, timeout=240,
        )  # fmt: skip
        self.assertEqual((result["transactions"], result["refused"]), (STREAM_POSTS, 0))
        names = {fault.name for fault in (FORGOTTEN, *STREAM_FAULTS)}
        self.assertEqual(set(proxy.happened), names)
        self.assertEqual(server.stop(), 0, server.log)
        bodies = [set(json.loads(line)["event"]) for line in self.run_program("replay", "barn").splitlines()]
        posted = [body for body in bodies[before:] if "transactionPosted" in body]
        self.assertEqual(len(posted), STREAM_POSTS)
        self.run_program("verify", "barn")

    def proxy(self, port, faults):
        proxy = Proxy(port, itertools.cycle(faults))
        self.addCleanup(proxy.close)
        return proxy

    def split(self, name):
        """Its lines in FILES files, to be sent in order."""
        lines = (self.folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
        size = -(-len(lines) // FILES)
        starts = range(0, len(lines), size)
        return [self.write(f"part-{i}", "".join(lines[i : i + size])) for i in starts]

    def import_files(self, port, name):
        command = ["import", "transactions", "--server", f"127.0.0.1:{port}", "--acknowledged", name]
        for file in self.files:
            # Who had no answer for a minute gives up, and is told to run the same again.
            for _ in range(MOST_RUNS):
                if run(self.folder, *command, file).returncode == OK:
                    break
            else:
                raise AssertionError(f"{file} can't be imported")

    def post_each(self, port):
        """By calls of their own; id -> sequence."""
        acknowledged = {}
        for number in range(POSTS):
            key = uuid_of(HTTP_CLIENTS, number)
            amount = str(amount_of(HTTP_CLIENTS, number))
            file = self.write(f"post-{number}", sale(key, amount=amount))
            done = run(self.folder, "post", "--server", f"127.0.0.1:{port}", file, "--json")
            self.assertEqual(done.returncode, OK, done.stderr)
            acknowledged[key] = int(json.loads(done.stdout)["sequence"])
        return acknowledged

    def acknowledged_by_import(self, server):
        """Id -> sequence, the same to everyone, also to who sends all of it once more."""
        address = f"127.0.0.1:{server.grpc_port}"
        report = self.run_json(
            "import", "transactions", "--server", address, "day.ndjson", "--acknowledged", "c"
        )
        self.assertEqual((report["recorded"], report["refused"]), (0, 0))
        answers = []
        for name in ("a", "b", "c"):
            rows = [line.split() for line in (self.folder / name).read_text().splitlines()]
            told = {(command, int(sequence)) for _, command, code, sequence in rows if code == "OK"}
            self.assertEqual(len(told), report["commands"])
            answers.append(dict(told))
        self.assertEqual(answers[0], answers[2])
        self.assertEqual(answers[1], answers[2])
        return answers[2]

    def second_answers(self, proxy):
        """The sequences in the answers to requests that came twice."""
        proxy.finish_second()
        bodies = [answer.partition(b"\r\n\r\n")[2] for answer in proxy.second_answers]
        results = [json.loads(body) for body in bodies]
        self.assertEqual({result["code"] for result in results}, {"OK"})
        # Whichever of the two came later was told so.
        self.assertTrue(any(result["replayed"] for result in results))
        return {int(result["sequence"]) for result in results}

    def look_up(self, server, key):
        """The sequence that the server names, or None where it says that there is none."""
        url = f"/v1/transactions/{key}?cooperative={COOPERATIVE}"
        status, _, text = server.request(url)
        self.assertIn(status, (200, 404), text)
        return int(json.loads(text)["result"]["sequence"]) if status == 200 else None

    def log(self):
        """Id -> sequences of the events that it is in."""
        places = {}
        for line in self.run_program("replay", "barn").splitlines():
            event = json.loads(line)["event"]
            for body in event.values():
                if not isinstance(body, dict):
                    continue
                key = body.get("commandId") or body.get("transaction", {}).get("transactionId")
                if key:
                    places.setdefault(key, []).append(int(event["sequence"]))
        return places


if __name__ == "__main__":
    unittest.main()
