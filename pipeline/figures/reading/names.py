"""Numerals that are part of a name, a score, a label or an idiom rather than a count."""

from __future__ import annotations

from functools import cache

from pipeline.figures.reading.lexicon import words, words_of_all, wordset
from pipeline.figures.reading.nouns import is_participle, is_plural, phrase_at
from pipeline.figures.reading.numbers import Form, Numeral
from pipeline.figures.reading.owners import ROLES
from pipeline.figures.reading.tokens import Kind, Sentence
from pipeline.figures.reading.units import Unit
from pipeline.figures.reading.verbs import participle
from schemas.figure import Modifier

_HYPHEN_FREE = wordset("minus plus to und and from by non under over mid pre post early late")
_SHORT_FOR_NUMBER = wordset("no nos nr art sec fig vol ch pp p n núm ст п")
_RANKS = wordset("top bottom final big")


def unsuited_prefix(sentence: Sentence, numeral: Numeral, prefix: Unit | None) -> str | None:
    """Digits glued to letters or to "word-": a name such as BX204, H5N1 or COVID-19."""
    tokens, i = sentence.tokens, numeral.first
    if prefix or i == 0 or numeral.form is Form.WORDS:
        return None
    left = tokens[i - 1]
    if left.text == "-" and sentence.lower(i - 2) == "covid":
        return "label"
    if not tokens[i].glued:
        return None
    if left.kind is Kind.WORD or left.text in "_@#&*=\\|№":
        return "label"
    if i < 2 or not left.glued or tokens[i - 2].kind is not Kind.WORD:
        return None
    far = tokens[i - 2].lower
    if left.text == "/":
        return "label"
    if left.text in "-–":
        if far in {"mid", "pre", "post", "early", "late"}:
            return "period"
        if far in {"under", "over"}:
            return "age"
        if far not in _HYPHEN_FREE:
            return "date" if far in words_of_all("months") or far in words_of_all("weekdays") else "label"
    return None


def unsuited_suffix(sentence: Sentence, numeral: Numeral, unit: Unit | None) -> str | None:
    """Letters glued after digits that are no unit: 5G, 3D, 42nd, U23s."""
    tokens, j = sentence.tokens, numeral.last
    if unit or j >= len(tokens) or not tokens[j].glued or numeral.form is not Form.DIGITS:
        return None
    if tokens[j].kind is not Kind.WORD:
        return None
    return "ordinal" if tokens[j].lower in {"st", "nd", "rd", "th", "й", "я", "го", "му"} else "label"


@cache
def _counted_nouns() -> frozenset[str]:
    plural = {word for word in words_of_all("person") if not word.isascii() or word.endswith("s")}
    return frozenset(plural) | words_of_all("countable") | words("collective")


def counts_next(sentence: Sentence, j: int) -> bool:
    """Whether a noun that can be counted follows directly or after one word."""
    for k in (j, j + 1):
        low = sentence.lower(k)
        if not sentence.is_word(k) or low in words("stop"):
            return False
        if low in _counted_nouns():
            return True
        ends_s = sentence.language == "en" and low.endswith("s") and low not in words("adjective")
        if ends_s and not sentence.is_name(k):
            return True
    return False


_PLACING = wordset("in at from on to near inside outside into of the a via through behind beside")
_PERCENT = wordset("percent % per")
_UNNUMBERED = wordset(
    "usual normal planned previous original initial expected official required remaining promised other "
    "average total addition all least most fact part sum number than about only just around around over under"
)


def _is_numbered(sentence: Sentence, numeral: Numeral, *, counted: bool) -> bool:
    """Whether a bare number names the one thing before it: "from hut 4", "in ward 12"."""
    i = numeral.first
    left = sentence.lower(i - 1)
    if counted or not numeral.plain or numeral.value >= 1000 or sentence.language != "en" or i < 2:
        return False
    if (
        not sentence.is_word(i - 1)
        or left.endswith("'s")
        or left in words("stop")
        or left in _UNNUMBERED
        or is_plural(left)
    ):
        return False
    if left in words("numeral_follow") or is_participle(left) or left.endswith("ly"):
        return False
    right = sentence.lower(numeral.last)
    closed = not sentence.is_word(numeral.last) or right in words("stop")
    return closed and sentence.lower(i - 2) in _PLACING and left not in words("measure_noun")


_WHO_NUMBER = wordset(
    "now they those who dead injured wounded missing homeless already still currently to could would may might will"
)


def _in_labelled_list(sentence: Sentence, i: int) -> bool:
    """Whether a number is one of "platforms 2 and 3"."""
    if sentence.lower(i - 1) in words("label_plural") and sentence.lower(i + 1) in {"and", "or", "to"}:
        return i + 2 < len(sentence.tokens) and sentence.tokens[i + 2].kind is Kind.NUMBER
    k = i - 1
    while k > 0 and (sentence.lower(k) in {"and", "or", ",", "to", "-", "–"} or sentence.tokens[k].kind is Kind.NUMBER):
        k -= 1
    numbered = any(sentence.tokens[m].kind is Kind.NUMBER for m in range(k + 1, i))
    return numbered and sentence.lower(k) in words("label_plural")


