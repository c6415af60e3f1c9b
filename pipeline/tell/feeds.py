"""The mail that tells of feeds which are not well: which, since when, what they answer, and what to do."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pipeline.tell.outbox import Bundle, by_urgency
from pipeline.tell.pages import BUDGET, html_page, link, text_page
from pipeline.tell.sender import Sender
from pipeline.tell.words import count, listed, moment, number, one_line, weekday
from schemas.alert import FeedNews, Mail
from schemas.feed import Health
from schemas.topic import Topic

_SUBJECT = 160
_SHOWN = (20, 10, 5, 2)
_TAGS = {Health.SILENT: "Silent feed", Health.GONE: "Feed gone", Health.FAILING: "Failing feed", Health.OK: "Feed"}
_HEADLINES = {
    Health.SILENT: "{name} has fallen silent",
    Health.GONE: "{name} is gone",
    Health.FAILING: "{name} does not answer",
    Health.OK: "{name} was not well",
}
_QUIET = "nothing more is said of it while it stays as it is."
_HOURS_UP_TO = 48


@dataclass(frozen=True)
class FeedView:
    """A feed that is not well, as the mail shows it."""

    health: str
    tag: str
    headline: str
    since: str
    url: str | None
    shown_url: str
    facts: tuple[tuple[str, str], ...]
    check: str | None
    discover: str | None

    @classmethod
    def of(cls, news: FeedNews, zone: ZoneInfo) -> FeedView:
        url = link(news.url)
        site = link(news.site_url or "") or _site_of(url)
        return cls(
            health=news.health.value,
            tag=_TAGS[news.health],
            headline=_headline(news),
            since=_since(news, zone),
            url=url,
            shown_url=url or one_line(news.url, 200),
            facts=tuple(_facts(news, zone)),
            # The addresses come from files and pages, and these lines are pasted into shells.
            check=f"tallywire feeds check {shlex.quote(url)}" if url else None,
            discover=f"tallywire feeds discover {shlex.quote(site)}" if site else None,
        )


def compose_feeds(topic: Topic, bundle: Bundle, *, sender: Sender) -> Mail:
    """The mail that tells of the feeds in ``bundle``; the same alerts give the same mail, in whichever order they come.

    Its HTML stays below `pages.BUDGET`: of a great many feeds some are told, the rest is counted.
    """
    alerts = by_urgency(bundle.alerts)
    told = [alert.feed for alert in alerts if alert.feed is not None]
    subject = one_line(f"[{topic.name}] {_subject(told, topic.tzinfo)}", _SUBJECT)
    for most in _SHOWN:
        values = {
            "topic": topic,
            "subject": subject,
            "heading": one_line(topic.heading, 120),
            "zone": topic.tzinfo.key,
            "counts": f"{count(len(told), 'feed')} not well",
            "found": moment(min(alert.created for alert in alerts), topic.tzinfo),
            "feeds": [FeedView.of(news, topic.tzinfo) for news in told[:most]],
            "more": len(told) - len(told[:most]),
            "preheader": one_line(" · ".join(_since(news, topic.tzinfo) for news in told[:3]), 140),
            "why": f"The topic “{one_line(topic.heading, 120)}” ({topic.name}) asks for "
            f"{'this feed' if len(told) == 1 else 'these feeds'} and tells of feeds that are not well; "
            "alerts.feeds: false in its file ends that.",
            "quiet": _QUIET if topic.digest is None else f"{_QUIET[:-1]}, and the digest says when it is well again.",
            "stop_url": sender.stop_url(topic),
            "stop_mailto": sender.stop_mailto(topic),
            "stop_address": sender.unsubscribe_mailto or sender.address,
        }
        html = html_page("feeds.html.j2", **values)
        if len(html.encode()) < BUDGET:
            break
    return Mail(
        message_id=sender.message_id(bundle.id),
        recipients=topic.recipients,
        subject=subject,
        text=text_page("feeds.txt.j2", **values),
        html=html,
        headers=sender.headers(topic),
        alerts=tuple(alert.id for alert in alerts),
    )


def feed_name(news: FeedNews) -> str:
    """The feed's title, or its address where it has none."""
    return one_line(news.title, 60) or one_line(news.url, 80)


def _subject(told: Sequence[FeedNews], zone: ZoneInfo) -> str:
    if len(told) == 1:
        news = told[0]
        since = f" since {weekday(news.since.astimezone(zone).date())}" if _had_begun(news) else ""
        return f"{_headline(news)}{'' if news.health is Health.GONE else since}"
    kinds = [news.health for news in told]
    parts = [f"{number(kinds.count(kind))} {kind.value}" for kind in Health if kind in kinds]
    return f"{count(len(told), 'feed')} not well: {listed(parts)}"


def _headline(news: FeedNews) -> str:
    return _HEADLINES[news.health].format(name=feed_name(news))


def _had_begun(news: FeedNews) -> bool:
    return news.health is Health.SILENT or news.last_success is not None


def _since(news: FeedNews, zone: ZoneInfo) -> str:
    when = moment(news.since, zone)
    if news.health is Health.SILENT:
        return f"nothing new since {when}"
    if not _had_begun(news):
        return f"it has never answered as a feed; asked since {when}"
    return f"last answered as a feed {when}"


def _facts(news: FeedNews, zone: ZoneInfo) -> list[tuple[str, str]]:
    facts = [("Last item", _when(news.last_new, zone) if news.last_new else "none so far")]
    if news.health is Health.SILENT and news.longest_gap is not None:
        facts.append(("Before", f"never silent for more than {_span(news.longest_gap)}"))
    facts += [("Last asked", _when(news.polled, zone)), ("It answers", _answer(news))]
    if news.failures:
        facts.append(("Tried", f"{count(news.failures, 'time')} in a row without success"))
    return facts


def _answer(news: FeedNews) -> str:
    if news.error is not None:
        return one_line(news.error, 240)
    return "with nothing new" if news.status is None else f"with nothing new (HTTP {news.status})"


def _when(when: datetime | None, zone: ZoneInfo) -> str:
    return moment(when, zone) if when else "not yet"


def _span(seconds: float) -> str:
    """Seconds in whole hours, of two days and more in whole days; never less than it was."""
    hours = max(1, -int(-seconds // 3600))
    return count(hours, "hour") if hours < _HOURS_UP_TO else count(-(-hours // 24), "day")


def _site_of(url: str | None) -> str | None:
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else None
