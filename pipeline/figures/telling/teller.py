"""What the desk of a topic is told: each figure weighed, and held against what was told before.

Three questions, each answered by weights that were fitted on streams which editors labelled
(``benchmarks/train_desk.py``): is it worth telling (`pipeline.figures.worth`); was it told before; and is it the next
state of something told. The last is asked apart from series, and with care: where the evidence for a move is not
strong, the figure is told as what it is, and what was said before stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.figures.following.attributions import are_others
from pipeline.figures.following.intervals import excludes, stated
from pipeline.figures.telling import pairs
from pipeline.figures.telling.mention import Mention
from pipeline.figures.telling.models import Limits, Models
from pipeline.figures.worth.cues import ArticleText, cues_of
from pipeline.figures.worth.stream import Stream
from schemas.figure import Figure, FigureInArticle, HeardArticle, Marks, Tell, Telling, ToldFigure, VerdictKind

COMPARED = 40
"""Told figures that a figure is compared with in full: those whose noun, action and size are closest."""
KEPT = 600
"""Told figures that are remembered; beyond, those mentioned longest ago are forgotten."""
REMEMBERED_FOR = timedelta(days=180)
_SHOWN_BEFORE = 3
_REASONS = 6


@dataclass(eq=False)
class _Told:
    """A figure that was worth remembering: what was told of it, and the track of states it is one of."""

    mention: Mention
    telling: Telling
    track: _Track
    told_as: Tell
    """How its value reached the desk, be it by an earlier mention."""


@dataclass(eq=False)
class _Track:
    """The states of one thing as they were told, the latest last, and how often they were mentioned."""

    id: str
    states: list[_Told] = field(default_factory=list)
    mentions: int = 0


@dataclass(frozen=True)
class Told:
    """What became of one figure, and what is to be remembered of it (``None``: nothing)."""

    telling: Telling
    kept: ToldFigure | None


@dataclass(frozen=True)
class Hearing:
    """What became of the figures of one article, in the order of its text, and what is to be remembered of it.

    ``lost`` are the ids of figures and articles that are to be remembered no longer.
    """

    told: tuple[Told, ...]
    heard: HeardArticle
    lost: tuple[str, ...]


class Teller:
    """Decides what the desk of one topic is told. All it knows is in what it gave out to be kept.

    ``limits`` say from which worth on a figure is told; ``title`` is the topic's. ``always`` names the tier of figures
    that the desk follows whatever their worth.
    """

    def __init__(
        self,
        title: str,
        stream: Stream,
        told: Iterable[ToldFigure] = (),
        *,
        models: Models | None = None,
        limits: Limits | None = None,
        always: Callable[[Figure], Tell | None] = lambda figure: None,
    ) -> None:
        self._title = title
        self._always = always
        self._lost: list[str] = []
        self._stream = stream
        self._models = models or Models.shipped()
        self._limits = limits or Limits()
        self._told: list[_Told] = []
        self._tracks: dict[str, _Track] = {}
        for one in told:
            self._remember(Mention(one.figure, one.marks), one.telling, one.track)

    def tell(
        self, article: str, text: ArticleText, figures: Sequence[FigureInArticle], marks: Sequence[Marks]
    ) -> Hearing:
        """What is told of each figure of one article, in the order of its text; ``article`` is its id.

        The very same figures again are judged as if they were not there, so that a step run twice gives the same; those
        of a later revision are held against the earlier one's too.
        """
        self._lost = []
        self._forget({one.id for one in figures}, text.published)
        self._stream.drop(article)
        plain = [one.figure for one in figures]
        cues = cues_of(text, plain, marks, self._stream, self._title)
        found = []
        for one, mark, cue in zip(figures, marks, cues, strict=True):
            worth = self._models.worth.probability(cue)
            mention, always = Mention(one, mark), self._always(one.figure)
            tell = always or self._limits.tier(worth)
            telling, track = self._judge(mention, worth, tell)
            if telling.tell is not Tell.NONE:
                reasons = ("the topic follows it by name",) if always else self._reasons(cue)
                telling = telling.model_copy(update={"reasons": reasons})
            kept = None
            if self._is_remembered(worth, tell):
                kept = ToldFigure(figure=one, marks=mark, telling=telling, track=track or one.id)
                self._remember(mention, telling, kept.track)
            found.append(Told(telling, kept))
        heard = self._stream.add(article, text.published, f"{text.title} {text.text}", plain, marks)
        return Hearing(tuple(found), heard, (*self._lost, *self._stream.lost))

    def _is_remembered(self, worth: float, tell: Tell) -> bool:
        return worth >= self._limits.remembered or tell is not Tell.NONE

    def _judge(self, said: Mention, worth: float, tell: Tell) -> tuple[Telling, str | None]:
        """What is told of a figure, and the track it belongs to, if it is one known."""
        remembered, worth = self._is_remembered(worth, tell), round(worth, 4)
        if not remembered:
            return Telling(worth=worth, tell=Tell.NONE, kind=VerdictKind.NEW), None
        candidates = self._candidates(said)
        likeness = [pairs.likeness(said, one.mention, self._stream.rarity) for one in candidates]
        same = [self._models.same.score(cues) for cues in likeness]
        compared = list(zip(candidates, likeness, same, strict=True))
        again = self._told_before(said, compared)
        if again is not None and (again.told_as is Tell.NOW or tell is not Tell.NOW):
            made = Telling(worth=worth, tell=Tell.NONE, kind=VerdictKind.REPEATED, of=again.mention.id)
            return made, again.track.id
        if again is not None:
            # Known, but nobody was mailed: told now as what it was then.
            return Telling(worth=worth, tell=tell, kind=VerdictKind.NEW), again.track.id
        moved = self._moved(said, compared)
        if moved is not None:
            last = moved.track.states[-1].mention
            return (
                Telling(worth=worth, tell=tell, kind=_kind(said, last), from_value=stated(last.claim), of=last.id),
                moved.track.id,
            )
        near = sorted(zip(same, range(len(compared)), strict=True), reverse=True)
        beside = tuple(
            dict.fromkeys(
                compared[n][0].track.states[-1].mention.id for score, n in near if score > self._limits.beside
            )
        )[:_SHOWN_BEFORE]
        return Telling(worth=worth, tell=tell, kind=VerdictKind.NEW, before=beside), None

    def _candidates(self, said: Mention) -> list[_Told]:
        """The told figures closest to one, of the same unit: those that state its value, and the likeliest others."""
        alike = [one for one in self._told if one.mention.figure.unit == said.figure.unit]
        alike.sort(key=lambda one: -pairs.closeness(said, one.mention))
        if len(alike) <= COMPARED:
            return alike
        near = alike[:COMPARED]
        equal = [
            one
            for one in alike[COMPARED:]
            if pairs.standing(one.mention.claim, said.claim) in (pairs.Standing.EQUAL, pairs.Standing.ROUNDED)
        ]
        return near + equal[:COMPARED]

    def _told_before(self, said: Mention, compared: Sequence[tuple[_Told, dict[str, float], float]]) -> _Told | None:
        """The told figure that says the same, if one does."""
        best, found = self._limits.told, None
        for one, likeness, same in compared:
            values = pairs.value_cues(said, one.mention)
            if pairs.standing(one.mention.claim, said.claim) in pairs.MAY_BE_TOLD:
                probability = self._models.told.probability(told_cues(likeness, values, same))
                if probability >= best:
                    best, found = probability, one
        return found

    def _moved(self, said: Mention, compared: Sequence[tuple[_Told, dict[str, float], float]]) -> _Told | None:
        """The told figure of which this is the next state, if the evidence is strong."""
        if not compared:
            return None
        highest = max(same for *_, same in compared)
        order = sorted(range(len(compared)), key=lambda n: -compared[n][2])
        rank = {n: place for place, n in enumerate(order)}
        best, found = self._limits.moved, None
        for n, (one, likeness, same) in enumerate(compared):
            if pairs.standing(one.mention.claim, said.claim) in (pairs.Standing.EQUAL, pairs.Standing.ROUNDED):
                continue
            values = pairs.value_cues(said, one.mention)
            context = {"behind the likest": same - highest, "rank": min(rank[n], 5) / 5, "compared": len(compared) / 40}
            context |= {"mentions": min(one.track.mentions, 8) / 8, "moves": min(len(one.track.states) - 1, 4) / 4}
            probability = self._models.moved.probability(told_cues(likeness, values, same) | context)
            if probability >= best:
                last = one.track.states[-1].mention
                if pairs.standing(last.claim, said.claim) not in (pairs.Standing.EQUAL, pairs.Standing.ROUNDED):
                    best, found = probability, one
        return found

    def _remember(self, mention: Mention, telling: Telling, track: str) -> None:
        home = self._tracks.setdefault(track, _Track(track))
        told_as = telling.tell
        if telling.kind is VerdictKind.REPEATED:
            first = next((one for one in self._told if one.mention.id == telling.of), None)
            told_as = first.told_as if first else Tell.NOW
        told = _Told(mention, telling, home, told_as)
        home.mentions += 1
        if telling.kind is not VerdictKind.REPEATED or not home.states:
            home.states.append(told)
        self._told.append(told)
        if len(self._told) > KEPT:
            self._drop(self._told[0])

    def _forget(self, ids: Set[str], now: datetime) -> None:
        """Forget these very figures, which are about to be told again, and what is too old to be compared with."""
        for one in list(self._told):
            if one.mention.id in ids or now - one.mention.source.published > REMEMBERED_FOR:
                self._drop(one)

    def _drop(self, one: _Told) -> None:
        self._told.remove(one)
        self._lost.append(one.mention.id)
        track = one.track
        track.mentions -= 1
        if one in track.states:
            track.states.remove(one)
        if not track.states:
            rest = [other for other in self._told if other.track is track]
            track.states.extend(rest[-1:])
        if not track.states:
            self._tracks.pop(track.id, None)

    def _reasons(self, cues: dict[str, float]) -> tuple[str, ...]:
        """The cues that moved the worth the most, with what they added, in words."""
        added = self._models.worth.contributions(cues)
        most = sorted(added.items(), key=lambda item: -abs(item[1]))[:_REASONS]
        return tuple(f"{name}{'' if cues.get(name) else ' (not)'} {value:+.2f}" for name, value in most)


def told_cues(likeness: dict[str, float], values: dict[str, float], same: float) -> dict[str, float]:
    """The cues of a pair for the weights that know how likely both are of one series."""
    return likeness | values | {"same": same}


def _kind(said: Mention, last: Mention) -> VerdictKind:
    """Whether a value that differs from the last contradicts it, or follows it.

    Two speakers who say values of one day that can't both be true contradict each other; everything else is a later
    count.
    """
    one, other = said.claim, last.claim
    rivals = are_others(one.attribution, other.attribution) and abs((one.as_of - other.as_of).days) <= 1
    if rivals and excludes(other, one) and not said.tells_of_a_move and math.isfinite(said.size):
        return VerdictKind.CONTRADICTION
    return VerdictKind.CHANGED
