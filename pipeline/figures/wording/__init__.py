"""Wording: a figure in the words of its own sentence, as short as it can be said truly.

``worded`` chooses, for all figures of a text, among clauses: those by the parse at each verb above the number, the one
by punctuation, the sentence, and the sentence cut around the number and marked as cut. Sentences are parsed in one
batch; what was not parsed has the clause by punctuation alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.figures.annotate import Parse, Parser, clause_of, parser_for
from pipeline.figures.wording import punctuated
from pipeline.figures.wording.choose import Candidate, candidates
from pipeline.figures.wording.core import core, openings, without_asides
from pipeline.figures.wording.credit import credit, speaker_shown
from pipeline.figures.wording.evidence import Known
from pipeline.figures.wording.render import length, tidy
from pipeline.figures.wording.speaker import may_say, speaker_of
from schemas.figure import Figure, Wording

LEAST = -2.5
"""Log-odds of being true and clear below which a wording says something false: the sentence is cut in its place."""

ROUNDS = 3
"""Clauses of one figure that are parsed again at most, the best first; what comes behind is taken only if whole."""

NEAR = 600
"""Characters, some four sentences, over which what was counted is still what is counted."""

_DECIMAL = re.compile(r"\d\.\d{1,2}(?!\d)")


def worded(figures: Sequence[Figure], text: str, language: str) -> list[Figure]:
    """The figures of a text, each with its wording, and with how its clause is built where a parser is at hand."""
    parser = parser_for(language)
    shown, parses = _parsed(parser, figures, text)
    speakers = _speakers(figures, shown, parses)
    ranked = []
    for index, (figure, (sentence, span), speaker) in enumerate(zip(figures, shown, speakers, strict=True)):
        noun = _to_resolve(figure, figures[:index], text)
        ranked.append(_ranked(sentence, span, figure, parses.get(sentence), noun, speaker))
    if parser:
        ranked = _checked(parser, ranked)
    made = []
    for figure, (sentence, span), found, speaker in zip(figures, shown, ranked, speakers, strict=True):
        parse = parses.get(sentence)
        wording = _worded(sentence, span, found, parse, language, speaker)
        clause = clause_of(parse, span) if parse else None
        made.append(figure.model_copy(update={"wording": wording, "clause": clause}))
    return made


def _speakers(
    figures: Sequence[Figure], shown: Sequence[tuple[str, tuple[int, int]]], parses: Mapping[str, Parse | None]
) -> list[str]:
    """Whom to credit for each figure: the speaker that the parse names, which is surer than one read without it.

    Where a sentence gives its numbers to several speakers, or one to nobody, reading knew why.
    """
    whose: dict[str, set[str | None]] = {}
    for figure in figures:
        whose.setdefault(figure.quote, set()).add(figure.attribution)
    made = []
    for figure, (sentence, span) in zip(figures, shown, strict=True):
        speaker, read, parse = None, figure.attribution, parses.get(sentence)
        if parse and len(whose[figure.quote]) == 1:
            speaker = speaker_of(parse, span)
            read = read if read and may_say(parse, span, read) else None
        made.append(speaker_shown(speaker or read, sentence))
    return made


def _checked(parser: Parser, ranked: Sequence[list[Candidate]]) -> list[list[Candidate]]:
    """The clauses of each figure without those in front that, parsed by themselves, are no clause that says it."""
    left = list(ranked)
    for _ in range(ROUNDS):
        waiting = [i for i, found in enumerate(left) if found and found[0].to_check]
        if not waiting:
            break
        parses = parser.parse([left[i][0].plain for i in waiting])
        for i, parse in zip(waiting, parses, strict=True):
            if left[i][0].holds(parse):
                left[i] = [replace(left[i][0], to_check=False)]
            else:
                # What colours a claim must not be lost with the clause that kept it.
                left[i] = [one for one in left[i][1:] if one.text != left[i][0].text and not one.claims_more]
    return [[one for one in found if not one.to_check] for found in left]


def _shown(figure: Figure, text: str) -> tuple[str, tuple[int, int]]:
    """The sentence of a figure as it is parsed, and where in it the number stands."""
    place = _place_in_quote(figure, text)
    start, end = core(figure.quote, place)
    span = (place[0] - start, place[1] - start)
    return without_asides(figure.quote[start:end], span), span


def _parsed(
    parser: Parser | None, figures: Sequence[Figure], text: str
) -> tuple[list[tuple[str, tuple[int, int]]], dict[str, Parse | None]]:
    """The sentence of each figure with the place of its number, and the parses of all; none without a parser."""
    shown = [_shown(figure, text) for figure in figures]
    parses: dict[str, Parse | None] = {}
    if parser:
        _parse(parser, parses, shown)
        shown = [_without_captions(sentence, span, parses[sentence]) for sentence, span in shown]
        _parse(parser, parses, shown)
    return shown, parses


def _parse(parser: Parser, parses: dict[str, Parse | None], shown: Sequence[tuple[str, tuple[int, int]]]) -> None:
    waiting = [sentence for sentence in dict.fromkeys(sentence for sentence, _ in shown) if sentence not in parses]
    parses.update(zip(waiting, parser.parse(waiting), strict=True))


def _without_captions(sentence: str, span: tuple[int, int], parse: Parse | None) -> tuple[str, tuple[int, int]]:
    """The sentence from where one opens before the number to where one opens behind it, though none ended there."""
    places = openings(parse) if parse else []
    start = next((at for at in places if at < span[0]), 0)
    end = next((at for at in places if at >= span[1]), len(sentence))
    return sentence[start:end].rstrip(), (span[0] - start, span[1] - start)


def _place_in_quote(figure: Figure, text: str) -> tuple[int, int]:
    start, end = figure.span
    first = text.find(figure.quote, max(0, start - len(figure.quote)))
    if first < 0 or first > start:
        first = start - max(0, figure.quote.find(figure.surface))
    return start - first, end - first


def _ranked(
    sentence: str, span: tuple[int, int], figure: Figure, parse: Parse | None, noun: str | None, speaker: str
) -> list[Candidate]:
    """All wordings of a figure that are short enough, the best first; none where the sentence was not parsed."""
    if parse is None:
        return []
    known = Known(figure.counted, noun, figure.scope.place, figure.action, speaker)
    found = (one for one in candidates(sentence, parse, span, known) if length(one.text) <= punctuated.LONGEST)
    return sorted(found, key=lambda one: one.score, reverse=True)


def candidates_of(index: int, figures: Sequence[Figure], text: str) -> list[tuple[Candidate, str]]:
    """All wordings of one of the figures of an English text, in no order, each with the speaker it may credit.

    Empty where no parser is at hand, or the sentence can't be parsed.
    """
    figure, parser = figures[index], parser_for("en")
    if parser is None:
        return []
    beside = [other for other in figures if other.quote == figure.quote]
    shown, parses = _parsed(parser, beside, text)
    at = next(n for n, other in enumerate(beside) if other is figure)
    sentence, span = shown[at]
    parse = parses[sentence]
    if parse is None:
        return []
    speaker = _speakers(beside, shown, parses)[at]
    noun = _to_resolve(figure, figures[:index], text)
    known = Known(figure.counted, noun, figure.scope.place, figure.action, speaker)
    return [(one, speaker) for one in candidates(sentence, parse, span, known)]


def _worded(
    sentence: str,
    span: tuple[int, int],
    ranked: Sequence[Candidate],
    parse: Parse | None,
    language: str,
    speaker: str,
) -> Wording:
    good = bool(ranked) and ranked[0].score > LEAST
    text = ranked[0].text if good else _by_punctuation(sentence, span, language, parsed=parse is not None)
    sure = round(ranked[0].sure, 3) if ranked else None
    return Wording(text=text, cut="…" in text, speaker=credit(speaker, text), sure=sure)


def _by_punctuation(sentence: str, span: tuple[int, int], language: str, *, parsed: bool) -> str:
    """The words for a number where no wording can be made by a parse."""
    plain = tidy(sentence)
    longest = punctuated.LONGEST if parsed else punctuated.PRINT
    if punctuated.SHORTEST <= length(plain) <= longest:
        return plain
    where = punctuated.clause(sentence, span, language)
    if where and not parsed:
        return tidy(sentence[where[0] : where[1]])
    return punctuated.cut(sentence, span, language)


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
