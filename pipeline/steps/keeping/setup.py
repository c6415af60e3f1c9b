"""Preparing the full deployment: the secrets in ``.env``, and whether this machine can carry it.

What is decided here is decided over values that were read before; `look` and `write_env` are the only ones that touch
the machine.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
import shutil
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.steps.keeping.findings import Finding

GB = 1_000_000_000


def _token() -> str:
    return secrets.token_urlsafe(24)


def _long_token() -> str:
    # Airflow signs with SHA-512, which wants a key of 64 bytes.
    return secrets.token_urlsafe(64)


def _fernet() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


SECRETS: Mapping[str, Callable[[], str]] = {
    "POSTGRES_PASSWORD": _token,
    "AIRFLOW_DB_PASSWORD": _token,
    "RECORD_DB_PASSWORD": _token,
    "ELASTIC_PASSWORD": _token,
    "KIBANA_SYSTEM_PASSWORD": _token,
    "INDEX_PASSWORD": _token,
    "KIBANA_SECURITY_KEY": _token,
    "KIBANA_OBJECTS_KEY": _token,
    "KIBANA_REPORTING_KEY": _token,
    "AIRFLOW_ADMIN_PASSWORD": _token,
    "AIRFLOW_FERNET_KEY": _fernet,
    "AIRFLOW_SECRET_KEY": _long_token,
    "AIRFLOW_JWT_SECRET": _long_token,
    "REDIS_PASSWORD": _token,
}
"""Every secret of the deployment, and how one is made."""

PORTS: Mapping[str, tuple[int, str]] = {
    "AIRFLOW_PORT": (8080, "Airflow"),
    "WINDOW_PORT": (8420, "the window"),
    "KIBANA_PORT": (5601, "Kibana"),
    "ELASTICSEARCH_PORT": (9200, "Elasticsearch"),
    "MAIL_PORT": (8025, "the mail catcher"),
}
"""Ports of this machine that the deployment takes: variable, default, whose it is."""

NEEDED_MEMORY, COMFORTABLE_MEMORY = 8 * GB, 12 * GB
NEEDED_DISK, COMFORTABLE_DISK = 15 * GB, 40 * GB
FLOOD_STAGE, LOW_WATERMARK = 0.95, 0.85
"""Shares of the disk in use from which Elasticsearch refuses to write, and takes no more indices."""
NEEDED_MAPS, WANTED_MAPS = 262_144, 1_048_576

_NAME = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=(?P<value>.*)")
_PLAIN = re.compile(r"[A-Za-z0-9_=-]+")
_HEADER = """\
# Secrets of the full deployment, made by `tallywire setup`. Keep a copy in a safe place: without them the volumes can't
# be used again. Only you may read this file. .env.example describes what else may be set here.
"""


@dataclass(frozen=True)
class EnvPlan:
    """What is to become of ``.env``: its text, the variables that are new in it, and those that are still missing."""

    text: str
    added: tuple[str, ...]
    missing: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def read_env(text: str) -> dict[str, str]:
    """The variables of a ``.env``; of a name given twice the last holds."""
    found = (_NAME.fullmatch(line) for line in text.splitlines())
    return {match["name"]: _unquoted(match["value"].strip()) for match in found if match}


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value.split(" #", 1)[0].strip()


def plan_env(existing: str | None, *, fill: bool, make: Mapping[str, Callable[[], str]] = SECRETS) -> EnvPlan:
    """What ``.env`` becomes. What is there is never changed; where the file exists, only ``fill`` adds to it."""
    have = read_env(existing) if existing is not None else {}
    missing = tuple(name for name in make if not have.get(name))
    findings = tuple(_odd(name) for name in make if have.get(name) and not _PLAIN.fullmatch(have[name]))
    if existing is not None and (not fill or not missing):
        return EnvPlan(existing, (), missing, findings)
    text = _HEADER if existing is None else existing if existing.endswith("\n") or not existing else existing + "\n"
    # A name left empty would win over nothing, but read twice it confuses; its line goes.
    kept = [line for line in text.splitlines(keepends=True) if not _is_empty(line, missing)]
    return EnvPlan("".join(kept) + "".join(f"{name}={make[name]()}\n" for name in missing), missing, (), findings)


def _is_empty(line: str, names: Sequence[str]) -> bool:
    match = _NAME.fullmatch(line.rstrip("\n"))
    return match is not None and match["name"] in names and not _unquoted(match["value"].strip())


def _odd(name: str) -> Finding:
    return Finding(
        level="warning",
        what=f"{name} contains characters other than letters, digits, - and _",
        advice="it is used in addresses, where others have a special meaning; change it before the first start",
    )


def write_env(path: Path, plan: EnvPlan) -> None:
    """Put ``plan`` in place, whole or not at all, readable by its owner only. Raises SettingsError."""
    beside = path.with_name(f".{path.name}.new")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(plan.text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except FileExistsError as error:
        raise SettingsError(
            "another setup is running, or was interrupted",
            where=str(beside),
            hint="if none is running, delete that file",
        ) from error
    except OSError as error:
        raise SettingsError(
            "the secrets can't be written", where=str(path), why=error.strerror or str(error)
        ) from error


MOUNTED = ("dags", "topics", "docker")
"""Folders of the checkout that docker-compose.yml mounts."""

_SHOWN = 3


@dataclass(frozen=True)
class Machine:
    """What was seen of this machine; ``None`` where it could not be seen."""

    memory: int | None
    disk_free: int
    disk_total: int
    map_count: int | None
    taken_ports: tuple[int, ...]
    docker: str | None
    """The version of the Docker server; empty where the client is there and no server answers."""
    compose: str | None
    closed: tuple[str, ...] = ()
    """Files and folders that are mounted into containers, whose users may not read them; the first few."""
    rootless: bool = False
    """Whether Docker runs without root, where users of containers are other users here."""
    labelled: bool = False
    """Whether SELinux keeps containers from what bears no label of theirs."""


def look(folder: Path, ports: Sequence[int]) -> Machine:
    """See what the machine has."""
    docker = shutil.which("docker")
    usage = shutil.disk_usage(folder)
    return Machine(
        memory=_memory(),
        disk_free=usage.free,
        disk_total=usage.total,
        map_count=_number(Path("/proc/sys/vm/max_map_count")),
        taken_ports=tuple(port for port in ports if _taken(port)),
        docker=_said(docker, "version", "--format", "{{.Server.Version}}") if docker else None,
        compose=(_said(docker, "compose", "version", "--short") or None) if docker else None,
        closed=tuple(_closed(folder)),
        rootless="rootless" in (_said(docker, "info", "--format", "{{.SecurityOptions}}") or "") if docker else False,
        labelled=_number(Path("/sys/fs/selinux/enforce")) == 1,
    )


def _closed(folder: Path) -> Iterator[str]:
    """What of the mounted folders others than its owner can't read: under a umask of 077 all that git writes is so."""
    mounted = (path for name in MOUNTED for path in (folder / name, *sorted((folder / name).rglob("*"))))
    closed = (path for path in mounted if path.exists() and not _is_readable(path.stat().st_mode))
    return (str(path.relative_to(folder)) for path in islice(closed, _SHOWN))


