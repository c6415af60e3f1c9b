"""Languages as topic files name them.

Babel takes its time to be imported, and is only asked where a topic is read that was just written.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo

TRANSLATED = ("en", "de", "es", "fr", "ru", "uk")
"""Codes of the languages that mails and digests are written in, the first of which they fall back to."""


def language_in(file: dict[str, bool]) -> BeforeValidator:
    """Holds the language of what is validated in the context ``file`` to those there are; what is in a record stays."""

    def check(value: Any, info: ValidationInfo) -> Any:
        if info.context == file:
            if value is False:
                raise ValueError('YAML takes a bare no for false; write "no" in quotes, or nb')
            if isinstance(value, str) and value not in TRANSLATED and value not in _known():
                raise ValueError(unknown_language(value))
        return value

    return BeforeValidator(check)


def unknown_language(code: str) -> str:
    """What is wrong with a language that there is not, which one may be meant, and which there are."""
    found = _meant(code.strip())
    guess = f"did you mean {found} ({_names()[found]})? " if found else ""
    return f"{code!r} is not the code of a language; {guess}messages are translated into {', '.join(TRANSLATED)}"


LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
"""A language code of ISO 639, such as ``en`` or ``uk``."""


@cache
def _known() -> frozenset[str]:
    """The languages whose dates and numbers are known, by CLDR."""
    from babel.localedata import locale_identifiers

    return frozenset(one for one in locale_identifiers() if "_" not in one)


@cache
def _names() -> dict[str, str]:
    from babel import Locale

    names = Locale("en").languages
    return {code: names.get(code, code) for code in sorted(_known())}


@cache
def _own_names() -> dict[str, str]:
    """Codes by the name of a language, in English and in itself; folded."""
    from babel import Locale

    own = {(Locale(code).get_language_name(code) or code).casefold(): code for code in sorted(_known())}
    return own | {name.casefold(): code for code, name in _names().items()}


def _meant(text: str) -> str | None:
    """The language that ``text`` may stand for: one with a country, a name, a country's code, a beginning of a name."""
    from babel.languages import get_official_languages

    folded = text.casefold()
    base = folded.replace("_", "-").partition("-")[0]
    if base in _known():
        return base
    names = _own_names()
    if folded in names:
        return names[folded]
    if len(text) == 2 and (spoken := get_official_languages(text.upper())) and spoken[0] in _known():
        return spoken[0]
    begun = [code for name, code in names.items() if len(folded) > 2 and name.startswith(folded)]
    preferred = [code for code in begun if code in TRANSLATED] or begun
    if preferred:
        return preferred[0]
    close = get_close_matches(folded, names, n=1, cutoff=0.75)
    return names[close[0]] if close else None


def has_locale(code: str) -> bool:
    """Whether dates and numbers of a language are known, and run from left to right as the messages do."""
    from babel import Locale

    return code in _known() and Locale.parse(code).text_direction == "ltr"
