"""Numbers, claims and times as people read them.

What is said is what the record holds: numbers are grouped and scaled ("2.7 billion") only where nothing is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_symbol, list_currencies

from pipeline.tell.frame import ENGLISH, Frame, message
from pipeline.tell.units import unit_behind
from pipeline.text import normalise
from schemas.brief import BriefValue
from schemas.figure import Figure, Modifier, Value

_MODIFIERS = {
    Modifier.AT_LEAST: message("at least {value}"),
    Modifier.MORE_THAN: message("more than {value}"),
    Modifier.UP_TO: message("up to {value}"),
    Modifier.FEWER_THAN: message("fewer than {value}"),
    Modifier.ABOUT: message("about {value}"),
    Modifier.NEARLY: message("nearly {value}"),
    Modifier.ONLY: message("only {value}"),
}
_SIGNS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₴": "UAH"}
_UNIT_NAMES = {**_SIGNS, "percent": "%", "per cent": "%"}
_SHORT = {"pp": "percentage points", "bp": "basis points", "bps": "basis points"}
_UNITS = {"foot": "feet", "square foot": "square feet", "inch": "inches", "century": "centuries"}
_UNITS |= {"krona": "kronor", "krone": "kroner"}
# Units of which there is no plural; abbreviations have none either.
_ALIKE = {
    "yuan",
    "baht",
    "taka",
    "rand",
    "ringgit",
    "naira",
    "dong",
    "rupiah",
    "zloty",
    "kelvin",
    "hertz",
    "horsepower",
}
_SINGULAR = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "lives": "life",
    "wives": "wife",
    "policemen": "policeman",
    "servicemen": "serviceman",
    "series": "series",
    "species": "species",
    "aircraft": "aircraft",
}
_ELLIPSIS = "…"

OUTCOMES = {
    "indexed": "new report",
    "copy": "copy",
    "off_topic": "off topic",
    "known": "already known",
    "teaser": "only a teaser",
    "consent": "behind a consent page",
    "login": "behind a login",
    "not_article": "not an article",
    "blocked": "blocked",
    "robots": "disallowed by robots.txt",
    "gone": "gone",
    "not_html": "not a web page",
    "too_large": "too large",
    "failed": "failed",
}
"""What people are told became of an entry, in the order in which outcomes are counted."""


def one_line(text: str, limit: int) -> str:
    """``text`` of a page, fit to stand in a line of a mail: no control or bidi character, at most ``limit`` long.

    What is cut ends in an ellipsis, at a word's end where one is near.
    """
    # A page may send megabytes; no more than a multiple of what can be shown is worth normalising.
    line = normalise(text[: limit * 8 + 64]).replace("\n", " ")
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    space = len(cut) if line[limit - 1] == " " else cut.rfind(" ")
    return (cut[:space] if space > limit * 2 // 3 else cut).rstrip(" ,;:–—-") + _ELLIPSIS


def slug(text: str, limit: int = 60) -> str:
    """``text`` as a part of a file name: lower-case ASCII letters, digits and single hyphens; never empty."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"(?<=\d),(?=\d)", "", text.lower()))
    name = ""
    for word in words:
        if len(name) + len(word) + 1 > limit:
            break
        name = f"{name}-{word}" if name else word
    return name or "mail"


def number(value: float) -> str:
    """`Frame.number` in English."""
    return ENGLISH.number(value)


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def _with_unit(digits: str, unit: str | None, value: float, frame: Frame) -> str:
    """A number, already in words, with its unit where the reader's language puts it; ``value`` is the number."""
    unit = _UNIT_NAMES.get(unit or "", unit)
    if not unit:
        return digits
    unit = _SHORT.get(unit, unit)
    if not frame.english:
        return unit_behind(digits, one_line(unit, 40), value, frame)
    if unit in ("%", "‰"):
        return f"{digits}{unit}"
    if unit == "magnitude":
        return f"magnitude {digits}"
    if unit in _currencies():
        symbol = get_currency_symbol(unit, locale="en")
        sign = "-" if digits.startswith("-") else ""
        space = " " if symbol[-1:].isalpha() else ""
        return f"{sign}{symbol}{space}{digits.removeprefix('-')}"
    return f"{digits} {_unit_word(one_line(unit, 40), one=digits in ('1', '-1'))}"


