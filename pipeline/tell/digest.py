"""A digest of one period: the same content as a mail and as a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline.tell.acting import Acts, acts_of_digest
from pipeline.tell.coverage import Coverage
from pipeline.tell.digest_views import (
    Album,
    Bounds,
    DigestDevelopment,
    arranged,
    lines,
    more_developments,
    more_figures,
)
from pipeline.tell.feeds import feed_name
from pipeline.tell.frame import Frame, message, messages
from pipeline.tell.languages import frame_of
from pipeline.tell.pages import BUDGET, html_page, link, text_page
from pipeline.tell.schedule import due_period, period_of
from pipeline.tell.sender import Sender
from pipeline.tell.views import with_copies
from pipeline.tell.words import OUTCOMES, one_line, sentence_case
from schemas.alert import DigestData, FeedNews, Mail
from schemas.base import stable_id
from schemas.feed import Health
from schemas.topic import Topic

__all__ = ["compose_digest", "digest_id", "digest_page", "due_period", "is_empty", "period_of"]

_SUBJECT = 160
_OUTCOMES = {
    "indexed": messages("{n} new report", "{n} new reports"),
    "copy": messages("{n} copy", "{n} copies"),
    "off_topic": messages("{n} off topic", "{n} off topic"),
    "known": messages("{n} already known", "{n} already known"),
    "teaser": messages("{n} only a teaser", "{n} only a teaser"),
    "consent": messages("{n} behind a consent page", "{n} behind a consent page"),
    "login": messages("{n} behind a login", "{n} behind a login"),
    "not_article": messages("{n} not an article", "{n} not an article"),
    "blocked": messages("{n} blocked", "{n} blocked"),
    "robots": messages("{n} disallowed by robots.txt", "{n} disallowed by robots.txt"),
    "gone": messages("{n} gone", "{n} gone"),
    "not_html": messages("{n} not a web page", "{n} not a web page"),
    "too_large": messages("{n} too large", "{n} too large"),
    "failed": messages("{n} failed", "{n} failed"),
}
"""What became of entries, counted: `OUTCOMES` as a list has them."""

_BOUNDS = (Bounds(12, 6, 10, 12), Bounds(8, 4, 8, 8), Bounds(4, 2, 4, 4), Bounds(2, 1, 2, 2))
_FEEDS = 8
_DAYS = 14


def is_empty(data: DigestData) -> bool:
    """Whether the period brought nothing that a digest could tell of; see ``DigestTimes.empty``."""
    return not (data.stories or data.changed or data.new or data.contradictions or data.articles or data.held_back)


def digest_id(data: DigestData) -> str:
    """The same for the same topic and period, whatever is told of it."""
    return stable_id("digest", data.topic, data.start.isoformat(), data.end.isoformat())


def compose_digest(
    topic: Topic, data: DigestData, *, sender: Sender, web_copy: str | None = None, frame: Frame | None = None
) -> Mail:
    """The digest of a period as a mail; ``web_copy`` is where its page can be read, if anywhere.

    ``frame`` is what it is told in; that of the topic's language and zone if left out.

    The same topic and period always have the same Message-ID. The HTML stays below `pages.BUDGET`.
    """
    identity = digest_id(data)
    frame = frame or frame_of(topic)
    subject = _subject(topic, data, frame)
    album, acts = Album(identity, inline=False), acts_of_digest(topic, data, sender.links)
    for bounds in _BOUNDS:
        values = _values(topic, data, bounds, album, sender, acts, frame)
        values |= {"subject": subject, "web_copy": link(web_copy or "")}
        html = html_page("digest.html.j2", frame, **values)
        if len(html.encode()) < BUDGET:
            break
    return Mail(
        message_id=sender.message_id(identity),
        recipients=topic.addresses,
        subject=subject,
        text=text_page("digest.txt.j2", frame, **values),
        html=html,
        headers=sender.headers(topic, stop=acts.stop),
        images=tuple(image for image in album.images if f"cid:{image.cid}" in html),
    )


def digest_page(topic: Topic, data: DigestData, *, sender: Sender) -> str:
    """The same digest as an HTML file that needs no other."""
    frame, album = frame_of(topic), Album("page", inline=True)
    # Whoever opens the file may be anyone: it has no links by which one decides.
    values = _values(topic, data, _BOUNDS[0], album, sender, acts_of_digest(topic, data, None), frame)
    return html_page("digest.html.j2", frame, **values, subject=_subject(topic, data, frame), web_copy=None)


def _subject(topic: Topic, data: DigestData, frame: Frame) -> str:
    several = topic.digest is not None and len(topic.digest.at) > 1
    day = frame.short_moment(data.end) if several else frame.weekday(data.end.astimezone(frame.zone).date())
    words = frame.say("Digest, {day}: {news}", day=day, news=_lead(data, frame))
    return one_line(f"[{topic.name}] {words}", _SUBJECT)


_LEAD = (
    messages("{n} development", "{n} developments"),
    messages("{n} changed figure", "{n} changed figures"),
    messages("{n} contradiction", "{n} contradictions"),
    messages("{n} new figure", "{n} new figures"),
)


def _lead(data: DigestData, frame: Frame) -> str:
    """ "3 developments, 2 changed figures and 1 contradiction"; only what there is."""
    found = (data.stories, data.changed, data.contradictions, data.new)
    parts = [frame.counted(*words, len(some)) for words, some in zip(_LEAD, found, strict=True) if some]
    return frame.listed(parts) or frame.say("nothing new")


def _values(
    topic: Topic, data: DigestData, bounds: Bounds, album: Album, sender: Sender, acts: Acts, frame: Frame
) -> dict[str, object]:
    period, lead = frame.period(data.start, data.end), _lead(data, frame)
    return _news(data, bounds, frame, album) | {
        "topic": topic,
        "heading": one_line(topic.heading, 120),
        "zone": frame.zone.key,
        "period": period,
        "lead": sentence_case(lead),
        "reports": _reports(data, frame),
        "preheader": one_line(f"{period}: {lead}", 140),
        "coverage": Coverage.of(data.coverage[-_DAYS:], album, frame),
        "outcomes": _outcomes(data, frame),
        "feeds": _feeds(data, frame),
        "held_back": _held_back(data, frame),
        "public_url": link(sender.public_url or ""),
        **sender.stopping(topic, acts.stop),
        "acts": acts,
    }


def _news(data: DigestData, bounds: Bounds, frame: Frame, album: Album) -> dict[str, object]:
    """The developments with their figures, those without any, and the figures of none."""
    found = arranged(data)
    beyond = found.with_figures[bounds.developments :]
    return {
        "developments": [
            DigestDevelopment.of(story, told, data, frame, album, bounds.figures)
            for story, told in found.with_figures[: bounds.developments]
        ],
        "more_developments": _more_developments(len(beyond), sum(len(told) for _, told in beyond), frame),
        "quiet": [DigestDevelopment.of(story, (), data, frame, album, 0) for story in found.quiet[: bounds.quiet]],
        "more_quiet": more_developments(len(found.quiet) - bounds.quiet, frame),
        "others": lines(found.others[: bounds.others], frame, album),
        "more_others": more_figures(len(found.others) - bounds.others, frame),
    }


def _more_developments(beyond: int, figures: int, frame: Frame) -> str:
    """ "and 7 more developments, with 12 figures"."""
    developments = more_developments(beyond, frame)
    if not developments:
        return ""
    return frame.counted(
        "{developments}, with {n} figure", "{developments}, with {n} figures", figures, developments=developments
    )


def _reports(data: DigestData, frame: Frame) -> str:
    return with_copies(frame.counted("{n} report", "{n} reports", data.articles), data.copies, frame)


def _outcomes(data: DigestData, frame: Frame) -> str:
    """ "40 entries: 11 new reports, 5 copies, 23 off topic and 1 failed"."""
    found = {name: how_many for name, how_many in data.outcomes.items() if how_many}
    if not found:
        return ""
    known = [name for name in OUTCOMES if name in found] + sorted(set(found) - set(OUTCOMES))
    parts = frame.listed([_outcome(name, found[name], frame) for name in known])
    return frame.counted("{n} entry: {outcomes}", "{n} entries: {outcomes}", sum(found.values()), outcomes=parts)


def _outcome(name: str, how_many: int, frame: Frame) -> str:
    if name in _OUTCOMES:
        return frame.counted(*_OUTCOMES[name], how_many)
    return f"{frame.number(how_many)} {one_line(name, 40)}"


def _feeds(data: DigestData, frame: Frame) -> str:
    """Whole sentences on the feeds: which are not well, which are well again, when none was looked at."""
    ill, back = data.feeds_ill, data.feeds_back
    said = [frame.say("All feeds answer.")]
    if ill:
        feeds = _and_more([_ill_feed(one, frame) for one in ill], frame)
        said = [
            frame.counted(
                "{n} feed has a problem: {feeds}.", "{n} feeds have problems: {feeds}.", len(ill), feeds=feeds
            )
        ]
    if back:
        said.append(frame.say("Working again: {feeds}.", feeds=_and_more([feed_name(one) for one in back], frame)))
    return " ".join([*said, *_pauses(data, frame)])


def _pauses(data: DigestData, frame: Frame) -> list[str]:
    """ "No feed was looked at between Mon 2 Mar, 02:10 and 05:40." """
    spans = sorted(data.pauses, key=lambda one: one[0] - one[1])
    if not spans:
        return []
    times = ", ".join(_span(*one, frame) for one in spans[:_FEEDS])
    beyond = len(spans) - _FEEDS
    if beyond > 0:
        return [
            frame.counted(
                "No feed was polled {times} and {n} more time.",
                "No feed was polled {times} and {n} more times.",
                beyond,
                times=times,
            )
        ]
    return [frame.say("No feed was polled {times}.", times=times)]


def _span(began: datetime, until: datetime, frame: Frame) -> str:
    first, last = (when.astimezone(frame.zone).date() for when in (began, until))
    values = {"day": frame.weekday(first), "began": frame.clock(began), "until": frame.clock(until)}
    if first == last:
        return frame.say("between {day}, {began} and {until}", **values)
    return frame.say("between {day}, {began} and {last}, {until}", **values, last=frame.weekday(last))


_ILL = {
    Health.OK: message("{feed} (ok since {day})"),
    Health.SILENT: message("{feed} (silent since {day})"),
    Health.FAILING: message("{feed} (failing since {day})"),
    Health.GONE: message("{feed} (gone since {day})"),
}


def _ill_feed(news: FeedNews, frame: Frame) -> str:
    day = frame.weekday(news.since.astimezone(frame.zone).date())
    return frame.say(_ILL[news.health], feed=feed_name(news), day=day)


def _and_more(feeds: Sequence[str], frame: Frame) -> str:
    shown, beyond = ", ".join(feeds[:_FEEDS]), len(feeds) - _FEEDS
    return frame.counted("{feeds} and {n} more", "{feeds} and {n} more", beyond, feeds=shown) if beyond > 0 else shown


def _held_back(data: DigestData, frame: Frame) -> str:
    if not data.held_back:
        return ""
    return frame.counted(
        "{n} alert exceeded the daily limit of mails and appears only here.",
        "{n} alerts exceeded the daily limit of mails and appear only here.",
        data.held_back,
    )
