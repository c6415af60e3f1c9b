"""Time the pages of the window over a large record.

usage: nice python -m benchmarks.serve [--articles N] [--home DIR] [--only WORD]

Builds a record of N articles (100,000) with entries, stories, developments, figures, series, alerts, digests and
decisions, made up but of the sizes that news has: texts of 2,500 characters whose words are as frequent as those of a
language (Zipf), two figures an article, stories of five reports, one development of sixty large stories, series of up
to 200 claims (the most that one keeps), and as many articles and figures a topic as telling remembers; and its search
index. Then asks a real uvicorn for each page, over different things and one after another, and prints how long the
answers took: by the clock, and in processor time of this process, which both asks and answers, and is what to compare
where a machine is busy. The first answer is told by itself: templates are compiled and briefs made then. With --home
the record is kept, and used again. --only asks for pages with WORD in their names alone.
"""

from __future__ import annotations

import argparse
import http.client
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from pipeline.record import Record, Transaction
from pipeline.serve.access import access_of
from pipeline.serve.app import make_app
from pipeline.serve.secret import secret_of
from pipeline.serve.server import serving
from pipeline.settings import Settings
from pipeline.steps.publish import publish
from pipeline.steps.services import open_services
from schemas.alert import Alert, AlertKind, AlertState, ArticleRef, Digest, DigestState, FigureNews, Statement
from schemas.article import Article, CopyKind, CopyLink, Reading, TopicMatch
from schemas.decision import Act, Choice, Decision, Subject, SubjectKind, Undone
from schemas.feed import Announcement, Entry, Feed, FeedState, Health, Illness, Outcome
from schemas.figure import (
    Claim,
    Figure,
    FigureInArticle,
    HeardArticle,
    Marks,
    Modifier,
    Scope,
    Series,
    SeriesDecision,
    Tell,
    Telling,
    ToldFigure,
    Verdict,
    VerdictKind,
)
from schemas.story import (
    MoveKind,
    Portrait,
    PortrayedStory,
    Story,
    StoryDecision,
    StoryMove,
    ThreadDecision,
    ThreadJoin,
)
from schemas.topic import Topic

END = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAYS = 90
TOPICS = tuple(f"topic-{n}" for n in range(5))
GREAT = 0xFFFF0000
FEEDS, SERIES, CLAIMS = 300, 5_000, 200
TOLD, HEARD = 600, 200
IN_STORY, IN_THREAD = 5, 3
OPEN = 2_000
DECIDED = 5_000
ASKED = 40
LIMIT = 0.1

VOCABULARY = 30_000
_SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]


def word(rank: int) -> str:
    """The word of a rank in the made-up language, from 0, the most frequent."""
    rest, syllables = rank, [_SYLLABLES[rank % 70]]
    while rest := rest // 70:
        syllables.append(_SYLLABLES[(rest * 11 + rank) % 70])
    return "".join(syllables) + "n"


def text_of(rng: random.Random, words: list[str], weights: list[float]) -> str:
    return "\n".join(
        " ".join(rng.choices(words, cum_weights=weights, k=50)).capitalize() + ". At least 1,605 people died."
        for _ in range(7)
    )


@dataclass(frozen=True)
class Made:
    """One article of the record, with what belongs to it."""

    number: int
    topic: str
    story: str
    thread: str
    seen: datetime
    copy_of: str | None

    @property
    def id(self) -> str:
        return f"article-{self.number:016x}"


def plan(total: int) -> Iterator[Made]:
    """The articles in order of arrival: stories of five, three of them a development; each 55th is of the great one."""
    step = timedelta(days=DAYS) / total
    first: dict[str, str] = {}
    for number in range(total):
        slot = number // IN_STORY
        topic, story, thread = TOPICS[slot % len(TOPICS)], slot, slot // (IN_THREAD * len(TOPICS)) * 10 + slot % 5
        if slot % 55 == 0:
            topic, story, thread = TOPICS[0], GREAT + slot // 55 % 60, GREAT
        id = f"article-{number:016x}"
        original = first.setdefault(f"story-{story}", id)
        yield Made(
            number=number,
            topic=topic,
            story=f"story-{story:016x}",
            thread=f"thread-{thread:016x}",
            seen=END - step * (total - number),
            copy_of=original if number % IN_STORY == IN_STORY - 1 else None,
        )


