"""Which of several clauses says a figure best: evidence, weighed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.figures.annotate import Parse
from pipeline.figures.annotate.model import stem
from pipeline.figures.wording import closed, punctuated
from pipeline.figures.wording.bounds import lost_bounds, lost_conditions
from pipeline.figures.wording.clause import Builder
from pipeline.figures.wording.drops import borrowed, faults, fuller, has_other_subject_near, holds, is_whole
from pipeline.figures.wording.keep import (
    ASKING,
    BOUND,
    EASY,
    FINITE,
    FIRM,
    Clause,
    is_finite,
    is_state,
    is_verb,
    subjects,
)
from pipeline.figures.wording.punctuated import LONGEST, PRINT, SHORTEST
from pipeline.figures.wording.render import length, tidy, written
from pipeline.figures.wording.repair import repaired

WEIGHTS = {
    "no verb": -2.0,
    "no subject": -1.5,
    "claims more": -4.0,
    "pronoun": -1.6,
    "possessive": -1.5,
    "over print length": -0.08,
    "under four words": -1.0,
    "dangling": -3.0,
    "other number": -0.7,
    "says who": -1.0,
    "counted noun": 1.5,
    "place": 0.5,
    "torn": -3.0,
    "dash": -1.0,
    "stops short": -2.0,
    "phrase": -1.0,
    "lost action": -1.2,
    "by punctuation": -1.0,
    "badly left out": -2.5,
    "opens on a verb": -2.0,
    "lost condition": -5.0,
    "lost bound": -0.6,
}
"""Set by hand so that what is false outweighs what is unclear, and that what is long; tuned on four labelled topics."""

_MEANT = frozenset({"nsubj", "nsubjpass"})
_UNFINISHED = ASKING | {"DT", "PRP$", "CC"}
_DASH = re.compile(r"[^\W\d]\s(?:--?|–|—)\s[^\W\d]{2}")
_NUMBER = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class Known:
    """What reading knows of a figure, as evidence; ``noun`` is shown in brackets where the number has none."""

    counted: str | None = None
    noun: str | None = None
    place: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A wording and the evidence for and against it."""

    text: str
    score: float
    parse: Parse
    kept: frozenset[int]
    head: int
    number: int
    claims_more: bool
    to_check: bool
    """Whether words were left out inside, so that only a parse tells whether it still is one clause."""

    @property
    def plain(self) -> str:
        """The wording without brackets, as it is parsed."""
        return self.text.replace("[", "").replace("]", "")

    @property
    def is_part(self) -> bool:
        """Whether it lacks the share or the period of which its number was counted."""
        return lost_bounds(self.parse, set(self.kept), self.number) > 0

    def holds(self, made: Parse | None) -> bool:
        """Whether the parse of the wording bears it out."""
        return holds(made, self.parse, set(self.kept), self.head, self.number)


def _candidate(builder: Builder, clause: Clause, text: str, score: float, *, check: bool) -> Candidate:
    kept = clause.kept
    check = check and clause.finite and not is_whole(builder.parse, kept)
    return Candidate(
        text, score, builder.parse, frozenset(kept), clause.head, builder.number, clause.claims_more, check
    )


