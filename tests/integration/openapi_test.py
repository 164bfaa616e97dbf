#!/usr/bin/env python3
"""openapi.json is OpenAPI 3.1: says openapi-spec-validator, from PyPI, in a place of its own.

Skipped, visibly, where PyPI can't be reached and the validator is not there yet.
"""

import os
import pathlib
import subprocess
import sys
import venv

from support import LUMBUNG, ROOT, skip

VALIDATOR = "openapi-spec-validator==0.9.0"
FOLDER = pathlib.Path(os.environ.get("LUMBUNG_BIN", LUMBUNG)).parent.parent / "python/openapi"
DOCUMENT = ROOT / "engine/serve/http/openapi.json"


def validator():
    """The Python that has the validator; installs it once."""
    python = FOLDER / "bin/python"
    installed = FOLDER / "installed"
    if installed.exists() and installed.read_text(encoding="utf-8") == VALIDATOR:
        return python
    venv.create(FOLDER, with_pip=True, clear=True)
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", VALIDATOR],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    if done.returncode != 0:
        skip(f"{VALIDATOR} can't be installed: {done.stderr.strip().splitlines()[-1:]}")
    installed.write_text(VALIDATOR, encoding="utf-8")
    return python


def main():
    python = validator()
    command = [python, "-m", "openapi_spec_validator"]
    good = subprocess.run([*command, DOCUMENT], check=False, timeout=120)
    # It does look: a document without paths' answers is refused.
    broken = DOCUMENT.read_text(encoding="utf-8").replace('"responses"', '"answers"')
    bad = subprocess.run(
        [*command, "-"], input=broken, text=True, stdout=subprocess.DEVNULL, check=False, timeout=120
    )
    if good.returncode != 0 or bad.returncode == 0:
        print(f"the validator says {good.returncode} of openapi.json, {bad.returncode} of a broken one")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