def _is_readable(mode: int) -> bool:
    needed = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(mode) else 0)
    return mode & needed == needed


def ports_of(env: Mapping[str, str]) -> dict[int, str]:
    """The ports that the deployment will take, each with whose it is and how to choose another."""
    found = {}
    for name, (default, whose) in PORTS.items():
        given = env.get(name) or str(default)
        if not given.isdigit() or not 0 < int(given) < 65536:
            raise SettingsError(f"{name} is not a port", why=given, hint="set it to a number from 1 to 65535 in .env")
        found[int(given)] = f"{whose} ({name})"
    return found


def judge_machine(machine: Machine, ports: Mapping[int, str]) -> Iterator[Finding]:
    """Whether the full deployment can run here, one finding after another."""
    yield _docker(machine)
    yield _compose(machine)
    yield _enough_memory(machine)
    yield _enough_disk(machine)
    yield _maps(machine)
    for port in machine.taken_ports:
        yield Finding(
            level="problem",
            what=f"port {port} is taken, but {ports[port]} needs it",
            advice=f"stop the program that uses it (`ss -ltnp 'sport = :{port}'` shows which), or set another port in "
            ".env; if this deployment uses it, ignore this",
        )
    yield from _mounts(machine)
    if not machine.taken_ports:
        yield Finding(level="ok", what=f"ports {', '.join(map(str, ports))} are free")


