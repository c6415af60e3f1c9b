"""Figures are read only of what somebody watches, and of all of that."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.collect.fetch import Fetcher
from pipeline.read.workers import WorkerPool
from pipeline.steps.intake.reading import ArticleRead, ReadJob, preload_for, question, read_job
from pipeline.steps.poll import poll
from pipeline.steps.read import read_all
from pipeline.steps.replay import replay
from pipeline.steps.transport import limits_of
from schemas.article import Hint, MetadataSource
from schemas.feed import Outcome
from schemas.topic import Topic
from tests.steps.conftest import START, House, Site
from tests.steps.test_rounds import FLOOD, article, topic_for

ROOT = Path(__file__).parents[2]
FLOODS = Topic.model_validate({"name": "floods", "match": {"any": {"*": ["flood*"], "de": ["Flut"]}}})
CUP = Topic.model_validate({"name": "cup", "match": {"any": ["cup"]}})
HOSPITALS = {"name": "hospitals", "match": {"any": ["hospital"]}}
ADRIFT = tuple(line.replace("flooded", "soaked") for line in FLOOD)
"""The same without the word that the topic floods looks for."""


def asked(*topics: Topic, title: str = "Hospital evacuated", figures: bool = False) -> ArticleRead:
    hint = Hint(title=title, published=START, language="en", source=MetadataSource.GIVEN)
    job = ReadJob(hint, START, url="https://nordwire.example/1", text="\n".join(FLOOD), figures=figures)
    return read_job(ReadJob(**vars(job) | {"topics": tuple(map(question, topics))}))


def values(read: ArticleRead) -> list[float | None]:
    return [figure.value for figure in read.reading.figures]


def followed(house: House, url: str, topic: str) -> list[float | None]:
    """The values of an article's present text that have a verdict in a topic."""
    known = article(house.services, url)
    with house.services.record.read() as tx:
        return [
            figure.figure.value
            for figure, _ in tx.figures.iterate(topic)
            if (figure.article, figure.revision) == (known.id, known.revision)
        ]


def polled(house: House) -> None:
    async def go() -> None:
        async with Fetcher(limits_of(house.services.settings), clock=house.clock) as fetcher:
            await poll(house.services, fetcher, every_feed=True)

    asyncio.run(go())


def test_figures_are_read_of_what_a_topic_takes() -> None:
    read = asked(CUP, FLOODS)
    assert [(match.topic, match.matched) for match in read.matches] == [("cup", False), ("floods", True)]
    assert values(read) == [40]


def test_no_figure_is_read_of_what_no_topic_takes_or_asked_for() -> None:
    off = asked(CUP)
    assert [match.reason for match in off.matches] == ["contains none of: 'cup'"]
    assert values(off) == values(asked()) == []
    assert values(asked(CUP, figures=True)) == [40]


def test_no_figure_is_read_of_a_teaser(house: House, site: Site) -> None:
    wall = "Subscribe to continue reading. Already a subscriber? Log in."
    site.publish("flood", "Flood evacuates 40 people", "At least 40 people were evacuated in the flood.", wall)
    house.enrol(topic_for(site))
    assert house.round().judged.ended == {Outcome.TEASER: 1}
    assert article(house.services, site.url("flood")).reading.figures == ()


def test_a_topic_keeps_its_terms_on_the_way_to_a_reader() -> None:
    match = {
        "any": {"*": ["flood*", "“quoted”"], "de": ["Flut"]},
        "all": ["river"],
        "none": {"fr": ["crue"]},
        "languages": ["en", "de"],
    }
    topic = Topic.model_validate({"name": "t", "title": "Told", "match": match, "feeds": ["https://a.example/feed"]})
    sent = Topic.model_validate_json(question(topic))
    assert (sent.name, sent.match) == (topic.name, topic.match)
    assert not sent.feeds


@pytest.mark.parametrize(("languages", "english"), [([], True), (["en", "de"], True), (["de", "fr"], False)])
def test_english_is_loaded_beforehand_only_where_a_topic_takes_it(languages: list[str], english: bool) -> None:
    topic = Topic.model_validate({"name": "t", "match": {"languages": languages}})
    assert ("pipeline.steps.intake.english" in preload_for([topic])) is english
    assert "pipeline.steps.intake.english" not in preload_for([])


def test_an_article_off_topic_has_its_figures_when_another_topic_takes_it(
    house: House, site: Site, other_site: Site
) -> None:
    site.publish("tarn", "Hospital evacuated in Tarn", *ADRIFT)
    house.enrol(topic_for(site))
    assert house.round().judged.ended == {Outcome.OFF_TOPIC: 1}
    assert article(house.services, site.url("tarn")).reading.figures == ()
    house.clock.forward(hours=1)
    house.enrol(topic_for(site, **HOSPITALS))
    site.items[0].summary = "Announced again."
    assert house.round().judged.ended == {Outcome.INDEXED: 1}
    assert followed(house, site.url("tarn"), "hospitals") == [40]


