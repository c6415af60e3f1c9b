"""The counted noun beside a number: "eight Ukrainian children", "dozens of homes", "five of the 14 miners"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from pipeline.figures.reading.lexicon import words, words_of_all, wordset
from pipeline.figures.reading.numbers import number_words
from pipeline.figures.reading.tokens import Kind, Sentence
from pipeline.figures.reading.verbs import participle

_WIDEST = 9
_SHOWN = 6
_QUOTES = wordset("\" “ ‘ « ' ’")
_THEM = wordset("ellos ellas eles elas loro")
_OF = wordset("of de des du d der von di del della dei degli delle da do dos das aus")
_ARTICLES_ELSEWHERE = wordset("der des den die las los la el les le o os a as gli i il lo")
_DETERMINERS = wordset("the its their his her our these those all such my your")
_WHO = wordset("whom them which these those us you it")
_DEGREES = wordset("most more least less very highly")
_ALSO_BEFORE_NOUNS = wordset(
    "nearby daily weekly monthly yearly past home underground overseas overnight north south east west early inside"
)
"""Adverbs that are adjectives right before a noun: "12 nearby buildings", "ten daily flights"."""
_NEVER_NOUNS = wordset("need want seek remain make take get keep give find send bring believe think")
"""Verbs that open no noun phrase: "30 need homes", where "30 lost homes" are homes."""
_MORE = wordset("other additional new more others further fewer")
_NO_PARTICIPLE = wordset("wedding building speed seed breed bed feed weed shed offspring sibling siblings being")
_NO_ADVERB = wordset("family assembly supply fly ally early elderly daily weekly monthly italy july anomaly butterfly")
_MEN = ("men", "sby")
_NO_MAN = wordset("human german roman norman shaman talisman ottoman")
_NO_MEN = wordset("specimen regimen abdomen acumen cyclamen albumen stamen")
_SLAVIC_ADJECTIVE = ("ых", "их", "ые", "ие", "ий", "ій", "ого")


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun phrase, its head last, and the tokens it takes."""

    phrase: str
    head: str
    first: int
    last: int

    @property
    def is_person(self) -> bool:
        """Whether it counts people, by the lists or by its ending ("returnees", "lobbyists")."""
        return counts_people(self.head)


def counts_people(noun: str) -> bool:
    """Whether a noun, in small letters, is one of people, by the lists or by its ending."""
    return noun in persons() or _is_person_by_ending(noun)


@cache
def persons() -> frozenset[str]:
    """The nouns of people, of every language."""
    return words_of_all("person")


_AMOUNTS = wordset(
    "target total number figure goal capacity maximum minimum average estimate count sum tally toll budget"
)
"""Nouns of which a number tells the size rather than counts them."""
_AFTER_PEOPLE = wordset("homeless dead injured missing unemployed poor elderly faithful hurt unhurt")
_PERSON_ENDINGS = ("ees", "ists", "women", "folk")
_NO_PERSONS = wordset(
    "trees degrees fees bees knees committees levees coffees guarantees decrees employees marquees toffees lists twists"
    " fists mists wrists checklists shortlists playlists exists consists assists"
)


def _is_person_by_ending(word: str) -> bool:
    return len(word) > 5 and word.endswith(_PERSON_ENDINGS) and word not in _NO_PERSONS


def is_plural(word: str) -> bool:
    """Whether an English word looks like a plural noun."""
    if word in words("collective") or (len(word) > 5 and word.endswith(_MEN) and word not in _NO_MEN):
        return True
    if len(word) < 3 or not word.endswith("s") or word in words("adjective") or word in words("verb_on_s"):
        return False
    return not word.endswith(("ss", "us", "'s", "sis")) or word in {"buses", "viruses"}


def plural(noun: str) -> str:
    """The English plural: the regular one, and "women", "policemen", "children"."""
    if is_plural(noun):
        return noun
    if noun.endswith("man") and noun not in _NO_MAN:
        return noun[:-2] + "en"
    if noun in {"child", "grandchild"}:
        return noun + "ren"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    if noun.endswith("sis"):
        return noun[:-2] + "es"
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x")) else "s")


