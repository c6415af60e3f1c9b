"""What several reports say of one thing, brought together.

Two steps: mentions that state the same of the same thing become one fact; facts of one series, of which one replaced
or rivals the other, become one course. Both questions are asked of the weights that telling uses (``told.json``,
``states.json``), which know how likely two mentions count the same.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import chain, combinations, islice, product

from pipeline.figures.following.attributions import is_authority, speak_as_one
from pipeline.figures.telling import pairs
from pipeline.figures.telling.mention import Mention
from pipeline.figures.telling.models import Models
from pipeline.figures.telling.teller import told_cues
from pipeline.figures.worth.rarities import Rarities
from pipeline.figures.worth.texts import stems
from schemas.brief import Report

ALIKE = 0.0
"""Log-odds from which on two mentions of one value say the same."""
OF_ONE_SERIES = -1.0
"""Log-odds from which on two facts with different values are states of one thing: the weights were fitted on whole
topics, and what reports of one story count is more often the same."""
_LOOKED_AT = 2
"""Mentions of a fact that are compared with another's: the worthiest."""
_MENTIONS = 12
"""Mentions of a fact that a new one is held against; a fact of a hundred copies is recognised by fewer."""
Rarity = Callable[[str], float]
_Value = tuple[float | None, float | None, float | None]
"""A number, or the lower and the upper end of a range or a vague word."""
_Placed = tuple[int, int, Mention]
"""A mention with the place of its fact, and its own."""
_Likely = tuple[float, int, int]
"""Log-odds that a mention says the same, and its places, turned round: of two alike the first is the greatest."""
_Near = tuple[str | None, int | None]
"""A unit and a magnitude."""


@dataclass(frozen=True, eq=False)
class Voice:
    """A mention in one report; ``worth`` is that of its figure there."""

    mention: Mention
    report: Report
    worth: float
    witness: str
    """Who speaks: its outlet, or that of the report it copies."""


@dataclass(eq=False)
class Fact:
    """A value of one thing, with all who state it.

    ``reprints`` are copies of what others state: named beside them, they make it neither surer nor later nor other. A
    copy that states what its original does not, and nobody else, is a voice.
    """

    voices: list[Voice] = field(default_factory=list)
    reprints: list[Voice] = field(default_factory=list)

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
        return tuple(dict.fromkeys(voice.report.id for voice in (*self.voices, *self.reprints)))

    @property
    def outlets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(voice.report.outlet for voice in (*self.voices, *self.reprints)))

    @property
    def tellings(self) -> int:
        return tellings(self.voices)

    @property
    def speakers(self) -> frozenset[str]:
        """Who is named as its source."""
        return frozenset(voice.mention.figure.attribution or "" for voice in self.voices) - {""}

    @property
    def size(self) -> float:
        return self.best.mention.size

    @property
    def texts(self) -> int:
        """The outlets that state it, those that copy another counted with it."""
        return len({voice.witness for voice in self.voices})

    @property
    def witnesses(self) -> int:
        """Who independently vouches for it: each speaker once, however many quote them, and each outlet that states it
        on its own account alone."""
        quoted = {voice.witness for voice in self.voices if voice.mention.figure.attribution}
        own = {voice.witness for voice in self.voices} - quoted
        apart: list[str] = []
        for one in sorted(self.speakers):
            if not any(speak_as_one(one, other) for other in apart):
                apart.append(one)
        return len(apart) + len(own)

    @property
    def sure(self) -> bool:
        """Whether two witnesses vouch for it, or one whose office it is to count."""
        return self.witnesses > 1 or any(map(is_authority, self.speakers))

    @property
    def worth(self) -> float:
        return max(voice.worth for voice in self.voices)

    @property
    def first(self) -> datetime:
        return min(voice.report.published for voice in self.voices)

    @property
    def last(self) -> datetime:
        return max(voice.report.published for voice in self.voices)

    def _all_round(self, value: _Value) -> bool:
        exact = next(voice.mention.claim for voice in self.voices if _value(voice) == value)
        return all(pairs.standing(exact, voice.mention.claim) in pairs.SAYS_THE_SAME for voice in self.voices)


