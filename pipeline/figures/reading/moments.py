"""Numerals that place something in time: years, ages, lengths of a window."""

from __future__ import annotations

import re

from pipeline.figures.reading.lexicon import any_of, words, words_of_all, wordset
from pipeline.figures.reading.nouns import is_plural
from pipeline.figures.reading.numbers import Form, Numeral, number_words
from pipeline.figures.reading.tokens import Kind, Sentence
from pipeline.figures.reading.units import Unit
from schemas.figure import Modifier

_AGE_AFTER = re.compile(
    r"\s?-?\s?(?:years?|yrs?|months?|weeks?)\s?[\s-]\s?olds?\b|-?jähr|-(?:річн|летн)|[\s-](?:y/o|yo)\b"
    r"|\s(?:ans|años|anos|anni|лет|років|года|роки|Jahre alt)\b(?=[,.;)]|\s(?:alt|de edad|d'âge))"
)
_AGE_BEFORE = re.compile(rf"(?i:(?<!\w)(?:{any_of('age_before')})\s?)$")
_PEOPLE_AGED = re.compile(rf"(?i:\b(?:{any_of('people_aged')})\s(?:under|over|aged|below|above)(?: the age of)?\s*)$")
_GOES_ON = re.compile(r"\s?[\w%]")
_UNDER = re.compile(r"(?i:\b(?:under|over)[ -])$")
_WINDOW_BEFORE = re.compile(
    rf"(?i:\b(?:{any_of('window')})\s(?:about |roughly |nearly |almost |some |around )?(?:\w+ or )?"
    rf"|\b(?:within|every)\s"
    rf"|\b(?:{any_of('window_elsewhere')})\s)$"
)
_WINDOW_AFTER = re.compile(
    r"(?i:\s(?:dernières|derniers|prochaines|prochains|últimas|últimos|próximas|próximos)\b)"
    r"|(?i:['’]?\s(?:ago|earlier|from now|away|late|early|overdue)\b)"
)
_FREE_MODIFIERS = (Modifier.EXACT, Modifier.RANGE)
_TIME_LIKE = frozenset(
    {"around", "about", "circa", "before", "over", "past", "bis", "до", "hasta", "até", "under", "by"}
)
_OPEN_PREPOSITIONS = wordset("of from after before between de von до nach vor bis with no do")


def _counted(word: str) -> bool:
    """Whether a noun is likelier to be counted in thousands than to be of a year ("2020 candidates")."""
    return word in words_of_all("countable") or word in words("crowd")


def _many(word: str) -> bool:
    return word.endswith("s") or not word.isascii() or word in words("collective")


def is_year(sentence: Sentence, numeral: Numeral, modifier: Modifier, unit: Unit | None, prefix: Unit | None) -> bool:
    """Whether four plain digits name a year rather than count something."""
    if not numeral.plain or numeral.form is not Form.DIGITS or not 1500 <= numeral.value <= 2100:
        return False
    if numeral.end - numeral.start != 4 or prefix or (unit and unit.group != "time"):
        return False
    left, right = sentence.lower(numeral.first - 1), sentence.lower(numeral.last)
    if left in words_of_all("plain_label"):
        return False
    if modifier not in _FREE_MODIFIERS and left not in _TIME_LIKE:
        return False
    if left == "of" and sentence.lower(numeral.first - 2) in {
        "average",
        "total",
        "sum",
        "number",
        "maximum",
        "minimum",
    }:
        return False
    if left in words("year_before", sentence.language) or left == "/":
        return not (_counted(right) and left in _OPEN_PREPOSITIONS)
    if _counted(right):
        return False
    after = sentence.lower(numeral.last + 1)
    close = after in words("crowd")
    return not (close and right not in words("year_noun") and not sentence.is_name(numeral.last))


_ELDEST = re.compile(r"(?i)\b(?:youngest|oldest|eldest)\b[^.;,]{0,40}\s(?:is|was|are|were)\s(?:only |just )?$")


