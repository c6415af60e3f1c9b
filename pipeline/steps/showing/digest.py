"""What a digest may say of a period, read from the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.steps.intake.health import feeds_of_digest
from pipeline.steps.known.clock import pauses
from pipeline.steps.known.decided import DecidedNow
from pipeline.steps.known.news import article_ref, figure_news, statement_of, story_news
from pipeline.steps.known.threads import Development, development_of
from pipeline.steps.showing.arrivals import arrivals
from pipeline.tell.courses import Course, courses, moves, worth
from pipeline.tell.followed import as_followed, followed
from pipeline.tell.rules import alert_kind
from pipeline.tell.views import distinct, replaced
from pipeline.tell.words import value_of
from schemas.alert import (
    Alert,
    AlertKind,
    AlertState,
    CoverageDay,
    DigestData,
    FeedNews,
    FigureNews,
    SeriesNews,
    StoryNews,
)
from schemas.article import Article
from schemas.figure import Figure, Tell, Telling, Value, Verdict, VerdictKind
from schemas.message import MessageState
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction

_MOVES = (VerdictKind.CHANGED, VerdictKind.CORRECTION)
_HELD = (VerdictKind.NEW, *_MOVES)
_HISTORY = 24
_COVERAGE_DAYS = 14


def digest_data(
    tx: Transaction,
    topic: Topic,
    start: datetime,
    end: datetime,
    after: int | None = None,
    now: datetime | None = None,
) -> DigestData:
    """What arrived from ``start`` up to, but not including, ``end``.

    A period takes what *arrived* in it, whatever date it bears: late news is news. ``after`` is the version that
    entries had reached when the digest before was bound: what was announced before ``start``, and judged since then,
    arrives with this period, for no digest has it. Of an article that an earlier period brought, only the revisions
    that arrived count, for what they tell. What people muted is left out; ``now`` (the end of the period, if left out)
    is the moment for which that is asked.
    """
    decided = DecidedNow(tx, now or end)
    arrived = arrivals(tx, topic, start, end, after)
    articles = arrived.articles
    threads = _threads(tx, [*articles, *(article for article, _ in arrived.revised)])
    found = [news for article in articles for news in _told(tx, topic, article, threads.get(article.id))]
    for article, revisions in arrived.revised:
        found += _told(tx, topic, article, threads.get(article.id), revisions)
    found = [news for news in found if not _is_silenced(decided, topic, news)]
    told = distinct(_once(tx, topic, start, sorted(found, key=lambda news: -news.worth)))
    contradictions: dict[tuple[str, frozenset[Value]], FigureNews] = {}
    for news in told:
        if news.verdict is VerdictKind.CONTRADICTION:
            values = (value_of(one.figure) for one in (news.statement, *news.against))
            contradictions[news.series, frozenset(values)] = news
    shown = [_series_news(tx, topic, course) for course in courses(one for one in told if one.verdict in _HELD)]
    ill, back = feeds_of_digest(tx, topic, start, end)
    if decided.silences(topic.name, rule=AlertKind.FEED_HEALTH):
        ill, back = (), ()
    with_figures = {one.thread for one in shown} | {one.thread for one in contradictions.values()}
    developments = _developments(tx, topic, start, end, articles, threads, with_figures)
    return DigestData(
        topic=topic.name,
        start=start,
        end=end,
        stories=tuple(one for one in developments if not _is_muted(decided, topic, start, one, with_figures)),
        changed=tuple(one for one in shown if one.verdict is not VerdictKind.NEW),
        new=tuple(one for one in shown if one.verdict is VerdictKind.NEW),
        contradictions=tuple(contradictions.values()),
        coverage=_coverage(tx, topic, end),
        articles=len(articles),
        copies=sum(one.copy_link is not None for one in articles),
        outcomes=dict(Counter(entry.outcome.value for entry in arrived.entries if entry.outcome)),
        feeds_ill=ill,
        feeds_back=back,
        pauses=pauses(tx, start, end),
        held_back=_held_back(tx, topic, start, end, ill),
    )


def held_back_of(tx: Transaction, topic: Topic, recipient: str, data: DigestData) -> int:
    """How many alerts of a digest's period the recipient's own limit of messages left to it."""
    messages = tx.messages.find(topic.name, since=data.start, state=MessageState.DIGEST)
    left = {alert for message in messages if message.recipient == recipient for alert in message.alerts}
    # In an older record the limit was the topic's, and nobody got what passed it.
    by_someone = {alert for message in messages for alert in message.alerts}
    feeds = {one.id for one in data.feeds_ill}
    found = (alert for alert in tx.alerts.find(topic=topic.name, since=data.start) if alert.held_back)
    return sum(_is_of(alert, data.end, feeds) and (alert.id in left or alert.id not in by_someone) for alert in found)


def still_told(tx: Transaction, topic: Topic, data: DigestData, now: datetime) -> DigestData:
    """What of a digest bound before is to be told at ``now``: without what people muted or found wrong since."""
    decided = DecidedNow(tx, now)

    def is_told(news: FigureNews | SeriesNews) -> bool:
        said = news.current if isinstance(news, SeriesNews) else news.statement
        verdicts = tx.figures.verdicts_of(said.figure_id)
        if any(one.topic == topic.name and one.withdrawn for one in verdicts):
            return False
        rule = alert_kind(news.verdict)
        return decided.silences(topic.name, series=news.series, thread=news.thread, rule=rule) is None

    changed, new = tuple(filter(is_told, data.changed)), tuple(filter(is_told, data.new))
    contradictions = tuple(filter(is_told, data.contradictions))
    with_figures = {one.thread for one in (*changed, *new)} | {one.thread for one in contradictions}
    stories = tuple(one for one in data.stories if not _is_muted(decided, topic, data.start, one, with_figures))
    told = {"stories": stories, "changed": changed, "new": new, "contradictions": contradictions}
    return data.model_copy(update=told)


def _threads(tx: Transaction, articles: Iterable[Article]) -> dict[str, str]:
    """The developments of articles, by the ids of these; a story without one is its own."""
    threads: dict[str, str] = {}
    for name in {article.story for article in articles if article.story}:
        story = tx.stories.get(name)
        if story is not None:
            threads[name] = story.development
    return {article.id: threads[article.story] for article in articles if article.story in threads}


def _developments(
    tx: Transaction,
    topic: Topic,
    start: datetime,
    end: datetime,
    articles: Iterable[Article],
    threads: Mapping[str, str],
    with_figures: Container[str | None],
) -> list[StoryNews]:
    """The developments that got reports in the period, the most reported first.

    One that got copies alone is listed where a figure of it is told.
    """
    came: dict[str, list[Article]] = {}
    for article in articles:
        if article.id in threads:
            came.setdefault(threads[article.id], []).append(article)
    found = [
        _development(tx, topic, start, end, thread, some)
        for thread, some in came.items()
        if thread in with_figures or any(one.copy_link is None for one in some)
    ]
    return sorted(found, key=lambda one: (-len(one.reports) - one.more, -one.copies, one.first_seen, one.id))


def _development(
    tx: Transaction, topic: Topic, start: datetime, end: datetime, thread: str, came: Sequence[Article]
) -> StoryNews:
    """A development with the reports that ``came`` to it in the period, under the face of its fullest story."""
    whole = development_of(tx, thread)
    assert whole is not None, "a story of it was just read"
    # Of a period long past nothing is told that came after it.
    development = Development(thread, tuple(one for one in whole.stories if one.first_seen < end) or whole.stories)
    face = development.face
    reports = [article for article in came if article.copy_link is None]
    copies = [article for article in came if article.copy_link is not None]
    before = tx.articles.count_reports((one.id for one in development.stories), topic.name, start)
    lead = tx.articles.get(face.lead_article) if face.lead_article else None
    of_period = {
        "thread": thread,
        "first_seen": development.first_seen,
        "articles": tuple(article.id for article in reports),
        "copies": tuple(article.id for article in copies),
        "outlets": tuple(dict.fromkeys(article.reading.outlet for article in (*reports, *copies))),
    }
    news = story_news(tx, face.model_copy(update=of_period))
    # What was announced before the period and judged in it is of this digest.
    earlier = before - sum(article.first_seen < start for article in reports)
    return news.model_copy(update={"lead_article": article_ref(lead) if lead else None, "earlier": earlier})


def _held_back(tx: Transaction, topic: Topic, start: datetime, end: datetime, ill: Iterable[FeedNews]) -> int:
    """How many alerts of the period the limit of mails left to its digest; of feeds, those that are ill yet."""
    feeds = {one.id for one in ill}
    return sum(
        alert.held_back and start <= alert.created and _is_of(alert, end, feeds)
        for alert in tx.alerts.find(topic=topic.name, state=AlertState.DIGEST)
    )


def _is_of(alert: Alert, end: datetime, feeds_ill: Container[str]) -> bool:
    """Whether a digest up to ``end`` still has to tell of an alert: one of a feed that is well again is over."""
    return alert.created < end and (alert.feed is None or alert.feed.id in feeds_ill)


def _told(
    tx: Transaction, topic: Topic, article: Article, thread: str | None, revisions: Container[int] | None = None
) -> Iterator[FigureNews]:
    """What a topic is told of the figures of an article, at once or in the digest; ``thread`` is its development.

    ``revisions`` are those whose figures are meant; all, if it is None. A figure of an old record, in which worth was
    not judged, is told as its verdict has it.
    """
    read = tx.figures.of_article(article.id)
    figures = {figure.id: figure for figure in read if revisions is None or figure.revision in revisions}
    for figure_id, verdicts in tx.figures.verdicts_of_many(figures).items():
        for verdict in verdicts:
            series = tx.figures.get_series(verdict.series)
            if verdict.topic != topic.name or series is None or verdict.withdrawn:
                continue
            if _is_told(topic, figures[figure_id].figure, verdict):
                news = as_followed(topic, figure_news(tx, article, figures[figure_id], verdict, series))
                yield news.model_copy(update={"thread": thread})


def _is_silenced(decided: DecidedNow, topic: Topic, news: FigureNews) -> bool:
    """Whether a person wants nothing told of a figure: of its series, its development, or by the rule that tells it."""
    rule = alert_kind(news.verdict)
    return decided.silences(topic.name, series=news.series, thread=news.thread, rule=rule) is not None


def _is_muted(
    decided: DecidedNow, topic: Topic, start: datetime, news: StoryNews, with_figures: Container[str | None]
) -> bool:
    """Whether a person wants nothing told of a development; or of new ones, and it is new and tells no figure."""
    began = news.first_seen >= start and news.thread not in with_figures
    rule = AlertKind.NEW_STORY if began else None
    return decided.silences(topic.name, thread=news.thread, rule=rule) is not None


def _once(tx: Transaction, topic: Topic, start: datetime, news: Iterable[FigureNews]) -> Iterator[FigureNews]:
    """The news without what takes up again a figure that this digest tells too, or that an earlier one told.

    That is mailed when it is worth more than it was then; a digest has it already.
    """
    found = list(news)
    told = {one.statement.figure_id for one in found}
    for one in found:
        first = _taken_up(tx, topic, one)
        if first is None or not (first in told or _was_told(tx, topic, first, start)):
            yield one


def _taken_up(tx: Transaction, topic: Topic, news: FigureNews) -> str | None:
    """The figure told before that the news, though told as new, says again; the first of those that said it."""
    if news.verdict is not VerdictKind.NEW or not news.against:
        return None
    first, seen = news.against[0].figure_id, {news.statement.figure_id}
    while first not in seen:
        seen.add(first)
        telling = _telling_of(tx, topic, first)
        if telling is not None and telling.kind is VerdictKind.REPEATED and telling.of is not None:
            first = telling.of
    return first


def _was_told(tx: Transaction, topic: Topic, figure_id: str, start: datetime) -> bool:
    """Whether a digest before ``start`` told of a figure."""
    figure, telling = tx.figures.get(figure_id), _telling_of(tx, topic, figure_id)
    article = tx.articles.get(figure.article) if figure else None
    return article is not None and article.first_seen < start and telling is not None and telling.tell is not Tell.NONE


def _is_told(topic: Topic, figure: Figure, verdict: Verdict) -> bool:
    telling = verdict.telling
    if (telling.kind if telling else verdict.kind) is VerdictKind.REPEATED:
        return False
    by_name = followed(topic, figure)
    if by_name is not None:
        return by_name.always is not Tell.NONE
    return telling is None or telling.tell is not Tell.NONE


def _series_news(tx: Transaction, topic: Topic, course: Course) -> SeriesNews:
    """A figure with all that the period told of it; what is new in the period stays new, whatever it became since."""
    first, last = course[0], course[-1]
    opens = len(course) > 1 and first.from_value is None
    began = first.statement if opens else replaced(first)
    return SeriesNews(
        series=last.series,
        label=last.label,
        current=last.statement,
        worth=worth(course),
        followed=last.followed,
        from_value=value_of(first.statement.figure) if opens else first.from_value,
        began=began,
        steps=max(moves(course), 1),
        history=_history(tx, topic, course),
        verdict=_verdict(first, last),
        thread=last.thread,
    )


def _verdict(first: FigureNews, last: FigureNews) -> VerdictKind:
    """What is new in the period stays new, whatever it became since; unless it was wrong."""
    if first.verdict is VerdictKind.NEW and last.verdict is not VerdictKind.CORRECTION:
        return first.verdict
    return last.verdict


def _history(tx: Transaction, topic: Topic, course: Course) -> tuple[tuple[datetime, Value], ...]:
    """The values that were told one upon the other, those of before the period among them, oldest first."""
    told = [(one.statement.article.published, value_of(one.statement.figure)) for one in course]
    first = course[0]
    before = first.against[0].figure_id if first.verdict is not VerdictKind.NEW and first.against else None
    seen = {one.statement.figure_id for one in course}
    while before is not None and before not in seen and len(told) < _HISTORY:
        seen.add(before)
        statement = statement_of(tx, before)
        if statement is None:
            break
        told.insert(0, (statement.article.published, value_of(statement.figure)))
        before = _moved_from(tx, topic, before)
    return tuple(told)


def _moved_from(tx: Transaction, topic: Topic, figure_id: str) -> str | None:
    """The figure told before it from which a figure moved, as the topic was told."""
    telling = _telling_of(tx, topic, figure_id)
    return telling.of if telling is not None and telling.kind in _MOVES else None


def _telling_of(tx: Transaction, topic: Topic, figure_id: str) -> Telling | None:
    """What the desk of a topic was told of a figure."""
    verdicts = (verdict for verdict in tx.figures.verdicts_of(figure_id) if verdict.topic == topic.name)
    return next((verdict.telling for verdict in verdicts), None)


def _coverage(tx: Transaction, topic: Topic, end: datetime) -> tuple[CoverageDay, ...]:
    """Reports and copies by day of the reader's zone, days without any included, up to the end of the period."""
    last = (end - timedelta(microseconds=1)).astimezone(topic.tzinfo).date()
    first = last - timedelta(days=_COVERAGE_DAYS - 1)
    reports: Counter[date] = Counter()
    copies: Counter[date] = Counter()
    since = datetime(first.year, first.month, first.day, tzinfo=topic.tzinfo)
    for article in tx.articles.iterate(topic=topic.name, since=since):
        if article.first_seen < end:
            _count(article, topic, copies if article.copy_link else reports)
    days = [first + timedelta(days=n) for n in range(_COVERAGE_DAYS)]
    return tuple(CoverageDay(day=day, reports=reports[day], copies=copies[day]) for day in days)


def _count(article: Article, topic: Topic, days: Counter[date]) -> None:
    days[article.first_seen.astimezone(topic.tzinfo).date()] += 1
