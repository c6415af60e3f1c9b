"""Why anything is what it is: the trail of whatever an id of the record names, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.localtime import local
from pipeline.steps.known.threads import Development, closed, development_of
from pipeline.steps.known.wrong import decision_on
from pipeline.steps.showing.fates import fates
from pipeline.tell.decided import decision_words
from pipeline.tell.views import headline
from pipeline.tell.words import count, headline_of, value_of
from schemas.article import Article
from schemas.decision import SubjectKind
from schemas.figure import Figure, Tell, Telling, Value, Verdict, VerdictKind
from schemas.story import Story, StoryMove, ThreadJoin

if TYPE_CHECKING:
    from pipeline.record import Transaction

_UTC = ZoneInfo("UTC")


def size_of(thread: Development) -> str:
    """How much there is of a thread: "2 stories, 5 reports, 1 of them copies, 3 outlets"."""
    reports = count(len(thread.articles) + len(thread.copies), "report")
    stories, outlets = count(len(thread.stories), "story", "stories"), count(len(thread.outlets), "outlet")
    return f"{stories}, {reports}, {len(thread.copies)} of them copies, {outlets}"


def joins_of(tx: Transaction, stories: Iterable[Story]) -> dict[str, ThreadJoin]:
    """Why stories are in their threads, by the story's id; the record says it as long as a thread is open."""
    return {row.id: row.join for row in tx.threads.remembered(story.id for story in stories)}


def why_in_thread(join: ThreadJoin) -> str:
    """Why a story is in its thread, for people."""
    return f"it began the thread: {join.reason}" if join.opened else join.reason


def explain(tx: Transaction, identity: str) -> list[str] | None:
    """The trail of what ``identity`` names, a line each, indented by two spaces a level; None if it names nothing."""
    kind = tx.search_everything_by_id(identity)
    if kind is None:
        return None
    teller = {
        "entry": _entry,
        "article": _article,
        "story": _story,
        "thread": _thread,
        "figure": _figure,
        "series": _series,
        "alert": _alert,
        "feed": _feed,
        "topic": _topic,
    }[kind]
    return [f"{kind} {identity}", *(f"  {line}" for line in teller(tx, identity))]


def moment(when: datetime | None) -> str:
    """A time for people, to the minute."""
    return local(when) if when else "never"


def number(figure: Figure) -> str:
    """A figure's value for people, without grouping of digits: it may be copied."""
    text = _plain(value_of(figure))
    parts = [figure.modifier.replace("_", " ") if figure.modifier != "exact" else "", text, figure.unit or ""]
    return " ".join(part for part in parts if part)


def _plain(value: Value) -> str:
    return f"{value[0]:g}–{value[1]:g}" if isinstance(value, tuple) else f"{value:.12g}"


def _entry(tx: Transaction, identity: str) -> Iterator[str]:
    entry = tx.entries.get(identity)
    assert entry is not None
    yield f"announced as {entry.announcement.title!r}"
    yield f"at {entry.announcement.url}"
    feed = tx.feeds.get(entry.feed) if entry.feed else None
    yield f"by the feed {feed.url} ({feed.id})" if feed else f"origin: {entry.origin}"
    yield f"first seen {moment(entry.first_seen)}, number {entry.seq} in order of arrival"
    if entry.outcome is None:
        yield f"no outcome yet: waiting, after {count(entry.attempts, 'try', 'tries')}" + (
            f": {entry.reason}" if entry.reason else ""
        )
        if entry.retry_at:
            yield f"next try {moment(entry.retry_at)}"
        return
    yield f"outcome {entry.outcome}" + (f": {entry.reason}" if entry.reason else "")
    article = tx.articles.get(entry.article) if entry.article else None
    if article is not None:
        yield f"article {article.id}"
        yield from _indented(_article(tx, article.id))


def _article(tx: Transaction, identity: str) -> Iterator[str]:
    article = tx.articles.get(identity)
    assert article is not None
    reading = article.reading
    yield f"{reading.title!r}, {reading.outlet}"
    yield reading.url
    sources = ", ".join(f"{name} from {source}" for name, source in reading.sources.items())
    yield f"published {moment(reading.published)}, first seen {moment(article.first_seen)}, language {reading.language}"
    if sources:
        yield f"read: {sources}"
    for note in reading.notes:
        yield f"note: {note}"
    for match in article.topics:
        yield f"topic {match.topic}: {'on topic' if match.matched else 'not on topic'}, {match.reason}"
    yield f"outcome {article.outcome}" + (f": {article.reason}" if article.reason else "")
    if article.revision > 1:
        for revision in tx.articles.revisions(article.id):
            yield f"revision {revision.number} seen {moment(revision.seen)}"
    if article.copy_link is not None:
        link = article.copy_link
        yield f"copy of {link.original} ({link.kind}, {link.containment:.0%} of the smaller text): {link.reason}"
    for copy in tx.articles.copies_of(article.id):
        yield f"copied by {copy.id}, {copy.reading.outlet}"
    if article.story is not None:
        story = tx.stories.get(article.story)
        yield f"story {article.story}: {story.headline!r}" if story else f"story {article.story}"
    for when, move in tx.stories.moves_of(article.id):
        yield f"{moment(when)}: {_moved(move)}"
    for figure in tx.figures.of_article(article.id, revision=article.revision):
        yield f"figure {figure.id}: {headline_of(figure.figure)}"
        for verdict in tx.figures.verdicts_of(figure.id):
            yield f"  {verdict.topic}: {verdict.kind}, {verdict.reason}"
            if verdict.telling:
                yield f"  {telling_words(verdict.telling)}"


