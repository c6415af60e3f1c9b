"""Why a numeral is no claim to follow: the one place that decides, over ``moments`` and ``names``."""

from __future__ import annotations

import re

from pipeline.figures.reading import moments, names
from pipeline.figures.reading.lexicon import any_of, words
from pipeline.figures.reading.masks import counts_on
from pipeline.figures.reading.numbers import Form, Numeral
from pipeline.figures.reading.tokens import Sentence
from pipeline.figures.reading.units import Unit
from schemas.figure import Modifier

_MARGIN_BEFORE = re.compile(
    r"(?i:(?:margin of (?:sampling )?error|error margin):?\s?(?:of|is|was|at)?\s?(?:about |around |roughly )?"
    r"(?:plus or minus |\+/-\s?|±\s?)?"
    r"|plus or minus |\+/-\s?|±\s?)$"
)
_MAGNITUDE_BEFORE = re.compile(r"(?i)\bmagnitude[ -](?:of )?(?:about |around )?$|\brichter\b.{0,12}$")
_MAGNITUDE_AFTER = re.compile(r"(?i)-? ?magnitude\b")
_QUAKE_AFTER = re.compile(r"(?i)[- ](?:quake|earthquake|tremor|aftershock)\b")
_CALIBRE_AFTER = re.compile(
    r"(?i:[\s-]?(?:mm|millimet(?:er|re)|cm|calibre|caliber|-gauge)[\s-]+(?:\w+\s)?(?:guns?|cannons?|howitzers?|shells?"
    r"|rounds?|lens(?:es)?|film|mortars?|artillery|pistols?|rifles?|bullets?|ammunition|autocannons?|projectiles?"
    r"|machine|prints?|camera)\b)"
)
_DEPTH_BEFORE = re.compile(
    r"(?i:\bdepths?:? (?:of )?(?:about |around |roughly |some |just |only |up to |more than |nearly )?)$"
)
_SETTING_AFTER = re.compile(
    rf"\s(?:(?i:{any_of('setting_after')})\b|(?:to the )?(?:{any_of('direction')})\b|(?:down|up|along) the\b"
    r"|(?:away )?from (?:the|its|their|[A-ZÀ-ÞА-Я])|outside (?:of )?[A-ZÀ-Þ]|off (?:the|[A-ZÀ-Þ]))"
)
_LENGTHS = frozenset({"km", "metre", "mile", "yard", "foot", "nautical miles", "cm"})


_PER = frozenset(["per", "every", "je", "pro", "pour", "por", "ogni", "cada", "на"])
_BASES = frozenset([100.0, 1000.0, 10_000.0, 100_000.0, 1_000_000.0])
_PARENTS = frozenset(["mother", "father", "mom", "mum", "dad", "parent", "parents", "grandmother", "grandfather"])


def _is_list_number(sentence: Sentence, numeral: Numeral) -> bool:
    if numeral.form is not Form.DIGITS or not numeral.plain or numeral.value >= 100:
        return False
    i, j = numeral.first, numeral.last
    more = j + 1 < len(sentence.tokens)
    if i == 0 and sentence.lower(j) in {".", ")"}:
        return more or sentence.lower(j) == "."
    return i == 1 and sentence.lower(0) == "(" and sentence.lower(j) == ")"


def _is_setting(sentence: Sentence, numeral: Numeral, unit: Unit | None, head: str) -> bool:
    """Depths and distances that say where something happened."""
    if unit is None or unit.group != "measure":
        return False
    if _DEPTH_BEFORE.search(head):
        return True
    if unit.name not in _LENGTHS or unit.hyphenated:
        return False
    if head.endswith(" at ") and unit.name in {"metre", "foot"} and numeral.value >= 300:
        return True
    return bool(_SETTING_AFTER.match(sentence.text, unit.end, sentence.end))


def why_no_range(
    sentence: Sentence, lead: Numeral, numeral: Numeral, unit: Unit | None, prefix: Unit | None
) -> str | None:
    """Why the range from ``lead`` to ``numeral`` is no figure: ages, school years, a window of time."""
    if moments.is_age(sentence, lead, unit, prefix) or moments.is_age(sentence, numeral, unit, prefix):
        return "age"
    if not prefix and moments.is_age_range(sentence, lead, numeral, unit):
        return "age"
    if moments.is_period(sentence, numeral, unit, lead.start):
        return "period"
    named = sentence.lower(lead.first - 1) in words("label_plural") and unit is None and prefix is None
    return "label" if named else None


def why_not(
    sentence: Sentence, numeral: Numeral, *, prefix: Unit | None, unit: Unit | None, modifier: Modifier
) -> str | None:
    """Why a numeral is no figure, or ``None`` where it is one.

    ``prefix`` is a currency before it, ``unit`` what follows it.
    """
    text = sentence.text
    if numeral.form is Form.BROKEN or numeral.high == float("inf"):
        return "no number"
    if numeral.form is Form.ORDINAL and not counts_on(sentence, numeral.first):
        return "ordinal"
    if numeral.form is Form.FRACTION and "majority" in (sentence.lower(numeral.last), sentence.lower(numeral.last + 1)):
        return "adjective"
    if numeral.form is Form.DIGITS and counts_on(sentence, numeral.first):
        return None
    if why := names.unsuited_prefix(sentence, numeral, prefix) or names.unsuited_suffix(sentence, numeral, unit):
        return why
    if not (prefix or unit) and moments.is_clock(sentence, numeral):
        return "time"
    if _is_list_number(sentence, numeral):
        return "list numbering"
    if sentence.lower(numeral.first - 1) == "of" and sentence.lower(numeral.first - 2) in _PARENTS and not unit:
        return "family"
    if moments.is_age(sentence, numeral, unit, prefix):
        return "age"
    if moments.is_year(sentence, numeral, modifier, unit, prefix):
        return "year"
    head = text[max(sentence.start, numeral.start - 48) : numeral.start]
    if _MARGIN_BEFORE.search(head):
        return "margin of error"
    if not prefix and (_MAGNITUDE_BEFORE.search(head) or _MAGNITUDE_AFTER.match(text, numeral.end, sentence.end)):
        return "magnitude"
    if numeral.value < 10 and not numeral.plain and _QUAKE_AFTER.match(text, numeral.end, sentence.end):
        return "magnitude"
    if names.is_score(sentence, numeral, unit):
        return "score"
    if sentence.lower(numeral.first - 1) in _PER and numeral.value in _BASES and not prefix:
        return "rate"

    if moments.is_period(sentence, numeral, unit, numeral.start):
        return "period"
    if why := names.is_pronoun(sentence, numeral, unit):
        return why
    if not prefix and _CALIBRE_AFTER.match(text, numeral.end, sentence.end):
        return "calibre"
    if _is_setting(sentence, numeral, unit, head):
        return "setting"
    if names.is_label(sentence, numeral, modifier, unit, prefix):
        return "label"
    if names.is_adjective(sentence, numeral, unit, prefix):
        return "adjective"
    if names.is_name_part(sentence, numeral, unit, prefix):
        return "name"
    if numeral.form is Form.DIGITS and sentence.lower(numeral.last) == "century":
        return "ordinal"
    return None
