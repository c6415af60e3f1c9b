"""A very short campaign on PostgreSQL and Elasticsearch; see `deployed`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.elastic.sharing import Running
from tests.faults.deployed import Servers, deployed, serving
from tests.faults.newsroom import newsroom
from tests.faults.play import Stage, staged
from tests.postgres import find_binaries

pytestmark = [pytest.mark.long, pytest.mark.postgres, pytest.mark.elasticsearch, pytest.mark.xdist_group("airflow")]

SEEDS = (3, 4)


@pytest.fixture(scope="module")
def servers(elasticsearch_server: Running) -> Iterator[Servers]:
    if find_binaries() is None:
        pytest.skip("NO PostgreSQL: install its server (Debian: apt-get install postgresql)")
    with serving(elasticsearch_server) as servers:
        yield servers


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as stage:
        yield stage


@pytest.mark.parametrize("seed", SEEDS)
def test_what_must_hold_holds_whatever_fails_on_real_servers(stage: Stage, servers: Servers, seed: int) -> None:
    with newsroom() as room, deployed(seed, stage, room, servers) as trial:
        assert trial.play() == [], "\n".join(trial.done)
