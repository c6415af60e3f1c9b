"""Which of several clauses says a figure best: evidence, weighed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from pipeline.figures.annotate import Parse
from pipeline.figures.wording import closed, punctuated
from pipeline.figures.wording.clause import Builder
from pipeline.figures.wording.credit import room_beside
from pipeline.figures.wording.drops import borrowed, faults, fuller, holds, is_whole
from pipeline.figures.wording.evidence import Known, flaws, left_out, shape
from pipeline.figures.wording.keep import (
    BOUND,
    EASY,
    FIRM,
    Clause,
    auxiliaries,
    is_finite,
    is_state,
    is_verb,
    subjects,
)
from pipeline.figures.wording.punctuated import LONGEST, PRINT, SHORTEST
from pipeline.figures.wording.render import length, tidy, written
from pipeline.figures.wording.repair import repaired

SET = {
    "claims more": -4.0,
    "lost condition": -5.0,
    "said by nobody": -2.0,
    "verbs unjoined": -3.0,
    "time cut": -3.0,
    "run together": -1.5,
    "cut in front": -0.35,
    "other number": -0.3,
    "over a joined one": -1.5,
    "over a verb": -1.0,
    "over a noun": -0.5,
    "lost rate": -2.0,
    "lost matter": -1.5,
    "lost completion": -1.0,
    "opens within": -0.5,
    "ends within": -0.5,
    "acts for another": -1.5,
    "subject alone": -1.5,
}
"""What weighs on top of what was fitted: marks of what is false or glued together, too rare among the wordings that
readers judged to be learned; and a number of something else, which readers bear, but which is not what is told."""
CUT, LONG = 0.45, 0.05
"""What a wording without … may be less sure, and one shorter by a word over print length, in log-odds. Of 100 wordings
chosen on topics left out 16 have a … in place of 22, and one less is true."""


@cache
def weights() -> dict[str, float]:
    """The shipped weights of marks, in log-odds; that of "" is what any wording begins with.

    Fitted on what readers held true and clear (``python -m benchmarks.train_wording``).
    """
    text = resources.files(__package__).joinpath("weights.json").read_text(encoding="utf-8")
    found: dict[str, float] = json.loads(text)
    return found


def weighed(marks: Mapping[str, float], by: Mapping[str, float]) -> float:
    """The log-odds that ``marks`` come to, by weights of this form."""
    return by.get("", 0.0) + sum(by.get(name, 0.0) * value for name, value in marks.items())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A wording and the evidence for and against it; ``score`` is how likely it is true and clear, in log-odds."""

    text: str
    score: float
    parse: Parse
    kept: frozenset[int]
    head: int
    number: int
    claims_more: bool
    marks: dict[str, float]
    to_check: bool
    """Whether words were left out inside, so that only a parse tells whether it still is one clause."""

    @property
    def sure(self) -> float:
        """How likely it is true to its sentence and clear by itself, as a probability."""
        return 1.0 / (1.0 + math.exp(-self.score))

    @property
    def plain(self) -> str:
        """The wording without brackets, as it is parsed."""
        return self.text.replace("[", "").replace("]", "")

    def holds(self, made: Parse | None) -> bool:
        """Whether the parse of the wording bears it out."""
        return holds(made, self.parse, set(self.kept), self.head, self.number)


def _candidate(
    builder: Builder, clause: Clause, text: str, known: Known, kind: str, *, check: bool = False
) -> Candidate:
    kept = clause.kept
    check = check and clause.finite and not is_whole(builder.parse, kept)
    wrong = flaws(builder, clause, text, known)
    text = f"… {text}" if wrong["lost bound"] and "…" not in text else text
    lost = left_out(builder, clause)
    marks = wrong | lost | shape(builder, clause, text, known, lost) | {f"is {kind}": 1.0}
    score = weighed(marks, weights()) + weighed(marks, SET)
    score -= CUT * ("…" in text) + LONG * max(0, length(text) - PRINT)
    return Candidate(
        text, score, builder.parse, frozenset(kept), clause.head, builder.number, clause.claims_more, marks, check
    )


def shortened(sentence: str, builder: Builder, clause: Clause, must: set[int], room: int = LONGEST) -> str | None:
    """The clause in words, without as many of its loose parts as the length asks for; ``None`` if it takes more than
    ``room`` words."""
    parse = builder.parse
    kept = set(clause.kept)
    if (whole := fuller(parse, clause)) > kept:
        text = written(sentence, parse, whole, clause.brackets)
        if length(text) <= room:
            clause.kept = whole
            return text
    text = written(sentence, parse, kept, clause.brackets)
    shared = borrowed(parse, clause.head, clause.subject)
    # What bounds the claim takes no room from the claim itself.
    bounds = [part for when, _, part in clause.loose if when == BOUND]
    print_length = room if clause.finite else min(room, PRINT + sum(map(len, bounds)))
    loose = [part for part in clause.loose if not any(part[2] < whole for whole in bounds)]
    for limit, most, soundly in ((print_length, EASY, True), (room, FIRM, True), (room, FIRM, False)):
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
        if length(with_place) <= room:
            kept, text = kept | place, with_place
    whole = _whole_quantities(parse, _without_loose_end(parse, kept, must), must)
    if whole != kept:
        kept, text = whole, written(sentence, parse, whole, clause.brackets)
    clause.kept = kept
    if clause.where and length(text) + length(clause.where) <= room:
        text += f" [{clause.where}]"
    return text if length(text) <= room else None


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
    """All wordings of a number at ``span`` of a parsed English sentence, in no order."""
    parse = repaired(parse)
    builder = Builder(parse, span)
    found: dict[str, Candidate] = {}
    rooms = [LONGEST, *([room_beside(known.speaker)] if known.speaker else [])]
    for room in rooms:
        for n, clause in enumerate(builder.clauses(), 1):
            _resolve(builder, clause, known)
            text = shortened(sentence, builder, clause, builder.inside | set(builder.path) & clause.kept, room)
            if text and length(text) >= SHORTEST and text not in found:
                found[text] = _candidate(builder, clause, text, known, f"clause {n}", check=True)
                found.update((one.text, one) for one in _filled(sentence, builder, clause, known, room))
    made = [*found.values(), *_others(sentence, builder, span, known)]
    plain = {one.text for one in made}
    # Where a clause ends at the cut, nothing that it says is cut.
    return made + [one for one in _uncut(sentence, builder, span, known) if one.text.strip(" …") not in plain]


