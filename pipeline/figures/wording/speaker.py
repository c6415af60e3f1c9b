"""Who says what a number counts, read off a parse: the subject of the verb of saying above it, or "according to"."""

from __future__ import annotations

from itertools import pairwise

from pipeline.figures.annotate import Parse
from pipeline.figures.wording import closed

_INSIDE = frozenset({"compound", "amod", "poss", "case", "nmod", "nummod", "nn"})
"""Labels of what belongs to the name of one who speaks."""
_LONGEST = 8
"""Words of a speaker; longer ones are parses gone wrong, or no name to put behind a claim."""
_ASKING = frozenset({"who", "which", "that"})
_MADE = (
    "report reports study studies survey surveys poll polls figure figures data statistics estimate estimates "
    "analysis article forecast forecasts footage video image images document documents count counts statement "
    "money"
)
_PAPERS = frozenset(_MADE.split())
"""What is said in them is said by those who made them."""
_POINTERS = "this that these those his her its their our my your some such"
_POINTING = frozenset(_POINTERS.split())


def speaker_of(parse: Parse, span: tuple[int, int]) -> str | None:
    """Who says the number at ``span``, which counts characters of the sentence that was parsed.

    ``None`` where nobody is named: a pronoun names nobody, nor does a count ("two of them").
    """
    number = parse.at(span[0])
    path = [number, *parse.ancestors(number)]
    for at, above in pairwise(path):
        said = _of_verb(parse, at, above)
        if said is not None:
            return _name(parse, said)
    for at in path:
        for child in parse.children(at):
            if parse.words[child].text.lower() == "according" and child not in path:
                named = _beside(parse, child, "to")
                return None if named is None else _name(parse, named)
    return None


def may_say(parse: Parse, span: tuple[int, int], speaker: str) -> bool:
    """Whether one whom reading found may be the one who says the number at ``span``, though no verb of theirs is above.

    What stands behind a verb of saying is all that its subject says: "30 were hurt, but doctors say beds are free" has
    the 30 from nobody. Behind a claim the verb has nothing of its own: "30 were hurt and beds are free, doctors said".
    """
    number = parse.at(span[0])
    named = {word.lower() for word in speaker.split()}
    for at, word in enumerate(parse.words):
        if word.dep not in closed.ACTORS or word.text.lower() not in named:
            continue
        verb = word.head
        if parse.words[verb].text.lower() not in closed.CLAIMING | closed.REPORTING:
            continue
        said = [c for c in parse.children(verb) if c > verb and parse.words[c].dep == "ccomp"]
        if any(number in parse.subtree(c) for c in said):
            return True
        if not said and (number < verb or number in parse.subtree(verb)) and number not in parse.subtree(at):
            return True
    return False


def _of_verb(parse: Parse, at: int, above: int) -> int | None:
    """The subject of a verb of saying over the clause at ``at``; whom "quoted X as saying" quotes."""
    words = parse.words
    if words[at].dep not in ("ccomp", "parataxis") or words[above].text.lower() not in closed.CLAIMING:
        return None
    if words[above].dep == "pcomp" and words[words[above].head].text.lower() == "as":
        cited = words[words[above].head].head
        return next((c for c in parse.children(cited) if words[c].dep == "dobj" and c < above), None)
    for child in parse.children(above):
        if words[child].dep in closed.ACTORS:
            asks = words[child].text.lower() in _ASKING and words[above].dep == "relcl"
            return words[above].head if asks else child
    return None


def _name(parse: Parse, head: int) -> str | None:
    """The noun with its name and its "of", without article, clause and aside; of a paper, who made it."""
    words = parse.words
    if words[head].text.lower() in _PAPERS:
        made = _beside(parse, head, "by")
        return None if made is None else _name(parse, made)
    if not words[head].tag.startswith("N"):
        return None
    kept = _named(parse, head)
    named = any(words[i].tag.startswith("NNP") for i in kept)
    apposed = [c for c in parse.subtree(head) if words[c].dep == "appos" and words[c].tag.startswith("NNP")]
    if apposed:
        other = _named(parse, apposed[0])
        if min(other) == max(kept) + 1:
            kept |= other  # "the aid group Red Lantern"
        elif not named:
            kept = other  # "an aid group, Red Lantern,"
    order = sorted(kept)
    whose = False
    while len(order) > 1 and (words[order[0]].text.lower() in _POINTING or _is_rest(parse, order[0])):
        whose |= words[order[0]].text.lower() in closed.POSSESSIVES
        order = order[1:]
    if whose and not any(words[i].tag.startswith("NNP") for i in order):
        return None  # whose president "its president" is, nobody sees who reads "president"
    whole = order == list(range(order[0], order[-1] + 1))
    if not whole or len(order) > _LONGEST or any(words[i].text.isdigit() for i in order):
        return None
    text = words[order[0]].text
    for before, i in pairwise(order):
        text += (" " if words[before].end < words[i].start else "") + words[i].text
    return text


def _is_rest(parse: Parse, at: int) -> bool:
    """Whether a word is what is left of one that a parser takes apart: "-based" of "UK-based"."""
    words = parse.words
    return not words[at].text[0].isalnum() or (at > 0 and words[at - 1].end == words[at].start)


def _named(parse: Parse, head: int) -> set[int]:
    """The words of a noun's name."""
    words = parse.words
    kept, stack = {head}, [head]
    while stack:
        at = stack.pop()
        for child in parse.children(at):
            word = words[child]
            near = all(words[i].text != "," for i in range(min(at, child), max(at, child)))
            of = word.dep == "prep" and word.text.lower() in ("of", "for") and child == at + 1
            listed = word.dep in ("cc", "conj") and near and words[at].tag.startswith("NNP")
            inside = word.dep in _INSIDE or word.text == "-"
            if (inside and near) or of or listed or (word.dep == "pobj" and words[at].dep == "prep"):
                kept.add(child)
                stack.append(child)
    return kept


def _beside(parse: Parse, head: int, word: str) -> int | None:
    """The noun that a preposition ties to another one."""
    for child in parse.children(head):
        if parse.words[child].text.lower() == word:
            return next((c for c in parse.children(child) if parse.words[c].dep == "pobj"), None)
    return None
