"""What a reader takes for the sentence itself: without a dateline or a caption glued on in front."""

from __future__ import annotations

import re

from pipeline.figures.annotate import Parse

_AGENCY = r"\((?:[A-Z][\w.&/ -]{1,30})\)"
_PLACE = r"[A-Z][A-Z.'’-]+(?:[ ,/]+(?:[A-Z][\w.'’-]*|\d{1,2}|of))*,?"
_DATELINE = re.compile(
    rf"\W{{0,3}}(?:{_PLACE}\s*(?:{_AGENCY}\s*)?|[A-Z][\w .,'’/-]{{1,50}}?{_AGENCY}\s*)(?:-{{1,2}}|[–—:])\s+"
)
_WORD = re.compile(r"\S+")
_FIRST = (
    "The A An In On At It He She They We This These Those There But And As After More Less Up Over About Some Around "
    "Nearly Almost Between Among Most Many Several"
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
    r"(?:(?:And|But|Or|So(?!\s+far\b)|Yet|Meanwhile|However|Moreover|Also|Still|Now|Instead|Indeed|Earlier|Later|Separately),?\s+)*"
    r"(?:(?:Early |Late )?[Oo]n (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"(?: (?:morning|afternoon|evening|night))?,?\s+)?"
)
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|(?<=\s)(?:—|–|--)\s[^—–]{8,120}?\s(?:—|–|--)(?=\s)")
_SENTENCE = 5
"""Words in front of a semicolon that can stand for themselves."""
_SQUARE = str.maketrans("[]", "  ")


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
    end = _before_caption(quote, span[1])
    mark = quote.find(";", span[1], end)
    if mark >= 0 and len(_WORD.findall(quote, start, mark)) >= _SENTENCE:
        end = mark
    while end > span[1] and quote[end - 1] in " .;:,\t\n":
        end -= 1
    return start, end


def without_asides(sentence: str, span: tuple[int, int]) -> str:
    """The sentence with blanks in the place of what stands in parentheses or between dashes, but for the number."""

    def blank(aside: re.Match[str]) -> str:
        holds = aside.start() < span[1] and aside.end() > span[0]
        return aside.group() if holds else " " * len(aside.group())

    # Square brackets in a wording are its own.
    return _ASIDE.sub(blank, sentence).translate(_SQUARE)


def _opens(words: list[re.Match[str]], index: int) -> bool:
    """Whether a sentence opens at a word though the one before it never ended."""
    word, before = words[index].group(), words[index - 1].group()
    if word not in _OPENERS or before in _OPENERS or (before[-1] in _ENDS and before[-1] not in "”’'"):
        return False
    return word in _QUANTITY or before.lower() not in _JOINS_NAMES


def _after_caption(quote: str, start: int, number: int) -> int:
    words = list(_WORD.finditer(quote, start, number))
    here = start
    for index in range(3, len(words)):
        if _opens(words, index):
            here = words[index].start()
    if here == start and len(words) > 3 and quote[number].isupper() and quote[number : number + 3].isalpha():
        before = words[-1].group()
        if (before[-1] not in _ENDS or before[-1] in "”’'") and before.lower() not in _JOINS_NAMES:
            return number
    return here


def _before_caption(quote: str, number: int) -> int:
    words = list(_WORD.finditer(quote, number))
    return next((words[i].start() for i in range(4, len(words)) if _opens(words, i)), len(quote))


PLAIN = frozenset({"NNS", "DT", "PRP", "PRP$", "EX", "IN", "CC", "RB", "VBD", "VBZ", "VBP", "VBN", "VBG"})
"""Tags of words that take a capital only where a sentence opens."""


def openings(parse: Parse) -> list[int]:
    """The characters where a sentence opens though none ended, by what the parse says of its first word."""
    words = parse.words
    found = []
    for index in range(3, len(words) - 1):
        word, before, after = words[index], words[index - 1], words[index + 1]
        opens = word.tag in PLAIN and word.text[:1].isupper() and word.text[1:].islower() and after.text.islower()
        plain = before.text.islower() and before.tag.startswith(("NN", "V", "R")) and not before.tag.startswith("NNP")
        if opens and plain and not after.tag.startswith("NNP"):
            found.append(word.start)
    return found
