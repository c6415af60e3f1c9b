"""The value of digits with separators, and of German and Italian compounds that are one word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

LONGEST_DIGITS = 18
"""A longer run of digits is a code, not a count."""

_DECIMAL_POINT = re.compile(
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}|\d{1,3}(?:[ ']\d{3})+|\d*)(?:\.(?P<part>\d+))?"
)
_DECIMAL_COMMA = re.compile(r"(?P<whole>\d{1,3}(?:\.\d{3})+|\d{1,3}(?:[ ']\d{3})+|\d+)(?:[,](?P<part>\d+))?")
_FOREIGN_GROUPS = re.compile(r"\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:,\d{3}){2,}")
_PLAIN_POINT = re.compile(r"\d+\.\d+")
_NO_DIGIT = re.compile(r"\D")
_SEPARATORS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'", "٬": ",", "٫": "."})


def read_digits(surface: str, decimal: str = ".") -> float | None:
    """The value of digits with separators where ``decimal`` is the decimal mark, or ``None`` if they are no number.

    Groups of three after the other mark, a space or an apostrophe are thousands; so are Indian groups ("1,23,000").
    """
    if surface.isascii() and surface.isdigit():
        return float(surface) if len(surface) <= LONGEST_DIGITS else None
    ascii_digits = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in surface)
    clean = ascii_digits.translate(_SEPARATORS)
    if sum(map(str.isdigit, clean)) > LONGEST_DIGITS:
        return None
    if clean.isdigit():
        return float(clean)
    match = (_DECIMAL_POINT if decimal == "." else _DECIMAL_COMMA).fullmatch(clean)
    if match and (match["whole"] or match["part"]):
        whole = _NO_DIGIT.sub("", match["whole"]) or "0"
        return float(f"{whole}.{match['part'] or 0}")
    if _FOREIGN_GROUPS.fullmatch(clean):
        return float(_NO_DIGIT.sub("", clean))
    if _PLAIN_POINT.fullmatch(clean):
        return float(clean)
    return None


_GERMAN_UNIT = "ein|eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun"
_GERMAN = re.compile(
    rf"(?:(?P<thousands>[a-zäöüß]{{3,40}}?)?tausend)?(?:und)?(?:(?P<hundreds>{_GERMAN_UNIT})?hundert)?(?:und)?"
    rf"(?:(?P<unit>{_GERMAN_UNIT})und)?(?P<rest>[a-zäöüß]+)?"
)


def german_compound(
    word: str, small: Mapping[str, float], tens: Mapping[str, float], *, deep: bool = False
) -> float | None:
    """The value of a German compound numeral such as "zweihunderteinundzwanzig"."""
    if len(word) > 60 or not ("und" in word or "hundert" in word or "tausend" in word):
        return None
    match = _GERMAN.fullmatch(word)
    if not match:
        return None
    units = {"ein": 1.0, "eins": 1.0, **small}
    total = 0.0
    if "tausend" in word:
        head = match["thousands"]
        inner = 1.0 if not head else units.get(head, tens.get(head))
        if inner is None and head and not deep:
            inner = german_compound(head, small, tens, deep=True)
        if inner is None:
            return None
        total += inner * 1000
    tail = word.rsplit("tausend", 1)[-1]
    if "hundert" in tail:
        total += 100 * units.get(match["hundreds"] or "ein", 1.0)
    if match["unit"]:
        if match["rest"] not in tens:
            return None
        total += units[match["unit"]] + tens[match["rest"]]
    elif match["rest"]:
        rest = units.get(match["rest"], tens.get(match["rest"]))
        if rest is None:
            return None
        total += rest
    return total or None


def italian_compound(word: str, small: Mapping[str, float], tens: Mapping[str, float]) -> float | None:
    """The value of an Italian compound numeral such as "duemilatrecentoquarantacinque"."""
    if len(word) > 60 or not ("cento" in word or "mila" in word or word.startswith("mille")):
        return None
    total, rest = 0.0, word
    if rest.startswith("mille"):
        total, rest = 1000.0, rest.removeprefix("mille")
    elif "mila" in rest:
        head, _, rest = rest.partition("mila")
        thousands = _italian_below_thousand(head, small, tens)
        if not thousands:
            return None
        total = thousands * 1000
    if not rest:
        return total or None
    value = _italian_below_thousand(rest, small, tens)
    return total + value if value else None


def _italian_below_thousand(word: str, small: Mapping[str, float], tens: Mapping[str, float]) -> float | None:
    if "cento" not in word:
        return small.get(word, tens.get(word))
    head, _, rest = word.partition("cento")
    hundreds = 1.0 if not head else small.get(head)
    below = 0.0 if not rest else small.get(rest, tens.get(rest))
    return None if hundreds is None or below is None or hundreds > 9 else hundreds * 100 + below