def _story(tx: Transaction, identity: str) -> Iterator[str]:
    story = tx.stories.get(identity)
    assert story is not None
    yield repr(story.headline)
    yield f"topics {', '.join(story.topics)}; first seen {moment(story.first_seen)}, last {moment(story.last_seen)}"
    yield f"{count(len(story.articles) + len(story.copies), 'report')}, {len(story.copies)} of them copies"
    if story.thread:
        join = joins_of(tx, [story]).get(story.id)
        yield f"part of thread {story.thread}" + (f": {why_in_thread(join)}" if join else "")
    if story.previous:
        yield f"continues {story.previous}"
    for article in tx.articles.of_story(identity):
        yield f"{article.id} {article.reading.outlet}: {article.reading.title!r}: {_why_here(article)}"
    for when, move in tx.stories.moves_of(identity):
        yield f"{moment(when)}: {move.article} {_moved(move)}"


def _thread(tx: Transaction, identity: str) -> Iterator[str]:
    thread = development_of(tx, identity)
    assert thread is not None
    joins = joins_of(tx, thread.stories)
    yield repr(thread.face.headline)
    yield f"topics {', '.join(thread.topics)}; first seen {moment(thread.first_seen)}, last {moment(thread.last_seen)}"
    yield size_of(thread)
    if shut := closed(thread, joins):
        yield shut
    yield from _decided(tx, SubjectKind.THREAD, identity)
    for story in thread.stories:
        reports = count(len(story.articles) + len(story.copies), "report")
        yield f"{moment(story.first_seen)} {story.id}: {story.headline!r}, {reports}"
        if story.id in joins:
            yield f"  {why_in_thread(joins[story.id])}"


def _moved(move: StoryMove) -> str:
    way = f"from {move.from_story} to {move.to_story}" if move.from_story else f"to {move.to_story}"
    return f"{move.kind} {way}: {move.reason}"


def _why_here(article: Article) -> str:
    return article.copy_link.reason if article.copy_link else article.reason


def _figure(tx: Transaction, identity: str) -> Iterator[str]:
    figure = tx.figures.get(identity)
    assert figure is not None
    read = figure.figure
    yield headline_of(read)
    yield f"wording: {_worded(read)}"
    named = (("value", number(read)), ("counted", read.counted), ("action", read.action))
    yield "read as: " + ", ".join(f"{name} {value}" for name, value in named if value)
    yield f"quote: “{read.quote}”"
    yield f"characters {read.span[0]} to {read.span[1]} of {figure.article}, revision {figure.revision}"
    by = f"attributed to {read.attribution}" if read.attribution else "not attributed"
    yield f"outlet {figure.outlet}; {by}; " + (f"as of {read.as_of}" if read.as_of else "no date stated")
    scope = str(read.scope)
    if scope:
        yield f"scope: {scope}"
    for verdict in tx.figures.verdicts_of(identity):
        yield from _verdict(tx, verdict)
    if decision := decision_on(tx, figure):
        yield decision_words(decision, _UTC)


def _decided(tx: Transaction, kind: SubjectKind, identity: str) -> Iterator[str]:
    """What people decided about a thing and did not take back, the earliest first."""
    return (decision_words(one, _UTC) for one in tx.decisions.find([kind], identity))


def _worded(figure: Figure) -> str:
    if figure.wording is None:
        return "the whole sentence (it was read before figures had wordings)"
    return (
        "the sentence, shortened (no clause of it states the figure)"
        if figure.wording.cut
        else "a clause of the sentence"
    )


def telling_words(telling: Telling) -> str:
    """ "told at once, worth 0.83: changed from 41"."""
    before = f" from {_plain(telling.from_value)}" if telling.from_value is not None else ""
    return f"{_TOLD[telling.tell]}, worth {telling.worth:.2f}: {telling.kind}{before}"


def _verdict(tx: Transaction, verdict: Verdict) -> Iterator[str]:
    series = tx.figures.get_series(verdict.series)
    label = series.label if series else "no longer in the record"
    yield f"topic {verdict.topic}: {verdict.kind} in {verdict.series} ({label})"
    yield f"  {verdict.reason}"
    if verdict.from_value is not None:
        yield f"  replaces {_plain(verdict.from_value)}"
    for other in verdict.contradicts:
        against = tx.figures.get(other)
        if against:
            yield f"  contradicts {other}, {against.outlet}: “{against.figure.quote}”"
    if verdict.telling is not None:
        yield from _telling(tx, verdict.telling)


