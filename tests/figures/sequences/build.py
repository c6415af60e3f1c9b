"""Builds dev.jsonl and check.jsonl from the marked-up prose in source/, refusing labels that break the label rules.

Run ``python -m tests.figures.sequences.build`` from the root of the checkout. README.md has the mark-up and the rules.
"""

from __future__ import annotations

import json
import math
import re
import sys
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
VERDICTS = ("new", "repeated", "changed", "contradiction")
MODIFIERS = ("exact", "at_least", "more_than", "up_to", "fewer_than", "about", "nearly", "only", "range", "vague")
NO_FIGURE = frozenset(
    {"year", "date", "time", "age", "ordinal", "score", "label", "name", "phone", "pronoun", "period", "magnitude"}
    | {"margin", "minute", "distance", "depth", "size", "address", "idiom"}
)
"""Why a numeral makes no claim that could be followed."""

VAGUE = {
    "dozens": (24, 99),
    "scores": (40, 99),
    "hundreds": (200, 999),
    "thousands": (2_000, 9_999),
    "tens of thousands": (20_000, 99_999),
    "hundreds of thousands": (200_000, 999_999),
}
_UNITS = {
    **{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10},
    **{"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17},
    **{"eighteen": 18, "nineteen": 19},
}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
WORDS = _UNITS | _TENS
WORDS |= {f"{ten}-{unit}": n + m for ten, n in _TENS.items() for unit, m in _UNITS.items() if m < 10}
SCALES = {"thousand": 10**3, "million": 10**6, "m": 10**6, "billion": 10**9, "bn": 10**9}
PLAIN = re.compile(
    r"[$€£]?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?: ?(thousand|million|billion|m|bn))?(?: (?:euros|dollars|crowns))?"
)

NUMERALS = {
    "en": "|".join([*_UNITS, *_TENS]) + "|hundreds?|thousands?|millions?|billions?|dozens?|scores|half|zero"
    "|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|two-thirds",
    "de": "eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|dreißig|hunderte?|tausende?|dutzende?"
    "|millionen?|milliarden?|halbe|zweite[rns]?|dritte[rns]?|vierte[rns]?",
    "fr": "deux|trois|quatre|cinq|six|sept|huit|dix|onze|douze|quinze|vingt|trente|cents?|centaines?|mille|milliers?"
    "|millions?|milliards?|dizaines?|douzaines?|quarantaine|deuxième|troisième|quatrième",
    "es": "dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|quince|veinte|treinta|cien|cientos|centenares"
    "|mil|miles|millón|millones|decenas?|docenas?|segund[oa]|tercer[oa]?",
    "uk": "двоє|дв[аі]|двох|троє|три|трьох|четверо|чотири|чотирьох|п.ятеро|п.ять|шестеро|шість|семеро|сім|восьмеро"
    "|вісім|дев.ять|десять|десятки|двадцять|тридцять|сорок|сто|сотні|тисяч[аіу]?|мільйон(?:а|ів|и)?"
    "|мільярд(?:а|ів|и)?|друг(?:ий|а|ому|ої)|трет(?:ій|я|ьому)",
}
"""Words that must carry a label wherever they stand, per language (a regular expression, matched as whole words)."""

Value = float | tuple[float, float]


class LabelError(ValueError):
    """A label that can't be read, or that breaks a label rule; says which sequence, item and mark."""


@dataclass
class _Claim:
    value: Value
    modifier: str
    verdict: str
    attribution: str | None


@dataclass
class _Followed:
    """What has been said of one key so far."""

    claims: list[_Claim] = field(default_factory=list)
    accepted: Value | None = None

    def states(self, attribution: str | None) -> list[Value]:
        """The values that a change may start from: the accepted one, and the last by the same attribution."""
        own = [claim.value for claim in self.claims if attribution and claim.attribution == attribution]
        return [value for value in (self.accepted, *own[-1:]) if value is not None]


def sequences(path: Path) -> list[dict[str, Any]]:
    """The labelled sequences of one source file, in the order written.

    Raises LabelError for mark-up that can't be read and for labels that break a rule.
    """
    blocks = re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.M)[1:]
    return [_sequence(block, path.stem) for block in blocks]


