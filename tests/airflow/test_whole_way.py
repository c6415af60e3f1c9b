"""From a feed to a search and a mail with everything real, and what becomes of it when parts are taken away."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import URL

from schemas.alert import AlertState
from tests.airflow.counters import StatsdServer, statsd_server
from tests.airflow.deployment import Deployment, deployed
from tests.airflow.stack import wait_for
from tests.elastic.sharing import Running

pytestmark = [pytest.mark.postgres, pytest.mark.elasticsearch, pytest.mark.xdist_group("airflow")]


@pytest.fixture(scope="module")
def statsd() -> Iterator[StatsdServer]:
    with statsd_server() as server:
        yield server


@pytest.fixture(scope="module")
def deployment(
    tmp_path_factory: pytest.TempPathFactory,
    postgres_server: URL,
    elasticsearch_server: Running,
    statsd: StatsdServer,
) -> Iterator[Deployment]:
    with HTTPServer() as newsroom:
        folder = tmp_path_factory.mktemp("deployment")
        with deployed(folder, postgres_server, elasticsearch_server, newsroom, **statsd.settings) as deployment:
            deployment.airflow.start()
            yield deployment


def test_a_new_entry_becomes_searchable_and_its_figure_a_mail(deployment: Deployment) -> None:
    deployment.check_that_news_is_found_and_told()


def test_what_was_done_is_counted_for_statsd(deployment: Deployment, statsd: StatsdServer) -> None:
    counted = Counter(statsd.counters)
    lags = len(statsd.timings.get("airflow.tallywire.lag", []))
    deployment.publish(2)
    deployment.wait_until_all_ended()
    deployment.wait_for(lambda: not waiting_alerts(deployment), "all alerts to be sent")
    # One alert, not two: by the time this test runs, one of the two may say what an earlier report said already.
    least = {"entries": 2, "verdicts": 2, "alerts": 1, "documents.published": 2, "mails.sent": 1}

    def grown() -> dict[str, int]:
        more = {name: count - counted[name] for name, count in statsd.counters.items()}
        return {
            group: sum(count for name, count in more.items() if name.startswith(f"airflow.tallywire.{group}"))
            for group in least
        }

    wait_for(
        lambda: all(count >= least[name] for name, count in grown().items()),
        f"counters to grow by {least}",
        of=lambda: f"they grew by {grown()}; of all: {dict(statsd.counters)}",
    )
    assert len(statsd.timings["airflow.tallywire.lag"]) >= lags + 2
    assert all(0 < lag < 300_000 for lag in statsd.timings["airflow.tallywire.lag"]), "they are milliseconds"
    wait_for(
        lambda: "airflow.tallywire.entries.waiting" in statsd.gauges, "what waits to be told", of=lambda: str(statsd)
    )
    assert [name for name in statsd.gauges if "triggers.running" in name], "Airflow tells its own numbers as well"


def test_a_burst_while_a_run_is_on_leaves_nothing_behind(deployment: Deployment) -> None:
    # Five rings within one run: Airflow makes at most two runs of them, and some are never seen by any.
    for _ in range(5):
        deployment.publish(4)
        time.sleep(1.2)
    deployment.wait_until_all_ended()
    deployment.wait_for(lambda: deployment.documents() == deployment.published, "the index to hold them all")
    deployment.wait_for(lambda: not waiting_alerts(deployment), "all alerts to be sent")
    deployment.check_the_books()
    names = deployment.airflow.rows("select rendered_map_index from task_instance where task_id = 'read'")
    told = [re.fullmatch(r"(\d+) entr(?:y|ies)", name or "") for (name,) in names]
    assert sum(int(one[1]) for one in told if one) >= deployment.published, names


def test_whatever_is_killed_or_away_for_a_while_nothing_is_lost_and_nothing_told_twice(deployment: Deployment) -> None:
    airflow = deployment.airflow
    deployment.search.close()
    deployment.post.close()
    deployment.site.delay = 1.0
    try:
        deployment.publish(10)
        deployment.wait_for(lambda: leased(deployment), "a task that reads")
        time.sleep(1.0)
        airflow.kill("scheduler")
        airflow.kill("triggerer")
        deployment.publish(5)
        deployment.site.delay = 0.0
        airflow.start("scheduler", "triggerer")
        deployment.wait_until_all_ended(seconds=180)
    finally:
        deployment.search.open()
        deployment.post.open()
    deployment.publish()
    deployment.wait_until_all_ended()
    deployment.wait_for(lambda: deployment.documents() == deployment.published, "the index to hold them all")
    deployment.wait_for(lambda: not waiting_alerts(deployment), "all alerts to be sent", seconds=240)
    deployment.check_the_books()
    # What could not be mailed when it happened goes out with the next look at the outbox, which is once a minute.
    late = "[Tallywire] tallywire_ingest: a run is late"
    deployment.wait_for(lambda: late in told_to_the_operator(deployment), "the operator to hear of the late run")
    told = told_to_the_operator(deployment)
    assert len(told) == len(set(told)), "a trouble was told twice"


def test_digests_of_past_days_are_made_anew_by_a_backfill(deployment: Deployment) -> None:
    # Not yesterday: before seven in the morning the day of its digest is not over.
    days = [datetime.now(UTC).date() - timedelta(days=back) for back in (4, 3, 2)]
    before = len(deployment.post.mails)
    deployment.airflow.command(
        *("backfill", "create", "--dag-id", "tallywire_digest_floods"),
        *("--from-date", f"{days[0]}T00:00:00", "--to-date", f"{days[-1]}T23:00:00"),
    )
    pages = deployment.settings.digest_path
    deployment.wait_for(lambda: all(list(pages.glob(f"floods-{day:%Y%m%d}T0700Z.html")) for day in days), "the pages")
    # Notices to the operator name the DAG; a run that something killed may be told as late meanwhile.
    assert not [subject for subject in deployment.post.subjects()[before:] if subject.startswith("[floods] Digest")]


def told_to_the_operator(deployment: Deployment) -> list[str]:
    return [str(mail["Subject"]) for mail in deployment.post.to("operator@tallywire.example")]


def waiting_alerts(deployment: Deployment) -> int:
    with deployment.services() as services, services.record.read() as tx:
        return sum(alert.state not in (AlertState.SENT, AlertState.DIGEST) for alert in tx.alerts.find())


def leased(deployment: Deployment) -> bool:
    with deployment.services() as services, services.record.read() as tx:
        held = tx.entries.counts()["waiting"] - len(tx.entries.due(services.clock(), 1000))
        return held > 0
