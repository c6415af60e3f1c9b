"""How the clause around a number is built, read off a parse."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.figures.annotate.parse import Parse, Word
from schemas.figure import Clause

_WILL = frozenset({"will", "shall", "’ll", "'ll"})
_MAY = frozenset({"could", "would", "should", "might", "may", "can", "must", "ought"})
_HAVE, _ARE, _WERE = frozenset({"have", "has", "’ve", "'ve"}), frozenset({"are", "is"}), frozenset({"were", "was"})
_CONDITIONS = frozenset({"if", "unless", "whether"})
_SUBORDINATE = ("relcl", "advcl", "ccomp", "acl")
_OUTSIDE_PHRASE = frozenset({"relcl", "advcl", "acl", "appos", "punct", "cc", "conj", "ccomp", "parataxis", "nummod"})
_ARGUMENTS = frozenset(
    {"nsubj", "nsubjpass", "dobj", "prep", "agent", "attr", "xcomp", "npadvmod", "dative", "oprd", "acomp"}
)
_DEEPEST = 6
"""Words between a verb and the main one beyond which nothing more is told apart."""
_FURTHEST = 12
"""Words that are climbed from a number to its verb; longer chains are parses gone wrong."""
_BELOW = 5
"""Words down which a phrase is followed."""


def clause_of(parse: Parse, span: tuple[int, int]) -> Clause:
    """The clause around the number at ``span``, which counts characters of the sentence that was parsed."""
    words = parse.words
    number = parse.at(span[0])
    chain = _climb(parse, number)
    top = chain[-1]
    verb = top if words[top].tag.startswith("V") else None
    head = next((i for i in chain if words[i].tag.startswith("NN")), None)
    phrase = _phrase(parse, head) if head is not None else []
    role = words[chain[-2] if len(chain) > 1 else top].dep
    made = Clause(
        role=role,
        position=round(number / max(1, len(words)), 2),
        phrase=_stems(words[i] for i in phrase),
        proper=_proper(words[i] for i in phrase),
    )
    return made if verb is None else made.model_copy(update=_of_verb(parse, verb))


def _climb(parse: Parse, number: int) -> list[int]:
    """The words from a number up to the verb that governs it, or as far as it goes."""
    chain = [number]
    for above in parse.ancestors(number)[:_FURTHEST]:
        chain.append(above)
        if parse.words[above].tag.startswith("V"):
            break
    return chain


def _of_verb(parse: Parse, verb: int) -> dict[str, object]:
    words, below = parse.words, parse.children(verb)
    around = [i for child in below if words[child].dep in _ARGUMENTS for i in _phrase(parse, child)]
    above = parse.ancestors(verb)
    hangs = [words[i].dep for i in (verb, *above)]
    helpers = _helpers(parse, verb)
    stems = _stems(words[i] for i in around)
    return {
        "verb": words[verb].lemma,
        "tag": words[verb].tag,
        "relation": words[verb].dep,
        "modal": "will" if helpers & _WILL else "may" if helpers & _MAY else None,
        "tense": _tense(parse, verb),
        "negated": any(words[i].dep == "neg" for i in below),
        "conditional": any(words[i].dep == "mark" and words[i].text.lower() in _CONDITIONS for i in below),
        "inside": tuple(kind for kind in _SUBORDINATE if kind in hangs[:-1]),
        "depth": min(len(above), _DEEPEST),
        "arguments": tuple(dict.fromkeys((words[verb].lemma, *stems))),
        "names": _proper((words[i] for i in around), nouns_alone=True),
    }


def _tense(parse: Parse, verb: int) -> str | None:
    """The tense of a verb; one joined to another without helpers of its own has those of the other."""
    words, tag = parse.words, parse.words[verb].tag
    while (
        not (helpers := _helpers(parse, verb)) and words[verb].dep == "conj" and words[words[verb].head].tag[0] == "V"
    ):
        verb = words[verb].head
    if helpers & (_WILL | _MAY):
        return "modal"
    if "had" in helpers:
        return "pluperfect"
    if tag in ("VBN", "VBD") and helpers & _HAVE:
        return "perfect"
    if tag == "VBG":
        return "progressive" if helpers else None
    if tag in ("VBZ", "VBP") or helpers & _ARE:
        return "present"
    return "past" if tag == "VBD" or helpers & _WERE else None


def _helpers(parse: Parse, verb: int) -> set[str]:
    below = (parse.words[i] for i in parse.children(verb))
    return {word.text.lower() for word in below if word.dep in ("aux", "auxpass")}


def _phrase(parse: Parse, head: int, depth: int = 0) -> list[int]:
    """A noun with what stands to it: adjectives, compounds, "of the mission"; no clause of its own, no second noun."""
    found = [head]
    if depth < _BELOW:
        for child in parse.children(head):
            if parse.words[child].dep not in _OUTSIDE_PHRASE:
                found += _phrase(parse, child, depth + 1)
    return found


def _stems(words: Iterable[Word]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.lemma for word in words if word.tag[:2] in ("NN", "JJ")))


def _proper(words: Iterable[Word], *, nouns_alone: bool = False) -> tuple[str, ...]:
    """Names; "Haitian" too unless nouns alone are wanted."""
    return tuple(
        dict.fromkeys(
            word.text.lower()
            for word in words
            if word.tag.startswith("NNP") or (not nouns_alone and word.tag == "JJ" and word.text[:1].isupper())
        )
    )
