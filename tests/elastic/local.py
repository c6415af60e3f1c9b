"""Elasticsearch as a process: the distribution for tests from Maven, on a JDK of this machine."""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import json
import os
import pwd
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.index.elastic.access import role
from tests.elastic.sharing import Running
from tests.postgres import signal_all

VERSION = "9.5.0"
_ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
_MODULES = {"jdk.incubator.vector", "jdk.jdi", "jdk.compiler"}
"""What the server and its plugin need of a JDK; trimmed ones lack them."""
_ACCOUNT = "nobody"
_PATIENCE = 300.0

ADMIN, PASSWORD = "admin", "floods-and-fires"
LIMITED = "limited"
_HASH = "$2a$10$bVz/SAVbOp20sGicHSYgQ.FjNI/I.gVBnoUrKp1jDTn/K7bVPstZS"

_PLUGIN = {
    "org.elasticsearch.plugin.analysis.AnalyzerFactory": {"english": "English", "german": "German"},
    "org.elasticsearch.plugin.analysis.TokenizerFactory": {"uax_url_email": "Addresses"},
    "org.elasticsearch.plugin.analysis.TokenFilterFactory": {
        "asciifolding": "Folding",
        "pattern_replace": "Replace",
        "unique": "Unique",
        "pattern_capture": "Capture",
    },
}


class Missing(Exception):
    """What this machine would need to start a server."""


