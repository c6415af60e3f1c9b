"""The follower of one topic: figures of article after article in, series and verdicts out."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from pipeline.figures.following import intervals
from pipeline.figures.following.assigning import assign
from pipeline.figures.following.candidates import NOTHING, Candidates, FoundBy
from pipeline.figures.following.context import marks_of_article
from pipeline.figures.following.decisions import Decisions, retold
from pipeline.figures.following.history import with_claim, without_claims
from pipeline.figures.following.kept import Kept, Shelf
from pipeline.figures.following.profiles import Profile
from pipeline.figures.following.verdicts import judge
from pipeline.figures.following.wrong import restored, withdrawn
from pipeline.figures.words import label_of
from schemas.base import Model, stable_id
from schemas.figure import (
    Claim,
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

    It is made of all ``series``, or of a ``shelf`` on which they are and on which whoever uses it puts what it returns,
    with what `found_by` says of it, before it is asked again. Then it reads those that an article's figures may be of,
    and holds few.
    """

    def __init__(
        self,
        topic: str,
        series: Iterable[Series] = (),
        decisions: Iterable[SeriesDecision] = (),
        *,
        shelf: Shelf | None = None,
    ) -> None:
        self.topic = topic
        self._series = Kept(series, shelf)
        self._decisions = Decisions(topic, decisions)
        self._candidates = Candidates(load=self._profiles)
        self._where: dict[str, str] = {}
        self._changed: dict[str, None] = {}
        self.untold: dict[str, str] = {}
        """What those series are found by that were on the shelf without it."""
        for one in self._series.all().values():
            self._know(one)
        if shelf is not None:
            self._recall(shelf)

    def _recall(self, shelf: Shelf) -> None:
        """Know what is on a shelf, by what it is found by alone; what does not say that is read."""
        untold = []
        for id, opened, text in shelf.found_by():
            self._series.know(id)
            found_by = FoundBy.from_text(text)
            if found_by is None:
                untold.append(id)
            if found_by is None or found_by.keys:
                self._candidates.know(id, opened, found_by or NOTHING)
        if untold:
            for id, one in shelf.get(untold).items():
                self._know(one)
                self.untold[id] = self.found_by(id)

    def use(self, shelf: Shelf) -> None:
        """Read from this shelf from now on: the same, within another transaction."""
        self._series.shelf = shelf

    def found_by(self, series: str) -> str:
        """What a series is found by, as text that a shelf gives back."""
        return self._candidates.found_by(series).to_text()

    def _profiles(self, ids: Sequence[str]) -> Iterator[tuple[str, Profile]]:
        self._series.fetch(ids)
        return ((id, Profile(self._series[id].claims)) for id in ids)

    def series(self) -> tuple[Series, ...]:
        """Every series, those that were merged into others too, in the order they were opened."""
        return tuple(self._series.all().values())

    def follow(
        self,
        figures: Sequence[FigureInArticle],
        *,
        text: str = "",
        replaces: Sequence[str] = (),
        standing: Collection[str] = (),
        wrong: Collection[str] = (),
        apart: Mapping[str, str] | None = None,
    ) -> Followed:
        """Place and judge all figures of one revision of one article, in the order of its text.

        ``text`` is what the spans count in; without it a figure is looked up in its quote. ``replaces`` are the ids of
        the figures of the revision before, where this is a later one, ``standing`` those of them that it states still
        (`still_standing`), and so corrects none of. Figures known already (the same ids again) are
        judged as if they were not there, so that a step run twice gives the same verdicts.

        ``wrong`` are the ids of figures that a person found wrong: each gets its verdict, and its claim is kept aside.
        ``apart`` names the series of those that a person found to be of another than the one they resemble.
        """
        self._candidates.ease(self._series.ease())
        revised = frozenset(replaces)
        self._changed.clear()
        self._forget({one.id for one in figures})
        marks = marks_of_article(figures, text)
        claims = [claim_of(one, noted) for one, noted in zip(figures, marks, strict=True)]
        profiles = [Profile((claim,)) for one, claim in zip(figures, claims, strict=True)]
        places = {one.id: self._decisions.place_of(one.id) for one in figures} | dict(apart or {})
        forced = {i: place for i, one in enumerate(figures) if (place := places.get(one.id))}
        verdicts: dict[int, Verdict] = {}
        for series, members in assign(profiles, self._candidates, forced=forced, replaces=revised):
            home = self._home(series, figures[members[0]])
            for i in members:
                beside = [claims[k] for k in members if k != i and figures[k].id not in wrong]
                gone = revised.difference(standing)
                verdicts[i] = self._judge(home, figures[i], claims[i], beside, gone, aside=figures[i].id in wrong)
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
        return self._applied(lambda known: self._decisions.apply(decision, known))

    def _applied(self, change: Callable[[dict[str, Series]], dict[str, Series]]) -> Followed:
        before = self._series.all()
        changed = [one for id, one in change(before).items() if before.get(id) != one]
        for one in changed:
            self._series[one.id] = one
            self._know(one)
        return Followed(series=tuple(changed), verdicts=retold(self.topic, changed, before))

    def withdraw(self, figures: Collection[str]) -> Followed:
        """Keep claims aside that a person found wrong, and judge anew what came after them."""
        return self._without(figures, lambda one: withdrawn(one, figures))

    def restore(self, figures: Collection[str]) -> Followed:
        """Take claims back that were kept aside as wrong."""
        return self._without(figures, lambda one: restored(one, figures))

    def part(self, series: str, figures: Sequence[str], apart: str) -> Followed:
        """Take figures out of ``series`` into one of their own, ``apart``; nothing changes where they are alone.

        It is not remembered: whoever follows such a figure again names its place.
        """
        return self._applied(lambda known: self._decisions.split(known, series, figures, apart))

    def rejoin(self, apart: str, series: str) -> Followed:
        """Bring what was taken apart from ``series`` back into it."""
        if series not in self._series or apart not in self._series:
            return Followed()
        whole, part = self._series[series], self._series[apart]
        figures = {claim.figure for claim in part.claims}
        whole = whole.model_copy(update={"wrong": (*whole.wrong, *part.wrong, *part.claims)})
        self._series[series], verdicts = restored(whole, figures)
        emptied = {"claims": (), "wrong": (), "current": None, "merged_into": series}
        self._series[apart] = part.model_copy(update=emptied)
        for one in (self._series[apart], self._series[series]):
            self._know(one)
        return Followed(series=(self._series[series], self._series[apart]), verdicts=verdicts)

    def _without(
        self, figures: Collection[str], change: Callable[[Series], tuple[Series, tuple[Verdict, ...]]]
    ) -> Followed:
        changed: list[Series] = []
        verdicts: list[Verdict] = []
        where = self._homes(figures)
        for id in dict.fromkeys(where[figure] for figure in sorted(figures) if figure in where):
            self._series[id], judged = change(self._series[id])
            self._know(self._series[id])
            changed.append(self._series[id])
            verdicts += judged
        return Followed(series=tuple(changed), verdicts=tuple(verdicts))

    def _know(self, series: Series) -> None:
        """Let ``series`` be found as it is now."""
        if self._series.shelf is None:
            self._where |= dict.fromkeys((claim.figure for claim in (*series.claims, *series.wrong)), series.id)
        if series.claims:
            self._candidates.put(series.id, series.opened, Profile(series.claims))
        else:
            self._candidates.drop(series.id)

    def _homes(self, figures: Collection[str]) -> Mapping[str, str]:
        """The series of figures that were followed before."""
        if self._series.shelf is None:
            return self._where
        found = self._series.shelf.homes(figures)
        return {figure: id for figure, id in found.items() if id in self._series}

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
                pinned=self._decisions.pinned(made),
            )
        return made

    def _judge(
        self,
        home: str,
        one: FigureInArticle,
        said: Claim,
        beside: Sequence[Claim],
        gone: frozenset[str],
        *,
        aside: bool = False,
    ) -> Verdict:
        """The verdict of a figure; its claim joins the series, or is kept ``aside``."""
        series, figure = self._series[home], one.figure
        revises = next((claim for claim in reversed(series.claims) if claim.figure in gone), None)
        judgement = judge(series.claims, said, revises=revises, beside=beside, earlier=figure.earlier)
        claim = said.model_copy(update={"kind": judgement.kind})
        self._series[home] = (
            series.model_copy(update={"wrong": (*series.wrong, claim)})
            if aside
            else with_claim(series, claim, figure, holds_now=judgement.holds_now)
        )
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
        where = self._homes(ids)
        homes = dict.fromkeys(where[figure] for figure in sorted(ids) if figure in where)
        for figure in ids:
            self._where.pop(figure, None)
        for id in homes:
            one = self._series[id]
            left = [claim for claim in one.claims if claim.figure not in ids]
            aside = tuple(claim for claim in one.wrong if claim.figure not in ids)
            self._changed[id] = None
            if left or aside or one.merged_into is not None:
                kept = one.model_copy(update={"wrong": aside})
                self._series[id] = without_claims(kept, left)
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
