"""Copies, stories, figures, verdicts and alerts: one article at a time, in order of arrival, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.errors import RecordError
from pipeline.figures.following import Followed, Follower, still_standing
from pipeline.figures.telling import Limits, Teller
from pipeline.figures.worth import ArticleText, Stream
from pipeline.group import Grouper, Threads, summarise
from pipeline.record.notes import CROWDED
from pipeline.steps.alerting import put_alerts
from pipeline.steps.developments import Developments
from pipeline.steps.news import figure_news
from pipeline.steps.revising import OUTCOMES, apart, merged, same_text, stays
from pipeline.steps.revisit import note_found
from pipeline.steps.services import Services
from pipeline.tell.followed import followed as followed_by_name
from schemas.alert import AlertKind, FigureNews
from schemas.article import Article, ReadEntry, Revision
from schemas.base import stable_id
from schemas.feed import Entry, Outcome
from schemas.figure import Figure, FigureInArticle, Series, SeriesDecision, Tell, Telling, Verdict, VerdictKind
from schemas.story import MoveKind, Placement, Story, StoryDecision, StoryMove, ThreadDecision
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction

_TURN = "judge:turn"
_WINDOW = timedelta(days=7)


@dataclass
class JudgeReport:
    """What one run of the judge decided."""

    judged: int = 0
    ended: Counter[Outcome] = field(default_factory=Counter)
    verdicts: Counter[VerdictKind] = field(default_factory=Counter)
    alerts: Counter[AlertKind] = field(default_factory=Counter)
    stories_opened: int = 0
    let_go: int = 0
    """Articles that grouping had no room for any more, though their window was not over."""
    moves: list[StoryMove] = field(default_factory=list)

    def add(self, other: JudgeReport) -> None:
        """Count another run in."""
        self.judged += other.judged
        self.ended += other.ended
        self.verdicts += other.verdicts
        self.alerts += other.alerts
        self.stories_opened += other.stories_opened
        self.let_go += other.let_go
        self.moves += other.moves


class Judge:
    """Judges what was read, and keeps in memory between its runs what the next one compares with.

    The memory is a cache of the record: it is thrown away when a run fails, or when another process has judged since,
    and made again from the record.
    """

    def __init__(self, services: Services, *, regroup: bool = True) -> None:
        """``regroup`` says whether the open window is grouped again after each run; without, every article stays in the
        story it joined as it came."""
        self._services = services
        self._regroup = regroup
        self._turn: int | None = None
        self._grouper = Grouper()
        self._threads = Threads()
        self._followers: dict[str, Follower] = {}
        self._tellers: dict[str, Teller] = {}
        self._topics: dict[str, Topic] = {}

    def run(
        self, *, limit: int = 64, wait: float = 0.0, on_entry: Callable[[Entry], None] = lambda entry: None
    ) -> JudgeReport:
        """Judge up to ``limit`` entries that were read. All of it is saved, or nothing.

        Raises RecordBusy where another judge is at work and does not finish within ``wait`` seconds.
        """
        with self._services.record.read() as tx:
            if not tx.entries.unjudged(1):
                return JudgeReport()
        with self._turn_of(wait) as tx:
            tx.hold_versions()
            run = self._begun(tx)
            for item in tx.entries.unjudged(limit):
                run.judge(item)
                note_found(tx, item, self._services.settings.revisit_after, self._services.clock())
                on_entry(item.entry)
            run.finish(regroup=self._regroup, most=self._services.settings.open_articles)
        return run.report

    def decide(self, decision: StoryDecision) -> tuple[StoryMove, ...]:
        """Keep what a person decided about stories, and group by it."""
        with self._turn_of(60.0) as tx:
            run = self._begun(tx)
            tx.stories.decide(decision)
            moves = self._grouper.decide(decision)
            run.move(moves)
            run.remember()
            run.refresh_stories()
        return moves

    def decide_threads(self, decision: ThreadDecision) -> tuple[str, ...]:
        """Keep what a person decided about threads; gives the stories that are in another thread now."""
        with self._turn_of(60.0) as tx:
            tx.threads.decide(decision)
            self._grouper.part(decision)
            moved = self._threads.decide(decision)
            Developments(tx, self._threads).write_down(moved)
        return moved

    def decide_series(self, topic: str, decision: SeriesDecision) -> tuple[Series, ...]:
        """Keep what a person decided about series of figures, and follow by it; gives the series that changed."""
        with self._turn_of(60.0) as tx:
            tx.figures.decide_series(topic, decision)
            followed = self._follower(tx, topic).decide(decision)
            for series in followed.series:
                tx.figures.put_series(series)
            for verdict in followed.verdicts:
                tx.figures.put_verdict(verdict)
        return followed.series

    def _begun(self, tx: Transaction) -> _Run:
        now = self._services.clock()
        return _Run(tx, self._grouper, self._threads, self._follower, self._teller, self._topics, now)

    @contextmanager
    def _turn_of(self, wait: float) -> Iterator[Transaction]:
        """The judge's turn: one transaction; the memory is brought up to date before, and dropped if it fails."""
        with self._services.record.judging(wait), self._services.record.begin() as tx:
            self._recall(tx)
            try:
                yield tx
                self._turn = (self._turn or 0) + 1
                tx.notes.set(_TURN, str(self._turn))
            except BaseException:
                self._turn = None
                raise

    def _recall(self, tx: Transaction) -> None:
        turn = int(tx.notes.get(_TURN) or 0)
        topics = {topic.name: topic for topic in tx.topics.all()}
        if turn == self._turn and topics == self._topics:
            return
        self._topics = topics
        self._followers = {}
        self._tellers = {}
        self._grouper = self._regained(tx, topics)
        self._threads = Threads(tx.threads.remembered(), decisions=tx.threads.decisions())
        self._turn = turn

    def _regained(self, tx: Transaction, topics: Mapping[str, Topic]) -> Grouper:
        """The grouper as the record remembers it.

        What is remembered in another form than this version's is made anew from the articles' texts: each stays the
        copy it was, and in its story.
        """
        decisions: list[StoryDecision | ThreadDecision] = [*tx.stories.decisions(), *tx.threads.decisions()]
        windows = {name: topic.window for name, topic in topics.items()}
        remembered = list(tx.articles.remembered(since=None))
        try:
            return Grouper(remembered, decisions=decisions, windows=windows)
        except RecordError:
            grouper = Grouper(decisions=decisions, windows=windows)
        for row in remembered:
            article = tx.articles.get(row.id)
            if article is None or article.story is None:
                tx.articles.forget([row.id])
                continue
            tx.articles.remember(grouper.recall(row, article.reading, article.copy_link, article.reason))
        return grouper

    def _follower(self, tx: Transaction, topic: str) -> Follower:
        if topic not in self._followers:
            self._followers[topic] = Follower(
                topic, tx.figures.series(topic), tx.figures.series_decisions(topic, SeriesDecision)
            )
        return self._followers[topic]

    def _teller(self, tx: Transaction, name: str) -> Teller:
        if name not in self._tellers:
            topic = self._topics[name]
            self._tellers[name] = Teller(
                topic.heading,
                Stream(tx.told.articles(name)),
                tx.told.figures(name),
                limits=Limits.of(topic.alerts.tells),
                always=lambda figure: _always(topic, figure),
            )
        return self._tellers[name]