_TOLD = {Tell.NOW: "told at once", Tell.DIGEST: "told in the digest", Tell.NONE: "not told"}
_OF = {
    VerdictKind.NEW: "already known, but never mailed:",
    VerdictKind.REPEATED: "repeats",
    VerdictKind.CHANGED: "changes",
    VerdictKind.CONTRADICTION: "contradicts",
    VerdictKind.CORRECTION: "corrects",
}


def _telling(tx: Transaction, telling: Telling) -> Iterator[str]:
    yield f"  {telling_words(telling)}"
    for reason in telling.reasons:
        yield f"    {reason}"
    if telling.of is not None:
        yield f"    {_OF[telling.kind]} {_other(tx, telling.of)}"
    for other in telling.before:
        yield f"    told before, possibly the same: {_other(tx, other)}"


def _other(tx: Transaction, identity: str) -> str:
    found = tx.figures.get(identity)
    return f"{identity}, {found.outlet}: {headline_of(found.figure)}" if found else identity


def _series(tx: Transaction, identity: str) -> Iterator[str]:
    series = tx.figures.get_series(identity)
    assert series is not None
    yield f"{series.label}, topic {series.topic}"
    of = (("counted", series.counted), ("action", series.action), ("unit", series.unit), ("scope", str(series.scope)))
    yield ", ".join(f"{name} {value}" for name, value in of if value)
    yield f"first stated {moment(series.opened)}" + (", pinned" if series.pinned else "")
    yield from _decided(tx, SubjectKind.SERIES, identity)
    for claim in series.claims:
        figure = tx.figures.get(claim.figure)
        mark = " ← current" if claim.figure == series.current else ""
        shown = headline_of(figure.figure) if figure else claim.figure
        by = f", {claim.attribution}" if claim.attribution else ""
        yield f"{moment(claim.published)} {claim.outlet}{by}: {shown} ({claim.kind}){mark}"
        if figure:
            yield f"  {claim.figure}: “{figure.figure.quote}”"
    for claim in series.wrong:
        figure = tx.figures.get(claim.figure)
        decision = decision_on(tx, figure) if figure else None
        if figure and decision:
            yield f"{moment(claim.published)} {claim.outlet}: {headline_of(figure.figure)}"
            yield f"  {claim.figure}: {decision_words(decision, _UTC)}"


def _alert(tx: Transaction, identity: str) -> Iterator[str]:
    alert = tx.alerts.get(identity)
    assert alert is not None
    yield f"{alert.kind.replace('_', ' ')} for topic {alert.topic}, {alert.state}"
    yield f"created {moment(alert.created)}, due {moment(alert.due)}, sent {moment(alert.sent)}"
    if alert.reason:
        yield alert.reason
    for recipient, fate in fates(tx, [alert])[identity].items():
        yield f"{recipient}: {fate}"
    if alert.figure is not None:
        news = alert.figure
        yield headline(news)
        followed = f", followed as {news.followed!r}" if news.followed else ""
        yield f"{_TOLD[news.tell]}, worth {news.worth:.2f}{followed}"
        yield f"raised by figure {news.statement.figure_id}"
        yield from _indented(_figure(tx, alert.figure.statement.figure_id))
    if alert.feed is not None:
        feed = alert.feed
        yield f"raised by feed {feed.id}: {feed.health} since {moment(feed.since)}" + _said_of(feed.error)
        yield f"the problem began {moment(feed.illness)}; no further alerts until it is over"
        if tx.feeds.get(feed.id) is not None:
            yield from _indented(_feed(tx, feed.id))
    if alert.story is not None:
        story = tx.stories.get(alert.story)
        yield f"story {alert.story}" + (f": {story.headline!r}" if story else "")


def _feed(tx: Transaction, identity: str) -> Iterator[str]:
    feed = tx.feeds.get(identity)
    assert feed is not None
    state = feed.state
    yield f"{feed.title or 'untitled'}, {feed.url}"
    yield f"topics {', '.join(feed.topics) or 'none: it is not polled'}"
    yield f"health {state.health}" + _said_of(state.error)
    if state.illness is not None:
        over = f", over {moment(state.illness.until)}" if state.illness.until else ""
        yield f"last problem began {moment(state.illness.since)}{over}"
    yield f"last poll {moment(state.last_poll)} (status {state.status}), last success {moment(state.last_success)}"
    yield f"last new entry {moment(state.last_new)}"
    yield f"polled every {state.interval / 60:.0f} min; next {moment(state.next_poll)}"
    counts = tx.entries.counts_by_feed().get(identity, {})
    yield "entries: " + (", ".join(f"{n} {name}" for name, n in counts.items() if n) or "none yet")


def _said_of(error: str | None) -> str:
    return f": {error}" if error else ""


def _topic(tx: Transaction, identity: str) -> Iterator[str]:
    topic = tx.topics.get(identity)
    assert topic is not None
    yield topic.heading
    feeds = count(len(tx.feeds.all(topic=identity)), "feed")
    yield f"{feeds}, {len(tx.figures.series(identity))} series of figures"


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
