"""What is known of the words of one sentence: forms, tags, and how they hang together."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Word(NamedTuple):
    """One word of a sentence; ``start`` and ``end`` count characters of the string that was parsed.

    ``tag`` is of the Penn Treebank, ``dep`` of the ClearNLP scheme; ``head`` is the index of the word this one hangs
    on, the word's own for a root. ``lemma`` is a cheap stem in lower case, good for comparing words, not for showing.
    """

    start: int
    end: int
    text: str
    lemma: str
    tag: str
    dep: str
    head: int


class Parse:
    """The words of one sentence with what hangs on what."""

    __slots__ = ("_below", "_children", "_starts", "words")

    def __init__(self, words: Sequence[Word]) -> None:
        self.words: tuple[Word, ...] = tuple(words)
        self._starts = [word.start for word in self.words]
        below: list[list[int]] = [[] for _ in self.words]
        for index, word in enumerate(self.words):
            if word.head != index:
                below[word.head].append(index)
        self._children = tuple(map(tuple, below))
        self._below: dict[int, list[int]] = {}

    def children(self, index: int) -> tuple[int, ...]:
        """The words that hang on a word, in the order of the sentence."""
        return self._children[index]

    def subtree(self, index: int) -> list[int]:
        """A word and all that hangs on it, near or far, in the order of the sentence."""
        known = self._below.get(index)
        if known is None:
            known = [index]
            for word in known:
                known += self._children[word]
            known.sort()
            self._below[index] = known
        return known.copy()

    def ancestors(self, index: int) -> list[int]:
        """The words that a word hangs on, the nearest first, the root of its tree last."""
        found: list[int] = []
        while (head := self.words[index].head) != index:
            found.append(head)
            index = head
        return found

    def at(self, offset: int) -> int:
        """The index of the word at a character, or else of the next one; of the last one behind the end."""
        index = max(0, bisect_right(self._starts, offset) - 1)
        if self.words[index].end <= offset and index + 1 < len(self.words):
            index += 1
        return index


class Parser(Protocol):
    """What parses sentences of one language."""

    def parse(self, sentences: Sequence[str]) -> list[Parse | None]:
        """A parse for each sentence, or ``None`` for one that is no prose or too long to be parsed well."""
        ...
