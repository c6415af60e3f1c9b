"""Votes told as a pair of numbers: "voted 348-77", "a 97-1 vote", "by 98 votes to 74", "mit 348 zu 77 Stimmen".

A pair alone is a score, a range or a pair of years as often, so each needs words of voting in a place of its own around
it, and one that may be a share of the voters ("voters approved it 52-48") is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.figures.reading.lexicon import words, words_of_all, wordset
from pipeline.figures.reading.numbers import Form, Numeral
from pipeline.figures.reading.tokens import Sentence

_VOTED = wordset("vote voted votes voting")
_COUNT = wordset("tally tallies count rollcall")
_MARGINS = wordset("margin majority")
_RULING = wordset("decision ruling")
_DASHES = frozenset("-–—")
_LINKS = frozenset([("-",), ("–",), ("—",), ("to",), ("-", "to", "-")])
_STATES = wordset("was is were at of stood came ended by : , ( being")
_FROM = wordset("from von de da del с з від")
_FAVOUR = wordset("favor favore pour за dafür")
_OPPOSED = wordset("contra contro contrari contre против проти dagegen")
_HARD = frozenset(';:()“”"')
_TURNS = wordset("as while after before when because since although though if unless whereas but during")
_SPORT = wordset(
    "win wins won winning beat beats beaten lose loses lost draw drew drawn match score game lead led leads trailed"
)
_SHARES = wordset("share shares percentage lead swing split centers centres counters")
_LOST = wordset("lost lose loses losing defeated")
_DAYS = wordset("today yesterday tonight late early unanimously overwhelmingly narrowly largely mostly again")
_NOT_LEFT = wordset(
    "from between of at in for on with about nearly almost around roughly over than under least ages aged age page"
    " pages sections articles rooms chapters verses classes grades games lines paragraphs to and or top wards districts"
)
_LABELS = wordset(
    "resolution bill article articles proposition measure ordinance order act section no number amendment law"
)
_ELECTORAL = wordset("voters electorate referendum plebiscite shareholders")
_OF_PARLIAMENTS = wordset(
    "bill motion resolution legislation budget veto nomination nominee confirmation override treaty"
)
_BESIDE_ONLY = wordset("split divided deadlocked ruled rules agreed decided carried")
"""Verbs of which a pair is the result only right after them: not in "split the cost 60-40"."""
_CLUB = wordset("defeated defeat beat passed passes passing blocked survived advanced edged")
"""What senators do that may be a team."""
_REDUCED = wordset(
    "cut cuts cutting reduce reduced reducing raise raised raising increase increased lower lowered trim shrink"
)
_SUM_OF_SHARES = range(99, 101)
_LEAST_SHARE = 5
_LEAST_OF_A_HOUSE = 10
"""A dash between lesser numbers tells how a panel of a few split, of which nobody keeps count."""
_NEAR_TEXT = 500
"""Characters before a sentence in which the vote that it tells of is named."""
_REACH = 22
_HOUSES = re.compile(r"\b(?:Senat(?:e|ors?)|Parliament|parliament|Congress|[Ll]awmakers|(?:the|The) House)\b")
_BALLOT = re.compile(r"(?i)\b(?:voters|referendum|plebiscite|election|runoff|race)\b")
_SPOKEN_OF = re.compile(r"(?i)\b(?:vot(?:e|es|ed|ing)|ballots?|senate|parliament|lawmakers)\b")


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two numbers that may be the two sides of a vote; tokens ``opens`` … ``closes`` (exclusive) hold both."""

    sentence: Sentence
    a: Numeral
    b: Numeral

    @property
    def opens(self) -> int:
        return self.a.first

    @property
    def closes(self) -> int:
        return self.b.last

    @property
    def descends(self) -> bool:
        return self.a.value >= self.b.value

    @property
    def between(self) -> tuple[str, ...]:
        return tuple(token.lower for token in self.sentence.tokens[self.a.last : self.b.first])


def tallies(sentence: Sentence, written: Sequence[Numeral]) -> dict[int, str]:
    """What the numbers of votes count, by their first tokens."""
    found: dict[int, str] = {}
    if len(written) < 2 or not _may_vote(sentence):
        return found
    for a, b in pairwise(written):
        if a.first in found or not (_is_whole(a) and _is_whole(b)):
            continue
        pair = _Pair(sentence, a, b)
        noun = _noun_given(pair) or ("votes" if sentence.language == "en" and _is_vote(pair) else None)
        if noun:
            found[a.first] = found[b.first] = noun
    return found


def _may_vote(sentence: Sentence) -> bool:
    counted = words("vote_counted", sentence.language)
    if sentence.language != "en":
        return not counted.isdisjoint(sentence.words)
    return any(
        not group.isdisjoint(sentence.words)
        for group in (counted, _VOTED, _COUNT, words("voted_through"), words("voted_down"))
    )


def _is_whole(numeral: Numeral) -> bool:
    """Whether a number may be one of votes: whole, and not a year."""
    whole = numeral.form in (Form.DIGITS, Form.WORDS) and numeral.low == numeral.high and not numeral.scaled
    return whole and numeral.low == int(numeral.low) and not (numeral.plain and 1900 <= numeral.low <= 2100)