def halves(folder: Path = HERE / "source") -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The half to tune on and the half kept apart: within each source file the odd and the even sequences."""
    dev: list[dict[str, Any]] = []
    check: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.txt")):
        for n, sequence in enumerate(sequences(path), 1):
            (dev if n % 2 else check).append(sequence)
    ids = [sequence["id"] for sequence in dev + check]
    if twice := {name for name in ids if ids.count(name) > 1}:
        raise LabelError(f"the same id twice: {', '.join(sorted(twice))}")
    return dev, check


def lines(half: list[dict[str, Any]]) -> str:
    """A half as JSON lines."""
    return "".join(json.dumps(sequence, ensure_ascii=False) + "\n" for sequence in half)


def _sequence(block: str, domain: str) -> dict[str, Any]:
    head, *parts = re.split(r"^-- ", block, flags=re.M)
    first, *declared = head.strip().splitlines()
    name, topic = (part.strip() for part in first.split("|"))
    sequence: dict[str, Any] = {"id": name, "domain": domain, "topic": topic}
    keys: dict[str, tuple[str, str, str]] = {}
    for line in filter(None, map(str.strip, declared)):
        left, right = (part.strip() for part in line.split(":", 1))
        if left in ("language", "note"):
            sequence[left] = right
        else:
            counted, action, scope = (part.strip() for part in right.split("/"))
            keys[left] = (counted, action, scope)
    language = sequence.get("language", "en")
    followed: dict[str, _Followed] = {}
    sequence["items"] = [_item(name, n, part, language, keys, followed) for n, part in enumerate(parts, 1)]
    if not sequence["items"]:
        raise LabelError(f"{name}: no items")
    if unused := set(keys) - set(followed):
        raise LabelError(f"{name}: keys never used: {sorted(unused)}")
    times = [item["published"] for item in sequence["items"]]
    if times != sorted(set(times)):
        raise LabelError(f"{name}: items are not in order of time")
    return sequence


def _item(
    name: str,
    n: int,
    part: str,
    language: str,
    keys: dict[str, tuple[str, str, str]],
    followed: dict[str, _Followed],
) -> dict[str, Any]:
    where = f"{name} item {n}"
    head, body = part.split("\n", 1)
    published, source = head.strip().split(" ", 1)
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", published):
        raise LabelError(f"{where}: {published!r} is no time")
    marked = "\n\n".join(" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", body.strip()))
    text, end = "", 0
    figures: list[dict[str, Any]] = []
    no_figures: list[dict[str, Any]] = []
    for mark in re.finditer(r"\[\[([^|\]]+)\|([^\]]+)\]\]|\(\(([^|)]+)\|(\w+)\)\)", marked):
        text += marked[end : mark.start()]
        end = mark.end()
        surface = mark[1] or mark[3]
        span = [len(text), len(text) + len(surface)]
        text += surface
        try:
            if mark[1]:
                figures.append(_figure(surface, span, mark[2], language, keys, followed))
            elif mark[4] in NO_FIGURE:
                no_figures.append({"span": span, "surface": surface, "why": mark[4]})
            else:
                raise LabelError(f"unknown reason {mark[4]!r}")
        except LabelError as wrong:
            raise LabelError(f"{where}, [[{surface}|{mark[2] or mark[4]}]]: {wrong}") from None
    text += marked[end:]
    if not text.endswith((".", '."', '?"')):
        raise LabelError(f"{where}: the text ends in {text[-10:]!r}")
    _all_labelled(where, text, language, [label["span"] for label in figures + no_figures])
    return {
        "n": n,
        "published": published,
        "source": source.strip(),
        "text": text,
        "figures": figures,
        "not_figures": no_figures,
    }


def _figure(
    surface: str,
    span: list[int],
    label: str,
    language: str,
    keys: dict[str, tuple[str, str, str]],
    followed: dict[str, _Followed],
) -> dict[str, Any]:
    label, _, attribution = label.partition(" by ")
    key, verdict, *rest = label.split()
    modifier: str | None = None
    value: Value | None = None
    earlier: Value | None = None
    while rest:
        token = rest.pop(0)
        if token in ("from", "of") and rest:
            earlier = _value(rest.pop(0))
        elif token.startswith("="):
            value = _value(token[1:])
        elif token in MODIFIERS:
            modifier = token
        else:
            raise LabelError(f"can't read {token!r}")
    if key not in keys:
        raise LabelError(f"key {key!r} is not declared")
    if value is None:
        value = _read(surface, language)
    if modifier is None:
        vague = surface.lower() in VAGUE
        modifier = "vague" if vague else "range" if isinstance(value, tuple) else "exact"
    claim = _Claim(value, modifier, verdict, attribution.strip() or None)
    _judge(claim, earlier, followed.setdefault(key, _Followed()))
    counted, action, scope = keys[key]
    figure: dict[str, Any] = {
        "key": key,
        "span": span,
        "surface": surface,
        "value": value,
        "modifier": modifier,
        "counted": counted,
        "action": action,
        "scope": scope,
        "verdict": verdict,
    }
    if claim.attribution:
        figure["attribution"] = claim.attribution
    if verdict == "changed":
        figure["from"] = earlier
    elif verdict == "contradiction":
        figure["contradicts"] = earlier
    return figure


def _judge(claim: _Claim, earlier: Value | None, past: _Followed) -> None:
    """Hold a label against what the same key has been said to be before, then remember it."""
    said = [old.value for old in past.claims]
    if (claim.verdict == "new") != (not said):
        raise LabelError("the first mention of a key is new, and only the first")
    if (earlier is not None) != (claim.verdict in ("changed", "contradiction")):
        raise LabelError("'from' goes with changed, 'of' with contradiction, and neither with anything else")
    match claim.verdict:
        case "new":
            past.accepted = claim.value
        case "repeated":
            if not any(_says_again(claim, old) for old in said):
                raise LabelError(f"says none of {said} again")
        case "changed":
            if earlier not in past.states(claim.attribution):
                raise LabelError(f"{earlier} is not the state {past.states(claim.attribution)}")
            if claim.value == earlier or (claim.modifier != "exact" and _says_again(claim, earlier)):
                raise LabelError(f"only says {earlier} again")
            past.accepted = claim.value
        case "contradiction":
            against = [old for old in past.claims if old.value == earlier]
            if not claim.attribution or not against:
                raise LabelError("needs an attribution and the known value that it contradicts")
            if all(old.attribution == claim.attribution for old in against):
                raise LabelError("nobody contradicts themselves: that is a change")
            if not any(_apart(_interval(claim), _interval(old)) for old in against):
                raise LabelError(f"{claim.value} is compatible with {earlier}")
        case _:
            raise LabelError(f"unknown verdict {claim.verdict!r}")
    past.claims.append(claim)


def _says_again(claim: _Claim, old: Value) -> bool:
    """Whether a claim is an old value, a rounding of it, or a weaker bound of it."""
    if claim.value == old:
        return True
    low, high = old if isinstance(old, tuple) else (old, old)
    if isinstance(claim.value, tuple):
        return claim.value[0] <= low and high <= claim.value[1]
    value = claim.value
    match claim.modifier:
        case "at_least" | "more_than":
            return 0.7 * low <= value <= low
        case "up_to" | "fewer_than":
            return high <= value <= 1.3 * high
        case "nearly":
            return high <= value <= 1.1 * high
        case _:
            digits = range(1, 5)
            return any(value == float(f"{old:.{n - 1}e}") for n in digits) if low == high else False


def _interval(claim: _Claim) -> tuple[float, float]:
    if isinstance(claim.value, tuple):
        return claim.value
    value = claim.value
    match claim.modifier:
        case "at_least" | "more_than":
            return value, math.inf
        case "up_to" | "fewer_than":
            return -math.inf, value
        case "about":
            return 0.95 * value, 1.05 * value
        case "nearly":
            return 0.9 * value, value
        case _:
            return value, value


def _apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[1] < other[0] or other[1] < one[0]


def _value(written: str) -> Value:
    """``12``, ``2.5``, ``2/3`` or ``20..30``."""
    if ".." in written:
        low, high = (_number(end) for end in written.split(".."))
        if low >= high:
            raise LabelError(f"{written} is no range")
        return low, high
    return _number(written)


def _number(written: str) -> float:
    try:
        exact = Fraction(written)
    except ValueError:
        raise LabelError(f"{written!r} is no number") from None
    return int(exact) if exact.denominator == 1 else float(exact)


def _read(surface: str, language: str) -> Value:
    """The value of the plainest surfaces; all others state it in the mark."""
    if language == "en":
        if surface.lower() in VAGUE:
            return VAGUE[surface.lower()]
        if surface.lower() in WORDS:
            return WORDS[surface.lower()]
        plain = PLAIN.fullmatch(surface)
        if plain:
            scale = SCALES.get(plain[3] or "", 1)
            return _number(str(Fraction(plain[1].replace(",", "") + (plain[2] or "")) * scale))
    elif re.fullmatch(r"\d{1,3}", surface):
        return int(surface)
    raise LabelError("state the value: =12, =2.5, =2/3 or =20..30")


def _all_labelled(where: str, text: str, language: str, spans: list[list[int]]) -> None:
    if any(mark in text for mark in ("[[", "]]", "((", "))", "|")):
        raise LabelError(f"{where}: a mark is not closed")
    for numeral in re.finditer(rf"\d+|(?<!\w)(?:{NUMERALS[language]})(?!\w)", text, flags=re.I):
        if not any(start < numeral.end() and numeral.start() < end for start, end in spans):
            near = text[max(0, numeral.start() - 30) : numeral.end() + 20]
            raise LabelError(f"{where}: {numeral[0]!r} carries no label in …{near}…")


def main() -> None:
    """Write both halves beside this file."""
    for name, half in zip(("dev", "check"), halves(), strict=True):
        (HERE / f"{name}.jsonl").write_text(lines(half), encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except LabelError as wrong:
        sys.exit(str(wrong))
