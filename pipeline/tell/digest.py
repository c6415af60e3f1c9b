"""A digest of one period: the same content as a mail and as a page of its own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pipeline.tell.charts import COVERAGE_SIZE, SPARK_SIZE, coverage_chart, sparkline
from pipeline.tell.feeds import feed_name
from pipeline.tell.pages import BUDGET, html_page, link, text_page
from pipeline.tell.schedule import due_period, period_of
from pipeline.tell.sender import Sender
from pipeline.tell.views import FigureView, Row, StoryView, says_value, steps_words, values_words
from pipeline.tell.words import (
    amount,
    count,
    listed,
    number,
    one_line,
    period,
    sentence_case,
    short_moment,
    value_in_short,
    weekday,
)
from schemas.alert import CoverageDay, DigestData, FeedNews, InlineImage, Mail, SeriesNews
from schemas.base import stable_id
from schemas.figure import Value, VerdictKind
from schemas.topic import Topic

__all__ = ["compose_digest", "digest_id", "digest_page", "due_period", "is_empty", "period_of"]

_SUBJECT = 160
_OUTCOMES = {
    "indexed": ("new report", "new reports"),
    "copy": ("copy", "copies"),
    "off_topic": "off topic",
    "known": "known already",
    "teaser": "only a teaser",
    "blocked": "blocked",
    "robots": "closed to robots",
    "gone": "gone",
    "not_html": "no web page",
    "too_large": "too large",
    "failed": "failed",
}


@dataclass(frozen=True)
class _Bounds:
    """How much of each part is shown; what is beyond is counted."""

    stories: int
    series: int
    contradictions: int


_BOUNDS = (_Bounds(5, 12, 6), _Bounds(5, 8, 4), _Bounds(3, 4, 2), _Bounds(1, 2, 1))
_HISTORY = 12
_FEEDS = 8
_DAYS = 14


@dataclass(frozen=True)
class _Picture:
    """A picture and what it says; ``source`` is how the HTML calls it."""

    source: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class _SeriesView:
    """A figure as the digest's table shows it, its steps in one."""

    claim: str
    headline: str
    followed: str
    row: Row
    was: str
    corrected: bool
    history: str
    spark: _Picture | None


@dataclass(frozen=True)
class _Day:
    day: str
    reports: int
    copies: int


class _Album:
    """The pictures of one digest, drawn once, named for a mail or written into a page."""

    def __init__(self, identity: str, *, inline: bool) -> None:
        self._identity, self._inline = identity, inline
        self._drawn: dict[str, InlineImage] = {}

    @property
    def images(self) -> tuple[InlineImage, ...]:
        return tuple(self._drawn.values())

    def add(self, name: str, draw: Callable[[], bytes], alt: str, size: tuple[int, int]) -> _Picture:
        cid = f"{name}.{self._identity}"
        if cid not in self._drawn:
            self._drawn[cid] = InlineImage(cid=cid, png=draw(), alt=alt)
        image = self._drawn[cid]
        data = f"data:image/png;base64,{b64encode(image.png).decode('ascii')}"
        return _Picture(data if self._inline else f"cid:{cid}", alt, *size)


def is_empty(data: DigestData) -> bool:
    """Whether the period brought nothing that a digest could tell of; see ``DigestTimes.empty``."""
    return not (data.stories or data.changed or data.new or data.contradictions or data.articles or data.held_back)


def digest_id(data: DigestData) -> str:
    """The same for the same topic and period, whatever is told of it."""
    return stable_id("digest", data.topic, data.start.isoformat(), data.end.isoformat())


