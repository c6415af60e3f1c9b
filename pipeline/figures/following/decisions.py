"""What people decided about series: merged, split, renamed, pinned. It outlives every replay.

A decision names ids, and ids are reproduced by a replay; so decisions are kept, and asked whenever a series is opened
or a figure is placed, besides being applied once to what is there when they are made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from pipeline.figures.following.history import bounded
from pipeline.figures.following.verdicts import judge
from schemas.base import stable_id
from schemas.figure import Claim, DecisionKind, Series, SeriesDecision, Verdict


class Decisions:
    """All decisions of one topic, in the order they were made."""

    def __init__(self, topic: str, decisions: Iterable[SeriesDecision] = ()) -> None:
        self._topic = topic
        self._into: dict[str, str] = {}
        self._places: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        self._pinned: dict[str, bool] = {}
        for decision in decisions:
            self.add(decision)

    def add(self, decision: SeriesDecision) -> None:
        """Heed one more decision from now on."""
        first = decision.series[0]
        match decision.kind:
            case DecisionKind.MERGE:
                for other in decision.series[1:]:
                    if self.home_of(other) != self.home_of(first):
                        self._into[self.home_of(other)] = self.home_of(first)
            case DecisionKind.SPLIT:
                apart = self.apart(decision)
                self._into.pop(apart, None)
                self._places |= dict.fromkeys(decision.figures, apart)
                if decision.label:
                    self._labels[apart] = decision.label
            case DecisionKind.RENAME:
                self._labels[first] = decision.label or ""
            case DecisionKind.PIN | DecisionKind.UNPIN:
                self._pinned[first] = decision.kind is DecisionKind.PIN

    def apart(self, decision: SeriesDecision) -> str:
        """The id of the series that a split opens."""
        return stable_id("series", self._topic, "split", *decision.figures)

    def home_of(self, series: str) -> str:
        """Where the figures of a series go, following merges."""
        while series in self._into:
            series = self._into[series]
        return series

    def place_of(self, figure: str) -> str | None:
        """The series that a person put a figure into."""
        placed = self._places.get(figure)
        return None if placed is None else self.home_of(placed)

    def label_of(self, series: str) -> str | None:
        """The name that a person gave."""
        return self._labels.get(series)

    def pinned(self, series: str) -> bool:
        """Whether a person wants it first in every list."""
        return self._pinned.get(series, False)

    def apply(self, decision: SeriesDecision, series: Mapping[str, Series]) -> dict[str, Series]:
        """``series`` after a decision; ids it names that don't exist are left for when they do."""
        done = dict(series)
        match decision.kind:
            case DecisionKind.MERGE:
                for other in decision.series:
                    home = self.home_of(other)
                    if other != home and other in done and home in done and done[other].claims:
                        whole = _rejudged(done[home], [*done[home].claims, *done[other].claims])
                        done[home] = whole.model_copy(update={"wrong": (*whole.wrong, *done[other].wrong)})
                        emptied = {"claims": (), "wrong": (), "current": None, "merged_into": home}
                        done[other] = done[other].model_copy(update=emptied)
            case DecisionKind.SPLIT:
                first = decision.series[0]
                return self.split(series, first, decision.figures, self.apart(decision), decision.label)
            case _:
                first = decision.series[0]
                if first in done:
                    done[first] = done[first].model_copy(
                        update={
                            "label": self._labels.get(first) or done[first].label,
                            "pinned": self._pinned.get(first, done[first].pinned),
                        }
                    )
        return done

    def split(
        self,
        series: Mapping[str, Series],
        first: str,
        figures: Collection[str],
        apart: str,
        label: str | None = None,
    ) -> dict[str, Series]:
        """``series`` after ``figures`` were taken out of ``first`` into ``apart``; unchanged where all or none are."""
        done, source = dict(series), self.home_of(first)
        claims = done[source].claims if source in done else ()
        taken = [claim for claim in claims if claim.figure in figures]
        left = [claim for claim in claims if claim.figure not in figures]
        if not taken or not left:
            return done
        whole, opened = done[source], min(claim.published for claim in taken)
        base = whole.model_copy(
            update={"id": apart, "label": label or whole.label, "opened": opened, "merged_into": None, "wrong": ()}
        )
        done[apart] = _rejudged(base, taken)
        done[source] = _rejudged(whole, left)
        return done


def _rejudged(series: Series, claims: Sequence[Claim]) -> Series:
    """``series`` with ``claims``, judged one after the other in the order they were published."""
    told: list[Claim] = []
    current = None
    for claim in sorted(claims, key=lambda c: c.published):
        judgement = judge(told, claim)
        told.append(claim.model_copy(update={"kind": judgement.kind}))
        if judgement.holds_now or current is None:
            current = claim.figure
    return series.model_copy(update={"claims": bounded(told, current), "current": current})


def retold(topic: str, changed: Iterable[Series], before: Mapping[str, Series]) -> tuple[Verdict, ...]:
    """The verdicts of ``changed`` series that read differently from before."""
    was = {c.figure: (one.id, c.kind) for one in before.values() for c in one.claims}
    verdicts = []
    for one in changed:
        told: list[Claim] = []
        for claim in one.claims:
            judgement = judge(told, claim)
            told.append(claim)
            if was.get(claim.figure) != (one.id, claim.kind):
                verdicts.append(
                    Verdict(
                        figure=claim.figure,
                        topic=topic,
                        series=one.id,
                        kind=claim.kind,
                        from_value=judgement.from_value,
                        contradicts=judgement.contradicts,
                        reason=judgement.reason,
                    )
                )
    return tuple(verdicts)
