"""How a number is tied to the one before it, so that what happened to that one happened to it too."""

from __future__ import annotations

from pipeline.figures.reading.claims import Draft
from pipeline.figures.reading.lexicon import wordset
from pipeline.figures.reading.tokens import Kind, Sentence

_AND = wordset("and und et y e и та і й")
_AGAINST = wordset("from not than against instead of rather compared with to down up the and but after as over")


def is_gapped(sentence: Sentence, draft: Draft, before: Draft) -> bool:
    """Whether a verb is left out because the number before shares it: "Sweden took in 1,240 refugees, Finland 350"."""
    share = before.measure is not None and before.measure.group == "ratio"
    if draft.noun is not None or draft.measure is not None or (before.measure is not None and not share):
        return False
    between = sentence.tokens[before.noun.last if before.noun else before.last : draft.opens]
    if share:
        comma = max((k for k, token in enumerate(between) if token.text in {",", ";"}), default=None)
        between = between[comma:] if comma is not None else between
    ends = sentence.lower(draft.last) in {"", ",", ".", ";", "and"}
    names = [
        token for token in between if token.kind is Kind.WORD and token.lower not in {"and", "the", "while", "but"}
    ]
    return ends and 0 < len(names) <= 4 and all(token.capital for token in names) and len(between) <= 7


def is_joined(sentence: Sentence, draft: Draft, before: Draft) -> bool:
    """Whether two things are only joined: "412 passengers and 38 crew", "300 hectares of forest and 27 houses"."""
    sized = before.measure is not None and before.measure.group != "ratio"
    if draft.noun is None or (before.noun is None and not sized):
        return False
    start = before.noun.last if before.noun else before.last
    while before.measure is not None and start < draft.opens and sentence.tokens[start].start < before.measure.end:
        start += 1
    between = [token.lower for token in sentence.tokens[start : draft.opens]]
    if sized and len(between) > 2 and between[0] in {"of", "de", "di"}:
        between = between[2:]
    elif sized and len(between) == 2 and sentence.language in {"de", "ru", "uk"}:
        between = between[1:]  # "300 Hektar Wald und zwölf Häuser"
    if between in ([","], ["plus"]):
        return True
    return len(between) in (1, 2) and between[-1] in _AND and between[0] in {",", *_AND}


def is_set_against(sentence: Sentence, draft: Draft, before: Draft) -> bool:
    """Whether a number is only set against the one before: "to nine from 22", "52,000, not 18,000"."""
    if (draft.measure is None) != (before.measure is None):
        return False
    if sentence.lower(draft.opens - 1) == "not" or sentence.lower(before.last) == "(":
        return draft.noun is None
    noun = before.noun
    if noun is None and draft.noun is not None and before.measure is None:
        return False
    start = max(noun.last if noun else 0, before.last)
    between = {token.lower for token in sentence.tokens[start : draft.opens]}
    tied = between & {"from", "not", "than", "against", "instead", "rather", "compared", "to"}
    if tied and draft.opens - start <= 6 and between <= _AGAINST | {",", "(", "people", "first"}:
        return True
    compared = [token.lower for token in sentence.tokens[max(start, draft.opens - 3) : draft.opens]]
    return compared in ([",", "compared", "with"], [",", "compared", "to"], [",", "up", "from"], [",", "down", "from"])
