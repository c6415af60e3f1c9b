"""Words of a text, as worth and telling compare them."""

from __future__ import annotations

import re

from pipeline.figures.following.concepts import stem

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_COMMON_WORDS = (
    "a an the of in on at to for from by with and or as is are was were be been being has have had its their his her "
    "than that this these those it they he she we i you not but also which who whom when where while after before more "
    "most said says say would could will can may might about into over up out so if all no"
)
_COMMON = frozenset(_COMMON_WORDS.split())
"""English words that tell nothing of what a sentence is about; in other languages rarity does the same work."""


def stems(text: str) -> list[str]:
    """The stems of the words of a text that can tell what it is about, in order."""
    return [stem(word) for word in map(str.lower, WORD.findall(text)) if len(word) > 2 and word not in _COMMON]
