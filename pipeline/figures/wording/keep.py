"""What stays with a word of a clause and what may go, by how it hangs on it; and in which order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.figures.annotate import Parse
from pipeline.figures.wording import closed
from pipeline.figures.wording.bounds import is_condition, is_outcome, is_period, is_share

FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
ASKING = frozenset({"WDT", "WP", "WP$", "WRB"})
SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "csubjpass", "expl"})
_INWARD = frozenset({"prep", "pobj", "dobj", "conj", "acl", "nsubj", "nsubjpass", "npadvmod", "xcomp"})
_NUMERAL = re.compile(r"\d")

NEVER, JOINED, TIME, WHEN, MANNER, PURPOSE, AGENT, FAR, VAGUE = 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 4.1
RESTRICTIVE, LOOSE, BOUND, FIRM = 4.2, 5.0, 5.5, 6.0
"""In which order parts are left out where a wording is too long; ``NEVER`` are those that are left out always."""
EASY = RESTRICTIVE


@dataclass
class Clause:
    """The words kept of one clause, and what of them may go, in which order."""

    head: int
    kept: set[int] = field(default_factory=set)
    loose: list[tuple[float, int, frozenset[int]]] = field(default_factory=list)
    brackets: dict[int, str] = field(default_factory=dict)
    """Text that stands in brackets behind a word."""
    finite: bool = True
    subject: int | None = None
    where: str | None = None
    """The place that a clause with "where" belongs to."""
    phrase: bool = False
    """Whether it is a noun with its relative clause rather than a sentence."""
    claims_more: bool = False
    """Whether what stands above the clause colours it: "fears that", "if"."""
    reports: bool = False


def is_verb(parse: Parse, index: int) -> bool:
    return parse.words[index].tag.startswith(("VB", "MD"))


def subjects(parse: Parse, index: int) -> list[int]:
    return [child for child in parse.children(index) if parse.words[child].dep in SUBJECTS]


def auxiliaries(parse: Parse, index: int) -> list[int]:
    return [child for child in parse.children(index) if parse.words[child].dep in ("aux", "auxpass", "neg")]


def is_finite(parse: Parse, index: int) -> bool:
    """Whether a verb makes a sentence by itself or with the subject and auxiliaries of the verb it is joined to."""
    word = parse.words[index]
    if any(parse.words[child].tag in FINITE for child in auxiliaries(parse, index)):
        return True
    if any(parse.words[child].tag == "TO" for child in auxiliaries(parse, index)):
        return False
    if word.tag in FINITE:
        return True
    if word.dep == "conj" and is_verb(parse, word.head) and word.tag in ("VBN", "VBG", "VB"):
        return is_finite(parse, word.head)
    return word.tag == "VBN" and bool(subjects(parse, index)) and word.dep in ("ROOT", "ccomp", "conj")


def is_state(parse: Parse, index: int) -> bool:
    """Whether a participle behind a thing tells the state it is in rather than which one is meant."""
    word, thing = parse.words[index], parse.words[parse.words[index].head]
    state = word.dep == "acl" and word.tag == "VBN" and thing.dep == "dobj"
    return state and parse.words[thing.head].text.lower() in closed.WITH_STATE


def number_head(parse: Parse, span: tuple[int, int]) -> tuple[int, set[int]]:
    """The word of a number that hangs on what is outside of it, and all words of the number."""
    inside = {i for i, word in enumerate(parse.words) if word.start < span[1] and word.end > span[0]}
    if not inside:
        at = parse.at(span[0])
        return at, {at}
    last = max(inside)
    following = [word.text.lower() for word in parse.words[last + 1 : last + 3]]
    if (following[:1] == ["or"] and following[1:] in (["so"], ["more"], ["less"], ["fewer"])) or (
        following[:1] and following[0] in "-–" and parse.words[min(last + 2, len(parse.words) - 1)].text.isdigit()
    ):
        inside |= {last + 1, last + 2}
    tops = [i for i in inside if parse.words[i].head not in inside or parse.words[i].head == i]
    digits = [i for i in tops if parse.words[i].tag in ("CD", "NNS", "NN")] or tops
    return max(digits), inside


class Keeping:
    """Decides what of a parse stays, where ``on_path`` are the words from the number up to the root."""

    def __init__(self, parse: Parse, span: tuple[int, int]) -> None:
        self.parse = parse
        self.words = parse.words
        self.number, self.inside = number_head(parse, span)
        self.path = [self.number, *parse.ancestors(self.number)]
        self.on_path = set(self.path) | self.inside
        for index in self.inside:
            self.on_path.update(parse.ancestors(index))
        self.bracketed: set[int] = set()

    def when(self, made: Clause, at: int, child: int) -> float | None:
        """When a part goes: ``NEVER`` is kept at all, ``None`` never goes, else the order."""
        word = self.words[child]
        if child in self.bracketed:
            return NEVER
        if word.dep in ("punct", "intj", "meta", "preconj"):
            return None if word.dep == "punct" and self._is_glued(child) else NEVER
        if is_verb(self.parse, at):
            return self._under_verb(made, at, child)
        return self._under_noun(at, child)

    def _is_glued(self, index: int) -> bool:
        """Whether a mark belongs to the words beside it, as a hyphen or a sign of a currency does."""
        word = self.words[index]
        if word.text in (",", ".", ";", ":", "--", "—"):
            return False
        before = index > 0 and self.words[index - 1].end == word.start
        return (
            before and index + 1 < len(self.words) and self.words[index + 1].start == word.end
        ) or word.text in "%$£€"

    def _under_verb(self, made: Clause, at: int, child: int) -> float | None:
        word, low = self.words[child], self.words[child].text.lower()
        top = at == made.head
        if self.parted(at, child):
            return NEVER
        if word.dep in ("dobj", "npadvmod", "attr", "oprd") and child > at and self.after_comma(child):
            return NEVER
        if word.dep in ("cc", "conj"):
            return self._joined_verb(at, child)
        if word.dep in ("dep", "appos", "parataxis"):
            if word.dep == "parataxis" and is_verb(self.parse, child) and low not in closed.REPORTING:
                return None
            return NEVER
        if word.dep == "mark":
            return NEVER if top and low not in closed.CONDITIONS else None
        first = min(subjects(self.parse, at) or [at])
        fronted = top and child < first
        bound = self._bound(at, child, first)
        if bound is not False:
            return bound
        if word.dep == "advmod":
            return self._adverb(at, child, top)
        if word.dep == "npadvmod":
            return self._time_phrase(child, fronted)
        if word.dep in ("prep", "agent"):
            return self._preposition(child, fronted)
        if word.dep == "advcl":
            return self._adverbial(child, fronted)
        if word.dep == "ccomp" and low in closed.REPORTING:
            return NEVER
        if word.dep == "ccomp" and self.after_comma(child) and top:
            return NEVER
        return None

    def _bound(self, at: int, child: int, first: int) -> float | bool | None:
        """Likewise for what bounds the claim, or ``False`` where a part does not."""
        if is_condition(self.parse, child):
            return None
        if at not in self.on_path:
            return False
        if is_outcome(self.parse, child, self.number):
            return None
        verb = next((i for i in self.path if is_verb(self.parse, i)), None)
        if at == verb and (is_period(self.parse, child) or is_share(self.parse, child, first)):
            return BOUND
        return False

    def _joined_verb(self, at: int, child: int) -> float | None:
        """A second verb stays where there is room, if it has neither subject nor number of its own."""
        joined = [c for c in self.parse.children(at) if self.words[c].dep == "conj"]
        if any(self.words[c].text.lower() in ("or", "nor") for c in self.parse.children(at)):
            return None
        if any(c in self.on_path for c in joined):
            return None if self.words[child].dep == "cc" else NEVER
        if not joined or joined[0] in self.on_path or not is_verb(self.parse, joined[0]) or len(joined) > 1:
            return NEVER
        below = self.parse.subtree(joined[0])
        if subjects(self.parse, joined[0]) or any(self.words[i].tag == "CD" for i in below):
            return NEVER
        if self.words[joined[0]].tag == self.words[at].tag == "VBN":
            return LOOSE
        return JOINED

    def _adverb(self, at: int, child: int, top: bool) -> float | None:
        word, low = self.words[child], self.words[child].text.lower()
        if word.tag == "WRB":
            return NEVER if top else None
        if low in closed.LINKING:
            return NEVER
        below = {self.words[i].text.lower() for i in self.parse.subtree(child)}
        negated = any(self.words[c].dep == "neg" for c in self.parse.children(at))
        if low in closed.TIMES and not negated and below <= closed.TIMES | {"so", "long", "just"}:
            return TIME
        if below & (closed.HEDGES | closed.FALSELY):
            return None
        if low.endswith("ly"):
            return MANNER
        return FIRM

    def _time_phrase(self, child: int, fronted: bool) -> float | None:
        below = [self.words[i].text.lower() for i in self.parse.subtree(child)]
        if below[0] in ("a", "an", "each", "every", "per"):
            return None
        if not set(below) & closed.TIME_NOUNS:
            return None
        return NEVER if fronted else TIME

    def _preposition(self, child: int, fronted: bool) -> float | None:
        low = self.words[child].text.lower()
        below = self.parse.subtree(child)
        if low in closed.BESIDE and low != "including":
            return NEVER
        objects = [c for c in self.parse.children(child) if self.words[c].dep == "pobj"]
        if not self.parse.children(child) or self._completes(child):
            return None
        if any(self.words[c].tag in ("WDT", "WP") for c in objects):
            return None
        if fronted and self.words[child].tag == "VBG":
            return NEVER
        heads = {self.words[c].text.lower() for c in objects}
        if heads & closed.BESIDE or (self.after_comma(child) and self._has_number(child)):
            return NEVER
        year = any(re.fullmatch(r"(?:1[89]|20)\d\d", self.words[c].text) for c in objects)
        if heads & closed.TIME_NOUNS or year or low in closed.TIME_PREPOSITIONS:
            return NEVER if fronted else LOOSE if self._names_place(child) else TIME
        if fronted:
            named = any(self.words[i].tag.startswith("NNP") for i in below)
            return FAR if named and low in closed.PLACE_PREPOSITIONS else NEVER
        if self.words[child].dep == "agent" and self._hangs_beside(self.words[child].head):
            return None
        if self.words[child].dep == "agent":
            return LOOSE if any(self.words[i].tag.startswith("NNP") for i in below) else AGENT
        if self.words[self.words[child].head].lemma == "be" and child > self.words[child].head:
            return None
        if low in closed.PLACE_PREPOSITIONS and objects:
            return FAR if self._later_place(child) else FIRM
        if any(self.words[i].dep == "relcl" for i in below) and low not in ("of", "to"):
            return VAGUE
        return FIRM if low in ("of", "to", "per", "as", "than", "from") else LOOSE

    def _completes(self, child: int) -> bool:
        """Whether a preposition with a verb behind it says what is done: "looking into creating a zone"."""
        word = self.words[child]
        doing = any(self.words[c].dep == "pcomp" and self.words[c].tag == "VBG" for c in self.parse.children(child))
        return doing and word.head == child - 1 and word.text.lower() in closed.COMPLETING

    def _hangs_beside(self, verb: int) -> bool:
        """Whether the number is in no subject or object of a verb, but in a phrase beside it: "marked by X, in 53"."""
        beside = [c for c in self.parse.children(verb) if c in self.on_path]
        return any(self.words[c].dep in ("prep", "advcl", "npadvmod") for c in beside)

    def _names_place(self, child: int) -> bool:
        """Whether a part names what nothing else under the same word names: "since moving into Holm"."""
        inside = set(self.parse.subtree(child))
        near = inside - {
            i for c in inside if self.words[c].dep in ("relcl", "acl") and c != child for i in self.parse.subtree(c)
        }
        others = set(self.parse.subtree(self.words[child].head)) - inside
        return any(self._is_named(i) for i in near) and not any(self._is_named(i) for i in others)

    def _is_named(self, index: int) -> bool:
        word = self.words[index]
        if word.dep not in ("pobj", "dobj") or word.text.lower() in closed.TIME_NOUNS:
            return False
        return word.tag.startswith("NNP") or any(
            self.words[c].tag.startswith("NNP") and self.words[c].dep == "compound" for c in self.parse.children(index)
        )

    def _later_place(self, child: int) -> bool:
        """Whether a place goes before others: one without a name, where another is told before."""
        before = [
            other
            for other in self.parse.children(self.words[child].head)
            if self.words[child].head < other < child and self.words[other].text.lower() in closed.PLACE_PREPOSITIONS
        ]
        named = any(self._is_named(i) for i in self.parse.subtree(child))
        return any(not named or any(self._is_named(i) for i in self.parse.subtree(other)) for other in before)

    def event_place(self, made: Clause, kept: set[int]) -> set[int]:
        """The phrase that says where, taken from deeper in the clause, where what was kept names no place."""
        if any(
            self._is_named(i) and self.words[self.words[i].head].text.lower() in closed.PLACE_PREPOSITIONS for i in kept
        ):
            return set()
        stack, below = [made.head], []
        while stack:
            at = stack.pop()
            below.append(at)
            for child in self.parse.children(at):
                marks = {self.words[c].text.lower() for c in self.parse.children(child)}
                word = self.words[child]
                inward = word.dep in _INWARD or (word.dep == "advcl" and marks & {"when", "as"})
                own = word.dep == "conj" and bool(subjects(self.parse, child)) and bool(auxiliaries(self.parse, child))
                own = own or (
                    word.dep == "conj" and any(self.words[c].dep == "dobj" for c in self.parse.children(child))
                )
                own = own or word.text.lower() in closed.BESIDE or word.tag == "CD"
                own = own or any(self.words[c].tag == "CD" for c in self.parse.children(child) if c not in self.inside)
                if inward and not own and word.text.lower() not in closed.TIME_PREPOSITIONS:
                    stack.append(child)
        for at in sorted(below):
            if (
                at < self.number
                or self.words[at].dep != "prep"
                or self.words[at].text.lower() not in closed.PLACE_PREPOSITIONS
            ):
                continue
            objects = [c for c in self.parse.children(at) if self.words[c].dep == "pobj"]
            phrase = {i for c in objects for i in self._phrase(c)}
            between = [self.words[i].text for i in range(max([i for i in kept if i < at], default=at), at)]
            if any(self._is_named(i) for i in phrase) and not {"-", "–", "—", "--", ":", ";"} & set(between):
                return {at} | phrase
        return set()

    def _phrase(self, index: int) -> set[int]:
        """A noun with what belongs to its name and what is listed with it, and no clause or aside."""
        found, stack = set(), [index]
        while stack:
            at = stack.pop()
            found.add(at)
            stack += [
                c
                for c in self.parse.children(at)
                if self.words[c].dep in ("det", "compound", "amod", "poss", "case", "nmod", "pobj", "nummod")
                or (self.words[c].dep == "prep" and self.words[c].text.lower() == "of")
                or self._is_listed(at, c)
            ]
        return found

    def _is_listed(self, at: int, child: int) -> bool:
        """Whether a word, or what joins it, is of a list of names: "in Homs, Hama and Deraa" is no other place."""
        listed = [c for c in self.parse.children(at) if self.words[c].dep == "conj"]
        named = bool(listed) and all(self.words[c].tag.startswith("NNP") for c in listed)
        return named and self.words[child].dep in ("conj", "cc")

    def _adverbial(self, child: int, fronted: bool) -> float | None:
        marks = {
            self.words[c].text.lower() for c in self.parse.children(child) if self.words[c].dep in ("mark", "advmod")
        }
        if marks & closed.CONDITIONS:
            return None
        if (
            any(self.words[c].tag == "TO" for c in self.parse.children(child))
            and not fronted
            and not self.after_comma(child)
        ):
            return PURPOSE
        if fronted or not marks & closed.WHEN:
            return NEVER
        return LOOSE if self._names_place(child) else NEVER if self._has_number(child) else WHEN

    def _has_number(self, child: int) -> bool:
        below = (self.words[i] for i in self.parse.subtree(child))
        return any(word.tag == "CD" or _NUMERAL.search(word.text) for word in below)

    def _under_noun(self, at: int, child: int) -> float | None:
        word = self.words[child]
        if is_state(self.parse, child):
            return None
        if word.dep in ("relcl", "acl"):
            if self.after_comma(child):
                return NEVER
            if self.words[self.words[at].head].text.lower() in closed.TIME_PREPOSITIONS | {"as", "with"}:
                return None
            if self.words[at].dep in closed.ACTORS and at not in self.on_path:
                return RESTRICTIVE
            return LOOSE if at in self.on_path else FIRM
        if word.dep == "appos":
            return NEVER if self.after_comma(child) or child - at > 4 else FIRM
        if word.dep in ("conj", "cc"):
            return self._joined_noun(at, child)
        if word.dep == "prep":
            low = word.text.lower()
            if low in ("of", "per", "than") or (at in self.on_path and low == "in"):
                return None if low != "in" else FIRM
            objects = {self.words[c].text.lower() for c in self.parse.children(child)}
            if objects & closed.TIME_NOUNS or low in closed.TIME_PREPOSITIONS:
                return TIME
            if self.after_comma(child):
                return NEVER
            return VAGUE if any(self.words[i].dep in ("relcl", "acl") for i in self.parse.subtree(child)) else LOOSE
        if (word.dep == "advcl" and child < at) or (word.dep == "advmod" and child > at and self.after_comma(child)):
            return NEVER
        if word.dep in ("dep", "parataxis", "advcl", "ccomp"):
            return NEVER if self.after_comma(child) else LOOSE
        return None

    def _joined_noun(self, at: int, child: int) -> float | None:
        """Joined phrases stay together, unless the other one has a number of its own."""
        joined = [c for c in self.parse.children(at) if self.words[c].dep == "conj"]
        numbers = any(
            self.words[i].tag == "CD" or _NUMERAL.search(self.words[i].text)
            for c in joined
            for i in self.parse.subtree(c)
        )
        if any(is_verb(self.parse, c) for c in joined):
            return NEVER
        if any(self.words[c].text.lower() in ("or", "nor") for c in self.parse.children(at)):
            return None
        if at in self.on_path and numbers:
            return NEVER
        return None if at not in self.on_path else RESTRICTIVE

    def after_comma(self, child: int) -> bool:
        first = self.parse.subtree(child)[0]
        return first > 0 and self.words[first - 1].text in (",", "-", "–", "—", "--", ":", ";")

    def parted(self, above: int, below: int) -> bool:
        """Whether a colon, semicolon or dash stands between a word and what hangs on it."""
        part = self.parse.subtree(below)
        between = range(above + 1, part[0]) if above < part[0] else range(part[-1] + 1, above)
        return any(self.words[i].text in (";", ":", "--", "—", "–") for i in between)
