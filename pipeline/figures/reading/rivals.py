"""Numbers set against one just told: "the organisers spoke of 45,000", "and 61 if you ask the biologists", "not six".

They answer the question that the other number answered, so they count the same.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from pipeline.figures.reading.claims import Draft
from pipeline.figures.reading.lexicon import load, words, wordset
from pipeline.figures.reading.nouns import is_plural
from pipeline.figures.reading.owners import ROLES
from pipeline.figures.reading.ties import is_set_against
from pipeline.figures.reading.tokens import Kind, Sentence
from pipeline.figures.reading.units import Unit

_FORECASTS = wordset(
    "expect expects expected predict predicts predicted project projects projected forecast forecasts sees reckon"
    " reckons fear fears asks seeks polls counts"
)


def _stating() -> frozenset[tuple[str, ...]]:
    groups = ("says", "says_or_noun", "records")
    phrases = {tuple(phrase.split()[:2]) for group in groups for phrase in load("phrases")[group].split("|")}
    return frozenset(phrase for phrase in phrases if phrase and phrase[0] not in _FORECASTS | {"has", "put", "asks"})


_STATING = _stating()
_STATES = wordset(
    "put puts say count counts confirm recognise recognize admit admits report estimate claim mention mentioned"
    " mentions give gives gave noted cite conclude allege assume guess calculate reckon reckons stuck insisted"
    " suggest indicate show point admitted acknowledged conceded recognised"
    " documented believe"
)
"""Verbs of stating, besides those of the lexicon, of which the first word or two are looked at."""
_NOUNS = wordset("estimate count claim report point show guess forecast project number")
_ADVERBS = wordset("they we i you also now only still even now all both")
_QUALIFYING = wordset(
    "some many most early previous earlier official their its his her independent these those the other initial first"
    " of to with from by latest several two three both all"
)
"""What stands before a noun rather than a verb."""
_STATING_ELSEWHERE = wordset(load("phrases")["says_elsewhere"].replace("|", " ")) - wordset(
    "von de di em a ha al per del"
) | wordset("spricht sprechen nennt gibt beziffert parla parlent hablan cuenta cuentan cifra говорит говорят")
_LINKS_ELSEWHERE = wordset(
    "von de auf à a al en di da em o rund etwa ca nur lediglich höchstens mindestens dagegen hingegen aber jedoch"
    " sogar bei über d environ seulement plutôt quant lui elle solo sólo unos unas más casi circa soltanto invece"
    " около только лишь о про лише близько майже mehr als plus que"
)
_CLOSING_ELSEWHERE = wordset("und aber während et mais tandis y pero mientras e ma mentre и а но і та але aus en")
_COMING_TO = wordset("arrived arrives came comes got gets")
_LINKS = wordset(
    "of at on to by with for as in that it them this these those the its his her their there they number figure total"
    " count toll sum were was is are had have has been be only about just some around nearly almost over still even so"
    " far no not more less fewer than up a an any first mere above below beyond closer nearer like rather"
    " seen real true actual correct official own tally final latest"
)
_COUNTS = wordset("number figure total count toll estimate estimates tally")
_BEING = wordset("is was are were")
_REAL = wordset("real true actual correct")
_CLOSING = wordset("and or but while whereas if on in at by for so alone altogether overall instead according")
_MARKS = frozenset([".", ",", ";", ":", ")", "”", '"', "–", "—", "!", "?", "’", "»", ""])
_GAPS = wordset("and the but at of about around only")
_NOT_STATED = wordset("now let's let us")
_ASKED = (("if", "you", "ask"), ("according", "to"), ("by", "that", "of"), ("by", "those", "of"))
_DENIED = (("not",), ("instead", "of"), ("rather", "than"))
_OPPOSING = wordset(
    "than against above below disputing disputes disputed rejecting rejects rejected contrary versus unlike instead"
    " rather aside doubts doubting denies denying denied questioning questions contradicting contradicts beyond"
    " exceeding near called calls calling dismissing dismisses dismissed"
)
_ANNOUNCED = wordset(
    "announced reported confirmed acknowledged admitted claimed given counted published stated cited recognised"
    " listed acknowledges speak speaks claim claims"
)
_OF_A_COUNT = wordset("count tally toll estimate figure claim reckoning guess version")
_BEFORE_OPPOSED = re.compile(r"not$|of$|than$|the$|,$|.*['’]s?$")
"""The word before a number that is denied or another's."""
_FURTHEST = math.log(8)
"""How many times as large a number may be as one that it is set against."""
_BACK = 2
"""Sentences with figures before that a number may be set against one of."""
_PAD = 3.0
"""Added to counts before they are compared: from 2 to 6 is no great leap."""


@dataclass(frozen=True, slots=True)
class Told:
    """A figure as it was told, in the sentence of that number; ``span`` is its place in the text."""

    low: float
    high: float
    unit: Unit | None
    counted: str | None
    action: str | None
    sentence: int
    is_part: bool
    span: tuple[int, int]


