"""In which language an article is: what its words show, weighed with what its page declares."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

READ = 1_000
"""Characters; more of a text changes nothing."""
SHORT = 20
"""Letters; fewer show nothing."""
PRIOR = 6.0
"""Odds in favour of the declared language: templates are often left in English, yet seldom declare anything else."""

# ISO 639-2 and names of macro-languages as pages declare them, where the model knows a two-letter code.
_ALIASES = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ua": "uk", "gr": "el", "cz": "cs", "jp": "ja", "dk": "da"}
_ALIASES |= {"eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "rus": "ru", "ukr": "uk"}
_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9_-]+)?", re.IGNORECASE)


def language_code(tag: str | None) -> str | None:
    """The primary language of a tag such as ``en-GB``, ``pt_BR`` or ``nb``; None where it is no tag."""
    found = _TAG.fullmatch((tag or "").strip())
    code = found[1].lower() if found else None
    return _ALIASES.get(code, code) if code else None


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def language_of(text: str, declared: str | None) -> tuple[str | None, bool]:
    """The ISO 639 code of the language of ``text``, and whether its words decided it rather than the declaration."""
    sample = text[:READ]
    if sum(character.isalpha() for character in sample) < SHORT:
        return declared, False
    identifier = _identifier()
    if declared and declared not in identifier.labels:
        # Who declares a language that few models know does so knowingly.
        return declared, False
    chances = {_ALIASES.get(label, label): chance for label, chance in reversed(identifier.rank(sample))}
    if declared in chances:
        chances[declared] *= PRIOR
    best = max(chances, key=lambda label: chances[label])
    return best, best != declared