def shortened(sentence: str, builder: Builder, clause: Clause, must: set[int]) -> str | None:
    """The clause in words, without as many of its loose parts as the length asks for; ``None`` if it is too long."""
    parse = builder.parse
    kept = set(clause.kept)
    if (whole := fuller(parse, clause)) > kept:
        text = written(sentence, parse, whole, clause.brackets)
        if length(text) <= LONGEST:
            clause.kept = whole
            return text
    text = written(sentence, parse, kept, clause.brackets)
    shared = borrowed(parse, clause.head, clause.subject)
    # What bounds the claim takes no room from the claim itself.
    bounds = [part for when, _, part in clause.loose if when == BOUND]
    print_length = LONGEST if clause.finite else min(LONGEST, PRINT + sum(map(len, bounds)))
    loose = [part for part in clause.loose if not any(part[2] < whole for whole in bounds)]
    for limit, most, soundly in ((print_length, EASY, True), (LONGEST, FIRM, True), (LONGEST, FIRM, False)):
        order = sorted((part for part in loose if part[0] <= most), key=lambda part: (part[0], -part[1]))
        for _, root, subtree in order:
            if length(text) <= limit:
                break
            if root in kept and not subtree & must:
                left = _without_loose_end(parse, kept - (subtree - _particles(parse, subtree)), must)
                if soundly and faults(parse, left, clause.head, shared) > faults(parse, kept, clause.head, shared):
                    continue
                kept = left
                text = written(sentence, parse, kept, clause.brackets)
    place = builder.event_place(clause, kept) if not clause.where else set()
    if place:
        with_place = written(sentence, parse, kept | place, clause.brackets)
        if length(with_place) <= LONGEST:
            kept, text = kept | place, with_place
    whole = _whole_quantities(parse, _without_loose_end(parse, kept, must), must)
    if whole != kept:
        kept, text = whole, written(sentence, parse, whole, clause.brackets)
    clause.kept = kept
    if clause.where and length(text) + length(clause.where) <= LONGEST:
        text += f" [{clause.where}]"
    return text if length(text) <= LONGEST else None


_QUANTITIES = tuple(
    tuple(words.split())
    for words in ("up to", "at least", "at most", "more than", "less than", "fewer than", "as many as", "as much as")
)


def _whole_quantities(parse: Parse, kept: set[int], must: set[int]) -> set[int]:
    """With all words of "up to" and its like where the number behind is kept, and none of them where it is not."""
    found = set(kept)
    lows = [word.text.lower() for word in parse.words]
    for index in range(len(lows) - 1):
        for words in _QUANTITIES:
            end = index + len(words)
            if tuple(lows[index:end]) != words:
                continue
            group = set(range(index, end))
            if end in found and group & found:
                found |= group
            elif end not in found and not group & must:
                found -= group
    return found


def _particles(parse: Parse, part: frozenset[int]) -> set[int]:
    """An adverb in front of a part that belongs to the verb before it: "turned away in March"."""
    first = min(part)
    if (
        len(part) > 2
        and first
        and parse.words[first].tag in ("RB", "RP")
        and parse.words[first - 1].tag.startswith("V")
    ):
        return {first} if parse.words[first].text.lower() not in closed.TIMES | {"so"} else set()
    return set()


def _is_time(parse: Parse, index: int) -> bool:
    return any(parse.words[i].text.lower() in closed.TIME_NOUNS for i in (index, *parse.children(index)))


def _is_loose_end(parse: Parse, last: int) -> bool:
    word = parse.words[last]
    if word.dep == "acl" and word.tag in ("VBN", "VBG") and not is_state(parse, last):
        lost = [child for child in parse.children(last) if child > last]
        return not all(_is_time(parse, child) for child in lost)
    compares = word.tag in ("JJR", "RBR") and [after.text for after in parse.words[last + 1 : last + 2]] == ["than"]
    return compares or word.tag in ("IN", "CC", "DT", "TO", ",")


def _without_loose_end(parse: Parse, kept: set[int], must: set[int]) -> set[int]:
    """Without a preposition at the end whose noun was left out."""
    left = sorted(kept)
    while left and left[-1] not in must and _is_loose_end(parse, left[-1]):
        if parse.words[left[-1]].tag == "IN" and not parse.children(left[-1]):
            break  # "unaccounted for"
        left.pop()
    return set(left)


def candidates(
    sentence: str,
    parse: Parse,
    span: tuple[int, int],
    known: Known,
) -> list[Candidate]:
    """The clauses of a number by the parse, with their scores."""
    parse = repaired(parse)
    builder = Builder(parse, span)
    found = []
    for clause in builder.clauses():
        vague = parse.words[builder.number].tag != "CD"
        if known.noun and _is_bare(parse, builder) and (not vague or known.noun == "people"):
            shared = clause.brackets.get(builder.number)
            noun = f"of {known.noun}" if vague else known.noun
            clause.brackets[builder.number] = f"{noun} {shared}" if shared else noun
        text = shortened(sentence, builder, clause, builder.inside | set(builder.path) & clause.kept)
        if text and length(text) >= SHORTEST:
            found.append(_candidate(builder, clause, text, _score(builder, clause, text, known), check=True))
            found += _filled(sentence, builder, clause, known)
    found += _others(sentence, builder, span, known)
    return found


