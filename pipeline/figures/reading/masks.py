"""Stretches of text whose digits are names, addresses or moments as a whole: links, phone numbers, dates, times."""

from __future__ import annotations

import re
from functools import cache

from pipeline.figures.reading.lexicon import words_of_all, wordset
from pipeline.figures.reading.tokens import Kind, Sentence

Mask = tuple[int, int, str]

_MONTHS = "|".join(sorted((re.escape(m) for m in words_of_all("months")), key=len, reverse=True))
_HOUR = r"(?:[01]?\d|2[0-4])"
_MILITARY = r"(?:[01]\d|2[0-3])[0-5]\d"
_CLOCK = r"(?:a\.m\b\.?|p\.m\b\.?|am\b|pm\b|AM\b|PM\b|A\.M\b\.?|P\.M\b\.?)"
_ZONES = r"(?:Uhr|h|GMT|UTC|BST|CET|CEST|ET|EST|EDT|PT|PST|MSK)"
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|\.)?"
_YEAR = r"(?:19|20)\d\d"
_OLD_YEAR = r"(?:1[5-9]|20)\d\d"
_UP_TO = r"\s?(?:[-–—]|to|and|or|bis|und|au|al|y|e|et)\s?"

_PATTERNS: list[tuple[str, tuple[str, ...]]] = [
    (
        "link",
        (r"(?:https?://|www\.)\S{1,300}", r"\b[\w.+-]{1,60}@[\w-]{1,60}\.[\w.-]{2,40}", r"(?<!\w)[@#]\w{1,60}"),
    ),
    (
        "date",
        (
            r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?Z?)?\b",
            r"\b\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})\b",
            r"\b\d{4}/\d{1,2}/\d{1,2}\b",
        ),
    ),
    (
        "score",
        (r"(?<![\w.])\d{0,2}½\s?[-–:]\s?\d{0,2}½|(?<![\w.])\d{1,2}\s?[-–:]\s?\d{0,2}½|\d{0,2}½[-–:]\d{1,2}(?![\w.])",),
    ),
    (
        "phone",
        (
            r"(?<![\w+])\+\d{1,3}(?:[ .()/-]{1,2}\d{2,5}){1,4}[ .()/-]{1,2}\d{2,8}(?!\w)",
            r"(?<!\w)\+\d{9,14}(?!\w)",
            r"(?<![\w.,$€£-])(?:\(0?\d{2,5}\)[ -]?|0\d{2,5}[ /-])\d{2,8}(?:[ -]\d{2,6}){0,4}(?![\w%])",
            r"(?<![\w.,$€£-])\d{3}[-.]\d{3}[-.]\d{4}(?!\w)",
            r"(?<![\w.,$€£-])\(\d{3}\) ?\d{3}-\d{4}(?!\w)",
            r"(?<![\w.,$€£-])1[- ]8\d\d[- ]\d{3}[- ]\d{4}(?!\w)",
            r"(?<![\w$€£.,-])0\d{9,11}(?!\w)",
            r"(?<![\w.,-])555-\d{4}\b",
            r"(?i:\b(?:hotline|telephone|phone|téléphone|tel[eé]fon[oe]?|emergency numbers?|notruf|fax)\b"
            r"[^\d.;]{0,32})\d[\d ()/-]{1,18}\d(?:\s(?:and|or|und|oder|et|y)\s\d{2,9})?",
            r"(?i:\b(?:call|dial|ring)\s(?:the\s)?)[19]\d\d(?:[ -]\d{3})?(?![\w,.]?\d)",
        ),
    ),
    (
        "time",
        (
            rf"\b{_HOUR}[.:]?(?:[0-5]\d)?(?:[–—-]{_HOUR}(?:[.:][0-5]\d)?)?\s?{_CLOCK}",
            rf"\b{_HOUR}: [0-5]\d\s?(?:a\.? ?m\b\.?|p\.? ?m\b\.?|AM\b|PM\b)",
            rf"\b{_HOUR}:[0-5]\d(?::[0-5]\d)?(?:[.,]\d{{1,3}})?(?:\s?{_ZONES}\b)?(?!\d)",
            rf"\b{_HOUR}(?:[.:h][0-5]\d)?\s?(?:Uhr\b|o['’]clock\b|heures du (?:matin|soir)\b|h[0-5]\d\b|GMT\b)",
            r"\b\d{1,2}\s?h\s?[0-5]\d\b",
            r"(?:(?<=\bà )|(?<=\bvers )|(?<=\bdès )|(?<=\bavant )|(?<=\baprès ))\d{1,2}\sheures\b",
            rf"\b{_MILITARY}\s?(?:GMT|UTC)\b",
            rf"\b{_MILITARY}(?=\s(?i:local\s|hours\s|\(local time\)\s)?\({_MILITARY}\s?(?:GMT|UTC)\b)",
            r"(?<![\d.,+-])0\d[0-5]\d\b(?![.,-]?\d|\s\d)",
            rf"\b{_HOUR}(?=\s?(?:to|until|and|bis|à|[-–])\s?{_HOUR}:[0-5]\d)",
        ),
    ),
    (
        "label",
        (
            r"\b(?:24/7|9/11|50[-/]50|20/20|7/7|4x4)\b",
            r"\b\d{1,5}/\d{2,6}(?:/\d+)*\b(?![ ]?(?:of|per|Prozent|%))",
            r"(?<![\d.,])\d{1,4}(?:\.\d{1,4}){2,}\b(?![,.]?\d)(?<!\.\d{3}\.\d{3})",
            r"^\d{1,2} of \d{1,2}(?=\W|[A-Z])",
            r"\b[A-Z]{2,8}-\d[\w-]*",
            r"(?<!\w)§+\s?\d+\w?",
            r"\b\d{1,3}°\s?\d{1,2}[′'](?:\s?\d{1,2}(?:[.,]\d+)?[″\"])?(?:\s?[NSEWO]\b)?",
        ),
    ),
    ("period", (r"(?i:\b(?:the\s)?(?:18|19|20)\d0['’]?s\b)", r"(?<!\w)['’]\d0s\b", r"\b[1-9]0s\b")),
    (
        "ordinal",
        (
            r"(?i:\b\d{1,4}(?:,\d{3})?(?:st|nd|rd|th)\b)",
            r"\b\d{1,3}(?:er|ère|ème|º|ª)(?!\w)",
            r"\b\d{1,3}-(?:й|я|го|му|м|ой|ю|е|та|ий|ї)\b",
        ),
    ),
]
_DATES = (
    rf"\b{_DAY}(?:{_UP_TO}{_DAY})?(?:\s(?:of|de|do))?\s(?:{_MONTHS})\b\.?(?:,?\s(?:de\s|of\s)?(?:\d{{4}}|['’]?\d\d)\b(?![,.]\d))?",
    rf"\b(?:{_MONTHS})\.?\s\d{{1,2}}(?:st|nd|rd|th)?\b(?![,.]\d|:\d|\s?%)"
    rf"(?:\s?(?:[-–—]|to|and|or)\s?(?:(?:{_MONTHS})\.?\s)?\d{{1,2}}(?:st|nd|rd|th)?\b(?![,.]\d))?(?:,?\s{_YEAR}\b)?",
    rf"\b(?:{_MONTHS})\.?,?\s(?:of\s|de\s|del\s)?{_OLD_YEAR}\b(?:\s?(?:[-–—]|to|and)\s?(?:(?:{_MONTHS})\.?\s)?{_OLD_YEAR}\b)?",
)

