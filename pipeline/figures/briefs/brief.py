"""The brief of a story, made from what its reports state: no clock, no record, no order of arrival in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from pipeline.figures.briefs.fuse import Fact, courses_of, facts_of
from pipeline.figures.briefs.importance import importance
from pipeline.figures.following.attributions import speak_as_one
from pipeline.figures.following.intervals import excludes
from pipeline.figures.telling.models import Limits, Models
from schemas.brief import BriefFigure, BriefValue, Report
from schemas.figure import Figure

READ = 100
"""Reports of a story that are read for its brief: the latest."""
MOST = 40
"""Figures of a brief: more than anyone reads, and few enough to hold each against each."""
_CONFIRMED, _LEAST = 2, Limits.digest
"""A figure is shown that so many outlets state, each in a text of its own, or that is worth a line in a digest."""
_HALVES_IN = timedelta(days=1)
"""After which time what a report states counts half, where values of one thing are weighed."""


def brief_figures(
    reports: Sequence[Report],
    rarity: Callable[[str], float],
    say: Callable[[Figure], str],
    models: Models | None = None,
) -> tuple[BriefFigure, ...]:
    """What the reports of a story state together, those figures first that matter most; ``MOST`` at most.

    What one outlet alone states is left out if it would not be worth a line in a digest.

    Whatever the order of ``reports``, the same is told; of more than ``READ`` the latest are read, and as many copies
    of them. A copy is named beside what it repeats, and changes nothing else. ``rarity`` says how telling a word is in
    its topic, from 0 to 1; ``say`` words a figure.
    """
    weights = models or Models.shipped()
    latest, copies = _with_copies(reports)
    stated = facts_of(latest, copies, rarity, weights)
    ranks = {fact: importance(fact, len(latest)) for fact in stated}
    courses = courses_of(sorted(stated, key=lambda fact: -ranks[fact])[:MOST], rarity, weights)
    found = []
    for course in courses:
        holds = _holding(course, latest[-1].published)
        if holds.texts < _CONFIRMED and max(fact.worth for fact in course) < _LEAST:
            continue
        found.append(_figure(course, holds, say, max(ranks[fact] for fact in course)))
    return tuple(sorted(found, key=lambda figure: (-figure.importance, figure.figure)))


def _with_copies(reports: Sequence[Report]) -> tuple[list[Report], dict[str, list[Report]]]:
    """The latest reports, the earliest first, and the latest of their copies by the ids of what they repeat.

    Where a report is not there, the first of its copies stands for it.
    """
    in_order = sorted(reports, key=lambda report: (report.published, report.id))
    stands = {report.id: report.id for report in in_order if report.copy_of is None}
    for report in in_order:
        stands.setdefault(report.copy_of or report.id, report.id)
    latest = [report for report in in_order if stands[report.copy_of or report.id] == report.id][-READ:]
    copies: dict[str, list[Report]] = {report.id: [] for report in latest}
    of_these = [report for report in in_order if stands[report.copy_of or report.id] in copies.keys() - {report.id}]
    for report in of_these[-READ:]:
        copies[stands[report.copy_of or report.id]].append(report)
    return latest, copies


def _holding(course: Sequence[Fact], now: datetime) -> Fact:
    """The fact of a course that holds: who states it weighs by how many they are, and how lately they did."""

    def weight(fact: Fact) -> float:
        latest = {voice.witness: voice.report.published for voice in fact.voices}
        return math.fsum(0.5 ** ((now - at) / _HALVES_IN) for at in latest.values())

    return max(course, key=lambda fact: (weight(fact), fact.last, fact.worth))


def _figure(course: Sequence[Fact], holds: Fact, say: Callable[[Figure], str], rank: float) -> BriefFigure:
    best = holds.best
    figure = best.mention.figure
    others = [fact for fact in course if fact is not holds]
    rivals = [fact for fact in others if _is_rival(fact, holds, others)]
    replaced = [fact for fact in others if fact.last < holds.first and fact not in rivals]
    before = sorted(replaced, key=lambda fact: fact.last, reverse=True)
    return BriefFigure(
        **_stated(holds).model_dump(),
        headline=say(figure),
        quote=figure.quote,
        article=best.report.id,
        unit=figure.unit,
        worth=max(fact.worth for fact in course),
        importance=rank,
        texts=holds.texts,
        witnesses=holds.witnesses,
        sure=holds.sure,
        rivals=tuple(map(_stated, rivals)),
        before=tuple(map(_stated, before)),
    )


def _is_rival(fact: Fact, holds: Fact, others: Sequence[Fact]) -> bool:
    """Whether a value stands beside the one that holds, and can't be true with it.

    It does if it is still stated; and if somebody else's count lies outside of what the speaker of the value that holds
    said before it and says now: then the two count on, each by itself.
    """
    if not excludes(fact.best.mention.claim, holds.best.mention.claim):
        return False
    if fact.last >= holds.first:
        return True
    if not fact.speakers or _speak_as_one(fact, holds):
        return False
    own = [one for one in others if one.first <= fact.first and _speak_as_one(one, holds)]
    return any(not min(one.size, holds.size) <= fact.size <= max(one.size, holds.size) for one in own)


def _speak_as_one(one: Fact, other: Fact) -> bool:
    return any(speak_as_one(first, second) for first in one.speakers for second in other.speakers)


def _stated(fact: Fact) -> BriefValue:
    best = fact.best
    figure = best.mention.figure
    return BriefValue(
        value=figure.value,
        low=figure.low,
        high=figure.high,
        modifier=figure.modifier,
        figure=best.mention.id,
        articles=fact.articles,
        outlets=fact.outlets,
        speaker=figure.attribution,
        as_of=figure.as_of,
        since=fact.first,
    )
