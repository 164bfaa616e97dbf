#!/usr/bin/env python3
"""The server's settings and policy, as an operator writes and checks them."""

import hashlib
import os
import re
import subprocess
import unittest

from support import IO, OK, REFUSED, USAGE, Lumbung

POLICY = """\
[[principal]]
id = "tills"
names = ["tills.example"]
[[principal.grant]]
role = "poster"
"""


class Settings(Lumbung):
    def check(self, text, *flags, expect=OK):
        self.write("lumbung.toml", text)
        return self.run_program("config", "check", "lumbung.toml", *flags, expect=expect)

    def make_certificate(self, days="30"):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-keyout", "server.key", "-out", "server.pem", "-days", days, "-subj", "/CN=ledger",
             "-addext", "subjectAltName=DNS:ledger.example"],
            cwd=self.folder, check=True, capture_output=True,
        )  # fmt: skip

    def test_the_example_is_good_and_complete(self):
        example = self.run_program("config", "example")
        self.check(example)
        stated = set()
        section = ""
        for line in example.splitlines():
            if match := re.fullmatch(r"\[(\w+)\]", line):
                section = match[1] + "."
            elif match := re.match(r"(\w+) = ", line):
                stated.add(section + match[1])
        settings = self.run_json("config", "check", "lumbung.toml")["settings"]
        self.assertEqual(stated, set(settings))
        flags = set(re.findall(r"--([a-z-]+)", self.run_program("config", "check", "--help")))
        self.assertLessEqual({re.sub("[._]", "-", key) for key in settings}, flags)

    def test_a_flag_goes_before_the_file(self):
        text = 'drain_seconds = 7\n[log]\nformat = "json"\n'
        self.check(text)
        settings = self.run_json(
            "config", "check", "lumbung.toml", "--drain-seconds", "9", "--http-listen", "",
            "--engine-account-memory", "2 GiB",
        )["settings"]  # fmt: skip
        self.assertEqual(settings["drain_seconds"], "9")
        self.assertEqual(settings["log.format"], "json")
        self.assertEqual(settings["http.listen"], "")
        self.assertEqual(settings["engine.account_memory"], "2 GiB")
        self.check(text, "--drain-seconds", "0", expect=USAGE)
        self.assertIn("drain_seconds: wants a whole number from 1 to 3600", self.errors)

    def test_what_is_wrong_is_refused_with_its_place(self):
        self.check('[grpc]\nlisen = "127.0.0.1:1"\n', expect=USAGE)
        self.assertIn("lumbung.toml:2: grpc.lisen: is not known; did you mean listen?", self.errors)
        self.check("", "--grpc-listen", "0.0.0.0:7070", expect=USAGE)
        self.assertIn("set tls.certificate, tls.key, policy, or listen on 127.0.0.1", self.errors)
        self.run_program("config", "check", "none.toml", expect=REFUSED)
        self.run_program("config", "check", ".", expect=IO)

    def test_what_the_settings_name_is_read(self):
        self.make_certificate()
        self.write("policy.toml", POLICY)
        text = (
            'policy = "policy.toml"\n[grpc]\nlisten = "0.0.0.0:7070"\n'
            '[tls]\ncertificate = "server.pem"\nkey = "server.key"\n'
        )
        self.check(text)
        found = self.run_json("config", "check", "lumbung.toml")
        self.assertEqual(found["policy"]["principals"], 1)
        self.assertEqual(found["tls"]["names"], ["ledger.example"])
        self.assertIn(found["tls"]["days_left"], (29, 30))
        self.write("policy.toml", POLICY + "kind = 1\n")
        self.check(text, expect=USAGE)
        self.assertIn("policy.toml:6: principal[0].grant[0].kind: is not known; did you mean kinds?", self.errors)
        os.remove(self.folder / "policy.toml")
        self.check(text, expect=REFUSED)
        self.assertIn("policy.toml", self.errors)
        self.write("policy.toml", POLICY)
        first = (self.folder / "server.key").read_text()
        self.make_certificate()
        self.write("server.key", first)
        self.check(text, expect=USAGE)
        self.assertIn("server.key: is not the key of the certificate in server.pem", self.errors)


class Policy(Lumbung):
    def test_a_token_is_known_by_its_digest(self):
        made = self.run_json("policy", "token")
        self.assertEqual(hashlib.sha256(made["token"].encode()).hexdigest(), made["token_sha256"])
        text = self.run_program("policy", "token")
        self.assertNotIn(made["token"], text)
        line = re.search(r"for the policy: +(token_sha256 = .*)", text)[1]
        self.write("policy.toml", f'[[principal]]\nid = "t"\n{line}\n[[principal.grant]]\nrole = "reader"\n')
        checked = self.run_json("policy", "check", "policy.toml")
        self.assertEqual(
            checked["principals"],
            [{"id": "t", "roles": "reader", "names": [], "tokens": 1, "revoked": False}],
        )

    def test_check_lists_principals_and_refuses_what_is_wrong(self):
        self.write("policy.toml", POLICY)
        self.assertEqual(
            self.run_program("policy", "check", "policy.toml"),
            "tills: poster; 1 certificate names, 0 tokens\n",
        )
        self.write("policy.toml", POLICY.replace("poster", "postr"))
        self.run_program("policy", "check", "policy.toml", expect=USAGE)
        self.assertIn(
            "policy.toml:5: principal[0].grant[0].role: postr is no role; did you mean poster?", self.errors
        )


if __name__ == "__main__":
    unittest.main()
