"""What a number counts where no noun stands beside it: "12 of whom", "58 dead", "only 1,605 have returned"."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.figures.reading.claims import Draft
from pipeline.figures.reading.events import STATUSES, noun_action, personal_actions, word_action
from pipeline.figures.reading.lexicon import load, words, wordset
from pipeline.figures.reading.nouns import (
    Noun,
    condition_after,
    counts_people,
    head_of,
    is_plural,
    persons,
    phrase_at,
    plural,
)
from pipeline.figures.reading.numbers import number_words
from pipeline.figures.reading.tokens import Kind, Sentence, Token
from pipeline.figures.reading.units import Unit
from pipeline.figures.reading.verbs import participle

_CLAUSE_ENDS = frozenset([*',;:—–()“”"', "while", "but", "and", "where", "that"])
_PREPOSITIONS = wordset("in of at on from by with to for")
_COUNTING = wordset("number total count tally proportion share rest majority")
_SUMS = wordset("total tally count figure number sum")
_MEASURES = wordset("toll turnout attendance crowd crowds")
_FELLOWS = wordset("dead deaths injured wounded killed missing hurt")
_VERBS_AFTER = wordset("have has were was are had is will of others other more remain went came , . ; and")
_STATES = wordset(
    "to by at is are was were reached stands hit totalled totaled stood exceeded passed topped numbered remained"
)


_BEFORE_VALUES = wordset(
    "from of at not than to for was against offered offers demanded demands proposed wants von auf de à a con с до з"
)
_AFTER_VALUES = wordset("on in at for by and or as but once to from last this next a per when while after before")
_NOT_COUNTED = wordset("numbers figures totals ranks stands years months weeks days hours minutes")
_SAYING = frozenset(
    phrase.strip() for group in ("says", "says_or_noun", "records") for phrase in load("phrases")[group].split("|")
)


@dataclass(slots=True)
class Memory:
    """What was counted so far in the article, newest last: the nouns (phrase and head), and what happened to what.

    ``acts`` are unit (``None`` of what is counted), head of the noun, action and value.
    """

    nouns: list[tuple[str, str]] = field(default_factory=list)
    acts: list[tuple[str | None, str | None, str, float]] = field(default_factory=list)
    units: list[tuple[Unit, float]] = field(default_factory=list)
    measured_last: bool = False

    def add(self, phrase: str, head: str) -> None:
        self.nouns.append((phrase, head))
        del self.nouns[:-40]

    def measure(self, draft: Draft) -> None:
        """Remember the unit of a measured figure."""
        if draft.measure is not None and draft.measure.group != "time":
            self.units.append((draft.measure, abs(draft.high)))
            self.measured_last = True
            del self.units[:-40]

    def unit_meant(self, sentence: Sentence, draft: Draft) -> Unit | None:
        """The unit that a bare number leaves out: "down from 6.8", "the service's estimate of 3,450", "850 million".

        It is that of the very number told before, or of the figure right before where the number states a value and is
        of its size; a bare million is money where money was told of.
        """
        if not self.units or draft.numeral.form not in ("digits", "words") or draft.increment:
            return None
        before = [token.lower for token in sentence.tokens[max(0, draft.opens - 8) : draft.opens]]
        if any(pair in (("number", "of"), ("numbers", "of")) for pair in pairwise(before)):
            return None  # "cut the number of missing to five"
        value = abs(draft.high)
        known = next((unit for unit, other in reversed(self.units) if other == value), None)
        if known and (value >= 100 or value != int(value)):
            return known
        unit, other = self.units[-1]
        closed = not sentence.is_word(draft.last) or sentence.lower(draft.last) in _AFTER_VALUES
        if draft.numeral.scaled and value >= 1e6 and closed:
            return next((unit for unit, _ in reversed(self.units) if unit.group == "currency"), None)
        stated = sentence.lower(draft.opens - 1) in _BEFORE_VALUES
        close = bool(other) and 0.2 < value / other < 5
        return unit if self.measured_last and closed and stated and close else None

    def note(self, value: float, unit: str | None, counted: str | None, action: str | None) -> None:
        """Remember what happened to a figure."""
        if action:
            self.acts.append((unit, head_of(counted) if counted else None, action, value))
            del self.acts[:-40]

    def same_value(self, value: float, unit: str | None) -> str | None:
        """The action of the newest figure with this very value: "the 280" are those told of before."""
        if value < 10 and unit is None:
            return None
        return next((a for known, _, a, v in reversed(self.acts) if v == value and known == unit), None)

    def happened(self, unit: str | None, head: str | None) -> str | None:
        """The newest action of the same unit, or of the same noun where one is known."""
        for known, noun, action, _ in reversed(self.acts):
            if known == unit and (unit or not head or not noun or head == noun or {head, noun} <= persons()):
                return action
        return None

    def latest(
        self, *, person: bool, since: int = 0, action: str | None = None, apart: Container[str] = ()
    ) -> str | None:
        """The newest phrase, or the newest of people or of what ``action`` makes; only those added after ``since``.

        ``apart`` are heads that are not meant.
        """
        for phrase, head in reversed(self.nouns[since:]):
            if head in apart:
                continue
            if not person or head in persons() or (action and noun_action(head, "en") == action):
                return without_status(phrase)
        return None


def without_status(phrase: str) -> str:
    """A phrase without "confirmed", "wounded" and the like, which say nothing of another number of the same."""
    kept = [word for word in phrase.split() if word.lower() not in STATUSES | words("condition")]
    return " ".join(kept) or phrase


def subject(sentence: Sentence, end: int) -> Noun | None:
    """The plural noun that opens the clause in which the token ``end`` stands and that no preposition precedes."""
    k = end
    while k > 0 and sentence.lower(k - 1) not in _CLAUSE_ENDS:
        k -= 1
    numbers = number_words("en")
    while k < end:
        low = sentence.lower(k)
        if low in _PREPOSITIONS:
            return None
        if low in words("verb_on_s"):
            k += 1
            continue
        if sentence.is_word(k) and low not in words("stop") and low not in numbers.small and low not in numbers.tens:
            noun = phrase_at(sentence, k)
            if noun is None or noun.last > end or sentence.lower(noun.last) in _SAYING:
                return None
            if noun.head in _NOT_COUNTED:
                return None
            return noun
        k += 1
    return None


def number_of(sentence: Sentence, end: int) -> Noun | None:
    """The X of "the number of X … reached 1,622"."""
    for k in range(end - 1, max(-1, end - 16), -1):
        if sentence.lower(k) in _COUNTING and sentence.lower(k + 1) == "of":
            j = k + 2
            while sentence.lower(j) in {"the", "its", "all", "their", "new"}:
                j += 1
            noun = phrase_at(sentence, j)
            return noun if noun and noun.last <= end else None
    return None


def _of_a_condition(sentence: Sentence, end: int) -> bool:
    """Whether a number tells how many are dead, hurt or missing: "put the dead at 40", "the number of injured is 9"."""
    for k in range(end - 1, max(0, end - 6), -1):
        if sentence.lower(k) in words("condition") and sentence.lower(k - 1) in {"the", "of"}:
            follows = words("stop") | words("numeral_follow") | words("verb_on_s") | {"stands", "stood", "rose", "fell"}
            return not sentence.is_word(k + 1) or sentence.lower(k + 1) in follows
        if sentence.tokens[k].kind is not Kind.WORD:
            return False
    return False


def _measure(sentence: Sentence, end: int) -> bool:
    """Whether a word that measures people ("toll", "turnout") leads to the number in its clause."""
    for k in range(end - 1, max(-1, end - 10), -1):
        if sentence.lower(k) in _MEASURES:
            return True
        if sentence.lower(k) in {",", ";"}:
            return False
    return False


def _with_own(sentence: Sentence, gap: list[Token], phrase: str) -> str:
    """The phrase of the next number with the adjectives of this one: "five French and three Spanish tourists"."""
    own = [token for token in gap if token.kind is Kind.WORD and token.lower not in {"and", "or", "but", "to"}]
    rest = phrase.split()
    plain = all(
        token.lower not in STATUSES
        and token.lower not in words("stop")
        and token.lower not in words("numeral_follow")
        and (participle(token.lower) is None or token.lower in words("condition"))
        for token in own
    )
    if not own or not plain or len(own) >= len(rest):
        return without_status(phrase)
    return " ".join([*(token.lower if sentence.loud else token.text for token in own), *rest[len(own) :]])


def _coordinated(sentence: Sentence, draft: Draft, drafts: list[Draft]) -> str | None:
    """The noun of the next number in "28 confirmed and 20 probable cases"."""
    index = drafts.index(draft)
    for other in drafts[index + 1 : index + 3]:
        gap = sentence.tokens[draft.last : other.opens]
        if len(gap) > 4 or not gap or gap[-1].lower not in {"and", "or", ",", "but", "to"}:
            return None
        if any((t.kind is Kind.MARK and t.text != ",") or t.lower in _AUXILIARIES for t in gap):
            return None  # "31 were rescued and nine bodies found"
        if other.noun is not None:
            return _with_own(sentence, gap, other.noun.phrase)
    return None


_AUXILIARIES = wordset("were was is are am be been being will would")
_HAD = wordset("have has had also then later reportedly allegedly first")
_NO_OBJECT = wordset("in of at on from by with to for during near after before when as and or but , . ; : ( )")


def _agents(sentence: Sentence, end: int) -> frozenset[str]:
    """The plural nouns that did something to the people a token counts: "soldiers" of "soldiers killed 12"."""
    k = end - 1
    while k > 0 and sentence.lower(k) not in _AUXILIARIES and sentence.lower(k) not in {";", "while", "where"}:
        k -= 1
    found: list[str] = []
    for i in range(k, end):
        low = sentence.lower(i)
        if not sentence.is_word(i) or not is_plural(low):
            continue
        verb = i + 1
        while sentence.lower(verb) in _HAD:
            verb += 1
        does = sentence.lower(verb).endswith("ed") or sentence.lower(verb) == "shot"
        if (
            does
            and sentence.lower(verb + 1) not in _NO_OBJECT
            and word_action(sentence.lower(verb), "en") in personal_actions()
        ):
            found.append(low)
    return frozenset(found)


def _antecedent(sentence: Sentence, end: int, *, person: bool, apart: Container[str] = ()) -> str | None:
    """The nearest plural noun before a token that "whom", "which" or a bare number can mean, none of ``apart``."""
    for k in range(end - 1, -1, -1):
        low = sentence.lower(k)
        if low in apart:
            continue
        if not sentence.is_word(k) or not is_plural(low) or sentence.is_name(k) or low in words("numeral_follow"):
            continue
        if "according" in (sentence.lower(k - 2), sentence.lower(k - 3)):
            continue  # who says so
        if not person or (low in persons() and low not in words("source")):
            return low if sentence.loud else sentence.tokens[k].text
    return None


_MEANT = wordset(
    "number figure figures toll count total tally estimate estimates it that sum bill amount overall altogether crowd"
    " attendance"
)
_PUT = frozenset(
    [
        "put",
        "puts",
        "said",
        "says",
        "say",
        "counted",
        "counts",
        "reported",
        "claimed",
        "claim",
        "claims",
        "spoke",
        "speak",
    ]
)
_PUT_LINKS = wordset("of at only about just some it them the number figure there were was is as many in more less than")


def takes_up(sentence: Sentence, draft: Draft) -> bool:
    """Whether a number states anew what an earlier one did: "the figure rose to 35", "it will exceed $5 billion",
    "police said 18,000", "organisers spoke of 40,000"."""
    opens = draft.opens
    for k in range(opens - 1, max(-1, opens - 9), -1):
        low = sentence.lower(k)
        if low in {";", "—"} or sentence.tokens[k].kind is Kind.NUMBER:
            break
        if low in _MEANT and sentence.lower(k + 1) != "of":
            return True
    if draft.noun is not None:
        return False
    k = opens - 1
    while k >= 0 and (sentence.lower(k) in _PUT_LINKS):
        k -= 1
    return k >= 0 and sentence.lower(k) in _PUT


_DONE_BY_SOMEONE = wordset("signed joined registered applied enrolled responded complained rallied took")
_HUMAN_VERBS = wordset(
    "live lives lived come came saw watched went go work worked turned swam slept stayed voted walked stood marched"
    " died gathered queued ran waited fled survived"
)


def _opens_clause(sentence: Sentence, draft: Draft) -> bool:
    """Whether a number is the subject with which a clause begins: "Four came down"."""
    return sentence.lower(draft.opens - 1) in {"", ",", ".", ";", ":", "and", "but", "while", '"', "“"}


def _whole(sentence: Sentence, draft: Draft, drafts: list[Draft]) -> str | None:
    """The noun of the "of 200 firms asked" with which a sentence opens, of a number that begins its main clause."""
    first = drafts[0]
    if first is draft or first.noun is None or sentence.lower(draft.opens - 1) != ",":
        return None
    opens = [token.lower for token in sentence.tokens[: first.opens]]
    return first.noun.phrase if opens in (["of"], ["of", "the"], ["out", "of"], ["out", "of", "the"]) else None


def _one_or_more(sentence: Sentence, draft: Draft) -> str | None:
    """The noun before "or two": "another pick or two"."""
    k = draft.opens - 1
    if sentence.lower(k) != "or" or not sentence.is_word(k - 1):
        return None
    return plural(sentence.lower(k - 1)) if sentence.lower(k - 2) in {"a", "an", "another", "one"} else None


_SUPPOSED = wordset("confirmed presumed feared reported believed declared listed found")
_PARTS_FOLLOW = wordset(": ( - – —")


def _said_to_be(sentence: Sentence, index: int) -> str | None:
    """The people that a number is said to be: "12 were children", "five of the dead are women"."""
    i = index
    if sentence.lower(i) == "of":
        i += 1 + (sentence.lower(i + 1) in {"the", "those", "these"})
        i += sentence.lower(i) in words("condition") or sentence.lower(i) == "them"
    if sentence.lower(i) not in {"were", "are"}:
        return None
    noun = phrase_at(sentence, i + 1)
    ends = noun is not None and (not sentence.is_word(noun.last) or sentence.lower(noun.last) in words("stop"))
    return noun.phrase if noun and ends and noun.is_person and is_plural(noun.head) else None


def _is_told_in_parts(draft: Draft, drafts: list[Draft]) -> bool:
    """Whether a bare number is broken up right after it into numbers of people: "eight (five men and three women)"."""
    index = drafts.index(draft)
    part = drafts[index + 1] if index + 1 < len(drafts) else None
    return part is not None and part.opens - draft.last <= 2 and part.noun is not None and part.noun.is_person


def resolve(
    sentence: Sentence, draft: Draft, drafts: list[Draft], memory: Memory, *, since: int, title: str
) -> str | None:
    """The noun for a number that has none beside it, or ``None`` where the text gives no hint.

    ``since`` is how many nouns memory held before this sentence.
    """
    personal = draft.action in personal_actions()
    index = drafts.index(draft)
    if draft.action in {"voted for", "voted against"}:
        return "votes"
    english = sentence.language == "en"
    following = sentence.lower(draft.last)
    definite = sentence.lower(draft.opens - 1) in {"the", "these", "those", "all"}
    if english and not definite and (said := _said_to_be(sentence, draft.last)):
        return said
    among = drafts[index + 1] if english and following == "of" and index + 1 < len(drafts) else None
    if among is not None and among.opens - draft.last <= 3 and sentence.lower(among.last) in words("condition"):
        return "people"  # "27 of the 41 wounded have gone home"
    if english and draft.action == "laid off" and not sentence.words.isdisjoint({"job", "jobs"}):
        return "jobs"  # "to limit job cuts to 1,250"
    if english and following in _PARTS_FOLLOW and _is_told_in_parts(draft, drafts):
        return "people"
    if english and following in _SUPPOSED and sentence.lower(draft.last + 1) in words("condition"):
        return memory.latest(person=True, since=since) or "people"  # "12 confirmed dead"
    stated = sentence.lower(draft.opens - 1) in {"to", "at", "by"}  # "the queue has grown to 37 and 26,000 boxes …"
    if following not in _FELLOWS and not stated and (found := _coordinated(sentence, draft, drafts)):
        return found
    if english and following == "of" and sentence.lower(draft.last + 1) in {"which", "whom", "them"}:
        person = personal or sentence.lower(draft.last + 1) == "whom"
        near = None if sentence.lower(draft.opens - 1) == "of" else _antecedent(sentence, draft.opens, person=person)
        beside = near is not None and sentence.lower(draft.opens - 1) == ","
        beside = beside and sentence.lower(draft.opens - 2) == (near or "").lower()
        if near:
            return near if beside else memory.latest(person=person, since=since) or near
        if sentence.lower(draft.opens - 1) == "of" and (known := memory.latest(person=person)):
            return known  # "bank details of 94,000 of them"
    if english and _of_a_condition(sentence, draft.opens):
        return memory.latest(person=True) or "people"
    if english and (noun := number_of(sentence, draft.opens)):
        return noun.phrase
    if english and (whole := _whole(sentence, draft, drafts) or _one_or_more(sentence, draft)):
        return whole
    if following in _FELLOWS and personal:
        return memory.latest(person=True, since=since) or "people"
    if english and _measure(sentence, draft.opens):
        return "people"
    if english and following not in _VERBS_AFTER - {",", ".", ";", "and", "of"}:
        noun = subject(sentence, draft.opens)
        event_noun = noun is not None and noun_action(noun.head, "en") is not None
        if noun is not None and (not personal or noun.is_person or event_noun):
            told = {sentence.lower(k) for k in range(noun.last, draft.first)}
            if told & _STATES and noun.head not in {"ones", "police"} and not definite:
                return noun.phrase  # not of "Divers have reached the six"
    if personal and memory.nouns and memory.nouns[-1][1] in words("animal"):
        return without_status(memory.nouns[-1][0])  # "35 lynx …; four were run over"
    if following in {"others", "other"} and len({head for _, head in memory.nouns[since:] if head in persons()}) > 1:
        return "people"  # "one adult and four minors died, 16 others were hurt"
    apart = _agents(sentence, draft.opens) if personal and english and following not in _AUXILIARIES else ()
    if own := memory.latest(person=personal, since=since, action=draft.action, apart=apart):
        return own
    if personal:
        near = _antecedent(sentence, draft.opens, person=True, apart=apart)
        return near or memory.latest(person=True, action=draft.action, apart=apart) or _from_title(title) or "people"
    if english and following in _DONE_BY_SOMEONE and _opens_clause(sentence, draft):
        return memory.latest(person=False, since=since) or memory.latest(person=True) or "people"
    if english and following in _HUMAN_VERBS:
        return memory.latest(person=True) or "people"
    if english and _opens_clause(sentence, draft) and (participle(following) or following in words("numeral_follow")):
        return memory.latest(person=False)
    if english and sentence.lower(draft.opens - 1) == "," and sentence.lower(draft.opens - 2) in words("condition"):
        return "people"  # "of the wounded, three are in hospital"
    summed = any(sentence.lower(k) in _SUMS for k in range(max(0, draft.opens - 5), draft.opens))
    if summed or draft.action or following in _VERBS_AFTER - {",", "."} or draft.numeral.form == "words":
        return memory.latest(person=False)
    return None


def as_told(sentence: Sentence, draft: Draft, counted: str | None) -> str | None:
    """The noun with what stands for it in the text: "12 wounded" counts "wounded people", as "12 wounded men" do.

    "12 others" and "12 other miners" are not the miners told of before, and keep the "other" as well.
    """
    if counted and sentence.language == "en" and sentence.lower(draft.last) in {"other", "others"}:
        return f"other {counted}"
    condition = condition_after(sentence, draft.last) if draft.noun is None and draft.measure is None else None
    if condition is None:
        return counted
    if counted is None or head_of(counted) == "casualties" or (counted == "people" and draft.high == 1):
        return f"{condition} people" if draft.high != 1 else f"{condition} person"
    return f"{condition} {counted}" if counts_people(head_of(counted)) else counted


def _from_title(title: str) -> str | None:
    for word in title.lower().split():
        clean = word.strip(".,:;'’\"“”‘")
        if clean in persons() and is_plural(clean):
            return clean
    return None