def is_participle(word: str) -> bool:
    """Whether a word has the form of a participle."""
    return len(word) > 3 and word.endswith(("ed", "ing")) and word not in _NO_PARTICIPLE


def _is_adverb(word: str) -> bool:
    return word.endswith("ly") and len(word) > 4 and word not in _NO_ADVERB


def _is_number(sentence: Sentence, i: int) -> bool:
    table = number_words("en")
    low = sentence.lower(i)
    return low in table.small or low in table.tens or low in table.scales or low in {"hundreds", "thousands", "dozens"}


def phrase_at(sentence: Sentence, index: int, *, one: bool = False, lenient: bool = False) -> Noun | None:
    """The noun phrase that begins at a token, or ``None`` where a verb, a preposition or a mark stands there.

    ``one`` looks for a singular; ``lenient`` also takes a singular after a plural number ("11 member states").
    """
    if sentence.language != "en":
        return _foreign_phrase(sentence, index)
    collected, head = _collect(sentence, index)
    if not collected:
        return None
    if one and head >= 0:
        # "one guest lost both legs" and "one person suffered burns"
        verb = next((k for k in collected[1:] if k < head and participle(sentence.lower(k))), None)
        head = head if verb is None else max(k for k in collected if k < verb)
    if head < 0:
        if not one and not lenient:
            return None
        head = _singular_head(sentence, collected) if one else collected[-1]
        if sentence.lower(head).endswith("'s"):
            return None
    kept = [k for k in collected if k <= head][-_SHOWN:]
    tokens, end = sentence.tokens, _hyphened(sentence, head)
    text = sentence.text[tokens[kept[0]].start : tokens[end].end]
    phrase = " ".join((_BRACKETED.sub(" ", text) if "(" in text or "[" in text else text).split())
    return Noun(phrase.lower() if sentence.loud else phrase, sentence.lower(head), kept[0], end + 1)


def _hyphened(sentence: Sentence, head: int) -> int:
    """The last token of "passers-by" and "sons-in-law", of which ``head`` is the plural."""
    tokens, end = sentence.tokens, head
    while (
        end + 2 < len(tokens)
        and tokens[end + 1].text == "-"
        and tokens[end + 1].glued
        and tokens[end + 2].glued
        and (end > head or tokens[end + 2].lower in _AFTER_HYPHEN)
    ):
        end += 2
    return end


def _collect(sentence: Sentence, index: int) -> tuple[list[int], int]:
    """The words of a phrase and the place of its plural head, -1 where there is none."""
    tokens, stops, verbs = sentence.tokens, words("stop"), words("numeral_follow")
    collected: list[int] = []
    head = -1
    i = index
    while i < len(tokens) and len(collected) < _WIDEST:
        token = tokens[i]
        word = token.lower
        if token.kind is Kind.MARK:
            if collected and head < 0 and token.text in _BRACKETS and (after := _after_bracket(sentence, i)):
                i = after
                continue
            owned = token.text in "'’" and token.glued and i + 1 < len(tokens) and not tokens[i + 1].glued
            if owned and head == i - 1 and sentence.is_word(i + 1) and _plural_within(sentence, i + 1, 2):
                head = -1
                i += 1  # "the nine citizens' offices"
                continue
            joined = token.text in "-–" and token.glued and i + 1 < len(tokens) and tokens[i + 1].glued
            if collected and (
                joined or token.text == "&" or (token.text == "," and head < 0 and _goes_on(sentence, i))
            ):
                i += 1
                continue
            break
        if token.kind is Kind.NUMBER:
            if collected and token.glued and tokens[i - 1].text in "-–":
                i += 1  # "COVID-19 tests": digits glued to a name are part of it
                continue
            if (
                i + 2 < len(tokens)
                and tokens[i + 1].text == "-"
                and tokens[i + 2].glued
                and _plural_within(sentence, i + 3, 2)
            ):
                i += 3  # "three continuous 30-minute scenes", "four 60-mm mortars"
                continue
            break
        if word in _DEGREES and not collected and _plural_within(sentence, i + 1, 3):
            i += 1
            continue
        if word in _MORE and (not collected or word in stops):
            i += 1
            continue
        if word in _ALSO_BEFORE_NOUNS and not collected and _plural_within(sentence, i + 1, 2):
            collected.append(i)
            i += 1
            continue
        if word in stops:
            if word in {"and", "or"} and collected and head < 0 and _goes_on(sentence, i):
                i += 1
                continue
            break
        if not collected and (word in _NEVER_NOUNS or (word == "face" and sentence.lower(i + 1) == "charges")):
            break
        plural_inside = is_plural(word) and head < 0 and bool(collected)
        verbal = (is_participle(word) and not is_plural(word)) or (word in verbs and not plural_inside)
        if verbal and (head >= 0 or not _plural_within(sentence, i + 1, 3)):
            break
        if _is_adverb(word):
            if head >= 0:
                break
            i += 1
            continue
        if head >= 0 and _is_number(sentence, i):
            break  # "gave two officers four years"
        if head >= 0 and word in _AFTER_PEOPLE:
            break  # "made 30,000 people homeless"
        if is_plural(word) and not _name_goes_on(sentence, i):
            if head >= 0 and i - head > 2:
                break
            collected.append(i)
            head = i
        elif head >= 0 and not _plural_next(sentence, i):
            break
        else:
            collected.append(i)
        i += 1
    return collected, head


