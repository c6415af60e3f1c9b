"""Where the sentences of a text begin and end, by rules that know abbreviations, initials and numbered dates."""

from __future__ import annotations

import re

LONGEST = 3_000
"""A sentence is cut at the next space after this many characters, so that no later step sees an unbounded one."""

_ENGLISH = (
    "mr mrs ms dr prof st sr jr rev hon gov sen rep gen col lt maj capt cmdr sgt adm pres supt insp det dept univ inc "
    "ltd co corp bros no nos vs v fig figs vol ch pp est approx ave blvd rd mt ft sq jan feb mar apr jun jul aug sep "
    "sept oct nov dec mon tue tues wed thu thur thurs fri sat sun e.g i.e cf al a.m p.m u.s u.k u.n u.s.a d.c ph.d"
)
_OTHERS = {
    "de": "bzw ca evtl ggf inkl max min mio mrd nr str tel usw vgl z.b d.h u.a z.t hr fr dipl ing jh sog v.a abs",
    "fr": "m mm mme mlle dr pr av env etc ex no art p.ex st ste janv févr avr juil sept oct nov déc boul",
    "es": "sr sra srta dr dra ud uds etc aprox art núm pág ee.uu av p.ej gral tte cnel ene feb abr ago sept oct nov",
    "it": "sig sigg dott dott.ssa prof avv on sen ing ecc art n pag es ca gen col ten cap",
    "pt": "sr sra dr dra prof eng etc av núm pág aprox exmo gen cel art n",
    "ru": "г гг т.е т.д т.п им ул д руб коп тыс млн млрд см стр рис проф акад гр обл р-н чел",
    "uk": "р рр т.зв т.д ім вул грн тис млн млрд див с рис проф акад обл р-н чол",
}
_ABBREVIATIONS = {"en": frozenset(_ENGLISH.split())} | {
    language: frozenset(words.split()) | frozenset(["dr", "prof", "nr", "st"]) for language, words in _OTHERS.items()
}
_EVERY = frozenset().union(*_ABBREVIATIONS.values()) - {
    "no",
    "est",
    "fr",
    "on",
    "es",
    "m",
    "v",
    "g",
    "с",
    "д",
    "max",
    "min",
}
_CURRENCIES = frozenset(["rs", "tk", "kr", "sh", "ksh", "rp", "fr", "sfr"])
_NEEDS_NUMBER = _CURRENCIES | frozenset(
    ["no", "nos", "nr", "n", "núm", "art", "fig", "figs", "vol", "ch", "pp", "abs", "стр", "рис"]
)
"""Abbreviations that are also words, and those of currencies: they only count as such before a numeral."""

_MONTH = re.compile(
    r"(?:jan|feb|fév|mär|mar|apr|avr|abr|mai|may|mag|jun|jui|giu|jul|lug|aug|aoû|ago|sep|set|okt|oct|ott|out|nov|dez|dec|déc|dic)",
    re.IGNORECASE,
)
_END = re.compile(
    r"(?<![.!?…。！？؟])[.!?…。！？؟]++[\"'”’»)\]]*+(?=\s|$)|\n++|(?<!\S)(?:[•▪●◦‣]++|\*++(?=[\w\"“$€£]))"
)
_BULLETS = frozenset("•▪●◦‣*")
_EMPHASIS = re.compile(r"(?<!\S)\*\w[^*\n]{0,60}(?<=[\w.,!?])\*(?!\*)")
"""Words between asterisks: then none of them opens an item of a list."""
_LAST_WORD = re.compile(r"[^\s(\[\"'“„«]+$")
_SPACE = re.compile(r"\s+")


def _is_abbreviation(word: str, following: str, known: frozenset[str]) -> bool:
    low = word.lower()
    if low in _NEEDS_NUMBER:
        return following[:1].isdigit()
    if low in known:
        return True
    if len(word) == 1 and re.match(r"[^\W\d_]\.", following):
        return True  # "z. B."
    # Initials and dotted acronyms: "J. Reve", "U.S. troops"; a single "I." or "a." at an end is rare in news.
    return (len(word) == 1 and word.isupper()) or (len(low) > 2 and all(len(part) == 1 for part in low.split(".")))


def _goes_on(text: str, start: int, mark: int, after: int, known: frozenset[str], language: str | None) -> bool:
    """Whether the full stop at ``mark`` belongs to an abbreviation or a numbered date rather than ending a sentence."""
    rest = text[after : after + 24]
    following = rest.lstrip()
    if following[:1].islower():
        return True
    before = text[max(start, mark - 24) : mark]
    found = _LAST_WORD.search(before)
    word = found.group() if found else ""
    if word.isdigit() and len(word) <= 2 and (language == "de" or language is None) and _MONTH.match(following):
        return True
    if word.isdigit() and len(word) <= 2 and language == "de" and following[:1].isupper():
        return bool(re.search(r"\b(?:am|der|dem|den|des|zum|vom|im|das|die)\s+\d+$", before, re.IGNORECASE))
    if not _is_abbreviation(word, following, known):
        return False
    # "at 5 p.m. Police said", "in the U.S. The bill": after these a capital opens a sentence only in a plain opener.
    if word.lower() in {"a.m", "p.m", "u.s", "u.k", "u.n", "etc", "inc", "ltd", "co", "corp", "usw", "ecc"}:
        return not re.match(
            r"(?:The|A|An|In|On|At|It|He|She|They|But|And|Police|This|That|We|I|Die|Der|Das)\b", following
        )
    return True


def sentences(text: str, language: str | None = None) -> list[tuple[int, int]]:
    """The half-open spans of the sentences of ``text``, in order and without surrounding white space.

    A line that ends in the middle of a sentence (the next begins with a small letter) is no end; any other line break
    is. Bullets end what stands before them, and are of no sentence. ``language`` is an ISO 639-1 code and chooses the
    abbreviations; without it, or with another one, all known ones count. No span is longer than ``LONGEST`` characters
    plus one word of at most as many. Linear in the text.
    """
    known = _ABBREVIATIONS.get((language or "")[:2], _EVERY)
    found: list[tuple[int, int]] = []
    start = 0
    emphasised = "*" in text and _EMPHASIS.search(text) is not None
    for match in _END.finditer(text):
        mark, after = match.span()
        if text[mark] in _BULLETS:
            if text[mark] == "*" and emphasised:
                continue
            _add(text, start, mark, found)
            start = after
            continue
        if text[mark] == "\n":
            following = text[after : after + 40].lstrip()
            if following[:1].islower() and text[mark - 1 : mark] not in (".", "!", "?", ":"):
                continue
        elif text[mark] == "." and after - mark == 1 and _goes_on(text, start, mark, after, known, language):
            continue
        elif text[mark] != "\n" and text[after : after + 24].lstrip()[:1].islower():
            continue  # “Stop!” he said
        _add(text, start, after, found)
        start = after
    _add(text, start, len(text), found)
    return found


def _add(text: str, start: int, end: int, found: list[tuple[int, int]]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        space = _SPACE.search(text, start + LONGEST, min(end, start + 2 * LONGEST))
        cut = space.start() if space else min(end, start + 2 * LONGEST)
        found.append((start, cut))
        start = space.end() if space else cut
    if start < end:
        found.append((start, end))
