"""What a figure covers: the place or event named near it, the window of time, the sub-group, and its kind."""

from __future__ import annotations

import re

from pipeline.figures.reading.lexicon import any_of, words_of_all, wordset
from pipeline.figures.reading.tokens import Sentence
from schemas.figure import ScopeKind

_MONTH = "|".join(m for m in sorted(words_of_all("months"), key=len, reverse=True) if len(m) > 2)
_YEAR = r"(?:19|20)\d\d"
_DATE = rf"(?:(?:{_MONTH})\.? \d{{1,2}}|\d{{1,2}} (?:{_MONTH}))\b"
_SPAN = r"(?:hours?|days?|weeks?|months?|years?|quarters?|decades?|24h)"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_WINDOWS = (
    rf"(?:in|over|for|during|within) the (?:{any_of('window')}) (?:\w+[\s-]){{0,2}}?{_SPAN}",
    r"(?:last|past) 24 hours",
    r"since the (?:start|beginning|outbreak|war|invasion|conflict)[^,.;]{0,40}?(?=[,.;]|\s(?:to|and|has|have|had)\b|$)",
    rf"since (?:the |their |its )?(?:[\w-]+ ){{1,4}}?(?:on |in )?(?:{_DATE}|{_WEEKDAY})(?! \w+ing\b)",
    rf"since (?:early |late |mid-|last )?(?:(?:{_MONTH})\b\.?(?: \d{{1,2}}(?!\d))?,? ?(?:{_YEAR})?|{_YEAR}\b|\w+day)",
    rf"(?:on|by|late on|early on) {_WEEKDAY}(?: night| morning| evening| afternoon)?",
    rf"{_WEEKDAY}(?=['’]s)",
    r"(?:in )?(?:that|the same) year\b",
    r"(?:this|last|next) (?:week|month|year|quarter|night|season|winter|summer|spring|autumn)",
    rf"(?:in|during|for|by) the (?:first|second|third|fourth) quarter(?: of {_YEAR})?",
    rf"(?:in|during|for|by) (?:early |late |mid-)?(?:(?:{_MONTH})\b\.?(?: {_YEAR})?|{_YEAR})(?!\d)(?! \d)",
    rf"(?:as of|until|up to) (?:{_DATE}|\w+day)",
    rf"on {_DATE}",
    r"overnight|yesterday|today|the day before|a day earlier|per day|a day|a week|each day|daily",
    r"(?:in den (?:letzten|vergangenen)|innerhalb von) (?:\w+ ){0,2}(?:Stunden|Tagen|Wochen|Monaten|Jahren)",
    rf"(?:seit|depuis|desde) (?:{_MONTH})? ?(?:de )?(?:{_YEAR})?(?<=\w\w\w\w)",
    r"(?:au cours des|ces) (?:\w+ )?(?:dernières|derniers) \w+|(?:en las|nas) últimas \w+ \w+|nelle ultime \w+ \w+",
    rf"(?:с|з|із|від) (?:{_MONTH}) {_YEAR}",
    r"за (?:последние |минувшие |останні |минулу )?(?:\w+ )?(?:сутки|часа|часов|добу|годин|години)",
)
_WINDOW = re.compile(rf"(?i)(?<!\w)(?:{'|'.join(_WINDOWS)})")
_WINDOW_HINT = re.compile(r"(?i)\d|day|week|month|year|since|night|seit|depuis|desde|за |letzten|derni|últim|ultim")
_WINDOW_HEAD = re.compile(r"(?i)^(?:in|over|for|during|within|by|on|late on|early on) (?:the )?")

_NAME = r"[A-ZÀ-ÞА-ЯІЇЄҐ][\w'’-]*"
_PLACE = re.compile(
    r"(?<![\w-])(?:in|at|near|off|around|outside|across|over|into|to|from|reached|inside|entered|dans|à|en|di|da"
    r"|von|bei"
    r"|(?:town|city|village|province|region|state|district|capital|coast|outskirts|north|south|east|west|part|port)"
    r" of|(?:battle|fight|struggle) (?:for|of))\s"
    r"(?:the\s|central\s|eastern\s|western\s|northern\s|southern\s|north\s|south\s|east\s|west\s|(?:north|south)-\w+\s){0,2}"
    rf"(?P<name>{_NAME}(?:\s(?:{_NAME}|de\b|del\b|la\b|of\b(?=\s[A-Z])|the\b(?=\s[A-Z]))){{0,4}})"
)
_POSSESSIVE = re.compile(r"(?P<name>[A-ZÀ-Þ][\w-]+(?:\s[A-ZÀ-Þ][\w-]+){0,2})['’]s?\s[a-z]")
_EVENT_NOUNS = (
    "earthquake|quake|floods?|ferry|mine|crash|derailment|disaster|outbreak|rally|swap|battle|attack|province|region|chamber"
    "|recall|bridge|fire|wildfire|landslide|storm|volcano|airport|university|market|front|district|prison|total|camp|port"
)
_EVENT = re.compile(rf"(?P<name>[A-ZÀ-Þ][\w-]+(?:\s[A-ZÀ-Þ][\w-]+){{0,3}})\s(?:{_EVENT_NOUNS})\b")
_DEMONYM = re.compile(r"(?:ian|ean|ican|ese|ish|ench|utch|eli|aqi|ghan|German)$")
_NOT_PLACES = (
    words_of_all("months")
    | words_of_all("weekdays")
    | wordset(
        "the a an he she it they we mr mrs ms president minister police reuters ap afp i in on at his her its their "
        "this that these there but and covid who nato health"
    )
)
_DAY_WORD = re.compile(rf"\s(?:{_WEEKDAY}|{_MONTH})\b.*$", re.IGNORECASE)
_SHORT_PLACES = frozenset({"UK", "US", "EU", "UN"})