def _mounts(machine: Machine) -> Iterator[Finding]:
    if machine.closed:
        yield Finding(
            level="problem",
            what=f"containers can't read {', '.join(machine.closed)}",
            advice=f"they run as other users, and a umask of 077 keeps these out: `chmod -R go+rX {' '.join(MOUNTED)}`",
        )
    if machine.rootless:
        yield Finding(
            level="warning",
            what="Docker runs without root, so users in its containers have other user IDs on this machine",
            advice="check that memory limits work (`docker info` warns if not: they need cgroup v2 and systemd), and "
            "that `ulimit -l` and `ulimit -n` allow Elasticsearch what docker-compose.yml asks for",
        )
    if machine.labelled:
        yield Finding(
            level="warning",
            what="SELinux is enforcing, and denies containers access to folders without its label",
            advice=f"run `chcon -R -t container_file_t {' '.join(MOUNTED)}`, and again after you add files",
        )


def _docker(machine: Machine) -> Finding:
    if machine.docker is None:
        return Finding(level="problem", what="docker is not installed", advice="install Docker Engine 24 or later")
    if not machine.docker:
        return Finding(
            level="problem",
            what="the Docker server does not answer",
            advice="start it, and give your user access (group `docker`, or rootless Docker)",
        )
    return Finding(level="ok", what=f"Docker {machine.docker}")


def _compose(machine: Machine) -> Finding:
    if machine.compose is None:
        return Finding(
            level="problem",
            what="docker has no compose plugin",
            advice="install docker-compose-plugin 2.24 or later; the old `docker-compose` does not work",
        )
    return Finding(level="ok", what=f"Docker Compose {machine.compose}")


def _enough_memory(machine: Machine) -> Finding:
    if machine.memory is None:
        return Finding(
            level="warning", what="the amount of memory can't be determined", advice="check that it has at least 8 GB"
        )
    has = f"{machine.memory / GB:.1f} GB of memory"
    if machine.memory < NEEDED_MEMORY:
        advice = (
            "the full deployment needs 8 GB, preferably 12; with less, services are killed (exit code 137). "
            "Run Tallywire embedded (`tallywire run --watch`): it needs neither Docker nor Elasticsearch"
        )
        return Finding(level="problem", what=has, advice=advice)
    if machine.memory < COMFORTABLE_MEMORY:
        return Finding(level="warning", what=has, advice="enough to start with; 12 GB leave headroom")
    return Finding(level="ok", what=has)


def _enough_disk(machine: Machine) -> Finding:
    used = 1 - machine.disk_free / machine.disk_total
    has = f"{machine.disk_free / GB:.1f} GB of disk free, {used:.0%} in use"
    if machine.disk_free < NEEDED_DISK:
        return Finding(level="problem", what=has, advice="images and volumes need 15 GB to start with, preferably 40")
    if used >= FLOOD_STAGE:
        advice = "above 95 % Elasticsearch makes its indices read-only; free some space"
        return Finding(level="problem", what=has, advice=advice)
    if used >= LOW_WATERMARK:
        advice = "above 85 % Elasticsearch creates no new indices here, above 95 % it stops writing; free some space"
        return Finding(level="warning", what=has, advice=advice)
    if machine.disk_free < COMFORTABLE_DISK:
        return Finding(level="warning", what=has, advice="enough to start with; 40 GB leave room for an archive")
    return Finding(level="ok", what=has)


def _maps(machine: Machine) -> Finding:
    if machine.map_count is None:
        return Finding(
            level="warning", what="vm.max_map_count can't be read here", advice="Elasticsearch wants 1048576"
        )
    advice = "as root: sysctl -w vm.max_map_count=1048576, and the same line in /etc/sysctl.d/ so that it lasts"
    what = f"vm.max_map_count is {machine.map_count}"
    if machine.map_count < NEEDED_MAPS:
        return Finding(level="problem", what=f"{what}; Elasticsearch needs 262144 at least", advice=advice)
    if machine.map_count < WANTED_MAPS:
        return Finding(level="warning", what=f"{what}; Elasticsearch wants 1048576", advice=advice)
    return Finding(level="ok", what=what)


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _said(program: str, *arguments: str) -> str:
    """What a program says on one line; nothing where it fails."""
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
