"""What a reader takes for the sentence itself: without a dateline or a caption glued on in front."""

from __future__ import annotations

import re

_AGENCY = r"\((?:[A-Z][\w.&/ -]{1,30})\)"
_PLACE = r"[A-Z][A-Z.'’-]+(?:[ ,/]+(?:[A-Z][\w.'’-]*|\d{1,2}|of))*,?"
_DATELINE = re.compile(
    rf"\W{{0,3}}(?:{_PLACE}\s*(?:{_AGENCY}\s*)?|[A-Z][\w .,'’/-]{{1,50}}?{_AGENCY}\s*)(?:-{{1,2}}|[–—:])\s+"
)
_WORD = re.compile(r"\S+")
_FIRST = (
    "The A An In On At It He She They We This These Those There But And As After More Less Up Over About Some Around "
    "Nearly Almost Between Among Most Many Several Officials Police"
)
_OPENERS = frozenset(_FIRST.split())
"""Words that take a capital only at the beginning of a sentence, unless they belong to a name."""
_JOINING = (
    "of in at on to from for with by as and or but the a an told tell tells into over between under about against per "
    "de la le du van von than via s said says"
)
_JOINS_NAMES = frozenset(_JOINING.split())
_ENDS = ".,;:!?-–—“\"'‘(/&"


_QUANTITIES = "More Less Up About Around Nearly Almost Over Some Between"
_QUANTITY = frozenset(_QUANTITIES.split())
"""Openers that stand before a number, and in no name."""
_FRONT = re.compile(
    r"(?:(?:And|But|Or|So|Yet|Meanwhile|However|Moreover|Also|Still|Now|Instead|Indeed|Earlier|Later|Separately),?\s+)*"
    r"(?:(?:Early |Late )?[Oo]n (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"(?: (?:morning|afternoon|evening|night))?,?\s+)?"
)
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|(?<=\s)(?:—|–|--)\s[^—–]{8,120}?\s(?:—|–|--)(?=\s)")


def core(quote: str, span: tuple[int, int]) -> tuple[int, int]:
    """Where in ``quote`` the sentence around the number at ``span`` begins and ends."""
    start = 0
    found = _DATELINE.match(quote)
    if found and found.end() <= span[0]:
        start = found.end()
    start = _after_caption(quote, start, span[0])
    front = _FRONT.match(quote, start)
    if front and front.end() <= span[0]:
        start = front.end()
    end = len(quote)
    while end > span[1] and quote[end - 1] in " .;:,\t\n":
        end -= 1
    return start, end


def without_asides(sentence: str, span: tuple[int, int]) -> str:
    """The sentence with blanks in the place of what stands in parentheses or between dashes, but for the number."""

    def blank(aside: re.Match[str]) -> str:
        holds = aside.start() < span[1] and aside.end() > span[0]
        return aside.group() if holds else " " * len(aside.group())

    return _ASIDE.sub(blank, sentence)


def _after_caption(quote: str, start: int, number: int) -> int:
    """The last place before a number where a sentence opens though the one before it never ended."""
    words = list(_WORD.finditer(quote, start, number))
    here = start
    for index, word in enumerate(words):
        if index < 3 or word.group() not in _OPENERS:
            continue
        before = words[index - 1].group()
        closes = before[-1] in "”’'"
        if (before[-1] in _ENDS and not closes) or before in _OPENERS:
            continue
        if before.lower() in _JOINS_NAMES and word.group() not in _QUANTITY:
            continue
        here = word.start()
    if here == start and words and quote[number].isupper() and len(words) > 3:
        before = words[-1].group()
        if (
            (before[-1] not in _ENDS or before[-1] in "”’'")
            and before.lower() not in _JOINS_NAMES
            and quote[number : number + 3].isalpha()
        ):
            return number
    return here