def compose_digest(topic: Topic, data: DigestData, *, sender: Sender, web_copy: str | None = None) -> Mail:
    """The digest of a period as a mail; ``web_copy`` is where its page can be read, if anywhere.

    The same topic and period always have the same Message-ID. The HTML stays below `pages.BUDGET`.
    """
    identity = digest_id(data)
    subject = _subject(topic, data)
    album = _Album(identity, inline=False)
    for bounds in _BOUNDS:
        values = _values(topic, data, bounds, album, sender)
        values |= {"subject": subject, "web_copy": link(web_copy or "")}
        html = html_page("digest.html.j2", **values)
        if len(html.encode()) < BUDGET:
            break
    return Mail(
        message_id=sender.message_id(identity),
        recipients=topic.recipients,
        subject=subject,
        text=text_page("digest.txt.j2", **values),
        html=html,
        headers=sender.headers(topic),
        images=tuple(image for image in album.images if f"cid:{image.cid}" in html),
    )


def digest_page(topic: Topic, data: DigestData, *, sender: Sender) -> str:
    """The same digest as an HTML file that needs no other."""
    album = _Album("page", inline=True)
    values = _values(topic, data, _BOUNDS[0], album, sender)
    return html_page("digest.html.j2", **values, subject=_subject(topic, data), web_copy=None)


def _subject(topic: Topic, data: DigestData) -> str:
    several = topic.digest is not None and len(topic.digest.at) > 1
    end = data.end.astimezone(topic.tzinfo)
    day = short_moment(end, topic.tzinfo) if several else weekday(end.date())
    return one_line(f"[{topic.name}] Digest, {day}: {_lead(data)}", _SUBJECT)


def _lead(data: DigestData) -> str:
    """ "3 stories, 2 changed figures and 1 contradiction"; only what there is."""
    parts = [
        count(how_many, *words)
        for how_many, words in (
            (len(data.changed), ("changed figure",)),
            (len(data.new), ("new figure",)),
            (len(data.contradictions), ("contradiction",)),
            (len(data.stories), ("story", "stories")),
        )
        if how_many
    ]
    return listed(parts) or "nothing new"


def _values(topic: Topic, data: DigestData, bounds: _Bounds, album: _Album, sender: Sender) -> dict[str, object]:
    zone = topic.tzinfo
    changed = [
        _series(one, zone, album, f"series{n}") for n, one in enumerate(_worthiest(data.changed)[: bounds.series])
    ]
    new = [_series(one, zone, None, "") for one in _worthiest(data.new)[: bounds.series]]
    stories = [StoryView.of(story, zone, 0) for story in data.stories[: bounds.stories]]
    contradictions = [
        FigureView.of(news, zone)
        for news in sorted(data.contradictions, key=lambda news: -news.worth)[: bounds.contradictions]
    ]
    days = data.coverage[-_DAYS:]
    return {
        "topic": topic,
        "heading": one_line(topic.heading, 120),
        "zone": zone.key,
        "period": period(data.start, data.end, zone),
        "lead": sentence_case(_lead(data)),
        "reports": _reports(data),
        "preheader": one_line(f"{period(data.start, data.end, zone)}: {_lead(data)}", 140),
        "stories": stories,
        "more_stories": len(data.stories) - len(stories),
        "changed": changed,
        "more_changed": len(data.changed) - len(changed),
        "new": new,
        "more_new": len(data.new) - len(new),
        "contradictions": contradictions,
        "more_contradictions": len(data.contradictions) - len(contradictions),
        "coverage": _coverage(days, album),
        "days": [_Day(weekday(one.day), one.reports, one.copies) for one in days if one.reports or one.copies],
        "outcomes": _outcomes(data),
        "feeds": _feeds(data, zone),
        "held_back": _held_back(data),
        "public_url": link(sender.public_url or ""),
        "stop_url": sender.stop_url(topic),
        "stop_mailto": sender.stop_mailto(topic),
        "stop_address": sender.unsubscribe_mailto or sender.address,
    }


def _worthiest(news: Sequence[SeriesNews]) -> list[SeriesNews]:
    return sorted(news, key=lambda one: -one.worth)


