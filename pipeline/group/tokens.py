"""Text → words with stable hashes, the same in every language that Tallywire reads.

Words are runs of letters, or numbers with their separators taken out (``1,605`` and ``1.605`` are one word). Chinese,
Japanese, Thai, Lao, Khmer and Burmese write no spaces: there each two neighbouring characters make a word, and in the
alphabets among them each four.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from hashlib import blake2b
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

LONGEST_TEXT = 200_000
"""Characters of a text that are looked at; a page that goes on is compared by its beginning."""

_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"
_LAST_ALPHABET = "\u2000"
"""Thai, Lao, Burmese and Khmer stand before it, Chinese and Japanese behind."""
_ANY_SPACELESS = re.compile(f"[{_SPACELESS}]")
_RUN = re.compile(f"[{_SPACELESS}]+|[^{_SPACELESS}]+")
_PLAIN = bytes(code if code > 127 or chr(code).isalnum() or chr(code) in "_'\"\n" else 32 for code in range(256))
"""Over UTF-8: blanks for the punctuation in ASCII, but for quotes and line ends."""
_SYMBOL = re.compile(rf"[^\w\x00-\x7f{_SPACELESS}]")
_LOOSE = re.compile(r"'(?:(?!\w)|(?<=\W'))")
"""An apostrophe that doesn't join two parts of a word."""
_SEPARATOR = re.compile(r"[.,'](?<=\d.)(?=\d)")
_TYPOGRAPHIC = (
    *((mark, "'") for mark in "’‘ʼ"),
    *((mark, "-") for mark in "–—−"),
    *((mark, '"') for mark in "“”„«»「」『』"),
)
_LONGEST_QUOTE = 600
_KNOWN_WORDS = 200_000

TABLE = 1 << 19
"""Size of the table of terms: small enough for a cache, and two terms of a pair of articles rarely share a place."""
PLAIN, CAPITAL, NUMBER = 0, 1, 2
"""How a word begins: a small letter (or one of a script without capitals), a capital, a digit."""


def normalise(text: str) -> str:
    """The text bounded, in Unicode's compatibility form (full-width digits, ligatures), with plain apostrophes,
    quotes and dashes, no separators in numbers."""
    text = text[:LONGEST_TEXT]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        for typographic, plain in _TYPOGRAPHIC:
            text = text.replace(typographic, plain)
    return _SEPARATOR.sub("", text)


def words(text: str) -> list[str]:
    """The words of a normalised text in order, case kept."""
    return _split(_blanked(text).replace('"', " "))


def _blanked(text: str) -> str:
    """The text, as long as it was, with blanks for all that is in no word but quotes and line ends."""
    if not text.isascii():
        text = _SYMBOL.sub(" ", text)
    # Over bytes: many times as fast as an expression that finds the words.
    blanked = text.encode("utf-8", "surrogatepass").translate(_PLAIN).decode("utf-8", "surrogatepass")
    return _LOOSE.sub(" ", f" {blanked} ")[1:-1] if "'" in blanked else blanked


def _split(blanked: str) -> list[str]:
    if blanked.isascii() or not _ANY_SPACELESS.search(blanked):
        return blanked.split()
    found: list[str] = []
    for run in _RUN.findall(blanked):
        if _ANY_SPACELESS.match(run):
            size = 4 if run[0] < _LAST_ALPHABET else 2
            found += [run[at : at + size] for at in range(max(1, len(run) - size + 1))]
        else:
            found += run.split()
    return found


def _spaceless(text: str) -> bool:
    """Whether most of the text is in a script without spaces."""
    return not text.isascii() and 3 * len(_ANY_SPACELESS.findall(text[:2000])) > min(len(text), 2000)


def stem(word: str) -> str:
    """A lower-case word without its possessive and, beyond six letters, without its ending.

    Crude, but the same for every language with endings, and it brings *deported*, *deportation* and *deporting*
    together.
    """
    if word.endswith("'s"):
        word = word[:-2]
    if len(word) > 6 and not word.isdigit():
        return word[:6]
    if len(word) > 3 and word[-1] == "s" and word[-2] != "s":
        return word[:-1]
    return word


def word_hash(word: str) -> int:
    """64 bits of BLAKE2b over the word, the same in every run and on every machine."""
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def term(stemmed: str) -> int:
    """The place of a stemmed word in the table of terms."""
    return crc32(stemmed.encode("utf-8", "surrogatepass")) % TABLE


class _Lexicon(dict[str, int]):
    """The words met lately, each with a row in arrays of what follows from it; most words of a text are known."""

    def __init__(self) -> None:
        super().__init__()
        self.hashes = np.zeros(1024, dtype=np.uint64)
        self.terms = np.zeros(1024, dtype=np.int32)
        self.shapes = np.zeros(1024, dtype=np.uint8)

    def __missing__(self, word: str) -> int:
        row = len(self)
        lower = word.lower()
        known = self.get(lower)
        if row == len(self.hashes):
            self.hashes = np.concatenate((self.hashes, np.zeros_like(self.hashes)))
            self.terms = np.concatenate((self.terms, np.zeros_like(self.terms)))
            self.shapes = np.concatenate((self.shapes, np.zeros_like(self.shapes)))
        if known is None:
            self.hashes[row] = word_hash(lower)
            self.terms[row] = term(stem(lower))
        else:
            self.hashes[row] = self.hashes[known]
            self.terms[row] = self.terms[known]
        self.shapes[row] = NUMBER if word[0].isdigit() else CAPITAL if word[0].isupper() else PLAIN
        self[word] = row
        return row


_lexicon = _Lexicon()


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of an article: of its title, then of its text.

    By word: ``hashes`` of it in lower case, the ``terms`` its stem is, and its shape. ``quoted`` says of each word of
    the text whether it stands in quotation marks; None where there are none.
    """

    surfaces: list[str]
    of_title: int
    hashes: NDArray[np.uint64]
    terms: NDArray[np.int32]
    shapes: NDArray[np.uint8]
    quoted: NDArray[np.bool_] | None
    spaceless: bool


def read_words(title: str, text: str) -> Words:
    """The words of an article, looked at from its beginning to `LONGEST_TEXT`."""
    title, text = normalise(title), normalise(text)
    surfaces = words(title)
    of_title = len(surfaces)
    of_text, quoted = _words_and_quotes(text)
    surfaces += of_text
    if len(_lexicon) > _KNOWN_WORDS:
        _lexicon.clear()
    rows = np.fromiter(map(_lexicon.__getitem__, surfaces), dtype=np.int64, count=len(surfaces))
    return Words(
        surfaces,
        of_title,
        _lexicon.hashes.take(rows),
        _lexicon.terms.take(rows),
        _lexicon.shapes.take(rows),
        quoted,
        _spaceless(text),
    )


def _words_and_quotes(text: str) -> tuple[list[str], NDArray[np.bool_] | None]:
    parts = _blanked(text).split('"')
    if len(parts) < 3:
        return _split(" ".join(parts)), None
    found: list[str] = []
    flags: list[bool] = []
    counts: list[int] = []
    inside = False
    for at, part in enumerate(parts):
        new = _split(part)
        found += new
        broken = "\n" in part
        flags.append(inside and not broken and len(part) <= _LONGEST_QUOTE and at < len(parts) - 1)
        counts.append(len(new))
        # A quote over several paragraphs opens anew in each and closes once: the mark after a line end opens one.
        inside = broken or not inside
    return found, np.repeat(np.array(flags, dtype=np.bool_), counts)
