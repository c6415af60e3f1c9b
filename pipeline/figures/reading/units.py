"""What a number measures: the currency before it, or the percent sign, currency or unit after it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.figures.reading.lexicon import load, wordset
from pipeline.figures.reading.numbers import Form, Numeral
from pipeline.figures.reading.tokens import Sentence

_REACH = 28


@dataclass(frozen=True, slots=True)
class Unit:
    """A canonical unit with the characters it takes; ``group`` is currency, ratio, measure or time."""

    name: str
    group: str
    start: int
    end: int
    hyphenated: bool = False


def _key(form: str) -> str:
    return re.sub(r"[\s-]+", " ", form)


@cache
def _forms(language: str) -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]]]:
    """Exact forms (symbols, abbreviations: case counts) and words (case does not), to unit and group."""
    tables = load("units")
    exact: dict[str, tuple[str, str]] = {}
    words: dict[str, tuple[str, str]] = {}
    groups = [(group, tables[group]) for group in ("currency", "ratio", "measure", "time")]
    groups.append(("time", tables["only"].get(language, {})))
    for group, units in groups:
        for name, forms in units.items():
            for form in forms:
                is_word = len(form) > 3 or (form.islower() and form.isalpha() and len(form) > 1 and group != "measure")
                (words if is_word else exact).setdefault(_key(form.lower() if is_word else form), (name, group))
    return exact, words


@cache
def _prefixes() -> re.Pattern[str]:
    tables = load("units")["currency"]
    forms = {form for forms in tables.values() for form in forms if re.search(r"[^\w\s.]", form) or form.isupper()}
    forms |= {"Rs", "Rs.", "Rp", "KSh", "U.S. $"}
    forms -= {"R", "Y"}
    forms |= {form for signs in load("units")["before_only"].values() for form in signs}
    ordered = sorted(forms, key=len, reverse=True)
    symbols = "|".join(re.escape(form) for form in ordered)
    # "$US160 million" and "HK $3.7 billion" are as common on the web as "US$160" and "HK$3.7".
    return re.compile(rf"(?:(?<!\w)\$(?:US|A|NZ|HK)|(?<![^\W\d_])(?:{symbols}))[ \u00a0\u202f]?[-–−]?$")


_AFTER = re.compile(
    r"[\s\u00a0\u202f\u2009]?(-)?([^\s\d,;:()\[\]\"“”—–/-]+(?:/[^\W\d_]\w*)?\d?)"
    r"((?:[ \u00a0-][^\W\d_][\w.]*){0,3})"
)
_ENDS_IN_SYMBOL = re.compile(r"[A-Za-z$€£¥₴₽₹₪₺₩₦.]\s?$")
_PARTS = re.compile(r"[ \u00a0-]")
_QUOTE_LIKE = {"'", '"', "′", "″"}
_DOLLARS = {"$US": "USD", "$A": "Australian dollar", "$NZ": "New Zealand dollar", "$HK": "Hong Kong dollar"}


@cache
def _symbol_names() -> dict[str, str]:
    names = {form: name for name, forms in load("units")["currency"].items() for form in forms}
    signs = {form: name for name, forms in load("units")["before_only"].items() for form in forms}
    return names | signs | {"U.S. $": "USD"} | _DOLLARS


def before(sentence: Sentence, numeral: Numeral) -> Unit | None:
    """The currency right before a number."""
    start = max(sentence.start, numeral.start - 10)
    head = sentence.text[start : numeral.start]
    if not head or not (head[-1] in " -–−" or head[-1].isalpha() or not head[-1].isalnum()):
        return None
    if head[-1] in "( \n" and not _ENDS_IN_SYMBOL.search(head):
        return None
    match = _prefixes().search(head)
    if not match:
        return None
    form = match.group().rstrip(" \u00a0\u202f-–−")
    name = _symbol_names().get(form)
    if name is None or (form == "PS" and match.group() != form):
        return None
    return Unit(name, "currency", start + match.start(), numeral.start)


def after(sentence: Sentence, numeral: Numeral) -> Unit | None:
    """The unit right after a number, with at most a space or a hyphen between."""
    text, end = sentence.text, min(sentence.end, numeral.end + _REACH)
    match = _AFTER.match(text, numeral.end, end)
    if not match:
        return None
    exact, words = _forms(sentence.language)
    hyphen, first, more = bool(match[1]), match[2], match[3]
    spaced = match.group()[0].isspace()
    tail = [part for part in _PARTS.split(more) if part]
    for count in range(len(tail), -1, -1):
        raw = first.rstrip(".") if not count else " ".join([first, *tail[:count]]).rstrip(".")
        hit = exact.get(raw) or words.get(raw.lower())
        if hit is None and sentence.loud and len(raw) > 1:
            hit = exact.get(raw.lower())  # "575 KM" in a text in capitals
        if hit is None and count == 0:
            hit = exact.get(first)
            raw = first if hit else raw
        if hit is None:
            continue
        name, group = hit
        if not _plausible(sentence, numeral, raw, name, group, spaced=spaced):
            continue
        offset = match.start(2)
        length = len(raw) if not count else match.start(3) + _length(more, tail[:count]) - offset
        return Unit(name, group, offset, offset + min(length, end - offset), hyphen)
    if first[0] in "%°‰€£$¥₴₽" and (hit := exact.get(first[0])):
        return Unit(hit[0], hit[1], match.start(2), match.start(2) + 1)
    return None


def _length(more: str, parts: list[str]) -> int:
    position = 0
    for part in parts:
        position = more.index(part, position) + len(part)
    return position


_SMALL_WORDS = wordset("A C F K V t p R l L g h s m J W mi in. bar pc ha kn")


def _plausible(sentence: Sentence, numeral: Numeral, raw: str, name: str, group: str, *, spaced: bool) -> bool:
    if raw in _QUOTE_LIKE:
        # 30' and 25.5″ measure; a quotation mark that closes a quote after a number does not.
        quote_open = sentence.text.count(raw, sentence.start, numeral.start) % 2 == 1
        return not spaced and not quote_open and numeral.form is Form.DIGITS
    if raw in _SMALL_WORDS:
        if numeral.form is not Form.DIGITS:
            return False
        if raw in {"p", "A", "t", "s", "m", "h", "in.", "l", "K"} and spaced:
            follows = sentence.text[numeral.end + 1 + len(raw) : numeral.end + 3 + len(raw)]
            return raw in {"m", "t", "h", "A", "l"} and (not follows.strip(" ,.)") or follows[:1] == " ") and raw != "A"
        return True
    if (
        name in {"second", "quarter"}
        and raw in {"second", "quarters"}
        and numeral.form is Form.WORDS
        and numeral.low < 10
    ):
        return raw == "quarters"
    if name == "points" and numeral.form is Form.WORDS and numeral.low == 1:
        return False
    if name == "cent" and sentence.language in {"fr", "ro"}:
        return False
    return not (group == "currency" and numeral.form is Form.ORDINAL)


_RATE = re.compile(
    r"\s(?:(?:a|an|per|each|every)\s|/)(?P<per>day|week|month|year|hour|minute|second|night|barrel|tonne|ton|litre|liter"
    r"|gallon|share|person|head|ounce|kilo|kilogram|pound|unit|case|capita|game|mile|kilometre|acre|hectare)\b"
    r"(?!\s(?:ago|earlier|before|later|after))"
)


def rate(sentence: Sentence, end: int) -> str | None:
    """The "a day" or "per barrel" right after a number and its unit."""
    match = _RATE.match(sentence.text, end, sentence.end)
    return match["per"] if match else None
