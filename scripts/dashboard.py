#!/usr/bin/env python3
"""Lays the dashboard out as it is served: scripts/dashboard.py SOURCE BUNDLE OUTPUT. The pages of
SOURCE, with BUNDLE as vendor/echarts.js, each with a compressed copy beside it where that is
shorter. OUTPUT is made anew."""

import gzip
import pathlib
import shutil
import sys

SERVED = {".css", ".html", ".js", ".svg"}
NOT_SERVED = {"echarts.entry.js"}


def main():
    source, bundle, output = map(pathlib.Path, sys.argv[1:])
    files = {
        path.relative_to(source): path
        for path in source.rglob("*")
        if path.suffix in SERVED and path.name not in NOT_SERVED
    }
    files[pathlib.Path("vendor/echarts.js")] = bundle
    shutil.rmtree(output, ignore_errors=True)
    for name, path in files.items():
        target = output / name
        target.parent.mkdir(parents=True, exist_ok=True)
        content = path.read_bytes()
        target.write_bytes(content)
        # Without a time: the same pages make the same package.
        packed = gzip.compress(content, mtime=0)
        if len(packed) < len(content):
            target.with_name(target.name + ".gz").write_bytes(packed)


main()
