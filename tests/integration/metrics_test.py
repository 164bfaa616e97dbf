#!/usr/bin/env python3
"""What the server tells Prometheus: checked by promtool, scraped by a real Prometheus; and what it
tells its log of requests."""

import json
import re
import shutil
import socket
import subprocess
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

from serving import ServingTest
from support import OK, REFUSED, SALE_ID, sale, skip

CONFIGURATION = """\
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: lumbung
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


def value_of(text, series):
    """The value of a series in the text format, or None."""
    match = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
    return None if match is None else float(match[1])


class Metrics(ServingTest):
    def post(self, server, *transactions):
        return server.request("/v1/transactions", list(transactions))

    def test_promtool_has_no_complaint(self):
        server = self.serve(shards=2)
        self.post(server, sale())
        checked = subprocess.run(
            ["promtool", "check", "metrics"], input=server.metrics(),
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))

    def test_what_happened_is_counted(self):
        server = self.serve()
        before = server.metrics()
        other = sale("01890f0a-7c00-7000-8000-000000000002")
        unknown = sale("01890f0a-7c00-7000-8000-000000000003", cooperative=999)
        self.post(server, sale(), other, unknown)
        self.post(server, sale())
        self.post(server, sale(amount="1"))
        server.request("/v1/ledger")
        server.request("/nowhere")
        server.request("/nowhere/else")
        text = server.metrics()

        results = 'lumbung_command_results_total{{code="{}",replayed="{}"}}'.format
        self.assertEqual(value_of(text, results("OK", "false")), 2)
        self.assertEqual(value_of(text, results("OK", "true")), 1)
        self.assertEqual(value_of(text, results("ID_CONFLICT", "false")), 1)
        self.assertEqual(value_of(text, results("UNKNOWN_COOPERATIVE", "false")), 1)
        requests = 'lumbung_requests_total{{code="{}",method="{}",transport="http"}}'.format
        self.assertEqual(value_of(text, requests("200", "GET /v1/ledger")), 1)
        # Paths that are none are one series.
        self.assertEqual(value_of(text, requests("404", "other")), 2)
        self.assertEqual(
            value_of(text, 'lumbung_request_duration_seconds_count{method="other",transport="http"}'), 2
        )
        self.assertEqual(value_of(text, "lumbung_commands_duration_seconds_count"), 3)
        for name, grown in (("sequence", 2), ("events_total", 2)):
            series = f'lumbung_{name}{{shard="0"}}'
            self.assertEqual(value_of(text, series) - value_of(before, series), grown, name)
        blocks = value_of(text, 'lumbung_blocks_total{shard="0"}')
        self.assertEqual(value_of(text, "lumbung_block_events_count"), blocks)
        self.assertEqual(value_of(text, "lumbung_block_events_sum"), 2)
        self.assertEqual(value_of(text, 'lumbung_stage_duration_seconds_count{stage="write"}'), blocks)
        self.assertEqual(value_of(text, 'lumbung_fsync_duration_seconds_count{shard="0"}'), blocks)
        self.assertGreater(value_of(text, 'lumbung_fsync_duration_seconds_sum{shard="0"}'), 0)
        self.assertEqual(value_of(text, 'lumbung_fsync_duration_seconds_bucket{shard="0",le="+Inf"}'), blocks)
        self.assertGreater(value_of(text, "lumbung_resident_memory_bytes"), 1 << 20)
        self.assertEqual(value_of(text, "lumbung_ready"), 1)

    def test_prometheus_scrapes_it(self):
        server = self.serve()
        self.post(server, sale())
        prometheus = self.start_prometheus(server)
        found = self.query(prometheus, 'lumbung_command_results_total{code="OK"}')
        self.assertEqual(found["metric"]["job"], "lumbung")
        self.assertEqual(found["value"][1], "1")
        quantile = self.query(
            prometheus, "histogram_quantile(0.99, lumbung_commands_duration_seconds_bucket)"
        )
        self.assertGreater(float(quantile["value"][1]), 0)

    def start_prometheus(self, server):
        """Its port."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.write("prometheus.yml", CONFIGURATION.format(port=server.http_port))
        log = open(self.folder / "prometheus.log", "w", encoding="utf-8")
        self.addCleanup(log.close)
        self.prometheus = subprocess.Popen(
            ["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
             f"--web.listen-address=127.0.0.1:{port}"],
            cwd=self.folder, stdout=log, stderr=log,
        )  # fmt: skip
        self.addCleanup(self.prometheus.wait, timeout=60)
        self.addCleanup(self.prometheus.kill)
        return port

    def query(self, port, expression):
        """The one series that it finds, as soon as there is one."""
        url = f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(url, timeout=60) as answer:
                    result = json.load(answer)["data"]["result"]
            except (urllib.error.URLError, ConnectionError):
                result = []  # not listening yet
            if result:
                self.assertEqual(len(result), 1, result)
                return result[0]
            try:
                # Not at once again, as it starts on the same cores; unless it has ended.
                self.prometheus.wait(timeout=0.1)
                break
            except subprocess.TimeoutExpired:
                pass
        self.fail(f"Prometheus has no {expression}: {(self.folder / 'prometheus.log').read_text()}")


