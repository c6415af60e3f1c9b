"""The follower of one topic: figures of article after article in, series and verdicts out."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence

from pipeline.figures.following import intervals
from pipeline.figures.following.assigning import assign
from pipeline.figures.following.candidates import Candidates
from pipeline.figures.following.context import marks_of_article
from pipeline.figures.following.decisions import Decisions, retold
from pipeline.figures.following.history import with_claim, without_claims
from pipeline.figures.following.profiles import Profile
from pipeline.figures.following.verdicts import judge
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
    ``marks``: what was noted around each.
    """

    series: tuple[Series, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    figures: tuple[FigureInArticle, ...] = ()
    marks: tuple[Marks, ...] = ()


class Follower:
    """Follows the figures of one topic.

    All it knows is in the series it returns: a follower made of them, and of the decisions of people, goes on exactly
    where the one before stopped. The same articles in the same order give the same series, ids included.
    """

    def __init__(self, topic: str, series: Iterable[Series] = (), decisions: Iterable[SeriesDecision] = ()) -> None:
        self.topic = topic
        self._series: dict[str, Series] = {one.id: one for one in series}
        self._decisions = Decisions(topic, decisions)
        self._candidates = Candidates()
        self._where: dict[str, str] = {}
        self._changed: dict[str, None] = {}
        for one in self._series.values():
            self._know(one)

    def series(self) -> tuple[Series, ...]:
        """Every series, those that were merged into others too, in the order they were opened."""
        return tuple(self._series.values())

    def follow(
        self,
        figures: Sequence[FigureInArticle],
        *,
        text: str = "",
        replaces: Sequence[str] = (),
        standing: Collection[str] = (),
    ) -> Followed:
        """Place and judge all figures of one revision of one article, in the order of its text.

        ``text`` is what the spans count in; without it a figure is looked up in its quote. ``replaces`` are the ids of
        the figures of the revision before, where this is a later one, ``standing`` those of them that it states still
        (`still_standing`), and so corrects none of. Figures known already (the same ids again) are
        judged as if they were not there, so that a step run twice gives the same verdicts.
        """
        revised = frozenset(replaces)
        self._changed.clear()
        self._forget({one.id for one in figures})
        marks = marks_of_article(figures, text)
        claims = [claim_of(one, noted) for one, noted in zip(figures, marks, strict=True)]
        profiles = [Profile((claim,)) for one, claim in zip(figures, claims, strict=True)]
        forced = {i: place for i, one in enumerate(figures) if (place := self._decisions.place_of(one.id))}
        verdicts: dict[int, Verdict] = {}
        for series, members in assign(profiles, self._candidates, forced=forced, replaces=revised):
            home = self._home(series, figures[members[0]])
            for i in members:
                beside = [claims[k] for k in members if k != i]
                verdicts[i] = self._judge(home, figures[i].figure, claims[i], beside, revised.difference(standing))
        for id in self._changed:
            if id in self._series:
                self._know(self._series[id])
        return Followed(
            series=tuple(self._series[id] for id in self._changed if id in self._series),
            verdicts=tuple(verdicts[i] for i in range(len(figures))),
            figures=tuple(_filled(one, self._series[verdicts[i].series]) for i, one in enumerate(figures)),
            marks=tuple(marks),
        )

    def decide(self, decision: SeriesDecision) -> Followed:
        """Apply what a person decided, and judge anew what it touches."""
        self._decisions.add(decision)
        before = dict(self._series)
        self._series = self._decisions.apply(decision, self._series)
        changed = [one for id, one in self._series.items() if before.get(id) != one]
        for one in changed:
            self._know(one)
        return Followed(series=tuple(changed), verdicts=retold(self.topic, changed, before))

    def _know(self, series: Series) -> None:
        """Let ``series`` be found as it is now."""
        if not series.claims:
            self._candidates.drop(series.id)
            return
        self._candidates.put(series.id, Profile(series.claims))
        self._where |= dict.fromkeys((claim.figure for claim in series.claims), series.id)

    def _home(self, series: str | None, first: FigureInArticle) -> str:
        """The series of a group of figures whose first is ``first``, opened where there is none."""
        made = self._decisions.home_of(series or stable_id("series", self.topic, first.id))
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

    def _judge(self, home: str, figure: Figure, said: Claim, beside: Sequence[Claim], gone: frozenset[str]) -> Verdict:
        series = self._series[home]
        revises = next((claim for claim in reversed(series.claims) if claim.figure in gone), None)
        judgement = judge(series.claims, said, revises=revises, beside=beside, earlier=figure.earlier)
        claim = said.model_copy(update={"kind": judgement.kind})
        self._series[home] = with_claim(series, claim, figure, holds_now=judgement.holds_now)
        self._changed[home] = None
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
        for id in dict.fromkeys(self._where.pop(figure) for figure in sorted(ids) if figure in self._where):
            one = self._series[id]
            left = [claim for claim in one.claims if claim.figure not in ids]
            self._changed[id] = None
            if left or one.merged_into is not None:
                self._series[id] = without_claims(one, left) if left else one
                self._know(self._series[id])
            else:
                del self._series[id]
                self._candidates.drop(id)


def claim_of(one: FigureInArticle, marks: Marks) -> Claim:
    """A figure as its series will remember it, before it is judged."""
    figure = one.figure
    interval = intervals.of_figure(figure)
    return Claim(
        figure=one.id,
        article=one.article,
        outlet=one.outlet,
        attribution=figure.attribution,
        published=one.published,
        # What is expected of a day to come is what was known when it was said.
        as_of=min(figure.as_of or one.published.date(), one.published.date()),
        low=interval.low if math.isfinite(interval.low) else None,
        high=interval.high if math.isfinite(interval.high) else None,
        value=figure.value,
        modifier=figure.modifier,
        kind=VerdictKind.NEW,
        marks=marks,
    )


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
