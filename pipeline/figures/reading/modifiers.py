"""How exactly a number is meant: "at least", "nearly", "or more" beside it."""

from __future__ import annotations

import re
from functools import cache

from pipeline.figures.reading.lexicon import any_of, load, words_of_all, wordset
from pipeline.figures.reading.numbers import Numeral
from pipeline.figures.reading.tokens import Kind, Sentence
from pipeline.figures.reading.units import Unit
from pipeline.figures.reading.verbs import participle
from schemas.figure import Modifier

_LONGEST = 5


@cache
def _phrases(language: str, side: str) -> dict[tuple[str, ...], Modifier]:
    tables = load("modifiers")
    table = tables.get(language, tables["en"]).get(side, {})
    found: dict[tuple[str, ...], Modifier] = {}
    for name, phrases in table.items():
        for phrase in phrases:
            found[tuple(phrase.replace("’", "'").split())] = Modifier(name)
    return found


@cache
def _edges(language: str, side: str) -> frozenset[str]:
    """The words next to the number in the phrases of one side."""
    at = -1 if side == "before" else 0
    return frozenset(phrase[at] for phrase in _phrases(language, side))


_BE = wordset("is was are were have has had")
_STEP_OVER = wordset("a an of by to at another further additional minus")
_UP_TO = frozenset([("up", "to"), ("до",), ("hasta",), ("até",), ("fino", "a")])
_LASTING = wordset("for of at by with took is was lasted lasting after just well")
_RAISED = re.compile(
    rf"(?i)\b(?!(?:up|down)\b)(?:{any_of('change')})\s(?:\S+\s){{0,4}}$"
    r"|\b(?:toll|tally|count|number|total|figure)\b(?:\s[^\s,.;]+){0,6}\s$"
)


def modifier(sentence: Sentence, numeral: Numeral, prefix: Unit | None, unit: Unit | None) -> tuple[Modifier, int]:
    """The modifier of a number and the token at which its phrase begins (the number's own where there is none)."""
    tokens = sentence.tokens
    first = numeral.first
    if prefix:
        while first > 0 and tokens[first - 1].start >= prefix.start:
            first -= 1
    for skip in (0, 1):
        end = first - skip
        if skip and (end < 1 or tokens[end].lower not in _STEP_OVER):
            break
        if skip and (tokens[end - 1].lower, tokens[end].lower) == ("passed", "by"):
            break  # "passed by 98 votes"
        found = _ending_at(sentence, end, unit)
        if found:
            return found
    after = numeral.last
    while after < len(tokens) and unit and tokens[after].start < unit.end:
        after += 1
    if after < len(tokens) and tokens[after].text == "+" and tokens[after].glued:
        return Modifier.MORE_THAN, first
    if _is_tied_plus(sentence, after):
        return Modifier.AT_LEAST, first
    phrases = _phrases(sentence.language, "after")
    edges = _edges(sentence.language, "after")
    for shift in (0, 1):
        if sentence.lower(after + shift) not in edges:
            continue
        for length in range(4, 0, -1):
            words = tuple(t.lower for t in tokens[after + shift : after + shift + length])
            hit = phrases.get(words)
            if words == ("plus",) and tokens[after + shift].text != "plus":
                continue  # a product, not more than that
            if hit and not (words == ("plus",) and _goes_on_counting(sentence, after + shift + 1)):
                # "12 at least a dozen" and "300 people or more": the phrase must not open the next number.
                following = after + shift + length
                opens_next = following < len(tokens) and tokens[following].kind is Kind.NUMBER
                if not opens_next and sentence.lower(following) != "than":
                    return hit, first
    return Modifier.EXACT, first


def _is_tied_plus(sentence: Sentence, after: int) -> bool:
    """Whether a number goes on with "-plus", or with "plus" before those it counts: "300-plus", "300 plus people"."""
    if sentence.lower(after) == "-":
        tied = sentence.tokens[after : after + 2]
        return len(tied) == 2 and tied[0].glued and tied[1].glued and tied[1].text == "plus"
    if sentence.lower(after) != "plus":
        return False
    following = sentence.lower(after + 1)
    return following in words_of_all("crowd") or participle(following) is not None or following in _BE


def _goes_on_counting(sentence: Sentence, index: int) -> bool:
    if index >= len(sentence.tokens):
        return False
    return sentence.tokens[index].kind is not Kind.MARK or sentence.tokens[index].text in "$€£¥"


def _ending_at(sentence: Sentence, end: int, unit: Unit | None) -> tuple[Modifier, int] | None:
    tokens = sentence.tokens
    if not end or tokens[end - 1].lower not in _edges(sentence.language, "before"):
        return None
    phrases = _phrases(sentence.language, "before")
    for length in range(min(_LONGEST, end), 0, -1):
        words = tuple(token.lower for token in tokens[end - length : end])
        hit = phrases.get(words)
        if hit is None:
            continue
        start = end - length
        if length == 1:
            word, previous = words[0], tokens[start - 1].lower if start else ""
            if word in {"past"} and previous in {"the", "last", "this"}:
                continue
            if word in {"gut", "gegen", "до", "unter", "über"} and not _measures(sentence, end):
                continue
            if word == "over" and previous in {"back", "going", "looking", "look"}:
                continue  # "going back over 60 deaths"
            if word == "over" and unit is not None and unit.group == "time" and previous not in _LASTING:
                continue  # "over eight years": for as long as that
            if word == "below" and previous in {"points", "degrees", "percent"}:
                continue
        opens = tokens[start].start
        if words in _UP_TO and _RAISED.search(sentence.text, max(sentence.start, opens - 60), opens):
            continue  # "revised the rate up to 2.8"
        # "no more than", "not just": a longer phrase was tried first; "more than about" takes the outer word.
        outer = _outer(sentence, start, hit)
        return outer or (hit, start)
    return None


def _outer(sentence: Sentence, start: int, inner: Modifier) -> tuple[Modifier, int] | None:
    phrases = _phrases(sentence.language, "before")
    for length in range(min(4, start), 0, -1):
        hit = phrases.get(tuple(token.lower for token in sentence.tokens[start - length : start]))
        if length == 1 and sentence.lower(start - 1) in {"past", "passed", "just"}:
            continue
        if hit and hit is not inner and inner is Modifier.ABOUT and hit not in (Modifier.ONLY, Modifier.UP_TO):
            return hit, start - length
    return None


def _measures(sentence: Sentence, index: int) -> bool:
    return index < len(sentence.tokens) and sentence.tokens[index].kind is Kind.NUMBER
