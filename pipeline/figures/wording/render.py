"""Words back into text: as the sentence writes it where nothing was left out."""

from __future__ import annotations

import re

from pipeline.figures.annotate import Parse

_COUNTED = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_PAIRS = (("“", "”"), ("(", ")"), ("‘", "’"), ("«", "»"), ("[", "]"))


def length(text: str) -> int:
    """Words of a wording; what a hyphen or an apostrophe parts counts as two."""
    return len(_COUNTED.findall(text))


def written(sentence: str, parse: Parse, kept: set[int], brackets: dict[int, str]) -> str:
    """The kept words in their order; marks between them only where nothing else stood there."""
    parts: list[str] = []
    before: int | None = None
    for index in sorted(_whole(parse, kept)):
        word = parse.words[index]
        if before is not None:
            parts.append(_between(sentence, parse, before, index))
        parts.append(sentence[word.start : word.end])
        if index in brackets:
            parts.append(f" [{brackets[index]}]")
        before = index
    return tidy("".join(parts))


def _whole(parse: Parse, kept: set[int]) -> set[int]:
    """With the other parts of the words that a parser takes apart: "so-called", "Stratford-on-Avon", "13/14"."""
    found = set(kept)
    for index, word in enumerate(parse.words[:-2]):
        mark, after = parse.words[index + 1], parse.words[index + 2]
        if mark.text in ("-", "–", "/", "’", "'") and word.end == mark.start and mark.end == after.start:
            group = {index, index + 1, index + 2}
            if group & found:
                found |= group
    return found


def _between(sentence: str, parse: Parse, before: int, index: int) -> str:
    skipped = parse.words[before + 1 : index]
    if all(word.dep == "punct" or not any(map(str.isalnum, word.text)) for word in skipped):
        return re.sub(r"\s+", " ", sentence[parse.words[before].end : parse.words[index].start])
    # A comma that parted what follows from what was left out still parts it, unless it closed an aside.
    return ", " if skipped[-1].text == "," and (skipped[0].text != "," or parse.words[index].tag == "VBG") else " "


def tidy(text: str) -> str:
    """Without marks at the ends and without quotation marks or parentheses that lack their other half."""
    text = re.sub(r"\s+", " ", text).strip()
    for opening, closing in _PAIRS[:2] + _PAIRS[3:4]:
        if text.count(opening) != text.count(closing):
            text = text.replace(opening, "").replace(closing, "")
    if text.count('"') % 2:
        text = text.replace('"', "")
    text = re.sub(r"\s+([,;:.!?])", r"\1", text)
    text = re.sub(r"([,;:])\s*(?=[,;:])", "", text)
    return re.sub(r"\s+", " ", text).strip(" ,;:.–—-\t")
