"""What the processes that read pages do. They import this module alone, so it must need no database and no network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from pipeline.figures.claims import is_claim
from pipeline.figures.reading import read_figures
from pipeline.read.match import Matcher, match_all
from pipeline.read.page import PRELOAD, read_given, read_page
from schemas.article import Hint, Page, Reading, TopicMatch
from schemas.topic import Topic

_ENGLISH = "pipeline.steps.intake.english"
_MATCHERS = 256
"""Topics made ready that a process keeps; of a hundred terms each they take 6 MB."""


@dataclass(frozen=True)
class ReadJob:
    """What one reading starts from: a page, or the text that a feed or a replay gives.

    ``topics`` are those that want to know whether it is coverage of theirs, each as `question` puts it. With
    ``figures`` its figures are read even if none of them takes it.
    """

    hint: Hint
    now: datetime
    page: Page | None = None
    url: str = ""
    html: str | None = None
    text: str | None = None
    topics: tuple[str, ...] = ()
    figures: bool = False


@dataclass(frozen=True)
class ArticleRead:
    """What was read, and what each topic that was asked says of it."""

    reading: Reading
    matches: tuple[TopicMatch, ...] = ()
    figures: bool = False
    """Whether its figures were wanted even if no topic takes it."""

    @property
    def on_topic(self) -> bool:
        return any(match.matched for match in self.matches)


def preload_for(topics: Iterable[Topic]) -> tuple[str, ...]:
    """What a process that makes many readers imports once for all of them: of English only if a topic takes it."""
    english = any(not topic.match.languages or "en" in topic.match.languages for topic in topics)
    return (*PRELOAD, _ENGLISH) if english else PRELOAD


def question(topic: Topic) -> str:
    """What a topic counts as coverage, as JSON: cheap to send with each job, and to recognise."""
    return topic.model_dump_json(include={"name", "match"})


def read_job(job: ReadJob) -> ArticleRead:
    """Read a page or a given text, and the figures it states if it is coverage of a topic and no teaser.

    Most of what feeds bring is off topic, and its figures would never be looked at. Pure; runs in a worker process.
    """
    if job.page is not None:
        reading = read_page(job.page, job.hint, now=job.now)
    else:
        reading = read_given(html=job.html, text=job.text, url=job.url, hint=job.hint, now=job.now)
    read = ArticleRead(reading, match_all(map(_matcher, job.topics), reading), job.figures)
    if reading.teaser or not (read.on_topic or job.figures):
        return read
    return ArticleRead(with_figures(reading), read.matches, read.figures)


def with_figures(reading: Reading) -> Reading:
    """A reading with the figures its text states."""
    found = read_figures(reading.text, title=reading.title, language=reading.language, published=reading.published)
    return reading.model_copy(update={"figures": tuple(filter(is_claim, found.figures))})


@lru_cache(_MATCHERS)
def _matcher(asked: str) -> Matcher:
    return Matcher(Topic.model_validate_json(asked))
