"""Magnitudes of earthquakes: "a 6.1-magnitude quake", "magnitude 6.1", "7.6 on the Richter scale", "Stärke 6,1".

Stars and asteroids have magnitudes as well, and "Stärke" is any strength, so that an earthquake must be spoken of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from pipeline.figures.reading.lexicon import words, wordset
from pipeline.figures.reading.modifiers import modifier
from pipeline.figures.reading.numbers import Form, Numeral
from pipeline.figures.reading.tokens import Sentence
from pipeline.figures.reading.units import Unit
from schemas.figure import Modifier

MAGNITUDE = "magnitude"
_LARGEST = 10.0
_NEAR_TEXT = 500
"""Characters before a sentence in which the earthquake that it tells of is named."""

_NAMED = r"(?:(?<!order of )(?<!orders of )magnitudes?|magnitud|magnitudo|magnitudes|stärke|магнитуд\w*|магнітуд\w*)"
_BEFORE = re.compile(
    rf"(?i)\b{_NAMED}(?:[ -]|:\s)(?:of |de |di |von |at |between |about |around |roughly |at least |over |above )*$"
)
_STATED = re.compile(
    rf"(?i)\b{_NAMED}(?:\s(?!and\b|depth\b)[\w'’]+(?:[.,]\d)?){{0,5}}\s(?:at|as|was|is|to|from)\s(?:about |around )?$"
)
_SECOND = re.compile(rf"(?i)\b{_NAMED}[ -](?:of |de |di )?\d[.,]\d,? (?:and|or|to|und|et|y|e|и|та|і) $")
_MOMENT = re.compile(r"\bM[wW]?[ -]?$")
_MEASURED = re.compile(r"(?i)\b(?:measur(?:ing|ed|es)|register(?:ing|ed))\s(?:at\s|as\s|about\s|around\s)*$")
_ONE_PLACE = re.compile(r"\d[.,]\d$")
"""How magnitudes are written, but times ("at 6.15") are not."""
_AFTER = re.compile(r"(?i)[ -]-?magnitude\b")
_RICHTER = re.compile(
    r"(?i)(?:\s(?:points?|degrees?|grados|degrés|gradi|graus|балл\w*|бал\w*))?\s"
    r"(?:(?:on|in|en|sur|auf|nella|della|na|da|по|за)\s(?:[^\W\d]+['’]?[\s-]?){0,4}?)?(?:richter|рихтер|ріхтер)"
)
_DEGREES = re.compile(r"(?i)\s(?:grados|gradi|graus)\b")
_QUAKE_AFTER = re.compile(r"(?i)[- ](?:strong )?(?:quake|earthquake|tremor|aftershock|foreshock|temblor)\b")
_SKY = wordset("star stars asteroid asteroids comet comets galaxy supernova nova telescope brightness planet")


@dataclass(frozen=True, slots=True)
class Magnitude:
    """The unit of a number that is a magnitude, and the earthquake it is of, as the text calls it."""

    unit: Unit
    quake: str


def magnitude(sentence: Sentence, numeral: Numeral) -> Magnitude | None:
    """The magnitude that a number is, or ``None`` where it is none or of something else."""
    if numeral.form not in (Form.DIGITS, Form.WORDS) or numeral.scaled or not 0 < numeral.low < _LARGEST:
        return None
    text = sentence.text
    head = text[max(sentence.start, numeral.start - 60) : numeral.start]
    unit = Unit(MAGNITUDE, "measure", numeral.end, numeral.end)
    if after := _AFTER.match(text, numeral.end, sentence.end):
        unit = Unit(MAGNITUDE, "measure", numeral.end + 1, after.end(), hyphenated=True)
    elif not (_is_named(sentence, numeral, head) or _RICHTER.match(text, numeral.end, sentence.end)):
        return None
    quake = _quake(sentence, numeral)
    if quake is None and "richter" in sentence.words:
        quake = "earthquake"
    return Magnitude(unit, quake) if quake else None


def _is_named(sentence: Sentence, numeral: Numeral, head: str) -> bool:
    """Whether the words before a number, or the earthquake right after it, make it a magnitude."""
    if _BEFORE.search(head) or _SECOND.search(head):
        return True
    text, decimal = sentence.text, not numeral.plain and numeral.form is Form.DIGITS
    if not decimal:
        return False
    if _QUAKE_AFTER.match(text, numeral.end, sentence.end) or _MOMENT.search(head):
        return True
    named = not words("quake", sentence.language).isdisjoint(sentence.words)
    if named and _DEGREES.match(text, numeral.end, sentence.end):
        return sentence.lower(numeral.first - 2) in words("quake", sentence.language)
    low = sentence.lower(numeral.last)
    closed = not sentence.is_word(numeral.last) or low in words("stop", sentence.language) or low in words("stop")
    closed = closed and bool(_ONE_PLACE.match(text, numeral.start, numeral.end))
    return closed and bool(_STATED.search(head) or (named and _MEASURED.search(head)))


@cache
def _quakes(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?i)\b(?:{'|'.join(sorted(words('quake', language) or words('quake'), key=len))})\b")


def _quake(sentence: Sentence, numeral: Numeral) -> str | None:
    """The earthquake nearest to a number in its sentence, or the last that was spoken of shortly before."""
    quakes = _quakes(sentence.language)
    named = list(quakes.finditer(sentence.text, sentence.start, sentence.end))
    if named:
        nearest = min(
            named, key=lambda m: m.start() - numeral.end if m.start() > numeral.end else numeral.start - m.end()
        )
        return _in_full(nearest)
    if not _SKY.isdisjoint(sentence.words):
        return None
    before = list(quakes.finditer(sentence.text, max(0, sentence.start - _NEAR_TEXT), sentence.start))
    return _in_full(before[-1]) if before else None


def _in_full(quake: re.Match[str]) -> str:
    return quake.group() + (" de terre" if quake.string[quake.end() :].startswith(" de terre") else "")


def hedge(sentence: Sentence, numeral: Numeral, unit: Unit) -> tuple[Modifier, int]:
    """The modifier of a magnitude and the token at which it begins, also before its name: "at least magnitude 6"."""
    how, opens = modifier(sentence, numeral, None, unit)
    name = numeral.first - 1
    name -= sentence.lower(name) in {"-", "of", "de", "von", "di"}
    if how is Modifier.EXACT and re.fullmatch(_NAMED, sentence.lower(name)):
        outer, start = modifier(sentence, replace(numeral, first=name), None, unit)
        return (outer, start) if outer is not Modifier.EXACT else (how, opens)
    return how, opens
