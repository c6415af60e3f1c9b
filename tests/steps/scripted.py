"""Articles that a test writes, brought before the judge of a deployment on SQLite without a network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.settings import Settings
from pipeline.steps.deciding.enrol import enrol
from pipeline.steps.deciding.feeds import logins_of
from pipeline.steps.intake.reading import ArticleRead, ReadJob, question, read_job
from pipeline.steps.judge import Judge
from pipeline.steps.judging.turn import JudgeReport
from pipeline.steps.known.briefs import Briefs
from pipeline.steps.known.threads import development_of
from pipeline.steps.services import Services, open_services
from schemas.article import Hint, MetadataSource, ReadEntry
from schemas.brief import Brief, BriefFigure, BriefValue
from schemas.feed import Announcement, Entry
from schemas.story import Story
from schemas.topic import Topic
from tests.steps.conftest import START, MovableClock

TOPIC = Topic.model_validate({"name": "news", "recipients": ["desk@newsroom.example"], "alerts": {"bundle": "0s"}})


@dataclass(frozen=True)
class Written:
    """An article: who prints it, when, and what it says."""

    id: str
    outlet: str
    published: datetime
    title: str
    text: str

    @property
    def url(self) -> str:
        return f"https://{self.outlet.lower()}.example/{self.id}"


def written(articles: Iterable[tuple[str, str, str, str, str]]) -> list[Written]:
    """Articles as other tests write them down: id, outlet, time, title, text."""
    return [Written(id, outlet, datetime.fromisoformat(at), title, text) for id, outlet, at, title, text in articles]


@cache
def reading(article: Written, *asked: str) -> ArticleRead:
    """An article as reading leaves it for the judge, ``asked`` by topics; read once for all examples."""
    hint = Hint(
        title=article.title,
        published=article.published,
        language="en",
        outlet=article.outlet,
        source=MetadataSource.GIVEN,
    )
    job = ReadJob(
        hint=hint,
        now=article.published + timedelta(days=9),
        url=article.url,
        text=article.text,
        topics=asked,
    )
    found = read_job(job)
    assert isinstance(found, ArticleRead)
    return found


@dataclass
class Newsroom:
    """A deployment whose articles a test writes."""

    services: Services
    clock: MovableClock
    topic: Topic = TOPIC
    judge: Judge = field(init=False)

    def __post_init__(self) -> None:
        enrol(self.services.record, [self.topic], logins_of(self.services))
        self.judge = Judge(self.services)

    def arrive(self, articles: Iterable[Written], first_seen: datetime | None = None) -> JudgeReport:
        """Bring articles in, in this order and in one run; now, unless they were announced at another time."""
        self.wait(articles, first_seen)
        report = JudgeReport()
        while (judged := self.judge.run()).judged:
            report.add(judged)
        return report

    def wait(
        self,
        articles: Iterable[Written],
        first_seen: datetime | None = None,
        *,
        topics: Sequence[Topic] = (),
        again: int = 0,
    ) -> None:
        """Let articles wait for the judge, read for ``topics`` (the newsroom's own, if there are none); ``again`` tells
        the announcements of one article apart."""
        at, topics = first_seen or self.clock(), topics or (self.topic,)
        with self.services.record.begin() as tx:
            for one in articles:
                entry = Entry(
                    id=f"entry-{one.id}" + f"-{again}" * bool(again),
                    topics=tuple(topic.name for topic in topics),
                    announcement=Announcement(url=one.url, canonical_url=one.url, title=one.title, fingerprint=one.id),
                    first_seen=at,
                    article=one.id,
                )
                read = reading(one, *map(question, topics))
                tx.entries.add([entry])
                tx.entries.put_reading(entry.id, ReadEntry(entry=entry, reading=read.reading, matches=read.matches))

    def story(self, article: str) -> Story:
        """The story that an article is in."""
        with self.services.record.read() as tx:
            found = tx.articles.get(article)
            story = tx.stories.get(found.story) if found and found.story else None
        assert story is not None, article
        return story

    def brief(self, article: str) -> Brief:
        """The brief of the thread that an article is in."""
        thread = self.story(article).development
        with self.services.record.read() as tx:
            development = development_of(tx, thread)
            assert development is not None
            return Briefs(tx).of_development(development)


@contextmanager
def newsroom(topic: Topic = TOPIC, start: datetime = START, **more: Any) -> Iterator[Newsroom]:
    """A new deployment in a folder of its own; ``more`` are settings."""
    clock = MovableClock(start)
    with TemporaryDirectory() as folder:
        given = {"home": Path(folder), "database_url": None, "smtp_url": None, "elasticsearch_url": None}
        settings = Settings(_env_file=None, **given | more)
        services = open_services(settings, clock=clock)
        try:
            yield Newsroom(services, clock, topic)
        finally:
            services.close()


Value = tuple[float | None, float | None, float | None]


def value(one: BriefValue) -> Value:
    return one.value, one.low, one.high


def line(figure: BriefFigure) -> tuple[object, ...]:
    """What a reader is told of a figure: its value, who states it, what is said otherwise, what it was."""
    return (
        value(figure),
        figure.unit,
        figure.witnesses,
        frozenset(figure.outlets),
        frozenset(figure.articles),
        frozenset(map(value, figure.rivals)),
        tuple(map(value, figure.before)),
    )


def lines(brief: Brief) -> list[tuple[object, ...]]:
    return [line(figure) for figure in brief.figures]