def _noun_given(pair: _Pair) -> str | None:
    """The noun of "98 votes to 74", "348 zu 77 Stimmen", "348 votos a favor y 77 en contra"."""
    sentence, between, language = pair.sentence, pair.between, pair.sentence.language
    nouns, against = words("vote_counted", language), words("vote_against", language)
    versus = words("vote_versus", language)
    if not between or sentence.lower(pair.opens - 1) in _FROM:
        return None
    noun = sentence.tokens[pair.a.last].text
    if between[0] in nouns:
        if between[1:] and between[-1] in against and len(between) <= 4 and _is_closed(pair.sentence, pair.closes):
            return noun
        if len(between) == 2 and between[1] in versus and _is_closed(pair.sentence, pair.closes):
            return noun
        after = {sentence.lower(pair.closes), sentence.lower(pair.closes + 1)}
        parted = language != "en" and len(between) <= 5 and not _FAVOUR.isdisjoint(between)
        return noun if parted and not _OPPOSED.isdisjoint(after) else None
    if language == "de" and between[0] == "ja" and sentence.lower(pair.closes) == "nein":
        return sentence.tokens[pair.closes + 2].text if sentence.lower(pair.closes + 2) in nouns else None
    if sentence.lower(pair.closes) not in nouns or len(between) != 1:
        return None
    told = between[0] in against or (language == "de" and between[0] == ":")
    if told or (pair.descends and between[0] in versus | _DASHES):
        return sentence.tokens[pair.closes].text
    return None


def _is_closed(sentence: Sentence, after: int) -> bool:
    """Whether no noun begins at a token: what stands before it counts or qualifies nothing that follows."""
    low = sentence.lower(after)
    if not sentence.is_word(after):
        return low != "-"
    if low in words("stop", sentence.language) or low in words("stop"):
        return True
    if sentence.language == "de":
        return not sentence.tokens[after].capital
    if sentence.language == "en":
        return low in words_of_all("weekdays") or low in words_of_all("months") or low in _DAYS or low in _CLOSING
    return low not in words("person", sentence.language) and low not in words("countable", sentence.language)


_CLOSING = wordset("along mostly late early to against favor favour following despite amid")


def _is_vote(pair: _Pair) -> bool:
    """Whether a pair of an English sentence is a vote."""
    if pair.between not in _LINKS or pair.a.low + pair.b.low == 0:
        return False
    if pair.between[0] in _DASHES and len(pair.between) == 1 and max(pair.a.low, pair.b.low) < _LEAST_OF_A_HOUSE:
        return False
    sentence = pair.sentence
    after = sentence.lower(pair.closes)
    if after in {"%", "percent", "per", "percentage", "pct"} or _is_sport(sentence):
        return False
    if sentence.lower(pair.closes) == "-" and sentence.lower(pair.closes + 1).isdigit():
        return _voting_verb(pair, pair.opens - 1) is not None and sentence.lower(pair.opens - 1) == "voted"
    return _qualifies_vote(pair) or _follows_vote(pair) or _follows_verb(pair)


def _is_sport(sentence: Sentence) -> bool:
    return not words("played").isdisjoint(sentence.words)


def _window(pair: _Pair) -> tuple[int, int]:
    """The tokens around a pair that belong to its clause."""
    sentence, start, end = pair.sentence, pair.opens, pair.closes
    while start > 0 and pair.opens - start < 40 and sentence.lower(start - 1) not in {";"}:
        start -= 1
    while end < len(sentence.tokens) and end - pair.closes < 10 and sentence.lower(end) not in {";"}:
        end += 1
    return start, end


def _has_body(pair: _Pair) -> bool:
    """Whether somebody is named that votes by raising hands."""
    sentence, (start, end) = pair.sentence, _window(pair)
    for k in range(start, end):
        low = sentence.lower(k)
        club = low == "senators" and (sentence.is_name(k) or sentence.lower(k + 1) in _CLUB)
        if low in words("voting_body") and not club:
            return True
        if low == "house" and sentence.lower(k + 1) != "of" and (sentence.tokens[k].capital or sentence.loud):
            return True
        if low in {"lower", "upper"} and sentence.lower(k + 1) in {"house", "chamber"}:
            return True
    return False


def _has_matter(pair: _Pair) -> bool:
    """Whether something is named that is voted on, and is no name of a club ("the Bills")."""
    sentence, (start, end) = pair.sentence, _window(pair)
    return any(
        sentence.lower(k) in words("voted_on") or (sentence.lower(k) == "act" and sentence.is_name(k))
        for k in range(start, end)
    )


def _may_be_shares(pair: _Pair) -> bool:
    """Whether the numbers may be percent of the voters: they make a hundred, and no parliament is named."""
    few = min(pair.a.low, pair.b.low) < _LEAST_SHARE
    if few or round(pair.a.low + pair.b.low) not in _SUM_OF_SHARES:
        return False
    if not _ELECTORAL.isdisjoint(token.lower for token in pair.sentence.tokens[: pair.opens]):
        return True
    words_said = pair.sentence.words
    by_party = "party" in words_said and not words_said.isdisjoint({"line", "lines"})
    before = pair.sentence.text[max(0, pair.sentence.start - _NEAR_TEXT) : pair.sentence.start]
    in_a_house = by_party or _has_body(pair) or (_HOUSES.search(before) and not _BALLOT.search(before))
    return not in_a_house and _OF_PARLIAMENTS.isdisjoint(words_said)


