"""What bounds a claim: its conditions, the part or the period that a count is of, and what it comes to."""

from __future__ import annotations

import re

from pipeline.figures.annotate import Parse
from pipeline.figures.wording import closed

_NUMERAL = re.compile(r"\d")
_YEAR = re.compile(r"(?:1[89]|20)\d\ds?")
_ADVERBIALS = ("advcl", "prep", "advmod", "npadvmod", "acl", "mark")


def _low(parse: Parse, index: int) -> str:
    return parse.words[index].text.lower()


def _below(parse: Parse, index: int) -> set[str]:
    return {_low(parse, child) for child in parse.children(index)}


def _is_verb(parse: Parse, index: int) -> bool:
    """Whether a word is a verb and no participle that serves as a preposition ("compared with")."""
    return parse.words[index].tag.startswith("V") and parse.words[index].dep != "prep"


def _has_number(parse: Parse, index: int) -> bool:
    return any(parse.words[i].tag == "CD" or _NUMERAL.search(parse.words[i].text) for i in parse.subtree(index))


def is_condition(parse: Parse, index: int) -> bool:
    """Whether a part says on what the claim depends: "if", "as long as", "in case", "pending", "should it rain"."""
    word = parse.words[index]
    if word.dep not in _ADVERBIALS:
        return False
    marks = {
        _low(parse, c) for c in parse.children(index) if parse.words[c].dep in ("mark", "advmod", "prep", "pobj", "aux")
    }
    if word.dep == "advcl":
        first = parse.words[parse.subtree(index)[0]]
        inverted = first.head == index and first.dep == "aux" and first.tag in ("MD", "VBD")
        return inverted or bool(marks & closed.CONDITIONS) or word.text.lower() in closed.CONDITIONAL
    if word.dep == "advmod":
        asked = [c for c in parse.children(index) if parse.words[c].dep == "advcl"]
        return word.text.lower() == "long" and any("as" in _below(parse, c) for c in asked)
    if word.text.lower() in closed.CONDITIONAL:
        return True
    return word.dep == "prep" and bool(marks & closed.CONDITION_NOUNS)


def is_period(parse: Parse, index: int) -> bool:
    """Whether a part says over what time was counted: "since March", "this month", "so far"; a mere day is none."""
    word = parse.words[index]
    if word.dep == "advmod":
        return word.text.lower() == "far" and "so" in _below(parse, index)
    if word.dep == "advcl":
        return "since" in {_low(parse, c) for c in parse.children(index) if parse.words[c].dep == "mark"}
    if word.dep not in ("prep", "npadvmod"):
        return False
    heads = [index] if word.dep == "npadvmod" else [c for c in parse.children(index) if parse.words[c].dep == "pobj"]
    named = any(
        _low(parse, c) in closed.PERIODS or _YEAR.fullmatch(parse.words[c].text) or _is_span(parse, c) for c in heads
    )
    first = _low(parse, index if word.dep == "prep" else parse.subtree(index)[0])
    # "The week he left" is a day's event; "a week" a rate.
    rate = ("a", "an", "per", "each", "every", "the") if word.dep == "npadvmod" else ("per",)
    return named and first not in rate


def _is_span(parse: Parse, index: int) -> bool:
    """Whether a time is so many hours or days up to now: "the last 24 hours"."""
    return _low(parse, index) in closed.SPANS and bool(_below(parse, index) & closed.UP_TO_NOW)


def _ends_now(parse: Parse, index: int) -> bool:
    """Whether a part says over what time up to now: "since March", "in the last two days"."""
    if parse.words[index].dep != "prep" or not is_period(parse, index):
        return False
    return _low(parse, index) == "since" or any(_is_span(parse, child) for child in parse.children(index))


def is_share(parse: Parse, index: int, first: int) -> bool:
    """Whether a part in front of the word ``first`` says of how much was counted: "with 17% of votes counted"."""
    word = parse.words[index]
    part = parse.subtree(index)
    opens = _low(parse, part[0])
    if part[-1] > first or word.dep not in ("prep", "advcl"):
        return False
    shared = any(_low(parse, i) in closed.SHARES for i in part) or _has_number(parse, index)
    return opens in ("of", "among") or (opens in ("with", "out") and shared)