def _always(topic: Topic, figure: Figure) -> Tell | None:
    """The tier of a figure that the topic follows by name; ``None`` for any other."""
    one = followed_by_name(topic, figure)
    return one.always if one else None


class _Run:
    """One run of the judge within its transaction."""

    def __init__(
        self,
        tx: Transaction,
        grouper: Grouper,
        threads: Threads,
        follower: Callable[[Transaction, str], Follower],
        teller: Callable[[Transaction, str], Teller],
        topics: dict[str, Topic],
        now: datetime,
    ) -> None:
        self.report = JudgeReport()
        self._tx = tx
        self._grouper = grouper
        self._developments = Developments(tx, threads)
        self._follower = follower
        self._teller = teller
        self._topics = topics
        self._now = now
        self._opened: set[str] = set()
        self._arrived: set[str] = set()
        self._touched: set[str] = set()
        self._placed_or_moved: dict[str, None] = {}
        self._news: dict[str, list[FigureNews]] = {}

    def judge(self, item: ReadEntry) -> None:
        """Bring one entry to its outcome."""
        identity = item.entry.article or stable_id("article", item.reading.url)
        known = self._tx.articles.get(identity)
        if known is not None and (own := apart(known, item)):
            item, identity = own, stable_id("article", own.reading.url)
            known = self._tx.articles.get(identity)
        if known is not None and (end := stays(known, item)):
            outcome, reason = end
        elif known is not None and known.outcome in (Outcome.INDEXED, Outcome.COPY):
            outcome, reason = self._seen_again(known, item)
        else:
            outcome, reason = self._settle(identity, known, item)
        self._tx.entries.end(item.entry.id, outcome, reason, self._now, article=identity)
        self.report.judged += 1
        self.report.ended[outcome] += 1

    def finish(self, *, regroup: bool, most: int) -> None:
        """Group the open window again, leave at most so many articles open, and put what is worth telling in the
        outbox."""
        if regroup:
            self.move(self._grouper.regroup())
        self.remember()
        self._tx.articles.forget(self._grouper.forget(self._now - open_for(self._topics.values())))
        if early := self._grouper.shrink(most):
            self._tx.articles.forget(early)
            self._tx.notes.set(CROWDED, self._now.isoformat())
            self.report.let_go += len(early)
        self._developments.let_go(self._now)
        stories = self.refresh_stories()
        self.report.stories_opened += len(self._opened & stories.keys())
        for name in sorted({*self._news, *(topic for story in stories.values() for topic in story.topics)}):
            if name in self._topics:
                begun, gone_on = self._developments.touched(name, self._arrived)
                self.report.alerts += put_alerts(
                    self._tx,
                    self._topics[name],
                    figures=self._news.get(name, ()),
                    begun=begun,
                    gone_on=gone_on,
                    now=self._now,
                )

    def move(self, moves: Iterable[StoryMove]) -> None:
        """Write down that articles changed their stories."""
        moves = tuple(moves)
        for step in moves:
            article = self._tx.articles.get(step.article)
            if article is None:
                continue
            self._touched |= {story for story in (step.from_story, step.to_story) if story}
            self._tx.articles.put(article.model_copy(update={"story": step.to_story}))
            self._placed_or_moved[step.article] = None
        self._tx.stories.log_moves(moves, self._now)
        self.report.moves.extend(moves)

    def remember(self) -> None:
        """Save what grouping holds of the articles that were placed or moved since."""
        self._tx.articles.remember(*map(self._grouper.remembered, self._placed_or_moved))
        self._placed_or_moved.clear()

    def refresh_stories(self) -> dict[str, Story]:
        """Make the stories touched by this run anew from their articles; gives those that still have any."""
        fresh = {}
        for identity in sorted(self._touched):
            articles = self._tx.articles.of_story(identity)
            story = told_story(identity, articles)
            if story is None:
                self._developments.drop(identity)
            else:
                self._developments.put(story, articles)
                fresh[identity] = story
        self._touched.clear()
        return fresh

    def _settle(self, identity: str, known: Article | None, item: ReadEntry) -> tuple[Outcome, str]:
        """Place an article that is new, or that was kept so far only as a teaser or as off topic."""
        reading = item.reading
        matches = merged(known, item.matches)
        on = tuple(match.topic for match in matches if match.matched)
        if known is not None and same_text(known.reading, reading) and (not on or known.outcome in OUTCOMES.values()):
            return Outcome.KNOWN, f"known already, as {known.outcome}"
        article = Article(
            id=identity,
            seq=known.seq if known else 0,
            entry=known.entry if known else item.entry.id,
            reading=reading,
            revision=known.revision + 1 if known else 1,
            first_seen=known.first_seen if known else item.entry.first_seen,
            revised=self._now if known else None,
            topics=matches,
            outcome=Outcome.INDEXED,
        )
        if reading.teaser:
            ended = OUTCOMES.get(reading.kind, Outcome.TEASER)
            article = article.model_copy(update={"outcome": ended, "reason": reading.teaser})
        elif not on:
            reason = "; ".join(f"{match.topic}: {match.reason}" for match in matches) or "no topic asked for its feed"
            article = article.model_copy(update={"outcome": Outcome.OFF_TOPIC, "reason": reason})
        # The record numbers articles by arrival, and grouping wants that number.
        article = self._tx.articles.put(article)
        self._tx.articles.add_revision(_revision(article, item.entry.first_seen))
        if article.outcome is Outcome.INDEXED:
            self._arrived.add(identity)
            placement = self._grouper.place(identity, reading, seq=article.seq, topics=on)
            article = self._placed(article, placement)
            self._log_join(placement)
            self._follow(article, on)
        return article.outcome, article.reason

    def _seen_again(self, known: Article, item: ReadEntry) -> tuple[Outcome, str]:
        """An article that is in a story already: unchanged, of interest to one more topic, or revised."""
        reading = item.reading
        matches = merged(known, item.matches)
        before = set(known.on_topics)
        joined = tuple(match.topic for match in matches if match.matched and match.topic not in before)
        changed = not same_text(known.reading, reading)
        if not changed and not joined:
            return Outcome.KNOWN, f"the text is that of {known.id}, revision {known.revision}"
        article = known.model_copy(update={"topics": matches})
        if not changed:
            article = self._regrouped(article)
            self._follow(article, joined)
            return Outcome.KNOWN, f"known already; now coverage of {', '.join(joined)} too"
        article = article.model_copy(
            update={"reading": reading, "revision": known.revision + 1, "revised": item.entry.first_seen}
        )
        replaced = self._tx.figures.of_article(known.id, revision=known.revision)
        self._tx.articles.add_revision(_revision(article, item.entry.first_seen))
        article = self._regrouped(article)
        self._follow(article, tuple(topic for topic in article.on_topics if topic in before), replaces=replaced)
        self._follow(article, joined)
        return article.outcome, f"revision {article.revision} of {article.id}"

    def _regrouped(self, article: Article) -> Article:
        """A known article with its new text or topics; it stays in its story, and as it is if that is long closed."""
        if article.id not in self._grouper:
            self._tx.stories.touch(article.story)
            return self._tx.articles.put(article)
        return self._placed(article, self._grouper.revise(article.id, article.reading, topics=article.on_topics))

    def _placed(self, article: Article, placement: Placement) -> Article:
        """The article with its copy link and story, saved."""
        link, join = placement.copy_link, placement.join
        story = join.story if join else None
        article = article.model_copy(
            update={
                "copy_link": link,
                "story": story,
                "outcome": Outcome.COPY if link else Outcome.INDEXED,
                "reason": link.reason if link else (join.reason if join else article.reason),
            }
        )
        self._placed_or_moved[article.id] = None
        if join and join.opened:
            self._opened.add(join.story)
        if story:
            self._touched.add(story)
        return self._tx.articles.put(article)

    def _log_join(self, placement: Placement) -> None:
        """Write down which story an article was put in as it came, and why."""
        if placement.join is not None:
            join = StoryMove(
                article=placement.article,
                from_story=None,
                to_story=placement.join.story,
                kind=MoveKind.JOIN,
                reason=placement.join.reason,
            )
            self._tx.stories.log_moves([join], self._now)

    def _follow(self, article: Article, topics: Iterable[str], *, replaces: Iterable[FigureInArticle] = ()) -> None:
        """Hold the article's figures against the series of each topic."""
        reading = article.reading
        figures = [
            FigureInArticle(
                id=stable_id("figure", article.id, str(article.revision), str(figure.span[0]), str(figure.span[1])),
                article=article.id,
                revision=article.revision,
                outlet=reading.outlet,
                published=reading.published,
                figure=figure,
            )
            for figure in reading.figures
        ]
        replaced = tuple(replaces)
        if not figures and not replaced:
            return
        standing = still_standing(replaced, figures, reading.text)
        for topic in topics:
            followed = self._follower(self._tx, topic).follow(
                figures, text=reading.text, replaces=[one.id for one in replaced], standing=standing
            )
            series = {one.id: one for one in followed.series}
            for one in followed.series:
                self._tx.figures.put_series(one)
            for figure in followed.figures:
                self._tx.figures.put(figure)
            tellings = self._told(topic, article, figures, followed)
            for figure, said, telling in zip(followed.figures, followed.verdicts, tellings, strict=True):
                verdict = said.model_copy(update={"telling": telling})
                self._tx.figures.put_verdict(verdict)
                self.report.verdicts[verdict.kind] += 1
                is_told = telling.tell is not Tell.NONE and telling.kind is not VerdictKind.REPEATED
                if is_told and not series[verdict.series].muted:
                    news = figure_news(self._tx, article, figure, verdict, series[verdict.series])
                    self._news.setdefault(topic, []).append(news)

    def _told(self, topic: str, article: Article, figures: list[FigureInArticle], followed: Followed) -> list[Telling]:
        """What the desk is told of each figure, which is remembered for the next."""
        reading = article.reading
        text = ArticleText(reading.title, reading.text, reading.published)
        hearing = self._teller(self._tx, topic).tell(article.id, text, figures, followed.marks)
        self._tx.told.forget(topic, articles=hearing.lost, figures=hearing.lost)
        kept = [told.kept for told in hearing.told if told.kept is not None]
        self._tx.told.put(topic, article.seq, hearing.heard, kept)
        return [
            _as_corrected(told.telling, verdict) for told, verdict in zip(hearing.told, followed.verdicts, strict=True)
        ]


