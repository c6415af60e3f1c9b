"""What several reports say of one thing, brought together.

Two steps: mentions that state the same of the same thing become one fact; facts of one series, of which one replaced
or rivals the other, become one course. Both questions are asked of the weights that telling uses (``told.json``,
``same.json``), which know how likely two mentions count the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import product

from pipeline.figures.telling import pairs
from pipeline.figures.telling.mention import Mention
from pipeline.figures.telling.models import Models
from pipeline.figures.telling.teller import told_cues
from pipeline.figures.worth.texts import stems
from schemas.brief import Report

ALIKE = -1.0
"""Log-odds from which on two mentions of one value say the same: missing a witness is worse than one too many."""
OF_ONE_SERIES = 0.0
"""Log-odds from which on two facts with different values are states of one thing."""
_LOOKED_AT = 2
"""Mentions of a fact that are compared with another's: the worthiest."""
_MENTIONS = 12
"""Mentions of a fact that a new one is held against; a fact of a hundred copies is recognised by fewer."""
_SAYS_THE_SAME = frozenset({pairs.Standing.EQUAL, pairs.Standing.ROUNDED})
Rarity = Callable[[str], float]


@dataclass(frozen=True, eq=False)
class Voice:
    """A mention in one report; ``worth`` is that of its figure there."""

    mention: Mention
    report: Report
    worth: float

    @property
    def witness(self) -> str:
        """Who speaks: an outlet, or the one whose report it copies."""
        return self.report.copy_of or self.report.outlet


@dataclass(eq=False)
class Fact:
    """A value of one thing, with all who state it."""

    voices: list[Voice] = field(default_factory=list)

    @cached_property
    def best(self) -> Voice:
        """The voice whose value and words stand for all: the most exact of those that most agree with.

        Ask for it when all voices are in.
        """
        stated = Counter(_value(voice) for voice in self.voices)
        fullest = max(stated, key=lambda value: (_digits(value), stated[value]))
        agreed = fullest if self._all_round(fullest) else stated.most_common(1)[0][0]
        own = [voice for voice in self.voices if _value(voice) == agreed]
        told = Counter(stem for voice in self.voices for stem in set(stems(voice.mention.figure.quote)))
        return max(own, key=lambda voice: (_is_whole(voice), self._says(voice, told), voice.worth))

    def _says(self, voice: Voice, told: Counter[str]) -> float:
        """How much of what the fact's sentences share a wording says: the voices that use each of its words, added up.

        Words that one sentence alone has say nothing of it.
        """
        wording = voice.mention.figure.wording
        words = set(stems(wording.text)) if wording else set()
        return sum(told[word] - 1 for word in words)

    @property
    def articles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(voice.report.id for voice in self.voices))

    @property
    def outlets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(voice.report.outlet for voice in self.voices))

    @property
    def tellings(self) -> int:
        """How often it is stated in other words, or by another outlet: what an outlet prints under each of its reports,
        it says once."""
        return len({(voice.witness, voice.mention.figure.quote) for voice in self.voices})

    @property
    def speakers(self) -> frozenset[str]:
        """Who is named as its source."""
        return frozenset(voice.mention.figure.attribution or "" for voice in self.voices) - {""}

    @property
    def size(self) -> float:
        return self.best.mention.size

    @property
    def witnesses(self) -> int:
        return len({voice.witness for voice in self.voices})

    @property
    def worth(self) -> float:
        return max(voice.worth for voice in self.voices)

    @property
    def first(self) -> datetime:
        return min(voice.report.published for voice in self.voices)

    @property
    def last(self) -> datetime:
        return max(voice.report.published for voice in self.voices)

    def _all_round(self, value: tuple[float | None, float | None, float | None]) -> bool:
        exact = next(voice.mention.claim for voice in self.voices if _value(voice) == value)
        return all(pairs.standing(exact, voice.mention.claim) in _SAYS_THE_SAME for voice in self.voices)


