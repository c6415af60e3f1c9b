"""Whose a number is where nobody is said to say it: "the army cut its estimate to 12", "the 63 that police admit"."""

from __future__ import annotations

import re

from pipeline.figures.reading.lexicon import any_of, words, words_of_all, wordset

WORD = r"[\w.'’&-]*\w(?:(?<=s)['’](?=\s))?"
"""A word of those who tell numbers, as a pattern."""
_REVISED = re.compile(
    rf"(?:^|(?<=[;:“”\"]\s)|(?<=\sand\s)|(?<=,\s))(?P<who>(?:{WORD}\s){{0,5}}?{WORD})\s(?:(?:has|have|had|again|later|also)\s){{0,2}}"
    r"(?:raised|lowered|cut|corrected|revised|updated|increased|reduced|doubled|trebled|tripled|halved|upgraded|downgraded"
    r"|raises|lowers|cuts|revises|corrects|updates|published)\s"
    rf"(?:[^\s.;]+\s){{0,5}}?(?:{any_of('quantity_revised')})\b"
)
_BY_COUNT = re.compile(
    rf"\b(?:by|on|in) (?:(?:the )?(?:own |official )?(?:{any_of('quantity_given')})|that|those) of "
    r"(?P<who>(?:the\s)?(?:[\w-]+\s){0,2}[\w-]+)"
)
_OWNED_NUMBER = re.compile(
    r"\b(?P<who>(?:[Tt]he|its|their)\s(?:[\w-]+\s){0,2}?[\w-]+|[A-Z][\w-]+(?:\s[A-Z][\w-]+){0,2})['’]s?\s"
    r"(?=[$€£]?\d+(?:[.,]\d+)*+(?:\s(?:million|billion|percent))?(?:[.,;:)]|\s(?:and|is|was|in|on|as|or|but)\b|\s[“\"]|$))"
)
_ROLE_FIGURE = re.compile(r"\bthe (?P<who>(?:[\w-]+\s){0,2}?[\w-]+) (?:figure|count|estimate|tally|toll) of (?=\W?\d)")
_ADMITTED = re.compile(
    r"(?<=\d)\s(?:[\w-]+\s){0,3}?that (?P<who>(?:the\s)?(?:[\w-]+\s){0,3}?[\w-]+)\s"
    r"(?:(?:has|have|had|itself|now)\s){0,2}"
    r"(?:acknowledge[sd]?|confirm(?:ed|s)?|report(?:ed|s)?|counted|counts|admit(?:s|ted)?|gave|gives|recogni[sz]e[sd]?|stated"
    r"|listed|lists|claim(?:ed|s)?|announced|recorded|records)\b"
)
_NP = r"(?:(?:the|its|their|an?|two|three)\s)?(?:[\w’'-]+\s){0,3}?[\w’'-]+"
_GAVE_AS = re.compile(
    rf"(?:^|(?<=[;:,“”\"]\s)|(?<=\sand\s)|(?<=\sbut\s))(?P<who>(?:{WORD}\s){{0,6}}?{WORD})\s(?:gave|gives|give|set|sets)\s"
    rf"(?:the|its|their|a)\s(?:[\w-]+\s){{0,2}}?(?:{any_of('quantity_given')}|number|total|amount|cost|damage|loss|losses|size|turnout)\b"
    r"[^,.;:]{0,50}?\s(?:as|at)\b"
)
_STATED_BY = re.compile(
    r"(?<=\d)\s(?:[\w-]+\s){0,2}?(?:reported|announced|given|published|issued|released|quoted|cited|claimed|acknowledged"
    r"|recorded|stated|named|admitted|counted)\s(?:earlier\s|so far\s|first\s)?by\s"
    rf"(?P<who>{_NP})(?=[.,;:)]|\s(?:and|but|on|in|for|at|last|earlier)\b|$)"
)
_AS_SAID = re.compile(
    rf"(?<=\d)\s(?:[\w-]+\s){{0,2}}?as\s(?P<who>{_NP})\s(?:claim|claims|claimed|say|says|said|insist|insists|maintain"
    r"|maintains|put it|puts it|reported|reports|announced)\b"
)
_PUT_BY = re.compile(rf"\b(?:put|given|estimated|set|counted)\sby\s(?P<who>{_NP})\sat\b")
_PUT_AT_BY = re.compile(
    rf"\b(?:put|estimated|set)\sat\s[^,.;]{{0,30}}?\d[\d.,]*(?:\s\w+){{0,2}}?\sby\s(?P<who>{_NP})(?=[.,;:]|\s(?:and|but|on)\b|$)"
)
_COUNTED_BY = re.compile(
    r"\bby\s(?:the\s)?(?P<who>police|official|union|army|government|government's|ministry)\s(?:count|estimates?|reckoning)\b"
)
_ARRIVED = re.compile(
    rf"(?:^|(?<=[;:“”\"]\s)|(?<=\sand\s)|(?<=\sbut\s)|(?<=\swhile\s)|(?<=,\s))(?P<who>(?:{WORD}\s){{0,5}}?{WORD})"
    r"(?:,\s(?:which|who|an?|the)\s[^,;:“”\"]{2,80},)?\s(?:(?:has|have|had|only|itself)\s){0,2}"
    r"(?:arrived at|arrives at|arrive at|came to|comes to|come to|came up with|comes up with|come up with|makes it"
    r"|made it|make it)\s(?=(?:[a-z]+\s){0,3}[$€£]?\d)"
)
_ASKED = re.compile(
    rf"(?<=\d)\s(?:[\w’'-]+\s){{0,5}}?if you (?:ask|believe|listen to)\s(?P<who>{_NP})(?=[.,;:]|\s(?:and|but|who)\b|$)"
)
_AS_BELIEVED = re.compile(
    rf",\sas\s(?P<who>{_NP})\s(?:believes?|claims?|says?|said|claimed|thinks?|insists?|maintains?|estimates?),\s"
    r"(?=(?:[a-z]+\s){0,3}\d)"
)
_OF_WHICH = re.compile(
    rf"(?<=\d)\s(?:[\w’'-]+\s){{0,2}}?of (?:which|whom)\s(?P<who>{_NP})\s(?:speaks?|spoke|talk(?:s|ed)?|tells?|told)\b"
)
_GAPPED = re.compile(
    r"(?:(?<=[,;]\s)|(?<=\sand\s)|(?<=\sbut\s))(?P<who>(?:the\s)?(?:[\w’'-]+\s){0,2}?[\w’'-]+)\s"
    r"(?:at\s)?(?=\d+(?:[.,]\d+)*+(?:\s(?:million|billion))?(?:[.,;:]|$))"
)
_GAVE = re.compile(
    rf"(?:^|(?<=[;:,“”\"]\s)|(?<=\sand\s)|(?<=\sbut\s)|(?<=\swhile\s))(?P<who>(?:{WORD}\s){{0,5}}?{WORD})\s"
    r"(?:gave|give|gives|has given|have given|had|have|has|cited|named|offered)\s"
    r"(?:(?:a|the)\s(?:figure|number|count|total|toll)\sof\s)?(?:[a-z]+\s){0,2}?"
    r"(?=[$€£]?\d+(?:[.,]\d+)*+(?:\s(?:million|billion|percent))?(?:[,;]|\s(?:and|but|while)\s))"
)
"""Who gives a bare number: "police gave 18,000, the organisers claimed 45,000"."""
_DASHED = re.compile(r"\s[-–—]\s(?P<who>(?:the\s)?[A-Za-z][\w’'-]*(?:\s[\w’'-]+){0,3})\.?$")
ROLES = words("source") | wordset(
    "ministry minister police army governor mayor office agency institution service government official report company"
    " union media monitor navy military hospital court commission council department spokesman spokeswoman organiser"
    " organisers organizers unions monitors rebels activists campaigners ministries hospitals companies biologists"
    " guard rangers cabinet opposition auditors inspectors insurers traders growers"
)
"""Words for those who tell numbers."""
_NO_OWNERS = words_of_all("weekdays") | words_of_all("months") | wordset("week month year today yesterday night season")

