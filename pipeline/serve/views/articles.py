"""Articles: what was read, what of it is a figure, how it changed, which copies there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.serve.views.common import ReportLine, harmless, series_of
from pipeline.steps.showing.diff import Change, Difference, difference
from pipeline.tell.words import headline_of, one_line, said_by, value_words
from schemas.article import Article
from schemas.figure import FigureInArticle

if TYPE_CHECKING:
    from pipeline.record import Transaction

_COPIES, _REVISIONS = 30, 50
_PARAGRAPHS, _LONG = 400, 4000
"""Of a text that is shown: news has fewer and shorter ones."""

Piece = tuple[str, str, str | None]
"""Some text; the figure it is, or ""; and that figure's series."""


@dataclass(frozen=True)
class FigureRow:
    """A figure of an article."""

    id: str
    value: str
    claim: str
    speaker: str
    series: str | None


@dataclass(frozen=True)
class ArticlePage:
    line: ReportLine
    authors: str
    language: str
    modified: datetime | None
    revised: datetime | None
    topics: tuple[tuple[str, bool, str], ...]
    story: str | None
    paragraphs: tuple[tuple[Piece, ...], ...]
    cut: bool
    figures: tuple[FigureRow, ...]
    copies: tuple[ReportLine, ...]
    original: ReportLine | None
    revisions: tuple[tuple[int, datetime, str], ...]
    reason: str
    notes: tuple[str, ...]


def article_page(tx: Transaction, article: Article) -> ArticlePage:
    """An article in its current revision."""
    reading = article.reading
    figures = tx.figures.of_article(article.id, revision=article.revision)
    series = series_of(tx, None, [figure.id for figure in figures])
    original = tx.articles.get(article.copy_of) if article.copy_of else None
    paragraphs = list(_paragraphs(reading.text, figures, series))
    return ArticlePage(
        line=ReportLine.of(article),
        authors=one_line(", ".join(reading.authors), 200),
        language=reading.language or "",
        modified=reading.modified,
        revised=article.revised,
        topics=tuple((match.topic, match.matched, one_line(match.reason, 200)) for match in article.topics),
        story=article.story,
        paragraphs=tuple(paragraphs[:_PARAGRAPHS]),
        cut=len(paragraphs) > _PARAGRAPHS,
        figures=tuple(
            FigureRow(
                one.id,
                value_words(one.figure),
                headline_of(one.figure),
                one_line(said_by(one.figure), 80),
                series.get(one.id),
            )
            for one in figures
        ),
        copies=tuple(ReportLine.of(one) for one in tx.looking.copies_of(article.id, _COPIES)),
        original=ReportLine.of(original) if original else None,
        revisions=tuple(
            (one.number, one.seen, one_line(one.title, 160)) for one in reversed(tx.articles.revisions(article.id))
        )[:_REVISIONS],
        reason=one_line(article.reason, 300),
        notes=tuple(one_line(note, 300) for note in reading.notes[:20]),
    )


def _paragraphs(text: str, figures: Sequence[FigureInArticle], series: dict[str, str]) -> Iterator[tuple[Piece, ...]]:
    """The text in paragraphs, each in pieces of which some are figures."""
    spans = sorted((*one.figure.span, one.id) for one in figures)
    at = 0
    for paragraph in text.split("\n"):
        end = at + len(paragraph)
        inside = [span for span in spans if at <= span[0] and span[1] <= end]
        if paragraph.strip():
            yield tuple(_pieces(text, at, min(end, at + _LONG), inside, series))
        at = end + 1


def _pieces(
    text: str, start: int, end: int, spans: Iterable[tuple[int, int, str]], series: dict[str, str]
) -> Iterator[Piece]:
    at = start
    for first, last, figure in spans:
        if first >= at and last <= end:
            yield harmless(text[at:first]), "", None
            yield harmless(text[first:last]), figure, series.get(figure)
            at = last
    yield harmless(text[at:end]), "", None


@dataclass(frozen=True)
class ChangeRow:
    """A sentence before and after, in pieces that are the same, gone or come."""

    before: tuple[tuple[str, bool], ...]
    after: tuple[tuple[str, bool], ...]
    numbers: str

    @classmethod
    def of(cls, change: Change) -> ChangeRow:
        numbers = [", ".join(some) for some in (change.numbers_before, change.numbers_after)]
        return cls(
            before=tuple(_marked(change.before, change.numbers_before, change.numbers_after)),
            after=tuple(_marked(change.after, change.numbers_after, change.numbers_before)),
            numbers=" → ".join(filter(None, numbers)) if change.before and change.after else "",
        )


def _marked(sentence: str, own: Sequence[str], others: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """A sentence with those of its numbers marked that the other one lacks."""
    sentence, at = one_line(sentence, 1000), 0
    for number in own:
        found = sentence.find(number, at)
        if found < 0:
            continue
        yield sentence[at:found], False
        yield number, number not in others
        at = found + len(number)
    yield sentence[at:], False


@dataclass(frozen=True)
class DiffPage:
    line: ReportLine
    number: int
    before: int
    seen: datetime
    seen_before: datetime
    title: ChangeRow | None
    numbers: tuple[ChangeRow, ...]
    words: tuple[ChangeRow, ...]
    numbers_of_all: tuple[int, ...]


def diff_page(tx: Transaction, article: Article, number: int) -> DiffPage | None:
    """What changed with a revision; None where there is no such, or none before it."""
    revisions = tx.articles.revisions(article.id)
    pair = next(((one, other) for one, other in pairwise(revisions) if other.number == number), None)
    if pair is None:
        return None
    found: Difference = difference(*pair, article.reading.language)
    return DiffPage(
        line=ReportLine.of(article),
        number=number,
        before=pair[0].number,
        seen=pair[1].seen,
        seen_before=pair[0].seen,
        title=ChangeRow.of(found.title) if found.title else None,
        numbers=tuple(map(ChangeRow.of, found.numbers)),
        words=tuple(map(ChangeRow.of, found.words[:_PARAGRAPHS])),
        numbers_of_all=tuple(one.number for one in revisions[1:]),
    )
