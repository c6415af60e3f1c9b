"""The body of each task, called one after the other as the DAGs do, on a record in a file."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from pipeline.airflow import tasks
from pipeline.collect.fetch import Fetcher
from pipeline.errors import DeliveryError, SettingsError, TopicError
from pipeline.settings import load_settings
from pipeline.steps.deciding.enrol import enrol
from pipeline.steps.deciding.feeds import logins_of
from pipeline.steps.keeping.measured import measured
from pipeline.steps.poll import poll
from pipeline.steps.services import Services, open_services
from pipeline.steps.transport import limits_of
from schemas.alert import AlertState
from schemas.topic import Topic
from tests.airflow.deployment import PostOffice, report, topic
from tests.steps.conftest import Site


class Counted:
    """Keeps what was counted."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.gauges: dict[str, float] = {}
        self.spans: dict[str, list[timedelta]] = {}

    def incr(self, name: str, count: int) -> None:
        self.counts[name] += count

    def gauge(self, name: str, value: float) -> None:
        self.gauges[name] = value

    def timing(self, name: str, span: timedelta) -> None:
        self.spans.setdefault(name, []).append(span)


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.fixture
def post() -> Iterator[PostOffice]:
    post = PostOffice()
    post.open()
    yield post
    post.close()


@pytest.fixture
def site(tmp_path: Path, httpserver: HTTPServer, post: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site to watch, with the environment of a deployment around it and its topic in the record."""
    for name, value in {
        "HOME": str(tmp_path / "home"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'record.db'}",
        "ALLOWED_HOSTS": f"{httpserver.host}:{httpserver.port}",
        "HOST_DELAY": "0",
        "WORKERS": "0",
        "SMTP_URL": post.url,
    }.items():
        monkeypatch.setenv(f"TALLYWIRE_{name}", value)
    monkeypatch.chdir(tmp_path)
    httpserver.expect_request("/robots.txt").respond_with_data("")
    site = Site(httpserver, "nordwire")
    services = open_services(load_settings())
    enrol(services.record, [Topic.model_validate(topic(site.feed_url))], logins_of(services))
    services.close()
    return site


async def announce(site: Site, *numbers: int) -> None:
    """Publish reports and poll the feed, as the trigger does."""
    for number in numbers:
        slug, title, paragraphs = report(number)
        site.publish(slug, title, *paragraphs, published=datetime.now(UTC))
    services = open_services(load_settings())
    async with Fetcher(limits_of(services.settings)) as fetcher:
        await poll(services, fetcher, every_feed=True)
    services.close()


def run(coroutine: Coroutine[None, None, None]) -> None:
    asyncio.run(coroutine)


def services() -> Services:
    return open_services(load_settings())


def test_news_goes_from_the_inbox_to_a_mail_task_by_task(site: Site, post: PostOffice, counted: Counted) -> None:
    run(announce(site, 1, 2))
    (batch,) = tasks.plan()
    assert len(batch) == 2
    assert tasks.waiting(counted)
    fared = tasks.read(batch, "ingest/run/0", counted)
    assert fared == {"claimed": 2, "read": 2, "again": 0, "ended": 0}
    assert tasks.plan() == []
    assert tasks.judge(counted) == ["floods"]
    assert not tasks.waiting(counted)
    assert tasks.publish(counted) > 0
    assert tasks.due() == ["floods"]
    assert len(tasks.tell("floods", counted)) == len(post.mails) > 0
    assert tasks.due() == []
    assert tasks.tell("floods", counted) == []
    assert counted.counts["entries.indexed"] == 2
    assert counted.counts["mails.sent"] == len(post.mails)
    assert counted.counts["alerts.new_figure"] > 0
    assert counted.gauges == {"entries.waiting": 0}
    assert len(counted.spans["lag"]) == 2
    opened = services()
    with opened.record.read() as tx:
        kept = measured(tx)
    opened.close()
    assert kept is not None
    assert (kept.judged, kept.sent, kept.troubles) == (2, len(post.mails), 0)


def test_a_plan_may_be_narrowed_to_a_topic_and_so_many_entries(site: Site) -> None:
    run(announce(site, 1, 2, 3))
    assert [len(batch) for batch in tasks.plan("floods", 2)] == [2]
    assert tasks.plan("storms") == []


def test_a_task_that_is_back_from_the_dead_takes_up_its_own_batch_at_once(site: Site, counted: Counted) -> None:
    run(announce(site, 1))
    (batch,) = tasks.plan()
    with services().record.begin() as tx:
        tx.entries.claim(datetime.now(UTC), 10, timedelta(minutes=15), "ingest/run/0", among=batch)
    assert tasks.plan() == []
    assert tasks.read(batch, "ingest/run/1", counted)["claimed"] == 0
    assert tasks.read(batch, "ingest/run/0", counted)["read"] == 1


def test_a_mail_that_did_not_get_through_fails_the_task_and_waits(
    site: Site, post: PostOffice, counted: Counted
) -> None:
    run(announce(site, 1))
    tasks.read(tasks.plan()[0], "ingest/run/0", counted)
    tasks.judge(counted)
    post.close()
    with pytest.raises(DeliveryError, match="messages of floods could not be delivered"):
        tasks.tell("floods", counted)
    assert counted.counts["mails.failed"] == 1
    with services().record.read() as tx:
        assert {alert.attempts for alert in tx.alerts.find(state=AlertState.WAITING)} == {1}


def test_a_digest_is_sent_once_and_made_again_for_any_past_period(
    site: Site, post: PostOffice, counted: Counted, tmp_path: Path
) -> None:
    run(announce(site, 1))
    tasks.read(tasks.plan()[0], "ingest/run/0", counted)
    tasks.judge(counted)
    assert tasks.digest("floods", metrics=counted) == []
    tomorrow = datetime.now(UTC).replace(hour=7, minute=0, second=0, microsecond=0) + timedelta(days=1)
    (page,) = tasks.digest("floods", until=tomorrow, metrics=counted)
    assert Path(page).name == f"floods-{tomorrow:%Y%m%dT%H%MZ}.html"
    assert post.mails == []
    assert tasks.digest("floods", until=tomorrow, mail=True, metrics=counted) == [page]
    assert [str(mail["Subject"])[:8] for _, mail in post.mails] == ["[floods]"]


def test_a_digest_of_no_topic_says_what_to_look_for(site: Site) -> None:
    with pytest.raises(TopicError, match="no topic 'storms' in the record"):
        tasks.digest("storms")


def test_the_upkeep_says_in_the_log_what_it_found(
    site: Site, counted: Counted, caplog: pytest.LogCaptureFixture
) -> None:
    run(announce(site, 1))
    with caplog.at_level(logging.INFO):
        assert tasks.upkeep(counted)["ok"] > 0
    assert "1 feed, none failing" in caplog.text
    assert counted.gauges["feeds.ok"] == 1


def test_a_deployment_must_name_its_record(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TALLYWIRE_DATABASE_URL")
    with pytest.raises(SettingsError, match="no record is configured") as caught:
        tasks.plan()
    assert caught.value.where == "TALLYWIRE_DATABASE_URL"
    assert "triggerer" in caught.value.hint


def test_what_was_read_is_judged_by_the_judge_that_stays_and_told_by_the_run(site: Site, counted: Counted) -> None:
    run(announce(site, 1, 2))
    (batch,) = tasks.plan()
    tasks.read(batch, "ingest/run/0", counted)
    until = datetime.now(UTC) + timedelta(seconds=20)
    with ThreadPoolExecutor(1) as pool:
        staying = pool.submit(tasks.stay, counted, until)
        while counted.counts["entries.indexed"] < 2 and not staying.done():
            time.sleep(0.1)
        none = Counted()
        assert tasks.judge(none) == ["floods"]
        assert staying.result() == 2
    assert not none.counts
    assert len(counted.spans["lag"]) == 2
    opened = services()
    with opened.record.read() as tx:
        kept = measured(tx)
    opened.close()
    assert kept is not None
    assert kept.judged == 2