def _as_corrected(telling: Telling, verdict: Verdict) -> Telling:
    """What is told, as a correction where the figure stands in a later revision in place of another number."""
    if verdict.kind is not VerdictKind.CORRECTION or telling.kind is VerdictKind.REPEATED:
        return telling
    return telling.model_copy(update={"kind": verdict.kind, "from_value": verdict.from_value, "of": None})


def open_for(topics: Iterable[Topic]) -> timedelta:
    """How long grouping remembers an article: twice the longest window, so that late reports still find their story."""
    return 2 * max((topic.window for topic in topics), default=_WINDOW)


def told_story(identity: str, articles: Iterable[Article]) -> Story | None:
    """A story as its articles tell it; None where no article is left."""
    members = sorted(articles, key=lambda article: article.seq)
    originals = [article for article in members if article.copy_link is None] or members[:1]
    if not originals:
        return None
    face = summarise([(article.id, article.reading) for article in originals])
    return Story(
        id=identity,
        topics=tuple(sorted({topic for article in members for topic in article.on_topics})),
        headline=face.headline,
        lead=face.lead,
        lead_article=face.article,
        first_seen=min(article.first_seen for article in members),
        last_seen=max(article.first_seen for article in members),
        articles=tuple(article.id for article in originals),
        copies=tuple(article.id for article in members if article not in originals),
        outlets=tuple(dict.fromkeys(article.reading.outlet for article in members)),
    )


def _revision(article: Article, seen: datetime) -> Revision:
    return Revision(
        article=article.id,
        number=article.revision,
        title=article.reading.title,
        text=article.reading.text,
        seen=seen,
    )
