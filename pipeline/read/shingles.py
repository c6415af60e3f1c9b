"""How much of a text stands in another, by runs of four words."""

from __future__ import annotations

import re

_WORDS = re.compile(r"\w+")
_RUN = 4


def _shingles(text: str) -> set[tuple[str, ...]]:
    # Characters, not words, for scripts that put no space between them.
    found = _WORDS.findall(text.lower()) if text.count(" ") > len(text) / 20 else list(text)
    return {tuple(found[at : at + _RUN]) for at in range(max(1, len(found) - _RUN + 1))} if found else set()


def covered(part: str, whole: str) -> float:
    """The share of ``part``, in runs of four words, that stands in ``whole``; 1.0 for an empty part."""
    wanted = _shingles(part)
    return len(wanted & _shingles(whole)) / len(wanted) if wanted else 1.0