_FORECAST = re.compile(rf"(?i)\b(?!(?-i:May)\b)(?:{any_of('forecast')})\b")
_CLAUSE = re.compile(r"[,;:—]|\b(?:and|but|while|after|before|as|when|where|which|that)\b")
_TO_COME = wordset("will would could may might")
_INCREMENT = wordset(
    "another additional further new extra fresh weitere weiteren neue neuen autres nouveaux nouvelles otros otras "
    "nuevos nuevas altri altre nuovi nuove outros outras novos novas ещё еще новых нових"
)
_INCLUDING = re.compile(
    r"(?i)\b(?:including|among them|of whom|of them|of which|darunter|davon|dont|incluidos|entre ellos|tra cui|"
    r"incluindo|entre os quais|в том числе|среди них|зокрема|серед них)\s"
    r"(?:at least |about |some |an estimated |more than |nearly |over )?$"
)
_PARTING = wordset("including among whom them which")
_WHOM = re.compile(r"(?i)\s(?:of whom|of them|of which|dont|davon)\b")


Named = tuple[int, int, str]
"""Where something is named, and its name."""


def windows(sentence: Sentence) -> list[Named]:
    """The phrases of time of a sentence, without their prepositions unless these are "since" or "as of"."""
    if not _WINDOW_HINT.search(sentence.text, sentence.start, sentence.end):
        return []
    return [
        (match.start(), match.end(), _WINDOW_HEAD.sub("", match.group().strip(" .")))
        for match in _WINDOW.finditer(sentence.text, sentence.start, sentence.end)
    ]


def nearest_window(found: list[Named], at: int) -> str | None:
    """The phrase of time nearest to character ``at``."""
    return min((min(abs(start - at), abs(end - at)), phrase) for start, end, phrase in found)[1] if found else None


def _is_place(sentence: Sentence, name: str, end: int) -> bool:
    first = name.split()[0].lower()
    if first in _NOT_PLACES or (len(name) < 3 and name not in _SHORT_PLACES):
        return False
    following = sentence.text[end : end + 2]
    return not (" " not in name and _DEMONYM.search(name) and following[:1] == " " and following[1:].islower())


def places(sentence: Sentence) -> list[Named]:
    """The named places and events of a sentence."""
    if sentence.loud:
        return []
    found: list[Named] = []
    for pattern in (_PLACE, _EVENT, _POSSESSIVE):
        for match in pattern.finditer(sentence.text, sentence.start, sentence.end):
            name = re.sub(r"['’]s$", "", _DAY_WORD.sub("", match["name"]).rstrip("'’-."))
            start, end = match.span("name")
            if _is_place(sentence, name, end):
                found.append((start, end, name))
    return found


def nearest_place(found: list[Named], at: int, speaker: str | None) -> str | None:
    """The place nearest to character ``at``, rather after it; a name that is part of ``speaker`` is none."""
    near = [
        (start - at if start > at else at - end + 5, name)
        for start, end, name in found
        if not (speaker and name in speaker)
    ]
    return min(near)[1] if near else None


def kind(sentence: Sentence, first: int, last: int, start: int, since: int, noun_end: int) -> ScopeKind:
    """Whether a number is expected or added rather than so.

    Only words after character ``since`` tell, and the one after the noun, which ends before token ``noun_end``.
    """
    beside = {sentence.lower(k) for k in range(max(0, first - 2), first)} | {sentence.lower(last)}
    if beside & _INCREMENT or sentence.lower(last) == "more":
        return ScopeKind.INCREMENT
    head = sentence.text[max(sentence.start, since, start - 48) : start]
    clause = _CLAUSE.split(head)[-1]
    if _FORECAST.search(clause) or sentence.lower(noun_end) in _TO_COME:
        return ScopeKind.FORECAST
    return ScopeKind.ACTUAL


def is_part(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a number counts a part of what was just counted ("including 12 children", "12 of whom")."""
    if _PARTING.isdisjoint(sentence.words) and sentence.language == "en":
        return False
    head = sentence.text[max(sentence.start, start - 40) : start]
    return bool(_INCLUDING.search(head) or _WHOM.match(sentence.text, end, sentence.end))
