"""What happened to what is counted: the class of the verb or noun that governs a number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.figures.reading.lexicon import LANGUAGES, load, words, wordset
from pipeline.figures.reading.nouns import plural
from pipeline.figures.reading.tokens import Kind, Sentence

_DOUBLED = wordset("ship trap commit star")
STATUSES = frozenset({"confirmed", "probable", "suspected"})


def forms_of(verb: str) -> list[str]:
    """The inflected forms of a regular English verb."""
    head, _, tail = verb.partition(" ")
    rest = f" {tail}" if tail else ""
    if head.endswith("e"):
        past, ing, third = head + "d", head[:-1] + "ing", head + "s"
        if head.endswith("ee"):
            ing = head + "ing"
    elif head.endswith("y") and head[-2] not in "aeiou":
        past, ing, third = head[:-1] + "ied", head + "ing", head[:-1] + "ies"
    elif head in _DOUBLED:
        past, ing, third = head + head[-1] + "ed", head + head[-1] + "ing", head + "s"
    else:
        third = head + ("es" if head.endswith(("s", "sh", "ch", "x")) else "s")
        past, ing = head + "ed", head + "ing"
    return [form + rest for form in (head, third, past, ing)]


@dataclass(frozen=True, slots=True)
class Event:
    """Words of a sentence that name an action; tokens ``first`` … ``last`` (exclusive).

    ``strength`` is "verb", "base" for a form that is a verb only after "to" or "will", "noun" for what counts by
    itself ("deaths"), "bearer" for those to whom it happened ("survivors"), "money" for a verb that only tells of an
    action when an amount follows ("made $3m").
    """

    action: str
    first: int
    last: int
    strength: str
    word: str

    @property
    def noun(self) -> bool:
        return self.strength in {"noun", "bearer"}


_Option = tuple[tuple[str, ...], str, str]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    phrases: dict[str, list[_Option]]
    nouns: dict[str, str]
    personal: frozenset[str]
    only_people: frozenset[str]


def _verb_forms(verb: str) -> list[tuple[str, str]]:
    """The forms of a verb and how strongly each tells of the action."""
    plain, third, past, ing = forms_of(verb)
    if verb in words("noun_like_verb"):
        return [(plain, "base"), (past, "verb"), (ing, "verb")]
    return [(form, "verb") for form in (plain, third, past, ing)]


@cache
def _lexicon(language: str) -> _Lexicon:
    phrases: dict[str, list[_Option]] = {}
    nouns: dict[str, str] = {}
    personal, only_people = set(), set()
    for action, table in load("actions").items():
        if table.get("person"):
            personal.add(action)
        if table.get("only_people"):
            only_people.add(action)
        found: list[tuple[str, str]] = []
        if language == "en" or language not in LANGUAGES:
            found += [(form, kind) for verb in table.get("verbs", ()) for form, kind in _verb_forms(verb)]
            found += [(form, "verb") for form in table.get("forms", ())]
            found += [(form, "money") for form in table.get("money", ())]
            found += [(form, "noun") for noun in table.get("nouns", ()) for form in (noun, plural(noun))]
            found += [(form, "bearer") for noun in table.get("bearers", ()) for form in (noun, plural(noun))]
        else:
            found += [(form, "verb") for form in table.get(language, ())]
        for form, strength in found:
            parts = tuple(form.replace("’", "'").split())
            if strength == "noun":
                nouns.setdefault(form, action)
            phrases.setdefault(parts[0], []).append((parts, action, strength))
    for options in phrases.values():
        options.sort(key=lambda option: -len(option[0]))
    return _Lexicon(phrases, nouns, frozenset(personal), frozenset(only_people))


def personal_actions() -> frozenset[str]:
    """The actions that only people undergo or do: a bare number of them counts people."""
    return _lexicon("en").personal


def people_only() -> frozenset[str]:
    """The actions whose words mean another thing when a thing is counted ("released" of films)."""
    return _lexicon("en").only_people


def noun_action(noun: str, language: str) -> str | None:
    """The action that a counted noun itself names ("deaths", "arrests")."""
    return _lexicon(language).nouns.get(noun)


def _matches(sentence: Sentence, i: int, parts: tuple[str, ...]) -> int | None:
    """The token after ``parts`` when they stand at ``i``; "…" takes up to four words."""
    k = i
    for position, part in enumerate(parts):
        if part == "…":
            following = parts[position + 1]
            for gap in range(5):
                if sentence.lower(k + gap) == following:
                    k += gap
                    break
            else:
                return None
            continue
        if sentence.lower(k) != part:
            return None
        k += 1
    return k


def _is_date_word(sentence: Sentence, i: int) -> bool:
    """Whether a capital makes a verb a month: "in March"."""
    return sentence.is_name(i) and sentence.lower(i) in words("months", sentence.language)


def events(sentence: Sentence) -> list[Event]:
    """All words of the sentence that name an action, in order; the longest phrase wins where several begin."""
    phrases = _lexicon(sentence.language).phrases
    found: list[Event] = []
    i = 0
    while i < len(sentence.tokens):
        token = sentence.tokens[i]
        options = phrases.get(token.lower) if token.kind is Kind.WORD else None
        if options and not _is_date_word(sentence, i):
            for parts, action, strength in options:
                end = _matches(sentence, i, parts)
                if strength == "base" and sentence.lower(i - 1) not in words("modal"):
                    continue
                if end is None or (parts == ("reached",) and not sentence.is_name(i + 1)):
                    continue  # "has reached 1,622" tells of a number, "reached Jendra" of an arrival
                found.append(Event(action, i, end, strength, token.lower))
                i = end - 1 if end - i <= 3 else i
                break
        i += 1
    return found


_CLAUSE_MARKS = frozenset(',;:—–()“”"')
_CLAUSE_WORDS = wordset(
    "and but while whereas when after before with as although though where which who that und aber et y e и"
)
_LINKS = wordset(
    "at least more than over up to as many as an a the estimated some about around roughly nearly almost only just "
    "fewer less another further of close approximately no by under below total all its their his her off down out "
    "for $ € £"
)
_PARTITIVE = wordset("of the its their his her those these all some at least more than about")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number and its noun stand among the other figures of the sentence."""

    first: int
    noun_end: int
    noun: str | None
    measured: bool
    money: bool