class RequestLog(ServingTest):
    def test_a_failed_request_is_one_line_with_its_id(self):
        server = self.serve("--log-format", "json")
        server.request("/v1/transactions", [sale()])
        status, headers, body = server.request(
            "/v1/transactions", {**sale(), "kind": 7}, {"X-Request-Id": "till-3.000017"}
        )
        self.assertEqual((status, headers["X-Request-Id"]), (400, "till-3.000017"))
        self.assertEqual(server.stop(), OK)
        requests = [line for line in map(json.loads, server.log) if line["message"] == "request"]
        # The one that was well is for debugging only.
        self.assertEqual(len(requests), 1, server.log)
        line = requests[0]
        self.assertEqual(line["request_id"], "till-3.000017")
        self.assertEqual((line["status"], line["code"]), ("400", json.loads(body)["code"]))
        self.assertEqual(line["method"], "POST /v1/transactions")
        self.assertEqual(line["level"], "info")

    def test_grpc_is_logged_and_counted_alike(self):
        server = self.serve("--log-format", "json", "--log-level", "debug")
        address = f"127.0.0.1:{server.grpc_port}"
        self.run_program("post", "--server", address, self.write("sale.json", sale()))
        self.run_program("balance", "--server", address, "999:1101:0", expect=REFUSED)
        text = server.metrics()
        requests = 'lumbung_requests_total{{code="{}",method="{}",transport="grpc"}}'.format
        self.assertEqual(value_of(text, requests("NOT_FOUND", "GetAccount")), 1)
        self.assertEqual(value_of(text, 'lumbung_command_results_total{code="OK",replayed="false"}'), 1)
        self.assertEqual(server.stop(), OK)
        lines = [line for line in map(json.loads, server.log) if line.get("transport") == "grpc"]
        (failed,) = [line for line in lines if line["status"] != "OK"]
        self.assertEqual((failed["level"], failed["method"]), ("info", "GetAccount"))
        self.assertEqual((failed["status"], failed["principal"]), ("NOT_FOUND", "local"))
        self.assertEqual(len({line["request_id"] for line in lines}), len(lines))
        for line in lines:
            self.assertRegex(line["request_id"], "^[0-9a-f]{32}$")

    def test_debugging_logs_every_request_and_no_bodies(self):
        server = self.serve("--log-level", "debug")
        server.request("/v1/transactions", [sale()], {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"})
        self.assertEqual(server.stop(), OK)
        lines = [line for line in server.log if "/v1/transactions" in line]
        self.assertEqual(len(lines), 1, server.log)
        self.assertIn(f"request_id={'ab' * 16} ", lines[0])
        self.assertNotIn(SALE_ID, "".join(server.log))


if __name__ == "__main__":
    for tool in ("prometheus", "promtool"):
        if shutil.which(tool) is None:
            skip(f"there is no {tool}")
    unittest.main()