@dataclass(slots=True)
class Rivals:
    """The figures told last, among which a number may find one it is set against."""

    told: list[Told] = field(default_factory=list)
    sentence: int = 0

    def add(
        self, sentence: Sentence, draft: Draft, before: Draft | None, counted: str | None, *, is_part: bool
    ) -> None:
        """Remember a figure of this sentence, unless it is only what ``before`` was earlier.

        Nor is one remembered that counts those who tell others: "two hospitals reported 17".
        """
        if before is not None and before.earlier == draft.low:
            return
        if draft.noun is not None and _states(sentence.lower(draft.noun.last), sentence.lower(draft.noun.last + 1)):
            return
        self.told.append(
            Told(
                draft.low,
                draft.high,
                draft.measure,
                counted,
                draft.action,
                self.sentence,
                is_part or draft.increment,
                (draft.start, draft.end),
            )
        )
        del self.told[:-12]

    def of(self, sentence: Sentence, draft: Draft, before: Draft | None) -> Told | None:
        """The figure that a number is set against, told before it."""
        if not self.told or draft.increment or draft.earlier is not None:
            return None
        last = self.told[-1]
        if sentence.language != "en":
            return self._nearest(draft) if _is_bare_elsewhere(sentence, draft) else None
        if (
            before is not None
            and before.earlier is None
            and last.sentence == self.sentence
            and _BEFORE_OPPOSED.match(sentence.lower(draft.opens - 1))
        ):
            quoted = _is_of_a_source(sentence, draft)
            if (quoted or _is_opposed(sentence, draft, before)) and _leap(draft, last, quoted=quoted) <= _FURTHEST:
                return last
        dead = draft.noun is None and sentence.lower(draft.last) in words("condition")
        if not (dead or _is_bare(sentence, draft)) or not _is_stated(sentence, draft, before):
            return None
        named = dead or any(
            sentence.lower(k) in words("condition") for k in range(max(0, draft.opens - 3), draft.opens)
        )
        return self._nearest(draft, draft.action if named else None)

    def beside(self, draft: Draft) -> Told | None:
        """The figure just told in the same sentence, which another speaker has a number of his own for."""
        last = self.told[-1] if self.told else None
        near = last is not None and last.sentence == self.sentence and _leap(draft, last) <= _FURTHEST
        return last if near else None

    def _nearest(self, draft: Draft, action: str | None = None) -> Told | None:
        """The figure told lately that is nearest in size, of those to which ``action`` happened if one is given."""
        near = [
            (leap + (self.sentence - one.sentence), -n, one)
            for n, one in enumerate(self.told)
            if not one.is_part
            and (action is None or one.action == action)
            and one.sentence >= self.sentence - _BACK
            and (leap := _leap(draft, one)) <= _FURTHEST
        ]
        return min(near)[2] if near else None


def is_denied(sentence: Sentence, draft: Draft) -> bool:
    """Whether a number is said not to be so: "not six", "rather than 40"."""
    left = tuple(sentence.lower(draft.opens - n) for n in (2, 1))
    return any(left[-len(phrase) :] == phrase for phrase in _DENIED)


def _leap(draft: Draft, told: Told, *, quoted: bool = False) -> float:
    """How far apart two numbers are, as the logarithm of a ratio; infinite where one can't stand for the other."""
    mine, theirs = draft.measure, told.unit
    if (draft.low, draft.high) == (told.low, told.high) or min(draft.low, told.low) < 0:
        return math.inf
    if mine is not None and (theirs is None or mine.name != theirs.name):
        return math.inf
    pad = 0.0 if theirs else _PAD
    apart = abs(math.log((draft.high + pad or 1.0) / (told.high + pad or 1.0)))
    if mine is None and theirs is not None and not quoted:
        return apart if apart < math.log(4) and draft.high >= 10 else math.inf
    return apart


def _is_bare(sentence: Sentence, draft: Draft) -> bool:
    """Whether a number has no noun and ends its clause."""
    if draft.noun is not None or (sentence.lower(draft.opens - 2), sentence.lower(draft.opens - 1)) == ("of", "the"):
        return False
    after, following = sentence.lower(draft.last), sentence.lower(draft.last + 1)
    if after == "in":
        return following in {"all", "total"} or following in words("months")
    return (after in _MARKS or after in _CLOSING) and (after, following) != ("or", "so")


def _is_bare_elsewhere(sentence: Sentence, draft: Draft) -> bool:
    """Whether a number of another language ends its clause, has no noun, and stands right after a verb of stating."""
    if draft.noun is not None or sentence.lower(draft.last) not in _MARKS | _CLOSING_ELSEWHERE:
        return False
    k = draft.opens - 1
    while k > draft.opens - 5 and sentence.lower(k) in _LINKS_ELSEWHERE:
        k -= 1
    return k >= 0 and sentence.lower(k) in _STATING_ELSEWHERE


