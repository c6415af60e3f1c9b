"""The mail that tells of feeds which are not well: which, since when, what they answer, and what to do."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.tell.acting import acts_of_alerts
from pipeline.tell.frame import Frame, message, messages
from pipeline.tell.languages import frame_of
from pipeline.tell.outbox import by_urgency
from pipeline.tell.pages import BUDGET, html_page, link, text_page
from pipeline.tell.sender import Sender
from pipeline.tell.words import one_line
from schemas.alert import FeedNews, Mail
from schemas.feed import Health
from schemas.message import Bundle
from schemas.topic import Topic

_SUBJECT = 160
_SHOWN = (20, 10, 5, 2)
_TAGS = {
    Health.SILENT: message("Silent feed"),
    Health.GONE: message("Feed gone"),
    Health.FAILING: message("Failing feed"),
    Health.OK: message("Feed"),
}
_HEADLINES = {
    Health.SILENT: message("{name} has gone silent"),
    Health.GONE: message("{name} is gone"),
    Health.FAILING: message("{name} does not answer"),
    Health.OK: message("{name} had a problem"),
}
_HEADLINES_SINCE = {
    Health.SILENT: message("{name} has been silent since {day}"),
    Health.FAILING: message("{name} has not answered since {day}"),
    Health.OK: message("{name} had a problem since {day}"),
}
_COUNTED = {
    Health.OK: messages("{n} ok", "{n} ok"),
    Health.FAILING: messages("{n} failing", "{n} failing"),
    Health.SILENT: messages("{n} silent", "{n} silent"),
    Health.GONE: messages("{n} gone", "{n} gone"),
}
_WHAT_TO_DO = message(
    "If a feed has moved, put its new address into the topic’s file; if it no longer exists, remove it from "
    "there. Otherwise you need to do nothing: it is still polled, and you get no other mail about it unless "
    "something changes."
)
_WHAT_TO_DO_AND_DIGEST = message(
    "If a feed has moved, put its new address into the topic’s file; if it no longer exists, remove it from "
    "there. Otherwise you need to do nothing: it is still polled, and you get no other mail about it unless "
    "something changes. The digest says when it works again."
)
_WHY = messages(
    "The topic “{heading}” ({name}) uses this feed and reports feeds with problems; {setting} in its file "
    "turns that off.",
    "The topic “{heading}” ({name}) uses these feeds and reports feeds with problems; {setting} in its file "
    "turns that off.",
)
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
    def of(cls, news: FeedNews, frame: Frame) -> FeedView:
        url = link(news.url)
        site = link(news.site_url or "") or _site_of(url)
        return cls(
            health=news.health.value,
            tag=frame.say(_TAGS[news.health]),
            headline=frame.say(_HEADLINES[news.health], name=feed_name(news)),
            since=_since(news, frame),
            url=url,
            shown_url=url or one_line(news.url, 200),
            facts=tuple(_facts(news, frame)),
            # The addresses come from files and pages, and these lines are pasted into shells.
            check=f"tallywire feeds check {shlex.quote(url)}" if url else None,
            discover=f"tallywire feeds discover {shlex.quote(site)}" if site else None,
        )


def compose_feeds(topic: Topic, bundle: Bundle, *, sender: Sender, frame: Frame | None = None) -> Mail:
    """The mail that tells of the feeds in ``bundle``; the same alerts give the same mail, in whichever order they come.

    Its HTML stays below `pages.BUDGET`: of a great many feeds some are told, the rest is counted.
    """
    alerts = by_urgency(bundle.alerts)
    told = [alert.feed for alert in alerts if alert.feed is not None]
    frame = frame or frame_of(topic)
    subject = one_line(f"[{topic.name}] {_subject(told, frame)}", _SUBJECT)
    acts = acts_of_alerts(topic, alerts, sender.links)
    for most in _SHOWN:
        values = {
            "topic": topic,
            "subject": subject,
            "heading": one_line(topic.heading, 120),
            "zone": frame.zone.key,
            "counts": frame.counted("{n} feed with a problem", "{n} feeds with problems", len(told)),
            "found": frame.moment(min(alert.created for alert in alerts)),
            "feeds": [FeedView.of(news, frame) for news in told[:most]],
            "more": len(told) - len(told[:most]),
            "preheader": one_line(" · ".join(_since(news, frame) for news in told[:3]), 140),
            "why": _why(topic, len(told), frame),
            "what_to_do": frame.say(_WHAT_TO_DO if topic.digest is None else _WHAT_TO_DO_AND_DIGEST),
            **sender.stopping(topic, acts.stop),
        }
        html = html_page("feeds.html.j2", frame, **values)
        if len(html.encode()) < BUDGET:
            break
    return Mail(
        message_id=sender.message_id(bundle.id),
        recipients=topic.addresses,
        subject=subject,
        text=text_page("feeds.txt.j2", frame, **values),
        html=html,
        headers=sender.headers(topic, stop=acts.stop),
        alerts=tuple(alert.id for alert in alerts),
    )


def feed_name(news: FeedNews) -> str:
    """The feed's title, or its address where it has none."""
    return one_line(news.title, 60) or one_line(news.url, 80)


