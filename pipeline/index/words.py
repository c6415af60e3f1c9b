"""How every index understands a reader's words, and what makes one article more relevant than another.

All of it is pure, so that SQLite and Elasticsearch find the same articles for the same words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

MAX_TEXT = 2_000
"""Characters of a query that are looked at."""
MAX_TERMS = 64
"""Terms of a query, and words of a phrase. Each is a clause, and Elasticsearch limits those."""
MAX_RUN = 64
"""Characters of an unbroken run: longer patterns are more than Lucene will build an automaton for, and no name is
longer."""

TITLE_WEIGHT, TEXT_WEIGHT = 4, 1
"""How much more a word counts in a title than in the text."""

FRESH_SHARE = 0.5
FRESH_HALF_LIFE = timedelta(days=30)
"""Tuned on the labelled queries of the tuning half; see benchmarks/README.md."""
_HALF_LIFE_DAYS = FRESH_HALF_LIFE / timedelta(days=1)

_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
SPACELESS = re.compile(f"[{_SPACELESS}\U00020000-\U0003134f]")
"""Scripts written without spaces between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""

_TERM = re.compile(r'(?P<no>-)?(?:"(?P<phrase>[^"]*)(?P<closed>")?|(?P<word>[^\s"]+))')
_LETTER = r"[^\W\d_]"
ACRONYM = re.compile(rf"(?<![\w.])(?:{_LETTER}\.){{1,12}}{_LETTER}\.?(?!\w)(?!\.\w)")
"""Single letters with dots between them: I.R.S., U.N, С.Ш.А."""
_INNER_DOT = re.compile(r"\.\w")
"""What every acronym has and hardly any text: looked for first, it is found by far sooner."""


@dataclass(frozen=True)
class Term:
    """One word or phrase a reader asked for, as typed but for the signs that `understand` reads."""

    words: str
    phrase: bool = False
    prefix: bool = False
    negated: bool = False

    @property
    def spaceless(self) -> bool:
        """Whether it is in a script without spaces, and so is looked for within longer runs."""
        return SPACELESS.search(self.words) is not None

    @property
    def simple(self) -> bool:
        """Whether it is a word like any other, of which `may_miss` may be missing; what is not must be there."""
        return not (self.phrase or self.prefix or self.spaceless)


@dataclass(frozen=True)
class Words:
    """A reader's query, understood; ``remarks`` say to the reader what of it was left out."""

    terms: tuple[Term, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def wanted(self) -> tuple[Term, ...]:
        """Every term that is not ruled out."""
        return tuple(term for term in self.terms if not term.negated)

    @property
    def unwanted(self) -> tuple[Term, ...]:
        return tuple(term for term in self.terms if term.negated)


def may_miss(words: int) -> int:
    """How many of so many simple words an article may lack and still be found: one of four, two of eight, and so on.

    A reader who types four words remembers one of them wrongly often enough; who types two or three means each.
    """
    return words // 4


def freshness(days: float) -> float:
    """What the relevance of an article of this age is multiplied by: 1 for a new one, halving towards a floor.

    ``1 - S + S * 2 ** (-age / H)``, S being `FRESH_SHARE` and H `FRESH_HALF_LIFE`. The floor ``1 - S`` lets an old
    article that says it better stay above a new one that hardly says it. What is not yet published counts as new.
    """
    return 1 - FRESH_SHARE + FRESH_SHARE * 2 ** -(max(days, 0.0) / _HALF_LIFE_DAYS)


def joined(text: str) -> str:
    """``text`` with the dots taken out of its acronyms, padded to the same length: ``I.R.S.`` becomes ``IRS`` and three
    spaces, so that places found in one are places in the other.
    """
    if _INNER_DOT.search(text) is None:
        return text
    return ACRONYM.sub(lambda found: found[0].replace(".", "").ljust(len(found[0])), text)


def understand(text: str) -> Words:
    """Words, of which one of four may be missing; a phrase in double quotes; ``prefix*``; ``-word`` for what must not.

    Nothing a reader types is an error: a quote left open ends with the text, signs that belong to no word are ignored,
    and what is too long is cut, which ``remarks`` say.
    """
    remarks: dict[str, None] = {}
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
        remarks[f"The search is long: only its first {MAX_TEXT:,} characters were used."] = None
    terms: dict[Term, None] = {}
    for found in _TERM.finditer("".join(map(_readable, text))):
        phrase = found["phrase"]
        if phrase is not None and found["closed"] is None and phrase.strip():
            remarks["A quotation mark is not closed: everything after it was taken as the phrase."] = None
        raw = (phrase if phrase is not None else found["word"]).split()
        words = _bounded(raw, remarks)
        if any(_in_word(character) for character in words):
            # Said twice, a word says no more, and of four words it would be two.
            term = Term(
                words=words,
                phrase=phrase is not None,
                prefix=phrase is None and found["word"].endswith("*"),
                negated=found["no"] is not None,
            )
            terms[term] = None
    if len(terms) > MAX_TERMS:
        remarks[f"The search is long: only its first {MAX_TERMS} words were used."] = None
    return Words(tuple(terms)[:MAX_TERMS], tuple(remarks))


def _bounded(raw: list[str], remarks: dict[str, None]) -> str:
    if len(raw) > MAX_TERMS:
        remarks[f"A phrase is long: only its first {MAX_TERMS} words were used."] = None
    words = " ".join(raw[:MAX_TERMS]).strip("*")
    if SPACELESS.search(words) and len(words) > MAX_RUN:
        words = words[:MAX_RUN].rstrip()
        remarks[f"“{words[:12]}…” is long: only its first {MAX_RUN} characters were used."] = None
    return words


def _in_word(character: str) -> bool:
    # Marks belong to the letters they stand on: without them Thai and Hindi words fall apart.
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _readable(character: str) -> str:
    """Controls, invisible signs and halves of pairs say nothing, and neither index takes them all; joiners do."""
    if character in "\u200c\u200d" or not unicodedata.category(character).startswith("C"):
        return character
    return " " if character.isspace() or unicodedata.category(character) != "Cf" else ""
