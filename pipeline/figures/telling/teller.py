"""What the desk of a topic is told: each figure weighed, and held against what was told before.

Four questions, each answered by weights that were fitted on streams which editors labelled
(``benchmarks/train_desk.py``): is it worth telling (`pipeline.figures.worth`); was it told before; is it wanted in a
mail, all told; and is it the next state of something told. The last is asked apart from series, and with care: where
the evidence for a move is not strong, the figure is told as what it is, and what was said before stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from pipeline.figures.following.attributions import are_others
from pipeline.figures.following.intervals import excludes, stated
from pipeline.figures.telling import pairs
from pipeline.figures.telling.conversions import conversions
from pipeline.figures.telling.memory import COMPARED, Known, Memory
from pipeline.figures.telling.mention import Mention
from pipeline.figures.telling.models import Limits, Models
from pipeline.figures.telling.origins import Compared, Origin, origins_of
from pipeline.figures.worth.cues import ArticleText, cues_of
from pipeline.figures.worth.model import probability_of
from pipeline.figures.worth.reasons import reasons
from pipeline.figures.worth.stream import Stream
from schemas.figure import Figure, FigureInArticle, HeardArticle, Marks, Tell, Telling, ToldFigure, VerdictKind

_SHOWN_BEFORE = 3
_A_YEAR = timedelta(days=366)
_RANK = {Tell.NONE: 0, Tell.DIGEST: 1, Tell.NOW: 2}
_BY_NAME = "the topic follows it by name, or a person its series"
_GOOD = 0.3
"""Worth from which a figure counts among those its article tells: that of a digest."""
_LATELY = 10
"""Articles heard last, by which a desk knows how busy its topic is."""
_UNLIKE = -6.0
"""Log-odds of being of one series, where there is nothing to compare with."""


_Nearness = Callable[[str], float | None]
"""How much an article shares with the one being told."""


@dataclass(frozen=True)
class _Said:
    """A figure that is about to be told: its worth in log-odds, its tier if the topic names one, what is beside it."""

    mention: Mention
    score: float
    always: Tell | None
    beside: dict[str, float]

    @property
    def worth(self) -> float:
        return probability_of(self.score)


@dataclass(frozen=True)
class _Again:
    """A told figure that may say the same, and how likely it does."""

    by: Known
    probability: float
    equal: bool


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
        self._stream = stream
        self._models = models or Models.shipped()
        self._limits = limits or Limits()
        self._memory = Memory(told)

    def tell(
        self,
        article: str,
        text: ArticleText,
        figures: Sequence[FigureInArticle],
        marks: Sequence[Marks],
        always: Mapping[str, Tell] | None = None,
    ) -> Hearing:
        """What is told of each figure of one article, in the order of its text; ``article`` is its id.

        The very same figures again are judged as if they were not there, so that a step run twice gives the same; those
        of a later revision are held against the earlier one's too. ``always`` names the tier of some by their ids.
        """
        self._memory.forget({one.id for one in figures}, text.published)
        self._stream.drop(article)
        words = text.words
        near = cache(lambda other: 1.0 if other == article else self._stream.nearness(words, other))
        plain = [one.figure for one in figures]
        cues = cues_of(text, plain, marks, self._stream, self._title)
        found: list[Told] = []
        converted, lately = conversions(figures), self.worth_lately()
        scores = self._models.worth.scores(cues)
        for n, (one, mark, cue) in enumerate(zip(figures, marks, cues, strict=True)):
            if n in converted:
                found.append(_as_converted(found[converted[n]], figures[converted[n]].id))
                continue
            tier = (always or {}).get(one.id) or self._always(one.figure)
            beside = _beside(n, scores, plain) | {"worth lately": lately}
            said = _Said(Mention(one, mark), scores[n], tier, beside)
            telling, track = self._judge(said, near)
            if telling.tell is not Tell.NONE:
                why = reasons(self._models.worth.contributions(cue))
                telling = telling.model_copy(update={"reasons": (_BY_NAME,) if said.always else why})
            kept = None
            if self._is_remembered(said):
                kept = ToldFigure(figure=one, marks=mark, telling=telling, track=track or one.id)
                self._memory.remember(said.mention, telling, kept.track)
            found.append(Told(telling, kept))
        heard = self._stream.add(article, text.published, words, plain, marks)
        return Hearing(tuple(found), heard, (*self._memory.lost(), *self._stream.lost))

    def worth_lately(self) -> float:
        """The worth of the figures that an article told of late: the more a topic tells, the less of it is mailed."""
        latest = self._stream.latest(_LATELY)
        return self._memory.worth_of(latest, _GOOD) / max(1, len(latest))

    def _is_remembered(self, said: _Said) -> bool:
        return said.worth >= self._limits.remembered or said.always in (Tell.NOW, Tell.DIGEST)

    def _judge(self, said: _Said, near: _Nearness) -> tuple[Telling, str | None]:
        """What is told of a figure, and the track it belongs to, if it is one known."""
        worth, mention = round(said.worth, 4), said.mention
        if not self._is_remembered(said):
            return Telling(worth=worth, tell=Tell.NONE, kind=VerdictKind.NEW), None
        compared = self._compared(mention, near)
        again = self._told_before(mention, compared)
        wanted = self._wanted(said, again, compared)
        tell = said.always or self._limits.tier(said.worth, wanted)
        if tell is Tell.NOW and not said.always and _is_history(mention):
            tell = Tell.DIGEST
        made = Telling(worth=worth, wanted=round(wanted, 4), tell=tell, kind=VerdictKind.NEW)
        told = again[0] if again and again[0].probability >= self._limits.told else None
        if told is not None:
            if self._is_repeated(told, tell, said):
                made = made.model_copy(update={"tell": Tell.NONE, "kind": VerdictKind.REPEATED})
            # Else it is known, but is wanted more than when it was told.
            return made.model_copy(update={"of": told.by.mention.id}), told.by.track.id
        last = self._comes_from(mention, compared)
        if last is None and (origin := self._moved(self.origins(mention, compared, said.worth))):
            last = origin.known
        if last is not None:
            before = last.mention
            move = {"kind": _kind(mention, before), "from_value": stated(before.claim), "of": before.id}
            return made.model_copy(update=move), last.track.id
        return made.model_copy(update={"before": self._said_before(mention, compared)}), None

    def _compared(self, said: Mention, near: _Nearness) -> list[Compared]:
        """The told figures closest to one, each with how alike both are."""
        candidates = self._memory.closest(said)
        likeness = [
            pairs.likeness(said, one.mention, self._stream.rarities, near(one.mention.source.article))
            for one in candidates
        ]
        return list(zip(candidates, likeness, self._models.same.scores(likeness), strict=True))

    def _said_before(self, said: Mention, compared: Sequence[Compared]) -> tuple[str, ...]:
        """The latest states of what may be the same, told by other articles, the likeliest first."""
        near = sorted(compared, key=lambda entry: -entry[2])
        latest = (one.track.latest for one, _, same in near if same > self._limits.beside)
        others = (one.id for one in latest if one.source.article != said.source.article)
        return tuple(dict.fromkeys(others))[:_SHOWN_BEFORE]

    def _is_repeated(self, told: _Again, tell: Tell, said: _Said) -> bool:
        """Whether what a figure says reached the desk before, as urgently as it would now.

        Where `mailed` wants it nevertheless, it knows of what was told; only an equal value that was surely mailed is
        kept back.
        """
        if _RANK[tell] > _RANK[told.by.told_as]:
            return False
        by_model = tell is Tell.NOW and not said.always and self._limits.now > 0
        return not by_model or (told.equal and told.probability >= self._limits.surely_told)

    def _wanted(self, said: _Said, again: Sequence[_Again], compared: Sequence[Compared]) -> float:
        """How likely the desk wants a figure in a mail: by its worth, what was mailed of it, what stands beside it."""
        if self._limits.now <= 0:
            return 1.0
        return self._models.mailed.probability(mail_cues(said.score, again, compared, said.beside))

    def _told_before(self, said: Mention, compared: Sequence[Compared]) -> list[_Again]:
        """The told figures that may say the same, the likeliest first."""
        may_be, cues = [], []
        for one, likeness, same in compared:
            how = pairs.standing(one.mention.claim, said.claim)
            if how in pairs.MAY_BE_TOLD:
                may_be.append((one, how is pairs.Standing.EQUAL))
                cues.append(told_cues(likeness, pairs.value_cues(said, one.mention), same))
        scores = self._models.told.scores(cues)
        found = [_Again(one, probability_of(score), equal) for (one, equal), score in zip(may_be, scores, strict=True)]
        return sorted(found, key=lambda again: -again.probability)

    def _comes_from(self, said: Mention, compared: Sequence[Compared]) -> Known | None:
        """The latest state of a track whose value the sentence itself says it was before: "164, up from 120"."""
        earlier = said.figure.earlier
        if earlier is None:
            return None
        likely = sorted(compared, key=lambda entry: -entry[2])
        latest = (one.track.states[-1] for one, *_ in likely)
        return next((last for last in latest if stated(last.mention.claim) == earlier), None)

    def _moved(self, origins: Sequence[Origin]) -> Origin | None:
        """The value told before that a figure comes from, if the evidence is strong."""
        likely = self._models.moved.probabilities([origin.cues for origin in origins])
        best = max(range(len(origins)), key=likely.__getitem__, default=None)
        return None if best is None or likely[best] < self._limits.moved else origins[best]

    def origins(self, said: Mention, compared: Sequence[Compared], worth: float) -> list[Origin]:
        """The values told before that a figure may come from, with what speaks for and against each."""
        return origins_of(said, compared, worth)


def _is_history(said: Mention) -> bool:
    """Whether a figure is of another year, which no desk wants as today's news."""
    as_of = said.figure.as_of
    return as_of is not None and said.source.published.date() - as_of > _A_YEAR