def _filled(sentence: str, builder: Builder, clause: Clause, known: Known) -> list[Candidate]:
    """The same clause with all that stands between its first and its last word, where it is not too long."""
    if clause.brackets or clause.where or is_whole(builder.parse, clause.kept):
        return []
    kept = set(range(min(clause.kept), max(clause.kept) + 1))
    text = written(sentence, builder.parse, kept, {})
    if length(text) > LONGEST:
        return []
    filled = replace(clause, kept=kept)
    return [_candidate(builder, filled, text, _score(builder, filled, text, known), check=False)]


def _others(sentence: str, builder: Builder, span: tuple[int, int], known: Known) -> list[Candidate]:
    """The clause by punctuation, one with "with" and one that lacks the auxiliaries of the one before."""
    found = []
    parse = builder.parse
    where = punctuated.clause(sentence, span, "en")
    if where:
        kept = {i for i, word in enumerate(parse.words) if word.start >= where[0] and word.end <= where[1]}
        clause = _pseudo(parse, builder, kept)
        text = tidy(sentence[where[0] : where[1]])
        if kept and builder.number in kept:
            score = _score(builder, clause, text, known) + WEIGHTS["by punctuation"]
            found.append(_candidate(builder, clause, text, score, check=False))
    for headed, bonus in (*absolute(builder, known.noun), *gapped(builder, known.noun)):
        said = shortened(sentence, builder, headed, builder.inside)
        if said and length(said) >= SHORTEST:
            score = bonus + _score(builder, headed, said, known)
            found.append(_candidate(builder, headed, said, score, check=False))
    return found


def _pseudo(parse: Parse, builder: Builder, kept: set[int]) -> Clause:
    verbs = [i for i in kept if is_verb(parse, i) and is_finite(parse, i)]
    heads = [i for i in builder.path if i in verbs]
    head = heads[0] if heads else builder.number
    clause = Clause(head, kept=kept)
    own = [c for c in subjects(parse, head) if c in kept] if heads else []
    clause.subject = own[0] if own else None
    clause.finite = bool(heads)
    clause.claims_more = builder.is_coloured(head) if heads else False
    return clause


def absolute(builder: Builder, noun: str | None) -> list[tuple[Clause, float]]:
    """ "…, with 12 of them missing": what follows "with" says it in the manner of a headline."""
    for at in builder.path:
        word = builder.words[at]
        if word.text.lower() in ("with", "including") and word.dep == "prep" and builder.words[at - 1].text == ",":
            clause = Clause(at, finite=False)
            builder.take(clause, at)
            clause.kept.discard(at)
            verbal = [i for i in clause.kept if i > builder.number and builder.words[i].tag in ("VBN", "VBG", "JJ")]
            if verbal:
                if noun and builder.words[builder.number + 1].tag in ("VBN", "VBG"):
                    clause.brackets[builder.number] = noun
                return [(clause, 4.0)]
    return []


def _is_participle(parse: Parse, index: int) -> bool:
    """Whether a word behind a bare number tells what was done to it, and nothing that it did."""
    word, after = parse.words[index], parse.words[min(index + 1, len(parse.words) - 1)]
    acts = any(parse.words[c].dep in ("dobj", "aux", "auxpass") for c in parse.children(index))
    plain = word.lemma not in ("have", "be", "do") and not after.tag.startswith("N")
    return word.tag in ("VBN", "VBD") and plain and not acts


