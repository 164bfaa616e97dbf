#!/usr/bin/env python3
"""Projections beside the ledger that is served: what was posted is read, through restarts and kills,
and they come to what a build from the folder comes to."""

import datetime
import json
import shutil
import threading
import unittest

from serving import Server, ServingTest
from support import COOPERATIVE, sale

SALES = f"/v1/accounts/{COOPERATIVE}:4101:0"


def sale_number(number, amount="100"):
    return sale(f"01890f0a-7c00-7000-8000-{number:012x}", amount)


class ServeProjections(ServingTest):
    def get(self, server, path, status=200):
        answer = server.request(path)
        self.assertEqual(answer[0], status, answer[2])
        return json.loads(answer[2])

    def post(self, server, number, amount="100"):
        """The sequence that it was recorded at."""
        answer = server.request("/v1/transactions", sale_number(number, amount))
        self.assertEqual(answer[0], 201, answer[2])
        return int(json.loads(answer[2])["sequence"])

    def restart(self):
        """A server on the ledger that there is."""
        server = Server(["barn", "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0"], self.folder)
        self.addCleanup(server.discard)
        return server

    def digests(self, *arguments):
        document = self.run_json(
            "project", "--projections", "balances,performance,audit", "--from", "barn", "--digest", *arguments
        )
        self.assertEqual([shown.get("stopped", "") for shown in document["projections"]], [""] * 3)
        return [shown["digest"] for shown in document["projections"]]

    def test_what_was_posted_is_read(self):
        server = self.serve()
        total = 0
        for number in range(1, 60):
            total += number
            sequence = self.post(server, number, str(number))
            page = self.get(server, f"{SALES}/entries?order=newest&page_size=1&at_least_sequence={sequence}")
            self.assertEqual(page["entries"][0]["sequence"], str(sequence))
            self.assertEqual(page["entries"][0]["balance"], str(total))
            self.assertGreaterEqual(int(page["asOf"][0]["sequence"]), sequence)
        statement = self.get(server, f"{SALES}/statement?from=20260501&to=20260501&page_size=1000")
        self.assertEqual(statement["closing"]["balance"], str(total))
        self.assertEqual(len(statement["entries"]), 59)
        trial = self.get(server, f"/v1/cooperatives/{COOPERATIVE}/trial-balance")
        self.assertEqual(sum(int(line["closing"]["debit"]) - int(line["closing"]["credit"]) for line in trial["lines"]), 0)
        self.assertEqual(self.get(server, f"{SALES}/entries?at_least_sequence=100000", 400)["code"], "MALFORMED")
        self.get(server, f"/v1/accounts/{COOPERATIVE + 1}:4101:0/entries", 404)

    def test_readers_and_writers_at_once_see_whole_transactions(self):
        server = self.serve()
        last = self.post(server, 1)
        stop = threading.Event()
        faults = []

        def read():
            while not stop.is_set():
                trial = json.loads(server.request(f"/v1/cooperatives/{COOPERATIVE}/trial-balance")[2])
                sums = [int(line["closing"]["debit"]) - int(line["closing"]["credit"]) for line in trial["lines"]]
                if sum(sums) != 0:
                    faults.append(trial)

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for number in range(2, 150):
            last = self.post(server, number)
        stop.set()
        for reader in readers:
            reader.join()
        self.assertEqual(faults, [])
        page = self.get(server, f"{SALES}/balance?sequence={last}&at_least_sequence={last}")
        self.assertEqual(page["sums"]["entries"], "149")

    def test_after_a_kill_and_a_stop_it_goes_on_and_comes_to_the_same(self):
        server = self.serve()
        for number in range(1, 40):
            self.post(server, number)
        server.process.kill()
        server.process.wait(timeout=60)
        server = self.restart()
        last = [self.post(server, number) for number in range(40, 60)][-1]
        page = self.get(server, f"{SALES}/entries?order=newest&at_least_sequence={last}&page_size=1")
        self.assertEqual(page["entries"][0]["balance"], "5900")
        self.assertEqual(server.stop(), 0)
        kept = self.digests("--status")
        self.assertEqual(kept, self.digests("--state", "elsewhere"), "embedded as from the folder")
        self.assertEqual(kept, self.digests("--rebuild"))

    def test_metrics_and_status_say_how_far_it_is(self):
        server = self.serve()
        last = self.post(server, 1)
        self.get(server, f"{SALES}/entries?at_least_sequence={last}")
        told = [line for line in server.metrics().splitlines() if line.startswith("lumbung_projection_")]
        self.assertIn(f'lumbung_projection_sequence{{projection="balances",shard="0"}} {last}', told)
        self.assertIn('lumbung_projection_lag_events{projection="balances",shard="0"} 0', told)
        self.assertIn('lumbung_projection_lag_seconds{projection="balances",shard="0"} 0', told)
        self.assertIn('lumbung_projection_stopped{projection="balances"} 0', told)
        infos = self.get(server, "/v1/projections")["projections"]
        for info, name in zip(infos, ("balances", "performance", "audit"), strict=True):
            self.assertEqual((info["name"], info["serving"], info["stopped"]), (name, True, ""))
        self.assertEqual(infos[0]["asOf"][0]["sequence"], str(last))

    def test_the_nation_is_what_its_outlets_are(self):
        server = self.serve()
        for number in range(1, 20):
            last = self.post(server, number, str(number))
        days = f"day=20260501&at_least_sequence={last}"
        figures = self.get(server, f"/v1/cooperatives/{COOPERATIVE}/performance?{days}")["figures"]
        self.assertEqual((figures["flow"]["transactions"], figures["flow"]["turnover"]), ("19", "190"))
        self.assertEqual([channel["channel"] for channel in figures["channels"]], ["qris"])
        outlet = self.get(server, f"/v1/cooperatives/{COOPERATIVE}/outlets/0/performance?{days}")["figures"]
        self.assertEqual(outlet["flow"], figures["flow"])
        nation = self.get(server, "/v1/regions/ID/performance?day=20260501")["figures"]
        self.assertEqual(nation["flow"], figures["flow"])
        provinces = self.get(server, "/v1/regions/ID/children?measure=turnover&day=20260501&limit=1000")
        self.assertEqual((provinces["total"], sum(int(row["value"]) for row in provinces["list"])), (38, 190))
        self.get(server, "/v1/regions/ID/performance", 400)
        self.get(server, "/v1/regions/ID/performance?day=20260501&at_least_sequence=1", 400)

    def test_what_was_found_is_acknowledged_and_stays_so(self):
        server = self.serve()
        # Rp500 million in cash at once, yesterday: what is told much later is not looked at.
        large = sale_number(1, "50000000000")
        yesterday = datetime.date.today() - datetime.timedelta(days=1)
        large["businessDate"] = int(yesterday.strftime("%Y%m%d"))
        large["entries"][0]["code"], large["channel"] = 1101, "cash"
        answer = server.request("/v1/transactions", large)
        posted = json.loads(answer[2])
        self.assertEqual(answer[0], 201, answer[2])
        own = f"cooperative={COOPERATIVE}"
        listed = self.get(server, f"/v1/findings?rule=large-cash&{own}&at_least_sequence={posted['sequence']}")
        (finding,) = listed["findings"]
        self.assertEqual((finding["severity"], finding["acknowledged"]), ("ALARM", False))
        self.assertEqual(
            finding["evidence"], [{name: posted[name] for name in ("shard", "sequence", "hash")}]
        )  # fmt: skip
        event = self.get(server, f"/v1/events?from={finding['evidence'][0]['sequence']}&limit=1")["events"][0]
        self.assertEqual(event["hash"], finding["evidence"][0]["hash"])

        attestation = {
            "commandId": "01890f0a-7c00-7000-8000-0000000000ff",
            "recordAttestation": {
                "cooperative": str(COOPERATIVE), "kind": "finding-acknowledged", "subject": finding["id"],
                "asOf": 20260502, "values": [{"name": "harvest paid in cash", "value": "1"}],
            },
        }  # fmt: skip
        answer = server.request("/v1/commands", attestation)
        self.assertEqual(answer[0], 201, answer[2])
        last = json.loads(answer[2])["sequence"]
        one = f"/v1/findings/{finding['id']}?{own}&at_least_sequence={last}"
        acknowledged = self.get(server, one)["finding"]
        self.assertEqual([said["actor"] for said in acknowledged["acknowledgements"]], ["local"])
        self.assertEqual(acknowledged["acknowledgements"][0]["values"][0]["name"], "harvest paid in cash")
        counts = {count["rule"]: count for count in self.get(server, "/v1/findings/counts")["counts"]}
        self.assertEqual((counts["large-cash"]["findings"], counts["large-cash"]["unacknowledged"]), ("1", "0"))

        # Found again, with its acknowledgement, when all is built anew.
        self.assertEqual(server.stop(), 0)
        shutil.rmtree(self.folder / "barn/projections")
        server = self.restart()
        self.assertEqual(self.get(server, one)["finding"], acknowledged)

    def test_some_can_be_left_out(self):
        server = self.serve("--projections-names", "performance")
        last = self.post(server, 1)
        self.get(server, f"/v1/cooperatives/{COOPERATIVE}/freshness?at_least_sequence={last}")
        self.assertIn("balances", self.get(server, f"{SALES}/entries", 404)["detail"])
        self.assertFalse((self.folder / "barn/projections/balances").exists())

    def test_they_can_be_left_out(self):
        server = self.serve("--projections-names", "")
        self.post(server, 1)
        self.get(server, f"{SALES}/entries", 404)
        self.assertNotIn("lumbung_projection", server.metrics())
        self.assertEqual(server.stop(), 0)
        self.assertFalse((self.folder / "barn/projections").exists())


if __name__ == "__main__":
    unittest.main()
