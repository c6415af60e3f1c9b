"""Text → words with stable hashes, the same in every language that Tallywire reads.

Words are runs of letters, or numbers with their separators taken out (``1,605`` and ``1.605`` are one word). Chinese,
Japanese, Thai, Lao, Khmer and Burmese write no spaces: there each two neighbouring characters make a word.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

LONGEST_TEXT = 200_000
"""Characters of a text that are looked at; a page that goes on is compared by its beginning."""

_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
_ANY_SPACELESS = re.compile(f"[{_SPACELESS}]")
_RUN = re.compile(f"[{_SPACELESS}]+|[^{_SPACELESS}]+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
_SEPARATOR = re.compile(r"(?<=\d)[.,](?=\d)")
_CACHE_LIMIT = 200_000


def normalise(text: str) -> str:
    """The text bounded, in Unicode's compatibility form (full-width digits, ligatures), no separators in numbers."""
    text = text[:LONGEST_TEXT]
    return _SEPARATOR.sub("", text if text.isascii() else unicodedata.normalize("NFKC", text))


def words(text: str) -> list[str]:
    """The words of a normalised text in order, case kept."""
    if text.isascii() or not _ANY_SPACELESS.search(text):
        return _WORD.findall(text)
    found: list[str] = []
    for run in _RUN.findall(text):
        if _ANY_SPACELESS.match(run):
            found += [run[at : at + 2] for at in range(max(1, len(run) - 1))]
        else:
            found += words(run)
    return found


def spaceless(text: str) -> bool:
    """Whether most of the text is in a script without spaces."""
    return not text.isascii() and 3 * len(_ANY_SPACELESS.findall(text[:2000])) > min(len(text), 2000)


class _Hashes(dict[str, int]):
    """Words' hashes, kept for as long as there are not too many: most words of a text were in the one before."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _CACHE_LIMIT:
            self.clear()
        digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        value = self[word] = int.from_bytes(digest, "little")
        return value


_hashes = _Hashes()


def word_hashes(tokens: list[str]) -> NDArray[np.uint64]:
    """64 bits of BLAKE2b over each word, the same in every run and on every machine."""
    return np.fromiter(map(_hashes.__getitem__, tokens), dtype=np.uint64, count=len(tokens))
