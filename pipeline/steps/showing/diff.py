"""What changed between two revisions of an article, its numbers first. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from pydantic import Field

from pipeline.sentences import sentences
from schemas.article import Revision
from schemas.base import Model, Utc

_NUMBER = re.compile(r"(?<!\w)[+\-−]?\d+(?:[.,:'’\u00a0\u202f ]\d+)*%?")
_WORD = re.compile(r"\w+")
_ONE_SENTENCE = 0.5
"""Share of words from which on a sentence is taken for another, edited; sentences on one subject share a third."""

_MOST_PAIRS = 40_000
"""Pairs of sentences compared within one rewritten stretch, some tenths of a second; a longer one is old and new."""


class Change(Model):
    """One sentence that changed: its words before and after, empty where it is new or gone, and its numbers."""

    before: str = ""
    after: str = ""
    numbers_before: tuple[str, ...] = ()
    numbers_after: tuple[str, ...] = ()

    @property
    def is_of_numbers(self) -> bool:
        return self.numbers_before != self.numbers_after


class Difference(Model):
    """How a revision differs from the one before it."""

    article: str
    revision: int
    seen: Utc
    title: Change | None = Field(default=None, description="None: the same")
    numbers: tuple[Change, ...] = Field(default=(), description="sentences whose numbers changed, came or went")
    words: tuple[Change, ...] = Field(default=(), description="sentences that changed otherwise")


def difference(before: Revision, after: Revision, language: str | None = None) -> Difference:
    """What changed from one revision to the next, each list in the order of the text."""
    changes = list(_changes(_split(before.text, language), _split(after.text, language)))
    return Difference(
        article=after.article,
        revision=after.number,
        seen=after.seen,
        title=None if before.title == after.title else _change(before.title, after.title),
        numbers=tuple(one for one in changes if one.is_of_numbers),
        words=tuple(one for one in changes if not one.is_of_numbers),
    )


def _split(text: str, language: str | None) -> list[str]:
    return [text[start:end] for start, end in sentences(text, language)]


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from _within(before[a:b], after[c:d])


def _within(gone: Sequence[str], come: Sequence[str]) -> Iterator[Change]:
    """The sentences of a stretch that was rewritten: those that were edited as pairs, in their new order."""
    left = list(gone)
    compared = left if len(gone) * len(come) <= _MOST_PAIRS else []
    for sentence in come:
        old = max(compared, key=lambda other: _share(other, sentence), default="")
        if old and _share(old, sentence) >= _ONE_SENTENCE:
            left.remove(old)
            yield _change(old, sentence)
        else:
            yield _change("", sentence)
    yield from (_change(sentence, "") for sentence in left)


def _change(before: str, after: str) -> Change:
    return Change(
        before=before,
        after=after,
        numbers_before=tuple(_NUMBER.findall(before)),
        numbers_after=tuple(_NUMBER.findall(after)),
    )


def _share(one: str, other: str) -> float:
    """How much of the words of two sentences is the same; the numbers, which may be what changed, don't count."""
    sets = [{word.casefold() for word in _WORD.findall(text) if not word.isdigit()} for text in (one, other)]
    union = len(sets[0] | sets[1])
    return len(sets[0] & sets[1]) / union if union else 0.0
