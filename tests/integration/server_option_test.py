#!/usr/bin/env python3
"""--server tells what the folder tells: each command that reads, its text, its JSON and its errors."""

import hashlib
import json
import re
import signal
import subprocess
import unittest

from serving import Server, ServingTest
from support import COOPERATIVE, INVOICES, IO, LUMBUNG, REFUSED, SALE_ID, USAGE, free_port, sale

SAVINGS = f"{COOPERATIVE}:2111:184"
# The last one may post for one cooperative.
TOKENS = {"auditor": "token-of-the-auditor", "poster": "token-of-the-poster"}
REFUSED_ID = "01890f0a-7c00-7000-8000-000000000009"


def entries(debit, credit, amount, holder=0):
    return [
        {"code": debit, "debit": amount, "holder": str(holder if debit == 2111 else 0)},
        {"code": credit, "credit": amount, "holder": str(holder if credit == 2111 else 0)},
    ]


class ServerOption(ServingTest):
    # What each is asked for, after the folder.
    COMMANDS = (
        ("accounts",),
        ("accounts", "--cooperative", COOPERATIVE),
        ("accounts", "--cooperative", 99),
        ("accounts", "--code", 1121),
        ("balance", f"{COOPERATIVE}:1121"),
        ("balance", SAVINGS),
        ("balance", f"{COOPERATIVE}:5101"),
        ("balance", "99:1121"),
        ("balance", "no account"),
        ("balance",),
        ("checkpoint", "--shard", 0),
        ("checkpoint", "--shard", 2),
        ("checkpoint",),
        ("replay", "--shard", 1),
        ("replay", "--shard", 0, "--from", 3, "--through", 4),
        ("replay", "--shard", 0, "--from", 1000),
        ("replay", "--shard", 0, "--through", 1000),
        ("replay", "--shard", 0, "--format", "proto"),
        ("replay", "--format", "hledger"),
        ("replay", "--shard", 0, "--format", "hledger", "--from", 5),
        ("replay", "--follow", "--format", "hledger"),
        ("replay",),
        ("show", SALE_ID),
        ("show", SALE_ID, "--cooperative", COOPERATIVE),
        ("show", REFUSED_ID),
        ("show", "01890f0a-7c00-7000-8000-00000000ffff"),
        ("show", "no id"),
        ("show",),
        ("statement", f"{COOPERATIVE}:1121"),
        ("statement", SAVINGS, "--since", 20260502),
        ("statement", f"{COOPERATIVE}:5101"),
        ("stats",),
    )

    def fill(self):
        """A ledger of two shards, with something of each kind, as nobody has it open."""
        self.make_ledger(shards=2)
        for cooperative in (COOPERATIVE, COOPERATIVE + 1, COOPERATIVE + 2):
            self.run_program("register", "barn", cooperative, "--village", "32.04.12.2001", "--effective", 20260101)
            transaction = sale(cooperative=cooperative)
            self.run_program("post", "barn", "-", stdin=json.dumps(transaction).encode())
        for number, (kind, amount, expect, lines) in enumerate((
            ("savings-deposit", "4000000", 0, (1102, 2111)),
            ("savings-withdrawal", "9000000", REFUSED, (2111, 1102)),
        )):  # fmt: skip
            transaction = sale(transaction_id=f"01890f0a-7c00-7000-8000-00000000000{8 + number}")
            transaction.update(
                kind=kind, channel="cash", businessDate=20260502, entries=entries(*lines, amount, holder=184)
            )
            self.run_program("post", "barn", "-", stdin=json.dumps(transaction).encode(), expect=expect)
        self.write("invoices.csv", INVOICES)
        self.run_program("import", "retail", "barn", "invoices.csv")

    def start(self, *arguments):
        server = Server(
            ["barn", "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0", *arguments], self.folder
        )
        self.addCleanup(server.discard)
        return server, f"127.0.0.1:{server.grpc_port}"

    def ask(self, where, command, json_wanted):
        """Exit code, standard output and errors of a command about a ledger."""
        name, *rest = command
        arguments = [name, *where, *rest] + (["--json"] if json_wanted else [])
        output = self.run_program(*arguments, expect=None)
        # RocksDB writes a few bytes about itself at each opening.
        output = re.sub(r'(?m)"log_bytes_on_disk":\d+|^  log  .*$', "", output)
        return self.exit_code, output, self.errors

    def test_the_server_tells_what_the_folder_tells(self):
        self.fill()
        asked = [(command, as_json) for command in self.COMMANDS for as_json in (False, True)]
        # First the server, on what nobody has changed since: opening may change what stats tell.
        self.ask(["barn"], ("stats",), False)
        server, address = self.start()
        remote = [self.ask(["--server", address], command, as_json) for command, as_json in asked]
        self.assertEqual(server.stop(), 0)
        local = [self.ask(["barn"], command, as_json) for command, as_json in asked]
        good = 0
        for (command, as_json), there, here in zip(asked, remote, local):
            with self.subTest(command, json=as_json):
                self.assertEqual(there, here)
            good += here[0] == 0
        self.assertGreater(good, 35, "most of them are answers, not errors")

    def test_follow(self):
        self.fill()
        server, address = self.start()
        process = subprocess.Popen(
            [LUMBUNG, "replay", "--server", address, "--shard", "0", "--follow"],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(process.kill)
        home = next(
            shard for shard in self.run_json("stats", "--server", address)["shards"] if shard["shard"] == 0
        )
        seen = [json.loads(process.stdout.readline()) for _ in range(home["head"])]
        self.run_program("register", "--server", address, self.cooperative_of_shard(0), "--village", "32.04.12.2001")
        # What comes now is shown now.
        seen.append(json.loads(process.stdout.readline()))
        self.assertEqual([int(line["event"]["sequence"]) for line in seen], list(range(1, home["head"] + 2)))
        self.assertIn("cooperativeRegistered", seen[-1]["event"])
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=60)
        self.assertEqual((process.returncode, rest), (0, ""), errors)
        self.assertEqual(server.stop(), 0)

    @staticmethod
    def cooperative_of_shard(shard):
        """A new one that lives there: by the first eight bytes of the digest of its number."""
        return next(
            number for number in range(500, 600)
            if int.from_bytes(hashlib.sha256(str(number).encode()).digest()[:8], "big") % 2 == shard
        )  # fmt: skip

    def test_no_server(self):
        nowhere = f"127.0.0.1:{free_port()}"
        for command in self.COMMANDS:
            if command[1:2] in ((), ("no account",), ("no id",), ("--follow",)):
                continue
            with self.subTest(command):
                code, output, errors = self.ask(["--server", nowhere], command, False)
                self.assertEqual((code, output), (IO, ""))
                self.assertIn(nowhere, errors)

    def test_a_folder_beside_the_server_is_one_too_many(self):
        for command in (("accounts",), ("checkpoint",), ("replay",), ("stats",), ("show", SALE_ID)):
            with self.subTest(command):
                code, _, errors = self.ask(["--server", "127.0.0.1:1", "barn"], command, False)
                self.assertEqual(code, USAGE)
                self.assertIn("With --server", errors)

    def test_who_may_not_is_refused(self):
        self.fill()
        policy = ""
        for role, token in TOKENS.items():
            digest = hashlib.sha256(token.encode()).hexdigest()
            policy += f'[[principal]]\nid = "{role}"\ntoken_sha256 = ["{digest}"]\n'
            policy += f'[[principal.grant]]\nrole = "{role}"\n'
        policy += f"cooperatives = [{COOPERATIVE}]\n"
        self.write("policy.toml", policy)
        _, address = self.start("--policy", "policy.toml")
        its_own = ("--cooperative", COOPERATIVE)
        # None: neither may.
        for command, poster_may in (
            (("accounts",), False),
            (("accounts", *its_own), True),
            (("balance", f"{COOPERATIVE}:1121"), True),
            (("balance", f"{COOPERATIVE + 1}:1121"), False),
            (("checkpoint", "--shard", 0), True),
            (("replay", "--shard", 0), False),
            (("show", SALE_ID, *its_own), False),
            (("statement", f"{COOPERATIVE}:1121"), False),
            (("stats",), True),
            (("register", COOPERATIVE + 9, "--village", "32.04.12.2001"), None),
        ):
            with self.subTest(command):
                code, _, errors = self.ask(["--server", address, "--token", TOKENS["poster"]], command, False)
                self.assertEqual(code, 0 if poster_may else REFUSED, errors)
                if not poster_may:
                    self.assertIn("the policy does not allow this", errors)
                    self.assertNotIn("OVERLOADED", errors)
                code, _, errors = self.ask(["--server", address, "--token", TOKENS["auditor"]], command, False)
                self.assertEqual(code, REFUSED if poster_may is None else 0, errors)
                code, output, _ = self.ask(["--server", address, "--token", "nobody"], command, False)
                self.assertEqual((code, output), (REFUSED, ""))


if __name__ == "__main__":
    unittest.main()
