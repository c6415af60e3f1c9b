"""What speaks for and against a wording: what was kept of its sentence, what was left out, and what hung on what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from pipeline.figures.annotate import Parse
from pipeline.figures.annotate.model import stem
from pipeline.figures.wording import closed
from pipeline.figures.wording.bounds import lost_bounds, lost_conditions
from pipeline.figures.wording.clause import Builder
from pipeline.figures.wording.core import PLAIN
from pipeline.figures.wording.credit import credit
from pipeline.figures.wording.drops import borrowed, faults, has_other_subject_near
from pipeline.figures.wording.gaps import gaps
from pipeline.figures.wording.keep import ASKING, FINITE, Clause, is_finite, is_verb, subjects
from pipeline.figures.wording.punctuated import PRINT
from pipeline.figures.wording.render import length

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
    speaker: str = ""
    """Who is to be credited, as `pipeline.figures.wording.credit` shows them."""


def flaws(builder: Builder, clause: Clause, text: str, known: Known) -> dict[str, float]:
    """What a wording lacks, or says that it should not."""
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
    marks["verbs unjoined"] = any(_is_second_verb(parse, clause.kept, i) for i in clause.kept)
    marks["time cut"] = any(_is_cut_time(parse, clause.kept, i) for i in clause.kept)
    marks["lost condition"] = lost_conditions(parse, clause.kept, clause.head, builder.number)
    marks["lost bound"] = lost_bounds(parse, clause.kept, builder.number)
    marks |= gaps(parse, clause.kept, builder.path, builder.inside)
    return {name: float(value) for name, value in marks.items()}


def _is_second_verb(parse: Parse, kept: set[int], index: int) -> bool:
    """Whether a finite verb is kept after another one of the same subject without what joins the two."""
    word = parse.words[index]
    if word.dep != "conj" or word.head not in kept or word.head > index or not is_verb(parse, index):
        return False
    if not is_finite(parse, index) or subjects(parse, index):
        return False
    joins = (i for i in range(word.head + 1, index) if i in kept)
    return not any(parse.words[i].dep in ("cc", "conj") or parse.words[i].text in (",", ";") for i in joins)


def _is_cut_time(parse: Parse, kept: set[int], index: int) -> bool:
    """Whether of "a day before" the last word was left out, which makes a rate of a moment."""
    after = parse.words[min(index + 1, len(parse.words) - 1)]
    timed = parse.words[index].text.lower() in closed.TIME_NOUNS
    return timed and index + 1 not in kept and after.text.lower() in ("before", "earlier", "ago", "later", "after")


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
    if word.dep not in closed.ACTORS:
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
        i < index and i not in above and parse.words[i].tag.startswith("N") and parse.words[i].dep in closed.ACTORS
        for i in clause.kept
    )


_GROUPS = {
    "relcl": "clause",
    "acl": "clause",
    "advcl": "adverbial",
    "appos": "aside",
    "parataxis": "aside",
    "dep": "aside",
    "conj": "joined",
    "ccomp": "complement",
    "xcomp": "complement",
    "pcomp": "complement",
    "dobj": "object",
    "attr": "object",
    "acomp": "object",
    "oprd": "object",
    "dative": "object",
    "pobj": "object",
    "nsubj": "subject",
    "nsubjpass": "subject",
    "csubj": "subject",
    "aux": "auxiliary",
    "auxpass": "auxiliary",
    "neg": "auxiliary",
    "amod": "modifier",
    "nummod": "modifier",
    "compound": "modifier",
    "nmod": "modifier",
    "poss": "modifier",
    "quantmod": "modifier",
    "npadvmod": "time",
    "agent": "agent",
}
"""Labels of the parse, by what is lost with such a part."""
_OWN = frozenset({"i", "we", "our", "us", "my", "you", "your"})
"""Words that say something else once who speaks is not seen."""


def left_out(builder: Builder, clause: Clause) -> dict[str, float]:
    """What was left out, by how it hung on what was kept; and on what the clause itself hangs."""
    parse, kept = builder.parse, clause.kept
    made: dict[str, float] = {}

    def count(name: str) -> None:
        made[name] = made.get(name, 0.0) + 1.0

    for index, word in enumerate(parse.words):
        if index in kept or word.dep == "punct" or word.head not in kept or word.head == index:
            continue
        part = set(parse.subtree(index))
        if part & kept:
            continue
        group = _group(parse, index)
        count(f"lost {group}")
        if word.head in builder.on_path:
            count(f"lost {group} by the number")
        lows = {parse.words[i].text.lower() for i in part}
        for name, found in (
            ("lost name", any(parse.words[i].tag.startswith("NNP") for i in part)),
            ("lost number", any(parse.words[i].tag == "CD" for i in part)),
            ("lost hedge", bool(lows & closed.HEDGES)),
        ):
            if found:
                count(name)
    return made | _above(builder, clause)


def _group(parse: Parse, index: int) -> str:
    word = parse.words[index]
    low = word.text.lower()
    if word.dep == "prep":
        below = {parse.words[i].text.lower() for i in parse.subtree(index)}
        if below & closed.TIME_NOUNS or low in closed.TIME_PREPOSITIONS:
            return "time"
        return "place" if low in closed.PLACE_PREPOSITIONS else "of" if low == "of" else "phrase"
    if word.dep == "advmod":
        return "hedge" if low in closed.HEDGES else "time" if low in closed.TIMES else "adverb"
    return _GROUPS.get(word.dep, "other")


def _above(builder: Builder, clause: Clause) -> dict[str, float]:
    """On what the clause hangs that was left out."""
    parse, at = builder.parse, clause.head
    made: dict[str, float] = {}
    while parse.words[at].head != at and len(made) < 6:
        word, over = parse.words[at], parse.words[at].head
        if over not in clause.kept:
            said = parse.words[over].text.lower() in closed.REPORTING
            made[f"under {'speech' if word.dep == 'ccomp' and said else _GROUPS.get(word.dep, word.dep)}"] = 1.0
            if any(parse.words[c].tag == "MD" or parse.words[c].dep == "neg" for c in parse.children(over)):
                made["under a modal"] = 1.0
        at = over
    return made


def shape(builder: Builder, clause: Clause, text: str, known: Known, lost: Mapping[str, float]) -> dict[str, float]:
    """How much was kept, how it opens, what was filled in, and whether who speaks is named; ``lost`` is `left_out`."""
    parse, kept = builder.parse, clause.kept
    plain = [i for i, word in enumerate(parse.words) if word.dep != "punct"]
    order = [i for i in plain if i in kept]
    lows = {parse.words[i].text.lower() for i in order}
    all_lows = {parse.words[i].text.lower() for i in plain}
    first = parse.words[order[0]]
    number = parse.words[builder.number]
    speaks = bool(all_lows & (closed.REPORTING | {"according"}))
    told = bool(lows & (closed.REPORTING | {"according"}))
    shown = credit(known.speaker, text)
    names = [i for i in plain if parse.words[i].tag.startswith("NNP")]
    gaps = sum(b - a > 1 for a, b in pairwise(n for n, i in enumerate(plain) if i in kept))
    return {
        "share kept": len(order) / len(plain),
        "words": min(length(text), 24) / 18,
        "sentence": min(len(plain), 60) / 40,
        "gaps": min(gaps, 4.0),
        "whole": float(len(order) == len(plain)),
        "bracket": float("[" in text),
        "noun in brackets": float(known.noun is not None and "[" in text),
        "first person": float(bool(lows & _OWN)),
        "names": min(len([i for i in names if i in kept]), 4) / 4,
        "no name of some": float(bool(names) and not any(i in kept for i in names)),
        "says so and who": float(told),
        "lost who says so": float(speaks and not told and not shown),
        "said by nobody": float(not shown and ("under speech" in lost or _is_headless_speech(parse, order[0]))),
        "credited": float(bool(shown)),
        "credited, unsaid": float(bool(shown) and not speaks),
        "no room for who says so": float(bool(known.speaker) and not shown and not told),
        "colon": float(":" in text),
        "quoted": float(any(mark in text for mark in '"“”')),
        "opens small": float(first.text[:1].islower() and order[0] > 0),
        f"opens on {first.tag[:2]}": 1.0,
        f"number as {_GROUPS.get(number.dep, number.dep)}": 1.0,
        "cut in front": float(text.startswith("…")),
        "cut behind": float(text.endswith("…")),
        "run together": float(
            any(_opens_again(parse, i) for i in order[1:]) or any(_runs_together(parse, kept, i) for i in order)
        ),
    }


def _is_headless_speech(parse: Parse, first: int) -> bool:
    """Whether a wording opens on the verb of saying whose subject it lost: "said it had lost two"."""
    word = parse.words[first]
    return word.tag in FINITE and word.text.lower() in closed.REPORTING


def _runs_together(parse: Parse, kept: set[int], index: int) -> bool:
    """Whether a whole clause stands in front of the one over it with no mark between: it is a caption or a heading."""
    word = parse.words[index]
    if word.dep not in ("ccomp", "parataxis", "dep") or word.head < index or word.head not in kept:
        return False
    last = parse.subtree(index)[-1]
    return is_verb(parse, index) and is_finite(parse, index) and parse.words[last + 1].text[:1].isalnum()


def _opens_again(parse: Parse, index: int) -> bool:
    """Whether a plain word has a capital though nothing ended before it: a caption or a heading is glued on."""
    word, before = parse.words[index], parse.words[index - 1]
    plain = word.tag in PLAIN and word.text[:1].isupper() and word.text[1:].islower()
    named = before.tag.startswith("NNP") and word.tag not in ("DT", "PRP", "PRP$", "EX")
    return plain and before.text[-1:].isalnum() and not named
