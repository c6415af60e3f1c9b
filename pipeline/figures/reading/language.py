"""Which language a short text is in, from its most frequent words: enough to tell how it writes numbers."""

from __future__ import annotations

import re

from pipeline.figures.reading.lexicon import LANGUAGES, words

_WORD = re.compile(r"[^\W\d_]+")


def guess(text: str) -> str:
    """The ISO 639-1 code of the likeliest of the languages that reading knows; English where nothing speaks for one."""
    found = _WORD.findall(text[:2000].lower())
    if not found:
        return "en"
    cyrillic = 0 if text.isascii() else sum(1 for word in found if "а" <= word[0] <= "я" or word[0] in "іїєґё")
    if cyrillic > len(found) / 2:
        letters = set(text.lower())
        return "uk" if letters & set("іїєґ") and not letters & set("ыэъё") else "ru"
    best, most = "en", 0.0
    for code in LANGUAGES[:6]:
        known = words("guess", code)
        count = sum(map(known.__contains__, found)) + (0.5 if code == "en" else 0.0)
        if count > most:
            best, most = code, count
    return best
