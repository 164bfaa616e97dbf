"""The demo's Prometheus: it scrapes the server, with the rules of ops/alerts.yml, and is asked what the
operator's dashboard (ops/grafana) asks."""

import json
import pathlib
import shutil
import urllib.error
import urllib.parse
import urllib.request

from demo_server import Child, DemoError, free_port, wait_for

OPS = pathlib.Path(__file__).resolve().parent.parent / "ops"
DASHBOARD = OPS / "grafana/lumbung.json"
# Panels that show nothing where nothing of that kind has happened: there is no certificate, and commands are
# refused, sent again or fail only where it so happens.
MAY_BE_EMPTY = {"Certificate ends in", "Requests that failed", "Results by code", "Replays and conflicts"}


def is_installed():
    return shutil.which("prometheus") is not None


def questions():
    """What each panel of the dashboard asks: title and expression, as Grafana fills them in."""
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$__rate_interval", "20s").replace("$instance", ".*")


class Prometheus:
    """Debian's, in the folder `prometheus` of the current one."""

    def __init__(self, scraped, well_known=True):
        folder = pathlib.Path("prometheus")
        folder.mkdir()
        # JSON is YAML.
        (folder / "prometheus.yml").write_text(json.dumps({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(OPS / "alerts.yml")],
            "scrape_configs": [{"job_name": "lumbung", "static_configs": [{"targets": [scraped]}]}],
        }), encoding="utf-8")  # fmt: skip
        self.address = f"127.0.0.1:{free_port(9090 if well_known else 0)}"
        self.child = Child(f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
                           f"--web.listen-address={self.address}",
                           program="prometheus", log="prometheus.log")  # fmt: skip
        wait_for(self.is_ready, "Prometheus to answer", watched=self.child)

    def stop(self):
        self.child.stop()

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"http://{self.address}/-/ready", timeout=10) as answer:
                return answer.status == 200
        except OSError:
            return False

    def get(self, path, **parameters):
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            with error:
                raise DemoError(f"Prometheus on {parameters or path}: {error.read().decode()}") from None

    def wait_until_scraped(self):
        def is_up():
            targets = self.get("targets", state="active")["activeTargets"]
            return [target["health"] for target in targets] == ["up"]

        wait_for(is_up, "Prometheus to scrape the server", watched=self.child)

    def alerts(self):
        """The names of the alerts that it watches, and of those that fire."""
        rules = [rule for group in self.get("rules")["groups"] for rule in group["rules"]]
        broken = [rule["name"] for rule in rules if rule["health"] == "err"]
        if broken:
            raise DemoError(f"rules that Prometheus can't evaluate: {broken}")
        return [rule["name"] for rule in rules], [rule["name"] for rule in rules if rule["state"] == "firing"]

    def ask_all(self):
        """Asks everything that the dashboard asks, until all has data that should; (how many, titles of those
        without data)."""
        asked = list(questions())
        empty = set()

        def has_data():
            nonlocal empty
            empty = {title for title, expression in asked if not self.get("query", query=expression)["result"]}
            return empty <= MAY_BE_EMPTY

        try:
            wait_for(has_data, "the operator's dashboard to have data", limit=60, pause=1)
        except DemoError as error:
            raise DemoError(f"{error}: {sorted(empty - MAY_BE_EMPTY)}") from None
        return len(asked), sorted(empty)
