"""The Kafka Streams job of the balances: fetched, compiled and run. Needs mvn, javac, protoc and java."""

import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from kafka_cluster import KafkaError, copy_dependencies

POM = HERE / "pom.xml"
SUMS = HERE / "jars.sha256"
SCHEMAS = ROOT / "schemas"
# What Event consists of; the service is not needed.
PARTS = ("event", "transaction", "facts", "chart", "code", "command")
PROTOS = tuple(f"lumbung/ledger/v1/{name}.proto" for name in PARTS)
HOME = ROOT / "build/peers/kafka_streams"
LIBS = HOME / "libs"
CLASSES = HOME / "classes"

RUN_LIMIT = 3_600


def prepare():
    """Brings the jars and compiles, where that was not done for these sources already."""
    for tool in ("javac", "protoc", "java"):
        if shutil.which(tool) is None:
            raise KafkaError(f"{tool} is not there: ./dev setup core kafka peers")
    HOME.mkdir(parents=True, exist_ok=True)
    with open(HOME / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _unless_made(LIBS / "fetched", (POM, SUMS), _fetch)
        sources = (*sorted(HERE.glob("src/*.java")), *(SCHEMAS / name for name in PROTOS), SUMS)
        _unless_made(CLASSES / "compiled", sources, lambda: _compile(sources))


def _unless_made(stamp, inputs, make):
    wanted = hashlib.sha256(b"".join(path.read_bytes() for path in inputs)).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        make()
        stamp.write_text(wanted)


def _fetch():
    copy_dependencies(POM, LIBS)
    wanted = {name: digest for digest, name in (line.split() for line in SUMS.read_text().splitlines())}
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in LIBS.glob("*.jar")}
    if found != wanted:
        wrong = sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))
        raise KafkaError(f"Maven brought what {SUMS.name} does not name: {', '.join(wrong)}")


def _class_path():
    return ":".join(str(path) for path in (CLASSES, *sorted(LIBS.glob("*.jar"))))


def _compile(sources):
    generated = HOME / "generated"
    for folder in (generated, CLASSES):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    subprocess.run(["protoc", f"-I{SCHEMAS}", f"--java_out={generated}", *PROTOS], check=True)
    ours = [path for path in sources if path.suffix == ".java"]
    subprocess.run(["javac", "--release", "17", "-nowarn", "-cp", _class_path(), "-d", CLASSES,
                    *generated.rglob("*.java"), *ours], check=True)  # fmt: skip


def run(brokers, topic, application, folder):
    """Runs it to the topic's end: its figures, and the accounts' debits less credits by
    (cooperative, code, holder, currency). A new application begins with the first event."""
    balances = pathlib.Path(folder) / f"{application}.tsv"
    command = ["java", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", _class_path(), "BalancesJob",
               brokers, topic, application, os.path.join(folder, application), str(balances)]  # fmt: skip
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=RUN_LIMIT)
    rows = (line.split("\t") for line in balances.read_text().splitlines())
    return json.loads(done.stdout), {tuple(account.split(":")): int(balance) for account, balance in rows}
