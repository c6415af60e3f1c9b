"""Is an article coverage of a topic, and why.

A term is a phrase of whole words, looked for in the title and in the text. Case, accents, typographic variants, and
whether words are joined by a hyphen or a space make no difference; a phrase does not run over the end of a paragraph.
There is no stemming and no plural: ``child`` does not find "children", ``child*`` does (a final ``*`` lets the last
word go on). Chinese, Japanese, Thai, Lao, Khmer and Burmese put no space between words, so terms in those scripts
match anywhere; Korean words take endings, so a Korean term matches where a word begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self

from pipeline.text import fold
from schemas.article import Reading, TopicMatch
from schemas.topic import Terms, Topic

_GAPS = re.compile(r"[^\S\n]*(?:-+|[^\S\n])[^\S\n]*")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_KOREAN = re.compile("[\u1100-\u11ff\uac00-\ud7af]")
_SHOWN = 3


def _searchable(text: str) -> str:
    return _GAPS.sub(" ", fold(text))


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


class _Searched(NamedTuple):
    """The title and the text of an article, made ready to be searched; that takes longer than to look for a term."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One term, made ready to be looked for."""

    shown: str
    folded: str
    starts_word: bool
    ends_word: bool

    @classmethod
    def of(cls, term: str) -> Self:
        stem = term.rstrip("* \t")
        folded = _searchable(stem).strip()
        open_ended = stem != term.rstrip()
        return cls(
            shown=term,
            folded=folded,
            starts_word=_in_word(folded[0]) and not _UNSPACED.match(folded[0]),
            ends_word=not open_ended
            and _in_word(folded[-1])
            and not (_UNSPACED.match(folded[-1]) or _KOREAN.match(folded[-1])),
        )

    def found_in(self, text: str) -> bool:
        at = text.find(self.folded)
        while at >= 0:
            end = at + len(self.folded)
            if not (
                (self.starts_word and at > 0 and _in_word(text[at - 1]))
                or (self.ends_word and end < len(text) and _in_word(text[end]))
            ):
                return True
            at = text.find(self.folded, at + 1)
        return False


def _quoted(terms: Iterable[str]) -> str:
    terms = list(terms)
    more = f" and {len(terms) - _SHOWN} more" if len(terms) > _SHOWN else ""
    return ", ".join(f"'{term}'" for term in terms[:_SHOWN]) + more


class Matcher:
    """A topic made ready to be held against many articles."""

    def __init__(self, topic: Topic) -> None:
        self._name = topic.name
        self._match = topic.match
        self._phrases: dict[tuple[str, str | None], tuple[_Phrase, ...]] = {}

    def _of(self, kind: str, terms: Terms, language: str | None) -> tuple[_Phrase, ...]:
        # Languages come from pages; those no term is bound to share one entry, so that the cache stays small.
        known = language if language is None or language in terms.by_language else ""
        if (kind, known) not in self._phrases:
            self._phrases[kind, known] = tuple(_Phrase.of(term) for term in dict.fromkeys(terms.of(known)))
        return self._phrases[kind, known]

    def __call__(self, reading: Reading) -> TopicMatch:
        """Whether ``reading`` is coverage of the topic; an article of unknown language is held against every term."""
        (match,) = match_all([self], reading)
        return match

    def held_against(self, words: _Searched, language: str | None) -> TopicMatch:
        """The same of an article in ``language`` that was made ready before."""
        matched, reason = self._decide(words, language)
        return TopicMatch(topic=self._name, matched=matched, reason=reason)

    def _decide(self, words: _Searched, language: str | None) -> tuple[bool, str]:
        wanted, (title, text) = self._match, words
        if wanted.languages and language is not None and language not in wanted.languages:
            return False, f"language {language} is not one of {', '.join(wanted.languages)}"

        def place(phrase: _Phrase) -> str | None:
            if phrase.found_in(title):
                return "the title"
            return "the text" if phrase.found_in(text) else None

        unwanted = [phrase.shown for phrase in self._of("none", wanted.none, language) if place(phrase)]
        if unwanted:
            return False, f"holds {_quoted(unwanted)}, which the topic leaves out"
        needed = [(phrase.shown, place(phrase)) for phrase in self._of("all", wanted.all, language)]
        missing = [shown for shown, where in needed if where is None]
        if missing:
            return False, f"lacks {_quoted(missing)}, without which it is not coverage"
        choice = self._of("any", wanted.any, language)
        found = [(phrase.shown, where) for phrase in choice if (where := place(phrase))]
        if choice and not found:
            return False, f"contains none of: {_quoted(phrase.shown for phrase in choice)}"
        if wanted.any and not choice:
            return False, f"the topic has no term for language {language}"
        if not (found or needed):
            return (
                True,
                "the topic covers every article" if not wanted.languages else f"language {language or 'unknown'}",
            )
        parts = []
        for where in ("the title", "the text"):
            terms = [shown for shown, at in (*needed, *found) if at == where]
            if terms:
                parts.append(f"{_quoted(terms)} in {where}")
        return True, "found " + ", ".join(parts)


def match_all(matchers: Iterable[Matcher], reading: Reading) -> tuple[TopicMatch, ...]:
    """What each matcher says of ``reading``, in their order."""
    words = _Searched(_searchable(reading.title), _searchable(reading.text))
    return tuple(matcher.held_against(words, reading.language) for matcher in matchers)


def match_topic(topic: Topic, reading: Reading) -> TopicMatch:
    """Whether ``reading`` is coverage of ``topic``, and why. For many articles make one `Matcher`."""
    return Matcher(topic)(reading)
