#!/usr/bin/env python3
"""Checks that every include respects the layers: `layers.py [ROOT]`.

A file includes from the root of the tree ("engine/chain/hash.h"), so each include names its layer,
and a layer uses only what stands left of it. Debian keeps every library's headers in /usr/include,
so the compiler would find what a target does not link; this test is what keeps it out.
"""

import pathlib
import re
import sys

BASE, DOMAIN, CHAIN, STORE, COMMIT, VERIFY, FEED, IMPORTERS, EXPORTERS, SIMULATOR, CLIENT, SERVE, APP = (
    "engine/" + name
    for name in (
        "base domain chain store commit verify feed importers exporters simulator client serve app".split()
    )
)
ENGINE = (BASE, DOMAIN, CHAIN, STORE, COMMIT, VERIFY, FEED, IMPORTERS, EXPORTERS, SIMULATOR)
# The charts that come with the program, as text.
CHARTS = "schemas/charts"
# What all projections stand on; longer names come first, as a file belongs to the first that fits.
RUNTIME = "projections/runtime"
PROJECTIONS = (RUNTIME, "projections")
EVERYTHING = (*ENGINE, CHARTS, CLIENT, *PROJECTIONS, "connectors", SERVE, APP, "bench", "tests")

# Made from the schemas.
GENERATED = ("lumbung/", "google/rpc/")

# Layer -> the layers it may include, besides itself and the generated "lumbung/".
LAYERS = {
    CHARTS: (),
    BASE: (),
    DOMAIN: (BASE,),
    CHAIN: (BASE, DOMAIN),
    STORE: (BASE, DOMAIN, CHAIN),
    COMMIT: (BASE, DOMAIN, CHAIN, STORE),
    VERIFY: (BASE, DOMAIN, CHAIN, STORE),
    FEED: (BASE, DOMAIN, CHAIN, STORE),
    IMPORTERS: (BASE, DOMAIN),
    EXPORTERS: (BASE, DOMAIN),
    SIMULATOR: (BASE, DOMAIN, IMPORTERS),
    # What is linked into programs of others knows nothing of the engine.
    CLIENT: (BASE,),
    RUNTIME: ENGINE,
    "projections": (*ENGINE, RUNTIME),
    "connectors": (*ENGINE, *PROJECTIONS),
    SERVE: (*ENGINE, *PROJECTIONS, "connectors"),
    APP: (*ENGINE, CHARTS, *PROJECTIONS, "connectors", CLIENT, SERVE),
    "bench": EVERYTHING,
    "tests": EVERYTHING,
}

# Layers that are decided on but not begun. Take a row out when its folder comes.
ABSENT_ON_PURPOSE = set()

# The layers that know a library, with those that measure and test it.
ONLY_IN = {"rocksdb/": (STORE, RUNTIME, "bench", "tests"), "librdkafka/": ("connectors", "bench", "tests")}

# What the pure domain does without.
DOMAIN_WITHOUT = ("rocksdb/", "librdkafka/", "grpc/", "grpcpp/", "fstream", "filesystem")

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]*)"|<([^>]*)>)')
SOURCE_SUFFIXES = {".h", ".cc"}


def layer_of(path):
    """The layer that the path from the root lies in, or None."""
    return next((layer for layer in LAYERS if path.startswith(layer + "/")), None)


def source_files(root):
    for top in ("engine", "projections", "connectors", "bench", "tests"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in SOURCE_SUFFIXES and path.is_file():
                yield path


def fault_of_quoted(root, layer, included):
    """What is wrong with #include "included" in a file of the layer, and what to do; or None."""
    if included.startswith(GENERATED):
        return None
    target = layer_of(included)
    if target is None:
        return "is not written from the root: write it as engine/<folder>/<file>.h or the like"
    if not (root / included).is_file():
        return "names no file of this tree: correct the path, written from the root"
    if target != layer and target not in LAYERS[layer]:
        allowed = ", ".join(LAYERS[layer]) or "itself"
        return (
            f"goes against the layers, {layer} uses only {allowed}: "
            f"move what is needed to a layer left of both, or pass it in from above"
        )
    return None


def fault_of_angled(layer, included):
    """The same for #include <included>."""
    if included.startswith("lumbung/") or layer_of(included):
        return "is a header of this tree: include it with quotes"
    if layer == DOMAIN and included.startswith(DOMAIN_WITHOUT):
        return f"is input or output, and {DOMAIN} is pure: pass the value in from above"
    for prefix, layers in ONLY_IN.items():
        if included.startswith(prefix) and layer not in layers:
            return f"belongs to {layers[0]} alone: use what that layer offers, or add it there"
    return None


def check_folders(root):
    for layer in LAYERS:
        exists = (root / layer).is_dir()
        if not exists and layer not in ABSENT_ON_PURPOSE:
            yield f"tests/layers.py: no folder {layer}: take its row out of LAYERS"
        if exists and layer in ABSENT_ON_PURPOSE:
            yield f"tests/layers.py: {layer} is there: take it out of ABSENT_ON_PURPOSE"


def check_cycles(edges):
    """Faults for folders that include each other. edges: {(from, to): "file:line"}."""
    reached = {}
    for start, end in edges:
        reached.setdefault(start, set()).add(end)

    def reaches(start, goal):
        seen, waiting = set(), [start]
        while waiting:
            folder = waiting.pop()
            if folder == goal:
                return True
            if folder not in seen:
                seen.add(folder)
                waiting.extend(reached.get(folder, ()))
        return False

    for (start, end), place in edges.items():
        if reaches(end, start):
            yield (
                f"{place}: {start} includes {end}, which includes {start} again: "
                f"move what both need to a folder of its own"
            )


def check(root):
    """All faults below root, a line each."""
    faults = list(check_folders(root))
    edges = {}
    for path in source_files(root):
        name = path.relative_to(root).as_posix()
        layer = layer_of(name)
        if layer is None:
            faults.append(f"{name}:1: lies in no layer: add its folder to LAYERS in tests/layers.py")
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quoted, angled = match.groups()
            if quoted is not None:
                fault = fault_of_quoted(root, layer, quoted)
                start, end = name.rpartition("/")[0], quoted.rpartition("/")[0]
                if start != end and layer_of(quoted) and not fault:
                    edges.setdefault((start, end), f"{name}:{number}")
            else:
                fault = fault_of_angled(layer, angled)
            if fault:
                faults.append(f"{name}:{number}: {line.strip()} {fault}")
    faults.extend(check_cycles(edges))
    return faults


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
    faults = check(root if root.is_dir() else root.parent.parent)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
