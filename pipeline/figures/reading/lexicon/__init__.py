"""Word lists of reading, as TOML beside this file, and how they are looked up."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "ru", "uk")


@cache
def load(name: str) -> Mapping[str, Any]:
    """The table ``name`` as its file holds it."""
    text = resources.files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def words(group: str, language: str = "en") -> frozenset[str]:
    """The words of one group of ``words.toml`` in one language; empty where there are none."""
    return frozenset(load("words")[group].get(language, "").split())


@cache
def words_of_all(group: str) -> frozenset[str]:
    """The words of one group in every language."""
    return frozenset().union(*(words(group, language) for language in (*LANGUAGES, "any")))


def wordset(text: str) -> frozenset[str]:
    """The words of ``text``, for the short lists that belong beside the rule that reads them."""
    return frozenset(text.split())


def any_of(phrases: str) -> str:
    """A pattern for the phrases of one or more groups of ``phrases.toml``, the longest first."""
    found = {
        phrase.strip() for group in phrases.split() for phrase in load("phrases")[group].split("|") if phrase.strip()
    }
    ordered = sorted(found, key=len, reverse=True)
    return "|".join(re.escape(p).replace(r"\ ", r"\s").replace(r"\*", r"\w*").replace("'", "['’]") for p in ordered)