def is_outcome(parse: Parse, index: int, number: int) -> bool:
    """Whether a part behind the number says what it came to or is measured by: "into a profit", "past the mark"."""
    word = parse.words[index]
    if word.dep != "prep" or index < number:
        return False
    first = parse.subtree(index)[0]
    if first and parse.words[first - 1].text in (",", "-", "–", "—", "--"):
        return False
    low = word.text.lower()
    return low in closed.OUTCOME or (low in ("from", "to", "compared") and _has_number(parse, index))


def lost_conditions(parse: Parse, kept: set[int], head: int, number: int) -> int:
    """How many conditions, outcomes and halves of a subject were left out that a clause cannot do without."""
    verbs = {i for i in kept if parse.words[i].tag.startswith("V")} | {parse.words[head].head}
    # "It will close, but only if it rains, she said": the condition is read as one of saying.
    verbs |= {c for c in parse.children(head) if parse.words[c].dep == "conj" and _low(parse, c) in closed.REPORTING}
    lost = 0
    for verb in verbs:
        for child in parse.children(verb):
            if child in kept:
                continue
            lost += is_condition(parse, child) and number not in parse.subtree(child)
            lost += verb in kept and is_outcome(parse, child, number) and verb in parse.ancestors(number)
    return lost + sum(_is_half(parse, kept, at, number) for at in kept)


def _is_half(parse: Parse, kept: set[int], at: int, number: int) -> bool:
    """Whether a subject lost what it is joined with, where the number, or another one kept, is of both together."""
    word = parse.words[at]
    if word.dep == "conj" and word.head not in kept and parse.words[word.head].dep in closed.ACTORS:
        both = set(parse.subtree(word.head))
        verb = parse.words[word.head].head
        return verb in kept and any(parse.words[i].tag == "CD" for i in kept & set(parse.subtree(verb)) - both)
    if parse.words[at].dep not in closed.ACTORS or number in parse.subtree(at):
        return False
    return any(parse.words[c].dep == "conj" and c not in kept for c in parse.children(at))


def lost_bounds(parse: Parse, kept: set[int], number: int) -> int:
    """How many shares and periods were left out that stand with the number's noun or with a verb above it."""
    verbs = [i for i in parse.ancestors(number) if _is_verb(parse, i)]
    verb = next(iter(verbs), None)
    nouns = []
    for at in parse.ancestors(number):
        if not parse.words[at].tag.startswith("N"):
            break
        nouns.append(at)
    lost = 0
    for above in (*nouns, *verbs):
        if above not in kept:
            continue
        first = min([c for c in parse.children(above) if parse.words[c].dep in closed.ACTORS] or [above])
        for child in parse.children(above):
            if child not in kept and number not in parse.subtree(child):
                lost += is_period(parse, child) or is_share(parse, child, first)
    verbal = {at for at in kept - {*nouns, *verbs} if _is_verb(parse, at)}
    for at in verbal:
        # "20 people protesting in the last two days": the period hangs on what those who are counted do.
        if {*nouns, number} & set(parse.ancestors(at)):
            lost += sum(_ends_now(parse, child) for child in parse.children(at) if child not in kept)
    return lost + _lost_before(parse, kept, verb)


def _lost_before(parse: Parse, kept: set[int], verb: int | None) -> int:
    """How many of them were left out that stand in front of the verb with which this one is joined or contrasted."""
    if verb is None or verb not in kept:
        return 0
    contrasted = parse.words[verb].dep == "advcl" and _below(parse, verb) & closed.CONTRASTING
    if parse.words[verb].dep != "conj" and not contrasted:
        return 0
    above = parse.words[verb].head
    first = min([c for c in parse.children(above) if parse.words[c].dep in closed.ACTORS] or [above])
    parts = (c for c in parse.children(above) if c < first and c not in kept)
    return sum(is_period(parse, part) or is_share(parse, part, first) for part in parts)
