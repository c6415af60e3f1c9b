"""What a story shows of itself: the most central of its titles and one sentence quoted from one of its articles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import fsum, log, sqrt
from sys import intern

from pipeline.group.tokens import normalise, stem, words
from schemas.article import Reading

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’»)\]]*\s+(?=[\"“‘«(\[]?[^\W\d_a-z])|(?<=[。！？])|\n+")
_LEAD_WORDS = (8, 60)
_LOOKED_AT = 1500
_LATELY = 2_000
"""Articles of which the parts are kept, some 8 KB each: a story that grows is told anew from all of its articles."""
Bag = tuple[str, ...]
_BYLINE = re.compile(r"(?i)^(by\s|photo|image|picture|updated|published|advertis|read more|share|follow|sign up|©)")


@dataclass(frozen=True, slots=True)
class StoryFace:
    """``lead`` is quoted word for word from the article ``article``; ``headline`` is one of the titles."""

    headline: str
    lead: str
    article: str | None


def summarise(articles: Sequence[tuple[str, Reading]]) -> StoryFace:
    """The face of the story that these articles (id and reading, copies left out) make, in order of arrival."""
    if not articles:
        return StoryFace("", "", None)
    parts = [_parts(reading.title, reading.text[: _LOOKED_AT + 1]) for _, reading in articles]
    central = _Central([one.words for one in parts])
    headline = max(
        (at for at, one in enumerate(parts) if one.title),
        key=lambda at: (central(parts[at].title_words), -at),
        default=None,
    )
    best = max(
        ((at, opening, bag) for at, one in enumerate(parts) for opening, bag in one.openings),
        key=lambda entry: (central(entry[2]), -entry[0]),
        default=None,
    )
    lead, source = ("", None) if best is None else (best[1], articles[best[0]][0])
    return StoryFace(parts[headline].title if headline is not None else lead, lead, source)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What an article may show of its story, and the words by which it is chosen."""

    words: Bag
    title: str
    title_words: Bag
    openings: tuple[tuple[str, Bag], ...]


@lru_cache(maxsize=_LATELY)
def _parts(title: str, text: str) -> _Parts:
    """The parts of an article of this title that begins with this text: `_LOOKED_AT` characters and, if it goes on, one
    more."""
    title_alone = title.strip()
    return _Parts(
        words=_bag(f"{title}\n{text[:_LOOKED_AT]}"),
        title=title_alone,
        title_words=_bag(title_alone),
        openings=tuple((sentence, _bag(sentence)) for sentence in _openings(text)),
    )


def _bag(text: str) -> Bag:
    """The words of a text, each once; the same object for the same word, for many are kept."""
    return tuple({intern(stem(word.lower())): None for word in words(normalise(text))})


class _Central:
    """How much of what several articles have in common some words say, long and short ones on one scale."""

    def __init__(self, bags: Sequence[Bag]) -> None:
        self._weights = {
            word: log(1 + holding) for word, holding in Counter(chain.from_iterable(bags)).items() if len(word) > 3
        }
        self._articles = len(bags)

    def __call__(self, bag: Bag) -> float:
        if not bag:
            return 0.0
        # Exact, so that the order of the words makes no difference.
        said = fsum([weight for weight in map(self._weights.get, bag) if weight is not None])
        return said / sqrt(len(bag) + 4) / log(1 + self._articles)


def _openings(text: str) -> list[str]:
    """The first sentences of a text that read as its lead: no byline, no caption, neither a scrap nor a paragraph."""
    found = []
    parts = _SENTENCE_END.split(text[:_LOOKED_AT])
    for raw in parts[:-1] if len(text) > _LOOKED_AT else parts:
        sentence = raw.strip()
        count = len(words(sentence))
        if _LEAD_WORDS[0] <= count <= _LEAD_WORDS[1] and not _BYLINE.match(sentence):
            found.append(sentence)
        if len(found) == 2:
            break
    return found
