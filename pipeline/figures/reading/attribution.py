"""Who states a figure: "according to …", "… said", "the ministry's figure", and the speaker of a quote that runs on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.figures.reading.lexicon import any_of, load, words, wordset
from pipeline.figures.reading.nouns import is_participle
from pipeline.figures.reading.owners import WORD, owners
from pipeline.figures.reading.verbs import participle

_ACCORDING = re.compile(
    rf"(?i:(?<!\w)(?:{any_of('according')}))\s(?P<who>(?:(?!\saccording\s)[^,.;:()“”\"\n]){{2,90}}(?:\.(?=[A-Z]\.)[^,;:()“”\"\n]{{1,60}})?)"
)
_SUBJECT = rf"(?P<who>(?:{WORD}\s){{0,6}}?{WORD})"
_OPENS = (
    r"(?:^|(?<=[,;:“”\"—–]\s)|(?<=[“”\"])|(?<=\sand\s)|(?<=\sbut\s)|(?<=\sas\s)|(?<=\swhile\s)|(?<=\swhere\s)"
    r"|(?<=\swhich\s))"
)
_ADVERB = (
    r"(?:(?:also|later|now|previously|earlier|has|have|had|separately|still|only|again|even|would|could|will|has now"
    r"|would only|had so far|has so far|had earlier|has also|still only|only ever|was able to|were able to"
    r"|(?:have|has|had)(?:\snow)?\sbeen able to)\s)?"
)
_SAID_AFTER = re.compile(
    rf"{_OPENS}{_SUBJECT}\s{_ADVERB}"
    rf"(?P<verb>(?:{any_of('says records')})\b|put(?=\s(?:[\w'’-]+\s){{1,6}}?at\s)|(?:{any_of('says_or_noun')})\s"
    r"(?=(?:that|the|it|its|there|more|nearly|about|at|some|an?|up|as|only|just)\b|\d))"
)
_SAID_LAST = re.compile(
    rf"(?<=,\s)(?P<who>(?:the\s|its\s|[A-Z])(?:{WORD}\s){{0,4}}?{WORD})\s{_ADVERB}"
    rf"(?:{any_of('says_or_noun')})(?=[.;,]|\son\s[A-Z]|\sin\sits\s)"
)
_SAID_BEFORE = re.compile(
    r"[”\"],?\s(?:said|says|added|told)\s(?P<who>[^,.;:“”\"]{2,60})"
    r"|,[”\"]?\s(?:said|says)\s(?P<name>[A-Z][^,.;:“”\"]{2,60})"
)
_APPOSED = re.compile(
    r"(?:^|(?<=[;:“”\"]\s)|(?<=[“\"])|(?<=\sand\s)|(?<=\sbut\s)|(?<=,\s))"
    rf"(?P<who>(?:[Tt]he\s|[Aa]n?\s)?{WORD}(?:\s{WORD}){{0,5}}),\s(?:an?|the|its|his|her|who|which|head|director|chief)\s"
    rf"[^,;:“”\"]{{2,80}},\s{_ADVERB}(?P<verb>(?:{any_of('says records')})\b|put\b)"
)
_ASIDE = re.compile(
    rf"^[“\"]?(?P<who>(?:The\s|An?\s)?{WORD}(?:\s{WORD}){{0,4}}),\s(?:[^,;:“”\"]{{2,60}},\s|(?:which|who)\s){_ADVERB}"
    rf"(?P<verb>(?:{any_of('says records')})\b|put\b)"
)
_CARRIED_ON = re.compile(rf"(?:\s(?:and|but)|;)\s{_ADVERB}(?!put\s)(?:{any_of('says')})\b")
_ADDING = wordset("saying adding claiming insisting stating noting admitting conceding estimating")
_ADDS = re.compile(rf",\s(?:{'|'.join(sorted(_ADDING))})\b")
_BY_ITS_OWN = re.compile(
    rf"\b[Bb]y (?:its|their|his|her|our) (?:own )?(?:reckoning|arithmetic|{any_of('quantity_given')})s?\b"
)
_OF_ITS_OWN = re.compile(
    rf"(?:^|(?<=[;,“]\s)|(?<=\sand\s)|(?<=\sbut\s))(?:[Ii]ts|[Tt]heir|[Hh]is|[Hh]er)\s(?:[\w-]+\s){{0,2}}?(?:{any_of('quantity_given')}|list|lists|register|own)\s"
    r"(?=(?:(?:still|now|only|itself)\s)?(?:is|are|was|were|says|said|has|had|have|stands|stood|shows|showed|puts|put|comes"
    r"|came|names|counts|runs|ran|speaks|gives|gave|of|at)\s)"
)
_REACH_ENDS = re.compile(r"[;,]|\s(?:and|but|while|whereas|when|which|as|after|before)\s")
_BREAKS = re.compile(r";|,?\s(?:while|whereas)\s")
_LAST_NUMBER = re.compile(r"\d[\d.,]*\D*$")
_WEEKDAYS = (
    r"(?:(?:am|el|ce)\s)?(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|Montag|Dienstag|Mittwoch|Donnerstag|Freitag"
    r"|Samstag|Sonntag|lunes|martes|miércoles|jueves|viernes|sábado|domingo)"
)
_THE = (
    r"(?:(?:der|die|das|den|le|la|les|el|los|las|il|lo|gli|i|o|a|os|as|en|в|у|un|une|ein|eine|una|um|uma)\s"
    r"|l['’]|un['’])"
)
_WITHIN_NAMES = wordset("de der des du da do dos del di della la le les los las für von van und et y e i z")
_FIRST_ARTICLE = re.compile(rf"(?i:{_THE})")
_SLAVIC_PAIR = r"[а-яіїєґ-]+(?:ий|ый|ой|ая|ое|ее|ые|не|ні|на|ська|ський|ське|ські)\s[а-яіїєґ-]+"
_SPEAKER = rf"(?P<who>{_THE}?(?:{_SLAVIC_PAIR}|[^\W\d_][\w-]*(?:\s[A-ZÀ-ÞА-ЯІЇЄ][\w-]*){{0,3}}))"
_ELSEWHERE = re.compile(
    rf"(?i:(?<!\w)(?:{any_of('says_elsewhere')}))\s(?:{_WEEKDAYS}\s)?{_SPEAKER}"
    rf"|,\swie\s(?P<wie>{_THE}?[^\W\d_][\w-]*(?:\s[A-ZÀ-Þ][\w-]*){{0,3}})\s(?:{_WEEKDAYS}\s)?"
    r"(?:mitteilt|erklärt|bericht|meldet|bestätigt|sagt|bekannt\sg)"
    rf"|,\sso\s(?P<so>(?:der|die|das)\s[^\W\d_][\w-]*(?:\s[A-ZÀ-Þ][\w-]*){{0,3}})"
)
_ELSEWHERE_AFTER = re.compile(
    rf"(?:^|(?<=[,;:“”«»\"—–]\s)|(?<=\sund\s)|(?<=\saber\s)|(?<=\set\s)|(?<=\sy\s))"
    rf"(?P<who>(?:(?i:{_THE}))?[^\W\d_][\w-]*(?:\s[^\W\d_][\w-]*){{0,4}}?)(?:,\s\d\d,|\s\d\d)?\s(?:(?:hat|ha|a|haben|han|hanno|ont)\s)?"
    rf"(?i:(?:{any_of('says_elsewhere')})|spr(?:ach|achen|icht|echen)(?:\s\w+){{1,2}}\svon"
    r"|(?:eleva|sitúa)n?(?=\s[^.;]{0,40}\sa\s))(?!\w)"
)
_GAPPED_ELSEWHERE = re.compile(
    rf"(?:(?<=[,;]\s)|(?<=\sund\s)|(?<=\set\s)|(?<=\sy\s)|(?<=\se\s)|(?<=\sи\s)|(?<=\sа\s)|(?<=\sта\s))(?P<who>{_THE}[^\W\d_][\w-]*|[а-яіїєґ]{{5,}})\s"
    r"(?:(?:von|de|di|à|auf|о|про|—|–|-|:)\s)?(?:(?:rund|etwa|unos|circa|environ|около|близько)\s)?"
    r"(?=\d+(?:[.,\u00a0\u202f ]\d{3})*+(?:[.,;]|$))",
    re.IGNORECASE,
)
"""A second speaker whose verb is left out: "die Polizei sprach von 18.000, die Veranstalter von 45.000"."""
_COUNT_OF = re.compile(
    r"\b(?P<who>(?:[Tt]he|[Ii]ts|[Aa]n?)\s(?:[\w-]+\s){0,3}?[\w-]+|[A-Z][\w-]+(?:\s[A-Z][\w-]+){0,3})['’]s?\s"
    rf"(?:[\w-]+\s){{0,2}}?(?:{any_of('quantity_given')})\b"
)
_POLL = re.compile(r"\b(?:[Aa]n?|[Tt]he)\s(?P<who>(?:[A-Z][\w&.-]*\s){1,4})(?:poll|survey)\b")
_RECORDS = frozenset(re.findall(r"\w+", any_of("records").replace(r"\s", " ")))
_BAD_SUBJECTS = wordset(
    "who which that it there and but or what this they these those he she we i you one not also nor none some many "
    "bei in im am nach an auf seit zum zur mit dans en à le lundi sur selon nel alla al el gestern heute hier ayer "
    "в у на за as so would could will may might should can most killing injuring leaving up down even if once only "
    "just because although though where when whose"
)
_BAD_ENDS = wordset(
    "who and or which that have has had was were is are not also be been being to of in at by for with from a an"
)
_PRONOUNS = wordset("he she they it we")
_TRIM = re.compile(
    r"(?i)^(?:(?:and|but|while|as|when|however|meanwhile|also|earlier|later|then|so|that)\s+|(?:on|in) \w+\s+)"
)
_DAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_WHEN = re.compile(rf"\s(?:(?:on|in|at|late|early)\s(?:late\s|early\s)?)?{_DAY}\b.*$")
_ARTICLE = re.compile(r"^(?:[Tt]he|[Aa]n?|der|die|das|dem|den|le|la|les|el|los|il|lo|gli|i|o|os|as|в|во|у)\s")
_INNER_CLAUSE = re.compile(
    r"^.*\s(?:came|comes|went|was|were|is|are|has|had|have|that|which|who)\s(?:(?:after|as|when|before|because|in|on)\s)?"
)
_PASSIVE = re.compile(r"\b(?:been|being|be|was|were)$")
_HAVE = re.compile(r"\s(?:have|has|had)(?:\s\w+)?$")
_CLAUSE = re.compile(
    r"\s(?:said|says|has|have|had|was|were|is|are|on|in which|that|who|which|since|at least|up from|more than"
    r"|an estimated|shared|compiled|citing|released|published|obtained|seen|reviewed|provided|posted|issued|based"
    r"|briefed)\b"
)
_TAIL = re.compile(r"\s(?:on|in|at|during|after|who|as)\s.*$")
_NEAR_COUNT = 36
_TIMES = words("weekdays") | words("months") | {"today", "yesterday", "week", "month", "year", "last year", "last week"}


_WHO_DID = re.compile(r"^(?P<who>(?:[\w'’-]+\s){1,4}?)who\s(?!said|says|told)")


_WHOSE_COUNT = re.compile(rf"^(?P<who>[^,]+?)['’]s?\s(?:\w+\s){{0,2}}(?:{any_of('quantity_given')})$")


_SPEAKS_FOR = re.compile(
    r"(?:[eo]rs?|m[ae]n|ists?|chief|ministry|office|union|agency|lawyer|council|association|federation|group|party|league"
    r"|hospitals|ess(?:es)?)$"
)
"""Endings of those who speak for something."""


def cleaned(who: str) -> str | None:
    """A speaker without article, day and the clauses around; ``None`` where the words are no speaker."""
    if owner := _WHOSE_COUNT.match(who):
        who = owner["who"]  # "Datum's last survey"
    if relative := _WHO_DID.match(who):
        who = relative["who"]  # "Parents who called the register"
    who = _SINCE.sub("", " ".join(who.split())).strip(" ,.'’-–—")
    for _ in range(2):
        who = _TRIM.sub("", who)
    if _PASSIVE.search(who):
        return None
    named = _ARTICLE.match(who) is not None
    who = _ARTICLE.sub("", _HAVE.sub("", _WHEN.sub("", who)))
    who = _ARTICLE.sub("", _INNER_CLAUSE.sub("", who))
    before, _, after = who.rpartition(" the ")
    if before and before.split()[-1].lower() not in words("preposition"):
        who = after  # "a policy the state expects"
    parts = who.split()
    if len(parts) > 5 and (of := next((k for k, part in enumerate(parts[3:], 3) if part in {"in", "on", "at"}), 0)):
        parts, who = parts[:of], " ".join(parts[:of])  # "organisers of the march in Tarn's old town"
    for k, part in enumerate(parts):
        if k and any(character.isdigit() for character in part):
            k -= parts[k - 1] in {"and", "or"}
            parts, who = parts[:k], " ".join(parts[:k])  # "parents 107 are still held"
            break
    if parts and len(parts) == 1 and _ARTICLE.match(f"{who} "):
        return None
    named_too = len(parts) > 2 and parts[1][0].isupper()
    if (
        len(parts) > 1
        and parts[0].lower() in {"its", "their"}
        and (named_too or (len(parts) == 2 and _SPEAKS_FOR.search(parts[1])))
    ):
        parts, who = parts[1:], " ".join(parts[1:])  # "its organisers", "its Children of War database"
    if not parts or len(parts) > 12 or not re.search(r"[^\W\d_]{2}", who):
        return None
    if len(parts) > 1 and parts[0].lower() in words("number_words") and _SPEAKS_FOR.search(parts[-1]):
        parts, who = parts[1:], " ".join(parts[1:])  # "two witnesses said"
    first = parts[0].lower()
    acronym = parts[0].isupper() and len(first) > 1  # the WHO
    if first in words("number_words") or (len(parts) > 1 and first in {"her", "his", "its", "their"} and not named):
        return None
    if (first in _BAD_SUBJECTS and not acronym) or first in words("preposition"):
        return None
    if parts[-1].lower() in _BAD_ENDS and not acronym:
        return None
    if any(character.isdigit() for character in parts[0]) or (not named and is_participle(parts[0])):
        return None
    if "'" in first and first.split("'")[-1] in {"ll", "d", "ve", "re"}:
        return None
    return who[:100].rstrip(" –—")


_SINCE = re.compile(r"(?i)\s(?:since|seit|depuis|desde|dall?[ao']?|ab)\s(?=\S*\d|\w+\s\d{4}).*")
"""The period of a count that stands behind its speaker: "nach Angaben der Regierung seit Februar 2022"."""
_PASSIVE_TAIL = re.compile(rf"\s(?:at (?!least|most)|as (?!many|much)|(?:by|in|to)\b|on (?!{_DAY}))")


def _is_passive(sentence: str, match: re.Match[str]) -> bool:
    """Whether "confirmed" and the like were done to the subject: "Outlook confirmed at €70m"."""
    return match["verb"] in _RECORDS and _PASSIVE_TAIL.match(sentence, match.end()) is not None


_NOBODYS = wordset("figures data count counts estimate estimates tally tallies")
_LIVES = re.compile(r"\s(?:[\w.,-]+\s){1,4}?(?:lives|life|victims)\b")
"""What a fire claims."""
_DISASTERS = wordset(
    "storm quake earthquake flood floods fire blaze wildfire disaster attack strike crash war outbreak epidemic typhoon"
    " hurricane cyclone tornado tsunami landslide avalanche explosion blast shooting bombing collapse accident heatwave"
)
"""What has a toll and tells none."""
_FINDERS = wordset(
    "survey poll study report audit inquiry review investigation inspection census analysis auditors inspectors"
)


def _finds_things(sentence: str, match: re.Match[str], who: str) -> bool:
    """Whether "found" came upon things rather than learned how many: "guards found 31 phones"."""
    if match["verb"] != "found" or who.split()[-1].lower() in _FINDERS:
        return False
    return sentence[match.end() : match.end() + 5] != " that"


def _counts_itself(verb: str, who: str) -> bool:
    """Whether "X has confirmed 412 cases" names where they are rather than who says so: one plain name."""
    if who.endswith("s") or who.lower() in words("person"):
        return False  # "Witnesses counted 30 bodies"
    return verb.split()[-1] in _RECORDS and len(who.split()) == 1 and who[0].isupper() and not who.isupper()


@dataclass(frozen=True, slots=True)
class _Source:
    """A source named at characters ``start`` … ``end``.

    Some own only the number right ``after`` or ``before`` these, or all from there ``onward``: that is ``owned``, else
    empty.
    """

    who: str
    start: int
    end: int
    owned: str = ""
    least: int = 0
    most: int = 1 << 40
    """Between which characters a number that it owns stands."""

    def distance(self, at: int) -> int | None:
        """How far a number at ``at`` is; ``None`` where it can't be theirs."""
        if self.owned == "onward":
            return at - self.end if at >= self.end else None
        if self.owned and not self.least <= at <= self.most:
            return None
        if self.owned == "before":
            return self.start - at if 0 <= self.start - at < _NEAR_COUNT else None
        if self.owned:
            return at - self.end if 0 <= at - self.end < _NEAR_COUNT else None
        return min(abs(self.start - at), abs(self.end - at))


