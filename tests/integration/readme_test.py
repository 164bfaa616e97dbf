#!/usr/bin/env python3
"""Executes the README: every fenced sh block, in order, in a folder of its own with the program on
the PATH. A block after <!-- not executed: reason --> is left out."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

from support import LUMBUNG, ROOT, free_port

BLOCK = re.compile(
    r"(?:<!-- not executed: (?P<reason>[^>]+?) -->\s*\n)?^```sh\n(?P<script>.*?)^```$", re.MULTILINE | re.DOTALL
)


def main():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = list(BLOCK.finditer(readme))
    environment = dict(os.environ)
    environment["PATH"] = f"{pathlib.Path(LUMBUNG).parent}:{environment['PATH']}"
    environment["LUMBUNG_ROOT"] = str(ROOT)
    executed = failed = 0
    with tempfile.TemporaryDirectory(prefix="lumbung-readme-") as folder:
        # Ports of its own: others may have those that the README names.
        ports = {"7070": str(free_port()), "7071": str(free_port())}
        for block in blocks:
            line = readme.count("\n", 0, block.start("script"))
            if block["reason"]:
                print(f"README.md:{line}: not executed: {block['reason']}")
                continue
            script = re.sub("707[01]", lambda port: ports[port[0]], block["script"])
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-m", "-c", script], cwd=folder, env=environment,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
            print(f"README.md:{line}: exit code {done.returncode}")
            executed += 1
            if done.returncode != 0:
                failed += 1
                print(done.stdout.decode(errors="replace"))
    if not executed:
        print("README.md has no sh block that is executed")
    return 0 if executed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