def gapped(builder: Builder, noun: str | None) -> list[tuple[Clause, float]]:
    """ "40 people were killed, 12 injured": the auxiliaries are those of the verb before."""
    words, last = builder.words, max(builder.inside)
    if last + 1 >= len(words) or words[last].tag != "CD" or not _is_participle(builder.parse, last + 1):
        return []
    first = min(builder.inside)
    verbs = [
        i
        for i in range(first)
        if words[i].tag == "VBN"
        and any(words[c].dep in ("aux", "auxpass") and words[c].tag != "TO" for c in builder.parse.children(i))
    ]
    if not verbs or words[first - 1].tag not in (",", "CC", "RB", "IN", "JJR", "RBS"):
        return []
    verb = verbs[-1]
    helping = [c for c in builder.parse.children(verb) if words[c].dep in ("aux", "auxpass") and c < verb]
    opens = first
    while opens > 0 and words[opens - 1].tag not in (",", "CC") and first - opens < 3:
        opens -= 1
    closes = last + 1
    while closes + 1 < len(words) and words[closes + 1].tag not in (",", "CC", ".", ":"):
        closes += 1
    clause = Clause(last + 1, kept=set(range(opens, closes + 1)), subject=builder.number)
    counts = [
        c for c in subjects(builder.parse, verb) if any(words[d].dep == "nummod" for d in builder.parse.children(c))
    ]
    noun = noun or (words[counts[0]].text if counts else None)
    clause.brackets[last] = " ".join(filter(None, (noun, *(words[c].text for c in helping))))
    return [(clause, 3.0)]


def _is_bare(parse: Parse, builder: Builder) -> bool:
    """Whether a number is itself what something happens to, without a noun of its own or "of" one."""
    word = parse.words[builder.number]
    if word.dep not in ("nsubj", "nsubjpass", "dobj"):
        return False
    first = min(builder.inside)
    if first and parse.words[first - 1].text.lower() in ("to", "from", "at", "by"):
        return False
    after = [word.tag for word in parse.words[builder.number + 1 : builder.number + 3]]
    if after and (
        after[0].startswith(("N", "J")) or (after[0] in ("VBN", "VBG") and after[1:][:1] in (["NNS"], ["NN"]))
    ):
        return False
    return not any(parse.words[c].dep in ("prep", "nmod", "appos") for c in parse.children(builder.number))


def _score(builder: Builder, clause: Clause, text: str, known: Known) -> float:
    parse = builder.parse
    shown = [parse.words[i] for i in sorted(clause.kept)]
    lows = text.lower()
    marks: dict[str, float] = {}
    marks["no verb"] = not clause.finite and clause.subject is None
    marks["no subject"] = clause.subject is None
    marks["claims more"] = clause.claims_more
    marks["pronoun"] = any(_is_open(parse, builder, clause, i) for i in clause.kept)
    marks["possessive"] = any(
        parse.words[i].text.lower() in closed.POSSESSIVES
        and parse.words[i].dep == "poss"
        and not _resolved(parse, clause, i)
        for i in clause.kept
    )
    marks["over print length"] = max(0, length(text) - PRINT)
    marks["under four words"] = length(text) < 4
    marks["dangling"] = max(
        # A preposition may belong to its verb ("unaccounted for"); an article or "and" always wants more.
        2 * (shown[-1].tag in _UNFINISHED) or shown[-1].text.lower() in closed.DANGLING,
        shown[0].tag in ASKING,
        any(_asks_of_nothing(parse, clause, i) for i in clause.kept),
    )
    inside = {parse.words[i].start for i in builder.inside}
    others = [word for word in shown if _NUMBER.match(word.text) and word.start not in inside]
    marks["other number"] = min(3, sum(not _is_year(word.text) for word in others))
    marks["says who"] = clause.reports
    marks["counted noun"] = known.counted is not None and known.counted.split()[-1].lower() in lows
    marks["place"] = known.place is not None and known.place.lower() in lows
    if known.action:
        happened = stem(known.action.split()[0])
        marks["lost action"] = any(word.lemma == happened for word in parse.words) and not any(
            word.lemma == happened for word in shown
        )
    marks["dash"] = bool(_DASH.search(text))
    marks["stops short"] = _stops_short(parse, builder, clause)
    marks["phrase"] = clause.phrase
    marks["torn"] = _is_torn(parse, builder, clause)
    marks["opens on a verb"] = shown[0].tag in FINITE
    shared = borrowed(parse, clause.head, clause.subject)
    far = any(has_other_subject_near(parse, clause.kept, i) for i in clause.kept & builder.on_path)
    marks["badly left out"] = min(2.0, faults(parse, clause.kept, clause.head, shared) + 2 * far)
    marks["lost condition"] = lost_conditions(parse, clause.kept, clause.head, builder.number)
    marks["lost bound"] = lost_bounds(parse, clause.kept, builder.number)
    return sum(WEIGHTS[name] * float(value) for name, value in marks.items())