def tellings(voices: Iterable[Voice]) -> int:
    """How often something is stated in other words, or by another outlet: what an outlet prints under each of its
    reports, it says once."""
    return len({(voice.witness, voice.mention.figure.quote) for voice in voices})


def facts_of(
    reports: Iterable[Report], copies: Mapping[str, Sequence[Report]], rarity: Rarity, models: Models
) -> list[Fact]:
    """The facts that reports state, in the order in which they were first stated; those of their ``copies`` alone last.

    ``copies`` are kept by the ids of the reports that they repeat. ``rarity`` says how telling a word is, from 0 to 1.
    """
    facts = _Facts(rarity, models)
    originals = {report.id: report for report in reports}
    said = {report.id: facts.take(report, report.outlet) for report in originals.values()}
    for original, some in copies.items():
        for copy in some:
            facts.take(copy, originals[original].outlet, said[original])
    return facts.found


_Sayings = dict[tuple[str, _Value], Fact]
"""What one report says: by sentence and value, the fact that it is."""


class _Facts:
    """Facts as one report after another adds to them."""

    def __init__(self, rarity: Rarity, models: Models) -> None:
        self.found: list[Fact] = []
        self._rarity, self._models = Rarities(rarity), models
        self._known = _Known()

    def take(self, report: Report, witness: str, original: _Sayings | None = None) -> _Sayings:
        """Add what a report states, and give it; ``original`` is what the report that it copies states."""
        said: _Sayings = {}
        voices = []
        for voice in _voices(report, witness):
            fact = original.get(_saying(voice)) if original is not None else None
            if fact is None:
                voices.append(voice)
            else:
                fact.reprints.append(voice)
        # Most of what a report can say again is known before it: that is compared at once, which is far quicker.
        may_be = [self._known.of_value(voice.mention) for voice in voices]
        likely = self._likely([voice.mention for voice in voices], may_be)
        fresh: list[_Placed] = []
        for voice, before in zip(voices, likely, strict=True):
            beside = [placed for placed in fresh if self._known.are_of_one_value(placed[2], voice.mention)]
            place = self._stated_before(before + self._likely([voice.mention], [beside])[0])
            fact = said[_saying(voice)] = self.found[place]
            if original is not None and any(one.report.copy_of is None for one in fact.voices):
                fact.reprints.append(voice)
                continue
            fact.voices.append(voice)
            if len(fact.voices) <= _MENTIONS:
                fresh.append(self._known.add(place, voice.mention))
        return said

    def _stated_before(self, likely: Sequence[_Likely]) -> int:
        """The place of the likeliest fact; of a new one, where none is likely enough."""
        likeliest = max(likely, default=None)
        if likeliest is not None and likeliest[0] >= ALIKE:
            return -likeliest[1]
        self.found.append(Fact())
        return len(self.found) - 1

    def _likely(self, said: Sequence[Mention], may_be: Sequence[Sequence[_Placed]]) -> list[list[_Likely]]:
        """How likely each mention states again what each of those that ``may_be`` the same states."""
        compared = [(one, other) for one, some in zip(said, may_be, strict=True) for *_, other in some]
        likeness = [pairs.likeness(one, other, self._rarity) for one, other in compared]
        same = self._models.same.scores(likeness)
        cues = [
            told_cues(alike, pairs.value_cues(one, other), score)
            for (one, other), alike, score in zip(compared, likeness, same, strict=True)
        ]
        scores = iter(self._models.told.scores(cues))
        return [[(next(scores), -place, -count) for place, count, _ in some] for some in may_be]


def _saying(voice: Voice) -> tuple[str, _Value]:
    return voice.mention.figure.quote, _value(voice)


def _voices(report: Report, witness: str) -> Iterator[Voice]:
    """The mentions of a report, without what it says a number was: "164, up from 120" is said with the 164."""
    past = {(one.figure.quote, one.figure.earlier) for one in report.figures if one.figure.earlier is not None}
    for one, marks, worth in zip(report.figures, report.marks, report.worths, strict=True):
        if (one.figure.quote, one.figure.value) not in past:
            yield Voice(Mention(one, marks), report, worth, witness)


