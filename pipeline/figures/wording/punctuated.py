"""A clause without a parse: by punctuation and connectives, for other languages and for what is no prose."""

from __future__ import annotations

import re

from pipeline.figures.wording import closed
from pipeline.figures.wording.render import length, tidy

_CONNECTIVES = {
    "en": "and but while whereas although though because who which that when where as so than or yet after before "
    "since",
    "de": "und aber während obwohl weil dass wobei sondern denn doch nachdem bevor sowie",
    "fr": "et mais tandis alors que qui dont où car puis ainsi après avant",
    "es": "y pero mientras aunque porque que quien donde cuando pues sino tras",
    "it": "e ma mentre anche perché che cui dove quando invece dopo",
    "pt": "e mas enquanto embora porque que quem onde quando pois após",
    "ru": "и а но что который которая которые которых где когда как пока после",
    "uk": "і й та а але що який яка які яких де коли як поки після",
}
_ABSOLUTE = {"en": ("with",)}
_MARK = re.compile(r"\s+[–—-]+\s+|[;:]\s+|,\s+(?!\d)|\s*[()“”\"«»]\s*|[。，、；：！？؛،]|\.\s+(?=[^\W\d_])|\s+…\s+")
_HANGS = re.compile(
    rf"\s+(?:{'|'.join(closed.DANGLING | closed.TIME_PREPOSITIONS | closed.PLACE_PREPOSITIONS)})\s*$", re.IGNORECASE
)
"""An English word in front of a cut that would leave the reader waiting; in no other language is it one that ends."""
SHORTEST, LONGEST, PRINT = 3, 18, 12
ROOM = 4
"""Words before the number, and in all, that a sentence which is cut keeps at least, if it can."""


def segments(sentence: str, language: str) -> list[tuple[int, int]]:
    """The parts between marks and connectives, in order."""
    words = _CONNECTIVES.get(language, "")
    pattern = re.compile(_MARK.pattern + (rf"|\s+(?=(?:{'|'.join(words.split())})\s)" if words else ""), re.IGNORECASE)
    found, start = [], 0
    for match in pattern.finditer(sentence):
        if match.start() > start:
            found.append((start, match.start()))
        start = max(start, match.end())
    if start < len(sentence):
        found.append((start, len(sentence)))
    return found


def clause(sentence: str, span: tuple[int, int], language: str) -> tuple[int, int] | None:
    """Where the part with the number is, with its neighbours where it says too little; ``None`` if none fits."""
    parts = segments(sentence, language)
    holding = [i for i, (start, end) in enumerate(parts) if start < span[1] and end > span[0]]
    if not holding:
        return None
    first, last = holding[0], holding[-1]
    while True:
        text = tidy(sentence[parts[first][0] : parts[last][1]])
        if length(text) > LONGEST:
            return None
        opens = text.split(" ", 1)[0].lower() in _CONNECTIVES.get(language, "").split()
        if length(text) >= (5 if first else SHORTEST) and not (opens and first):
            break
        if first and length(tidy(sentence[parts[first - 1][0] : parts[last][1]])) <= LONGEST:
            first -= 1
        elif last + 1 < len(parts) and length(tidy(sentence[parts[first][0] : parts[last + 1][1]])) <= LONGEST:
            last += 1
        else:
            break
    start, end = parts[first][0], parts[last][1]
    start = _after_connectives(sentence, start, span[0], language) if start else start
    return (start, end) if SHORTEST <= length(tidy(sentence[start:end])) <= LONGEST else None


def _after_connectives(sentence: str, start: int, number: int, language: str) -> int:
    known = {*_CONNECTIVES.get(language, "").split(), *_ABSOLUTE.get(language, ())}
    while (found := re.compile(r"\w+\s+").match(sentence, start)) and found.end() <= number:
        if found.group().strip().lower() not in known:
            break
        start = found.end()
    return start


def _opening(sentence: str, span: tuple[int, int], parts: list[tuple[int, int]]) -> int | None:
    """Where the first part begins from which on the number is within reach, for its first words may turn its sense."""
    near = (a for a, _ in parts if a <= span[0] and length(sentence[a : span[1]]) <= LONGEST - ROOM)
    return next((a for a in near if not a or length(sentence[a : span[0]]) >= ROOM), None)


def cut(sentence: str, span: tuple[int, int], language: str) -> str:
    """The sentence, cut at words around the number, with … where it is cut; where a part begins and ends, if it can."""
    return marked(sentence, around(sentence, span, language))


def marked(sentence: str, place: tuple[int, int]) -> str:
    """What stands of a sentence at a place, with … where the rest was cut off."""
    start, end = place
    before = "… " if start > 0 else ""
    after = " …" if end < len(sentence) else ""
    return before + re.sub(r"\s+", " ", sentence[start:end]).strip() + after


def around(sentence: str, span: tuple[int, int], language: str, opening: int | None = None) -> tuple[int, int]:
    """Where a cut around the number begins and ends; ``opening`` is where it is to begin, if that is known."""
    words = list(re.finditer(r"\S+", sentence))
    holding = [i for i, word in enumerate(words) if word.start() < span[1] and word.end() > span[0]]
    if not holding:
        return span
    parts = segments(sentence, language)
    if opening is None:
        opening = _opening(sentence, span, parts)
    first = max(0, min(holding[0] - 8, len(words) - LONGEST))
    if opening is not None:
        first = next((i for i, word in enumerate(words) if word.start() >= opening), first)
    last = min(len(words), max(first + LONGEST, holding[-1] + 1))
    while length(sentence[words[first].start() : words[last - 1].end()]) > LONGEST and last - 1 > holding[-1]:
        last -= 1
    while length(sentence[words[first].start() : words[last - 1].end()]) > LONGEST and first < holding[0]:
        first += 1
    # A language that parts no words is cut at characters.
    start = max(words[first].start(), span[0] - 120)
    end = min(words[last - 1].end(), span[1] + 120)
    if start > 0 and opening is None:
        start = next((a for a, _ in parts if start <= a <= span[0] and length(sentence[a : span[0]]) >= ROOM), start)
    if end < len(sentence):
        ends = [b for _, b in parts if span[1] <= b <= end and length(sentence[start:b]) >= ROOM]
        while len(ends) > 1 and sentence[: ends[-1]].rpartition(" ")[2].lower() in closed.REPORTING:
            ends.pop()  # what is said stands behind the cut
        end = ends[-1] if ends else end
        while (hangs := _HANGS.search(sentence, span[1], end)) is not None:
            end = hangs.start()
    return start, end
