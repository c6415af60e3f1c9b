"""Who judges: what was read, a turn at a time, and what people decide; with the memory that both need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.errors import RecordError
from pipeline.figures.following import Follower
from pipeline.figures.telling import Limits, Teller
from pipeline.figures.worth import Stream
from pipeline.group import Grouper, Threads
from pipeline.record.notes import MEMORY
from pipeline.steps.intake.revisit import note_found
from pipeline.steps.judging.developments import Developments
from pipeline.steps.judging.revising import without_shared
from pipeline.steps.judging.turn import JudgeReport, Run
from pipeline.steps.known.series import SeriesShelf, follower_of, put_series
from pipeline.steps.known.wrong import following_note, found_wrong_ids
from pipeline.steps.services import Services
from pipeline.tell.followed import followed as followed_by_name
from schemas.archive import TurnNote
from schemas.article import ReadEntry
from schemas.feed import Entry
from schemas.figure import Figure, Series, SeriesDecision, Tell
from schemas.story import StoryDecision, StoryMove, ThreadDecision
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction

_TURN = "judge:turn"
_SHARED = 20
"""Articles of one text that are looked at, the latest: a notice that a site gives everywhere has two at once."""
_UNSETTLED = "judge:unsettled"
"""The note of what grouping looks at again in the next turn; absent, at everything."""


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
        self._memory: str | None = None
        """What the note `MEMORY` said when all that is remembered was read."""
        self._grouper: Grouper | None = None
        self._threads: Threads | None = None
        self._followers: dict[str, Follower] = {}
        self._tellers: dict[str, Teller] = {}
        self._following: dict[str, str | None] = {}
        """What was last decided about the figures of each topic when its series were read."""
        self._topics: dict[str, Topic] = {}

    def run(
        self,
        *,
        limit: int = 64,
        wait: float = 0.0,
        among: Sequence[str] | None = None,
        patience: timedelta | None = None,
        on_entry: Callable[[Entry], None] = lambda entry: None,
    ) -> JudgeReport:
        """Judge up to ``limit`` entries that were read: the next turn, or those ``among`` these ids.

        ``patience`` is how long the turn waits for what comes before it and is still to be read; see `Entries.turn`.
        All of it is saved, or nothing. Raises RecordBusy where another judge is at work and does not finish within
        ``wait`` seconds.
        """

        def chosen(tx: Transaction) -> Sequence[str]:
            now = self._services.clock()
            return among if among is not None else tx.entries.turn(limit, now, patience=patience)

        with self._services.record.read() as tx:
            if not tx.entries.unjudged(1, among=chosen(tx)):
                return JudgeReport()
        with self._turn_of(wait) as tx:
            tx.hold_versions()
            run = self._begun(tx)
            items = without_shared(
                tx.entries.unjudged(limit, among=chosen(tx)), lambda text: tx.articles.of_text(text, _SHARED)
            )
            for item in items:
                run.judge(item)
                note_found(tx, item, self._services.settings.revisit_after, self._services.clock())
                on_entry(item.entry)
            run.finish(regroup=self._regroup, most=self._services.settings.open_articles)
            self._note_turn(tx, items, run.now)
        return run.report

    def recall(self, *, wait: float = 0.0) -> None:
        """Bring the memory up to the record now, so that the next turn need not.

        Raises RecordBusy where another judge is at work and does not finish within ``wait`` seconds.
        """
        self._turn = None
        with self._services.record.judging(wait):
            with self._services.record.begin() as tx:
                turn = self._recall(tx)
                self._begun(tx)
                for name in self._topics:
                    self._follower(tx, name)
                    self._teller(tx, name)
            self._turn = turn

    def _note_turn(self, tx: Transaction, items: Iterable[ReadEntry], now: datetime) -> None:
        """Archive which readings were judged together, before that is committed: a replay judges them so again."""
        notes = tuple(item.archived for item in items if item.archived)
        if notes:
            turn = int(tx.notes.get(_TURN) or 0) + 1
            self._services.archive.note(TurnNote(turn=turn, at=now, entries=notes))
            self._services.archive.sync()

    def decide(self, decision: StoryDecision) -> tuple[StoryMove, ...]:
        """Keep what a person decided about stories, and group by it."""
        with self._turn_of(60.0) as tx:
            run = self._begun(tx)
            tx.stories.decide(decision)
            moves = self._grouping(tx).decide(decision)
            run.move(moves)
            run.remember()
            run.refresh_stories()
        return moves

    def decide_threads(self, decision: ThreadDecision) -> tuple[str, ...]:
        """Keep what a person decided about threads; gives the stories that are in another thread now."""
        with self._turn_of(60.0) as tx:
            threads = self._threading(tx)
            tx.threads.decide(decision)
            if self._grouper is not None:
                self._grouper.part(decision)
            moved = threads.decide(decision)
            Developments(tx, threads).write_down(moved)
        return moved

    def decide_series(self, topic: str, decision: SeriesDecision) -> tuple[Series, ...]:
        """Keep what a person decided about series of figures, and follow by it; gives the series that changed."""
        with self._turn_of(60.0) as tx:
            tx.figures.decide_series(topic, decision)
            follower = self._follower(tx, topic)
            followed = follower.decide(decision)
            put_series(tx, follower, followed.series)
            told = tx.figures.verdicts_of_many(verdict.figure for verdict in followed.verdicts)
            for verdict in followed.verdicts:
                # Another series makes no difference to what the desk was told.
                before = next((one for one in told.get(verdict.figure, ()) if one.topic == topic), None)
                telling = before.telling if before else None
                tx.figures.put_verdict(verdict.model_copy(update={"telling": telling}))
        return followed.series

    def _begun(self, tx: Transaction) -> Run:
        now = self._services.clock()
        return Run(tx, self._grouping(tx), self._threading(tx), self._follower, self._teller, self._topics, now)

    @contextmanager
    def _turn_of(self, wait: float) -> Iterator[Transaction]:
        """The judge's turn: one transaction; the memory is brought up to date before, and dropped if it fails.

        The turn counts once it is committed: a memory of what was never committed must not pass for the record's,
        whose turn another judge may since have brought to the same number.
        """
        with self._services.record.judging(wait):
            try:
                with self._services.record.begin() as tx:
                    turn = self._recall(tx) + 1
                    yield tx
                    tx.notes.set(_TURN, str(turn))
                    if self._grouper is not None:
                        tx.notes.set(_UNSETTLED, self._grouper.unsettled())
            except BaseException:
                self._turn = None
                raise
            self._turn = turn

    def _recall(self, tx: Transaction) -> int:
        """Drop what is remembered unless it is up to the record; gives the turn that the record has reached.

        What was dropped is read again when it is needed: a decision about series needs none of the open window.
        """
        turn = int(tx.notes.get(_TURN) or 0)
        topics = {topic.name: topic for topic in tx.topics.all()}
        memory = tx.notes.get(MEMORY)
        if (turn, memory, topics) == (self._turn, self._memory, self._topics):
            self._forget_decided(tx)
            return turn
        self._memory = memory
        self._topics = topics
        self._followers = {}
        self._tellers = {}
        self._grouper = None
        self._threads = None
        return turn

    def _grouping(self, tx: Transaction) -> Grouper:
        if self._grouper is None:
            self._grouper = self._regained(tx, self._topics)
        return self._grouper

    def _threading(self, tx: Transaction) -> Threads:
        if self._threads is None:
            self._threads = Threads(tx.threads.remembered(), decisions=tx.threads.decisions())
        return self._threads

    def _forget_decided(self, tx: Transaction) -> None:
        """Drop what is remembered of a topic's figures where a person decided about them since."""
        for topic, decided in list(self._following.items()):
            if tx.notes.get(following_note(topic)) != decided:
                self._followers.pop(topic, None)
                self._tellers.pop(topic, None)
                del self._following[topic]

    def _regained(self, tx: Transaction, topics: Mapping[str, Topic]) -> Grouper:
        """The grouper as the record remembers it.

        What is remembered in another form than this version's is made anew from the articles' texts: each stays the
        copy it was, and in its story.
        """
        decisions: list[StoryDecision | ThreadDecision] = [*tx.stories.decisions(), *tx.threads.decisions()]
        windows = {name: topic.window for name, topic in topics.items()}
        remembered = list(tx.articles.remembered(since=None))
        try:
            unsettled = tx.notes.get(_UNSETTLED)
            return Grouper(remembered, decisions=decisions, windows=windows, unsettled=unsettled)
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
            self._followers[topic] = follower_of(tx, topic)
            self._following[topic] = tx.notes.get(following_note(topic))
        follower = self._followers[topic]
        follower.use(SeriesShelf(tx, topic))
        return follower

    def _teller(self, tx: Transaction, name: str) -> Teller:
        if name not in self._tellers:
            topic, wrong = self._topics[name], found_wrong_ids(tx)
            self._tellers[name] = Teller(
                topic.heading,
                Stream(tx.told.articles(name)),
                [one for one in tx.told.figures(name) if one.figure.id not in wrong],
                limits=Limits.of(topic.alerts.tells),
                always=lambda figure: _always(topic, figure),
            )
        return self._tellers[name]


def _always(topic: Topic, figure: Figure) -> Tell | None:
    """The tier of a figure that the topic follows by name; ``None`` for any other."""
    one = followed_by_name(topic, figure)
    return one.always if one else None