def _unit_word(unit: str, *, one: bool) -> str:
    """The name of a unit, which may come in singular or plural, as it follows a number."""
    last = unit.rpartition(" ")[2]
    if len(last) <= 3 or not last.isascii() or not last.isalpha() or not last.islower() or last in _ALIKE:
        return unit
    if one:
        return singular(unit)
    return unit if last.endswith("s") else _UNITS.get(unit) or f"{unit}s"


def amount(value: Value, unit: str | None = None, frame: Frame = ENGLISH) -> str:
    """A value with its unit: "1,605", "20–30", "$2.7 billion", "$2–3 million", "12.5%", "310 km"."""
    if not isinstance(value, tuple):
        return _with_unit(frame.number(value), unit, value, frame)
    if value[0] == value[1]:
        return _with_unit(frame.number(value[0]), unit, value[0], frame)
    (low, low_scale), (high, high_scale) = frame.scaled(value[0]), frame.scaled(value[1])
    first, last = frame.digits(low), frame.digits(high)
    apart = first.startswith("-") or last.startswith("-") or low_scale != high_scale
    if low_scale != high_scale:
        first, last = frame.on_scale(first, low_scale, low), frame.on_scale(last, high_scale, high)
        high_scale = None
    span = frame.say("{low} to {high}", low=first, high=last) if apart else f"{first}–{last}"
    return _with_unit(frame.on_scale(span, high_scale, high), unit, value[1], frame)


def value_of(figure: Figure | BriefValue) -> Value:
    """The value of a figure, or of one in a brief; or the two ends of its range."""
    if figure.value is not None:
        return figure.value
    assert figure.low is not None
    assert figure.high is not None
    return (figure.low, figure.high)


def value_words(figure: Figure, frame: Frame = ENGLISH) -> str:
    """A figure's value as its text means it: "at least 19,500", "20–30", "about $2.7 billion", "dozens (24–99)"."""
    words = amount(value_of(figure), figure.unit, frame)
    if _is_said_share(figure) and frame.english:
        words = one_line(figure.surface, 40).lower()
    if figure.modifier is Modifier.VAGUE:
        said = _vague(figure)
        if not said or said == words:
            return words
        return frame.say("{words} ({value})", words=_as_worded(said, frame), value=words)
    modifier = _MODIFIERS.get(figure.modifier)
    return frame.say(modifier, value=words) if modifier else words


def value_in_short(figure: Figure, frame: Frame = ENGLISH) -> str:
    """`value_words` as it may stand within brackets: "dozens" without what they may be."""
    said = _vague(figure) if figure.modifier is Modifier.VAGUE else ""
    return _as_worded(said, frame) if said else value_words(figure, frame)


def _vague(figure: Figure) -> str:
    return re.sub(r"\s+of$", "", one_line(figure.surface, 40).lower())


def _as_worded(said: str, frame: Frame) -> str:
    return frame.say_as("a vague number, in the words of an article", "{words}", words=said)


def _is_said_share(figure: Figure) -> bool:
    """Whether a text puts a share of a whole in words: "two-thirds", "half", "seven in 10"."""
    share = figure.value is not None and 0 < figure.value < 1 and not figure.unit
    return share and "." not in figure.surface and "," not in figure.surface


def singular(noun: str) -> str:
    """The last word of ``noun``, before any "of", as one of its kind: "young girls" → "young girl"."""
    noun, of, rest = noun.partition(" of ")
    head, space, last = noun.rpartition(" ")
    lower = last.lower()
    if lower in _SINGULAR:
        last = _SINGULAR[lower]
    elif lower.endswith("ies") and len(lower) > 4:
        last = f"{last[:-3]}y"
    elif re.search(r"(sses|shes|ches|xes)$", lower):
        last = last[:-2]
    elif lower.endswith("s") and not lower.endswith(("ss", "us", "is")):
        last = last[:-1]
    return f"{head}{space}{last}{of}{rest}"


CLAIM = 140
"""Characters of a wording: 18 words, the most that wordings have, are seldom more."""


def claim_words(figure: Figure, limit: int = CLAIM) -> str:
    """What a figure says, in the words of its own sentence: its wording, or else the sentence cut around the number.

    One line of at most ``limit`` characters; what is cut ends or begins with an ellipsis.
    """
    said = figure.wording.text if figure.wording else ""
    line = str(quoted(said if said.strip() else figure.quote, figure.surface, limit=limit))
    # The full stop of an abbreviation ("U.S.") is part of the last word.
    return re.sub(r"(?<=\w{3})\.$", "", line) or value_words(figure)


