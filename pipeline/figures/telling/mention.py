"""A figure as telling compares it with another: its claim, and the words that say what it is a figure of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from pipeline.figures.following.follower import claim_of
from pipeline.figures.worth.cues import size_of
from pipeline.figures.worth.texts import stems
from schemas.figure import Claim, Figure, FigureInArticle, Marks

_BEFORE, _BEHIND = 70, 90
"""Characters before and behind a number whose words tell whether it is a total, an episode, or feared."""
_NEAR = 60
_TOTAL = re.compile(
    r"(?i)\b(?:total|toll|so far|since|overall|altogether|in all|already|now|began|beginning|uprising|to date|"
    r"brought to|bringing)\b"
)
_WEEKDAY = re.compile(r"(?i)\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b")
_DAY = re.compile(
    r"(?i)\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|yesterday|overnight|weekend|tonight|morning|week|"
    r"hours?|days?|month)\b"
)
_FEARED = re.compile(
    r"(?i)\b(?:feared?|may|could|might|believed|thought|likely|expected|estimat\w+|up to|suspected|reported(?:ly)?|"
    r"possibl\w+|would|will)\b"
)
_MOVED = re.compile(
    r"(?i)\b(?:ris\w+|rose|climb\w+|increas\w+|jump\w+|grew|grown|fell|fallen|drop\w+|now|brought|bringing|revis\w+|"
    r"raised|up from|down from|reach\w*|hit|exceed\w*|surpass\w*|topp\w+|latest)\b"
)
_SINCE = re.compile(r"(?i)\bsince\b")
_YEAR = re.compile(r"\b(?:1[5-9]\d\d|20\d\d)\b")
_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][a-z]{2,}\w*")


@dataclass(frozen=True, eq=False)
class Mention:
    """A figure of one article with the marks that following noted around it."""

    source: FigureInArticle
    marks: Marks

    @cached_property
    def id(self) -> str:
        return self.source.id

    @cached_property
    def figure(self) -> Figure:
        return self.source.figure

    @cached_property
    def claim(self) -> Claim:
        return claim_of(self.source, self.marks)

    @cached_property
    def heads(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The classes of what is counted and of what happened."""
        return self.marks.nouns, self.marks.actions

    @cached_property
    def size(self) -> float:
        """How large it is; never 0, so that ratios can be taken."""
        return max(abs(size_of(self.figure)), 0.1)

    @cached_property
    def _near(self) -> str:
        start, end = self._place
        return self.figure.quote[max(0, start - _BEFORE) : end + _BEHIND]

    @cached_property
    def _place(self) -> tuple[int, int]:
        start = max(0, self.figure.quote.find(self.figure.surface))
        return start, start + len(self.figure.surface)

    @cached_property
    def words(self) -> frozenset[str]:
        """Stems of the words close to the number."""
        start, end = self._place
        return frozenset(stems(self.figure.quote[max(0, start - _NEAR) : end + _NEAR]))

    @cached_property
    def wording(self) -> frozenset[str]:
        """Stems of the words in which it is told."""
        told = self.figure.wording
        return frozenset(stems(told.text)) if told else frozenset()

    @cached_property
    def phrase(self) -> frozenset[str]:
        return frozenset(self.figure.clause.phrase) if self.figure.clause else frozenset()

    @cached_property
    def arguments(self) -> frozenset[str]:
        return frozenset(self.figure.clause.arguments) if self.figure.clause else frozenset()

    @cached_property
    def names(self) -> frozenset[str]:
        """Capitalised words of the sentence that do not open it."""
        return frozenset(name.lower() for name in _NAME.findall(self.figure.quote))

    @cached_property
    def about(self) -> frozenset[str]:
        """The names that its article surely speaks of."""
        return frozenset(name for name in self.marks.about if name[0] != "?")

    @cached_property
    def traits(self) -> frozenset[str]:
        return frozenset(self.marks.traits)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The traits that say of which kind it is, and for how long it counts, where it is not the plain figure."""
        return frozenset(trait for trait in self.marks.traits if trait.startswith(("kind:", "per:")))

    @cached_property
    def is_total(self) -> bool:
        """Whether it is a running total rather than what happened at one time."""
        return bool(_TOTAL.search(self._near)) or self.marks.window == "total"

    @cached_property
    def names_a_day(self) -> bool:
        return bool(_DAY.search(self._near))

    @cached_property
    def tense(self) -> str | None:
        """The tense of the clause that counts it, where a parser saw it."""
        return self.figure.clause.tense if self.figure.clause else None

    @cached_property
    def weekdays(self) -> frozenset[str]:
        return frozenset(day.lower() for day in _WEEKDAY.findall(self._near))

    @cached_property
    def is_feared(self) -> bool:
        """Whether it is feared, estimated or expected rather than counted."""
        return bool(_FEARED.search(self._near))

    @cached_property
    def says_since(self) -> bool:
        return bool(_SINCE.search(self._near))

    @cached_property
    def tells_of_a_move(self) -> bool:
        """Whether words beside it say that a number rose, fell or was reached."""
        return bool(_MOVED.search(self._near))

    @cached_property
    def is_past(self) -> bool:
        """Whether its sentence names a year before that of its article."""
        return any(int(year) < self.source.published.year for year in _YEAR.findall(self.figure.quote))