class Node:
    """A server in ``folder``, which can be ended, started again at the same address, and made to hang."""

    def __init__(self, folder: Path, *, secure: bool) -> None:
        self._java = find_jdk()
        self._home = unpacked(self._java)
        self._folder = folder
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self._account: dict[str, Any] = {}
        self.port, transport = _free_ports(2)
        self._ca = _configure(self._home, folder, self.port, transport, secure=secure)
        if os.geteuid() == 0:
            # The server refuses to run as root.
            self._account = {"user": _ACCOUNT, "group": pwd.getpwnam(_ACCOUNT).pw_gid, "extra_groups": []}
            for path in (folder, *folder.rglob("*")):
                shutil.chown(path, _ACCOUNT, self._account["group"])
        url = f"{'https' if secure else 'http'}://localhost:{self.port}"
        self.running = Running(url, str(self._ca), ADMIN, PASSWORD) if secure else Running(url)

    def start(self) -> None:
        """Start the server, and wait until it answers; harmless if it runs."""
        if self._process is not None:
            return
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [self._home / "bin" / "elasticsearch"],
                env={
                    "PATH": "/usr/bin:/bin",
                    "HOME": str(self._folder),
                    "TMPDIR": str(self._folder),
                    "ES_JAVA_HOME": str(self._java),
                    "ES_PATH_CONF": str(self._folder / "config"),
                    "CLI_JAVA_OPTS": "-XX:TieredStopAtLevel=1",
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                preexec_fn=_die_with_parent,
                **self._account,
            )
        process = self._process

        def alive() -> None:
            if process.poll() is not None:
                raise RuntimeError(f"Elasticsearch did not start:\n{self._log.read_text(errors='replace')[-4000:]}")

        await_answer(self.running.url, alive, str(self._ca) if self._ca else None)

    def stop(self) -> None:
        """Ask the server to end, and wait until it has."""
        if self._process is not None:
            self.thaw()
            self._process.terminate()
            self._process.wait(timeout=60)
            self._process = None

    def kill(self) -> None:
        """End the server at once: it recovers when it is started again."""
        if self._process is not None:
            signal_all(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=60)
            self._process = None

    def freeze(self) -> None:
        """Let the server hang."""
        if self._process is not None:
            signal_all(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        if self._process is not None:
            signal_all(self._process.pid, signal.SIGCONT)


@contextmanager
def local_node(*, secure: bool) -> Iterator[Node]:
    """A server in a temporary folder; it dies with this process, however that ends."""
    folder = Path(tempfile.mkdtemp(prefix="tw-es-"))
    try:
        node = Node(folder, secure=secure)
        try:
            node.start()
            yield node
        finally:
            node.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def local_server(*, secure: bool) -> Iterator[Running]:
    """The same for who does nothing to the server."""
    with local_node(secure=secure) as node:
        yield node.running


def find_jdk() -> Path:
    """The home of a JDK of 21 or later, the newest there is. Raises Missing."""
    places = [Path(home) for name in ("ES_JAVA_HOME", "JAVA_HOME") if (home := os.environ.get(name))]
    places += [path for path in Path("/usr/lib/jvm").glob("*") if not path.is_symlink()]
    if javac := shutil.which("javac"):
        places.append(Path(javac).resolve().parents[1])
    found = []
    for place in places:
        release = place / "release"
        if not release.is_file() or not (place / "bin" / "javac").exists():
            continue
        text = release.read_text()
        version = re.search(r'JAVA_VERSION="(\d+)', text)
        modules = re.search(r'MODULES="([^"]*)"', text)
        if version and int(version[1]) >= 21 and modules and set(modules[1].split()) >= _MODULES:
            found.append((int(version[1]), place))
    if not found:
        raise Missing("install a Docker engine, or Maven and a full JDK of 21 or later")
    return max(found)[1]


def cache_folder() -> Path:
    """Where unpacked servers are kept. The account that runs them must be able to read it."""
    if os.geteuid() == 0:
        return Path("/var/cache/tallywire-tests")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tallywire-tests"


def unpacked(java: Path) -> Path:
    """The home of the server, fetched and unpacked at first. Raises Missing."""
    source = Path(__file__).with_name("Analysis.java")
    recipe = hashlib.blake2b(source.read_bytes() + repr(_PLUGIN).encode(), digest_size=4).hexdigest()
    cache = cache_folder()
    home = cache / f"elasticsearch-{VERSION}-{recipe}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if home.exists():
            _open_to_all(cache, home)
            return home
        archive = _fetched(cache)
        making = cache / f"{home.name}.making"
        shutil.rmtree(making, ignore_errors=True)
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(making)
        (inner,) = making.iterdir()
        for script in (inner / "bin").iterdir():
            script.chmod(0o755)
        _build_plugin(java, inner, source)
        inner.rename(home)
        shutil.rmtree(making)
        _open_to_all(cache, home)
    return home


def _open_to_all(cache: Path, home: Path) -> None:
    """Let any account read the server, whatever umask the process has that unpacked it."""
    cache.chmod(0o755)
    if home.stat().st_mode & 0o005 == 0o005:
        return
    for path in home.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    home.chmod(0o755)


def _fetched(cache: Path) -> Path:
    archive = cache / f"elasticsearch-{VERSION}.zip"
    if not archive.exists():
        if shutil.which("mvn") is None:
            raise Missing("install a Docker engine, or Maven beside the JDK")
        command = ["mvn", "-B", "-q", "dependency:copy", f"-Dartifact={_ARTIFACT}"]
        part = cache / "fetching"
        done = subprocess.run([*command, f"-DoutputDirectory={part}"], capture_output=True, text=True)
        if done.returncode:
            raise Missing(f"let Maven fetch {_ARTIFACT} ({done.stdout.strip().splitlines()[:1]})")
        (part / archive.name).rename(archive)
    return archive


def _build_plugin(java: Path, home: Path, source: Path) -> None:
    folder = home / "plugins" / "tallywire-analysis"
    classes = home / "classes"
    subprocess.run(
        [java / "bin" / "javac", "-cp", f"{home}/lib/*", "-d", classes, source], check=True, capture_output=True
    )
    folder.mkdir(parents=True)
    subprocess.run([java / "bin" / "jar", "cf", folder / "analysis.jar", "-C", classes, "."], check=True)
    shutil.rmtree(classes)
    (folder / "stable-plugin-descriptor.properties").write_text(
        "name=tallywire-analysis\ndescription=analysis components that the distribution for tests lacks\nversion=1\n"
        f"elasticsearch.version={VERSION}\njava.version=21\n"
    )
    components = {
        kind: {name: f"tallywire.Analysis${simple}" for name, simple in named.items()}
        for kind, named in _PLUGIN.items()
    }
    (folder / "named_components.json").write_text(json.dumps(components))


def _configure(home: Path, folder: Path, port: int, transport: int, *, secure: bool) -> Path | None:
    """Write the settings of a server into ``folder``; gives the certificate to trust, if there is one."""
    config = folder / "config"
    shutil.copytree(home / "config", config)
    settings: dict[str, object] = {
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        "http.port": port,
        "transport.port": transport,
        "path.data": str(folder / "data"),
        "path.logs": str(folder / "logs"),
        "cluster.routing.allocation.disk.threshold_enabled": False,
        "xpack.security.enabled": secure,
    }
    ca = None
    if secure:
        ca = folder / "ca.crt"
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
                *("-addext", "subjectAltName=DNS:localhost", "-keyout", config / "http.key", "-out", ca),
            ],
            check=True,
            capture_output=True,
        )
        shutil.copy(ca, config / "http.crt")
        settings |= {
            "xpack.security.http.ssl.enabled": True,
            "xpack.security.http.ssl.key": "http.key",
            "xpack.security.http.ssl.certificate": "http.crt",
        }
        (config / "users").write_text(f"{ADMIN}:{_HASH}\n{LIMITED}:{_HASH}\n")
        (config / "users_roles").write_text(f"superuser:{ADMIN}\ntallywire_file:{LIMITED}\n")
        (config / "roles.yml").write_text(json.dumps({"tallywire_file": role("tallywire")}))
    (config / "elasticsearch.yml").write_text("".join(f"{name}: {json.dumps(v)}\n" for name, v in settings.items()))
    # Up soon matters more than fast later: no second compiler, no concurrent collector, no logs of it.
    options = (config / "jvm.options").read_text().splitlines()
    kept = [line for line in options if "UseG1GC" not in line and "Xlog:gc" not in line]
    kept += ["-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    (config / "jvm.options").write_text("\n".join(kept) + "\n")
    return ca


def await_answer(url: str, alive: Callable[[], None], ca: str | None = None) -> None:
    """Wait until the server at ``url`` answers anything at all; ``alive`` raises if it never will."""
    context = ssl.create_default_context(cafile=ca) if ca else None
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        alive()
        try:
            urllib.request.urlopen(f"{url}/_cluster/health?wait_for_status=yellow", timeout=5, context=context).close()
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"Elasticsearch at {url} does not answer")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _die_with_parent() -> None:
    # The launcher stops its server when it ends, and the server itself when the launcher is gone.
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
