"""The whole of grouping: one article at a time, and now and then the open window again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pipeline.group.decisions import Decisions
from pipeline.group.features import features
from pipeline.group.likeness import shipped_model
from pipeline.group.linkage import cluster, components
from pipeline.group.sketch import sketch
from pipeline.group.tokens import normalise
from pipeline.group.window import DAY, Entry, Window, remember, restore
from schemas.article import CopyLink, Reading
from schemas.base import stable_id
from schemas.story import MoveKind, Placement, Remembered, StoryDecision, StoryJoin, StoryMove

_NEAREST = 4
"""So many of a story's articles, the most alike, speak for it."""
_REACH = 12
_SHOWN = 6


class Grouper:
    """Says which article is a copy of which, and which articles are one story.

    The same articles in the same order give the same answers. ``remembered`` restores what an earlier grouper held:
    with the rows of `remembered` (saved after each `place` and `revise`, and for each article that `regroup` or
    `decide` moved) the new one goes on as if the old one had never stopped. ``windows`` says for each topic how far
    apart in time two reports of one event may be; where articles share several, the longest counts.

    Nothing is forgotten but by `forget`, so that the caller's clock decides what is open.
    """

    def __init__(
        self,
        remembered: Iterable[Remembered] = (),
        *,
        decisions: Iterable[StoryDecision] = (),
        windows: Mapping[str, timedelta] = {},
        default_window: timedelta = timedelta(days=7),
    ) -> None:
        self._model = shipped_model()
        self._window = Window(self._model)
        self._decisions = Decisions(decisions)
        self._spans = {topic: span.total_seconds() / DAY for topic, span in windows.items()}
        self._default_span = default_window.total_seconds() / DAY
        entries = [restore(row) for row in remembered]
        for entry in sorted(entries, key=lambda entry: (entry.stamp, entry.seq)):
            self._window.add(entry)
        for entry in sorted(entries, key=lambda entry: (entry.stamp, entry.seq)):
            if entry.copy_link is None:
                self._window.link(entry)
        self._changed: set[str] | None = None
        """Articles whose surroundings changed since the window was last grouped; None for all of them."""

    def __contains__(self, article: str) -> bool:
        return article in self._window

    def __len__(self) -> int:
        return len(self._window.entries)

    def place(self, article: str, reading: Reading, *, seq: int, topics: tuple[str, ...]) -> Placement:
        """Judge an article that has just arrived: is it a copy, and which story is it in?

        ``seq`` is its place in the order of arrival and no other's. An article that is known already is revised.
        """
        if article in self._window:
            return self.revise(article, reading)
        entry = self._entry(article, reading, seq, topics)
        self._find_copy(entry)
        if entry.copy_link is None:
            self._find_story(entry)
        self._window.add(entry)
        self._touch(entry)
        return self._placement(entry)

    def revise(self, article: str, reading: Reading) -> Placement:
        """Take in the new text of a known article. It stays a copy if it was one, and stays in its story.

        Raises ``KeyError`` for an article that is not in the open window.
        """
        old = self._window.entries[article]
        entry = self._entry(article, reading, old.seq, old.row.topics)
        entry.copy_link, entry.join = old.copy_link, old.join
        entry.row = entry.row.model_copy(update={"story": old.row.story, "copy_of": old.row.copy_of})
        self._touch(old)
        self._window.remove(article)
        if entry.copy_link is None:
            self._window.measure(entry, lambda other: self._in_reach(entry, other))
        self._window.add(entry)
        self._touch(entry)
        return self._placement(entry)

    def remembered(self, article: str) -> Remembered:
        """The row that restores this article. Raises ``KeyError`` where it is not in the open window."""
        return remember(self._window.entries[article])

    def why(self, article: str) -> StoryJoin:
        """Why the article is in its story. Raises ``KeyError`` where it is not in the open window."""
        join = self._window.entries[article].join
        assert join is not None, "every article in the window is in a story"
        return join

    def stories(self) -> dict[str, tuple[str, ...]]:
        """The open stories and their articles in order of arrival, copies left out."""
        return {story: tuple(articles) for story, articles in self._window.stories.items()}

    def forget(self, before: datetime) -> tuple[str, ...]:
        """Let go of the articles published before this moment; returns their ids.

        Originals are kept for as long as one of their copies is.
        """
        limit = before.timestamp() / DAY
        old = [entry for entry in self._window if entry.time < limit]
        gone = []
        for entry in sorted(old, key=lambda entry: entry.copy_link is None):
            if entry.id in self._window.copies:
                continue
            self._touch(entry)
            self._window.remove(entry.id)
            gone.append(entry.id)
        if self._changed is not None:
            self._changed -= set(gone)
        return tuple(gone)

    def regroup(self) -> tuple[StoryMove, ...]:
        """Group the open window again, now that later articles are known.

        A story keeps its id where most of its articles stay together. What people decided is kept.
        """
        window = self._window
        nodes = [entry.id for entry in window if entry.copy_link is None]
        groups = self._decisions.groups() if self._decisions else []
        parts = components(nodes, window.graph, [*groups, *window.stories.values()])
        moves: list[StoryMove] = []
        for part in parts:
            if self._changed is None or not self._changed.isdisjoint(part):
                moves += self._regroup(part, groups)
        # What a decision keeps apart follows from where the articles are, so whoever moved is looked at once more.
        self._changed = {move.article for move in moves}
        return tuple(moves)

    def decide(self, decision: StoryDecision) -> tuple[StoryMove, ...]:
        """Take in what a person decided, and group again what it touches."""
        self._decisions.add(decision)
        if self._changed is not None:
            for article in decision.articles:
                if article in self._window:
                    self._touch(self._window.entries[article])
        return self.regroup()

    def _entry(self, article: str, reading: Reading, seq: int, topics: tuple[str, ...]) -> Entry:
        title, text = normalise(reading.title), normalise(reading.text)
        found = features(title, text)
        entry = Entry(
            id=article,
            seq=seq,
            time=reading.published.timestamp() / DAY,
            row=Remembered(
                id=article,
                seq=seq,
                time=reading.published,
                outlet=reading.outlet,
                language=reading.language,
                topics=topics,
                title=reading.title,
            ),
            sketch=sketch(text),
            features=found,
            keywords={},
            topics=frozenset(topics),
            stamp=self._window.next_stamp(),
        )
        entry.keywords = self._window.keywords(found)
        return entry

    def _in_reach(self, one: Entry, other: Entry) -> bool:
        """Whether two articles share a topic and are not too far apart in time."""
        topics = one.topics & other.topics
        if not topics:
            return False
        span = max(self._spans.get(topic, self._default_span) for topic in topics)
        return abs(one.time - other.time) <= span

    def _touch(self, entry: Entry) -> None:
        """Note that what surrounds this article is to be grouped again."""
        if self._changed is None:
            return
        self._changed.add(entry.id)
        self._changed.update(self._window.graph.get(entry.id, ()))
        if entry.join is not None:
            self._changed.update(self._window.stories.get(entry.join.story, ()))

    def _find_copy(self, entry: Entry) -> None:
        window = self._window
        repeat = window.texts.find(
            window.known(entry), lambda seq: self._in_reach(entry, window.entries[window.by_seq[seq]])
        )
        if repeat is None:
            return
        nearest = window.entries[window.by_seq[repeat.nearest]]
        original = nearest.copy_link.original if nearest.copy_link else nearest.id
        if original not in window or nearest.join is None:
            return
        entry.copy_link = CopyLink(
            original=original,
            nearest=nearest.id,
            kind=repeat.kind,
            containment=repeat.containment,
            reason=repeat.reason,
        )
        entry.join = StoryJoin(
            story=nearest.join.story,
            opened=False,
            score=repeat.containment,
            nearest=nearest.id,
            reason=f"a copy of an article of the story: {repeat.reason}",
        )

    def _find_story(self, entry: Entry) -> None:
        window = self._window
        near = window.measure(entry, lambda other: self._in_reach(entry, other))
        together = [other for other in self._decisions.with_it(entry.id) if other in window]
        barred = self._barred().get(entry.id, set())
        for other in together:
            story = window.entries[other].story
            if story is not None and story not in barred:
                entry.join = StoryJoin(
                    story=story, opened=False, score=1.0, nearest=other, reason="a person put them together"
                )
                return
        values = {other.id: entry.edges.get(other.seq, 0.0) for other in near}
        best: tuple[float, str, str] | None = None
        for story in dict.fromkeys(other.story for other in near):
            if story is None or story in barred:
                continue
            of_story = sorted((values[other.id] for other in near if other.story == story), reverse=True)
            members = sum(1 for other in window.stories[story] if self._in_reach(entry, window.entries[other]))
            score = sum(of_story[:_NEAREST]) / min(_NEAREST, members)
            if best is None or score > best[0]:
                nearest = next(other.id for other in near if other.story == story)
                best = (score, story, nearest)
        if best is not None and best[0] >= self._model.join:
            score, story, other = best
            shared = self._shared(entry, window.entries[other])
            entry.join = StoryJoin(
                story=story,
                opened=False,
                score=round(score, 4),
                nearest=other,
                shared=shared,
                reason=f"{score:.0%} sure that it reports the same event" + _listed(shared),
            )
            return
        reason = "nothing in the open window reports the same event"
        if best is not None:
            reason = f"the story most like it is only {best[0]:.0%} likely to be the same event"
        entry.join = StoryJoin(
            story=self._new_story([entry.id], barred),
            opened=True,
            score=round(best[0], 4) if best else 0.0,
            nearest=best[2] if best else None,
            reason=reason,
        )

    def _barred(self) -> dict[str, set[str]]:
        if not self._decisions:
            return {}
        story_of = {article: entry.story for article, entry in self._window.entries.items() if entry.story is not None}
        return self._decisions.kept_from(story_of)

    def _shared(self, one: Entry, other: Entry) -> tuple[str, ...]:
        return tuple(surface for number, surface in one.keywords.items() if number in other.keywords)[:_SHOWN]

    def _new_story(self, articles: Iterable[str], taken: Iterable[str] = ()) -> str:
        """An id for a story of these articles that no open story has."""
        used = {*self._window.stories, *taken}
        candidates = list(articles)
        for article in candidates:
            story = stable_id("story", article)
            if story not in used:
                return story
        again = 2
        while (story := stable_id("story", candidates[0], str(again))) in used:
            again += 1
        return story

    def _placement(self, entry: Entry) -> Placement:
        return Placement(article=entry.id, copy_link=entry.copy_link, join=entry.join, remembered=remember(entry))

    def _regroup(self, part: list[str], groups: list[list[str]]) -> list[StoryMove]:
        entries = self._window.entries
        barred = self._barred()
        story_of = {article: entries[article].story for article in part}

        def apart(one: Iterable[str], other: Iterable[str]) -> bool:
            if not barred:
                return False
            first, second = list(one), list(other)
            return any(
                story_of[b] in barred.get(a, ()) and story_of[b] not in barred.get(b, ())
                for these, those in ((first, second), (second, first))
                for a in these
                for b in those
            )

        inside = set(part)
        clusters = cluster(
            part,
            self._window.graph,
            self._model.link,
            together=[[article for article in group if article in inside] for group in groups],
            apart=apart,
            reach=_REACH,
        )
        named = self._named(clusters, barred)
        moves = []
        for story, articles in named.items():
            for article in articles:
                if story_of[article] != story:
                    moves += self._move(article, story, articles, named)
        return moves

    def _named(self, clusters: list[list[str]], barred: Mapping[str, set[str]]) -> dict[str, list[str]]:
        """The clusters by the id of the story each is: the one that most of its articles are in already."""
        entries = self._window.entries
        overlaps: list[tuple[int, bool, int, str, int]] = []
        for at, articles in enumerate(clusters):
            held = Counter(entries[article].story for article in articles)
            for story, count in held.items():
                if story is not None and not any(story in barred.get(article, ()) for article in articles):
                    founded = story in {stable_id("story", article) for article in articles}
                    overlaps.append((-count, not founded, entries[articles[0]].seq, story, at))
        names: dict[int, str] = {}
        used: set[str] = set()
        for *_, story, at in sorted(overlaps):
            if story not in used and at not in names:
                names[at] = story
                used.add(story)
        for at, articles in enumerate(clusters):
            if at not in names:
                names[at] = self._new_story(articles, used.union(*(barred.get(article, ()) for article in articles)))
                used.add(names[at])
        return {names[at]: articles for at, articles in enumerate(clusters)}

    def _move(self, article: str, story: str, articles: list[str], named: Mapping[str, list[str]]) -> list[StoryMove]:
        window = self._window
        entry = window.entries[article]
        row = window.graph.get(article, {})
        company = sorted(
            (-row.get(other, 0.0), window.entries[other].seq, other) for other in articles if other != article
        )
        nearest = company[0][2] if company else None
        score = sum(-value for value, _, _ in company[:_NEAREST]) / min(_NEAREST, len(company)) if company else 0.0
        before = entry.story
        if before not in named:
            kind, why = MoveKind.MERGE, "its story is one with this"
        elif story not in window.stories:
            kind, why = MoveKind.SPLIT, "it is less like the rest of its story than later reports suggested"
        else:
            kind, why = MoveKind.MOVE, "seen with later reports it is more like this story"
        shared = self._shared(entry, window.entries[nearest]) if nearest else ()
        reason = why + _listed(shared)
        window.move(
            article,
            StoryJoin(
                story=story,
                opened=nearest is None,
                score=round(score, 4),
                nearest=nearest,
                shared=shared,
                reason=reason,
            ),
        )
        moves = [StoryMove(article=article, from_story=before, to_story=story, kind=kind, reason=reason)]
        for copy in window.copies.get(article, ()):
            join = window.entries[copy].join
            assert join is not None, "a copy is in its original's story"
            window.move(copy, join.model_copy(update={"story": story}))
            moves.append(
                StoryMove(article=copy, from_story=before, to_story=story, kind=kind, reason="its original moved")
            )
        return moves


def _listed(shared: tuple[str, ...]) -> str:
    return f"; both say {', '.join(shared)}" if shared else ""
