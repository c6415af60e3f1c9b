"""What a reader may take wrongly where words were left out: by what stood in the gap, and by who now seems to act."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.figures.annotate import Parse
from pipeline.figures.wording import closed
from pipeline.figures.wording.drops import COMPLEMENTS
from pipeline.figures.wording.keep import FINITE, auxiliaries, is_finite, is_verb, subjects

_MODIFIERS = frozenset({"prep", "acl", "relcl", "advcl", "npadvmod", "advmod", "amod", "appos"})
"""Labels of parts whose place in a sentence says what they belong to."""
_INNER = frozenset({"pobj", "dobj", "attr", "conj", "compound", "appos", "oprd"})
"""Labels of what stands within a phrase or a clause, never at its beginning."""
_NARROWING = frozenset({"compound", "amod", "det", "nummod", "poss", "nmod", "case", "quantmod"})
"""Labels of what stands before a noun and says nothing without it."""
_EACH = frozenset({"a", "an", "each", "every", "per"})
_WORTH_OF = frozenset({"of", "in", "from", "for"})
"""Prepositions that tell right behind a sum what it is a sum of."""


def gaps(parse: Parse, kept: set[int], path: Sequence[int], inside: set[int]) -> dict[str, float]:
    """What may be misread of the ``kept`` words, by name; ``path`` leads from the number up to the root."""
    return across(parse, kept) | {
        "acts for another": acts_for_another(parse, kept),
        "subject alone": subject_alone(parse, kept),
        "opens within": opens_within(parse, kept),
        "ends within": ends_within(parse, kept),
        "lost claim": lost_claim(parse, kept, path),
        "lost rate": lost_rates(parse, kept, path[0]),
        "lost completion": lost_completion(parse, kept, {*path, *inside}),
        "lost matter": lost_matter(parse, kept, inside),
    }


def across(parse: Parse, kept: set[int]) -> dict[str, float]:
    """How many kept parts hang on a word before a gap in which stood something that they may belong to as well.

    "260 dead [and 25 people] still alive": joined; "broke a rail [that a tram hit] in Holm": a verb; else a noun.
    """
    made = {"over a joined one": 0.0, "over a verb": 0.0, "over a noun": 0.0}
    for at in kept:
        word = parse.words[at]
        if word.dep not in _MODIFIERS or word.head not in kept or word.head >= at:
            continue
        first = min(i for i in parse.subtree(at) if i in kept)
        gap = [i for i in range(word.head + 1, first) if i not in kept]
        if any(parse.words[i].dep == "conj" and parse.words[i].head in kept for i in gap):
            made["over a joined one"] += 1
        elif any(is_verb(parse, i) and is_finite(parse, i) for i in gap):
            made["over a verb"] += 1
        elif any(parse.words[i].tag.startswith("N") for i in gap):
            made["over a noun"] += 1
    return made


def acts_for_another(parse: Parse, kept: set[int]) -> int:
    """How many kept verbs lost their subject and stand behind another noun or number, which seems to be it now."""
    return sum(_seems_to_act(parse, kept, at) for at in kept if is_verb(parse, at) and is_finite(parse, at))


def _seems_to_act(parse: Parse, kept: set[int], verb: int) -> bool:
    own = subjects(parse, verb)
    if not own or any(i in kept for i in own) or parse.words[verb].dep == "relcl":
        return False
    helping = {*auxiliaries(parse, verb), *(c for c in parse.children(verb) if parse.words[c].dep == "advmod")}
    before = max((i for i in kept if i < verb and i not in helping and parse.words[i].dep != "punct"), default=None)
    stands = before is not None and parse.words[before].tag.startswith(("N", "CD"))
    return stands and parse.words[verb].tag in FINITE


def subject_alone(parse: Parse, kept: set[int]) -> bool:
    """Whether somebody says something of a subject, and what it does was left out: "doctors claim that 60 patients"."""
    return any(
        parse.words[at].dep in closed.ACTORS
        and parse.words[at].head not in kept
        and any(i in kept and is_verb(parse, i) for i in parse.ancestors(parse.words[at].head))
        for at in kept
    )


def opens_within(parse: Parse, kept: set[int]) -> bool:
    """Whether a wording begins in the middle of a phrase: "President Holm in reply" of "loyal to President Holm"."""
    top = min(kept)
    while parse.words[top].head in kept and parse.words[top].head != top:
        top = parse.words[top].head
    return not is_verb(parse, top) and parse.words[top].head not in kept and parse.words[top].dep in _INNER


def ends_within(parse: Parse, kept: set[int]) -> bool:
    """Whether a wording ends before the noun that its last words only narrow: "the logo" of "the logo contest"."""
    word = parse.words[max(kept)]
    return word.dep in _NARROWING and word.head > max(kept)


def lost_claim(parse: Parse, kept: set[int], path: Sequence[int]) -> bool:
    """Whether no finite verb above the number is kept though there is one: "26 million meals", which somebody wants."""
    verbs = [at for at in path if is_verb(parse, at) and is_finite(parse, at)]
    return bool(verbs) and not any(at in kept for at in verbs)


def lost_rates(parse: Parse, kept: set[int], number: int) -> int:
    """How many rates of the number's noun or of its verb were left out: "a day", "per head"."""
    above = {number, *parse.ancestors(number)} & kept
    return sum(_is_rate(parse, at) for at, word in enumerate(parse.words) if word.head in above and at not in kept)


def _is_rate(parse: Parse, at: int) -> bool:
    word = parse.words[at]
    first = parse.words[min(parse.subtree(at))].text.lower()
    timed = word.dep == "npadvmod" and word.text.lower() in closed.TIME_NOUNS and first in _EACH
    return timed or (word.dep == "prep" and word.text.lower() == "per")


def lost_completion(parse: Parse, kept: set[int], on_path: set[int]) -> int:
    """How many verbs above the number lost what completes them right behind: "had taken [to the streets]"."""
    return sum(_is_incomplete(parse, kept, at) for at in kept & on_path if is_verb(parse, at))


def _is_incomplete(parse: Parse, kept: set[int], verb: int) -> bool:
    below = parse.children(verb)
    passive = any(parse.words[c].dep == "auxpass" for c in below)
    if passive or any(c in kept and parse.words[c].dep in COMPLEMENTS for c in below):
        return False
    return verb + 1 in below and verb + 1 not in kept and parse.words[verb + 1].text.lower() in closed.COMPLETING


def lost_matter(parse: Parse, kept: set[int], inside: set[int]) -> bool:
    """Whether a sum of money lost what it is a sum of: "$3 bn [in losses]"."""
    if not any(parse.words[i].tag == "$" or parse.words[i].text in "$£€¥" for i in inside):
        return False
    after = max(inside) + 1
    if after >= len(parse.words) or after in kept or parse.words[after].dep != "prep":
        return False
    return parse.words[after].text.lower() in _WORTH_OF and parse.words[after].head in inside