def _as_converted(first: Told, id: str) -> Told:
    """What is told of a sum in another currency: nothing, for it is told with the sum itself."""
    telling = Telling(worth=first.telling.worth, tell=Tell.NONE, kind=VerdictKind.REPEATED, of=id)
    return Told(telling, None)


def _beside(n: int, scores: Sequence[float], figures: Sequence[Figure]) -> dict[str, float]:
    """What else its article tells: a desk wants the worthiest of it."""
    worths = [probability_of(score) for score in scores]
    good = [other for other, worth in enumerate(worths) if worth > _GOOD]
    return {
        "worthier": float(sum(worth > worths[n] for worth in worths)),
        "worthiest": max(worths),
        "worth of all": sum(worths[other] for other in good),
        "figures": float(len(figures)),
        "good in its sentence": float(sum(figures[other].quote == figures[n].quote for other in good)),
        "small": float(figures[n].value is not None and abs(figures[n].value or 0.0) < 10),
    }


def mail_cues(
    score: float, again: Sequence[_Again], compared: Sequence[Compared], beside: dict[str, float]
) -> dict[str, float]:
    """What decides whether a figure is mailed: its worth, what was mailed of it before, what stands beside it."""
    mailed = [one for one in again if one.by.told_as is Tell.NOW]
    equal = [one for one in mailed if one.equal]
    made = beside | {"worth": score}
    for name, told in (("mailed before", mailed), ("its value mailed before", equal), ("told before", again)):
        made[name] = max((one.probability for one in told), default=0.0)
        made[f"{name}, by any"] = 1.0 - math.prod(1.0 - one.probability for one in told)
    return made | {
        "likest": max((same for *_, same in compared), default=_UNLIKE),
        "compared": len(compared) / COMPARED,
    }


def told_cues(likeness: Mapping[str, float], values: Mapping[str, float], same: float) -> dict[str, float]:
    """The cues of a pair for the weights that know how likely both are of one series."""
    return {**likeness, **values, "same": same}


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
