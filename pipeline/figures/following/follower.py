"""The follower of one topic: figures of article after article in, series and verdicts out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from pipeline.figures.following import intervals
from pipeline.figures.following.assigning import assign
from pipeline.figures.following.context import marks_of, spots
from pipeline.figures.following.decisions import Decisions, retold
from pipeline.figures.following.history import bounded, with_claim
from pipeline.figures.following.matching import Candidate
from pipeline.figures.following.verdicts import judge, main_line
from pipeline.figures.words import label_of
from schemas.base import Model, stable_id
from schemas.figure import (
    Claim,
    Figure,
    FigureInArticle,
    Marks,
    Scope,
    Series,
    SeriesDecision,
    Verdict,
    VerdictKind,
)


class Followed(Model):
    """What became of the figures of one article, or of one decision.

    ``series``: those opened or changed. ``verdicts``: one per figure, in order; after a decision, those that read
    differently now. ``figures``: the same figures with what their text left open filled in from their series.
    """

    series: tuple[Series, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    figures: tuple[FigureInArticle, ...] = ()


class Follower:
    """Follows the figures of one topic.

    All it knows is in the series it returns: a follower made of them, and of the decisions of people, goes on exactly
    where the one before stopped. The same articles in the same order give the same series, ids included.
    """

    def __init__(self, topic: str, series: Iterable[Series] = (), decisions: Iterable[SeriesDecision] = ()) -> None:
        self.topic = topic
        self._series: dict[str, Series] = {one.id: one for one in series}
        self._decisions = Decisions(topic, decisions)

    def series(self) -> tuple[Series, ...]:
        """Every series, those that were merged into others too, in the order they were opened."""
        return tuple(self._series.values())

    def follow(self, figures: Sequence[FigureInArticle], *, text: str = "", replaces: Sequence[str] = ()) -> Followed:
        """Place and judge all figures of one revision of one article, in the order of its text.

        ``text`` is what the spans count in; without it a figure is looked up in its quote. ``replaces`` are the ids of
        the figures of the revision before, where this is a later one. Figures known already (the same ids again) are
        judged as if they were not there, so that a step run twice gives the same verdicts.
        """
        known_ids = {one.id for one in figures}
        before = dict(self._series)
        self._forget(known_ids)
        candidates = [
            _candidate(one, marks_of(one, spot)) for one, spot in zip(figures, spots(figures, text), strict=True)
        ]
        open_series = [one for one in self._series.values() if one.merged_into is None and one.claims]
        forced = {i: s for i, one in enumerate(figures) if (s := self._decisions.place_of(one.id))}
        groups = assign(candidates, open_series, forced=forced, replaces=frozenset(replaces))
        verdicts: dict[int, Verdict] = {}
        for series_id, members in groups:
            home = self._home(series_id, figures, candidates, members)
            beside = [candidates[i].claim for i in members]
            for i in members:
                verdicts[i] = self._judge(home, candidates[i], beside, frozenset(replaces))
        changed = tuple(one for id, one in self._series.items() if before.get(id) != one)
        filled = tuple(_filled(one, self._series[verdicts[i].series]) for i, one in enumerate(figures))
        return Followed(series=changed, verdicts=tuple(verdicts[i] for i in range(len(figures))), figures=filled)

    def decide(self, decision: SeriesDecision) -> Followed:
        """Apply what a person decided, and judge anew what it touches."""
        self._decisions.add(decision)
        before = dict(self._series)
        self._series = self._decisions.apply(decision, self._series)
        changed = [one for id, one in self._series.items() if before.get(id) != one]
        return Followed(series=tuple(changed), verdicts=retold(self.topic, changed, before))

    def _home(
        self,
        series_id: str | None,
        figures: Sequence[FigureInArticle],
        candidates: Sequence[Candidate],
        members: Sequence[int],
    ) -> str:
        """The series of a group of figures, opened where there is none."""
        if series_id is not None and series_id in self._series:
            return self._decisions.home_of(series_id)
        first = figures[members[0]]
        made = series_id or self._decisions.home_of(stable_id("series", self.topic, first.id))
        if made not in self._series:
            self._series[made] = Series(
                id=made,
                topic=self.topic,
                label=self._decisions.label_of(made) or label_of(first.figure),
                counted=first.figure.counted,
                action=first.figure.action,
                unit=first.figure.unit,
                scope=first.figure.scope,
                opened=first.published,
                muted=self._decisions.muted(made),
                pinned=self._decisions.pinned(made),
            )
        return made

    def _judge(self, home: str, candidate: Candidate, beside: Sequence[Claim], replaces: frozenset[str]) -> Verdict:
        series = self._series[home]
        said = candidate.claim
        revises = next((c for c in reversed(series.claims) if c.figure in replaces), None)
        others = [claim for claim in beside if claim.figure != said.figure]
        judgement = judge(series.claims, said, revises=revises, beside=others)
        self._series[home] = with_claim(series, said.model_copy(update={"kind": judgement.kind}), judgement)
        return Verdict(
            figure=said.figure,
            topic=self.topic,
            series=home,
            kind=judgement.kind,
            from_value=judgement.from_value,
            contradicts=judgement.contradicts,
            reason=judgement.reason,
        )

    def _forget(self, ids: set[str]) -> None:
        """Take out claims that are about to be made again."""
        for id, one in list(self._series.items()):
            left = tuple(claim for claim in one.claims if claim.figure not in ids)
            if len(left) == len(one.claims):
                continue
            if left:
                current = one.current if one.current not in ids else (main_line(left) or left)[-1].figure
                self._series[id] = one.model_copy(update={"claims": bounded(left), "current": current})
            elif one.merged_into is None:
                del self._series[id]


def _candidate(one: FigureInArticle, marks: Marks) -> Candidate:
    figure: Figure = one.figure
    interval = intervals.of_figure(figure)
    claim = Claim(
        figure=one.id,
        article=one.article,
        outlet=one.outlet,
        attribution=figure.attribution,
        published=one.published,
        as_of=figure.as_of or one.published.date(),
        low=interval.low if math.isfinite(interval.low) else None,
        high=interval.high if math.isfinite(interval.high) else None,
        value=figure.value,
        modifier=figure.modifier,
        kind=VerdictKind.NEW,
        marks=marks,
    )
    return Candidate(claim, figure.unit, figure.scope)


def _filled(one: FigureInArticle, series: Series) -> FigureInArticle:
    """The figure with its noun, action and scope from its series where its own text left them open."""
    figure, scope = one.figure, one.figure.scope
    whole = Scope(
        place=scope.place or series.scope.place,
        window=scope.window or series.scope.window,
        group=scope.group or series.scope.group,
        kind=scope.kind,
    )
    update = {"counted": figure.counted or series.counted, "action": figure.action or series.action, "scope": whole}
    return one.model_copy(update={"figure": figure.model_copy(update=update)})
