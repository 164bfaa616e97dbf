#!/usr/bin/env python3
"""Runs clang-tidy over the files named, but for those it found clean before.

A file is clean for as long as its text, the texts of what it includes from this tree, its compiler
flags and .clang-tidy stay the same: build/lint/ then holds an empty file named by the hash of all of
these. Includes are written from the root, so they are followed without a preprocessor.
"""

import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/dev"
STAMPS = ROOT / "build/lint"
TIDY = "clang-tidy-16"
NOISE = re.compile(r"^(\d+ (warnings?|errors?)\b.* generated\.|Error while processing .*)\n", re.MULTILINE)
# What GCC has precompiled clang can't read: it reads the headers themselves.
PRECOMPILED = re.compile(r" -Winvalid-pch| -fpch-preprocess| -include \S*cmake_pch\.hxx")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def closure(name):
    """The files of this tree that compiling `name` reads."""
    seen, waiting = set(), [name]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        path = ROOT / current
        if not path.is_file():
            # Generated from a schema, or not ours.
            path = ROOT / "schemas" / current.replace(".pb.h", ".proto")
            if path.is_file():
                seen.add(path.relative_to(ROOT).as_posix())
            continue
        seen.add(current)
        waiting.extend(INCLUDE.findall(path.read_text(encoding="utf-8")))
    return sorted(seen)


def stamp_of(name, flags):
    digest = hashlib.sha256(flags.encode())
    for part in [".clang-tidy", *closure(name)]:
        digest.update(b"\0" + part.encode() + b"\0" + (ROOT / part).read_bytes())
    return STAMPS / digest.hexdigest()


def run(name):
    return subprocess.run(
        [TIDY, "--quiet", "-p", str(STAMPS), name],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("files", nargs="+")
    arguments = parser.parse_args()

    version = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout
    entries = json.loads((BUILD / "compile_commands.json").read_text())
    for entry in entries:
        entry["command"] = PRECOMPILED.sub("", entry["command"])
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / "compile_commands.json").write_text(json.dumps(entries))
    commands = {
        pathlib.Path(entry["file"]): entry["command"].replace(str(ROOT), "") for entry in entries
    }
    waiting = {}
    for name in sorted(set(arguments.files)):
        command = commands.get(ROOT / name)
        if command is None:
            print(f"{name}: in no target of CMake, so not checked", file=sys.stderr)
            continue
        stamp = stamp_of(name, version + command)
        if not stamp.exists():
            waiting[name] = stamp

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for name, result in zip(waiting, pool.map(run, waiting)):
            if result.returncode == 0:
                waiting[name].touch()
            else:
                failed += 1
                print(NOISE.sub("", result.stdout), flush=True)
    print(f"clang-tidy: {len(waiting)} files checked, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
