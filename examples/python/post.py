#!/usr/bin/env python3
r"""Posts a sale over gRPC until its outcome is known, then reads the balance and replays the event.

    python3 -m venv venv && venv/bin/pip install grpcio grpcio-tools
    venv/bin/python -m grpc_tools.protoc -I schemas --python_out=generated \
        --grpc_python_out=generated schemas/lumbung/ledger/v1/*.proto
    PYTHONPATH=generated venv/bin/python examples/python/post.py 127.0.0.1:7070 20417
"""

import sys
import time
import uuid

import grpc
from lumbung.ledger.v1 import event_pb2, service_pb2, service_pb2_grpc, transaction_pb2

TIMEOUT = 10
# Without an answer the outcome is not known: the same id, sent again, says what happened.
NO_ANSWER = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)


def sale(cooperative, amount):
    transaction = transaction_pb2.Transaction(
        transaction_id=str(uuid.uuid4()),  # made once, before the first try
        cooperative=cooperative,
        kind="sale",
        channel="qris",
        business_date=int(time.strftime("%Y%m%d")),
    )
    transaction.entries.add(code=1121, debit=amount)
    transaction.entries.add(code=4101, credit=amount)
    return transaction


def post(stub, transaction):
    request = service_pb2.PostRequest(transactions=[transaction], with_balances=True)
    while True:
        try:
            return stub.Post(request, timeout=TIMEOUT).results[0]
        except grpc.RpcError as error:
            if error.code() not in NO_ANSWER:
                raise
            print(f"no answer ({error.code().name}): the same again")
            time.sleep(0.2)


def main():
    target, cooperative = sys.argv[1], int(sys.argv[2])
    with grpc.insecure_channel(target) as channel:
        stub = service_pb2_grpc.LedgerServiceStub(channel)
        transaction = sale(cooperative, 75_000_000)
        result = post(stub, transaction)
        if result.code != 0:
            print(f"refused: {result.detail}")
            return 1
        print(f"posted {transaction.transaction_id} as event {result.sequence}")
        for balance in result.balances:
            print(f"  {balance.account.code}: {balance.balance} minor units")
        again = post(stub, transaction)
        print(f"sent again: replayed {again.replayed}, the same event {again.sequence == result.sequence}")
        # `from` is a word of Python's own.
        replay = service_pb2.ReplayRequest(**{"from": result.sequence})
        for page in stub.Replay(replay, timeout=TIMEOUT):
            for number, event in enumerate(page.events, page.first_sequence):
                body = event_pb2.Event.FromString(event).WhichOneof("body")
                print(f"event {number}: {body}, {len(event)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