def governing(sentence: Sentence, found: list[Event], place: Place, starts: list[int]) -> Event | None:
    """The event that governs a number.

    In this order: a verb right before the number ("killing at least 41") or right after it ("58 dead"); one after it in
    its clause ("were killed"); its noun ("deaths"); one before it in its clause; one after it; one before it. A
    measured number ("to 4.25 percent") looks before it first. ``starts`` are the first tokens of the sentence's
    figures: words after the next figure belong to that one, except in "91 of the 146 aboard survived".
    """
    first, noun_end = place.first, place.noun_end
    usable = [e for e in found if e.strength != "money" or place.money]
    if not usable:
        return None
    following = _following(sentence, noun_end, starts)
    preceding = max((s for s in starts if s < first), default=-1)
    right = [e for e in usable if e.first >= noun_end]
    left = [e for e in usable if e.last <= first]
    if right and right[0].first == noun_end and right[0].strength == "verb" and place.noun is None:
        return right[0]
    if left and left[-1].first > preceding:
        between = [token.lower for token in sentence.tokens[left[-1].last : first]]
        if all(word in _LINKS for word in between) and (not left[-1].noun or between[:1] == ["of"]):
            return left[-1]
    own = next((e for e in usable if e.noun and place.noun and first <= e.first < noun_end <= e.last), None)
    if own is not None and own.strength == "noun":
        return own
    right, left = [e for e in right if not e.noun], [e for e in left if not e.noun]
    near_right = next((e for e in right if e.first < following and _same_clause(sentence, noun_end, e.first)), None)
    near_left = next((e for e in reversed(left) if _same_clause(sentence, e.last, first)), None)
    inside = next((e for e in usable if not e.noun and first <= e.first < noun_end), None)
    if place.measured:
        return near_left or inside or near_right or (left[-1] if left else None) or (right[0] if right else None)
    if near_right is not None:
        return near_right
    if own is not None:
        return own
    if inside is not None:
        return inside
    if near_left is not None and near_left.first > preceding:
        return near_left
    later = next((e for e in right if e.first < following), None)
    return later or (left[-1] if left else None)


def _following(sentence: Sentence, noun_end: int, starts: list[int]) -> int:
    """The first token of the next figure that is no part of the number's own phrase."""
    later = [s for s in starts if s >= noun_end]
    while later and later[0] - noun_end <= 4:
        between = sentence.tokens[noun_end : later[0]]
        if not between or between[0].lower != "of" or any(t.lower not in _PARTITIVE for t in between):
            break
        later = later[1:]
    return later[0] if later else len(sentence.tokens)


def _same_clause(sentence: Sentence, start: int, end: int) -> bool:
    """Whether no clause begins between two tokens; "who were" and "that had been" stay with their noun."""
    for k in range(start, end):
        low = sentence.lower(k)
        if low in _CLAUSE_MARKS or low in _CLAUSE_WORDS:
            return low in {"who", "that", "which"} and k == start
    return True
