"""The past year that a figure is of: "the 1953 flood killed 1,800", "in 1976, 242,000 died", "38 drowned that year".

A count of a year gone by is history. It must not pass for what is so today, nor join the count of a running event.
"""

from __future__ import annotations

import re

from pipeline.figures.reading.events import personal_actions, word_action
from pipeline.figures.reading.lexicon import wordset
from pipeline.figures.reading.tokens import Sentence
from pipeline.figures.reading.verbs import participle

_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)"
_NAMED = re.compile(
    rf"(?i)(?<![\w-])(?:(?:in|of|during|since)\s(?:the\s|early\s|late\s|mid-?\s?|about\s|around\s|[a-z]+\s)?"
    rf"|(?:im|in|en|nel|del|de|von|em|no|в|у|во)\s(?:(?:jahre?|année|año|anno|ano|l['’])\s?)?|(?P<the>the\s)|l['’]|nel\s|dell['’])"
    rf"{_YEAR}(?![\w-]|['’]s|[.,]\d|\s?%)"
)
_THAT_YEAR = re.compile(r"(?i)\b(?:(?:in|of|during) )?(?:that|the same) year(?![’'])\b")
_ANY = re.compile(rf"(?<![\d.,-]){_YEAR}(?![\w-]|['’]s|[.,]\d|\s?%)")
_SPANNING = re.compile(
    r"(?i)\b(?:since\s[^,;:()]{0,40}|(?:from|until|till|before|after|by|than|seit|depuis|desde|dal|с|з|від)\s(?:\w+\s)?)$"
)
_WHEN_IT = re.compile(r"(?i)^,?\s(?:when|in which|als|in dem|quand|où|cuando|quando|когда|коли)\s[^,;:()]*$")
_WITHIN_RELATIVE = re.compile(r"(?i)\s(?:who|which|that|whose|where)\s[^,;:]*$")
"""Before a year that dates a relative clause: "the man who had won in 2003 was among the 12"."""
_FIRST = re.compile(rf"{_YEAR}(?=\s[^\W\d_])")
_BREAKS = re.compile(
    r"(?i)[;:()–—]|\s(?:where|which|who|whose|when|that|while|whereas|but|than|since|as|after|before)\s"
)


def last_year(text: str, this_year: int) -> int | None:
    """The past year that a sentence names last, for a "that year" in the next."""
    years = [int(match["year"]) for match in _ANY.finditer(text)]
    past = [year for year in years if year < this_year]
    return past[-1] if past else None


def year_of(sentence: Sentence, start: int, end: int, this_year: int, remembered: int | None) -> int | None:
    """The year before ``this_year`` that the number at characters ``start`` … ``end`` is of, if its clause names one.

    ``remembered`` is what "that year" means.
    """
    text = sentence.text
    found: list[tuple[int, int]] = []
    for match in _NAMED.finditer(text, sentence.start, sentence.end):
        year = int(match["year"])
        if year < this_year and _is_its_own(sentence, match, start, end):
            found.append((min(abs(match.start() - end), abs(start - match.end())), year))
    opening = _FIRST.match(text, sentence.start) if sentence.language == "de" else None
    if (
        opening
        and int(opening["year"]) < this_year
        and not _parted(sentence, opening.start(), opening.end(), start, end)
    ):
        found.append((start - opening.end(), int(opening["year"])))  # "1976 starben 242.000 Menschen"
    if remembered is not None:
        found += [
            (min(abs(match.start() - end), abs(start - match.end())), remembered)
            for match in _THAT_YEAR.finditer(text, sentence.start, sentence.end)
            if not _parted(sentence, match.start(), match.end(), start, end)
        ]
    return min(found)[1] if found else None


def _is_its_own(sentence: Sentence, match: re.Match[str], start: int, end: int) -> bool:
    """Whether a year dates what the number tells, rather than a span or another thing ("a dam built in 1974")."""
    text = sentence.text
    if match.end() <= start and _WHEN_IT.match(text[match.end() : start]):
        return True  # "the most since 2004, when 200,000 died"
    head = text[max(sentence.start, match.start() - 60) : match.start()]
    if match.group()[:5].lower() == "since" or (match.end() <= start and _WITHIN_RELATIVE.search(head)):
        return False
    if _SPANNING.search(head) or _parted(sentence, match.start(), match.end(), start, end):
        return False
    if match["the"]:  # "the 1953 flood", not "the 2,000"
        return sentence.is_word(sentence.at(match.start("year")) + 1)
    before = sentence.at(match.start()) - 1
    word = sentence.lower(before)
    if participle(word) is not None and word_action(word, "en") not in personal_actions():
        return sentence.lower(before - 1) in _AUXILIARIES
    return True


_AUXILIARIES = wordset("was were had have has been is are")
_OPENS = 5
"""Tokens of a year that a sentence opens with: "In the spring of 1976, 242,000 died"."""


def _parted(sentence: Sentence, year_start: int, year_end: int, start: int, end: int) -> bool:
    """Whether the number stands in another clause than the year, or the year in an aside between commas."""
    text = sentence.text
    between = text[end:year_start] if year_start >= end else text[year_end:start]
    if _BREAKS.search(f"{between} "):
        return True
    commas = between.count(",")
    if not commas or year_start >= end:
        return commas > 0
    first = sentence.at(year_start) <= _OPENS and "," not in text[sentence.start : year_start]
    return not (first and commas in (1, 2))