Owner = tuple[str, int, int, str]
"""Who, between which characters of the sentence, and whether the number comes ``before`` or ``after`` these."""


_REVISING = wordset(
    "raised lowered cut corrected revised updated increased reduced doubled trebled tripled halved upgraded downgraded"
    " raises lowers cuts revises corrects updates published"
)
_RULES: tuple[tuple[frozenset[str], re.Pattern[str], str], ...] = (
    (_REVISING, _REVISED, ""),
    (wordset("by on"), _BY_COUNT, "before"),
    (wordset("gave gives give set sets"), _GAVE_AS, "onward"),
    (wordset("by"), _STATED_BY, "before"),
    (wordset("by"), _PUT_BY, "after"),
    (wordset("by"), _PUT_AT_BY, "before"),
    (wordset("by"), _COUNTED_BY, "before"),
    (wordset("arrived arrives arrive came comes come makes made make"), _ARRIVED, "after"),
    (wordset("if"), _ASKED, "before"),
    (wordset("speak speaks spoke talk talks talked told tell tells"), _OF_WHICH, "before"),
    (wordset("as"), _AS_BELIEVED, "after"),
    (wordset("as"), _AS_SAID, "before"),
    (wordset("that"), _ADMITTED, "before"),
)
"""Words without one of which a pattern can't match, the pattern, and on which side the number is that it owns."""
_FROM_WHO = frozenset((_REVISED, _GAVE_AS, _PUT_AT_BY, _ARRIVED))
"""Patterns whose owner is told first, or with the number before it: what they span begins with the owner."""
_SPOKEN_OF = {"official": "officials", "government's": "government"}
"""Those who count, as "by official count" names them."""


def owners(sentence: str, start_words: frozenset[str]) -> list[Owner]:
    """The owners of numbers in a sentence whose words in small letters are ``start_words``."""
    found: list[Owner] = [
        (
            _SPOKEN_OF.get(m["who"], m["who"]) if pattern is _COUNTED_BY else m["who"],
            m.start("who" if pattern in _FROM_WHO else 0),
            m.end(),
            owned,
        )
        for cues, pattern, owned in _RULES
        if not cues.isdisjoint(start_words)
        for m in pattern.finditer(sentence)
    ]
    if "’" in sentence or "'" in sentence:
        found += [(m["who"], m.start(), m.end(), "after") for m in _OWNED_NUMBER.finditer(sentence)]
    if not ROLES.isdisjoint(start_words):
        found += [
            (m["who"], m.start(), m.end(), "after")
            for pattern in (_ROLE_FIGURE, _GAPPED, _GAVE)
            for m in pattern.finditer(sentence)
            if m["who"].lower().split()[-1] in ROLES
        ]
    if len(sentence) < 200 and (match := _DASHED.search(sentence)) and match["who"].lower().split()[-1] in ROLES:
        found.append((match["who"], match.start(), match.end(), ""))
    return [one for one in found if _NO_OWNERS.isdisjoint(one[0].lower().split())]


def actor(sentence: str) -> str | None:
    """Who acts in a sentence, if it opens with those who may speak in the next ("Prosecutors dropped 17 counts")."""
    written = sentence.split(maxsplit=6)[:6]
    for end in range(1, len(written)):
        if written[end - 1].lower() in ROLES:
            return " ".join(written[:end]) if written[end].lower() not in ROLES else None
        if not written[end - 1][-1].isalnum():
            break
    return None
