"""A sentence as tokens: words, digit groups and single marks, each with its place in the text."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from enum import IntEnum

_SPACES = "\u00a0\u202f\u2009"
_WORD = r"(?:[^\W\d_]\.){2,}|[^\W\d_][^\W\d_\u0300\u0301]*+(?:['’ʼ][^\W\d_]++)*+"
# Digits with their separators; which separator means what is for the language to say (numbers.py).
_COMMON = rf"\d++(?:[.,'’٫٬]\d++|[{_SPACES}]\d{{3}}(?!\d))*+|(?<![\w.])[.]\d++"
_SPACED = rf"(?<!\d)\d{{1,3}}(?:[ {_SPACES}]\d{{3}}(?!\d|\.\d))++(?:[.,]\d++)?+"
_PLAIN = re.compile(rf"(?P<number>{_COMMON})|(?P<word>{_WORD})|(?P<mark>\S)")
_GROUPED = re.compile(rf"(?P<number>{_SPACED}|{_COMMON})|(?P<word>{_WORD})|(?P<mark>\S)")


class Kind(IntEnum):
    NUMBER = 1
    WORD = 2
    MARK = 3


_KINDS = (Kind.MARK, Kind.NUMBER, Kind.WORD, Kind.MARK)
"""The kinds by the number of the group that matched."""


@dataclass(slots=True)
class Token:
    """``text`` at ``start`` … ``end``; ``glued`` when no space parts it from the token before."""

    start: int
    end: int
    text: str
    lower: str
    kind: Kind
    glued: bool

    @property
    def capital(self) -> bool:
        return self.kind is Kind.WORD and self.text[0].isupper()


@dataclass(slots=True)
class Sentence:
    """One sentence of ``text``, its tokens and its words in small letters; ``loud`` where capitals say nothing."""

    text: str
    start: int
    end: int
    language: str
    loud: bool = False
    tokens: list[Token] = field(default_factory=list)
    words: frozenset[str] = frozenset()

    @property
    def quote(self) -> str:
        return self.text[self.start : self.end]

    def at(self, place: int) -> int:
        """The index of the token that begins at a place of the text or, if none does, of the next."""
        return bisect_left(self.tokens, place, key=lambda token: token.start)

    def lower(self, index: int) -> str:
        """The token at ``index`` in small letters; empty outside of the sentence."""
        return self.tokens[index].lower if 0 <= index < len(self.tokens) else ""

    def is_word(self, index: int) -> bool:
        return 0 <= index < len(self.tokens) and self.tokens[index].kind is Kind.WORD

    def is_name(self, index: int) -> bool:
        """Whether a capital at ``index`` marks a name rather than the opening of a sentence or a text in capitals."""
        return (
            not self.loud
            and index > 0
            and self.is_word(index)
            and self.tokens[index].text != self.tokens[index].text.lower()
            and self.lower(index - 1) not in {'"', "“", "”", "‘", "•", "("}
        )


def tokenise(text: str, start: int, end: int, language: str, *, loud: bool = False) -> Sentence:
    """The tokens of ``text[start:end]``.

    In a language that parts thousands by a space, "12 345" is one token.
    """
    pattern = _PLAIN if language == "en" else _GROUPED
    sentence = Sentence(text=text, start=start, end=end, language=language, loud=loud)
    last, append = start, sentence.tokens.append
    for match in pattern.finditer(text, start, end):
        a, b = match.span()
        surface = match.group()
        kind = _KINDS[match.lastindex or 0]
        low = surface
        if kind is Kind.WORD:
            low = surface.lower()
            if "’" in low:
                low = low.replace("’", "'")
        append(Token(a, b, surface, low, kind, a == last and a > start))
        last = b
    sentence.words = frozenset([token.lower for token in sentence.tokens])
    return sentence
