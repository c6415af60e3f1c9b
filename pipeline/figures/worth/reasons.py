"""Why a figure is worth what it is, in words: cues that say the same kind of thing are told as one reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

_GROUPS = {
    "what happened": ("action: ", "group: ", "nearby group: ", "core nearby", "near: "),
    "what is counted": ("noun: ", "no noun", "of people", "unit: ", "kind: ", "converted"),
    "how large it is": ("size of ", "one", "two or less", "round", "in words"),
    "how exactly it is put": (
        *("modifier: ", "definite", "more", "of the", "a measure", "trait: ", "cue: "),
        *("part of a group", "scope: ", "total", "extreme"),
    ),
    "when it was": ("past year", "this year", "long ago", "state of ", "future", "window", "period"),
    "who says so": (
        *("said by ", "authority in sentence", "speech in sentence"),
        *("told flatly", "in direct speech", "first person"),
    ),
    "where in the article it stands": (
        *("place in article", "at the head", "in the lead", "before it", "figures"),
        *("in the title", "words of the lead", "words of the title"),
    ),
    "what the topic covers": (
        *("words of the topic", "words of the stream", "words of the article"),
        *("usual ", "told elsewhere", "place"),
    ),
    "what kind of article it is": ("article: ",),
}
_REST = "how its sentence is built"
_LEAST = 0.15
"""Log-odds below which a reason is not worth a word."""


def reasons(contributions: Mapping[str, float], most: int = 4) -> tuple[str, ...]:
    """The strongest reasons, each with what it adds to the score in log-odds: "what happened +1.2"."""
    added: defaultdict[str, float] = defaultdict(float)
    for name, value in contributions.items():
        added[reason_of(name)] += value
    strongest = sorted(added.items(), key=lambda item: (-abs(item[1]), item[0]))[:most]
    return tuple(f"{reason} {value:+.1f}" for reason, value in strongest if abs(value) >= _LEAST)


@cache
def reason_of(cue: str) -> str:
    """The reason that a cue belongs to."""
    kind, _, rest = cue.partition(", ")
    plain = rest if kind in ("count", "money", "share", "measure") else cue
    longest = [
        (len(begins), reason) for reason, group in _GROUPS.items() for begins in group if plain.startswith(begins)
    ]
    return max(longest)[1] if longest else _REST