def _is_stated(sentence: Sentence, draft: Draft, before: Draft | None) -> bool:
    """Whether somebody is said to state a number, or it shares the verb of another speaker's."""
    k = draft.opens - 1
    least = max(before.last if before else 0, draft.opens - 9)
    if sentence.lower(k) == "," and any(sentence.lower(n) == "according" for n in range(max(least, k - 7), k)):
        return True
    while k >= least and _is_link(sentence.lower(k), sentence.lower(k + 1)):
        k -= 1
    links = {sentence.lower(n) for n in range(k + 1, draft.opens)}
    if not (links.isdisjoint(_COUNTS) or links.isdisjoint(_BEING)) and (
        not links.isdisjoint(_REAL) or (k >= least and _is_possessive(sentence.lower(k), sentence.lower(k - 1)))
    ):
        return True
    if k >= least and sentence.tokens[k].capital and sentence.lower(k + 1) in {"there", "that", "it", "they"}:
        k -= 1 + (sentence.lower(k - 1) == "the")  # "told the Herald there were 50"
    if k >= least and sentence.lower(k - 1) not in _NOT_STATED:
        low, after = sentence.lower(k), sentence.lower(k + 1)
        if _states(low, after):
            passive = low.endswith("ed") and after in {"at", "to"}  # "put at 14" is put by others, "believed to be 26"
            alone = low in {"told", "put", "puts"} and k + 1 == draft.opens
            return not (passive or alone or after in _BEING) and not _is_noun(sentence, k)
        if low in _COMING_TO and after in {"at", "to", "up"}:
            return True
        if low in {"talk", "talks", "talked"} and after in {"about", "of"}:
            return True
    if before is None:
        return False
    follows = tuple(sentence.lower(draft.last + n) for n in range(3))
    if any(follows[: len(phrase)] == phrase for phrase in _ASKED):
        return True
    between = sentence.tokens[before.noun.last if before.noun else before.last : draft.opens]
    said = [token.lower for token in between if token.kind is Kind.WORD and token.lower not in _GAPS]
    return 0 < len(said) <= 3 and len(between) <= 6 and said[-1] in ROLES


def _states(word: str, following: str) -> bool:
    """Whether a word is a verb of stating, by itself or with the next."""
    return word in _STATES or (word,) in _STATING or (word, following) in _STATING


def _is_noun(sentence: Sentence, k: int) -> bool:
    """Whether a word that may be a verb of stating is a noun: "an estimate of 18", "some estimates as high as 15"."""
    low, before = sentence.lower(k), sentence.lower(k - 1)
    if low in _NOUNS:
        return not (is_plural(before) or before in ROLES or before in _ADVERBS) or before.endswith(("'s", "’s"))
    if low.removesuffix("s") in _NOUNS:
        return before in _QUALIFYING or sentence.lower(k + 1) == "as"
    return False


def _is_link(word: str, following: str) -> bool:
    """Whether a word only leads from who states a number to the number."""
    if word in {"estimate", "estimates"}:
        return following in _BEING
    # "put the dead at 40", "put the number of injured at 12"
    counted = word in words("condition") and following in {"at", "to", "as"}
    return counted or (word in _LINKS and (word, following) not in _STATING)


def _is_opposed(sentence: Sentence, draft: Draft, before: Draft) -> bool:
    """Whether a number is denied in favour of the one before, or is another's that it is set against."""
    if draft.noun is None and is_denied(sentence, draft):
        return is_set_against(sentence, draft, before)
    between = [token.lower for token in sentence.tokens[before.last : draft.opens]]
    if "or" in between and between.count(",") == 2 and "as" in between:
        return between[-1] == "," and between[between.index("or") + 1 :][:2] == [",", "as"]
    if _OPPOSING.isdisjoint(between) or not 2 <= len(between) <= 20:
        return False
    if between[-1] == "the" and between[-2] in _OPPOSING:
        within = 7 if sentence.lower(draft.last) == "that" else 3
        return not _ANNOUNCED.isdisjoint(sentence.lower(draft.last + n) for n in range(within))
    if between[-1] == "of" and between[-2] in _OF_A_COUNT:
        return between[-2] not in {"estimate", "guess", "claim"} or any(
            _is_possessive(*pair) for pair in zip(between[1:], between, strict=False)
        )
    return _is_possessive(between[-1], between[-2])


def _is_possessive(last: str, before: str) -> bool:
    return last.endswith(("'s", "’s")) or (last in {"'", "’"} and before.endswith("s"))


def _is_of_a_source(sentence: Sentence, draft: Draft) -> bool:
    """Whether a bare number is one that somebody told: "the coast guard's 400", "the union's figure of 4,200"."""
    if not _is_bare(sentence, draft) and sentence.lower(draft.last) not in {"is", "was", "were", "as"}:
        return False
    k = draft.opens - 1
    if sentence.lower(k) == "of" and sentence.lower(k - 1) in _OF_A_COUNT:
        k -= 2
    return _is_possessive(sentence.lower(k), sentence.lower(k - 1)) and (
        re.sub(r"['’]s?$", "", sentence.lower(k) if sentence.is_word(k) else sentence.lower(k - 1)) in ROLES
    )