def headline_of(figure: Figure, limit: int = CLAIM) -> str:
    """`claim_words` as a heading: "[The flood] killed 12 people"."""
    return sentence_case(claim_words(figure, limit))


def said_by(figure: Figure) -> str:
    """Who says so, in a word or some, where the wording itself does not name them; empty where nobody is named."""
    return figure.wording.speaker if figure.wording else ""


def credited(figure: Figure) -> str:
    """`headline_of` with who says so behind it: "12 people were killed (the police)"."""
    claim, speaker = headline_of(figure), said_by(figure)
    return f"{claim} ({speaker})" if speaker else claim


def sentence_case(text: str) -> str:
    """``text`` with its first letter in upper case and the rest as it is, be it the first of what was resolved."""
    first = 1 if text.startswith("[") else 0
    return text[:first] + text[first : first + 1].upper() + text[first + 1 :]


def count(number_of: int, noun: str, plural: str | None = None) -> str:
    """ "1 story", "3 stories", "1,204 articles"."""
    word = noun if number_of == 1 else plural or f"{noun}s"
    return f"{number(number_of)} {word}"


def listed(parts: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return ENGLISH.listed(parts)


@dataclass(frozen=True)
class Quote:
    """A sentence in pieces, each with whether it is one of the numbers to emphasise."""

    pieces: tuple[tuple[str, bool], ...]

    def __str__(self) -> str:
        return "".join(text for text, _ in self.pieces)


def quoted(quote: str, *surfaces: str, limit: int = 480) -> Quote:
    """``quote`` with the numbers ``surfaces`` marked, which come in the order of the text.

    Of what is longer than ``limit`` characters the numbers are kept, at least the first; "…" stands where it was cut.
    """
    quote = normalise(quote[:20_000]).replace("\n", " ")
    spans = _places(quote, surfaces)
    if len(quote) <= limit:
        return _marked(quote, spans)
    within = [(start, end) for start, end in spans if end - spans[0][0] <= limit - 2]
    start, end = (within[0][0], within[-1][1]) if within else spans[0] if spans else (0, 0)
    room = max(limit - (end - start) - 2, 0)
    first = max(0, min(start - room // 2, len(quote) - (end - start) - room))
    last = min(len(quote), end + room - (start - first))
    opening = quote[first:start] if first == 0 else quote[first:start].partition(" ")[2] or quote[first:start]
    closing = quote[end:last] if last == len(quote) else quote[end:last].rpartition(" ")[0] or quote[end:last]
    before = opening if first == 0 else _ELLIPSIS + opening
    after = closing if last == len(quote) else closing.rstrip(" ,;:") + _ELLIPSIS
    shift = len(before) - start
    return _marked(before + quote[start:end] + after, [(one + shift, other + shift) for one, other in within])


def _places(quote: str, surfaces: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where the surfaces stand as whole numbers, each behind the one before it where it can."""
    places: list[tuple[int, int]] = []
    for surface in surfaces:
        told = one_line(surface, 80)
        whole = re.compile(rf"(?<![\w.,]){re.escape(told)}(?!\w)") if told else None
        found = whole and (whole.search(quote, places[-1][1] if places else 0) or whole.search(quote))
        if found and all(found.end() <= start or found.start() >= end for start, end in places):
            places = sorted([*places, found.span()])
    return places


def _marked(text: str, spans: list[tuple[int, int]]) -> Quote:
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in spans:
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    pieces.append((text[at:], False))
    return Quote(tuple((piece, marks) for piece, marks in pieces if piece))


def moment(when: datetime, zone: ZoneInfo) -> str:
    """ "Sun 22 Nov 2026, 14:05" in ``zone``."""
    return ENGLISH.at(zone).moment(when)


def short_moment(when: datetime, zone: ZoneInfo) -> str:
    """ "Sun 22 Nov 14:05" in ``zone``."""
    return ENGLISH.at(zone).short_moment(when)


def day(when: date) -> str:
    """ "22 Nov 2026"."""
    return ENGLISH.day(when)


def period(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """ "Sat 21 Nov 07:00 – Sun 22 Nov 07:00 Europe/Kyiv"."""
    return ENGLISH.at(zone).period(start, end)
