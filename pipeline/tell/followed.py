"""Which figures the desk follows by name, whatever their worth."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.tell.words import claim_words, singular
from pipeline.text import fold
from schemas.alert import FigureNews
from schemas.figure import Figure
from schemas.topic import FollowedFigure, Topic

_PEOPLE = (["person"], ["human"], ["human", "being"])
"""Words for people of every kind, in singular."""
_ENDING = re.compile(r"(?<=\w{3})(?:ies|ied|es|ed|s|ing|e|d|y)$")


def followed(topic: Topic, figure: Figure) -> FollowedFigure | None:
    """The first of ``topic.figures`` that means this figure."""
    return next((one for one in topic.figures if _means(one, figure)), None)


def as_followed(topic: Topic, news: FigureNews) -> FigureNews:
    """The news as the topic's ``figures`` have it told, under the name given there; unchanged where none means it."""
    one = followed(topic, news.statement.figure)
    return news.model_copy(update={"tell": one.always, "followed": one.name}) if one else news


def counts_one_of(figure: Figure, wanted: Sequence[str]) -> bool:
    """Whether what is counted (or the unit) holds one of the wanted words, in singular or plural.

    Who wants people is told of all of them, whatever the text calls them: passengers, civilians, bodies.
    """
    if figure.people and any(_words(one) in _PEOPLE for one in wanted):
        return True
    said = [_words(text) for text in (figure.counted, figure.unit) if text]
    return any(_holds(words, _words(one)) for one in wanted for words in said)


def _means(one: FollowedFigure, figure: Figure) -> bool:
    if one.counted and not counts_one_of(figure, one.counted):
        return False
    said = [_stems(text) for text in ((figure.action or "").replace("_", " "), claim_words(figure))]
    return not one.action or any(_holds(stems, _stems(action)) for action in one.action for stems in said)


def _holds(words: list[str], wanted: list[str]) -> bool:
    """Whether ``wanted`` stands in ``words``, one after another."""
    return bool(wanted) and any(wanted == words[start : start + len(wanted)] for start in range(len(words)))


def _words(text: str) -> list[str]:
    return [singular(word) for word in fold(text).split()]


def _stems(text: str) -> list[str]:
    """Words without the commonest English endings: "rescued", "rescues" and "rescuing" are one."""
    return [_stem(word) for word in re.findall(r"\w+", fold(text))]


def _stem(word: str) -> str:
    bare = _ENDING.sub("", word)
    # "stopped" and "stop"
    doubled = bare != word and len(bare) > 3 and bare[-1] == bare[-2] and bare[-1] not in "ls"
    return bare[:-1] if doubled else bare
