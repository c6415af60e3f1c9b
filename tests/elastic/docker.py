"""Elasticsearch in a container."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.elastic.local import await_answer
from tests.elastic.sharing import Running

ROOT = Path(__file__).resolve().parents[2]


def docker_server() -> AbstractContextManager[Running] | None:
    """A server in a container; ``None`` where no Docker engine runs or it can't get the image."""
    if shutil.which("docker") is None or _docker("info", seconds=10) is None:
        return None
    image = re.search(r"image: (\S+/elasticsearch:\S+)", (ROOT / "docker-compose.yml").read_text())
    assert image
    started = _docker(
        *("run", "--rm", "--detach", "--publish", "127.0.0.1::9200"),
        *("--env", "discovery.type=single-node", "--env", "xpack.security.enabled=false"),
        *("--env", "ES_JAVA_OPTS=-Xms512m -Xmx512m", image[1]),
        seconds=600,
    )
    return _container(started) if started else None


@contextmanager
def _container(identity: str) -> Iterator[Running]:
    try:
        address = _docker("port", identity, "9200/tcp", seconds=30)
        assert address
        url = f"http://{address.splitlines()[0]}"
        await_answer(url, lambda: None)
        yield Running(url)
    finally:
        _docker("kill", identity, seconds=30)


def _docker(*arguments: str, seconds: float) -> str | None:
    try:
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
