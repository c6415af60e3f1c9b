"""Which way a named day lies from the day of the article: back, ahead, or only at the start of a span of time.

"On Thursday" is the last one where the clause tells of what was, the next one where it tells of what is to come; the
verb nearest to the day decides. "Since March 18" opens a span and is no day that a figure holds for.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache

from pipeline.figures.reading.lexicon import any_of, wordset
from pipeline.figures.reading.tokens import Kind, Sentence
from pipeline.figures.reading.verbs import participle


class Way(Enum):
    """Where a named day lies."""

    BACK = "back"
    AHEAD = "ahead"
    START = "start"


_LED = (
    r"(?:(?:the|dem|den|der|le|el|il|du|do|dal|last|next|this|late|early|about|around|on|evening|morning|night|"
    r"afternoon|end|start|of|de|del|of the|am|пошлого|прошлого|минулого)\s){0,4}$"
)
_STARTS = re.compile(
    rf"(?i)(?<!\w)(?:since|from|after|before|between|began|begun|started|starting|seit|ab|vor|nach|depuis|dès|avant|après"
    rf"|desde|dal|dalla|dallo|dopo|após|antes|после|після|начиная с|з|із|зі|від|с|со|с\s)\s{_LED}"
)
_SINCE = re.compile(r"(?i)(?<!\w)(?:since|seit|depuis|desde|dal momento)\s[^,;:.()–—]{0,80}$")
_TO = re.compile(r"(?i)(?<!\w)(?<!up )to\s$")
"""The end of a span: "in the week to 5 April"."""
_NO_SPAN = re.compile(r"(?i)(?<!\w)(?:(?:on|by|as of) (?:or )?|ever )since\s$")
_OF_DAYS = re.compile(r"(?i)^,\s$")
_NEXT = re.compile(
    r"(?i)(?<!\w)(?:next|coming|nächste\w?|kommende\w?|próxim[oa]|proxim[oa]|prossim[oa]|следующ\w+|ближайш\w+|наступн\w+"
    r"|найближч\w+)\s$"
)
_NEXT_AFTER = re.compile(r"(?i)^\s(?:prochaine?|prossim[oa]|que vem|que viene|next|week|in a week)\b")
_UNTIL = re.compile(
    rf"(?i)(?<!\w)(?:until|till|til|up until|bis(?: zum)?|jusqu['’](?:à|au)|hasta|fino a|até|до)\s{_LED}"
)
_BY = re.compile(rf"(?i)(?<!\w)(?:by|bis(?: zum)?|d['’]ici(?: à)?|entro|para|к|ко|before)\s{_LED}")

_TO_COME = wordset(
    "will would shall should could may might can must cannot won't wouldn't shan't 'll going due set likely"
    " poised ought expect expects expected expecting forecast forecasts predict predicts predicted plan plans"
    " planned planning aim aims hope hopes hoped want wants intend intends promise promises promised pledge"
    " pledges vow vows vowed scheduled deadline need needs ready await awaits awaiting anticipate anticipates"
    " anticipated project projects projected see sees fear fears warn warns"
)
_WAS = wordset("had was were did hadn't wasn't weren't didn't has have hasn't haven't") | wordset(
    "came went took gave broke fell rose"
)
_BE = wordset("be being is are am been stay stays remain remains keep keeps")
_ATTRIBUTIVE = wordset("the a an of more other these those its their his her some many all and")
_DONE = wordset("done been gone got had made seen")
_BREAK = wordset("that while whereas but although though because whose")
_ELSEWHERE = re.compile(
    rf"(?i)(?<!\w)(?:{any_of('forecast')}|rechnet|voraussichtlich|plant|planen|will|wollen|erwarte\w*|atten\w+|prévu\w*|va|vont"
    r"|esper\w+|prevé\w*|va a|van a|attes[aioe]|previst[aioe]|esperad\w+|prevê\w*|ожида\w+|будет|будут|намерен\w*"
    r"|планиру\w+|очіку\w+|буде|будуть|план[ую]\w+|прогноз\w+|\w{3,}(?:rá|rán|rà|ranno|rão|eront|iront|dront|tront))(?!\w)"
)


def _before(sentence: Sentence, start: int) -> str:
    return sentence.text[max(sentence.start, start - 140) : start]


def way_of(sentence: Sentence, start: int, end: int) -> Way:
    """Where the day named at characters ``start`` … ``end`` lies."""
    head = _before(sentence, start)
    tail = sentence.text[end : min(sentence.end, end + 16)]
    if _NEXT.search(head) or _NEXT_AFTER.match(tail):
        return Way.AHEAD
    if _opens_span(head):
        return Way.START
    told = _mood(sentence, start)
    if _UNTIL.search(head):
        return Way.START if told is Way.BACK else Way.AHEAD
    if _BY.search(head):
        return Way.BACK if told is Way.BACK else Way.AHEAD
    return Way.AHEAD if told is Way.AHEAD else Way.BACK


def _opens_span(head: str) -> bool:
    """Whether "since", or a clause that begins with it, leads to the day: "since the revolt broke out on Monday"."""
    return bool(_STARTS.search(head) or _TO.search(head)) or bool(_SINCE.search(head) and not _NO_SPAN.search(head))


def _mood(sentence: Sentence, at: int) -> Way | None:
    """Whether the clause around a day tells of what was or of what is to come; ``None`` where no verb shows it."""
    if sentence.language != "en":
        clause = sentence.text[sentence.start : sentence.end]
        return Way.AHEAD if _ELSEWHERE.search(clause) else Way.BACK
    here = sentence.at(at)
    for k in range(here - 1, -1, -1):
        low = sentence.lower(k)
        if low == ";" or low in _BREAK:
            break
        if found := _tense(sentence, k):
            return found
    for k in range(here + 1, len(sentence.tokens)):
        low = sentence.lower(k)
        if low == ";" or low in _BREAK:
            break
        if found := _tense(sentence, k):
            return found
    return None


@cache
def _past(word: str) -> bool:
    return word in _WAS or (not word.endswith("ing") and participle(word) is not None) or word in _SAID


_SAID = wordset("said told announced reported remained became left made got")


def _tense(sentence: Sentence, k: int) -> Way | None:
    """What one word shows: a modal or a verb of expecting what is to come, a past form what was."""
    low = sentence.lower(k)
    if low in _TO_COME and not (low == "may" and sentence.is_name(k)):
        return Way.AHEAD
    if low.endswith("'ll"):
        return Way.AHEAD
    if low.endswith("'d") and sentence.is_word(k + 1):
        return Way.BACK if _past(sentence.lower(k + 1)) or sentence.lower(k + 1) in _DONE else Way.AHEAD
    if not _past(low):
        return None
    if low in _WAS:
        return Way.BACK
    if sentence.lower(k - 1) in _ATTRIBUTIVE or (k and sentence.tokens[k - 1].kind is Kind.NUMBER):
        return None  # "40 wounded soldiers"
    helped = [sentence.lower(n) for n in range(max(0, k - 3), k)]
    if any(word in _BE for word in helped) and not any(
        word in {"was", "were", "had", "has", "have"} for word in helped
    ):
        return None  # "will be closed", "are expected": the auxiliary further left decides
    return Way.BACK
