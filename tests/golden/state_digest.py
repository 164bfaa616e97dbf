#!/usr/bin/env python3
"""Computes the state digest after every golden event as schemas/FORMAT.md says, and compares.

A second reader beside verify_log.py: of the section "State rows and state digest". Messages are
decoded by Python's protobuf; the rows, and what events do to them, are written here anew.
"""
import hashlib
import pathlib
import struct
import subprocess
import sys
import tempfile
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROTOS = sorted(str(path.relative_to(ROOT / "schemas")) for path in (ROOT / "schemas").rglob("*.proto"))
OPENED, HAS_LIMITS = 1, 2


def import_messages(folder):
    subprocess.run(["protoc", f"--proto_path={ROOT}/schemas", f"--python_out={folder}", *PROTOS],
                   check=True)
    sys.path.insert(0, folder)
    from lumbung.ledger.v1 import chart_pb2, event_pb2, state_pb2  # pylint: disable=all
    return chart_pb2, event_pb2, state_pb2


class State:
    def __init__(self, chart_pb2, state_pb2):
        self.chart_pb2, self.pb = chart_pb2, state_pb2
        self.rows = {}  # key -> message, or [last, balance, held debit, held credit, status, flags]

    def digest(self):
        sha = hashlib.sha256()
        for key in sorted(self.rows):
            row = self.rows[key]
            value = (struct.pack(">QqQQBB", *row) if isinstance(row, list)
                     else row.SerializeToString(deterministic=True))
            sha.update(struct.pack(">I", len(key)) + key + struct.pack(">I", len(value)) + value)
        return sha.hexdigest()

    def row(self, sequence, key, make):
        row = self.rows.setdefault(key, make())
        if isinstance(row, list):
            row[0] = sequence
        else:
            row.last_sequence = sequence
        return row

    @staticmethod
    def account_key(kind, cooperative, account):
        currency = (account.currency or "IDR").encode()
        return struct.pack(">BQI", kind, cooperative, account.code) + currency + struct.pack(
            ">Q", account.holder)

    def account(self, sequence, cooperative, account):
        return self.row(sequence, self.account_key(5, cooperative, account), lambda: [0] * 6)

    def post(self, sequence, transaction):
        for entry in transaction.entries:
            self.account(sequence, transaction.cooperative, entry)[1] += entry.debit - entry.credit

    def hold(self, sequence, cooperative, entries, sign):
        for entry in entries:
            row = self.account(sequence, cooperative, entry)
            row[2] += sign * entry.debit
            row[3] += sign * entry.credit

    @staticmethod
    def hold_key(cooperative, hold_id):
        return struct.pack(">BQ", 8, cooperative) + uuid.UUID(hold_id).bytes

    def publish(self, sequence, chart):
        name = chart.name.encode() + b"\0"
        merged = self.chart_pb2.Chart(name=chart.name, version=chart.version,
                                      effective_date=chart.effective_date)
        lists = {"currencies": "currency", "holder_classes": "name", "codes": "code",
                 "kinds": "name", "channels": "name"}
        for field, key in lists.items():
            rows = {}
            if chart.base_version:
                before = self.rows[b"\2" + name + struct.pack(">I", chart.version - 1)].chart
                rows = {getattr(row, key): row for row in getattr(before, field)}
            rows.update({getattr(row, key): row for row in getattr(chart, field)})
            getattr(merged, field).extend(rows[which] for which in sorted(rows))
        key = b"\2" + name + struct.pack(">I", chart.version)
        self.row(sequence, key, self.pb.ChartRow).chart.CopyFrom(merged)

    def set_status(self, sequence, account, status, opens, given):
        row = self.account(sequence, account.cooperative, account)
        row[4] = status
        row[5] = (row[5] | opens) & ~HAS_LIMITS | (HAS_LIMITS if given.HasField("limits") else 0)
        limits = self.row(sequence, self.account_key(6, account.cooperative, account),
                          self.pb.LimitsRow)
        limits.ClearField("limits")
        if given.HasField("limits"):
            limits.limits.CopyFrom(given.limits)

    def cooperative(self, sequence, number):
        return self.row(sequence, struct.pack(">BQ", 3, number), self.pb.CooperativeRow)

    def loan(self, sequence, loan):
        return self.row(sequence, struct.pack(">BQQ", 7, loan.cooperative, loan.loan),
                        self.pb.LoanRow)

    def apply(self, event):
        kind = event.WhichOneof("body")
        body = getattr(event, kind)
        getattr(self, "on_" + kind, lambda *_: None)(event.sequence, body)

    def on_ledger_created(self, sequence, body):
        row = self.row(sequence, b"\1", self.pb.LedgerRow)
        for field in ("ledger_id", "shard", "shards", "origin", "checkpoint_key"):
            setattr(row, field, getattr(body, field))

    def on_checkpoint_key_changed(self, sequence, body):
        self.row(sequence, b"\1", self.pb.LedgerRow).checkpoint_key = body.public_key

    def on_epoch_started(self, sequence, body):
        self.row(sequence, b"\1", self.pb.LedgerRow).epoch = body.epoch

    def on_ledger_restored(self, sequence, body):
        self.row(sequence, b"\1", self.pb.LedgerRow).generation = body.generation

    def on_chart_published(self, sequence, body):
        self.publish(sequence, body.chart)

    def on_cooperative_registered(self, sequence, body):
        self.cooperative(sequence, body.cooperative.cooperative).versions.append(body.cooperative)

    on_cooperative_changed = on_cooperative_registered

    def on_period_closed(self, sequence, body):
        row = self.cooperative(sequence, body.closing.cooperative)
        stages = {1: "operations_closed_through", 2: "closed_through"}
        setattr(row, stages[body.closing.stage], body.closing.through_date)

    def on_holder_changed(self, sequence, body):
        holder = body.holder
        key = (struct.pack(">BQ", 4, holder.cooperative) + holder.holder_class.encode() + b"\0" +
               struct.pack(">Q", holder.number))
        self.row(sequence, key, self.pb.HolderRow).holder.CopyFrom(holder)

    def on_account_opened(self, sequence, body):
        self.set_status(sequence, body.opening.account, 1, OPENED, body.opening)

    def on_account_status_changed(self, sequence, body):
        self.set_status(sequence, body.status.account, body.status.status, 0, body.status)

    def on_loan_granted(self, sequence, body):
        row = self.loan(sequence, body.loan)
        row.schedule_version, row.currency = body.loan.schedule.version, body.loan.currency
        row.lender = body.loan.lender

    def on_loan_schedule_replaced(self, sequence, body):
        self.loan(sequence, body.schedule).schedule_version = body.schedule.version

    def on_transaction_posted(self, sequence, body):
        self.post(sequence, body.transaction)

    def on_batch_posted(self, sequence, body):
        for posted in body.transactions:
            self.post(sequence, posted.transaction)

    def on_transaction_held(self, sequence, body):
        held = body.transaction
        self.hold(sequence, held.cooperative, held.entries, 1)
        row = self.row(sequence, self.hold_key(held.cooperative, held.transaction_id),
                       self.pb.HoldRow)
        row.entries.extend(held.entries)
        row.expires_at = body.expires_at

    def on_hold_captured(self, sequence, body):
        cooperative = body.transaction.cooperative
        self.hold(sequence, cooperative, body.released, -1)
        self.post(sequence, body.transaction)
        del self.rows[self.hold_key(cooperative, body.hold_id)]

    def on_hold_released(self, sequence, body):
        self.hold(sequence, body.cooperative, body.released, -1)
        del self.rows[self.hold_key(body.cooperative, body.hold_id)]


def main():
    folder = pathlib.Path(__file__).parent
    lines = [line.split() for line in (folder / "events.txt").read_text().splitlines()]
    log = (folder / "events.bin").read_bytes()
    with tempfile.TemporaryDirectory() as generated:
        chart_pb2, event_pb2, state_pb2 = import_messages(generated)
        state, at = State(chart_pb2, state_pb2), 0
        for sequence, body, _, _, digest in lines:
            size = int.from_bytes(log[at : at + 2], "big")
            event = event_pb2.Event.FromString(log[at + 2 : at + 2 + size])
            at += 2 + size
            if event.WhichOneof("body") == "state_attested":
                if event.state_attested.digest.hex() != state.digest():
                    sys.exit(f"event {sequence} attests another digest")
            state.apply(event)
            if state.digest() != digest:
                sys.exit(f"event {sequence} ({body}): the digest is {state.digest()}, not {digest}")
    if at != len(log) or not lines:
        sys.exit("events.txt has not a line an event")
    print(f"{len(lines)} digests agree")


if __name__ == "__main__":
    main()
