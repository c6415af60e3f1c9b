"""Words that name an action, by its canonical class: the forms of a verb, a noun that counts by itself, a phrase."""

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
    money_only: frozenset[str]


def _verb_forms(verb: str, nouns: set[str]) -> list[tuple[str, str]]:
    """The forms of a verb and how strongly each tells of the action."""
    plain, third, past, ing = forms_of(verb)
    if verb in nouns or verb in words("noun_like_verb"):
        return [(plain, "base"), (past, "verb"), (ing, "verb")]
    return [(form, "verb") for form in (plain, third, past, ing)]


@cache
def _lexicon(language: str) -> _Lexicon:
    phrases: dict[str, list[_Option]] = {}
    nouns: dict[str, str] = {}
    personal, only_people, money_only = set(), set(), set()
    for action, table in load("actions").items():
        if table.get("person"):
            personal.add(action)
        if table.get("only_people"):
            only_people.add(action)
        if table.get("money_only"):
            money_only.add(action)
        found: list[tuple[str, str]] = []
        own = {*table.get("nouns", ()), *table.get("bearers", ())}
        if language == "en" or language not in LANGUAGES:
            found += [(form, kind) for verb in table.get("verbs", ()) for form, kind in _verb_forms(verb, own)]
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
    return _Lexicon(phrases, nouns, frozenset(personal), frozenset(only_people), frozenset(money_only))


def personal_actions() -> frozenset[str]:
    """The actions that only people undergo or do: a bare number of them counts people."""
    return _lexicon("en").personal


def people_only() -> frozenset[str]:
    """The actions whose words mean another thing when a thing is counted ("released" of films)."""
    return _lexicon("en").only_people


def money_only() -> frozenset[str]:
    """The actions that only an amount of money or a share has ("raised", "cost")."""
    return _lexicon("en").money_only


def is_event_word(word: str, language: str) -> bool:
    """Whether a word names an action by itself."""
    return any(parts == (word,) for parts, _, _ in _lexicon(language).phrases.get(word, ()))


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
