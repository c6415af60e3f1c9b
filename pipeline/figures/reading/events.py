"""Words that name an action, by its canonical class: the forms of a verb, a noun that counts by itself, a phrase."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.figures.reading.lexicon import LANGUAGES, load, words, wordset
from pipeline.figures.reading.nouns import plural
from pipeline.figures.reading.numbers import number_words
from pipeline.figures.reading.tokens import Kind, Sentence
from pipeline.figures.reading.verbs import forms_of, participle

STATUSES = frozenset({"confirmed", "probable", "suspected"})


@dataclass(frozen=True, slots=True)
class Event:
    """Words of a sentence that name an action; tokens ``first`` … ``last`` (exclusive).

    ``strength`` is "verb", "base" for a form that is a verb only after "to" or "will", "noun" for what counts by
    itself ("deaths"), "bearer" for those to whom it happened ("survivors"), "money" for a verb that only tells of an
    action when an amount follows ("made $3m"), "before" for one that does only right before a number ("drew 30,000"),
    "unlisted" for a verb that no list knows and that is its own class.
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
    stems: dict[str, list[_Option]]
    nouns: dict[str, str]
    personal: frozenset[str]
    only_people: frozenset[str]
    money_only: frozenset[str]


def _verb_forms(verb: str, nouns: set[str]) -> list[tuple[str, str]]:
    """The forms of a verb and how strongly each tells of the action."""
    forms = forms_of(verb)
    if verb in nouns or verb in words("noun_like_verb"):
        strengths = {forms.plain: "base", forms.third: "before", forms.past: "verb"}
        return [(form, strengths.get(form, "verb")) for form in forms.all]
    return [(form, "verb") for form in forms.all]


@cache
def _lexicon(language: str) -> _Lexicon:
    phrases: dict[str, list[_Option]] = {}
    stems: dict[str, list[_Option]] = {}
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
            found += [(form, "before") for form in table.get("before", ())]
            found += [(form, "noun") for noun in table.get("nouns", ()) for form in (noun, plural(noun))]
            found += [(form, "bearer") for noun in table.get("bearers", ()) for form in (noun, plural(noun))]
        else:
            found += [(form, "verb") for form in table.get(language, ())]
            for stem in table.get("stems", {}).get(language, ()):
                parts = tuple(stem.split())
                stems.setdefault(parts[0], []).append((parts, action, "verb"))
        for form, strength in found:
            parts = tuple(form.replace("’", "'").split())
            if strength == "noun":
                nouns.setdefault(form, action)
            phrases.setdefault(parts[0], []).append((parts, action, strength))
    for table_of in (phrases, stems):
        for options in table_of.values():
            options.sort(key=lambda option: -len(option[0]))
    return _Lexicon(phrases, stems, nouns, frozenset(personal), frozenset(only_people), frozenset(money_only))


def personal_actions() -> frozenset[str]:
    """The actions that only people undergo or do: a bare number of them counts people."""
    return _lexicon("en").personal


def people_only() -> frozenset[str]:
    """The actions whose words mean another thing when a thing is counted ("released" of films)."""
    return _lexicon("en").only_people


def money_only() -> frozenset[str]:
    """The actions that only an amount of money or a share has ("raised", "cost")."""
    return _lexicon("en").money_only


def word_action(word: str, language: str) -> str | None:
    """The action that a word names by itself."""
    return next((action for parts, action, _ in _options(word, language) if len(parts) == 1), None)


@lru_cache(maxsize=8192)
def _options(word: str, language: str) -> tuple[_Option, ...]:
    """What may begin with a word: in other languages than English also by its own beginning, the longest first."""
    lexicon = _lexicon(language)
    whole = lexicon.phrases.get(word, [])
    if not lexicon.stems:
        return tuple(whole)
    begun = [
        ((word, *parts[1:]), action, strength)
        for length in range(len(word), 1, -1)
        for parts, action, strength in lexicon.stems.get(word[:length], ())
    ]
    return tuple(sorted([*whole, *begun], key=lambda option: -len(option[0])))


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


def _is_part_of_name(sentence: Sentence, i: int, *, titled: bool) -> bool:
    """Whether its capital makes a word a name or a month: "in March", "the Transport Union"; not in a headline."""
    return (sentence.language == "en" and not titled) or sentence.lower(i) in words("months", sentence.language)


