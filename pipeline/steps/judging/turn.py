"""Copies, stories, figures, verdicts and alerts: one article at a time, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.collect.order import told_at
from pipeline.figures.following import Followed, Follower, still_standing
from pipeline.figures.telling import Teller
from pipeline.figures.worth import ArticleText
from pipeline.group import Grouper, Threads, summarise
from pipeline.record.notes import CROWDED
from pipeline.steps.judging.alerting import put_alerts
from pipeline.steps.judging.developments import Developments
from pipeline.steps.judging.revising import OUTCOMES, apart, merged, same_text, stays
from pipeline.steps.known.decided import DecidedNow
from pipeline.steps.known.news import figure_news
from pipeline.steps.known.series import put_series
from pipeline.steps.known.wrong import WITHDRAWN, wrong_in
from pipeline.tell.decided import FoundWrong
from schemas.alert import AlertKind, FigureNews
from schemas.article import Article, ReadEntry, Revision
from schemas.base import stable_id
from schemas.decision import Decision, SubjectKind
from schemas.feed import Outcome
from schemas.figure import FigureInArticle, Tell, Telling, Verdict, VerdictKind, Wrong
from schemas.story import MoveKind, Placement, Story, StoryMove
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction

_WINDOW = timedelta(days=7)


@dataclass
class JudgeReport:
    """What one run of the judge decided."""

    judged: int = 0
    ended: Counter[Outcome] = field(default_factory=Counter)
    verdicts: Counter[VerdictKind] = field(default_factory=Counter)
    figures: Counter[VerdictKind] = field(default_factory=Counter)
    """Figures as the desk is told of them; those it is not told of, by their verdicts."""
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
        self.figures += other.figures
        self.alerts += other.alerts
        self.stories_opened += other.stories_opened
        self.let_go += other.let_go
        self.moves += other.moves


class Run:
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
        self.now = now
        self._decided = DecidedNow(tx, now)
        self._finds_wrong = tx.decisions.has_any(SubjectKind.FIGURE)
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
        self._tx.entries.end(item.entry.id, outcome, reason, self.now, article=identity)
        self.report.judged += 1
        self.report.ended[outcome] += 1

    def finish(self, *, regroup: bool, most: int) -> None:
        """Group the open window again, leave at most so many articles open, and put what is worth telling in the
        outbox."""
        if regroup:
            self.move(self._grouper.regroup())
        self.remember()
        self._tx.articles.forget(self._grouper.forget(self.now - open_for(self._topics.values())))
        if early := self._grouper.shrink(most):
            self._tx.articles.forget(early)
            self._tx.notes.set(CROWDED, self.now.isoformat())
            self.report.let_go += len(early)
        self._developments.let_go(self.now)
        stories = self.refresh_stories()
        self.report.stories_opened += len(self._opened & stories.keys())
        # Held against the threads that this run leaves, not those it found.
        decided = DecidedNow(self._tx, self.now)
        for name in sorted({*self._news, *(topic for story in stories.values() for topic in story.topics)}):
            if name in self._topics:
                begun, gone_on = self._developments.touched(name, self._arrived)
                self.report.alerts += put_alerts(
                    self._tx,
                    self._topics[name],
                    figures=self._news.get(name, ()),
                    begun=begun,
                    gone_on=gone_on,
                    decided=decided,
                    now=self.now,
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
        self._tx.stories.log_moves(moves, self.now)
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
            return Outcome.KNOWN, f"kept as {known.outcome}"
        article = Article(
            id=identity,
            seq=known.seq if known else 0,
            entry=known.entry if known else item.entry.id,
            reading=reading,
            revision=known.revision + 1 if known else 1,
            first_seen=known.first_seen if known else item.entry.first_seen,
            revised=self.now if known else None,
            topics=matches,
            outcome=Outcome.INDEXED,
            archived=item.archived,
        )
        if reading.teaser:
            ended = OUTCOMES.get(reading.kind, Outcome.TEASER)
            article = article.model_copy(update={"outcome": ended, "reason": reading.teaser})
        elif not on:
            reason = "; ".join(f"{match.topic}: {match.reason}" for match in matches) or "no topic uses its feed"
            article = article.model_copy(update={"outcome": Outcome.OFF_TOPIC, "reason": reason})
        # The record numbers articles by arrival, and grouping wants that number.
        article = self._tx.articles.put(article)
        self._tx.articles.add_revision(_revision(article, item.entry.first_seen))
        if article.outcome is Outcome.INDEXED:
            self._arrived.add(identity)
            told = told_at(item.entry, reading)
            placement = self._grouper.place(identity, reading, seq=article.seq, topics=on, told=told)
            article = self._placed(article, placement)
            self._log_join(placement)
            for former in placement.gave_way:
                if copy := self._tx.articles.get(former.article):
                    self._placed(copy, former)
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
            return Outcome.KNOWN, f"already known; now coverage of {', '.join(joined)} too"
        article = article.model_copy(
            update={
                "reading": reading,
                "revision": known.revision + 1,
                "revised": item.entry.first_seen,
                "archived": item.archived,
            }
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
            self._tx.stories.log_moves([join], self.now)

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
        found = self._found_wrong(article, figures)
        for topic in topics:
            wrong = wrong_in(topic, found)
            follower = self._follower(self._tx, topic)
            followed = follower.follow(
                figures,
                text=reading.text,
                replaces=[one.id for one in replaced],
                standing=standing,
                wrong=[id for id, what in wrong.items() if what in WITHDRAWN],
                apart={id: found[id].apart[topic] for id, what in wrong.items() if what is Wrong.SERIES},
            )
            series = {one.id: one for one in followed.series}
            put_series(self._tx, follower, followed.series)
            self._tx.figures.put(*followed.figures)
            tellings = self._told(topic, article, figures, followed, wrong)
            verdicts = [
                said.model_copy(update={"telling": telling, "wrong": wrong.get(said.figure)})
                for said, telling in zip(followed.verdicts, tellings, strict=True)
            ]
            self._tx.figures.put_verdict(*verdicts)
            self.report.verdicts.update(verdict.kind for verdict in verdicts)
            for figure, verdict, telling in zip(followed.figures, verdicts, tellings, strict=True):
                self.report.figures[verdict.kind if telling.tell is Tell.NONE else telling.kind] += 1
                if telling.tell is not Tell.NONE and telling.kind is not VerdictKind.REPEATED:
                    news = figure_news(self._tx, article, figure, verdict, series[verdict.series])
                    if self._decided.follows(verdict.series, topic):
                        news = news.model_copy(update={"followed": news.label})
                    self._news.setdefault(topic, []).append(news)

    def _found_wrong(self, article: Article, figures: list[FigureInArticle]) -> dict[str, Decision]:
        """The decisions of people by which figures of an article are wrong, by the figures' ids."""
        if not self._finds_wrong:
            return {}
        family = {article.id, article.copy_of or article.id}
        return FoundWrong(self._tx.decisions.of_family(family)).of(figures, article.copy_of)

    def _told(
        self,
        topic: str,
        article: Article,
        figures: list[FigureInArticle],
        followed: Followed,
        wrong: Mapping[str, Wrong],
    ) -> list[Telling]:
        """What the desk is told of each figure, which is remembered for the next; nothing of what was found wrong."""
        reading = article.reading
        text = ArticleText(reading.title, reading.text, reading.published)
        right = [n for n, one in enumerate(figures) if wrong.get(one.id) not in WITHDRAWN]
        hearing = self._teller(self._tx, topic).tell(
            article.id,
            text,
            [figures[n] for n in right],
            [followed.marks[n] for n in right],
            {one.figure: Tell.NOW for one in followed.verdicts if self._decided.follows(one.series, topic)},
        )
        self._tx.told.forget(topic, articles=hearing.lost, figures=hearing.lost)
        kept = [told.kept for told in hearing.told if told.kept is not None]
        self._tx.told.put(topic, article.seq, hearing.heard, kept)
        tellings = [Telling(worth=0, tell=Tell.NONE, kind=VerdictKind.NEW)] * len(figures)
        for n, told in zip(right, hearing.told, strict=True):
            tellings[n] = _as_corrected(told.telling, followed.verdicts[n])
        return tellings


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
        opening=members[0].id,
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
