#!/usr/bin/env python3
"""The server is killed under load, again and again, while several clients send the same commands and
send again what has no answer: at the end each command is in the ledger once, and everyone was told
the same place."""

import json
import subprocess
import unittest
import urllib.error
import urllib.request

from serving import LastingServer
from support import LUMBUNG, Lumbung

CLIENTS = 3
KILLS = 6


class ServeKill(Lumbung):
    def test_nothing_is_lost_or_doubled(self):
        self.run_program("init", "barn", "--origin", "kill.example")
        day = self.folder / "day.ndjson"
        day.write_text(self.run_program("simulate", "--cooperatives", 60, "--seed", 3))
        server = LastingServer(self.folder, "barn")
        self.addCleanup(server.kill)
        clients = [self.start_client(server, day, i) for i in range(CLIENTS)]
        for _ in range(KILLS):
            if not server.wait_for_more_events():
                break
            server.kill()
            server.start()
        for client in clients:
            output, errors = client.communicate(timeout=240)
            self.assertEqual(client.returncode, 0, errors.decode() + output.decode())
        answers = [self.acknowledged(i) for i in range(CLIENTS)]
        self.assertGreater(len(answers[0]), 1000)
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[0], answers[2])
        self.check_look_ups(server, answers[0])
        server.stop()
        self.check_log(answers[0])

    def start_client(self, server, day, number):
        command = [LUMBUNG, "import", "transactions", "--server", server.grpc, day.name, "--acknowledged",
                   f"acknowledged-{number}"]  # fmt: skip
        return subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def acknowledged(self, number):
        """(cooperative, id) -> (code, sequence); each once."""
        answers = {}
        for line in (self.folder / f"acknowledged-{number}").read_text().splitlines():
            cooperative, command, code, sequence = line.split()
            self.assertNotIn((cooperative, command), answers)
            answers[cooperative, command] = code, int(sequence)
        return answers

    def check_look_ups(self, server, answers):
        places = [(key, place) for key, place in answers.items() if key[0] != "0"]
        for (cooperative, command), (_, sequence) in places[:: len(places) // 40]:
            url = f"http://{server.http}/v1/transactions/{command}?cooperative={cooperative}"
            with urllib.request.urlopen(url, timeout=30) as response:
                found = json.load(response)
            self.assertEqual(int(found["result"]["sequence"]), sequence)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(
                f"http://{server.http}/v1/transactions/0198f0c4-7a10-7cc2-8a4e-3f1d5b7c9e99?cooperative=1",
                timeout=30,
            )
        refused.exception.close()
        self.assertEqual(refused.exception.code, 404)

    def check_log(self, answers):
        sequences = sorted(sequence for _, sequence in answers.values())
        self.assertEqual(len(set(sequences)), len(sequences))
        stats = json.loads(self.run_program("stats", "barn", "--json"))
        # Before them: the ledger's creation and its chart.
        self.assertEqual(stats["shards"][0]["head"], len(sequences) + 2)
        self.run_program("verify", "barn")


if __name__ == "__main__":
    unittest.main()
