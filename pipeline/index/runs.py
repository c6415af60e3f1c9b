"""Scripts without spaces, spelled out for FTS5: its tokeniser would see each of their sentences as one word."""

from __future__ import annotations

import re
import unicodedata

from pipeline.index.words import SPACELESS

_CHUNK = re.compile(r"\S+")


def spelled(text: str) -> str:
    """Each character of what is written without spaces in ``text``, as a word of its own: its number in hexadecimal.

    A phrase of such words is then found within longer runs. Words without any character of such a script are left out;
    punctuation is too, and case and width are evened out.
    """
    if SPACELESS.search(text) is None:
        return ""
    chunks = (chunk[0] for chunk in _CHUNK.finditer(text) if SPACELESS.search(chunk[0]))
    characters = (character for chunk in chunks for character in unicodedata.normalize("NFKC", chunk).casefold())
    return " ".join(
        f"{ord(character):x}"
        for character in characters
        if character.isalnum() or unicodedata.category(character).startswith("M")
    )
