"""Numerals: digits with the separators of a language, number words, fractions and vague amounts, as values."""

from __future__ import annotations

import unicodedata

from pipeline.figures.reading.digits import german_compound, italian_compound, read_digits
from pipeline.figures.reading.lexicon import load, words_of_all, wordset
from pipeline.figures.reading.numberwords import ORDINALS
from pipeline.figures.reading.numberwords import Form as Form
from pipeline.figures.reading.numberwords import Numeral as Numeral
from pipeline.figures.reading.numberwords import number_words as number_words
from pipeline.figures.reading.tokens import Kind, Sentence, Token


class _Reader:
    """One pass over the tokens of a sentence; kept as a class only to share what every step looks at."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.tokens = sentence.tokens
        self.words = number_words(sentence.language)
        self.english = sentence.language == "en"

    def low(self, i: int) -> str:
        return self.tokens[i].lower if i < len(self.tokens) else ""

    def make(self, i: int, j: int, low: float, form: Form, *, high: float | None = None, plain: bool = False,
             scaled: bool = False) -> Numeral:  # fmt: skip
        tokens = self.tokens
        return Numeral(
            i, j, tokens[i].start, tokens[j - 1].end, low, low if high is None else high, form, plain, scaled
        )

    def at(self, i: int) -> Numeral | None:
        token = self.tokens[i]
        if token.kind is Kind.NUMBER:
            return self._digits(i)
        if token.text not in _FRACTION_SIGNS:
            return self._word(i) if token.kind is Kind.WORD else None
        if not token.glued:
            return self._scaled(i, i + 1, unicodedata.numeric(token.text), Form.FRACTION)
        return None

    def _digits(self, i: int) -> Numeral:
        token = self.tokens[i]
        value = read_digits(token.text, self.words.decimal)
        j = i + 1
        if value is None:
            return self.make(i, j, 0.0, Form.BROKEN)
        following = self.tokens[j] if j < len(self.tokens) else None
        if following is not None and following.text in _FRACTION_SIGNS:
            return self._scaled(i, j + 1, value + unicodedata.numeric(following.text), Form.DIGITS)
        if following is not None and following.text == "/" and following.glued and j + 1 < len(self.tokens):
            other = self.tokens[j + 1]
            if other.kind is Kind.NUMBER and other.glued and token.text.isdigit() and other.text.isdigit():
                bottom = int(other.text) if len(other.text) < 3 else 0
                if 0 < value < bottom and bottom in (2, 3, 4, 5, 8, 10) and self.low(j + 2) != "/":
                    return self._scaled(i, j + 2, value / bottom, Form.FRACTION)
        if token.text.isdigit() and j < len(self.tokens):  # "3 1/2"
            mixed = self.tokens[j : j + 3]
            if [t.text for t in mixed] in (["1", "/", "2"], ["1", "/", "4"], ["3", "/", "4"]) and not mixed[0].glued:
                return self._scaled(i, j + 3, value + int(mixed[0].text) / int(mixed[2].text), Form.DIGITS)
        return self._scaled(i, j, value, Form.DIGITS)

    def _scaled(self, i: int, j: int, value: float, form: Form) -> Numeral:
        """A number and the magnitude words or letters after it."""
        start, digits = j, self.tokens[j - 1].text
        while j < len(self.tokens) and j - start < 3 and self.tokens[j].kind is Kind.WORD:
            token = self.tokens[j]
            if (scale := self.words.scales.get(token.lower)) and scale > 12:
                value *= scale
            elif scale == 12 and form is Form.DIGITS:
                value *= 12
            elif j == start and (glued := self._letters(j)):
                value *= glued
            else:
                break
            j += 1
        if j == start and j + 1 < len(self.tokens) and self.low(j) == "-" and self.tokens[j].glued:
            scale = self.words.scales.get(self.low(j + 1))
            if scale and scale >= 1000:  # "$700-million"
                return self.make(i, j + 2, value * scale, form, scaled=True)
        if j > start:
            if self.low(j) == "." and self.low(j - 1) in {"mio", "mrd", "tsd", "тыс", "тис"}:
                j += 1
            return self.make(i, j, float(f"{value:.12g}"), form, scaled=True)  # 4.1 million is no 4,099,999.9999…
        return self.make(i, j, value, form, plain=digits.isdigit())

    def _letters(self, j: int) -> float | None:
        """The factor of the letters at ``j`` right after digits, such as "bn"; "m" may also be the metre."""
        token = self.tokens[j]
        scale = self.words.glued.get(token.lower)
        if scale is None:
            return None
        following = self.tokens[j + 1] if j + 1 < len(self.tokens) else None
        if (
            token.text == "M"
            and following is not None
            and (following.text in "€$£" or following.lower in {"d'euros", "de"})
        ):
            return scale  # "45 M€"
        if len(token.text) > 1:
            return (
                scale
                if token.glued
                or token.lower in self.words.own_glued
                or len(token.text) > 2
                or token.lower in {"bn", "tn"}
                else None
            )
        money = j >= 2 and (_money_before(self.tokens, j - 1) or self._ends_range(j - 1))
        if not token.glued:
            return scale if token.lower in {"m", "b"} and (money or self._counts_people(j + 1)) else None
        if token.lower == "m":
            if money:
                return scale
            after = following.lower if following and following.kind is Kind.WORD else ""
            plural = after.endswith("s") or after in {"people", "children", "men", "women"}
            dimension = {"metres", "across", "class"}
            return scale if (plural or "." in self.tokens[j - 1].text) and after not in dimension else None
        if token.lower == "b":
            return scale if money or "." in self.tokens[j - 1].text else None
        return scale

    def _ends_range(self, i: int) -> bool:
        """Whether the digits at ``i`` are the upper end of "€70m-75m", "€70-75m" or "€70 to 75m"."""
        if i < 3 or self.low(i - 1) not in _RANGE_MARKS:
            return False
        before = i - 2 - (self.low(i - 2) in {"m", "b"})
        return before > 0 and self.tokens[before].kind is Kind.NUMBER and _money_before(self.tokens, before)

    def _counts_people(self, i: int) -> bool:
        """Whether the word at ``i`` is of people, of whom no metres are counted: "2.5 m refugees"."""
        return self.low(i) in words_of_all("person") and self.low(i).endswith(_MANY)

    def _vague(self, i: int) -> Numeral | None:
        words, low = self.words, self.low(i)
        if low in words.vague_starts:
            for phrase, (a, b) in words.vague.items():
                if phrase[0] == low and all(self.low(i + k) == part for k, part in enumerate(phrase)):
                    j = i + len(phrase)
                    if len(phrase) == 1 and low in {"scores", "miles"} and self.low(j) not in {"of", "de"}:
                        return None  # "scores" may be a verb, and "miles" a measure
                    if low in {"сотни", "тысячи", "тисячі", "сотні"} and i and self.tokens[i - 1].kind is Kind.NUMBER:
                        return None
                    return self.make(i, j, a, Form.VAGUE, high=b)
        if self.english and low in {"several", "few", "couple"}:
            j = i + (2 if self.low(i + 1) == "of" else 1)
            scale = words.scales.get(self.low(j))
            if scale:
                more = words.scales.get(self.low(j + 1), 1.0)
                j += 1 if more == 1.0 else 2
                low_end = 24.0 if scale == 12 else 2 * scale
                high_end = 99.0 if scale == 12 else 10 * scale - 1
                return self.make(i, j, low_end * more, Form.VAGUE, high=high_end * more)
        return None

    def _fraction(self, i: int) -> Numeral | None:
        """ "two-thirds", "a quarter of", "half of", "half a million", "half-point"."""
        words, low = self.words, self.low(i)
        if self.english and low == "half":
            if self.low(i + 1) in {"a", "an"} and words.scales.get(self.low(i + 2)):
                return self.make(i, i + 3, words.scales[self.low(i + 2)] / 2, Form.WORDS, scaled=True)
            nxt = i + 2 if self.low(i + 1) == "-" else i + 1
            if scale := words.scales.get(self.low(nxt)):
                return self.make(i, nxt + 1, scale / 2, Form.WORDS, scaled=True)
            if nxt == i + 2 and self.low(nxt) == "point":
                return self.make(i, i + 1, 0.5, Form.FRACTION)
            if self.low(i + 1) in _HALF_DID and (i == 0 or self.low(i - 1) in _BEFORE_HALF):
                return self.make(i, i + 1, 0.5, Form.FRACTION)
            whole = {"of", "the", "its", "their", "his", "her", "our", "all"}
            if self.low(i + 1) in whole or self._is_step(i, self.low(i + 1)):
                return self.make(i, i + 1, 0.5, Form.FRACTION)
            return None
        if self.english and low == "quarter" and self.low(i + 1) == "-" and self.low(i + 2) == "point":
            return self.make(i, i + 1, 0.25, Form.FRACTION)
        if magnitude := self._of_magnitude(i):
            return magnitude
        top = words.small.get(low)
        if low in words.articles or low == "one":
            top = 1.0
        if top is None:
            part = words.fractions.get(low)
            ranks = low in {"cuarto", "quarto", "quart", "terzo", "tiers"}
            shared = self.low(i + 1) in _OF or self.sentence.language in {"ru", "uk"}
            if part and not self.english and not ranks and shared:
                return self.make(i, i + 1, part, Form.FRACTION)
            return None
        j = i + 1
        hyphen = self.low(j) == "-" and self.tokens[j].glued
        part = words.fractions.get(self.low(j + hyphen))
        if part is None or (self.english and top > 1 and not self.low(j + hyphen).endswith(("s", "half"))):
            return None
        if part == 0.5 and self.english:
            return None
        after = self.low(j + hyphen + 1)
        if top == 1 and not hyphen and after not in _OF and not self._is_step(i, after):
            return None
        return self.make(i, j + hyphen + 1, top * part, Form.FRACTION)

    def _of_magnitude(self, i: int) -> Numeral | None:
        """ "a quarter of a million", "three-quarters of a billion", "un quart de million", "четверть миллиона"."""
        words, j = self.words, i
        top = 1.0 if self.low(j) in words.articles or self.low(j) == "one" else words.small.get(self.low(j))
        if top is not None:
            j += 1
        elif self.low(j) not in words.fractions:
            return None
        j += self.low(j) == "-"
        part = words.fractions.get(self.low(j))
        if part is None:
            return None
        j += 1 + (self.low(j + 1) == "-")
        if self.low(j) in _OF:
            j += 1
        j += self.low(j) in words.articles
        scale = words.scales.get(self.low(j))
        if scale is None or scale < 1000:
            return None
        return self.make(i, j + 1, float(f"{(top or 1.0) * part * scale:.12g}"), Form.WORDS, scaled=True)

    def _is_step(self, i: int, after: str) -> bool:
        """Whether a share is by how much something moved: "fell by a third", "cut by half"."""
        return i > 0 and self.low(i - 1) == "by" and after in _AFTER_STEPS

    def _word(self, i: int) -> Numeral | None:
        low = self.low(i)
        if low == "another" and self.english:
            return self.make(i, i + 1, 1.0, Form.ANOTHER)
        if low in ORDINALS and self.english:
            return self.make(i, i + 1, ORDINALS[low], Form.ORDINAL)
        if low.endswith("fold") and (times := self.words.small.get(low[:-4]) or self.words.tens.get(low[:-4])):
            return self.make(i, i + 1, times, Form.FOLD)
        vague = self._vague(i)
        if vague or (self.english and low in {"several", "few", "couple"}):
            return vague
        words = self.words
        if low not in words.starts:
            if self.sentence.language in ("de", "it"):
                compound = german_compound if self.sentence.language == "de" else italian_compound
                value = compound(low, words.small, words.tens)
                return self.make(i, i + 1, value, Form.WORDS) if value else None
            return None
        fraction = self._halved(i) or self._fraction(i)
        if fraction or low == "half":
            return fraction
        return self._cardinal(i)

    def _halved(self, i: int) -> Numeral | None:
        """ "eine halbe Million", "un demi-million", "medio millón"."""
        j = i + (self.low(i) in self.words.articles)
        if self.low(j) not in self.words.halves:
            return None
        j += 1 + (self.low(j + 1) == "-")
        scale = self.words.scales.get(self.low(j))
        return self.make(i, j + 1, scale / 2, Form.WORDS, scaled=True) if scale else None

    def _cardinal(self, i: int) -> Numeral | None:
        words, j = self.words, i
        total, current, started = 0.0, 0.0, False
        if self.low(j) in words.articles:
            if self.low(j + 1) not in words.scales:
                return None
            current, started, j = 1.0, True, j + 1
        elif self.low(j) in words.scales and not (self.english or self.low(j) in {"million", "billion"}):
            current, started = 1.0, True
        end = j
        last_scale = _INFINITE
        while j < len(self.tokens):
            low = self.low(j)
            token: Token = self.tokens[j]
            if started and low == "-" and token.glued and j + 1 < len(self.tokens) and self.tokens[j + 1].glued:
                after = self.low(j + 1)
                composes = after in words.small or after in words.tens or (after in words.scales)
                french = self.sentence.language == "fr" and (current == 4 or current in (60, 80))
                if not composes or (after in words.small and current % 100 < 20 and not french):
                    break
                j += 1
                continue
            if low in words.small and low not in words.scales:
                value = words.small[low]
                seventy = self.sentence.language == "fr" and current in (60, 80) and 10 <= value < 20
                tens_before = seventy or (started and current % 100 >= 20 and current % 10 == 0 and 0 < value < 10)
                if started and not tens_before and not (current % 100 == 0 and (current or total) and value):
                    break
                current += value
            elif low in words.hundreds:
                if current or (started and not total):
                    break
                current += words.hundreds[low]
            elif low in words.ones and started and current % 100 >= 20 and current % 10 == 0:
                current += 1
            elif low in words.tens:
                if self.sentence.language == "fr" and low in {"vingt", "vingts"} and current == 4:
                    current = 0.0  # "quatre-vingts"
                    words_value = 80.0
                else:
                    words_value = words.tens[low]
                if started and current and not (current % 100 == 0 and (current or total)):
                    break
                current += words_value
            elif low in words.scales:
                scale = words.scales[low]
                if not started or (not current and total):
                    break
                if scale in (12, 100):
                    current = (current or 1.0) * scale
                elif scale >= last_scale:
                    total, current = (total + current) * scale, 0.0
                else:
                    total += (current or 1.0) * scale
                    current, last_scale = 0.0, scale
            elif low in words.joins and self.low(j + 1) in words.halves and total and not current:
                total += last_scale / 2  # "un million et demi"
                j += 1
            elif low in words.joins and started and self._joins(j, current, total):
                j += 1
                continue
            elif self.english and low == "and" and self.low(j + 1) == "a" and self.low(j + 2) == "half" and started:
                if total and not current:
                    total += last_scale / 2  # "a million and a half"
                else:
                    current += 0.5
                j += 2
            else:
                break
            started = True
            j += 1
            end = j
        if end == i:
            return None
        value = total + current
        scaled = bool(total) or current >= 100
        return self.make(i, end, value, Form.WORDS, scaled=scaled)

    def _joins(self, j: int, current: float, total: float) -> bool:
        after = self.low(j + 1)
        value = self.words.small.get(after, self.words.tens.get(after))
        if after in self.words.ones:
            return current % 100 >= 20 and current % 10 == 0
        if value is None or value == 0:
            return False
        if self.english:
            return (current >= 100 and current % 100 == 0) or (total > 0 and current == 0)
        return current > 0 or total > 0


_HALF_DID = wordset(
    "were are was is have had stayed went came voted left live lived died survived returned remain remained said fled"
)
_BEFORE_HALF = wordset("about around nearly almost over only than roughly just and but while . , ; :")
_AFTER_STEPS = wordset("in on since to from compared this last over and as but while after . , ;") | {""}
_OF = wordset("of der des de di du d' dei degli delle del della da do dos das")
_INFINITE = float("inf")
_RANGE_MARKS = frozenset("-–—") | {"to"}
_MANY = ("s", "en", "people", "police")
"""How English nouns of many people end."""
_FRACTION_SIGNS = frozenset("½¼¾⅓⅔⅛⅜⅝⅞⅕⅖⅗⅘⅙⅚")


def _money_before(tokens: list[Token], i: int) -> bool:
    """Whether a currency stands right before the digits at ``i``."""
    before = tokens[i - 1]
    return (before.kind is Kind.MARK and before.text in "$€£¥₴₽₹₪₺₩₦¢") or before.text in _CODES


_CODES = frozenset(
    form
    for group in ("currency", "before_only")
    for forms in load("units")[group].values()
    for form in forms
    if form.isupper() and form.isalpha() and len(form) > 1
)


def numerals(sentence: Sentence) -> list[Numeral]:
    """All numerals of a sentence in order, figures or not."""
    reader = _Reader(sentence)
    found: list[Numeral] = []
    i = 0
    openers, compounds = reader.words.openers, sentence.language in ("de", "it")
    while i < len(sentence.tokens):
        token = sentence.tokens[i]
        plain = (
            token.lower not in openers
            and not token.lower.endswith("fold")
            and token.text not in _FRACTION_SIGNS
            and not compounds
        )
        if token.kind is not Kind.NUMBER and plain:
            i += 1
            continue
        numeral = reader.at(i)
        if numeral is None:
            i += 1
            continue
        found.append(numeral)
        j = numeral.last
        if sentence.lower(j) == "-" and sentence.lower(j + 1) == "fold":
            numeral = reader.make(i, j + 2, numeral.low, Form.FOLD)
            found[-1] = numeral
        i = max(numeral.last, i + 1)
    return _shares(sentence, found) if sentence.language == "en" else found


_WHOLES = frozenset([3, 4, 5, 6, 7, 8, 9, 10, 12, 20, 50, 100, 1000, 10_000, 100_000, 1_000_000])


def _shares(sentence: Sentence, found: list[Numeral]) -> list[Numeral]:
    """Put "seven in 10 women" and "one out of every five homes" together as one fraction."""
    made: list[Numeral] = []
    for numeral in found:
        top = made[-1] if made else None
        between = [t.lower for t in sentence.tokens[top.last : numeral.first]] if top else []
        if top is not None and top.value == 1 and top.form is Form.WORDS and between[1:] == ["in"]:
            between = ["in"]  # "one house in ten"
        linked = between in (["in"], ["in", "every"], ["out", "of"], ["out", "of", "every"], ["of", "every"])
        plain = {Form.DIGITS, Form.WORDS}
        if top is None or not linked or {top.form, numeral.form} - plain or numeral.value not in _WHOLES:
            made.append(numeral)
            continue
        whole = numeral.value
        follows = sentence.lower(numeral.last)
        if not 0 < top.value < whole or follows in _SPANS or follows.startswith("-"):
            made.append(numeral)
            continue
        made[-1] = Numeral(
            top.first, numeral.last, top.start, numeral.end, top.value / whole, top.value / whole, Form.FRACTION
        )
    return made


_SPANS = wordset(
    "second seconds minute minutes hour hours day days week weeks month months year years games matches years"
)