@dataclass(frozen=True, slots=True)
class Said:
    """The sources that a sentence names, and whether it names a speaker by a pronoun only."""

    sources: tuple[_Source, ...]
    pronoun: bool
    own: tuple[int, ...] = ()
    """Where "its list has", "her own count is" end: the number after is that of whoever was named before."""
    breaks: tuple[int, ...] = ()
    """Where one clause sets itself against another: "while", "whereas", a semicolon."""

    def is_own(self, at: int) -> bool:
        """Whether the number at character ``at`` is that of whoever was named before: "its list has 113 names"."""
        return any(0 <= at - end < _NEAR_COUNT for end in self.own)

    def of(self, at: int, *, denied: bool = False) -> str | None:
        """The source of the number at character ``at``: the nearest, and one of its own clause before others.

        A ``denied`` number is not that of whoever speaks: only words right beside it say whose it is.
        """
        if self.is_own(at):
            return None
        near = [
            (self._is_across(source, at), distance, source.who)
            for source in self.sources
            if (source.owned or not denied) and (distance := source.distance(at)) is not None
        ]
        return min(near)[2] if near else None

    def paired(self, numbers: Sequence[int]) -> dict[int, str]:
        """Whose each of ``numbers`` is where speakers and numbers take turns, by the character at which it begins.

        All of the speakers follow their numbers ("18,000 according to police, 45,000 according to organisers"), or all
        of them go before ("police said 18,000, organisers said 45,000").
        """
        named = sorted((source.start, source.who) for source in self.sources)
        places = sorted([(at, "") for at in numbers] + named)
        turns = [bool(who) for _, who in places]
        alternate = all(one != other for one, other in pairwise(turns))
        if len(named) != len(numbers) or len(named) < 2 or not alternate or len({who for _, who in named}) < 2:
            return {}
        return {at: who for at, (_, who) in zip(sorted(numbers), named, strict=True)}

    def _is_across(self, source: _Source, at: int) -> bool:
        return not source.owned and any(min(source.end, at) <= place <= max(source.start, at) for place in self.breaks)