_DIGIT_PATTERNS = [(why, re.compile("|".join(patterns))) for why, patterns in _PATTERNS]
_HINTS = {
    "link": re.compile(r"[@#]|www|http"),
    "date": re.compile(r"\d[-./]\d{1,2}[-./]\d"),
    "score": re.compile(r"½"),
    "phone": re.compile(r"\+\d|\(\d|\b0\d|\d[-.]\d{3}[-.]|555-|\d[- ]\d{3}[- ]\d{4}"),
    "time": re.compile(r"(?i)\d\s?(?:[ap]\.?m|uhr|o['’]|heures|gmt)|\d:\s?\d|\d\s?h\s?\d|\b0\d{3}\b|\d\sutc\b"),
    "label": re.compile(r"[A-Z]-\d|\d/\d|\d\.\d+\.|§|\d°|4x4|50-50"),
    "period": re.compile(r"\d0['’]?s"),
    "ordinal": re.compile(r"(?i)\d(?:st|nd|rd|th|er|è)|\d-[а-яії]|\d[ºª]"),
}
"""What a sentence must hold for the patterns of a kind to be worth a try; or, for telephones, one of ``_CALLING``."""
_CALLING = wordset("hotline telephone phone téléphone telefon telefono teléfono emergency notruf fax call dial ring")
_DATE_PATTERNS = [re.compile(f"(?i:{pattern})") for pattern in _DATES]
_MONTH_WORDS = words_of_all("months")
_MODAL_MAY = re.compile(r"\b(?:may|mar|marzo|sept|sep|set|dec|oct|nov|out|ago|dic)\s\d")
_GOES_ON = re.compile(r"\s(?!(?:and|or|to|until|at|in|the|on|by|for|when|after|before)\b)[a-z]")
_LAST_NUMBER = re.compile(r"\W*\d+$")