def _series(news: SeriesNews, zone: ZoneInfo, album: _Album | None, name: str) -> _SeriesView:
    unit = news.current.figure.unit
    recent = news.history[-_HISTORY:]
    values: tuple[Value, ...] = tuple(value for _, value in recent)
    history = values_words(values, unit) if len(values) > 1 else ""
    spark = None
    if album is not None and history:
        alt = f"{history}, {short_moment(recent[0][0], zone)} to {short_moment(recent[-1][0], zone)}"
        spark = album.add(name, lambda: sparkline(recent), alt, SPARK_SIZE)
    row = Row.of(news.current, zone)
    was = "" if news.from_value is None else amount(news.from_value, unit)
    if was and news.began is not None:
        was = value_in_short(news.began.figure)
    corrected = news.verdict is VerdictKind.CORRECTION
    several = steps_words(news.current, was, news.steps) if was and news.steps > 1 else ""
    beside = f" ({'corrected from' if corrected else 'was'} {was})" if was else ""
    if not corrected and says_value(row.claim, news.from_value):
        beside = ""
    return _SeriesView(
        claim=several or row.claim,
        headline=several or f"{row.claim}{beside}",
        followed=one_line(news.followed or "", 80),
        row=row,
        was=was,
        corrected=corrected,
        history=history,
        spark=spark,
    )


def _coverage(days: Sequence[CoverageDay], album: _Album) -> _Picture | None:
    if not any(one.reports or one.copies for one in days):
        return None
    most = max(days, key=lambda one: one.reports + one.copies)
    alt = (
        f"Bars: reports and copies a day, {weekday(days[0].day)} to {weekday(days[-1].day)}; "
        f"most on {weekday(most.day)}, {count(most.reports, 'report')} and {count(most.copies, 'copy', 'copies')}"
    )
    return album.add("coverage", lambda: coverage_chart(days), alt, COVERAGE_SIZE)


def _reports(data: DigestData) -> str:
    words = count(data.articles, "report")
    return (
        f"{words}, {number(data.copies)} of them {'a copy' if data.copies == 1 else 'copies'}" if data.copies else words
    )


def _outcomes(data: DigestData) -> str:
    """ "40 entries: 11 new reports, 5 copies, 23 off topic and 1 failed"."""
    found = {name: how_many for name, how_many in data.outcomes.items() if how_many}
    if not found:
        return ""
    known = [name for name in _OUTCOMES if name in found] + sorted(set(found) - set(_OUTCOMES))
    parts = [f"{number(found[name])} {_outcome(name, found[name])}" for name in known]
    return f"{count(sum(found.values()), 'entry', 'entries')}: {listed(parts)}"


def _outcome(name: str, how_many: int) -> str:
    words = _OUTCOMES.get(name) or one_line(name, 40)
    return words if isinstance(words, str) else words[how_many > 1]


def _feeds(data: DigestData, zone: ZoneInfo) -> str:
    ill, back = data.feeds_ill, data.feeds_back
    words = (
        f"{count(len(ill), 'feed is', 'feeds are')} not well: {_ill_feeds(ill, zone)}." if ill else "All feeds answer."
    )
    if not back:
        return words
    names = ", ".join(feed_name(one) for one in back[:_FEEDS])
    return f"{words} Well again: {names}{_and_more(len(back))}."


def _ill_feeds(ill: Sequence[FeedNews], zone: ZoneInfo) -> str:
    said = [f"{feed_name(one)} ({one.health.value} since {weekday(one.since.astimezone(zone).date())})" for one in ill]
    return f"{', '.join(said[:_FEEDS])}{_and_more(len(said))}"


def _and_more(feeds: int) -> str:
    return f" and {number(feeds - _FEEDS)} more" if feeds > _FEEDS else ""


def _held_back(data: DigestData) -> str:
    if not data.held_back:
        return ""
    is_or_are = "is" if data.held_back == 1 else "are"
    return f"{count(data.held_back, 'alert')} passed the day’s limit of mails and {is_or_are} told only here."