def _is_gapped(sentence: Sentence, numeral: Numeral) -> bool:
    """Whether a name before a number is one more subject of a count: "The Greens won 41 seats and the Centre 27"."""
    k = numeral.first - 1
    while k >= 0 and numeral.first - k <= 4 and (sentence.is_name(k) or sentence.lower(k) in ROLES):
        k -= 1
    k -= sentence.lower(k) == "the"
    opened = sentence.lower(k) in {",", "and", ";", "while"} and sentence.lower(numeral.last) in {
        "",
        ",",
        ".",
        ";",
        "and",
    }
    if not opened or k == numeral.first - 1:
        return False
    counts = [t for t in range(k) if sentence.tokens[t].kind is Kind.NUMBER or sentence.lower(t) in _SMALL]
    counted = _PERCENT | words("condition")
    return any(counts_next(sentence, t + 1) or sentence.lower(t + 1) in counted for t in counts)


def is_label(sentence: Sentence, numeral: Numeral, modifier: Modifier, unit: Unit | None, prefix: Unit | None) -> bool:
    """Whether a number follows a naming noun ("Court No. 4") or a name ("Windows 11")."""
    tokens, i, j = sentence.tokens, numeral.first, numeral.last
    if prefix or i == 0 or modifier not in (Modifier.EXACT, Modifier.ONLY):
        return False
    left = sentence.lower(i - 1)
    if left == "#" or (left == "." and sentence.lower(i - 2) in _SHORT_FOR_NUMBER):
        return True
    if unit and unit.group in {"currency", "ratio"}:
        return False
    counted = counts_next(sentence, j)
    if _in_labelled_list(sentence, i) and not counted:
        return True
    if left == "number" and _numbers(sentence, i - 1):
        return False
    if left in words_of_all("plain_label"):
        return not counted or tokens[i - 1].capital or left in {"s&p", "sp", "no", "number"}
    if left == "p" and sentence.lower(i - 2) in {"s", "&"}:
        return True
    if i == 1 and tokens[0].capital and (left in words("label", sentence.language) and not is_plural(left)):
        return True  # "Type 2 diabetes affects 40 people"
    if left in words("label", sentence.language):
        # "lead 12", "company 30 days": only a capital, or a missing unit and noun, make these a name
        return (tokens[i - 1].capital and not sentence.loud and i > 1) or (not unit and not counted)
    if numeral.form is not Form.DIGITS or unit:
        return False
    if left in _RANKS and not counted:
        return True
    if _is_gapped(sentence, numeral):
        return False
    if _is_numbered(sentence, numeral, counted=counted):
        return True
    if not sentence.is_name(i - 1) or not numeral.plain or numeral.value >= 10_000 or left.endswith("'s"):
        return False
    right = sentence.lower(j)
    if counted and not (sentence.is_name(j) and not is_plural(right) and not _demonym(right)):
        return False
    return not (left in words_of_all("weekdays") or left in words_of_all("months") or left.endswith(("ed", "ing")))


def _numbers(sentence: Sentence, i: int) -> bool:
    """Whether "number" is a verb: "the dead number 16", "those waiting now number 200"."""
    left = sentence.lower(i - 1)
    return left in _WHO_NUMBER or (left in _counted_nouns() and not sentence.tokens[i].capital)


def _demonym(word: str) -> bool:
    return word.endswith(("an", "ese", "ish", "ench", "utch", "aeli", "aqi", "ani"))


def is_score(sentence: Sentence, numeral: Numeral, unit: Unit | None) -> bool:
    """Whether a number is half of "3-2" of a game or a vote, not of a range."""
    tokens, i, j = sentence.tokens, numeral.first, numeral.last
    if unit or numeral.form is not Form.DIGITS or not numeral.plain:
        return False
    if _is_pair(sentence, j) and tokens[j + 1].text.isdigit():
        first, second, after = numeral.value, float(tokens[j + 1].text), j + 2
    elif i >= 2 and tokens[i].glued and _is_pair(sentence, i - 1) and tokens[i - 2].text.isdigit():
        first, second, after = float(tokens[i - 2].text), numeral.value, j
    else:
        return False
    if max(first, second) > 999:
        return False
    follows = sentence.lower(after)
    if follows in words("vote_noun") or follows == "-":
        return True
    if first >= second:
        return True
    if sentence.is_word(after) and (counts_next(sentence, after) or follows not in words("stop")):
        return False
    told = any(token.lower in words("score") for token in tokens[max(0, i - 8) : i])
    return told or not sentence.is_word(after)


def _is_pair(sentence: Sentence, index: int) -> bool:
    tokens = sentence.tokens
    if sentence.lower(index) not in {"-", "–", ":"} or index + 1 >= len(tokens):
        return False
    return tokens[index].glued and tokens[index + 1].glued