class _Known:
    """The mentions that new ones are held against, each with the place of its fact, looked up by unit and value."""

    def __init__(self) -> None:
        self._mentions: dict[_Near, dict[_Value, list[_Placed]]] = {}
        self._same: dict[tuple[_Value, _Value], bool] = {}
        self._count = 0

    def add(self, place: int, mention: Mention) -> _Placed:
        """Know one more mention of the fact at ``place``."""
        value, placed = _claimed(mention), (place, self._count, mention)
        self._mentions.setdefault((mention.figure.unit, _magnitude(value)), {}).setdefault(value, []).append(placed)
        self._count += 1
        return placed

    def of_value(self, said: Mention) -> list[_Placed]:
        """The mentions that state the value of ``said``, exactly or rounded."""
        magnitude = _magnitude(_claimed(said))
        near = [None] if magnitude is None else [magnitude - 1, magnitude, magnitude + 1]
        return [
            placed
            for one in near
            for mentions in self._mentions.get((said.figure.unit, one), {}).values()
            if self.are_of_one_value(mentions[0][2], said)
            for placed in mentions
        ]

    def are_of_one_value(self, known: Mention, said: Mention) -> bool:
        """Whether ``said`` states the value of ``known``, exactly or rounded."""
        if known.figure.unit != said.figure.unit:
            return False
        values = _claimed(known), _claimed(said)
        if values not in self._same:
            self._same[values] = pairs.standing(known.claim, said.claim) in pairs.SAYS_THE_SAME
        return self._same[values]


def _claimed(mention: Mention) -> _Value:
    """The value of a mention as far as it matters for whether another's is the same."""
    claim = mention.claim
    return claim.value, claim.low, claim.high


def _magnitude(value: _Value) -> int | None:
    """The power of two below which a number is; a rounding of it is of this one or of one beside it."""
    return None if value[0] is None else math.frexp(value[0])[1]


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
    articles = [{voice.report.id for voice in fact.voices} for fact in facts]
    worthiest = [_worthiest(fact) for fact in facts]
    linked = [
        (n, m)
        for n, m in combinations(range(len(facts)), 2)
        if _unit(facts[n]) == _unit(facts[m]) and articles[n].isdisjoint(articles[m])
    ]
    rarities = Rarities(rarity)
    alike = [
        [_compared(mine, theirs, rarities) for mine, theirs in product(worthiest[n], worthiest[m])] for n, m in linked
    ]
    # Asked for once: to score a few pairs takes hardly less time than to score many.
    scores = iter(models.states.scores(list(chain.from_iterable(alike))))
    return {pair: sum(islice(scores, len(some))) / len(some) for pair, some in zip(linked, alike, strict=True)}


def _compared(one: Voice, other: Voice, rarity: Rarities) -> dict[str, float]:
    """How alike two mentions are, and how the value of the later one stands to the earlier one's."""
    before, after = sorted((one, other), key=lambda voice: (voice.report.published, voice.report.id))
    alike = pairs.likeness(after.mention, before.mention, rarity)
    return alike | pairs.value_cues(after.mention, before.mention)


def _worthiest(fact: Fact) -> list[Voice]:
    return sorted(fact.voices, key=lambda voice: -voice.worth)[:_LOOKED_AT]


def _unit(fact: Fact) -> str | None:
    return fact.voices[0].mention.figure.unit


def _value(voice: Voice) -> _Value:
    figure = voice.mention.figure
    return figure.value, figure.low, figure.high


def _digits(value: _Value) -> int:
    """Digits of a number that say something; none of a range or a vague word."""
    return len(f"{value[0]:.12g}".partition("e")[0].replace(".", "").strip("0")) if value[0] is not None else 0


def _is_whole(voice: Voice) -> bool:
    wording = voice.mention.figure.wording
    return wording is not None and not wording.cut
