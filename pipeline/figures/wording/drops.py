"""Whether what was left out inside a wording leaves a sentence: by what hung on what, and by parsing what came out."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from pipeline.figures.annotate import Parse, Word
from pipeline.figures.wording import closed
from pipeline.figures.wording.keep import ASKING, FINITE, SUBJECTS, Clause, auxiliaries, is_finite, is_verb, subjects

COMPLEMENTS = frozenset({"dobj", "attr", "acomp", "xcomp", "ccomp", "oprd", "prt", "dative"})
_BOUND = frozenset({"dobj", "attr", "conj", "appos", "npadvmod", "oprd"})
"""Labels of what would mean something else if it hung on another word."""
_ROLES = (
    SUBJECTS,
    frozenset({"dobj", "attr", "dative", "oprd", "acomp", "npadvmod"}),
    frozenset({"prep", "agent", "advmod"}),
    frozenset({"relcl", "acl", "ccomp", "xcomp", "pcomp"}),
)
"""Labels that a parser confuses without harm; any other one stands for itself."""
_ASIDE = frozenset({":", ";", "--", "-", "–", "—", "(", ")", "[", "]", '"', "“", "”", "``", "''"})
_LIGHT = 0.5
"""Of a whole fault, where a noun lost what narrows it and the rest still is a sentence."""


def is_whole(parse: Parse, kept: set[int]) -> bool:
    """Whether the kept words stand beside each other in the sentence, but for marks."""
    dropped = (parse.words[i] for i in range(min(kept), max(kept)) if i not in kept)
    return all(word.dep == "punct" or not any(map(str.isalnum, word.text)) for word in dropped)


def faults(parse: Parse, kept: set[int], head: int, shared: Iterable[int] = ()) -> float:
    """How many stretches are left out that are no whole part of the clause, or that a kept word cannot do without.

    ``shared`` are words that the clause at ``head`` borrows from another one; they hang on what is left out.
    """
    if is_whole(parse, kept):
        return 0.0
    lost = sum(_lost(parse, kept, at) for at in range(len(parse.words)) if at not in kept)
    torn = 2 * sum(_is_torn_off(parse, kept, at) for at in kept - {head, *shared})
    return lost + torn + sum(_is_unjoined(parse, kept, at) for at in kept - {head})


def _lost(parse: Parse, kept: set[int], at: int) -> float:
    """What is lost with a word, and all under it, of which the word above is kept."""
    word, above = parse.words[at], parse.words[at].head
    if above not in kept or above == at or word.dep == "punct":
        return 0.0
    if is_verb(parse, above):
        needed = word.dep in COMPLEMENTS or (word.dep in SUBJECTS and word.tag not in ASKING)
        apart = _after_mark(parse, at) or word.text.lower() in closed.REPORTING
        replaced = any(parse.words[i].dep == "conj" and i in kept for i in parse.subtree(at))
        needed = (needed and not replaced) or _is_bared(parse, kept, above)
        return float(needed and not apart and (at > above or word.dep in SUBJECTS))
    if word.dep not in ("prep", "relcl", "acl") or at < above or _after_mark(parse, at):
        return 0.0
    part = parse.subtree(at)
    follows = next((i for i in range(part[-1] + 1, len(parse.words)) if i in kept), None)
    if follows is None or part[-1] > max(kept):
        return 0.0
    # What comes next would be read as belonging to the noun, if it is no verb that the noun is the subject of.
    closes = parse.words[follows].tag in FINITE or parse.words[follows].dep in ("punct", "cc")
    timed = {parse.words[i].text.lower() for i in part} & closed.TIME_NOUNS
    return _LIGHT if closes or timed or word.dep != "prep" else 1.0


def _is_bared(parse: Parse, kept: set[int], verb: int) -> bool:
    """Whether a participle behind its noun stands without all that followed it: "a measure included" in what."""
    word = parse.words[verb]
    return word.dep == "acl" and word.tag == "VBN" and not any(i > verb and i in kept for i in parse.children(verb))


def _after_mark(parse: Parse, at: int) -> bool:
    first = parse.subtree(at)[0]
    return first > 0 and parse.words[first - 1].text in (",", "-", "–", "—", "--", ":", ";", "(", "“", '"')


def _is_torn_off(parse: Parse, kept: set[int], at: int) -> bool:
    """Whether a noun or verb is kept of which the word above is not, though it is nothing that can move up."""
    word = parse.words[at]
    if word.head in kept or not word.tag.startswith(("N", "V", "CD", "PRP")):
        return False
    above = parse.words[word.head]
    return not (word.dep == "conj" and (above.head in kept or above.head == word.head)) and word.dep != "ROOT"


def _is_unjoined(parse: Parse, kept: set[int], at: int) -> bool:
    """Whether the second of two joined words is kept with the first, without what joins them."""
    word = parse.words[at]
    if word.dep != "conj" or word.head not in kept or word.head > at:
        return False
    between = range(word.head + 1, at)
    if any(i in kept and parse.words[i].dep in ("cc", "conj") for i in between):
        return False
    first = parse.subtree(at)[0]
    return not (first - 1 in between and parse.words[first - 1].text in (",", ";") and first - 2 in kept)


def fuller(parse: Parse, clause: Clause) -> set[int]:
    """The kept words with all that hangs on the clause, but asides and who says so; just these where more would say
    another thing.

    A number of something else, a list behind a colon, an aside in brackets and quoted speech stay out, and with them
    all the rest. Where there is room for it, this is what no reader can be misled by.
    """
    kept = set(clause.kept)
    if not clause.finite or clause.phrase or parse.words[clause.head].dep in ("relcl", "acl"):
        return kept
    part = set(parse.subtree(clause.head))
    for child in part - kept:
        word = parse.words[child]
        speech = word.text.lower() in closed.REPORTING or word.text.lower() == "according"
        opens = word.dep in ("cc", "mark", "punct", "intj") and child < min(kept)
        aside = word.dep in ("relcl", "acl", "appos") and _after_mark(parse, child)
        if speech or opens or aside:
            part -= set(parse.subtree(child))
    added = part - kept
    # A joined clause that told who says so leaves its comma and its "and" behind.
    while added and max(added) > max(kept) and _joins(parse.words[max(added)]):
        added.remove(max(added))
    if any(_says_more(parse.words[at]) for at in added):
        return kept
    # A comma is written where nothing was left out beside it.
    return kept | {at for at in added if parse.words[at].text != ","}


def _joins(word: Word) -> bool:
    """Whether a word only joins what follows to what went before, or is a mark."""
    return word.dep == "cc" or not word.text[0].isalnum()


def _says_more(word: Word) -> bool:
    """Whether a word is a number, or a mark behind which something else is said."""
    return word.tag == "CD" or any(map(str.isdigit, word.text)) or word.text in _ASIDE


# What came out


def holds(made: Parse | None, parse: Parse, kept: set[int], head: int, number: int) -> bool:
    """Whether the wording, parsed as ``made``, is one clause in which the number is in the place that it had.

    The verb at ``head`` must govern all; every other finite verb must hang as it did in the sentence, and the number
    must hang on the same verb in the same role.
    """
    if made is None:
        return True
    place = _aligned(parse, kept, made)
    if head not in place or number not in place:
        return True
    top = made.words[place[head]]
    if top.dep in ("aux", "auxpass"):
        top = made.words[top.head]
    if top.dep != "ROOT" or sum(word.dep == "ROOT" and word.tag in FINITE for word in made.words) > 1:
        return False
    for verb in (i for i in kept - {head} if is_verb(parse, i) and is_finite(parse, i) and i in place):
        if not _hangs_alike(parse.words[verb], made.words[place[verb]]):
            return False
    if any(_lost_subject(parse, made, verb, place) for verb in kept & place.keys() if is_verb(parse, verb)):
        return False
    return _keeps_place(parse, made, kept, place, number) and not _moved(parse, made, place, {head, number})


def _moved(parse: Parse, made: Parse, place: dict[int, int], judged: set[int]) -> bool:
    """Whether a thing or a clause behind a gap hangs on another word than it did, but for those judged already."""
    order = sorted(place)
    for before, at in pairwise(order):
        if at == before + 1 or at in judged:
            continue
        # The word behind the gap and those above it, up to the one that hung on something before the gap.
        top = at
        while parse.words[top].head > before and parse.words[top].head in place and parse.words[top].head != top:
            top = parse.words[top].head
        above = parse.words[top].head
        bound = parse.words[top].dep in _BOUND and above in place and above <= before and top not in judged
        if bound and made.words[place[top]].head != place[above]:
            return True
    return False


def _keeps_place(parse: Parse, made: Parse, kept: set[int], place: dict[int, int], number: int) -> bool:
    """Whether the number hangs on the same verb in the same role, or in the same phrase, wherever that belongs."""
    before, after = _governed(parse, number, kept), _named(made, place, number)
    if before is None or before == after:
        return True
    above = parse.words[number].head
    same_phrase = parse.words[above].dep == "prep" and place.get(above) == made.words[place[number]].head
    return same_phrase and after is not None and before[0] == after[0]


def _aligned(parse: Parse, kept: set[int], made: Parse) -> dict[int, int]:
    """Where each kept word stands in the wording."""
    place: dict[int, int] = {}
    at = 0
    for index in sorted(kept):
        found = next((i for i in range(at, len(made.words)) if made.words[i].text == parse.words[index].text), None)
        if found is not None:
            place[index], at = found, found + 1
    return place


def _class(label: str) -> str:
    return next((min(role) for role in _ROLES if label in role), label)


def _hangs_alike(before: Word, after: Word) -> bool:
    return _class(before.dep) == _class(after.dep) or before.dep in ("ROOT", "dep")


def _lost_subject(parse: Parse, made: Parse, verb: int, place: dict[int, int]) -> bool:
    """Whether a verb that had a subject of its own has another one now."""
    before = [place[i] for i in subjects(parse, verb) if i in place and parse.words[i].tag not in ASKING]
    after = subjects(made, place[verb])
    # A number that had no noun has the one in brackets now.
    own = {*after, *(i for subject in after for i in made.children(subject))}
    return bool(before and after) and not own & set(before)


def _governed(parse: Parse, number: int, kept: set[int]) -> tuple[int, str] | None:
    """The verb over a number, and as what the number or its phrase hangs on it."""
    below = number
    for above in parse.ancestors(number):
        if is_verb(parse, above) and above in kept:
            return above, _class(parse.words[below].dep)
        below = above
    return None


def _named(made: Parse, place: dict[int, int], number: int) -> tuple[int, str] | None:
    """Likewise in the wording, the verb counted in the sentence."""
    back = {there: here for here, there in place.items()}
    found = _governed(made, place[number], set(back))
    return None if found is None else (back[found[0]], found[1])


def borrowed(parse: Parse, head: int, subject: int | None) -> set[int]:
    """What a joined or relative clause has from the clause above: its subject and auxiliaries."""
    found = set() if subject is None else {subject}
    at = head
    while parse.words[at].dep == "conj" and is_verb(parse, parse.words[at].head):
        at = parse.words[at].head
        found |= set(subjects(parse, at)) | set(auxiliaries(parse, at))
    return found


def has_other_subject_near(parse: Parse, kept: set[int], head: int) -> bool:
    """Whether a joined verb may belong to a clause that stands nearer: "she left after he shut it, and broke two"."""
    first = parse.words[head].head
    if parse.words[head].dep != "conj" or not is_verb(parse, first) or subjects(parse, head):
        return False
    near = (i for i in range(first + 1, head) if i not in kept and parse.words[i].dep == "advcl")
    return any(is_verb(parse, i) and is_finite(parse, i) and subjects(parse, i) for i in near)