_AFTER_HYPHEN = wordset("by up on in at of")
_BRACKETED = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_BRACKETS = {"(": ")", "[": "]"}


def _after_bracket(sentence: Sentence, i: int) -> int | None:
    """The token after brackets within a phrase, if it goes on behind them: "six UNC (United Clerks) members"."""
    closing = _BRACKETS[sentence.tokens[i].text]
    end = next((k for k in range(i + 1, min(i + 12, len(sentence.tokens))) if sentence.tokens[k].text == closing), None)
    return end + 1 if end is not None and _plural_within(sentence, end + 1, 3) else None


def _goes_on(sentence: Sentence, i: int) -> bool:
    """Whether "and" joins two adjectives of one noun: "Russian and Ukrainian soldiers"."""
    k = i + 1 if sentence.lower(i) != "," or sentence.lower(i + 1) != "and" else i + 2
    if not sentence.is_word(k) or _is_number(sentence, k) or is_plural(sentence.lower(k)):
        return False
    return sentence.lower(k) not in words("stop") and _plural_within(sentence, k + 1, 2)


def _singular_head(sentence: Sentence, collected: list[int]) -> int:
    """The head of a singular phrase: the word before what can only be a participle, else the last of a few."""
    for position, k in enumerate(collected):
        if position and is_participle(sentence.lower(k)):
            return collected[position - 1]
    return collected[min(len(collected), 4) - 1]


def _plural_within(sentence: Sentence, index: int, reach: int) -> bool:
    """Whether a plural noun stands among the next few words, before any function word."""
    k, end = index, min(index + reach, len(sentence.tokens))
    while k < end:
        low = sentence.lower(k)
        if low in {"and", "or"} and k > index:
            k, end = k + 1, min(end + 1, len(sentence.tokens))
            continue
        if not sentence.is_word(k) or low in words("stop"):
            return False
        if is_plural(low) and low not in words("numeral_follow"):
            return True
        k += 1
    return False


def _name_goes_on(sentence: Sentence, i: int) -> bool:
    """ "Los Angeles residents", "United States troops": a name on -s before the noun itself."""
    following = sentence.lower(i + 1)
    if not sentence.is_name(i) or is_participle(following) or following in words("numeral_follow"):
        return False
    return sentence.is_word(i + 1) and _plural_within(sentence, i + 1, 2)


def _plural_next(sentence: Sentence, i: int) -> bool:
    """Whether a plural still follows the singular word at ``i`` ("sales staff members")."""
    low = sentence.lower(i + 1)
    return sentence.is_word(i + 1) and is_plural(low) and low not in words("numeral_follow")


