"""Apache Kafka for tests, benchmarks and demonstrations: brokers of this machine alone, in KRaft mode,
on free ports of 127.0.0.1, with their data in a folder of the caller's.

  with Cluster(folder) as cluster:
      ... cluster.bootstrap, cluster.nodes[0].kill() ...

Kafka's jars come from Maven Central, once (fetch). An archive of the JVM's loaded classes, made then,
brings a start from 2.5 seconds down to one. Needs java; fetch needs mvn.
"""

import ctypes
import fcntl
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import time

from kafka_certificates import make_certificates

ROOT = pathlib.Path(__file__).resolve().parent.parent
POM = ROOT / "connectors/kafka/broker/pom.xml"
HOME = ROOT / "build/kafka"
LIBS = HOME / "libs"
ARCHIVE = HOME / "classes.jsa"
CLUSTER_ID = "bHVtYnVuZy1sb2NhbC1rZg"
TOPIC = "lumbung.events.v1"

# What a caller waits at most for, in seconds.
FETCH_LIMIT = 1_800
START_LIMIT = 120
STOP_LIMIT = 20

QUICK_JVM = ("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
FAST_JVM = ("-Xmx512m", "-XX:+UseSerialGC")

LOG4J = """\
log4j.rootLogger=WARN, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=[%d] %p %m (%c)%n
"""


class KafkaError(Exception):
    """A broker or a tool of Kafka's did not do what it should; the message says what to do."""


def why_unavailable():
    """Why no broker can be started here; empty where one can."""
    if shutil.which("java") is None:
        return "java is not there: ./dev setup kafka"
    if not is_fetched():
        return "Kafka is not fetched: ./dev kafka fetch"
    return ""


# --- Getting it ---------------------------------------------------------------


def _wanted():
    return hashlib.sha256(POM.read_bytes()).hexdigest()


def is_fetched():
    stamp = LIBS / "fetched"
    return stamp.exists() and stamp.read_text() == _wanted()


def fetch():
    """Brings what pom.xml names from Maven Central, once, and makes the archive of classes."""
    HOME.mkdir(parents=True, exist_ok=True)
    with open(HOME / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_fetched():
            ARCHIVE.unlink(missing_ok=True)
            copy_dependencies(POM, LIBS)
            (LIBS / "fetched").write_text(_wanted())
        if not ARCHIVE.exists():
            _make_archive()


def copy_dependencies(pom, libs):
    """Fills a folder anew with the jars that a pom.xml names, and with those that they need."""
    if shutil.which("mvn") is None:
        raise KafkaError("mvn is not there: ./dev setup kafka")
    shutil.rmtree(libs, ignore_errors=True)
    done = subprocess.run(
        ["mvn", "--quiet", "--batch-mode", "--file", pom, "dependency:copy-dependencies",
         "-DincludeScope=runtime", f"-DoutputDirectory={libs}"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=FETCH_LIMIT, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise KafkaError(f"Maven could not fetch what {pom} names:\n{done.stdout[-2000:]}")


def _make_archive():
    with tempfile.TemporaryDirectory(prefix="lumbung-kafka-") as folder:
        made = pathlib.Path(folder) / "classes.jsa"
        with Cluster(pathlib.Path(folder) / "cluster", jvm=(*QUICK_JVM, f"-XX:ArchiveClassesAtExit={made}")) as one:
            one.nodes[0].stop(limit=120)
        if made.exists():
            shutil.move(made, ARCHIVE)


# --- Programs of Kafka's --------------------------------------------------------


def java(jvm, main_class, *arguments):
    """The command line of a program of Kafka's."""
    log4j = HOME / "log4j.properties"
    if not log4j.exists():
        # Several may do this at once.
        scratch = HOME / f"log4j.{os.getpid()}"
        scratch.write_text(LOG4J)
        scratch.replace(log4j)
    shared = [f"-XX:SharedArchiveFile={ARCHIVE}"] if ARCHIVE.exists() and "ArchiveClasses" not in " ".join(jvm) else []
    jars = ":".join(sorted(map(str, LIBS.glob("*.jar"))))
    return ["java", *jvm, *shared, "-Xshare:auto", f"-Dlog4j.configuration=file:{log4j}", "-cp", jars,
            main_class, *map(str, arguments)]  # fmt: skip


def run_tool(main_class, *arguments, timeout=60):
    """Runs a tool to its end; its output."""
    done = subprocess.run(
        java(QUICK_JVM, main_class, *arguments), cwd=HOME,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise KafkaError(f"{main_class} {' '.join(map(str, arguments))}:\n{done.stdout[-2000:]}")
    return done.stdout


def free_port():
    """A port that nobody listens on, outside the range that the kernel gives to connections."""
    while True:
        port = random.randrange(12_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def _die_with_parent():
    """Between fork and exec: a test that is killed leaves no broker behind."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


# --- One broker -------------------------------------------------------------------


class Node:
    """A broker that is also a controller. Its folder has server.properties, data and log."""

    def __init__(self, cluster, number, ports):
        self.cluster = cluster
        self.number = number
        self.ports = ports
        self.folder = cluster.folder / f"node-{number}"
        self.process = None
        self.pid = None

    @property
    def address(self):
        return f"127.0.0.1:{self.ports['client']}"

    def write_settings(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{name}={value}" for name, value in self._settings().items()]
        (self.folder / "server.properties").write_text("\n".join(lines) + "\n")

    def _settings(self):
        cluster = self.cluster
        voters = ",".join(f"{node.number}@127.0.0.1:{node.ports['controller']}" for node in cluster.nodes)
        replicas = min(3, len(cluster.nodes))
        settings = {
            "process.roles": "broker,controller",
            "node.id": self.number,
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "log.dirs": self.folder / "data",
            "offsets.topic.num.partitions": 1,
            "offsets.topic.replication.factor": replicas,
            "transaction.state.log.num.partitions": 1,
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": min(2, replicas),
            "default.replication.factor": replicas,
            "min.insync.replicas": min(2, replicas),
            "group.initial.rebalance.delay.ms": 0,
            "auto.create.topics.enable": "false",
            # A broker that was killed is let in again at once, not after 9 seconds.
            "broker.session.timeout.ms": 1000 if replicas == 1 else 2000,
            "broker.heartbeat.interval.ms": 200 if replicas == 1 else 500,
            # The default of 128 MiB would not fit the heap.
            "log.cleaner.dedupe.buffer.size": 1_048_577,
            "num.network.threads": 2,
            "num.io.threads": 4,
            **self._listeners(),
        }
        settings.update(cluster.settings)
        return settings

    def _listeners(self):
        client, controller = self.ports["client"], self.ports["controller"]
        if not self.cluster.secured:
            return {
                "listeners": f"PLAINTEXT://127.0.0.1:{client},CONTROLLER://127.0.0.1:{controller}",
                "advertised.listeners": f"PLAINTEXT://127.0.0.1:{client}",
                "inter.broker.listener.name": "PLAINTEXT",
                "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            }
        scram = self.ports["scram"]
        pem = self.cluster.pem
        return {
            "listeners": f"TLS://127.0.0.1:{client},SCRAM://127.0.0.1:{scram},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"TLS://127.0.0.1:{client},SCRAM://127.0.0.1:{scram}",
            "inter.broker.listener.name": "TLS",
            "listener.security.protocol.map": "TLS:SSL,SCRAM:SASL_SSL,CONTROLLER:SSL",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": pem("broker", "all"),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": pem("ca"),
            "ssl.client.auth": "required",
            "ssl.principal.mapping.rules": "RULE:^.*CN=([A-Za-z0-9._-]+).*$/$1/,DEFAULT",
            "listener.name.scram.ssl.client.auth": "none",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "listener.name.scram.scram-sha-512.sasl.jaas.config":
                "org.apache.kafka.common.security.scram.ScramLoginModule required;",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:broker;User:admin",
            "allow.everyone.if.no.acl.found": "false",
        }  # fmt: skip

    def format(self):
        """Makes its data folder, with the users' passwords."""
        if (self.folder / "data/meta.properties").exists():
            return
        users = [
            option
            for name, password in self.cluster.users.items()
            for option in ("--add-scram", f"SCRAM-SHA-512=[name={name},password={password}]")
        ]
        run_tool("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID,
                 "-c", self.folder / "server.properties", *users)  # fmt: skip

    def launch(self):
        """Starts the process; it answers later."""
        log = open(self.folder / "log", "ab")
        with log:
            self.process = subprocess.Popen(
                java(self.cluster.jvm, "kafka.Kafka", self.folder / "server.properties"),
                cwd=HOME, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=self.cluster.lasting,
                preexec_fn=None if self.cluster.lasting else _die_with_parent,
            )  # fmt: skip
        self.pid = self.process.pid

    def start(self):
        self.launch()
        self.cluster.wait_until_it_answers([self])

    def alive(self):
        if self.process is not None:
            return self.process.poll() is None
        return self.pid is not None and _started_as(self.pid) == str(self.folder / "server.properties")

    def last_words(self):
        return (self.folder / "log").read_text(errors="replace")[-2000:]

    def signal(self, number):
        if self.alive():
            os.kill(self.pid, number)

    def pause(self):
        self.signal(signal.SIGSTOP)

    def resume(self):
        self.signal(signal.SIGCONT)

    def kill(self):
        """As a machine that loses power; returns when it is gone."""
        self.signal(signal.SIGKILL)
        self._wait(STOP_LIMIT)

    def stop(self, limit=STOP_LIMIT):
        """In order; a broker that hangs is killed. A second one on its data is not refused at once, so
        this returns when it is gone."""
        self.signal(signal.SIGTERM)
        if not self._wait(limit):
            self.kill()

    def _wait(self, limit):
        end = time.monotonic() + limit
        while self.alive():
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True


def _started_as(pid):
    """The last argument of a process; None where there is none (or it is a zombie)."""
    try:
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return None
    return words[-2].decode() if len(words) > 1 else None


# --- All of them --------------------------------------------------------------------


class Cluster:
    """Brokers with data in `folder`. `secured`: TLS with certificates of clients on one listener, TLS
    with SCRAM on another, and nobody but admin may do anything until an ACL says so. `settings` go
    into server.properties. `lasting`: the brokers outlive this process."""

    def __init__(self, folder, nodes=1, secured=False, settings=None, jvm=QUICK_JVM, users=None, lasting=False):
        self.folder = pathlib.Path(folder).resolve()
        self.secured = secured
        self.settings = settings or {}
        self.jvm = jvm
        self.users = users or ({"admin": "admin-secret", "publisher": "publisher-secret"} if secured else {})
        self.lasting = lasting
        kinds = ("client", "controller", "scram") if secured else ("client", "controller")
        self.nodes = []
        for number in range(1, nodes + 1):
            self.nodes.append(Node(self, number, {kind: free_port() for kind in kinds}))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.discard()

    @property
    def bootstrap(self):
        return ",".join(node.address for node in self.nodes)

    @property
    def scram_bootstrap(self):
        return ",".join(f"127.0.0.1:{node.ports['scram']}" for node in self.nodes)

    def pem(self, name, part="cert"):
        """A PEM file: of "ca" its certificate; of anyone else "cert", "key", or "all"."""
        return self.folder / "certificates" / f"{name}.{part}.pem"

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.secured and not self.pem("ca").exists():
            make_certificates(self.folder / "certificates", ("broker", "admin", "publisher", "reader"))
        for node in self.nodes:
            node.write_settings()
            node.format()
        for node in self.nodes:
            node.launch()
        self.wait_until_it_answers(self.nodes)

    def wait_until_it_answers(self, nodes):
        """Until each of them names every broker that lives, and a controller."""
        end = time.monotonic() + START_LIMIT
        for node in nodes:
            while True:
                if not node.alive():
                    raise KafkaError(f"broker {node.number} ended:\n{node.last_words()}")
                expected = sum(each.alive() for each in self.nodes)
                if self.brokers_known_to(node) >= expected:
                    break
                if time.monotonic() > end:
                    raise KafkaError(f"broker {node.number} does not answer:\n{node.last_words()}")
                time.sleep(0.05)

    def brokers_known_to(self, node):
        """How many brokers it names in its metadata; 0 where it does not answer."""
        try:
            with socket.create_connection(("127.0.0.1", node.ports["client"]), timeout=2) as plain:
                plain.settimeout(2)
                if not self.secured:
                    return _brokers_in_metadata(plain)
                context = ssl.create_default_context(cafile=self.pem("ca"))
                context.load_cert_chain(self.pem("admin"), self.pem("admin", "key"))
                with context.wrap_socket(plain, server_hostname="127.0.0.1") as connection:
                    return _brokers_in_metadata(connection)
        except (OSError, EOFError, struct.error):
            return 0

    def stop(self):
        # Together: two of three without the third would wait for it.
        for node in self.nodes:
            node.signal(signal.SIGTERM)
        for node in self.nodes:
            node.stop()

    def discard(self):
        """Ends all of it, whatever state it is in. The data stay."""
        for node in self.nodes:
            node.resume()
            node.kill()

    def admin_properties(self):
        """A file with which Kafka's own tools may do everything."""
        path = self.folder / "admin.properties"
        path.write_text(
            f"security.protocol=SSL\nssl.keystore.type=PEM\nssl.keystore.location={self.pem('admin', 'all')}\n"
            f"ssl.truststore.type=PEM\nssl.truststore.location={self.pem('ca')}\n"
            if self.secured else ""
        )  # fmt: skip
        return path

    def allow(self, user, *arguments):
        """An ACL, in the words of Kafka's own tool."""
        run_tool("kafka.admin.AclCommand", "--bootstrap-server", self.bootstrap, "--command-config",
                 self.admin_properties(), "--add", "--allow-principal", f"User:{user}", *arguments)  # fmt: skip

    # What `./dev kafka` remembers between its calls.

    def save(self):
        state = {
            "secured": self.secured,
            "nodes": [{"ports": node.ports, "pid": node.pid} for node in self.nodes],
        }
        (self.folder / "state.json").write_text(json.dumps(state))

    @staticmethod
    def load(folder):
        """The one that was saved there, or None."""
        path = pathlib.Path(folder) / "state.json"
        if not path.exists():
            return None
        state = json.loads(path.read_text())
        cluster = Cluster(folder, nodes=len(state["nodes"]), secured=state["secured"], lasting=True)
        for node, saved in zip(cluster.nodes, state["nodes"], strict=True):
            node.ports, node.pid = saved["ports"], saved["pid"]
        return cluster


def _brokers_in_metadata(connection):
    """Asks for metadata (version 1, no topics), as Kafka's protocol has it."""
    client = b"lumbung"
    request = struct.pack(">hhih", 3, 1, 7, len(client)) + client + struct.pack(">i", 0)
    connection.sendall(struct.pack(">i", len(request)) + request)
    (size,) = struct.unpack(">i", _receive(connection, 4))
    answer = _receive(connection, size)
    (_, brokers) = struct.unpack_from(">ii", answer)
    return brokers


def _receive(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data