def _telling(*groups: str) -> frozenset[str]:
    """The longest word of each phrase: without one of them no pattern of the groups can match."""
    phrases = [phrase.split() for group in groups for phrase in load("phrases")[group].split("|") if phrase.strip()]
    return frozenset(max(words_, key=len) for words_ in phrases)


_SAYING = _telling("says", "says_or_noun", "records") | {"put", "said", "says", "added", "told"}
_SOURCING = frozenset(_telling("according")) | {
    "according",
    "quoting",
    "citing",
    "reported",
    "words",
    "acuerdo",
    "acordo",
}
_AUXILIARIES = wordset(
    "called calls has have had was were is are will would could may might let says said told put keeps holds"
)
_TELLING = frozenset(word for word in re.findall(r"\w+", any_of("says records").replace(r"\s", " ")) if len(word) > 3)
_POLLS = frozenset({"poll", "survey"})
_QUANTITIES = wordset(load("phrases")["quantity_given"].replace("|", " "))


def said(text: str, start: int, end: int, words_in: frozenset[str], *, foreign: bool = False) -> Said:
    """Who says what in the sentence ``text[start:end]``, which holds the words ``words_in`` in small letters."""
    owns = not _QUANTITIES.isdisjoint(words_in)
    saying = not _SAYING.isdisjoint(words_in)
    sourcing = foreign or not _SOURCING.isdisjoint(words_in)
    polling = not _POLLS.isdisjoint(words_in)
    sentence = text[start:end]
    found = [] if foreign else owners(sentence, words_in)
    own = (
        tuple(start + m.end() for pattern in (_OF_ITS_OWN, _BY_ITS_OWN) for m in pattern.finditer(sentence))
        if not foreign
        else ()
    )
    if not (owns or saying or sourcing or polling or found or own):
        return Said((), pronoun=False)
    if sourcing:
        found += [
            (_named(m["who"]) if foreign else _CLAUSE.split(m["who"])[0], m.start(), m.start(), "")
            for m in _ACCORDING.finditer(sentence)
        ]
    if owns and ("’" in sentence or "'" in sentence):
        found += [
            (m["who"], m.start(), m.end(), "" if "survey" in m.group() or "poll" in m.group() else "after")
            for m in _COUNT_OF.finditer(sentence)
            if m["who"].split()[-1].lower() not in _DISASTERS
        ]
    if polling:
        found += [(m["who"], m.start(), m.start(), "") for m in _POLL.finditer(sentence)]
    if foreign:
        found += [(m["who"] or m["so"] or m["wie"], m.start(), m.start(), "") for m in _ELSEWHERE.finditer(sentence)]
        found += [(_uncapitalised(m["who"]), m.start(), m.end(), "") for m in _ELSEWHERE_AFTER.finditer(sentence)]
        if found:
            found += [(m["who"], m.start(), m.end(), "after") for m in _GAPPED_ELSEWHERE.finditer(sentence)]
    pronoun = False
    inserted = [(a, b) for _, a, b, owned in found if owned == "after" and sentence[b - 2 : b] == ", "]
    if saying and "," in sentence:
        found += [(m["who"], m.start("who"), m.end(), "") for m in _APPOSED.finditer(sentence)]
    if saying and "," in sentence and (aside := _ASIDE.match(sentence)):
        found.append((aside["who"], aside.start("who"), aside.end(), ""))
    if saying and (carried := _CARRIED_ON.search(sentence)) and (who := opening(sentence)):
        found.append((who, carried.start(), carried.end(), "onward"))
    adding = not _ADDING.isdisjoint(words_in)
    if adding and (adds := _ADDS.search(sentence)) and (who := opening(sentence)):
        found.append((who, adds.start(), adds.end(), "onward"))
    for match in _SAID_AFTER.finditer(sentence) if saying else ():
        raw = match["who"].strip()
        if raw.split()[-1].lower() in _PRONOUNS:
            pronoun = pronoun or match["verb"] not in _RECORDS or raw.split()[-1].lower() in {"he", "she"}
        elif (
            any(a <= match.start("who") < b for a, b in inserted)
            or _is_passive(sentence, match)
            or _counts_itself(match["verb"], raw)
            or _finds_things(sentence, match, raw)
            or (match["verb"].split()[0] in {"put", "puts"} and raw.split()[-1] in _NOBODYS)
            or (match["verb"].startswith("claim") and _LIVES.match(sentence, match.end()))
        ):
            continue
        else:
            found.append((raw, match.start("who"), match.end(), ""))
    if saying and "," in sentence:
        found += [(m["who"], m.start("who"), m.end(), "") for m in _SAID_LAST.finditer(sentence)]
    for match in _SAID_BEFORE.finditer(sentence) if saying else ():
        raw = match["who"] or match["name"]
        if raw.split()[0].lower() in _PRONOUNS:
            pronoun = True
        else:
            found.append((_TAIL.sub("", raw), match.start(), match.start(), ""))
    sources = [
        _Source(who, start + first, start + last, owned, *_reach(text, start + first, start + last, start, end, owned))
        for raw, first, last, owned in found
        if (who := cleaned(raw)) and who.lower() not in _TIMES
    ]
    breaks = tuple(start + m.start() for m in _BREAKS.finditer(sentence)) if len(sources) > 1 else ()
    return Said(tuple(sources), pronoun, own, breaks)


