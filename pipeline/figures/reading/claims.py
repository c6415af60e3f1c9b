"""The numerals of a sentence as drafts of figures: with units and modifiers, joined to ranges and changes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.figures.reading import guards, moments, units
from pipeline.figures.reading.digits import read_digits
from pipeline.figures.reading.lexicon import any_of, words, wordset
from pipeline.figures.reading.magnitudes import MAGNITUDE, hedge, magnitude
from pipeline.figures.reading.masks import masks
from pipeline.figures.reading.modifiers import modifier
from pipeline.figures.reading.nouns import Noun
from pipeline.figures.reading.numbers import Form, Numeral, numerals
from pipeline.figures.reading.tallies import tallies
from pipeline.figures.reading.tokens import Kind, Sentence
from pipeline.figures.reading.units import Unit
from schemas.figure import Modifier, Rejected, Value


@dataclass(slots=True)
class Draft:
    """A figure in the making: tokens ``first`` … ``last`` hold number and unit, ``opens`` begins its modifier.

    ``loose`` where the action was found beyond its clause only; ``votes`` is what one side of a vote counts,
    ``quake`` the earthquake that a magnitude is of.
    """

    numeral: Numeral
    first: int
    last: int
    opens: int
    start: int
    end: int
    low: float
    high: float
    modifier: Modifier
    unit: Unit | None
    prefix: Unit | None = None
    per: str | None = None
    lead: Numeral | None = None
    earlier: Value | None = None
    factor: float | None = None
    increment: bool = False
    noun: Noun | None = None
    action: str | None = None
    loose: bool = False
    votes: str | None = None
    quake: str | None = None

    @property
    def ranged(self) -> bool:
        """Whether it is a range, of which ``lead`` is the lower end."""
        return self.lead is not None

    @property
    def measure(self) -> Unit | None:
        """The unit: what stands after the number, unless a currency stands before it."""
        return self.prefix or self.unit

    @property
    def unit_name(self) -> str | None:
        if self.measure is None:
            return None
        return f"{self.measure.name} per {self.per}" if self.per else self.measure.name


_DASHES = frozenset("-–—")
_TO = wordset("to - – — bis auf à a al до по ate até para through")
_AND = wordset("and und et y e и і та")
_OR = wordset("or oder ou o")
_BETWEEN = wordset("between zwischen entre tra fra между між")
_FROM = wordset("from von de desde da del dal с з від")
_HEDGES = wordset("the about around nearly almost some up roughly even more than over")
_TURNS = wordset("up down higher lower rise increase drop decrease compared revised decline")
_CHANGE = re.compile(rf"(?i)\b(?:{any_of('change')})\b")
_NO_CHANGE = re.compile(r"(?i)rang|\bscale\b|\bvar(?:y|ies|ied)\b")
_FACTORS = {
    "doubled": 2.0, "doubling": 2.0, "doubles": 2.0, "double": 2.0, "tripled": 3.0, "tripling": 3.0, "trebled": 3.0,
    "quadrupled": 4.0, "quadrupling": 4.0, "quintupled": 5.0, "halved": 0.5, "halving": 0.5, "verdoppelt": 2.0,
    "verdoppelte": 2.0, "verdreifacht": 3.0, "doublé": 2.0, "duplicado": 2.0, "duplicó": 2.0, "raddoppiato": 2.0,
    "удвоилось": 2.0, "удвоилась": 2.0, "удвоился": 2.0, "утроилось": 3.0, "подвоїлося": 2.0, "подвоїлась": 2.0,
    "подвоїлася": 2.0, "потроїлася": 3.0, "dobrou": 2.0, "duplicou": 2.0, "triplicou": 3.0, "triplicó": 3.0,
    "triplé": 3.0, "raddoppiata": 2.0, "triplicato": 3.0, "verdreifachte": 3.0, "vervierfacht": 4.0,
    "halbiert": 0.5, "halbierte": 0.5, "dimezzato": 0.5,
}  # fmt: skip


def _draft(sentence: Sentence, numeral: Numeral) -> Draft:
    tokens = sentence.tokens
    prefix = units.before(sentence, numeral) if numeral.form in (Form.DIGITS, Form.FRACTION) else None
    unit = units.after(sentence, numeral) if numeral.form is not Form.ORDINAL else None
    if prefix and unit and unit.group != "currency":
        unit = None
    strong = None if prefix else magnitude(sentence, numeral)
    unit = strong.unit if strong else unit
    how, opens = hedge(sentence, numeral, strong.unit) if strong else modifier(sentence, numeral, prefix, unit)
    end_char = unit.end if unit else numeral.end
    last = numeral.last
    while last < len(tokens) and tokens[last].start < end_char:
        last += 1
    start = numeral.start
    if prefix:
        start = prefix.start + sentence.text[prefix.start :][:1].isspace()
    first = numeral.first
    while first > 0 and tokens[first - 1].start >= start:
        first -= 1
    low, high = numeral.low, numeral.high
    signed = start if prefix and sentence.text[start - 1 : start] in ("-", "−") else numeral.start
    if _is_negative(sentence, numeral, first, signed):
        low = high = -low
        if sentence.text[signed - 1] in "-−":
            start = min(start, signed - 1)
    if numeral.form is Form.FOLD:
        unit = Unit("times", "ratio", numeral.start, numeral.end)
    per = units.rate(sentence, end_char) if prefix or unit else None
    if _is_rate_cut(sentence, numeral, unit, last):
        low = high = low * 100
        unit = Unit("basis points", "ratio", numeral.end, end_char, hyphenated=True)
    quake = strong.quake if strong else None
    opens = min(opens, first)
    return Draft(numeral, first, last, opens, start, numeral.end, low, high, how, unit, prefix, per, quake=quake)


def _vote(numeral: Numeral, counted: str) -> Draft:
    """One side of a vote, whose number is exact whatever stands before it."""
    return Draft(
        numeral, numeral.first, numeral.last, numeral.first, numeral.start, numeral.end, numeral.low, numeral.high,
        Modifier.EXACT, None, votes=counted,
    )  # fmt: skip


def _is_negative(sentence: Sentence, numeral: Numeral, first: int, at: int) -> bool:
    if numeral.form is not Form.DIGITS:
        return False
    text = sentence.text
    if at > sentence.start and text[at - 1] in "-−":
        before = text[at - 2] if at - 2 >= sentence.start else " "
        return before.isspace() or before in "($€£[" or sentence.lower(numeral.first - 2) == "minus"
    return sentence.lower(first - 1) == "minus" and sentence.lower(first - 2) not in {"or", "/"}


_GROWTH = wordset("increase rise jump growth surge hike drop decline decrease")
_CUTS = wordset("cut hike rise increase reduction move raise")


def _is_rate_cut(sentence: Sentence, numeral: Numeral, unit: Unit | None, last: int) -> bool:
    """ "a half-point cut": half a percentage point, which reports of interest rates count in basis points."""
    if numeral.form is not Form.FRACTION or unit is None or unit.name not in {"points", "percentage points"}:
        return False
    return unit.hyphenated and bool({sentence.lower(last), sentence.lower(last + 1)} & _CUTS)


def _scale(numeral: Numeral, sentence: Sentence) -> float:
    """By what the magnitude word after digits multiplies them."""
    token = sentence.tokens[numeral.first]
    if not numeral.scaled or token.kind is not Kind.NUMBER:
        return 1.0
    raw = read_digits(token.text, "." if sentence.language == "en" else ",")
    return numeral.low / raw if raw else 1.0


def _same_unit(a: Draft, b: Draft) -> bool:
    if a.measure is None or b.measure is None:
        return True
    return a.measure.name == b.measure.name


def _link(sentence: Sentence, a: Draft, b: Draft) -> str | None:
    """The one word or dash between two numbers, hedges aside."""
    between = [token.lower for token in sentence.tokens[a.last : b.first]]
    while len(between) > 1 and between[-1] in _HEDGES:
        between.pop()
    if between == ["to", "-"]:
        return "to"  # "200,000 to-260,000"
    if not between and b.low < 0 and a.unit is None:
        return "-"
    return between[0] if len(between) == 1 else None


def _left(sentence: Sentence, draft: Draft) -> str:
    """The word before a number and its modifier; "between" also of "between the ages of"."""
    word = sentence.lower(draft.opens - 1)
    if word == "of" and sentence.lower(draft.opens - 2) in _BETWEEN:
        return "between"
    return word


def _joined(sentence: Sentence, a: Draft, b: Draft) -> str | None:
    """How two neighbouring numbers belong together: ``range``, ``change``, or ``None``."""
    link = _link(sentence, a, b)
    forms = (a.numeral.form, b.numeral.form)
    if link is None or not _same_unit(a, b) or {Form.VAGUE, Form.ORDINAL, Form.ANOTHER, Form.BROKEN} & set(forms):
        return None
    if (Form.FRACTION in forms and forms[0] != forms[1]) or a.increment or b.increment:
        return None
    free = (Modifier.EXACT, Modifier.ABOUT, Modifier.NEARLY, Modifier.RANGE)
    tied = b.modifier is Modifier.UP_TO and link in _TO and sentence.language != "en"  # "от 20 до 30"
    if b.modifier not in free and link != "to" and not tied:
        return None
    left = _left(sentence, a)
    if link in _TO - _DASHES and left in _FROM:
        if link == "auf" or (left in {"с", "з"} and link == "до"):
            return "change"  # German and the Slavic languages have other words for the ends of a range
        head = sentence.text[max(sentence.start, a.start - 70) : a.start]
        if not _NO_CHANGE.search(head) and (_CHANGE.search(head) or abs(b.low) < abs(a.low)):
            return "change"
    scaled_up = b.numeral.scaled and not a.numeral.scaled
    if abs(b.low) <= abs(a.low) and not scaled_up:
        return None
    if link in _TO:
        if link in {"a", "à", "al", "по", "до"} and sentence.language == "en":
            return None
        glued = link in _DASHES and sentence.tokens[b.first].glued and b.numeral.scaled
        both = a.measure is not None and (b.unit is None and b.prefix is None) and not glued
        steps = left in {"by", "down", "up"} and (a.measure is not None or b.low > 3 * a.low)
        return None if both or steps else "range"
    if link in _AND and left in _BETWEEN:
        return "range"
    small = b.low == a.low + 1 and b.low <= 12
    if link in _OR and a.measure is None and b.prefix is None and forms[0] is forms[1] and small:
        return "range"
    return None


def _merge(sentence: Sentence, a: Draft, b: Draft) -> Draft:
    low = a.low
    factor = _scale(b.numeral, sentence)
    if factor > 1 and not a.numeral.scaled and a.low < 1000 and a.low * factor < b.high * (1 + 1e-9):
        low = a.low * factor  # "$3 to $5 billion"
    elif _shares_thousands(a, b):
        low = a.low * 1000  # "9-10,000 people"
    high = abs(b.high) if b.low < 0 <= a.low else b.high
    return Draft(
        numeral=b.numeral, lead=a.numeral, first=a.first, last=b.last, opens=a.opens, start=a.start, end=b.end,
        low=low, high=high, modifier=Modifier.RANGE, unit=b.unit or a.unit, prefix=a.prefix or b.prefix,
        per=b.per or a.per, quake=a.quake or b.quake,
    )  # fmt: skip


_WIDEST_RANGE = 5.0
"""How many times the lower end the upper one is at most where both count thousands that are written once."""


def _shares_thousands(a: Draft, b: Draft) -> bool:
    """Whether the lower end of a range leaves out the thousands that the upper end has: "10 to 15,000"."""
    digits = a.numeral.form is Form.DIGITS and b.numeral.form is Form.DIGITS
    plain = a.numeral.plain and not b.numeral.scaled and a.low == int(a.low) and 0 < a.low < 1000
    return digits and plain and b.low % 1000 == 0 and a.low * 1000 < b.low <= a.low * 1000 * _WIDEST_RANGE


def _earlier_value(sentence: Sentence, a: Draft, b: Draft) -> float:
    """What "from 3 to $5 billion" changes from; the first number shares the magnitude of the second."""
    factor = _scale(b.numeral, sentence)
    money = a.measure is not None and a.measure.group == "currency"
    if factor > 1 and not a.numeral.scaled and a.low < 1000 and money:
        a.low = a.high = a.low * factor
    return a.low


def _up_from(sentence: Sentence, a: Draft, b: Draft) -> bool:
    """Whether ``b`` is what ``a`` was before: "35, up from 28", "to 3 from 9"."""
    if sentence.lower(b.opens - 1) not in _FROM or not _same_unit(a, b):
        return False
    between = {token.lower for token in sentence.tokens[a.last : b.opens - 1]}
    if b.opens - 1 - a.last > 9:
        return False
    to = sentence.lower(a.opens - 1) in {"to", "at", "auf"}
    if to and between == {","}:
        # "revised the toll to 13, from 14, because", not "sold to 13, from nine countries"
        return not sentence.is_word(b.last) or sentence.lower(b.last) in words("stop")
    return bool(_TURNS & between) or (to and b.opens - 1 - a.last <= 3 and not ({",", ";"} & between))


def _pair_reason(sentence: Sentence, a: Draft, b: Draft) -> bool:
    """Whether two numbers joined by "to" or a dash are years, a score or a name rather than a range."""
    if any(moments.is_year(sentence, d.numeral, Modifier.EXACT, d.unit, d.prefix) for d in (a, b)):
        return True
    unit = a.unit or b.unit
    why = guards.why_not(sentence, a.numeral, prefix=a.prefix or b.prefix, unit=unit, modifier=Modifier.EXACT)
    return why in {"score", "label", "age"}


def _why(sentence: Sentence, draft: Draft) -> str | None:
    if draft.numeral.form is Form.ANOTHER or draft.votes or draft.quake:
        return None
    if draft.numeral.form is Form.FOLD:
        head = sentence.text[max(sentence.start, draft.start - 40) : draft.start]
        grew = sentence.lower(draft.last) in _GROWTH or _CHANGE.search(head)
        return None if grew else "adjective"
    if draft.lead is not None:
        return guards.why_no_range(sentence, draft.lead, draft.numeral, draft.unit, draft.prefix)
    return guards.why_not(sentence, draft.numeral, prefix=draft.prefix, unit=draft.unit, modifier=draft.modifier)


def _factor(sentence: Sentence, draft: Draft) -> float | None:
    for k in range(max(0, draft.opens - 4), draft.opens):
        if factor := _FACTORS.get(sentence.lower(k)):
            return factor
    return None


MOST = 60
"""More numerals than this in one sentence are a list."""


def _first_drafts(sentence: Sentence, written: list[Numeral], rejected: list[Rejected]) -> list[Draft]:
    """A draft for each numeral outside of dates, links and the like, which go to ``rejected``."""
    found: list[Draft] = []
    covered = masks(sentence)
    taken_until, another_at = -1, -1
    voted = tallies(sentence, [n for n in written if not any(m[0] < n.end and n.start < m[1] for m in covered)])
    for numeral in written:
        if numeral.start < taken_until:
            continue  # "4.3 second": the word is the unit of the number before
        mask = next((m for m in covered if m[0] < numeral.end and numeral.start < m[1]), None)
        if mask:
            if not rejected or rejected[-1].span != mask[:2]:
                rejected.append(Rejected(span=mask[:2], surface=sentence.text[mask[0] : mask[1]], why=mask[2]))
            continue
        if numeral.form is Form.ANOTHER:
            another_at = numeral.last
            found.append(
                Draft(numeral, numeral.first, numeral.last, numeral.first, numeral.start, numeral.end, 1.0, 1.0,
                      Modifier.EXACT, None, increment=True)
            )  # fmt: skip
            continue
        if numeral.first in voted:
            found.append(_vote(numeral, voted[numeral.first]))
            another_at = -1
            continue
        draft = _draft(sentence, numeral)
        if another_at >= 0 and draft.opens - another_at <= 1:
            draft.increment = True
            found.pop()  # "another 100 soldiers": one increment of a hundred, not one more
        another_at = -1
        if draft.unit:
            taken_until = max(taken_until, draft.unit.end)
        found.append(draft)
    return found


def drafts(sentence: Sentence) -> tuple[list[Draft], list[Rejected]]:
    """The figures of a sentence as far as their numbers go, and the numerals that are none, with why."""
    rejected: list[Rejected] = []
    joined: list[Draft] = []
    found = numerals(sentence)
    if len(found) > MOST:
        text = sentence.text
        listed = [Rejected(span=(n.start, n.end), surface=text[n.start : n.end], why="list") for n in found]
        return [], listed
    for draft in _first_drafts(sentence, found, rejected):
        before = joined[-1] if joined else None
        apart = before is None or before.ranged or before.votes or draft.votes
        how = None if before is None or apart else _joined(sentence, before, draft)
        strong = before and (before.quake or draft.quake)
        if before and how == "range" and (strong or not _pair_reason(sentence, before, draft)):
            joined[-1] = _merge(sentence, before, draft)
            continue
        if before and how == "change" and sentence.language != "en":
            draft.modifier = Modifier.EXACT
        if before and how == "change":
            draft.earlier = _earlier_value(sentence, before, draft)
        elif before and not apart and _up_from(sentence, before, draft):
            before.earlier = (draft.low, draft.high) if draft.low != draft.high else draft.low
        joined.append(draft)
    kept: list[Draft] = []
    for draft in joined:
        if why := _why(sentence, draft):
            first, last = (draft.start, draft.end) if draft.ranged else (draft.numeral.start, draft.numeral.end)
            rejected.append(Rejected(span=(first, last), surface=sentence.text[first:last], why=why))
            continue
        draft.factor = _factor(sentence, draft)
        if draft.numeral.form is Form.VAGUE:
            draft.modifier = Modifier.VAGUE
        kept.append(draft)
    _share_units(sentence, kept)
    return kept, rejected


_BARE_BEFORE = frozenset([*",.;)", "", "and", "or", "to", "in", "while", "from", "for", "last", "at"])
_COMPARES = frozenset(["of", "from", "than", "to", "was", "at"])
_LINKED = frozenset(["or", "and", "to"])
_SHARED_DECIMALS = frozenset(["%", "cent", "points", "degree", "degrees Celsius", "degrees Fahrenheit", "p"])


_NEAR_MAGNITUDE = 5


def _share_units(sentence: Sentence, kept: list[Draft]) -> None:
    """A unit said once for several numbers: "below 2.9 and May's 3.1" after "2.7 percent", "8 or $9"."""
    for index, draft in enumerate(kept):
        if draft.measure or draft.votes or draft.numeral.form not in (Form.DIGITS, Form.WORDS) or draft.numeral.scaled:
            continue
        if sentence.lower(draft.last) not in _BARE_BEFORE:
            continue
        following = kept[index + 1] if index + 1 < len(kept) else None
        linked = following is not None and following.opens - draft.last == 1 and sentence.lower(draft.last) in _LINKED
        if following and linked and following.measure and following.measure.group != "time":
            draft.unit, draft.quake = following.measure, following.quake
            continue
        decimal = draft.low != int(draft.low) if abs(draft.low) < 1e12 else False
        after_by = sentence.lower(draft.opens - 1) in {"by", "from", "of"}
        for other in reversed(kept[:index]):
            unit = other.measure
            if unit is None or unit.group not in {"ratio", "currency", "measure"}:
                continue
            if unit.name == "%" and abs(draft.low) > 100:
                continue
            if unit.name == MAGNITUDE:
                beside = draft.opens - other.last <= _NEAR_MAGNITUDE and decimal and draft.low < 10
                draft.unit, draft.quake = (unit, other.quake) if beside else (None, None)
                break
            scale = _scale(other.numeral, sentence)
            close = scale > 1 and 0.1 < draft.low * scale / (other.low or 1.0) < 10
            if unit.group == "currency" and close and decimal and sentence.lower(draft.opens - 1) in _COMPARES:
                draft.low = draft.high = float(f"{draft.low * scale:.12g}")  # "€2.3 billion instead of 1.9"
                draft.unit = unit
            elif unit.name in _SHARED_DECIMALS and (decimal or (unit.name == "%" and after_by)):
                draft.unit = unit
            break