@cache
def _count_after() -> re.Pattern[str]:
    nouns = "|".join(sorted(words_of_all("person") | words_of_all("countable"), key=len, reverse=True))
    return re.compile(rf"(?i:\s(?:\w+\s)?(?:{nouns})\b)")


_RANKED = wordset("st nd rd th")
_ONE_MORE = wordset("a an the its their")
_HOW = wordset("confirmed known civilian human")
_TALLIED = wordset("body death fatality victim casualty survivor")
_TAKES_LIVES = wordset("claimed claims claim cost costs taken took takes")


def counts_on(sentence: Sentence, i: int) -> str | None:
    """The noun of which an ordinal at a token tells how many there are now: "a third body", "the 13th victim"."""
    ranked = sentence.lower(i + 1) in _RANKED
    if sentence.lower(i) == "one" or (not ranked and sentence.tokens[i].kind is Kind.NUMBER):
        return None
    if sentence.lower(i - 1) not in _ONE_MORE or sentence.language != "en":
        return None
    j = i + 1 + ranked
    j += sentence.lower(j) in _HOW
    noun, after = sentence.lower(j), sentence.lower(j + 1)
    if noun == "life":
        return noun if any(sentence.lower(k) in _TAKES_LIVES for k in range(max(0, i - 4), i)) else None
    goes_on = sentence.is_word(j + 1) and after not in words_of_all("stop") and not after.endswith("ed")
    return noun if noun in _TALLIED and not goes_on else None


def _around_months(sentence: Sentence) -> list[tuple[int, int]]:
    """The stretches around the names of months, which hold the dates."""
    if _MONTH_WORDS.isdisjoint(sentence.words):
        return []
    found: list[tuple[int, int]] = []
    for token in sentence.tokens:
        if token.lower not in _MONTH_WORDS:
            continue
        start, end = max(sentence.start, token.start - 24), min(sentence.end, token.end + 40)
        if found and start <= found[-1][1]:
            start = found.pop()[0]
        found.append((start, end))
    return found


def masks(sentence: Sentence) -> list[Mask]:
    """The stretches of a sentence that no figure is read from, each with why; in no order."""
    if all(token.kind is not Kind.NUMBER for token in sentence.tokens):
        return []
    text, start, end = sentence.text, sentence.start, sentence.end
    found = [
        (match.start(), match.end(), why)
        for why, pattern in _DIGIT_PATTERNS
        if _HINTS[why].search(text, start, end) or (why == "phone" and not _CALLING.isdisjoint(sentence.words))
        for match in pattern.finditer(text, start, end)
        if why != "ordinal" or not counts_on(sentence, sentence.at(match.start()))
    ]
    for near_start, near_end in _around_months(sentence):
        for match in (m for pattern in _DATE_PATTERNS for m in pattern.finditer(text, near_start, near_end)):
            first, last = match.span()
            surface = match.group()
            if _MODAL_MAY.match(surface) and (surface.startswith("may ") or "." not in surface):
                continue  # "may 30 people": the verb
            if surface.endswith(" may") and sentence.language == "en" and _GOES_ON.match(text, last, end):
                continue  # "20 may be trapped"
            short = surface[-1].isdigit() and not surface[-4:].isdigit()
            titled = text[max(start, first - 4) : first].lower() == "the "  # "the July 7 attacks"
            if short and not titled and _count_after().match(text, last, end):
                # "In May 30 people died", "On 3 May 28 bodies were found": a count follows the date
                shorter = _LAST_NUMBER.sub("", surface)
                last = first + len(shorter)
                if not any(map(str.isdigit, shorter)):
                    continue
            found.append((first, last - (text[last - 1] in ".,"), "date"))
    return found
