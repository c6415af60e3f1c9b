"""What a story shows of itself: the most central of its titles and one sentence quoted from one of its articles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, log, sqrt

from pipeline.group.tokens import normalise, stem, words
from schemas.article import Reading

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’»)\]]*\s+(?=[\"“‘«(\[]?[^\W\d_a-z])|(?<=[。！？])|\n+")
_LEAD_WORDS = (8, 60)
_LOOKED_AT = 1500
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
    bags = [_bag(f"{reading.title}\n{reading.text[:_LOOKED_AT]}") for _, reading in articles]
    spread = Counter(word for bag in bags for word in bag)
    titles = [reading.title.strip() for _, reading in articles]
    sentences = [(at, sentence) for at, (_, reading) in enumerate(articles) for sentence in _openings(reading.text)]
    headline = max(
        (at for at, title in enumerate(titles) if title),
        key=lambda at: (_centrality(_bag(titles[at]), spread, len(bags)), -at),
        default=None,
    )
    best = max(
        sentences,
        key=lambda pair: (_centrality(_bag(pair[1]), spread, len(bags)), -pair[0]),
        default=None,
    )
    lead, source = ("", None) if best is None else (best[1], articles[best[0]][0])
    return StoryFace(titles[headline] if headline is not None else lead, lead, source)


def _bag(text: str) -> set[str]:
    return {stem(word.lower()) for word in words(normalise(text))}


def _centrality(bag: set[str], spread: Counter[str], articles: int) -> float:
    """How much of what the articles have in common these words say, long and short ones on one scale."""
    if not bag:
        return 0.0
    # Exact, for a set is in another order in every process, and a rounded sum depends on that.
    said = fsum(log(1 + spread[word]) for word in bag if len(word) > 3)
    return said / sqrt(len(bag) + 4) / log(1 + articles)


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
