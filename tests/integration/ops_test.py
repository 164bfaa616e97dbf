#!/usr/bin/env python3
"""Alerts and dashboard (ops/): they are sound, and what they look at is what the server gives."""

import json
import re
import shutil
import subprocess
import unittest

from serving import ServingTest
from support import ROOT, sale, skip

OPS = ROOT / "ops"
ALERTS = (OPS / "alerts.yml").read_text(encoding="utf-8")
DASHBOARD = OPS / "grafana/lumbung.json"


def names_in(expression):
    """The server's metrics that an expression, or a text with some, names."""
    return set(re.findall(r"\blumbung_[a-z0-9_]+", expression))


class Ops(ServingTest):
    def promtool(self, *arguments):
        done = subprocess.run(
            ["promtool", *arguments], cwd=OPS, capture_output=True, text=True, timeout=120, check=False
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def exposed(self):
        """Every name that can be asked for, of a server that has done something of each kind."""
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-keyout", "server.key", "-out", "server.pem", "-days", "30", "-subj", "/CN=ledger",
             "-addext", "subjectAltName=IP:127.0.0.1"],
            cwd=self.folder, check=True, capture_output=True,
        )  # fmt: skip
        server = self.serve("--tls-certificate", "server.pem", "--tls-key", "server.key",
                            "--kafka-brokers", "127.0.0.1:1")  # fmt: skip
        server.trust(self.folder / "server.pem")
        server.request("/v1/transactions", [sale()])
        names = set()
        for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", server.metrics(), re.MULTILINE):
            parts = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
            names.update(name + part for part in parts)
        return names

    def test_each_alert_fires_where_it_should(self):
        self.promtool("check", "rules", "alerts.yml")
        self.promtool("test", "rules", "alerts_test.yml")
        tests = (OPS / "alerts_test.yml").read_text(encoding="utf-8")
        alerts = set(re.findall(r"- alert: (\w+)", ALERTS))
        self.assertGreater(len(alerts), 0)
        for alert in alerts:
            self.assertRegex(tests, rf"\b{alert}\b")

    def test_alerts_and_dashboard_name_what_the_server_gives(self):
        dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
        exposed = self.exposed()
        self.assertLessEqual(names_in(ALERTS), exposed)
        ids = set()
        looked_at = set()
        for panel in dashboard["panels"]:
            ids.add(panel["id"])
            self.assertGreater(len(panel["targets"]), 0, panel["title"])
            for target in panel["targets"]:
                names = names_in(target["expr"])
                self.assertGreater(len(names), 0, panel["title"])
                self.assertLessEqual(names, exposed, panel["title"])
                looked_at |= names
        self.assertEqual(len(ids), len(dashboard["panels"]))
        for variable in dashboard["templating"]["list"]:
            if variable["type"] == "query":
                self.assertLessEqual(names_in(variable["query"]["query"]), exposed)
        # Nothing is given that no panel shows.
        shown = {re.sub("_(bucket|sum|count)$", "", name) for name in looked_at}
        given = {re.sub("_(bucket|sum|count)$", "", name) for name in exposed}
        self.assertEqual(given - shown, {"lumbung_build_info"})

    def test_expressions_are_promql(self):
        """Prometheus reads every expression of the dashboard, as a rule."""
        dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
        rules = []
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                expression = target["expr"].replace("$__rate_interval", "1m").replace("$instance", ".*")
                rules.append({"record": f"panel:{panel['id']}:{target['refId']}", "expr": expression})
        # JSON is YAML.
        rules_file = self.write("rules.yml", {"groups": [{"name": "dashboard", "rules": rules}]})
        self.promtool("check", "rules", str(rules_file))


if __name__ == "__main__":
    if shutil.which("promtool") is None:
        skip("there is no promtool")
    unittest.main()
