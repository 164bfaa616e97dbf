"""The demo's processes: a server that may be killed and comes back, others beside it, and nothing of
them left at the end."""

import ctypes
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

LUMBUNG = os.environ.get("LUMBUNG_BIN", "")
STOP_LIMIT = 60


class DemoError(Exception):
    """Something did not hold; the message says what."""


def die_with_parent():
    """Between fork and exec: a demo that is killed leaves nothing behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def free_port(wanted=0):
    """`wanted` where nobody listens on it, else another."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
            except OSError:
                pass
    raise DemoError("no port is free")


def say(text=""):
    print(text, flush=True)


def run(*arguments, shown=True, expect=0):
    """Runs lumbung to its end; its output. Shows the command as a reader would type it."""
    if shown:
        say(f"$ lumbung {' '.join(map(str, arguments))}")
    done = subprocess.run([LUMBUNG, *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode != expect:
        raise DemoError(f"lumbung {arguments[0]} ended with {done.returncode}, not {expect}:\n{done.stdout}{done.stderr}")
    return done.stdout + (done.stderr if expect else "")


class Child:
    """A process in a session of its own: Ctrl-C on the terminal is the demo's to hear."""

    def __init__(self, *arguments, log, program=LUMBUNG):
        self.arguments = [program, *map(str, arguments)]
        self.log = log
        with open(log, "ab") as file:
            self.process = subprocess.Popen(
                self.arguments, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                start_new_session=True, preexec_fn=die_with_parent,
            )  # fmt: skip

    def alive(self):
        return self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """As an operator stops it; its exit code."""
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.kill()
            raise DemoError(f"{self.arguments[1]} did not stop") from None

    def words(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()


class Server:
    """`lumbung serve` on ports that stay the same."""

    def __init__(self, ledger, *flags, well_known=True):
        self.grpc = f"127.0.0.1:{free_port(7070 if well_known else 0)}"
        self.http = f"127.0.0.1:{free_port(7071 if well_known else 0)}"
        self.arguments = ["serve", ledger, "--grpc-listen", self.grpc, "--http-listen", self.http,
                          "--projections-names", "balances,performance,audit", *flags]  # fmt: skip
        self.child = None

    def start(self, shown=False):
        if shown:
            say(f"$ lumbung {' '.join(map(str, self.arguments))}")
        self.child = Child(*self.arguments, log="server.log")
        wait_for(self.answers, "the server to answer", watched=self.child)

    def answers(self):
        try:
            return self.get("/readyz", raw=True) is not None
        except (OSError, DemoError):
            return False

    def request(self, path, body=None):
        """Status and text of an answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://{self.http}{path}", data, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def get(self, path, raw=False):
        status, text = self.request(path)
        if status != 200:
            raise DemoError(f"GET {path}: {status} {text}")
        return text if raw else json.loads(text)

    def head(self):
        return int(self.get("/v1/ledger")["shards"][0]["head"])

    def has_dashboard(self):
        status, text = self.request("/dashboard/")
        return status == 200 and re.search("<html", text, re.IGNORECASE) is not None


def wait_for(condition, what, watched=None, limit=120, pause=0.02):
    end = time.monotonic() + limit
    while not condition():
        if watched is not None and not watched.alive():
            raise DemoError(f"{what} was waited for, but {watched.arguments[1]} ended:\n{watched.words()}")
        if time.monotonic() > end:
            raise DemoError(f"{what} was waited for in vain")
        time.sleep(pause)
