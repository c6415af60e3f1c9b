"""A figure over time and across outlets: its chart, every claim with what vouches for it, and why it is what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.serve.chart import Chart, chart_of
from pipeline.serve.views.common import TAGS
from pipeline.steps.showing.explain import telling_words
from pipeline.tell.pages import link
from pipeline.tell.views import outlet_name
from pipeline.tell.words import (
    Quote,
    amount,
    count,
    day,
    headline_of,
    listed,
    one_line,
    quoted,
    said_by,
    value_words,
)
from schemas.article import Article
from schemas.figure import Claim, FigureInArticle, Series, Verdict, VerdictKind

if TYPE_CHECKING:
    from pipeline.record import Transaction

CLAIMS, CHARTED = 40, 200
_QUOTE = 480


@dataclass(frozen=True)
class SeriesLine:
    """A series in a list."""

    id: str
    label: str
    now: str
    claim: str
    who: str
    last: datetime
    claims: str
    outlets: int
    values: str
    pinned: bool
    rivals: int
    """Claims that contradict what holds."""

    @classmethod
    def of(cls, series: Series, figure: FigureInArticle | None) -> SeriesLine:
        claims = series.claims
        values = list(dict.fromkeys(claim.value for claim in claims if claim.value is not None))
        return cls(
            id=series.id,
            label=one_line(series.label, 120) or "unnamed",
            now=value_words(figure.figure) if figure else "",
            claim=headline_of(figure.figure) if figure else "",
            who=one_line(said_by(figure.figure) or outlet_name(figure.outlet), 80) if figure else "",
            last=max((claim.published for claim in claims), default=series.opened),
            claims=count(len(claims), "claim"),
            outlets=len({claim.outlet for claim in claims}),
            values=_from_to(values, series.unit),
            pinned=series.pinned,
            rivals=sum(claim.kind is VerdictKind.CONTRADICTION for claim in claims),
        )


def _from_to(values: Sequence[float], unit: str | None) -> str:
    return f"{amount(min(values), unit)} – {amount(max(values), unit)}" if len(values) > 1 else ""


def series_lines(tx: Transaction, found: Sequence[Series]) -> list[SeriesLine]:
    """Series with what holds now in each."""
    current = tx.figures.get_many(one.current for one in found if one.current)
    return [SeriesLine.of(one, current.get(one.current or "")) for one in found]


@dataclass(frozen=True)
class ClaimRow:
    """A claim with all that vouches for it."""

    figure: str
    value: str
    claim: str
    quote: Quote | None
    kind: str
    tag: str
    current: bool
    outlet: str
    speaker: str
    as_of: str
    published: datetime
    title: str
    url: str | None
    article: str
    revision: int
    why: str
    told: str
    reasons: tuple[str, ...]
    against: tuple[tuple[str, str], ...]
    """Of what it contradicts, the ids of the figures and what they say."""


@dataclass(frozen=True)
class SeriesPage:
    line: SeriesLine
    topic: str
    chart: Chart | None
    charted: str
    now: ClaimRow | None
    rows: tuple[ClaimRow, ...]
    total: int
    facts: tuple[tuple[str, str], ...]


def series_page(tx: Transaction, series: Series, zone: ZoneInfo, skip: int) -> SeriesPage:
    """A series with its claims, the latest first, from the ``skip``-th on."""
    claims = sorted(series.claims, key=lambda claim: (claim.published, claim.figure), reverse=True)
    shown = claims[skip : skip + CLAIMS]
    held = [claim for claim in claims if claim.figure == series.current]
    wanted = list(dict.fromkeys([*(claim.figure for claim in (*held, *shown))]))
    figures, verdicts = tx.figures.get_many(wanted), tx.figures.verdicts_of_many(wanted)
    articles = tx.articles.get_many({claim.article for claim in (*held, *shown)})
    others = tx.figures.get_many({one for some in verdicts.values() for verdict in some for one in verdict.contradicts})
    own = {id: next((one for one in some if one.topic == series.topic), None) for id, some in verdicts.items()}

    def row(claim: Claim) -> ClaimRow:
        return _row(
            series, claim, figures.get(claim.figure), own.get(claim.figure), articles.get(claim.article), others
        )

    drawn = claims[:CHARTED]
    return SeriesPage(
        line=SeriesLine.of(series, figures.get(series.current or "")),
        topic=series.topic,
        chart=chart_of(drawn, label=series.label, unit=series.unit, current=series.current, zone=zone),
        charted=f"the latest {CHARTED} of {count(len(claims), 'claim')}" if len(claims) > CHARTED else "",
        now=row(held[0]) if held else None,
        rows=tuple(map(row, shown)),
        total=len(claims),
        facts=tuple(_facts(series)),
    )


def _row(
    series: Series,
    claim: Claim,
    figure: FigureInArticle | None,
    verdict: Verdict | None,
    article: Article | None,
    others: dict[str, FigureInArticle],
) -> ClaimRow:
    read = figure.figure if figure else None
    telling = verdict.telling if verdict else None
    against = [others[one] for one in verdict.contradicts if one in others] if verdict else []
    return ClaimRow(
        figure=claim.figure,
        value=value_words(read) if read else amount(claim.value if claim.value is not None else 0.0, series.unit),
        claim=headline_of(read) if read else "",
        quote=quoted(read.quote, read.surface, limit=_QUOTE) if read else None,
        kind=claim.kind.value,
        tag=TAGS[claim.kind],
        current=claim.figure == series.current,
        outlet=outlet_name(claim.outlet),
        speaker=one_line((said_by(read) if read else "") or claim.attribution or "", 120),
        as_of=day(read.as_of) if read and read.as_of else "",
        published=claim.published,
        title=one_line(article.reading.title, 160) if article else "",
        url=link(article.reading.url) if article else None,
        article=claim.article,
        revision=figure.revision if figure else 1,
        why=one_line(verdict.reason, 300) if verdict else "",
        told=one_line(telling_words(telling), 200) if telling else "",
        reasons=tuple(one_line(reason, 200) for reason in telling.reasons) if telling else (),
        against=tuple((one.id, f"{value_words(one.figure)} ({outlet_name(one.outlet)})") for one in against),
    )


def _facts(series: Series) -> list[tuple[str, str]]:
    scope = str(series.scope)
    facts = [
        ("Counted", one_line(series.counted or "", 80)),
        ("Action", one_line((series.action or "").replace("_", " "), 80)),
        ("Unit", one_line(series.unit or "", 40)),
        ("Scope", one_line(scope, 160) or "not stated"),
        ("Outlets", listed(sorted({outlet_name(claim.outlet) for claim in series.claims})[:12])),
    ]
    return [(name, value) for name, value in facts if value]
