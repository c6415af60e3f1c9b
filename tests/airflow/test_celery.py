"""The whole way once more, with CeleryExecutor: a real Redis, and two workers of which one is killed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
import yaml
from pytest_httpserver import HTTPServer
from sqlalchemy import URL

from pipeline.airflow.feeds import BATCH
from tests.airflow.deployment import Deployment, deployed
from tests.airflow.stack import ROOT
from tests.airflow.test_whole_way import leased, waiting_alerts
from tests.elastic.sharing import Running

pytestmark = [
    pytest.mark.celery,
    pytest.mark.postgres,
    pytest.mark.elasticsearch,
    pytest.mark.xdist_group("airflow"),
]

WORKERS = ("north", "south")
SLOTS = 2
REDELIVERED_AFTER = 60
"""Seconds, instead of hours, until Redis gives the task of a dead worker to another."""
HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")


def as_shipped() -> dict[str, str]:
    """What docker-compose.yml sets of Celery, without the addresses of its servers."""
    environment = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["x-airflow-environment"]
    return {
        name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
        for name, value in environment.items()
        if name.startswith("AIRFLOW__CELERY") and not name.endswith(("_URL", "__RESULT_BACKEND"))
    }


@pytest.fixture(scope="module")
def deployment(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: URL, elasticsearch_server: Running, redis_server: str
) -> Iterator[Deployment]:
    with ExitStack() as stack:
        newsrooms = [stack.enter_context(HTTPServer(host)) for host in HOSTS]
        environment = as_shipped() | {
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CELERY__BROKER_URL": redis_server,
            "AIRFLOW__CELERY__WORKER_CONCURRENCY": str(SLOTS),
            "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": str(REDELIVERED_AFTER),
        }
        folder = tmp_path_factory.mktemp("celery")
        with deployed(
            folder, postgres_server, elasticsearch_server, *newsrooms, workers=WORKERS, **environment
        ) as deployment:
            # As docker-compose.yml has it, results are kept in Airflow's database.
            deployment.airflow.environment["AIRFLOW__CELERY__RESULT_BACKEND"] = (
                f"db+{deployment.airflow.environment['AIRFLOW__DATABASE__SQL_ALCHEMY_CONN']}"
            )
            deployment.airflow.start()
            yield deployment


def test_a_new_entry_becomes_searchable_and_its_figure_a_mail(deployment: Deployment) -> None:
    deployment.check_that_news_is_found_and_told()


def test_a_burst_over_several_hosts_is_read_by_both_workers(deployment: Deployment) -> None:
    # More than half a batch of each host, so that each makes its own; three at once are more than one worker's slots.
    begun = datetime.now(UTC)
    for site in deployment.sites:
        site.delay = 0.5
        deployment.publish(BATCH // 2 + 1, site=site)
    deployment.wait_for(lambda: len(readers(deployment, begun)) >= len(HOSTS), "a task for each host")
    deployment.wait_until_all_ended(seconds=240)
    for site in deployment.sites:
        site.delay = 0.0
    assert set(readers(deployment, begun)) == set(WORKERS)
    settle(deployment)


def test_a_worker_killed_in_the_middle_of_a_batch_loses_nothing_and_nothing_is_told_twice(
    deployment: Deployment,
) -> None:
    begun = datetime.now(UTC)
    deployment.site.delay = 1.0
    deployment.publish(10)
    deployment.wait_for(lambda: leased(deployment) and readers(deployment, begun), "a worker that reads")
    time.sleep(2.0)
    ((task,),) = deployment.airflow.rows(
        "select external_executor_id from task_instance where task_id = 'read' and state = 'running'"
    )
    victim = deployment.airflow.worker_of(task)
    assert victim is not None
    assert leased(deployment), "the batch ended too soon to be interrupted"
    deployment.airflow.kill(victim)
    deployment.site.delay = 0.0
    deployment.publish(5)
    deployment.wait_until_all_ended(seconds=240)
    (other,) = set(WORKERS) - {victim}
    assert other in readers(deployment, begun)
    # By now Airflow has had it done by another task; that of the dead worker comes up once more, and changes nothing.
    deployment.wait_for(lambda: deployment.airflow.worker_of(task, but=victim) == other, "the dead worker's task again")
    deployment.airflow.start(victim)
    deployment.publish()
    deployment.wait_until_all_ended()
    settle(deployment)


def settle(deployment: Deployment) -> None:
    """Wait for all that follows an outcome, and hold it against what was published."""
    deployment.wait_for(lambda: deployment.documents() == deployment.published, "the index to hold them all")
    deployment.wait_for(lambda: not waiting_alerts(deployment), "all alerts to be sent", seconds=240)
    deployment.check_the_books()


def readers(deployment: Deployment, since: datetime) -> list[str]:
    """The workers that were given reading tasks since then, every try of a task counted."""
    rows = deployment.airflow.rows(
        """
        select external_executor_id from task_instance
        where dag_id = 'tallywire_ingest' and task_id = 'read' and start_date > :since
        union select external_executor_id from task_instance_history
        where dag_id = 'tallywire_ingest' and task_id = 'read' and start_date > :since
        """,
        since=since,
    )
    return [worker for (task,) in rows if task and (worker := deployment.airflow.worker_of(task))]
