"""A digest of one period: the same content as a mail and as a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pipeline.tell.charts import COVERAGE_SIZE, coverage_chart
from pipeline.tell.digest_views import Album, Bounds, DigestDevelopment, Picture, arranged, lines, more
from pipeline.tell.feeds import feed_name
from pipeline.tell.pages import BUDGET, html_page, link, text_page
from pipeline.tell.schedule import due_period, period_of
from pipeline.tell.sender import Sender
from pipeline.tell.words import count, listed, number, one_line, period, sentence_case, short_moment, weekday
from schemas.alert import CoverageDay, DigestData, FeedNews, Mail
from schemas.base import stable_id
from schemas.topic import Topic

__all__ = ["compose_digest", "digest_id", "digest_page", "due_period", "is_empty", "period_of"]

_SUBJECT = 160
_OUTCOMES = {
    "indexed": ("new report", "new reports"),
    "copy": ("copy", "copies"),
    "off_topic": "off topic",
    "known": "known already",
    "teaser": "only a teaser",
    "consent": "behind a consent page",
    "login": "behind a login",
    "not_article": "no article",
    "blocked": "blocked",
    "robots": "closed to robots",
    "gone": "gone",
    "not_html": "no web page",
    "too_large": "too large",
    "failed": "failed",
}


_BOUNDS = (Bounds(12, 6, 10, 12), Bounds(8, 4, 8, 8), Bounds(4, 2, 4, 4), Bounds(2, 1, 2, 2))
_FEEDS = 8
_DAYS = 14


@dataclass(frozen=True)
class _Day:
    day: str
    reports: int
    copies: int


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
    album = Album(identity, inline=False)
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
    album = Album("page", inline=True)
    values = _values(topic, data, _BOUNDS[0], album, sender)
    return html_page("digest.html.j2", **values, subject=_subject(topic, data), web_copy=None)


def _subject(topic: Topic, data: DigestData) -> str:
    several = topic.digest is not None and len(topic.digest.at) > 1
    end = data.end.astimezone(topic.tzinfo)
    day = short_moment(end, topic.tzinfo) if several else weekday(end.date())
    return one_line(f"[{topic.name}] Digest, {day}: {_lead(data)}", _SUBJECT)


def _lead(data: DigestData) -> str:
    """ "3 developments, 2 changed figures and 1 contradiction"; only what there is."""
    parts = [
        count(how_many, noun)
        for how_many, noun in (
            (len(data.stories), "development"),
            (len(data.changed), "changed figure"),
            (len(data.contradictions), "contradiction"),
            (len(data.new), "new figure"),
        )
        if how_many
    ]
    return listed(parts) or "nothing new"


def _values(topic: Topic, data: DigestData, bounds: Bounds, album: Album, sender: Sender) -> dict[str, object]:
    zone = topic.tzinfo
    days = data.coverage[-_DAYS:]
    return _news(data, bounds, zone, album) | {
        "topic": topic,
        "heading": one_line(topic.heading, 120),
        "zone": zone.key,
        "period": period(data.start, data.end, zone),
        "lead": sentence_case(_lead(data)),
        "reports": _reports(data),
        "preheader": one_line(f"{period(data.start, data.end, zone)}: {_lead(data)}", 140),
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


def _news(data: DigestData, bounds: Bounds, zone: ZoneInfo, album: Album) -> dict[str, object]:
    """The developments with their figures, those without any, and the figures of none."""
    found = arranged(data)
    beyond = found.with_figures[bounds.developments :]
    return {
        "developments": [
            DigestDevelopment.of(story, told, data, zone, album, bounds.figures)
            for story, told in found.with_figures[: bounds.developments]
        ],
        "more_developments": _more_developments(len(beyond), sum(len(told) for _, told in beyond)),
        "quiet": [DigestDevelopment.of(story, (), data, zone, album, 0) for story in found.quiet[: bounds.quiet]],
        "more_quiet": more(len(found.quiet) - bounds.quiet, "development"),
        "others": lines(found.others[: bounds.others], zone, album),
        "more_others": more(len(found.others) - bounds.others, "figure"),
    }


def _more_developments(beyond: int, figures: int) -> str:
    """ "and 7 more developments, with 12 figures"."""
    return f"{more(beyond, 'development')}, with {count(figures, 'figure')}" if beyond else ""


def _coverage(days: Sequence[CoverageDay], album: Album) -> Picture | None:
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
