#!/usr/bin/env python3
"""Checks an exported log (`lumbung replay DIR --format proto`) by schemas/FORMAT.md alone.

Of every event: its place, link and time, and that its transactions balance in each currency.
Prints size, head (the last event's hash) and Merkle root, and compares them with what was kept
outside. A checkpoint's signature is left to tools that know Ed25519. Exit code 1: bad.
"""
import argparse
import base64
import functools
import hashlib
import sys

LEDGER_CREATED = 20
ESSENTIAL = {*range(10, 16), *range(20, 24), *range(30, 37), *range(40, 44)}  # bodies below 1000
TRANSACTIONS = {10: (1,), 11: (3, 1), 12: (1,), 13: (2,)}  # body -> path to its transactions


class Bad(Exception):
    """Names the first bad event."""


def need(good, sequence, why):
    if not good:
        raise Bad(f"event {sequence}: {why}")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def varint(data, at, length=1):
    if data[at] < 0x80:
        return data[at], at + 1
    rest, end = varint(data, at + 1, length + 1) if length < 10 else (0, len(data) + 1)
    return data[at] & 0x7F | rest << 7, end


def fields(data):
    """The fields of a protobuf message: number, and an int or bytes."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 == 0:
            value, at = varint(data, at)
        else:
            size, at = varint(data, at) if tag & 7 == 2 else ({1: 8, 5: 4}[tag & 7], at)
            value, at = data[at : at + size], at + size
        if at > len(data):
            raise ValueError("a field is cut off")
        yield tag >> 3, value


def envelope(data):
    """Sequence, recorded_at, previous_hash, and the body's number and bytes."""
    pairs = list(fields(data))
    found = dict(pairs)
    bodies = [(number, value) for number, value in pairs if number > 5]
    if len(pairs) != len(found) or len(bodies) != 1 or not isinstance(bodies[0][1], bytes):
        raise ValueError("not an envelope with one body")
    if bodies[0][0] not in ESSENTIAL and bodies[0][0] < 1000:
        raise ValueError(f"body {bodies[0][0]} is not known to this program")
    return found.get(1, 0), found.get(2, 0), found.get(4), *bodies[0]


def transactions(body, path):
    for number, value in fields(body) if path else ():
        if number == path[0]:
            yield from transactions(value, path[1:]) if path[1:] else (value,)


def is_balanced(transaction):
    sums, count = {}, 0
    for number, entry in fields(transaction):
        if number == 7:
            parts, count = dict(fields(entry)), count + 1
            amount, currency = parts.get(4, 0) - parts.get(5, 0), parts.get(3, b"IDR")
            if (4 in parts) == (5 in parts) or not 0 < abs(amount) < 1 << 63:
                return False
            sums[currency] = sums.get(currency, 0) + amount
    return 2 <= count <= 256 and not any(sums.values())


def append(tree, leaf):
    """Adds a leaf to a tree of RFC 6962: its full subtrees, largest first, as (leaves, root)."""
    size = 1
    while tree and tree[-1][0] == size:
        size, leaf = 2 * size, sha256(b"\x01", tree.pop()[1], leaf)
    tree.append((size, leaf))


def root_of(tree):
    nodes = [root for _, root in tree] or [sha256()]
    return functools.reduce(lambda right, left: sha256(b"\x01", left, right), reversed(nodes))


def entries(stream):
    """The bytes of each event: length u16be, bytes."""
    for count, header in enumerate(iter(lambda: stream.read(2), b""), 1):
        data = stream.read(int.from_bytes(header, "big"))
        need((len(header), len(data)) == (2, int.from_bytes(header, "big")), count, "is cut off")
        yield data


def verify(stream, checkpoint=None):
    """Size, head and root of a log; `checkpoint` is the text of one."""
    origin, kept_size, kept_root = checkpoint.split("\n")[:3] if checkpoint else ("", "0", "")
    tree, size, head, time, events = [], 0, bytes(32), 0, entries(stream)
    for data in events:
        try:
            sequence, recorded_at, previous, kind, body = envelope(data)
            balanced = all(map(is_balanced, transactions(body, TRANSACTIONS.get(kind))))
        except (ValueError, LookupError, TypeError) as error:
            raise Bad(f"event {size + 1}: can't be read: {error}") from error
        leaf = sha256(b"\x00", data)
        need(sequence == size + 1, size + 1, f"says that it is event {sequence}")
        if previous != head:  # If the event after it links to it, the one before it was changed.
            need(leaf not in next(events, b""), size or 1, "is not what the next one links to")
            raise Bad(f"event {sequence}: does not link to the one before it")
        need(recorded_at >= time, sequence, "is dated before the one before it")
        need((kind == LEDGER_CREATED) == (sequence == 1), sequence, "event 1 is LedgerCreated")
        need(balanced, sequence, "holds a transaction that does not balance")
        if checkpoint and kind == LEDGER_CREATED:
            need(dict(fields(body)).get(5) == origin.encode(), 1, f"is not that of {origin}")
        append(tree, leaf)
        size, head, time = sequence, leaf, recorded_at
        if size == int(kept_size):
            need(root_of(tree) == base64.b64decode(kept_root), size, "differs from the checkpoint")
    need(size >= int(kept_size), size + 1, f"is missing: the checkpoint is of {kept_size}")
    return size, head.hex(), root_of(tree).hex()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("log", type=argparse.FileType("rb"))
    parser.add_argument("--checkpoint", type=argparse.FileType(encoding="utf-8"))
    parser.add_argument("--head")
    parser.add_argument("--root")
    options = parser.parse_args()
    try:
        size, head, root = verify(options.log, options.checkpoint and options.checkpoint.read())
        need(options.head in (None, head), size, f"its hash is {head}, not {options.head}")
        need(options.root in (None, root), size, f"the root is {root}, not {options.root}")
    except Bad as bad:
        sys.exit(f"verify_log: {bad}")
    print(f"size {size}\nhead {head}\nroot {root}")


if __name__ == "__main__":
    main()