def test_an_article_known_from_before_has_its_figures_in_a_topic_that_takes_it_later(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated in Tarn", *FLOOD)
    house.enrol(topic_for(site))
    house.round()
    house.clock.forward(hours=1)
    house.enrol(topic_for(site, **HOSPITALS))
    site.items[0].summary = "Announced again."
    assert house.round().judged.ended == {Outcome.KNOWN: 1}
    assert followed(house, site.url("flood"), "hospitals") == [40]


def test_a_new_text_that_says_no_more_why_it_is_on_topic_has_its_figures(house: House, site: Site) -> None:
    site.publish("tarn", "Hospital evacuated in Tarn", *FLOOD)
    house.enrol(topic_for(site))
    house.round()
    house.clock.forward(hours=2)
    changed = (ADRIFT[0], ADRIFT[1].replace("40", "52"), *ADRIFT[2:])
    site.publish("tarn", "Hospital evacuated in Tarn", *changed, published=START + timedelta(hours=1))
    assert house.round().judged.ended == {Outcome.INDEXED: 1}
    assert followed(house, site.url("tarn"), "floods") == [52]


def test_a_second_address_of_an_article_by_another_topics_feed_takes_no_figures_away(
    house: House, site: Site, other_site: Site
) -> None:
    site.publish("tarn", "Hospital evacuated in Tarn", *FLOOD)
    text = "".join(f"<p>{line}</p>" for line in (ADRIFT[0], ADRIFT[1].replace("40", "52"), *ADRIFT[2:]))
    page = (
        f'<html lang="en"><head><title>Tarn</title><link rel="canonical" href="{site.url("tarn")}"></head>'
        f"<body><article><h1>Hospital evacuated in Tarn</h1>{text}</article></body></html>"
    )
    other_site.publish("tarn-again", "Hospital evacuated in Tarn", body=page.encode())
    house.enrol(topic_for(site))
    polled(house)
    house.enrol(topic_for(other_site, name="cup", match={"any": ["cup"]}))
    done = house.round()
    assert (done.read.claimed, done.judged.ended) == (2, {Outcome.INDEXED: 2})
    assert article(house.services, site.url("tarn")).on_topics == ("floods",)
    assert followed(house, site.url("tarn"), "floods") == [52]


def test_what_was_taken_before_and_has_not_changed_is_read_once(house: House, site: Site) -> None:
    site.publish("tarn", "Hospital evacuated in Tarn", *FLOOD)
    house.enrol(topic_for(site))
    house.round()
    jobs: list[ReadJob] = []

    def counted(job: ReadJob) -> ArticleRead:
        jobs.append(job)
        return read_job(job)

    with house.services.record.begin() as tx:
        (entry,) = tx.entries.find()
    known = article(house.services, site.url("tarn")).reading
    same = ReadJob(Hint(title=known.title), START, url=known.url, text=known.text, topics=(question(CUP),))
    with WorkerPool(counted, workers=0) as pool:
        found = read_all(house.services.record, pool, {entry.id: entry}, {entry.id: same}, stop=lambda: False)
    (read,) = found.values()
    assert isinstance(read, ArticleRead)
    assert (read.reading.figures, len(jobs)) == ((), 1)


def test_a_replay_reads_figures_of_its_topics_and_without_any_of_everything(house: House, tmp_path: Path) -> None:
    rows = [
        {"id": name, "title": name, "text": "\n".join(FLOOD), "published": "2026-03-01T10:00:00Z", "language": "en"}
        for name in ("one",)
    ]
    path = tmp_path / "stream.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    with WorkerPool(read_job, workers=0) as pool:
        replay(house.services, pool, [path], [CUP])
        with house.services.record.read() as tx:
            assert [one.reading.figures for one in tx.articles.iterate()] == [()]
        path.write_text(path.read_text().replace('"one"', '"two"'))
        replay(house.services, pool, [path])
    with house.services.record.read() as tx:
        assert [len(one.reading.figures) for one in tx.articles.iterate()] == [0, 1]


LOOK = """
import runpy, sys
sys.argv = ["tallywire", *sys.argv[1:]]
try:
    runpy.run_module("pipeline.cli", run_name="__main__")
finally:
    print("spacy" in sys.modules)
"""


@pytest.mark.parametrize(
    "words",
    [
        "extract {0}/page.html",
        "figures list --home {0}/none",
        "doctor --home {0}/home",
        "replay {0}/german.jsonl --workers 0 --home {0}/home",
    ],
)
def test_commands_that_read_no_english_figure_load_no_parser(tmp_path: Path, words: str) -> None:
    text = "".join(f"<p>{line}</p>" for line in FLOOD)
    (tmp_path / "page.html").write_text(f"<html><body><article><h1>Tarn</h1>{text}</article></body></html>")
    german = {"id": "eins", "title": "Flut", "text": "Die Flut traf 40 Dörfer.", "language": "de"}
    (tmp_path / "german.jsonl").write_text(json.dumps(german))
    run = [sys.executable, "-c", LOOK, *words.format(tmp_path).split()]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1:] == ["False"], done.stderr


@pytest.mark.parametrize(("language", "loaded"), [("en", "True"), ("de", "False")])
def test_readers_share_one_parser_where_a_topic_takes_english(language: str, loaded: str) -> None:
    # The fork server of this very process may run already, with what another test made it import.
    look = f"""
from pipeline.read.workers import WorkerPool
from pipeline.steps.intake.reading import preload_for
from schemas.topic import Topic
from tests.steps.looking import has_parser

topic = Topic.model_validate({{"name": "t", "match": {{"languages": ["{language}"]}}}})
with WorkerPool(has_parser, workers=1, preload=preload_for([topic])) as pool:
    print(*pool.map([None]))
"""
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [loaded]