def figure_of(made: Made, start: int) -> FigureInArticle:
    sentence = "At least 1,605 people died."
    read = Figure(
        span=(start, start + 5),
        surface="1,605",
        quote=sentence,
        value=float(1000 + made.number % 900),
        modifier=Modifier.AT_LEAST,
        counted="people",
        people=True,
        action="killed",
        attribution="the police",
    )
    return FigureInArticle(
        id=f"figure-{made.number * 2 + (start > 600):016x}",
        article=made.id,
        revision=1,
        outlet=f"Outlet {made.number % 40}",
        published=made.seen,
        figure=read,
    )


def marks() -> Marks:
    return Marks(
        words={f"word{n}": 0.5 for n in range(12)},
        names={"kherson": 1.0, "kyiv": 0.5},
        nouns=("people", "person"),
        actions=("killed",),
    )


def series_id(number: int) -> str:
    return f"series-{number:016x}"


def build(record: Record, total: int) -> None:
    """Fill an empty record."""
    rng = random.Random(7)
    words = [word(rank) for rank in range(VOCABULARY)]
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(VOCABULARY)))
    with record.begin() as tx:
        for name in TOPICS:
            tx.topics.put(Topic(name=name, title=name.title(), recipients=("desk@news.example",)))
        tx.feeds.put_many(feeds())
    stories: dict[str, list[Made]] = {}
    claims: dict[str, list[Claim]] = {}
    batch: list[Made] = []
    for made in plan(total):
        batch.append(made)
        stories.setdefault(made.story, []).append(made)
        if len(batch) == 1000 or made.number == total - 1:
            put(record, batch, claims, lambda: text_of(rng, words, weights))
            batch = []
    items = list(stories.items())
    for at in range(0, len(items), 500):
        with record.begin() as tx:
            for id, members in items[at : at + 500]:
                put_story(tx, id, members)
    with record.begin() as tx:
        tx.threads.put(map(portrayed, open_stories(total)))
    kept = list(claims.items())
    for at in range(0, len(kept), 500):
        with record.begin() as tx:
            for id, some in kept[at : at + 500]:
                tx.figures.put_series(series_of(id, some))
    with record.begin() as tx:
        remember(tx, total)
        tell(tx, total)
        decide(tx, total)


def feeds() -> Iterator[Feed]:
    for number in range(FEEDS):
        health = (Health.FAILING, Health.SILENT, Health.GONE)[number % 3] if number % 20 == 0 else Health.OK
        yield Feed(
            id=f"feed-{number:016x}",
            url=f"https://outlet{number}.example/feed.xml",
            title=f"Outlet {number}",
            topics=(TOPICS[number % len(TOPICS)],),
            state=FeedState(
                health=health,
                last_success=END - timedelta(days=2),
                last_new=END - timedelta(hours=3),
                last_poll=END,
                failures=5,
                error="no answer",
                illness=None if health is Health.OK else Illness(since=END - timedelta(days=2)),
                arrivals=tuple(END - timedelta(hours=n) for n in range(40, 0, -1)),
            ),
        )


def put(record: Record, batch: list[Made], claims: dict[str, list[Claim]], text: Callable[[], str]) -> None:
    with record.begin() as tx:
        tx.entries.add(map(entry_of, batch))
        for made in batch:
            article = tx.articles.put(article_of(made, text()))
            both = [figure_of(made, at) for at in (400, 900)]
            tx.figures.put(*both)
            tx.figures.put_verdict(*(verdict_of(made, one, claims) for one in both))
            move = StoryMove(
                article=article.id, from_story=None, to_story=made.story, kind=MoveKind.JOIN, reason="like it"
            )
            tx.stories.log_moves([move], made.seen)


def entry_of(made: Made) -> Entry:
    url = f"https://outlet.example/{made.number}"
    return Entry(
        id=f"entry-{made.number:016x}",
        feed=f"feed-{made.number % FEEDS:016x}",
        topics=(made.topic,),
        announcement=Announcement(
            url=url, canonical_url=url, title=f"Report {made.number}", fingerprint=str(made.number)
        ),
        first_seen=made.seen,
        outcome=Outcome.COPY if made.copy_of else Outcome.INDEXED,
        reason="no recent article is similar",
        ended=made.seen,
        article=made.id,
    )


def article_of(made: Made, text: str) -> Article:
    url = f"https://outlet.example/{made.number}"
    link = made.copy_of and CopyLink(
        original=made.copy_of, nearest=made.copy_of, kind=CopyKind.EXACT, containment=1.0, reason="the same text"
    )
    return Article(
        id=made.id,
        entry=f"entry-{made.number:016x}",
        reading=Reading(
            requested_url=url,
            url=url,
            title=f"Report {made.number} of the flood in the city",
            text=text,
            published=made.seen,
            language="en",
            outlet=f"Outlet {made.number % 40}",
        ),
        first_seen=made.seen,
        topics=(TopicMatch(topic=made.topic, matched=True, reason="found 'flood'"),),
        outcome=Outcome.COPY if made.copy_of else Outcome.INDEXED,
        reason="no recent article is similar",
        copy_link=link or None,
        story=made.story,
    )