def is_pronoun(sentence: Sentence, numeral: Numeral, unit: Unit | None) -> str | None:
    """ "one of the", "no one", "one day", "the two sides", "the bottom three": why they count nothing."""
    if numeral.form is not Form.WORDS:
        return None
    i, j = numeral.first, numeral.last
    left, right = sentence.lower(i - 1), sentence.lower(j)
    surface = sentence.text[numeral.start : numeral.end].lower()
    if surface == "one":
        return "pronoun" if unit is None and _one_is_pronoun(sentence, j, left, right) else None
    if surface == "zero" and (right in {"-", "in", "to", "tolerance", "sum", "hour"} or not sentence.is_word(j)):
        return "idiom" if unit is None else None
    if right == "o'clock":
        return "time"
    if left == "past" and sentence.lower(i - 2) in {"half", "quarter"}:
        return "time"
    if unit or numeral.value > 12:
        return None
    told = sentence.lower(j + 1) in {"killed", "injured", "arrested", "dead", "who"}
    # "two of the three men": the three are a count, for the two are told apart from them
    parted = left == "the" and sentence.lower(i - 2) == "of" and i >= 3 and _is_count(sentence, i - 3)
    told = told or parted
    if left in {"the", "these", "those", "all", "both"} and numeral.value <= 4 and right in words("pair") and not told:
        return "pronoun"
    few = {"all", "the", "these", "those"} | ({"other"} if numeral.value < 3 else set())
    if left in few and right in {"", ",", ".", ";", "have", "had", "were", "are"}:
        return "pronoun"
    if left in _RANKS and not counts_next(sentence, j):
        return "pronoun"
    return None


_SMALL = wordset("two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty")


def _is_count(sentence: Sentence, i: int) -> bool:
    return sentence.tokens[i].kind is Kind.NUMBER or sentence.lower(i) in _SMALL or sentence.lower(i) == "one"


def _one_is_pronoun(sentence: Sentence, j: int, left: str, right: str) -> bool:
    if right == "more" and sentence.is_word(j + 1) and phrase_at(sentence, j + 1, one=True) is not None:
        return False  # "one more resident"
    counted = any(token.kind is Kind.NUMBER or token.lower in _SMALL for token in sentence.tokens[: j - 2])
    if right == "is" and left == "," and counted:
        return False  # "of seven injured, one is fighting for life"
    if left == "by" and sentence.lower(j - 3) in {
        "risen",
        "rose",
        "fallen",
        "fell",
        "up",
        "down",
        "grown",
        "grew",
        "dropped",
    }:
        return False  # "has risen by one, to nine"
    if right == "of" or left in words("one_not_before") or right in words("one_not_after"):
        return True
    if (
        left in {",", "and", ";"}
        and participle(right)
        and sentence.lower(j + 1) in {"", ",", ".", ";", "and", "in", "by"}
    ):
        return False  # "two were convicted, one cleared"
    if not sentence.is_word(j):
        return True
    if right in {"has", "had", "was", "were", "have"}:
        return False
    if right.startswith("'") or right == "one" or right in words("stop"):
        return True
    return phrase_at(sentence, j, one=True) is None


def is_adjective(sentence: Sentence, numeral: Numeral, unit: Unit | None, prefix: Unit | None) -> bool:
    """Whether a hyphen makes a number part of an adjective that counts nothing: "three-bed", "two-way", "a 4-star"."""
    j = numeral.last
    if unit or prefix or sentence.lower(j) != "-" or numeral.scaled or not sentence.is_word(j + 1):
        return False
    if not sentence.tokens[j].glued:
        return False
    if numeral.form is Form.WORDS:
        return sentence.lower(j + 1) not in words("counting_hyphen")
    return numeral.form is Form.DIGITS and sentence.lower(j + 1) in words("period")


_NAME_OPENERS = frozenset(".:—–\"“•‘'-…?!”")


def is_name_part(sentence: Sentence, numeral: Numeral, unit: Unit | None, prefix: Unit | None) -> bool:
    """Whether a number is part of a name: "the Big Three", "Three Gorges", "10 News"."""
    i = numeral.first
    opens_name = numeral.plain and sentence.is_name(numeral.last)
    if opens_name and unit is None and prefix is None and sentence.language == "en":
        following = sentence.lower(numeral.last)
        code = numeral.value >= 10_000 and not is_plural(following)
        return not _demonym(following) and (code or phrase_at(sentence, numeral.last) is None)
    if numeral.form is Form.WORDS and i and sentence.lower(i - 1) in {'"', "“", "‘"} and sentence.tokens[i].capital:
        # the title of a song or a book
        return sentence.is_name(numeral.last) and not counts_next(sentence, numeral.last)
    if numeral.form is not Form.WORDS or i == 0 or sentence.language == "de" or not sentence.is_name(i):
        return False
    return sentence.lower(i - 1) not in _NAME_OPENERS