def _foreign_phrase(sentence: Sentence, index: int) -> Noun | None:
    tokens, language = sentence.tokens, sentence.language
    i = index + (language in {"fr", "es", "it", "pt"} and sentence.lower(index) in _OF)
    common = words("guess", language)
    for _ in range(5):
        if not sentence.is_word(i) or sentence.lower(i) in _OF:
            return None
        token, low = tokens[i], sentence.lower(i)
        if low in _THEM:
            i += 1  # "12 de ellas menores"
            continue
        if low.startswith(("d'entre", "d'eux")):
            return None
        if low.startswith("d'") and len(low) > 4:
            return Noun(token.text[2:], low[2:], i, i + 1)  # "une vingtaine d'élèves"
        if low in words("stop", language) or low in words_of_all("weekdays"):
            return None
        if low in common and low not in persons() and low not in words_of_all("countable"):
            return None
        small_german = language == "de" and not token.text[0].isupper()
        slavic = language in {"ru", "uk"} and low.endswith(_SLAVIC_ADJECTIVE) and len(low) > 4 and low not in persons()
        if (small_german or slavic) and sentence.is_word(i + 1):
            if small_german and low.endswith(("t", "en")) and not tokens[i + 1].text[0].isupper():
                return None
            i += 1
            continue
        return None if small_german else Noun(token.text, low, i, i + 1)
    return None


def after_number(sentence: Sentence, index: int, *, one: bool = False, partitive: bool = False) -> Noun | None:
    """The noun right after a number that ends before ``index``, through "of", "of the", "of its 1,140" and the like.

    ``partitive`` marks vague words and fractions, which count through "of" or an article alone.
    """
    tokens = sentence.tokens
    i = index + (sentence.lower(index) == "]" and sentence.lower(index - 2) == "[")
    if sentence.lower(i) == "-" and sentence.lower(i + 1) == "plus":
        i += 2  # "10,000-plus people"
    i += sentence.lower(i) == "plus"
    if sentence.lower(i) in {"-", "–"} and tokens[i].glued and sentence.is_word(i + 1):
        word = tokens[i + 1].lower if sentence.loud else tokens[i + 1].text
        if word == "odd":
            return phrase_at(sentence, i + 2)  # "twenty-odd people"
        return Noun(plural(word), plural(word.lower()), i + 1, i + 2)
    if sentence.language != "en":
        if partitive and sentence.lower(i) in _OF | _ARTICLES_ELSEWHERE:
            i += sentence.lower(i) in _OF
            i += sentence.lower(i) in _ARTICLES_ELSEWHERE  # "zwei Drittel der Häuser", "un tercio de las casas"
        return phrase_at(sentence, i)
    if sentence.lower(i) == "[":
        closing = next((k for k in range(i + 1, min(i + 6, len(tokens))) if tokens[k].text == "]"), None)
        i = closing + 1 if closing else i  # "six [as heard] bombs"
    if sentence.lower(i) in _QUOTES and sentence.is_word(i + 1):
        i += 1  # "3,000 “contras”"
    if not (partitive and sentence.lower(i) in {"of", "the"}) and (found := phrase_at(sentence, i, one=one)):
        return found
    if sentence.lower(i) in {"more", "others", "other"}:
        if found := phrase_at(sentence, i + 1, one=one):
            return found
        i += 1
    if sentence.lower(i) == "of" or (partitive and sentence.lower(i) in {"the", "its", "their"}):
        i += sentence.lower(i) == "of"
        while sentence.lower(i) in _DETERMINERS:
            i += 1
        i += sentence.lower(i).endswith(("'s", "’s")) and tokens[min(i + 1, len(tokens) - 1)].kind is Kind.NUMBER
        while i < len(tokens) and (tokens[i].kind is Kind.NUMBER or _is_number(sentence, i)):
            i += 1
        if sentence.lower(i) in _WHO:
            told = phrase_at(sentence, i + 1)  # "half of them children", not "of whom witnesses speak"
            return None if told and sentence.lower(told.last) in words("numeral_follow") else told
        noun = phrase_at(sentence, i, lenient=True)
        if noun is not None and (noun.head in words_of_all("months") or noun.head in _AMOUNTS):
            return None
        if (
            noun is not None
            and not is_plural(noun.head)
            and sentence.tokens[min(noun.last, len(tokens) - 1)].kind is Kind.NUMBER
        ):
            return after_number(sentence, noun.last + 1, partitive=True) or noun  # "half of the historic 6.9 million"
        return noun
    return None