def _resolve(builder: Builder, clause: Clause, known: Known) -> None:
    """Put the noun of a number that has none in brackets."""
    vague = builder.words[builder.number].tag != "CD"
    if _is_of_some(builder.parse, builder.number):
        return
    if known.noun and _is_bare(builder.parse, builder) and (not vague or known.noun == "people"):
        shared = clause.brackets.get(builder.number)
        noun = f"of {known.noun}" if vague else known.noun
        clause.brackets[builder.number] = f"{noun} {shared}" if shared else noun


def _is_of_some(parse: Parse, number: int) -> bool:
    """Whether "of the arrests, 21 …" names what is counted in front of the number."""
    ofs = (i for i in range(number) if parse.words[i].text.lower() in ("of", "among") and parse.words[i].dep == "prep")
    counted = (c for i in ofs for c in parse.children(i) if c < number and parse.words[c].tag in ("NNS", "DT", "PRP"))
    return any(parse.words[i].text == "," for c in counted for i in range(c + 1, number))


def _filled(sentence: str, builder: Builder, clause: Clause, known: Known, room: int) -> list[Candidate]:
    """The same clause with all that stands between its first and its last word, where it is not too long."""
    if clause.brackets or clause.where or is_whole(builder.parse, clause.kept):
        return []
    kept = set(range(min(clause.kept), max(clause.kept) + 1))
    text = written(sentence, builder.parse, kept, {})
    if length(text) > room:
        return []
    filled = replace(clause, kept=kept)
    return [_candidate(builder, filled, text, known, "filled")]


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
            found.append(_candidate(builder, clause, text, known, "punctuated"))
    for headed in (*absolute(builder, known.noun), *gapped(builder, known.noun)):
        said = shortened(sentence, builder, headed, builder.inside)
        if said and length(said) >= SHORTEST:
            found.append(_candidate(builder, headed, said, known, "elided"))
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


def absolute(builder: Builder, noun: str | None) -> list[Clause]:
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
                return [clause]
    return []


def _is_participle(parse: Parse, index: int) -> bool:
    """Whether a word behind a bare number tells what was done to it, and nothing that it did."""
    word, after = parse.words[index], parse.words[min(index + 1, len(parse.words) - 1)]
    acts = any(parse.words[c].dep in ("dobj", "aux", "auxpass") for c in parse.children(index))
    plain = word.lemma not in ("have", "be", "do") and not after.tag.startswith("N")
    return word.tag in ("VBN", "VBD") and plain and not acts


def gapped(builder: Builder, noun: str | None) -> list[Clause]:
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
    return [clause]


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


def _uncut(sentence: str, builder: Builder, span: tuple[int, int], known: Known) -> list[Candidate]:
    """The sentence itself, and the sentence cut around the number."""
    places = {(0, len(sentence)): tidy(sentence)}
    for opening in (None, *_openings(builder, span[0])):
        place = punctuated.around(sentence, span, "en", opening)
        if opening in (None, place[0]):
            places.setdefault(place, punctuated.marked(sentence, place))
    found = []
    for (start, end), text in places.items():
        kept = {i for i, word in enumerate(builder.words) if word.start >= start and word.end <= end}
        kind = "sentence" if (start, end) == (0, len(sentence)) else "cut"
        if builder.number in kept:
            found.append(_candidate(builder, _pseudo(builder.parse, builder, kept), text, known, kind))
    return found


def _openings(builder: Builder, number: int) -> list[int]:
    """Where what stands above the number begins: its clauses, with their subjects, and what colours them.

    A cut there tears nothing apart.
    """
    parse = builder.parse
    firsts = set()
    for at in builder.path:
        if is_verb(parse, at):
            own = (*subjects(parse, at), *auxiliaries(parse, at))
            firsts.add(min([at, *(min(parse.subtree(c)) for c in own)]))
        elif any(parse.words[c].dep in ("acl", "ccomp") and c in builder.on_path for c in parse.children(at)):
            firsts.add(min(i for i in parse.subtree(at) if i <= at))
    return sorted({start for at in firsts if 0 < (start := parse.words[at].start) <= number})