def facts_of(reports: Iterable[Report], rarity: Rarity, models: Models) -> list[Fact]:
    """The facts that reports state, in the order in which they were first stated.

    ``rarity`` says how telling a word is, from 0 to 1.
    """
    found: list[Fact] = []
    for report in reports:
        past = {(one.figure.quote, one.figure.earlier) for one in report.figures if one.figure.earlier is not None}
        for one, marks, worth in zip(report.figures, report.marks, report.worths, strict=True):
            if (one.figure.quote, one.figure.value) in past:
                continue  # "164, up from 120": said with the 164
            voice = Voice(Mention(one, marks), report, worth)
            fact = _stated_before(voice, found, rarity, models)
            if fact is None:
                fact = Fact()
                found.append(fact)
            fact.voices.append(voice)
    return found


def _stated_before(voice: Voice, found: Sequence[Fact], rarity: Rarity, models: Models) -> Fact | None:
    """The fact that a mention states again, if any."""
    said = voice.mention
    may_be = [
        (fact, other.mention)
        for fact in found
        for other in fact.voices[:_MENTIONS]
        if other.mention.figure.unit == said.figure.unit
        and pairs.standing(other.mention.claim, said.claim) in _SAYS_THE_SAME
    ]
    likeness = [pairs.likeness(said, other, rarity) for _, other in may_be]
    same = models.same.scores(likeness)
    cues = [
        told_cues(alike, pairs.value_cues(said, other), score)
        for (_, other), alike, score in zip(may_be, likeness, same, strict=True)
    ]
    scores = models.told.scores(cues)
    best = max(range(len(scores)), key=lambda n: scores[n], default=None)
    return may_be[best][0] if best is not None and scores[best] >= ALIKE else None


def courses_of(facts: Sequence[Fact], rarity: Rarity, models: Models) -> list[list[Fact]]:
    """The facts, those of one series together.

    The likeliest pairs are joined first; a fact joins others where it is, in the mean, likely of their series. Facts
    that one article states side by side are told apart by it, and so are never joined.
    """
    courses = [[fact] for fact in facts]
    links = _links(facts, rarity, models)
    while links:
        best, (one, other) = max(((score, pair) for pair, score in links.items()), key=lambda link: link[0])
        if best < OF_ONE_SERIES:
            break
        # The courses are named by their first facts' numbers: what was linked to either is now linked to both.
        for third in {n for pair in links for n in pair} - {one, other}:
            first, second = (min(one, third), max(one, third)), (min(other, third), max(other, third))
            mine, theirs = links.pop(first, None), links.pop(second, None)
            if mine is not None and theirs is not None:
                sizes = len(courses[one]), len(courses[other])
                links[first] = (mine * sizes[0] + theirs * sizes[1]) / sum(sizes)
        links.pop((one, other))
        courses[one] += courses[other]
        courses[other] = []
    return [course for course in courses if course]


def _links(facts: Sequence[Fact], rarity: Rarity, models: Models) -> dict[tuple[int, int], float]:
    """How likely each two facts are of one series, by their places; without those that can't be."""
    found: dict[tuple[int, int], float] = {}
    for n, one in enumerate(facts):
        for m in range(n + 1, len(facts)):
            other = facts[m]
            if set(one.articles) & set(other.articles) or _unit(one) != _unit(other):
                continue
            voices = product(_worthiest(one), _worthiest(other))
            alike = [pairs.likeness(mine.mention, theirs.mention, rarity) for mine, theirs in voices]
            scores = models.same.scores(alike)
            found[n, m] = sum(scores) / len(scores)
    return found


def _worthiest(fact: Fact) -> list[Voice]:
    return sorted(fact.voices, key=lambda voice: -voice.worth)[:_LOOKED_AT]


def _unit(fact: Fact) -> str | None:
    return fact.voices[0].mention.figure.unit


def _value(voice: Voice) -> tuple[float | None, float | None, float | None]:
    figure = voice.mention.figure
    return figure.value, figure.low, figure.high


def _digits(value: tuple[float | None, float | None, float | None]) -> int:
    """Digits of a number that say something; none of a range or a vague word."""
    return len(f"{value[0]:.12g}".partition("e")[0].replace(".", "").strip("0")) if value[0] is not None else 0


def _is_whole(voice: Voice) -> bool:
    wording = voice.mention.figure.wording
    return wording is not None and not wording.cut