def _named(who: str) -> str:
    """A speaker of another language up to the verb after a name: "Mietvereins" of "Mietvereins fehlen hier"."""
    parts = _CLAUSE.split(who)[0].split()
    if parts and parts[0][0].isupper():
        ends = (k for k, part in enumerate(parts) if part[0].islower() and part not in _WITHIN_NAMES)
        parts = parts[: next(ends, len(parts))]
    return " ".join(parts).rstrip(" –—-")


def _uncapitalised(who: str) -> str:
    """A speaker of another language whose article opens the sentence as it would stand within it."""
    return who[0].lower() + who[1:] if _FIRST_ARTICLE.match(who) else who


def _reach(text: str, first: int, last: int, start: int, end: int, owned: str) -> tuple[int, int]:
    """Between which characters a number stands that the words from ``first`` to ``last`` own."""
    if owned == "before":
        number = _LAST_NUMBER.search(text, max(start, first - _NEAR_COUNT), first + 1)
        return (number.start(), first) if number else (start, first)
    if owned:
        ends = _REACH_ENDS.search(text, last, end)
        return last, ends.start() if ends else end
    return 0, 0


def opening(sentence: str) -> str | None:
    """The subject with which a sentence opens, before its first verb: those who act, and may speak in what follows."""
    written = sentence.lstrip('“"').split(maxsplit=9)[:9]
    if written and written[0].lower() in words("preposition"):
        _, comma, rest = sentence.partition(", ")
        return opening(rest) if comma else None
    for k in range(1, len(written)):
        before, low = written[k - 1], written[k].lower().strip(",.;:")
        if before[-1] == ",":
            return cleaned(" ".join(written[:k])) if k > 1 or before[:1].isupper() else None
        if not before[-1].isalnum() and before[-1] not in "'’":
            return None
        if low in _AUXILIARIES or low in _TELLING or participle(low):
            return cleaned(" ".join(written[:k]))
    return None