def is_age(sentence: Sentence, numeral: Numeral, unit: Unit | None, prefix: Unit | None) -> bool:
    """Whether a number is how old someone is: "Mia Kern, 34,", "aged 5", "67-year-old", "turned 18"."""
    text = sentence.text
    if prefix or numeral.value > 125 or (unit and unit.group != "time"):
        return False
    tail = text[numeral.end : min(sentence.end, numeral.end + 24)]
    if _AGE_AFTER.match(tail):
        return True
    if unit is None and _ELDEST.search(text, max(sentence.start, numeral.start - 60), numeral.start):
        return True
    head = text[max(sentence.start, numeral.start - 36) : numeral.start]
    if unit is None or unit.name in {"year", "month", "week"}:
        if _AGE_BEFORE.search(head) or (unit is None and _is_of_age(sentence, numeral)):
            return True
        bare = unit is not None or not _GOES_ON.match(tail)
        if bare and _PEOPLE_AGED.search(head):
            return True
    if unit:
        return False
    return (tail[:1] == "s" and bool(_UNDER.search(head))) or _is_apposed(sentence, numeral)


_BE = frozenset(["was", "is", "turned", "be", "am", "were"])
_SOMEONE = frozenset(["he", "she", "who", "i"])
_NO_ONE_PERSON = frozenset(["family", "household", "crew", "couple", "police", "staff", "troop", "people", "personnel"])
_AGED = frozenset(["youngest", "oldest", "eldest"])


def _in_aged_list(sentence: Sentence, i: int) -> bool:
    """Whether a number is one of "aged 6, 9 and 12"."""
    k = i - 1
    while k > 0 and (sentence.lower(k) in {"and", "or", ","} or sentence.tokens[k].kind is Kind.NUMBER):
        k -= 1
    if k < i - 1 and sentence.lower(k) in {"aged", "ages", "age"}:
        return True
    # "three children, 5, 8 and 11,"
    listed = [m for m in range(k + 1, len(sentence.tokens)) if sentence.tokens[m].kind is Kind.NUMBER]
    joined = sentence.lower(i + 1) in {",", "and"} or sentence.lower(i - 1) in {",", "and"}
    people = sentence.lower(k) in words("person") and is_plural(sentence.lower(k)) and sentence.lower(k + 1) == ","
    return people and joined and len(listed) > 1 and _all_listed(sentence, k + 2)


def _all_listed(sentence: Sentence, i: int) -> bool:
    """Whether bare numbers below 100, two or more, fill the stretch from a token to the end of its clause."""
    count = 0
    while i < len(sentence.tokens):
        token = sentence.tokens[i]
        if token.kind is Kind.NUMBER:
            if not token.text.isdigit() or int(token.text[:4]) > 99:
                return False
            count += 1
        elif token.lower not in {",", "and", "or"}:
            return count > 1 and token.kind is Kind.MARK
        i += 1
    return count > 1


def _is_of_age(sentence: Sentence, numeral: Numeral) -> bool:
    """ "a teacher of 31", "the youngest is 22", "At 17 she", ", now 75,"."""
    i, right = numeral.first, sentence.lower(numeral.last)
    left, before = sentence.lower(i - 1), sentence.lower(i - 2)
    ends = right in {",", ".", ";", "", ")", "and", "who", "was"}
    counting = any(is_plural(low) and low not in words("stop") for low in (right, sentence.lower(numeral.last + 1)))
    verbal = ends or (sentence.is_word(numeral.last) and not counting)
    if left == "of" and verbal and sentence.lower(i - 3) in {"a", "an", "the"}:
        return _is_role(before) and before not in _NO_ONE_PERSON
    if (
        left == "at"
        and ends
        and (before == "died" or (before == "dead" and sentence.lower(i - 3) not in {"the", "of"}))
    ):
        return True  # but not in "put the dead at 40"
    if left == "at" and numeral.value >= 10 and right in {"he", "she", "i"}:
        return True
    if left in {"now", "both"} and before in {",", "is", "was"} and ends:
        # "the number of injured is now 17" tells nobody's age
        someone = sentence.lower(i - 3)
        return before == "," or someone in _SOMEONE or _is_role(someone) or sentence.is_name(i - 3)
    if _in_aged_list(sentence, i):
        return True
    return ends and any(sentence.lower(k) in _AGED for k in range(max(0, i - 4), i))


_AFTER_AGE = frozenset([",", ".", ";", "and", "who", "was", "is", "from", ")", ""])


