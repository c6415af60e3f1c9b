"""Who a wording credits: the speaker its sentence names, where the wording itself does not."""

from __future__ import annotations

import re

from pipeline.figures.wording.punctuated import LONGEST
from pipeline.figures.wording.render import length

_UNNAMED = "another other others one some many number group source sources he she it they who which"
_PLACES = "country nation state city town village region province district county area"
_NOBODY = frozenset(f"{_UNNAMED} {_PLACES}".split())
"""Who is no one in particular, or a place that alone names none."""
_LETTERS = re.compile(r"[^\W_]{2,}")
_LIMIT = 60
"""Characters of a speaker that may stand behind a claim: "UK-based Syrian Observatory for Human Rights" takes 44."""
BESIDE = 6
"""Words that a claim and its speaker may be longer together than a claim alone, as the speaker is shown apart."""


def speaker_shown(attribution: str | None, sentence: str) -> str:
    """The speaker as it may stand behind a claim; empty where nobody is named, or not in this very sentence.

    Whoever was carried along from another sentence is as often wrong as right.
    """
    speaker = " ".join((attribution or "").split())
    named = _names(speaker)
    # One letter at the end is what is left of an abbreviation.
    if not named or len(speaker) > _LIMIT or re.search(r"…$|\s\w$", speaker) or named <= _NOBODY:
        return ""
    return speaker if named & _names(sentence) else ""


def credit(speaker: str, text: str) -> str:
    """The speaker that is to stand behind a wording: none that it names itself, none for which there is no room."""
    if not speaker or _names(speaker) & _names(text) or length(f"{text} {speaker}") > LONGEST + BESIDE:
        return ""
    return speaker


def room_beside(speaker: str) -> int:
    """Words that a wording may have if its speaker is to stand behind it."""
    return min(LONGEST, LONGEST + BESIDE - length(speaker))


def _names(text: str) -> set[str]:
    return {word.lower() for word in _LETTERS.findall(text)} - {"the", "of", "and"}