def _is_titled(sentence: Sentence) -> bool:
    """Whether the sentence is written as a headline, with capitals throughout."""
    written = [token for token in sentence.tokens if token.kind is Kind.WORD and len(token.text) > 3]
    return sum(token.capital for token in written) > 0.7 * len(written)


_BEFORE_NUMBERS = wordset("about some nearly almost over more around only just roughly hundreds thousands dozens")


def _opens_number(sentence: Sentence, i: int) -> bool:
    """Whether a number stands at a token, or what may stand before one."""
    if i >= len(sentence.tokens):
        return False
    token, known = sentence.tokens[i], number_words("en")
    return (
        token.kind is Kind.NUMBER
        or token.lower in _BEFORE_NUMBERS
        or token.lower in known.small
        or token.lower in known.tens
        or token.text in "$€£¥"
        or (token.lower, sentence.lower(i + 1)) in {("at", "least"), ("up", "to"), ("as", "many"), ("as", "much")}
    )


_LABOUR = wordset(
    "union unions unionised workers staff drivers employees teachers nurses doctors pilots crews pay wage wages walkout"
    " dockers miners picket pickets strikers employers"
)


_CAPTIVITY = wordset(
    "hostage hostages captors kidnappers gunmen prisoners detainees detained arrested custody police jail"
)
_CRIME = wordset(
    "murder court trial guilty judge jury fraud lawsuit prosecutors prosecution legal corruption abuse rape criminal"
)


def events(sentence: Sentence) -> list[Event]:
    """All words of the sentence that name an action, in order; the longest phrase wins where several begin."""
    language = sentence.language
    known = _lexicon(language)
    begins = known.phrases.get if not known.stems else None
    titled: bool | None = None
    found: list[Event] = []
    tokens = sentence.tokens
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token.kind is not Kind.WORD:
            i += 1
            continue
        options = begins(token.lower, ()) if begins else _options(token.lower, language)
        if options and sentence.is_name(i):
            titled = _is_titled(sentence) if titled is None else titled
            options = () if _is_part_of_name(sentence, i, titled=titled) else options
        if options:
            following = sentence.lower(i + 1)
            for parts, action, strength in options:
                if len(parts) > 1 and parts[1] != following and (parts[1] != "…" or parts[2] not in sentence.words):
                    continue
                end = _matches(sentence, i, parts)
                if strength == "base" and sentence.lower(i - 1) not in words("modal"):
                    continue
                if strength == "before" and not (end and _opens_number(sentence, end)):
                    continue
                if end is None or (parts == ("reached",) and not sentence.is_name(i + 1)):
                    continue  # "has reached 1,622" tells of a number, "reached Jendra" of an arrival
                if action == "laid off" and token.lower == "let" and not _CAPTIVITY.isdisjoint(sentence.words):
                    action = "freed"
                if action == "infected" and token.lower.startswith("case") and not _CRIME.isdisjoint(sentence.words):
                    break
                if action == "struck" and strength == "noun" and not _LABOUR.isdisjoint(sentence.words):
                    action = "on strike" if token.lower.startswith("strike") else action
                found.append(Event(action, i, end, strength, token.lower))
                i = end - 1 if end - i <= 3 else i
                break
        i += 1
    return found


_HELPING = wordset(
    "has have had was were is are been be being will would could may might must also already now still since later then"
    " so far not only all who which that"
)
_STATE = ("able", "ible", "less", "hurt", "ful")


def unlisted_after(sentence: Sentence, noun_end: int) -> Event | None:
    """The verb or state that follows a noun and that no list knows: "(12 statues) have been toppled"."""
    k, helped = noun_end, False
    while k < noun_end + 6 and (sentence.lower(k) in _HELPING or sentence.lower(k).endswith("ly")):
        helped = helped or sentence.lower(k) in {"is", "are", "was", "were"}
        k += 1
    low = sentence.lower(k)
    if not sentence.is_word(k) or sentence.is_name(k):
        return None
    if name := participle(low):
        return Event(name, k, k + 1, "unlisted", low)
    return Event(low, k, k + 1, "unlisted", low) if helped and low.endswith(_STATE) else None


def unlisted_before(sentence: Sentence, opens: int) -> Event | None:
    """The verb right before a number that no list knows: "toppled (12 statues)"."""
    low = sentence.lower(opens - 1)
    name = participle(low) if sentence.is_word(opens - 1) and not sentence.is_name(opens - 1) else None
    return Event(name, opens - 1, opens, "unlisted", low) if name else None