def verdict_of(made: Made, figure: FigureInArticle, claims: dict[str, list[Claim]]) -> Verdict:
    # The first series is stated in every hundredth article.
    id = series_id(0 if made.number % 100 == 0 and made.topic == TOPICS[0] else 1 + made.number % SERIES)
    kind = (VerdictKind.NEW, VerdictKind.CHANGED, VerdictKind.REPEATED, VerdictKind.CONTRADICTION)[made.number % 4]
    some = claims.setdefault(id, [])
    if len(some) < (CLAIMS if id == series_id(0) else 40):
        some.append(
            Claim(
                figure=figure.id,
                article=made.id,
                outlet=figure.outlet,
                attribution="the police",
                published=made.seen,
                as_of=made.seen.date(),
                low=figure.figure.value,
                high=None,
                value=figure.figure.value,
                modifier=Modifier.AT_LEAST,
                kind=kind,
                marks=marks(),
            )
        )
    telling = Telling(worth=0.6, tell=Tell.NOW, kind=kind, from_value=1000.0, reasons=("people died", "it is new"))
    return Verdict(figure=figure.id, topic=made.topic, series=id, kind=kind, reason="nothing like it", telling=telling)


def series_of(id: str, claims: list[Claim]) -> Series:
    number = int(id.removeprefix("series-"), 16)
    return Series(
        id=id,
        topic=TOPICS[0] if number == 0 else TOPICS[number % len(TOPICS)],
        label=f"people killed, place {number}",
        counted="people",
        action="killed",
        unit=None,
        scope=Scope(),
        claims=tuple(claims),
        current=claims[-1].figure,
        opened=claims[0].published,
    )


def put_story(tx: Transaction, id: str, members: list[Made]) -> None:
    tx.stories.put(
        Story(
            id=id,
            topics=tuple(dict.fromkeys(one.topic for one in members)),
            headline=f"Report {members[0].number} of the flood in the city",
            lead="At least 1,605 people died.",
            lead_article=members[0].id,
            first_seen=members[0].seen,
            last_seen=members[-1].seen,
            articles=tuple(one.id for one in members if one.copy_of is None),
            copies=tuple(one.id for one in members if one.copy_of is not None),
            outlets=tuple(dict.fromkeys(f"Outlet {one.number % 40}" for one in members)),
            thread=members[0].thread,
        )
    )


def open_stories(total: int) -> list[Made]:
    """The first articles of the `OPEN` stories that began last, and of those of the great development."""
    first: dict[str, Made] = {}
    for made in plan(total):
        first.setdefault(made.story, made)
    great = [made for made in first.values() if made.thread == f"thread-{GREAT:016x}"]
    return [*great, *(made for made in list(first.values())[-OPEN:] if made not in great)]


def portrayed(made: Made) -> PortrayedStory:
    portrait = Portrait(
        terms={made.number % 997 + 13 * n: 900 - n for n in range(192)},
        names=tuple(made.number % 997 + 13 * n for n in range(20)),
        opening={made.number % 997 + 13 * n: 4000 - n for n in range(12)},
        written={made.number % 997 + 13 * n: f"word{n}" for n in range(64)},
        first=made.seen,
        last=made.seen,
    )
    join = ThreadJoin(thread=made.thread, opened=False, score=0.8, shared=("flood", "city"), reason="80% sure")
    return PortrayedStory(id=made.story, topics=(made.topic,), articles=(made.id,), portrait=portrait, join=join)


def remember(tx: Transaction, total: int) -> None:
    """What telling holds of the latest articles of each topic: figures of 600, the words of 200."""
    counts = dict.fromkeys(TOPICS, 0)
    for made in reversed(list(plan(total))):
        if counts[made.topic] >= TOLD:
            continue
        counts[made.topic] += 1
        heard = HeardArticle(
            id=made.id,
            published=made.seen,
            words=frozenset(f"w{(made.number * 7 + n * 13) % 4000}" for n in range(150)),
            actions=("killed",),
            nouns=("people",),
            pairs=(("people", "killed"),),
            figures=2,
        )
        figure = figure_of(made, 400)
        telling = Telling(worth=0.6, tell=Tell.NOW, kind=VerdictKind.NEW, reasons=("people died",))
        told = ToldFigure(figure=figure, marks=marks(), telling=telling, track=figure.id)
        tx.told.put(made.topic, made.number + 1, heard, [told])
        if counts[made.topic] > HEARD:
            tx.told.forget(made.topic, articles=[made.id])


