"""A program that goes on until Ctrl-C."""

import json
import os
import pty
import signal
import subprocess
import threading

from support import LUMBUNG, OK, until


class Follower:
    """`lumbung project` on a terminal, where it says how far it is."""

    def __init__(self, folder, arguments):
        terminal, its_end = pty.openpty()
        self.process = subprocess.Popen(
            [LUMBUNG, *map(str, arguments)], cwd=folder, stdout=subprocess.PIPE, stderr=its_end, text=True
        )  # fmt: skip
        os.close(its_end)
        self.said = ""
        self.terminal = terminal
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        try:
            while data := os.read(self.terminal, 4096):
                self.said += data.decode(errors="replace")
        except OSError:
            pass  # so a terminal ends

    def wait_until_taken(self, events):
        until(lambda: f" {events:,} events" in self.said, f"that {events} events are taken")

    def finish(self):
        """Its exit code, and what it wrote to standard output."""
        output, _ = self.process.communicate(timeout=60)
        self.reader.join(timeout=60)
        return self.process.returncode, output

    def interrupt(self):
        """As Ctrl-C; what it says of the balances."""
        self.process.send_signal(signal.SIGINT)
        code, output = self.finish()
        if code != OK:
            raise AssertionError(f"it ended with {code}: {self.said}")
        return json.loads(output)["projections"][0]

    def discard(self):
        if self.process.poll() is None:
            self.process.kill()
        self.finish()
        os.close(self.terminal)