def head_of(phrase: str) -> str:
    """The head of a counted phrase, in small letters: "members" of "members of the crew"."""
    return phrase.lower().partition(" of ")[0].split()[-1]


def completed(sentence: Sentence, noun: Noun, *, opens: int) -> Noun:
    """A noun with what it needs to say what is counted: "members of the crew", "drivers and passengers".

    ``opens`` is where the number with its modifier begins.
    """
    link, at = sentence.lower(noun.last), noun.last + 1
    if sentence.language != "en" or link not in {"of", "and", "or"}:
        return noun
    if link != "of":
        verbal = participle(sentence.lower(at)) is not None or sentence.lower(at) in words("numeral_follow")
        other = None if verbal or sentence.lower(at) in _MORE or _is_number(sentence, at) else phrase_at(sentence, at)
        if other is None or counts_people(other.head) != noun.is_person or not _is_shared(sentence, other.last, opens):
            return noun
        return replace(noun, phrase=f"{noun.phrase} {link} {other.phrase}", last=other.last)
    if noun.head not in words("of_what"):
        return noun
    whose = f"{sentence.lower(at)} " if sentence.lower(at) in _DETERMINERS else ""
    while sentence.lower(at) in _DETERMINERS or sentence.lower(at) in _QUOTES:
        at += 1
    counts = sentence.lower(at) == "another" or _is_number(sentence, at)
    whole = None if counts else phrase_at(sentence, at, lenient=True)
    if whole is None:
        return noun
    if sentence.lower(whole.last) in {"'", "’"} and sentence.is_word(whole.last + 1):
        owned = phrase_at(sentence, whole.last + 1, lenient=True)
        whose = f"{whose}{whole.phrase}' " if owned else whose  # "members of the dockers' union"
        whole = owned or whole
    named, _, last = whole.phrase.rpartition(" ")
    if named and not is_plural(whole.head) and participle(last.lower()):
        whole = replace(whole, phrase=named)  # "members of the board quit"
    return replace(noun, phrase=f"{noun.phrase} of {whose}{whole.phrase}")


_ABOUT_BOTH = wordset("were are was have had will who whose")


def _is_shared(sentence: Sentence, end: int, opens: int) -> bool:
    """Whether what follows two nouns joined by "and" leaves both to the number: "12 drivers and cooks were …"."""
    following = sentence.lower(end)
    if following in _ABOUT_BOTH:
        return not sentence.is_word(opens - 1)
    return not sentence.is_word(end) or following in words("preposition")


def condition_after(sentence: Sentence, index: int) -> str | None:
    """What stands for people after a number and tells their state: "dead" of "12 dead" and of "12 of the dead"."""
    if sentence.language != "en":
        return None
    conditions = words("condition")
    i = index
    if sentence.lower(i) == "of" and sentence.lower(i + 1) in _DETERMINERS:
        i += 2
    while _is_adverb(sentence.lower(i)):
        i += 1
    if sentence.lower(i) not in conditions:
        return None
    also = sentence.lower(i + 1) in {"and", "or"} and sentence.lower(i + 2) in conditions
    counted_next = i + 3 < len(sentence.tokens) and sentence.tokens[i + 3].kind is Kind.NUMBER
    if also and not counted_next and not _is_number(sentence, i + 3):
        return f"{sentence.lower(i)} {sentence.lower(i + 1)} {sentence.lower(i + 2)}"
    return sentence.lower(i)


def singular_after(sentence: Sentence, index: int) -> Noun | None:
    """A phrase without a plural after a number above one ("11 member trade agreement"), as a last resort."""
    if sentence.language != "en" or not sentence.is_word(index):
        return None
    low = sentence.lower(index)
    if low in words("stop") or low in words("numeral_follow") or low in words("comparative"):
        return None
    if is_participle(low) or _is_adverb(low):
        return None
    return phrase_at(sentence, index, lenient=True)
