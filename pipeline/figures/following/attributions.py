"""Whether two attributions name the same speaker."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pipeline.figures.following import concepts
from pipeline.figures.following.concepts import Words, stem, table


@cache
def _roles() -> Words:
    return Words(table("speakers").items())


@cache
def _unspeaking() -> frozenset[str]:
    return frozenset(table("unspeaking")["words"].split())


@cache
def _authorities() -> frozenset[str]:
    return frozenset(table("authorities")["words"].split())


def is_authority(attribution: str) -> bool:
    """Whether it names somebody whose office it is to count: the police, a ministry, a court, the United Nations."""
    words = re.findall(r"[^\W\d_]+", attribution.lower())
    return any(not _authorities().isdisjoint((word, *_roles().of(word))) for word in words)


@lru_cache(maxsize=8192)
def speaker(attribution: str) -> frozenset[str]:
    """The words that tell one speaker from another; a minister speaks for the ministry."""
    words = re.findall(r"[^\W\d_]+", attribution.lower())
    telling = [word for word in words if word not in _unspeaking()] or words
    return frozenset(part for word in telling for part in (_roles().of(word) or (stem(word),)))


@lru_cache(maxsize=32768)
def speak_as_one(one: str | None, other: str | None) -> bool:
    """Whether both are known and the same, by the words that matter ("health ministry", "the ministry of health")."""
    if not one or not other:
        return False
    first, second = speaker(one), speaker(other)
    if any(concepts.clashing_poles(word, another) for word in first - second for another in second - first):
        return False
    return bool(first & second) or one.strip().lower() == other.strip().lower()


def are_others(one: str | None, other: str | None) -> bool:
    """Whether both are known and not the same."""
    return bool(one and other) and not speak_as_one(one, other)
