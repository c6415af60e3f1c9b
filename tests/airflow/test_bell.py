"""Watching a group of feeds: what is new is in the record before the bell rings, and no trouble ends the watch."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_httpserver import HTTPServer

from pipeline.airflow import bell
from pipeline.airflow.bell import rings, watch
from pipeline.record import Record
from pipeline.settings import Settings
from schemas.feed import Origin
from schemas.visit import Visit
from tests.airflow.deployment import topic
from tests.airflow.stack import wait_for
from tests.record.examples import NOW, article
from tests.steps.conftest import Site

PATIENCE = 30.0


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    httpserver.expect_request("/robots.txt").respond_with_data("")
    return Site(httpserver, "nordwire")


@pytest.fixture
def settings(tmp_path: Path, httpserver: HTTPServer) -> Settings:
    (tmp_path / "topics").mkdir()
    settings = Settings(
        _env_file=None,
        home=tmp_path / "home",
        topics=tmp_path / "topics",
        allowed_hosts=(f"{httpserver.host}:{httpserver.port}",),
        host_delay=0.0,
        poll_every="1s",
    )
    with Record(settings.record_url) as record:
        record.migrate()
    return settings


def put_topic(settings: Settings, facts: dict[str, Any]) -> None:
    (settings.topics / f"{facts['name']}.yaml").write_text(yaml.safe_dump(facts))


@contextmanager
def watching(settings: Settings, group: int = 0, groups: int = 1) -> Iterator[queue.Queue[int]]:
    rung: queue.Queue[int] = queue.Queue()
    stop = threading.Event()
    thread = threading.Thread(target=watch, args=(group, groups, rung.put, stop), kwargs={"load": lambda: settings})
    thread.start()
    try:
        yield rung
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()


def waiting(settings: Settings) -> int:
    with Record(settings.record_url) as record, record.read() as tx:
        return tx.entries.counts()["waiting"]


def test_the_bell_rings_when_what_is_new_is_in_the_record(settings: Settings, site: Site) -> None:
    put_topic(settings, topic(site.feed_url))
    site.publish("one", "A flood", "The river rose.")
    with watching(settings) as rung:
        assert rung.get(timeout=PATIENCE) == 1
        assert waiting(settings) == 1
        site.publish("two", "Another flood", "It rose again.")
        site.publish("three", "A third flood", "And again.")
        new = 0
        while new < 2:
            new += rung.get(timeout=PATIENCE)
        assert (new, waiting(settings)) == (2, 3)


def test_a_topic_file_is_followed_while_the_watch_goes_on(settings: Settings, site: Site) -> None:
    site.publish("one", "A flood", "The river rose.")
    with watching(settings) as rung:
        put_topic(settings, topic(site.feed_url))
        assert rung.get(timeout=PATIENCE) == 1
        (settings.topics / "floods.yaml").unlink()
        until(lambda: not topics(settings))
        asked = len(site.asked)
        site.publish("two", "Another flood", "It rose again.")
        with pytest.raises(queue.Empty):
            rung.get(timeout=3)
        assert len(site.asked) <= asked + 1


def test_a_broken_topic_file_harms_no_other_and_its_topic_goes_on(
    settings: Settings, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    put_topic(settings, topic(site.feed_url))
    with watching(settings) as rung, caplog.at_level(logging.ERROR):
        until(lambda: topics(settings) == ["floods"])
        (settings.topics / "floods.yaml").write_text("name: floods\nfeeds: 7\n")
        put_topic(settings, {"name": "storms"})
        until(lambda: topics(settings) == ["floods", "storms"])
        site.publish("one", "A flood", "The river rose.")
        assert rung.get(timeout=PATIENCE) == 1
    assert "floods.yaml:2" in caplog.text


def test_feeds_of_another_group_are_left_to_it(settings: Settings, site: Site) -> None:
    put_topic(settings, topic(site.feed_url))
    site.publish("one", "A flood", "The river rose.")
    with watching(settings, 0, 2) as first, watching(settings, 1, 2) as second:
        until(lambda: waiting(settings) == 1)
        until(lambda: not first.empty() or not second.empty())
        assert first.empty() != second.empty()


def test_a_record_that_is_away_is_told_and_waited_for(
    settings: Settings, site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "FIRST_PAUSE", 0.1)
    put_topic(settings, topic(site.feed_url))
    site.publish("one", "A flood", "The river rose.")
    away = settings.home.rename(settings.home.with_name("away"))
    settings.home.write_text("a file where the home should be")
    with watching(settings) as rung, caplog.at_level(logging.ERROR):
        until(lambda: "can't be watched" in caplog.text)
        settings.home.unlink()
        away.rename(settings.home)
        assert rung.get(timeout=PATIENCE) == 1


def test_rings_come_to_whoever_listens_and_the_thread_ends_with_them(
    settings: Settings, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLYWIRE_HOME", str(settings.home))
    monkeypatch.setenv("TALLYWIRE_DATABASE_URL", settings.record_url)
    monkeypatch.setenv("TALLYWIRE_TOPICS", str(settings.topics))
    monkeypatch.setenv("TALLYWIRE_ALLOWED_HOSTS", ",".join(settings.allowed_hosts))
    monkeypatch.setenv("TALLYWIRE_POLL_EVERY", "1s")
    put_topic(settings, topic(site.feed_url))
    site.publish("one", "A flood", "The river rose.")

    async def first() -> int:
        heard = rings(0, 1)
        try:
            return await asyncio.wait_for(anext(heard), PATIENCE)
        finally:
            await heard.aclose()  # type: ignore[attr-defined]

    assert asyncio.run(first()) == 1
    until(lambda: not any(thread.name == "feeds-1" for thread in threading.enumerate()))


def topics(settings: Settings) -> list[str]:
    with Record(settings.record_url) as record, record.read() as tx:
        return [one.name for one in tx.topics.all()]


def until(condition: Callable[[], Any]) -> None:
    wait_for(condition, "it to come about", seconds=PATIENCE)


def test_the_bell_rings_for_known_articles_that_are_due_again(settings: Settings, site: Site) -> None:
    put_topic(settings, topic(site.feed_url))
    site.publish("one", "A flood", "The river rose.")
    with watching(settings) as rung:
        assert rung.get(timeout=PATIENCE) == 1
    with Record(settings.record_url) as record, record.begin() as tx:
        (first,) = tx.entries.find()
        tx.articles.put(article("one", "floods", entry=first.id))
        tx.visits.put([Visit(url=site.url("one"), article="one", topics=("floods",), first=NOW, last=NOW, next=NOW)])
    with watching(settings) as rung:
        assert rung.get(timeout=PATIENCE) == 1
    with Record(settings.record_url) as record, record.read() as tx:
        assert [entry.origin for entry in tx.entries.find()] == [Origin.FEED, Origin.REVISIT]
        assert tx.visits.due(NOW, 9) == []