def _why(topic: Topic, feeds: int, frame: Frame) -> str:
    values = {"heading": one_line(topic.heading, 120), "name": topic.name, "setting": "alerts.feeds: false"}
    return frame.counted(*_WHY, feeds, **values)


def _subject(told: Sequence[FeedNews], frame: Frame) -> str:
    if len(told) == 1:
        news = told[0]
        if news.health is Health.GONE or not _had_begun(news):
            return frame.say(_HEADLINES[news.health], name=feed_name(news))
        day = frame.weekday(news.since.astimezone(frame.zone).date())
        return frame.say(_HEADLINES_SINCE[news.health], name=feed_name(news), day=day)
    kinds = [news.health for news in told]
    parts = [frame.counted(*words, kinds.count(kind)) for kind, words in _COUNTED.items() if kind in kinds]
    return frame.counted(
        "{n} feed with a problem: {feeds}", "{n} feeds with problems: {feeds}", len(told), feeds=frame.listed(parts)
    )


def _had_begun(news: FeedNews) -> bool:
    return news.health is Health.SILENT or news.last_success is not None


def _since(news: FeedNews, frame: Frame) -> str:
    when = frame.moment(news.since)
    if news.health is Health.SILENT:
        return frame.say("nothing new since {when}", when=when)
    if not _had_begun(news):
        return frame.say("it has never returned a feed; polled since {when}", when=when)
    return frame.say("last returned a feed {when}", when=when)


def _facts(news: FeedNews, frame: Frame) -> list[tuple[str, str]]:
    last = frame.moment(news.last_new) if news.last_new else frame.say("none so far")
    facts = [(frame.say("Last item"), last)]
    if news.health is Health.SILENT and news.longest_gap is not None:
        facts.append((frame.say("Before"), _longest(news.longest_gap, frame)))
    asked = frame.moment(news.polled) if news.polled else frame.say("not yet")
    facts += [(frame.say("Last poll"), asked), (frame.say("Its answer"), _answer(news, frame))]
    if news.failures:
        times = frame.counted("{n} time in a row without success", "{n} times in a row without success", news.failures)
        facts.append((frame.say("Tried"), times))
    return facts


def _answer(news: FeedNews, frame: Frame) -> str:
    if news.error is not None:
        return one_line(news.error, 240)
    if news.status is None:
        return frame.say("with nothing new")
    return frame.say("with nothing new (HTTP {status})", status=news.status)


def _longest(seconds: float, frame: Frame) -> str:
    """The longest silence in whole hours, of two days and more in whole days; never less than it was."""
    hours = max(1, -int(-seconds // 3600))
    if hours < _HOURS_UP_TO:
        return frame.counted("never silent for more than {n} hour", "never silent for more than {n} hours", hours)
    return frame.counted("never silent for more than {n} day", "never silent for more than {n} days", -(-hours // 24))


def _site_of(url: str | None) -> str | None:
    parts = urlsplit(url or "")
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else None
