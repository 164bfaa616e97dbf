"""A server for a test: `lumbung serve` on free ports, asked over HTTP."""

import json
import re
import signal
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request

from support import COOPERATIVE, LUMBUNG, Lumbung, free_port


class Server:
    """`lumbung serve`, started with `arguments`; its log lines are kept in `log`."""

    def __init__(self, arguments, cwd, program=(LUMBUNG, "serve"), **keywords):
        self.process = subprocess.Popen(
            [*map(str, program), *map(str, arguments)],
            cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **keywords,
        )  # fmt: skip
        self.log = []
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        line = self.process.stdout.readline()
        match = re.search(r"gRPC on port (\d+), HTTP on port (\d+)", line)
        if match is None:
            self.process.wait(timeout=60)
            self._reader.join(timeout=60)
            raise AssertionError(f"the server did not start: {line}{''.join(self.log)}")
        self.grpc_port, self.http_port = map(int, match.groups())
        self.tls = None

    def _read_log(self):
        for line in self.process.stderr:
            self.log.append(line)

    def trust(self, certificate):
        """From now on it is spoken to over TLS, and has to have this certificate."""
        self.tls = ssl.create_default_context(cafile=certificate)

    def request(self, path, body=None, headers=None):
        """Status, headers and text of an answer."""
        data = None if body is None else json.dumps(body).encode()
        scheme = "http" if self.tls is None else "https"
        request = urllib.request.Request(f"{scheme}://127.0.0.1:{self.http_port}{path}", data)
        request.add_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=60, context=self.tls) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read().decode()

    def metrics(self):
        """The text of /metrics."""
        status, _, text = self.request("/metrics")
        assert status == 200, text
        return text

    def head(self):
        """The last durable event of the first shard."""
        return int(json.loads(self.request("/v1/ledger")[2])["shards"][0]["head"])

    def stop(self):
        """Ends it as systemd would; its exit code. What it logged is whole then."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=120)
        self._reader.join(timeout=60)
        return code

    def discard(self):
        """Makes sure that nothing is left of it."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=60)
        self._reader.join(timeout=60)
        self.process.stdout.close()
        self.process.stderr.close()


class LastingServer:
    """A server on ports of its own, which stay the same when it is killed and started again."""

    def __init__(self, folder, ledger):
        self.folder = folder
        self.grpc = f"127.0.0.1:{free_port()}"
        self.http = f"127.0.0.1:{free_port()}"
        self.arguments = [ledger, "--grpc-listen", self.grpc, "--http-listen", self.http]
        self.seen = 0
        self.start()

    def start(self):
        self.server = Server(self.arguments, self.folder)

    def kill(self):
        self.server.discard()

    def stop(self):
        """As an operator stops it; it ends by itself."""
        code = self.server.stop()
        self.server.discard()
        if code != 0:
            raise AssertionError(f"the server ended with {code}: {''.join(self.server.log)}")

    def wait_for_more_events(self, events=500, seconds=20):
        """Whether so many came since it was asked last."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            head = self.server.head()
            if head >= self.seen + events:
                self.seen = head
                return True
            time.sleep(0.01)
        return False


class ServingTest(Lumbung):
    """A test with a ledger, and a server on it."""

    def serve(self, *arguments, shards=1):
        self.make_ledger(shards=shards)
        self.run_program("register", "barn", COOPERATIVE, "--village", "32.04.12.2001")
        server = Server(
            ["barn", "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0", *arguments],
            self.folder,
        )
        self.addCleanup(server.discard)
        return server
