"""Wording: a figure in the words of its own sentence, as short as it can be said truly.

``word`` chooses among clauses: by the parse at each verb above the number, where the sentence was parsed, and by
punctuation. Where none says the figure, the sentence is cut around the number and marked as cut. ``worded`` does that
for all figures of a text, whose sentences are parsed in one batch.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.figures.annotate import Parse, Parser, clause_of, parser_for
from pipeline.figures.wording import punctuated
from pipeline.figures.wording.choose import Known, candidates
from pipeline.figures.wording.core import after_caption, core, without_asides
from pipeline.figures.wording.render import length, tidy
from schemas.figure import Figure, Wording

LEAST = -3.0
"""The score below which a clause says less than the sentence cut around the number."""

NEAR = 600
"""Characters, some four sentences, over which what was counted is still what is counted."""

_DECIMAL = re.compile(r"\d\.\d{1,2}(?!\d)")


def worded(figures: Sequence[Figure], text: str, language: str) -> list[Figure]:
    """The figures of a text, each with its wording, and with how its clause is built where a parser is at hand."""
    shown = [_shown(figure, text) for figure in figures]
    parser = parser_for(language)
    parses: dict[str, Parse | None] = {}
    if parser:
        _parse(parser, parses, shown)
        shown = [_after_caption(sentence, span, parses[sentence]) for sentence, span in shown]
        _parse(parser, parses, shown)
    made = []
    for index, (figure, (sentence, span)) in enumerate(zip(figures, shown, strict=True)):
        noun = _to_resolve(figure, figures[:index], text)
        parse = parses.get(sentence)
        wording = word(sentence, span, figure, parse, language, noun=noun)
        clause = clause_of(parse, span) if parse else None
        made.append(figure.model_copy(update={"wording": wording, "clause": clause}))
    return made


def _shown(figure: Figure, text: str) -> tuple[str, tuple[int, int]]:
    """The sentence of a figure as it is parsed, and where in it the number stands."""
    place = _place_in_quote(figure, text)
    start, end = core(figure.quote, place)
    span = (place[0] - start, place[1] - start)
    return without_asides(figure.quote[start:end], span), span


def _parse(parser: Parser, parses: dict[str, Parse | None], shown: Sequence[tuple[str, tuple[int, int]]]) -> None:
    waiting = [sentence for sentence in dict.fromkeys(sentence for sentence, _ in shown) if sentence not in parses]
    parses.update(zip(waiting, parser.parse(waiting), strict=True))


def _after_caption(sentence: str, span: tuple[int, int], parse: Parse | None) -> tuple[str, tuple[int, int]]:
    opens = after_caption(parse, span[0]) if parse else None
    return (sentence, span) if opens is None else (sentence[opens:], (span[0] - opens, span[1] - opens))


def _place_in_quote(figure: Figure, text: str) -> tuple[int, int]:
    start, end = figure.span
    first = text.find(figure.quote, max(0, start - len(figure.quote)))
    if first < 0 or first > start:
        first = start - max(0, figure.quote.find(figure.surface))
    return start - first, end - first


def word(
    sentence: str, span: tuple[int, int], figure: Figure, parse: Parse | None, language: str, *, noun: str | None = None
) -> Wording:
    """How to say the number at ``span`` of ``sentence``; ``parse`` is of that very string.

    ``noun`` is what the article counted before; it stands in brackets where the number has no noun of its own.
    """
    if parse is not None:
        known = Known(figure.counted, noun, figure.scope.place, figure.action)
        found = candidates(sentence, parse, span, known)
        best = max(found, key=lambda candidate: candidate.score, default=None)
        if best and best.score > LEAST:
            return Wording(text=best.text, cut=False)
    plain = tidy(sentence)
    longest = punctuated.PRINT if parse is None else punctuated.LONGEST
    if punctuated.SHORTEST <= length(plain) <= longest:
        return Wording(text=plain, cut=False)
    where = punctuated.clause(sentence, span, language)
    if where and parse is None:
        return Wording(text=tidy(sentence[where[0] : where[1]]), cut=False)
    return Wording(text=punctuated.cut(sentence, span, language), cut=True)


def _to_resolve(figure: Figure, before: Sequence[Figure], text: str) -> str | None:
    """The noun that reading found for a number that stands alone, if it is what was counted last, shortly before."""
    if not figure.counted or figure.unit or figure.value == 1 or _DECIMAL.search(figure.surface):
        return None
    head = _head(figure.counted)
    near = [other for other in before if other.counted and not other.unit and figure.span[0] - other.span[1] < NEAR]
    told = [_head(other.counted or "") for other in near if _is_told(other)]
    people = head == "people" and figure.action is not None and head in text[: figure.span[0]]
    if not people and (told[-1:] != [head] or figure.action is None):
        return None
    # "12 injured": what was read as "injured people" is people.
    behind = _behind(figure)[:2]
    return head if any(part in behind for part in figure.counted.split()) else figure.counted


def _head(phrase: str) -> str:
    return phrase.split(" of ")[0].split()[-1].lower()


def _behind(figure: Figure) -> list[str]:
    return [word.strip('.,;:”"').lower() for word in figure.quote.partition(figure.surface)[2].split()[:6]]


def _is_told(figure: Figure) -> bool:
    """Whether the noun that a number counts stands behind it."""
    return _head(figure.counted or "") in _behind(figure)