def _qualifies_vote(pair: _Pair) -> bool:
    """ "a 97-1 vote", "in a 52-48 party-line vote", "the court's 6-3 ruling"."""
    sentence = pair.sentence
    for k in range(pair.closes, pair.closes + 5):
        low = sentence.lower(k)
        if low == "vote":
            told = _is_closed(sentence, k + 1) or (pair.descends and sentence.lower(k + 1) not in _SHARES)
            return told and not _may_be_shares(pair)
        if low in _RULING:
            return k == pair.closes and _has_body(pair)
        if low != "-" and (not sentence.is_word(k) or low in words("stop") or low in _SPORT):
            return False
    return False


def _follows_vote(pair: _Pair) -> bool:
    """ "by a vote of 134 to 63", "the vote to confirm her was 97-1", "the final tally: 52-48"."""
    sentence, k = pair.sentence, pair.opens - 1
    if not _is_closed(pair.sentence, pair.closes) or _may_be_shares(pair):
        return False
    bare = sentence.lower(k) not in _STATES - {",", "("}
    stated = False
    while k >= 0 and sentence.lower(k) in _STATES:
        stated = stated or sentence.lower(k) in {"was", "is", "stood", "came", "ended"}
        k -= 1
    for i in range(k, max(-1, k - (9 if stated else 1)), -1):
        low = sentence.lower(i)
        if low in _HARD or low in _TURNS or low in _SPORT or low in _MARGINS:
            return False
        if low == "vote":
            lost = not _LOST.isdisjoint(token.lower for token in sentence.tokens[max(0, i - 5) : i])
            return sentence.lower(i - 1) != "to" and (not bare or pair.descends or lost)
        if low in _COUNT:
            return not bare and (_has_body(pair) or _has_matter(pair) or _was_spoken_of(sentence))
    return False


def _was_spoken_of(sentence: Sentence) -> bool:
    """Whether a vote, or those who hold one, were spoken of in this sentence or shortly before."""
    return bool(_SPOKEN_OF.search(sentence.text, max(0, sentence.start - _NEAR_TEXT), sentence.end))


def _follows_verb(pair: _Pair) -> bool:
    """ "voted 348-77 to override", "approved the plan, 234-193,", "passed by 52 to 48", "by a 52-48 margin"."""
    sentence = pair.sentence
    k = _before_margin(pair)
    if k is None:
        if not _is_closed(pair.sentence, pair.closes):
            return False
        k = pair.opens - 1
        if sentence.lower(k) in {",", "("}:
            k -= 1
        if sentence.lower(k) == "by":
            k -= 1
            if not _REDUCED.isdisjoint(token.lower for token in sentence.tokens[max(0, k - 10) : k + 1]):
                return False
    at = _voting_verb(pair, k)
    if at is None or _may_be_shares(pair):
        return False
    verb = sentence.lower(at)
    beside = all(_is_moment(sentence, i) for i in range(at + 1, k + 1))
    if verb in _BESIDE_ONLY and not beside:
        return False
    if not pair.descends and verb not in words("voted_down") and not (verb in _VOTED and beside):
        return False
    return (verb in _VOTED and beside) or _has_body(pair) or _has_matter(pair)


def _before_margin(pair: _Pair) -> int | None:
    """The token before "by a margin of 52 to 48" or "by a 52-48 margin", where one of a ratio is not meant."""
    sentence, k = pair.sentence, pair.opens
    before = [sentence.lower(i) for i in range(k - 4, k)]
    behind = sentence.lower(pair.closes) in _MARGINS and before[-2:] == ["by", "a"]
    ahead = before == ["by", "a", "margin", "of"]
    ratio = pair.b.low == 1 and pair.a.low < 10
    if ratio or not (behind or ahead):
        return None
    return k - (5 if ahead else 3)


def _is_moment(sentence: Sentence, i: int) -> bool:
    low = sentence.lower(i)
    return low in _DAYS or low in {"on", ",", "by", "("} or low in words_of_all("weekdays")


def _voting_verb(pair: _Pair, k: int) -> int | None:
    """The token of the verb of voting in whose clause the pair stands as its result; ``k`` is the last before it."""
    sentence = pair.sentence
    last = sentence.lower(k)
    labelled = last in _LABELS and sentence.tokens[k].capital and not sentence.loud
    if labelled or last in _NOT_LEFT or last in words("label_plural"):
        return None
    for i in range(k, max(-1, k - _REACH), -1):
        low = sentence.lower(i)
        if low in _VOTED and not (low == "vote" and sentence.lower(i - 1) in {"a", "the"}):
            return i
        if low in words("voted_down") or low in words("voted_through"):
            return i
        if low in _HARD or low in _TURNS or low in _SPORT:
            return None
    return None