def _stops_short(parse: Parse, builder: Builder, clause: Clause) -> int:
    """How many verbs were left out behind their nouns: "people and engineers", who "have come"; "900", who "are"."""
    short = sum(
        last + 1 < len(parse.words)
        and parse.words[last].tag.startswith(("N", "CD"))
        and last + 1 not in clause.kept
        and parse.words[last + 1].tag in ("VBD", "VBZ", "VBP", "MD")
        and parse.words[last + 1].dep not in ("relcl", "acl")
        for last in {max(clause.kept), max(builder.inside)}
    )
    unsaid = [c for c in parse.children(clause.head) if parse.words[c].dep == "ccomp" and c not in clause.kept]
    reports = parse.words[clause.head].text.lower() in closed.REPORTING and builder.number > clause.head
    said = (c for c in parse.children(clause.head) if parse.words[c].dep == "dobj" and c in builder.on_path)
    nothing = parse.words[clause.head].lemma == "say" and any(said)
    return short + nothing + (reports and any(c > builder.number for c in unsaid))


def _is_torn(parse: Parse, builder: Builder, clause: Clause) -> bool:
    """Whether a part behind a comma follows other words in the wording than in the sentence."""
    low, high = sorted((clause.head, builder.number))
    if any(parse.words[i].text in (";", ":") and i not in clause.kept for i in range(low, high)):
        return True
    for index in builder.path:
        opens = (
            parse.words[index].dep in ("advcl", "acl", "appos", "dobj", "npadvmod")
            or parse.words[index].text.lower() == "including"
        )
        if opens and index in clause.kept and index != clause.head:
            first = parse.subtree(index)[0]
            if first > 1 and parse.words[first - 1].text == "," and first - 2 not in clause.kept:
                return True
    return False


def _asks_of_nothing(parse: Parse, clause: Clause, index: int) -> bool:
    """Whether a word is the "whom" of "four of whom were killed" and what it stands for is left out."""
    if parse.words[index].tag not in ASKING:
        return False
    over = next((i for i in parse.ancestors(index) if parse.words[i].dep == "relcl"), None)
    return over is not None and parse.words[over].head not in clause.kept


def _is_year(text: str) -> bool:
    return bool(re.fullmatch(r"(?:1[89]|20)\d\d", text))


def _is_open(parse: Parse, builder: Builder, clause: Clause, index: int) -> bool:
    """Whether a word is a subject that is a pronoun for what the wording does not name."""
    word = parse.words[index]
    if word.dep not in _MEANT:
        return False
    if word.text.lower() in ("one", "ones", "those") and index == clause.subject:
        return index not in builder.inside
    if word.text.lower() not in closed.PRONOUNS:
        return False
    if word.tag in ("WDT", "WP", "DT") and parse.words[word.head].dep == "relcl":
        return False
    if word.text.lower() == "it" and any(
        parse.words[c].dep in ("ccomp", "xcomp", "csubj", "advcl") and c in builder.on_path
        for c in parse.children(word.head)
        if word.dep == "nsubjpass" or parse.words[word.head].lemma == "be"
    ):
        return False
    return not _resolved(parse, clause, index)


def _resolved(parse: Parse, clause: Clause, index: int) -> bool:
    """Whether a noun that a pronoun may mean stands before it in the same wording; not the one it hangs on itself."""
    above = set(parse.ancestors(index))
    return any(
        i < index and i not in above and parse.words[i].tag.startswith("N") and parse.words[i].dep in _MEANT
        for i in clause.kept
    )
