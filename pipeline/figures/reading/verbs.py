"""The forms of English verbs: by rule, with the irregular ones from a list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.figures.reading.lexicon import load, wordset

_DOUBLING = re.compile(r"(?:[^aeiou]|qu)+[aeiou][bdgklmnprtvz]")


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of one verb; ``other_past`` and ``other_ing`` are those of another spelling ("canceled")."""

    plain: str
    third: str
    past: str
    participle: str
    ing: str
    other_past: str | None = None
    other_ing: str | None = None

    @property
    def all(self) -> tuple[str, ...]:
        """Every form once, the plain one first."""
        found = (self.plain, self.third, self.past, self.participle, self.ing, self.other_past, self.other_ing)
        return tuple(dict.fromkeys(form for form in found if form))


@cache
def _irregular() -> dict[str, tuple[str, str]]:
    verbs = [entry.split() for entry in load("verbs")["irregular"].split("|")]
    return {verb[0]: (verb[1], verb[-1]) for verb in verbs}


@cache
def _doubling() -> frozenset[str]:
    return frozenset(load("verbs")["doubling"].split())


def _third(verb: str) -> str:
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")


@cache
def forms_of(verb: str) -> Forms:
    """The forms of an English verb; of a phrase ("take in"), those of its first word with the rest."""
    head, _, tail = verb.partition(" ")
    rest = f" {tail}" if tail else ""
    stem = head
    if head.endswith("ie"):
        stem, ing = head[:-1], head[:-2] + "ying"
    elif head.endswith("e") and not head.endswith(("ee", "oe", "ye")) and head != "be":
        stem, ing = head[:-1], head[:-1] + "ing"
    elif head in _doubling() or _DOUBLING.fullmatch(head):
        stem, ing = head + head[-1], head + head[-1] + "ing"
    else:
        ing = head + "ing"
    past = head[:-1] + "ied" if head.endswith("y") and head[-2:-1] not in "aeiou" else stem.removesuffix("e") + "ed"
    past, participle = _irregular().get(head, (past, past))
    one_l = head.endswith("l") and stem != head and not _DOUBLING.fullmatch(head)
    return Forms(
        verb,
        _third(head) + rest,
        past + rest,
        participle + rest,
        ing + rest,
        head + "ed" + rest if one_l else None,
        head + "ing" + rest if one_l else None,
    )


@cache
def _light() -> frozenset[str]:
    return frozenset(form for verb in load("verbs")["light"].split() for form in forms_of(verb).all)


@cache
def _irregular_forms() -> dict[str, str]:
    """Each form of an irregular verb with its participle, but for plain forms, which may be nouns."""
    found: dict[str, str] = {}
    for verb in _irregular():
        forms = forms_of(verb)
        for form in (forms.past, forms.participle, forms.ing):
            found.setdefault(form, forms.participle)
    return found


_NO_VERB = wordset(
    "hundred need feed seed speed weed breed indeed shed sled bed red wed led sacred naked wicked rugged kindred"
    " hatred unaided biased evening morning wedding building thing king ring spring string during nothing something"
    " anything everything ceiling sibling offspring housing clothing being"
)


def participle(word: str) -> str | None:
    """The participle of the verb of which ``word`` is a past form or one on -ing, by which the verb is known.

    ``None`` for other words, and for verbs that tell nothing of what happened ("remained", "said", "rose").
    """
    if word in _light() or word in _NO_VERB:
        return None
    if known := _irregular_forms().get(word):
        return known
    if len(word) > 4 and word.endswith("ed"):
        return word
    if len(word) > 5 and word.endswith("ing"):
        stem = word[:-3]
        return stem[:-1] + "ied" if stem.endswith("y") and stem[-2] not in "aeiou" else stem + "ed"
    return None