def tell(tx: Transaction, total: int) -> None:
    """Twenty thousand alerts, fifty of them waiting, and a digest a day and topic."""
    step = max(total // 20_000, 1)
    for made in plan(total):
        if made.number % step:
            continue
        figure = figure_of(made, 400)
        ref = ArticleRef(
            id=made.id, title="A report", url="https://outlet.example/1", outlet=figure.outlet, published=made.seen
        )
        waits = made.number >= total - 50 * step
        tx.alerts.put(
            Alert(
                id=f"alert-{made.number:016x}",
                topic=made.topic,
                kind=AlertKind.NEW_FIGURE,
                story=made.story,
                figure=FigureNews(
                    series=series_id(1 + made.number % SERIES),
                    label="people killed",
                    verdict=VerdictKind.NEW,
                    statement=Statement(figure_id=figure.id, figure=figure.figure, article=ref),
                ),
                created=made.seen,
                due=END + timedelta(minutes=10) if waits else made.seen,
                state=AlertState.WAITING if waits else AlertState.SENT,
                sent=None if waits else made.seen,
                message_id=None if waits else f"<{made.number}@news.example>",
            )
        )
    for day in range(DAYS):
        for topic in TOPICS:
            end = END - timedelta(days=day)
            tx.digests.put(
                Digest(
                    id=f"digest-{day:04x}-{topic}",
                    topic=topic,
                    start=end - timedelta(days=1),
                    end=end,
                    message_id=f"<digest-{day}-{topic}@news.example>",
                    data=None,
                    state=DigestState.SENT,
                    due=end,
                    sent=end,
                )
            )


def decide(tx: Transaction, total: int) -> None:
    """What people decided: series muted, every other unmuted again; stories and developments merged, series renamed.

    As many of each as in years of a busy desk.
    """
    for number in range(DECIDED):
        made = Made(
            number * (total // DECIDED), TOPICS[number % 5], "", "", END - timedelta(hours=DECIDED - number), None
        )
        by, labels = f"editor {number % 9}", ("people killed in the flood", "people missing since the flood")
        subject = Subject(kind=SubjectKind.SERIES, id=series_id(1 + number % SERIES), topic=made.topic)
        tx.decisions.add(
            Decision(
                id=f"decision-{number:016x}",
                subject=subject,
                choice=Choice(act=Act.MUTE),
                label=labels[0],
                by=by,
                decided=made.seen,
                undone=Undone(by=by, at=made.seen) if number % 2 else None,
            )
        )
        both = (made.id, f"article-{made.number + 1:016x}")
        told = {"decided": made.seen, "by": by, "labels": labels}
        tx.stories.decide(StoryDecision.model_validate({"kind": "merge", "articles": both, **told}))
        tx.threads.decide(ThreadDecision.model_validate({"kind": "merge", "articles": both, **told}))
        series = {"kind": "rename", "series": (subject.id,), "label": "drowned", **told, "labels": labels[:1]}
        tx.figures.decide_series(made.topic, SeriesDecision.model_validate(series))


def searches() -> dict[str, list[str]]:
    """Searches to ask for: of words in all articles, in many and in few; each with its facets."""
    some = random.Random(2)

    def ranked(low: int, high: int) -> list[str]:
        return [word(some.randrange(low, high)) for _ in range(ASKED)]

    few, many, most = ranked(5_000, 20_000), ranked(300, 600), ranked(10, 50)
    day = (END - timedelta(days=20)).date()
    asked = {
        "a rare word": [{"q": one} for one in few],
        "a common word": [{"q": one} for one in many],
        "a very common word": [{"q": one} for one in most],
        "two words of every article": [{"q": "people died"}],
        "common words and a rare one": [{"q": f"{a} {b} {c}"} for a, b, c in zip(most, many, few, strict=True)],
        "eight words": [{"q": " ".join([*most[n : n + 4], *many[n : n + 2], *few[n : n + 2]])} for n in range(20)],
        "a phrase of every article": [{"q": '"people died"'}],
        "a phrase": [{"q": f'"{a} {b}"'} for a, b in zip(most, reversed(most), strict=True)],
        "a prefix": [{"q": f"{one[:3]}*"} for one in many],
        "all but a word": [{"q": f"-{one}"} for one in most],
        "a very common word, by date": [{"q": one, "sort": "date"} for one in most],
        "common words within a topic, an outlet and a week": [
            {"q": one, "topic": TOPICS[2], "outlet": "Outlet 7", "since": str(day), "until": str(day + timedelta(7))}
            for one in most
        ],
        "a common word within a development": [{"q": one, "development": f"thread-{GREAT:016x}"} for one in most],
        "no words": [{}],
        "no words, within a topic": [{"topic": name} for name in TOPICS],
        "no words, within an outlet": [{"outlet": f"Outlet {number}"} for number in range(40)],
        "no words, a week long ago": [{"since": str(day - timedelta(50)), "until": str(day - timedelta(43))}],
    }
    return {f"search: {name}": [f"/search?{urlencode(one)}" for one in fields] for name, fields in asked.items()}


def pages(total: int) -> dict[str, list[str]]:
    """Addresses to ask for, by what they are."""
    rng = random.Random(1)
    some = [rng.randrange(total) for _ in range(ASKED)]
    made = {one.number: one for one in plan(total) if one.number in set(some)}
    latest = list(dict.fromkeys(one.thread for one in open_stories(total) if one.thread != f"thread-{GREAT:016x}"))
    latest = latest[-ASKED:]
    return {
        "topics": ["/"],
        "topic": [f"/topics/{name}" for name in TOPICS],
        "topic, an older page": [f"/topics/{TOPICS[1]}?before=2026-01-15T00%3A00%3A00%2B00%3A00~story-0"],
        "development": [f"/developments/{made[number].thread}" for number in some],
        "development, still open": [f"/developments/{name}" for name in latest],
        "development of sixty stories": [f"/developments/thread-{GREAT:016x}"],
        "figures": [f"/figures?topic={name}" for name in TOPICS],
        "figure": [f"/figures/{series_id(1 + number % SERIES)}" for number in some],
        "figure of 200 claims": [f"/figures/{series_id(0)}"],
        "articles": ["/articles", *(f"/articles?topic={name}" for name in TOPICS)],
        "articles, an older page": [f"/articles?topic={TOPICS[1]}&before={total // 3}"],
        "article": [f"/articles/article-{number:016x}" for number in some],
        "alerts": ["/alerts", *(f"/alerts?topic={name}" for name in TOPICS)],
        "digests": ["/digests"],
        "feeds": ["/feeds"],
        "feed": [f"/feeds/feed-{number % FEEDS:016x}" for number in some],
        "entries of a week": ["/entries"],
        "entries of a month": ["/entries?days=30"],
        "why (an article)": [f"/explain/article-{number:016x}" for number in some],
        "decisions": ["/decisions"],
        "decisions, undone too": ["/decisions?undone=yes"],
        "decide about a series": [f"/decisions/series/{series_id(1 + number % SERIES)}" for number in some],
        **searches(),
    }


def ask(address: str, path: str, connection: http.client.HTTPConnection) -> tuple[float, float, int]:
    """Seconds until the whole answer was there, by the clock and of processor time, and its size."""
    began, worked = time.perf_counter(), time.process_time()
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    took, work = time.perf_counter() - began, time.process_time() - worked
    if response.status != 200:
        raise SystemExit(f"{address}{path}: {response.status}")
    return took, work, len(body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = given.home or Path(scratch)
        settings = Settings(home=home)
        services = open_services(settings, clock=lambda: END)
        with services.record.read() as tx:
            known = tx.totals()["articles"]
        if not known:
            began = time.perf_counter()
            build(services.record, given.articles)
            print(f"built {given.articles:,} articles in {time.perf_counter() - began:.0f} s")
            began = time.perf_counter()
            publish(services)
            print(f"indexed them in {time.perf_counter() - began:.0f} s")
        app = make_app(services, access_of(settings, "127.0.0.1"), secret_of(home))
        with serving(app, "127.0.0.1", 0) as address:
            report(address, known or given.articles, given.only)
        services.close()


def report(address: str, total: int, only: str) -> None:
    print("| page | median, ms | 95 of 100, ms | CPU, ms | first, CPU ms | kB |\n|---|---|---|---|---|---|")
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
    slow: list[str] = []
    for name, paths in ((name, paths) for name, paths in pages(total).items() if only in name):
        _, first, _ = ask(address, paths[0], connection)
        times, works, sizes = zip(*(ask(address, paths[n % len(paths)], connection) for n in range(ASKED)), strict=True)
        late = statistics.quantiles(times, n=20)[-1]
        shown = [statistics.median(times), late, statistics.median(works), first, max(sizes) / 1e6]
        print(f"| {name} | {' | '.join(f'{one * 1000:.0f}' for one in shown)} |", flush=True)
        if statistics.median(times) > LIMIT:
            slow.append(name)
    print(f"slower than {LIMIT * 1000:.0f} ms: {', '.join(slow) or 'none'}")


if __name__ == "__main__":
    main()
