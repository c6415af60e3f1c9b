"""The whole of grouping: one article at a time, and now and then the open window again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice, product
from zlib import crc32

from pipeline.group.copies import is_live
from pipeline.group.decisions import Decisions
from pipeline.group.exchange import take_place
from pipeline.group.likeness import Floats, Model, shipped_model
from pipeline.group.linkage import cluster, parts
from pipeline.group.packing import VERSION
from pipeline.group.sketch import sketch
from pipeline.group.tokens import read_words
from pipeline.group.window import DAY, Entry, Weighed, Window, remember, restore
from schemas.article import CopyLink, Reading
from schemas.base import stable_id
from schemas.story import MoveKind, Placement, Remembered, StoryDecision, StoryJoin, StoryMove, ThreadDecision

_NEAREST = 3
"""So many of a story's articles, the most alike, speak for it."""
_REACH = 30
_SHOWN = 6
_LOOKED_AT_AGAIN = 2_000
"""Where more than so many articles are to be looked at again, all are."""
_WHOLE = 300
"""Of more articles that are somehow connected, only what is near to something new is grouped again."""


class Grouper:
    """Says which article is a copy of which, and which articles are one story.

    The same articles in the same order give the same answers. ``remembered`` restores what an earlier grouper held:
    with the rows of `remembered` (saved for each article after `place` and `revise`, and after `regroup` or `decide`
    for those that they moved) and what the old one's `unsettled` gave, the new one goes on as if the old one had never
    stopped. Without the latter it first looks at all again; of a crowd of more than `_WHOLE` that hangs together the
    old one looked only at what was near to something new.

    ``windows`` says for each topic how far apart in time two reports of one event may be; where articles share several,
    the longest counts. Nothing is forgotten but by `forget` and `shrink`: the caller decides what is open.
    """

    def __init__(
        self,
        remembered: Iterable[Remembered] = (),
        *,
        decisions: Iterable[StoryDecision | ThreadDecision] = (),
        windows: Mapping[str, timedelta] = {},
        default_window: timedelta = timedelta(days=7),
        model: Model | None = None,
        unsettled: str | None = None,
    ) -> None:
        self._model = model or shipped_model()
        self._window = Window(self._model)
        self._decisions = Decisions(decisions)
        self._spans = {topic: span.total_seconds() / DAY for topic, span in windows.items()}
        self._spanning: dict[frozenset[str], float] = {}
        self._default_span = default_window.total_seconds() / DAY
        self._window.restore(restore(row) for row in remembered)
        mark, _, seqs = (unsettled or "").partition(":")
        if mark == self._mark():
            self._window.neighbours.settle(map(int, seqs.split()))

    def __contains__(self, article: str) -> bool:
        return article in self._window

    def __len__(self) -> int:
        return len(self._window.entries)

    def place(
        self, article: str, reading: Reading, *, seq: int, topics: tuple[str, ...], told: datetime | None = None
    ) -> Placement:
        """Judge an article that has just arrived: is it a copy, and which story is it in?

        ``seq`` is its place in the order of arrival and no other's. ``told`` is when it was first told, if that is not
        when it says it was published: what repeats it and was told later is its copy, though it may have come before.
        An article that is known already is revised.
        """
        if article in self._window:
            return self.revise(article, reading)
        entry, weighed = self._entry(article, reading, seq, topics, told)
        self._find_copy(entry)
        gave_way = take_place(self._window, entry)
        if entry.copy_link is None:
            self._measure(entry, weighed)
        self._window.add(entry)
        if entry.copy_link is not None or gave_way:
            if self._decisions:
                self._window.neighbours.mark([self._window.entries[self._original(article)].seq])
        else:
            self._window.move(article, self._find_story(entry))
        placed = tuple(self._placement(self._window.entries[other]) for other in gave_way)
        return self._placement(entry).model_copy(update={"gave_way": placed})

    def revise(self, article: str, reading: Reading, *, topics: tuple[str, ...] | None = None) -> Placement:
        """Take in the new text or the new topics of a known article. It stays a copy if it was one, and in its story.

        Raises ``KeyError`` for an article that is not in the open window.
        """
        old = self._window.entries[article]
        topics = old.row.topics if topics is None else topics
        entry, weighed = self._entry(article, reading, old.seq, topics, old.row.told)
        entry.copy_link, entry.join = old.copy_link, old.join
        self._window.remove(article)
        if entry.copy_link is None:
            self._measure(entry, weighed)
        self._window.add(entry)
        return self._placement(entry)

    def recall(self, row: Remembered, reading: Reading, copy_link: CopyLink | None, reason: str) -> Remembered:
        """Take in an article that was judged before, from its text: it stays the copy it was, and in its story.

        To be called in order of arrival, where what was remembered can't be read; returns what to remember instead.
        """
        entry, weighed = self._entry(row.id, reading, row.seq, row.topics, row.told)
        entry.copy_link = copy_link
        if copy_link is None:
            self._measure(entry, weighed)
        story = row.story if row.story is not None else self._new_story([row.id])
        entry.join = StoryJoin(story=story, opened=False, reason=reason)
        self._window.add(entry)
        return remember(entry)

    def remembered(self, article: str) -> Remembered:
        """The row that restores this article. Raises ``KeyError`` where it is not in the open window."""
        return remember(self._window.entries[article])

    def unsettled(self) -> str | None:
        """What the next `regroup` looks at whatever comes until then, for the one who goes on; None: at everything."""
        seqs = self._window.neighbours.unsettled(_LOOKED_AT_AGAIN)
        return None if seqs is None else f"{self._mark()}:{' '.join(map(str, sorted(seqs)))}"

    def _mark(self) -> str:
        """By which it is known that articles were grouped by these weights, and are remembered in this form."""
        model = self._model
        weights = f"{model.link}".encode() + model.settled.tobytes()
        return f"{VERSION}-{crc32(weights):08x}"

    def why(self, article: str) -> StoryJoin:
        """Why the article is in its story. Raises ``KeyError`` where it is not in the open window."""
        join = self._window.entries[article].join
        assert join is not None, "every article in the window is in a story"
        return join

    def measured(self, article: str | None = None) -> tuple[list[tuple[str, str]], Floats]:
        """The pairs that were measured, the later article first, and their descriptions as things stand, for training:
        those of one article with what came before it, or all."""
        seqs, described = self._window.neighbours.described(
            None if article is None else self._window.entries[article].seq
        )
        entries = self._window.by_seq
        return [(entries[one].id, entries[other].id) for one, other in seqs], described

    def stories(self) -> dict[str, tuple[str, ...]]:
        """The open stories and their articles in order of arrival, copies left out."""
        return {story: tuple(articles) for story, articles in self._window.stories.items()}

    def forget(self, before: datetime) -> tuple[str, ...]:
        """Let go of the articles published before this moment; returns their ids.

        Originals are kept for as long as one of their copies is.
        """
        limit = before.timestamp() / DAY
        old = sorted(self._window.before(limit), key=lambda entry: entry.seq)
        gone = []
        for entry in sorted(old, key=lambda entry: entry.copy_link is None):
            if entry.id in self._window.copies:
                self._window.keep(entry)
                continue
            self._window.remove(entry.id)
            gone.append(entry.id)
        return tuple(gone)

    def shrink(self, most: int) -> tuple[str, ...]:
        """Let go of the articles published first, until no more than ``most`` are left; returns their ids.

        Originals are kept for as long as one of their copies is.
        """
        gone: list[str] = []
        kept: list[Entry] = []
        while len(self) > most and (entry := self._window.first()) is not None:
            if entry.id in self._window.copies:
                kept.append(entry)
            else:
                self._window.remove(entry.id)
                gone.append(entry.id)
        for entry in kept:
            self._window.keep(entry)
        return tuple(gone)

    def regroup(self) -> tuple[StoryMove, ...]:
        """Group the open window again, now that later articles are known.

        A story keeps its id where most of its articles stay together. What people decided is kept.
        """
        window = self._window
        changed = window.neighbours.refresh()
        if not changed:
            return ()
        entries = window.entries
        groups = [
            [entries[self._original(article)].seq for article in group if article in entries]
            for group in self._decisions.groups()
        ]
        bound: dict[int, list[int]] = {}
        for group in groups:
            for seq in group:
                bound.setdefault(seq, []).extend(group)

        def attached(seq: int, told: set[str]) -> list[int]:
            join = window.by_seq[seq].join
            if join is None or join.story in told:
                return bound.get(seq, [])
            told.add(join.story)
            return [*bound.get(seq, ()), *(entries[article].seq for article in window.stories[join.story])]

        moves: list[StoryMove] = []
        for part in parts(sorted(changed), window.neighbours.likely, self._model.link, attached, _WHOLE):
            if len(part) > 1 or self._decisions:
                moves += self._regroup(part, groups)
        # What a decision keeps apart follows from where the articles are, so whoever moved is looked at once more.
        window.neighbours.mark(entries[move.article].seq for move in moves if entries[move.article].copy_link is None)
        return tuple(moves)

    def part(self, decision: ThreadDecision) -> None:
        """Take in what a person decided about threads: it moves nothing, but stories of two threads are never one."""
        self._decisions.add(decision)

    def decide(self, decision: StoryDecision) -> tuple[StoryMove, ...]:
        """Take in what a person decided, and group again what it touches."""
        self._decisions.add(decision)
        entries = self._window.entries
        named = [self._original(article) for article in decision.articles if article in entries]
        self._window.neighbours.mark(entries[article].seq for article in named)
        return self.regroup()

    def _entry(
        self, article: str, reading: Reading, seq: int, topics: tuple[str, ...], told: datetime | None
    ) -> tuple[Entry, Weighed]:
        """The entry of an article, in no story yet, and what its terms weigh."""
        words = read_words(reading.title, reading.text)
        features, weighed = self._window.read(words)
        row = Remembered(
            id=article,
            seq=seq,
            time=reading.published,
            told=told,
            outlet=reading.outlet,
            language=reading.language,
            topics=topics,
            title=reading.title,
        )
        entry = Entry(
            id=article,
            seq=seq,
            time=reading.published.timestamp() / DAY,
            row=row,
            sketch=sketch(words),
            features=features,
            keywords=weighed.keywords,
            telling=weighed.telling,
            topics=frozenset(topics),
            live=is_live(reading.title, reading.text),
            stamp=self._window.next_stamp(),
        )
        return entry, weighed

    def _span(self, topics: frozenset[str]) -> float:
        """How many days apart reports that share just these topics may be; below zero for none."""
        span = self._spanning.get(topics)
        if span is None:
            span = max((self._spans.get(topic, self._default_span) for topic in topics), default=-1.0)
            self._spanning[topics] = span
        return span

    def _reaching(self, one: Entry) -> Callable[[Entry], bool]:
        """Says of others whether they share a topic with this article and are not too far apart from it in time."""
        topics, time, span = one.topics, one.time, self._span(one.topics)

        def reaches(other: Entry) -> bool:
            if other.topics == topics:
                return -span <= time - other.time <= span
            return abs(time - other.time) <= self._span(topics & other.topics)

        return reaches

    def _measure(self, entry: Entry, weighed: Weighed) -> None:
        self._window.measure(entry, weighed, self._span(entry.topics), self._reaching(entry))

    def _open_to(self, entry: Entry, story: str) -> Iterator[Entry]:
        """The articles of a story, the latest first, that are in reach of this one."""
        reaches = self._reaching(entry)
        for article in reversed(self._window.stories[story]):
            other = self._window.entries[article]
            if reaches(other):
                yield other

    def _find_copy(self, entry: Entry) -> None:
        window = self._window
        reaches = self._reaching(entry)
        repeat = window.texts.find(window.known(entry), lambda seq: reaches(window.by_seq[seq]))
        if repeat is None:
            return
        nearest = window.by_seq[repeat.nearest]
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

    def _find_story(self, entry: Entry) -> StoryJoin:
        """The story of an article that has just been taken into the window."""
        window = self._window
        barred = self._barred().get(entry.id, set())
        for other in self._decisions.with_it(entry.id):
            story = window.entries[other].story if other in window else None
            if story is not None and story not in barred:
                return StoryJoin(
                    story=story, opened=False, score=1.0, nearest=other, reason="a person put them together"
                )
        by_story: dict[str, list[tuple[float, int]]] = {}
        for seq, value in window.neighbours.now(entry.seq).items():
            join = window.by_seq[seq].join
            if join is not None and join.story not in barred:
                by_story.setdefault(join.story, []).append((-value, seq))
        best: tuple[float, int, str] | None = None
        for story, values in by_story.items():
            values.sort()
            if best is not None and values[0][0] > best[0]:
                continue
            members = min(_NEAREST, len(values))
            if members < _NEAREST and members < len(window.stories[story]):
                # Those that were not even measured count too; the latest of a long story are enough to look at.
                members = sum(1 for _ in islice(self._open_to(entry, story), _NEAREST))
            score = -sum(value for value, _ in values[:_NEAREST]) / members
            rank = (-score, values[0][1], story)
            if best is None or rank < best:
                best = rank
        if best is None:
            return StoryJoin(
                story=self._new_story([entry.id], barred),
                opened=True,
                reason="no recent article is similar",
            )
        score, story = -best[0], best[2]
        nearest = window.by_seq[best[1]]
        if score >= self._model.join:
            shared = self._shared(entry, nearest)
            return StoryJoin(
                story=story,
                opened=False,
                score=round(score, 4),
                nearest=nearest.id,
                shared=shared,
                reason=f"{score:.0%} sure that it reports the same event" + _listed(shared),
            )
        return StoryJoin(
            story=self._new_story([entry.id], barred),
            opened=True,
            score=round(score, 4),
            nearest=nearest.id,
            reason=f"the most similar story is only {score:.0%} likely to be the same event",
        )

    def _barred(self) -> dict[str, set[str]]:
        if not self._decisions:
            return {}
        story_of = {article: entry.story for article, entry in self._window.entries.items() if entry.story is not None}
        barred: dict[str, set[str]] = {}
        for article, stories in self._decisions.kept_from(story_of).items():
            barred.setdefault(self._original(article), set()).update(stories)
        return barred

    def _strangers(self, articles: Mapping[int, str]) -> dict[int, set[int]]:
        """For each of these the others that are of another development, as people said, and not in its story by now."""
        found: dict[int, set[int]] = {}
        for sides in self._decisions.parted():
            one, other = ({self._original(article) for article in side} for side in sides)
            here = [seq for seq, article in articles.items() if article in one]
            there = [seq for seq, article in articles.items() if article in other]
            for a, b in product(here, there):
                if self._window.by_seq[a].story != self._window.by_seq[b].story:
                    found.setdefault(a, set()).add(b)
                    found.setdefault(b, set()).add(a)
        return found

    def _original(self, article: str) -> str:
        """What people decide of a copy holds for its original: it is the same text."""
        entry = self._window.entries.get(article)
        return entry.copy_link.original if entry is not None and entry.copy_link is not None else article

    def _shared(self, one: Entry, other: Entry) -> tuple[str, ...]:
        return tuple(surface for number, surface in one.keywords.items() if number in other.keywords)[:_SHOWN]

    def _new_story(self, articles: Iterable[str], taken: Iterable[str] = ()) -> str:
        """An id for a story of these articles that no open story has."""
        open_now, barred = self._window.stories, set(taken)
        candidates = list(articles)
        for article in candidates:
            story = stable_id("story", article)
            if story not in open_now and story not in barred:
                return story
        again = 2
        while (story := stable_id("story", candidates[0], str(again))) in open_now or story in barred:
            again += 1
        return story

    def _placement(self, entry: Entry) -> Placement:
        return Placement(article=entry.id, copy_link=entry.copy_link, join=entry.join)

    def _regroup(self, part: list[int], groups: list[list[int]]) -> list[StoryMove]:
        window = self._window
        articles = {seq: window.by_seq[seq].id for seq in part}
        story_of = {seq: window.entries[article].story for seq, article in articles.items()}
        barred = self._barred()
        shut = {seq: barred[article] for seq, article in articles.items() if article in barred}
        strangers = self._strangers(articles)

        def apart(one: Collection[int], other: Collection[int]) -> bool:
            return any(
                b in strangers.get(a, ()) or (story_of[b] in shut.get(a, ()) and story_of[b] not in shut.get(b, ()))
                for these, those in ((one, other), (other, one))
                for a in these
                for b in those
            )

        clusters = cluster(
            part,
            window.neighbours.likely,
            self._model.link,
            together=groups,
            apart=apart if shut or strangers else None,
            reach=_REACH,
        )
        named = self._named([[articles[seq] for seq in group] for group in clusters], barred)
        moves = []
        before = {article: window.entries[article].story for group in named.values() for article in group}
        for story, group in named.items():
            for article in group:
                if before[article] != story:
                    moves += self._move(article, story, group, named)
        return moves

    def _named(self, clusters: list[list[str]], barred: Mapping[str, set[str]]) -> dict[str, list[str]]:
        """The clusters by the id of the story each is: the one that most of its articles are in already."""
        entries = self._window.entries
        overlaps: list[tuple[int, int, str, int]] = []
        for at, articles in enumerate(clusters):
            held = Counter(entries[article].story for article in articles)
            for story, count in held.items():
                if story is not None and not any(story in barred.get(article, ()) for article in articles):
                    first = next(entries[article].seq for article in articles if entries[article].story == story)
                    overlaps.append((-count, first, story, at))
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
        row = window.neighbours.likely[entry.seq]
        company = sorted(
            (-row.get(window.entries[other].seq, 0.0), window.entries[other].seq, other)
            for other in articles
            if other != article
        )
        nearest = company[0][2] if company else None
        score = sum(-value for value, _, _ in company[:_NEAREST]) / max(1, min(_NEAREST, len(company)))
        before = entry.story
        if before not in named:
            kind, why = MoveKind.MERGE, "its story was merged with this one"
        elif story not in window.stories:
            kind, why = MoveKind.SPLIT, "later reports show that it is less like the rest of its story"
        else:
            kind, why = MoveKind.MOVE, "later reports show that it is more like this story"
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
