#!/usr/bin/env python3
"""Makes the list of Indonesia's regions that is built into the program:
regions.py PACKAGE OUTPUT, with PACKAGE the folder of the npm package idn-area-data.

What comes out is zlib's compression of a text: a line that names the format, one that names source,
version and licence of the data, then a line a region, its last code part and its name, under the
region that it lies in; how much of it there is says which level it is of (P, R, D, V).

    lumbung regions 1
    idn-area-data 3.1.2, ODbL-1.0
    P11 ACEH
    R01 KABUPATEN ACEH SELATAN
    D01 Bakongan
    V2001 Keude Bakongan
"""

import csv
import json
import pathlib
import re
import sys
import zlib

FORMAT = "lumbung regions 1"
LICENCE = "ODbL-1.0"
# File, and the form of its codes: each level adds a part.
LEVELS = (
    ("P", "provinces.csv", r"\d\d"),
    ("R", "regencies.csv", r"\d\d\.\d\d"),
    ("D", "districts.csv", r"\d\d\.\d\d\.\d\d"),
    ("V", "villages.csv", r"\d\d\.\d\d\.\d\d\.\d{4}"),
)


def die(message):
    sys.exit(f"regions.py: {message}")


def read_level(path, form):
    """{code: name} of a file with the columns code[, code of the parent], name."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if not rows or rows[0][0] != "code" or rows[0][-1] != "name":
        die(f"{path}: is no list of regions: wants the columns code to name")
    names = {}
    for row in rows[1:]:
        code, name = row[0], " ".join(row[-1].split())
        if not re.fullmatch(form, code) or not name or set(re.split(r"\.", code)) & {"00", "0000"}:
            die(f"{path}: {code} {name}: is no region")
        if code in names:
            die(f"{path}: {code} is there twice")
        names[code] = name
    return names


def convert(package):
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    licence = (package / "data" / "LICENSE.md").read_text(encoding="utf-8")
    if "Open Database License (ODbL)" not in licence.splitlines()[0]:
        die(f"{package}: its data is under another licence than {LICENCE}: look what it asks for")
    regions = {}
    for letter, file, form in LEVELS:
        for code, name in read_level(package / "data" / file, form).items():
            parent, _, part = code.rpartition(".")
            if parent and parent not in regions:
                die(f"{file}: {code} {name} lies in no region of the list")
            regions[code] = f"{letter}{part} {name}"
    # Codes are of fixed width, so that this puts each region behind the one that it lies in.
    lines = [FORMAT, f"{about['name']} {about['version']}, {LICENCE}"]
    lines.extend(regions[code] for code in sorted(regions))
    return "\n".join(lines) + "\n"


def main():
    if len(sys.argv) != 3:
        die(__doc__.split("\n\n", maxsplit=1)[0])
    text = convert(pathlib.Path(sys.argv[1]))
    pathlib.Path(sys.argv[2]).write_bytes(zlib.compress(text.encode(), 9))


if __name__ == "__main__":
    main()