def _is_apposed(sentence: Sentence, numeral: Numeral) -> bool:
    tokens, i = sentence.tokens, numeral.first
    if numeral.form is not Form.DIGITS or not numeral.plain or numeral.value < 1 or i < 2:
        return False
    left, right, named = sentence.lower(i - 1), sentence.lower(numeral.last), tokens[i - 2]
    if named.kind is not Kind.WORD or named.lower in words_of_all("months"):
        return False
    if left in {"is", "was"} and _is_full_name(sentence, i - 2) and numeral.value >= 10:
        return right in {".", ",", ";", "", "and", "when"}  # "Hilde Nygaard is 74 and has lived here since"
    if left in _BE and named.lower in _SOMEONE:
        return right in {".", ",", ";", "", "when", "at", "and", "!"}
    if left == ",":
        if right in _AFTER_AGE and (named.text[0].isupper() or _is_role(named.lower)):
            return True
        # "The winger, 23, scored": no list has every role
        lone = right == "," and 4 <= numeral.value <= 99 and not _many(named.lower)
        return lone and any(sentence.lower(k) in {"the", "a", "an", "his", "her", "whose"} for k in (i - 3, i - 4))
    return left == "(" and right == ")" and i >= 3 and named.capital and tokens[i - 3].capital and numeral.value >= 4


def _is_full_name(sentence: Sentence, last: int) -> bool:
    """Whether the token ``last`` ends a first name and a surname with which a clause opens."""
    tokens = sentence.tokens
    both = last >= 1 and tokens[last].capital and tokens[last - 1].capital and not sentence.loud
    return both and (last == 1 or tokens[last - 2].kind is Kind.MARK)


_AT_HOURS = wordset("at by until till around about")


def is_clock(sentence: Sentence, numeral: Numeral) -> bool:
    """Whether a number tells the time in words: "at ten past six", "half past nine", "at twenty to five"."""
    if sentence.language != "en" or not 1 <= numeral.value <= 29:
        return False
    i, j = numeral.first, numeral.last
    table = number_words("en")
    hours = {word for word, value in table.small.items() if 1 <= value <= 12}
    j += sentence.lower(j) == "minutes"
    if sentence.lower(j) == "past" and sentence.lower(j + 1) in hours:
        return True
    if sentence.lower(j) == "to" and sentence.lower(j + 1) in hours and sentence.lower(i - 1) in _AT_HOURS:
        return numeral.value in {5, 10, 20, 25}
    if sentence.lower(i) not in hours:
        return False
    told = sentence.lower(i - 2)
    minutes = told in table.small or told in table.tens or told in {"half", "quarter", "minutes"}
    if sentence.lower(i - 1) == "past":
        return minutes
    return sentence.lower(i - 1) == "to" and minutes and sentence.lower(i - 3) in _AT_HOURS


def _is_role(word: str) -> bool:
    return word in words("person") and not _many(word)


_SPANS = frozenset(["hour", "day", "night", "week", "month", "year"])


_CHILDREN_BETWEEN = re.compile(rf"(?i:\b(?:{any_of('people_aged')})\s(?:aged\s)?(?:between|from)\s)$")


def is_age_range(sentence: Sentence, lead: Numeral, numeral: Numeral, unit: Unit | None) -> bool:
    """Whether a range tells how old some are: "children between 6 and 11"."""
    if numeral.value > 100 or (unit and unit.group != "time"):
        return False
    return bool(_CHILDREN_BETWEEN.search(sentence.text[max(sentence.start, lead.start - 36) : lead.start]))


def is_period(sentence: Sentence, numeral: Numeral, unit: Unit | None, start: int) -> bool:
    """Whether a length of time is a window or an adjective: "the last 24 hours", "a two-day visit", "a year ago"."""
    if unit is None or unit.group != "time":
        return False
    singular = sentence.text[unit.start : unit.end].lower() in _SPANS and numeral.value > 1
    singular = singular and not _AGE_AFTER.match(sentence.text, numeral.end, sentence.end)
    if unit.hyphenated or singular or sentence.lower(numeral.last) == "-":
        return True
    head = sentence.text[max(sentence.start, start - 40) : start]
    return bool(_WINDOW_BEFORE.search(head) or _WINDOW_AFTER.match(sentence.text, unit.end, sentence.end))
