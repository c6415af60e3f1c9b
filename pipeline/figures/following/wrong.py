"""What becomes of a series when a person finds a figure of it wrong, or takes that back.

The claim is kept aside, compared with nothing; what came in after it is judged as if it had never been made.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pipeline.figures.following.history import bounded
from pipeline.figures.following.verdicts import Judgement, judge, main_line
from schemas.figure import Claim, Series, Verdict, VerdictKind


def withdrawn(series: Series, figures: Collection[str]) -> tuple[Series, tuple[Verdict, ...]]:
    """``series`` without the claims of ``figures``, which it keeps aside, and the verdicts that are judged anew."""
    places = [place for place, claim in enumerate(series.claims) if claim.figure in figures]
    if not places:
        return series, ()
    aside = tuple(series.claims[place] for place in places)
    left = [claim for claim in series.claims if claim.figure not in figures]
    kept = series.model_copy(update={"wrong": (*series.wrong, *aside)})
    return _judged_anew(kept, left, places[0])


def restored(series: Series, figures: Collection[str]) -> tuple[Series, tuple[Verdict, ...]]:
    """``series`` with the claims of ``figures`` that it kept aside where they belong by the time of their articles."""
    back = [claim for claim in series.wrong if claim.figure in figures]
    if not back:
        return series, ()
    aside = tuple(claim for claim in series.wrong if claim.figure not in figures)
    claims, first = list(series.claims), len(series.claims)
    for claim in back:
        place = next((n for n, other in enumerate(claims) if other.published > claim.published), len(claims))
        claims.insert(place, claim)
        first = min(first, place)
    return _judged_anew(series.model_copy(update={"wrong": aside}), claims, first)


def _judged_anew(series: Series, claims: Sequence[Claim], first: int) -> tuple[Series, tuple[Verdict, ...]]:
    """``series`` with ``claims``, which are judged from the one at ``first`` on."""
    told = list(claims[:first])
    current = _held_by(told, series.current)
    verdicts = []
    for claim in claims[first:]:
        judgement = judge(told, claim)
        told.append(claim.model_copy(update={"kind": judgement.kind}))
        if judgement.holds_now or current is None:
            current = claim.figure
        verdicts.append(_verdict(series, claim, judgement))
    return series.model_copy(update={"claims": bounded(told, current), "current": current}), tuple(verdicts)


def _held_by(claims: Sequence[Claim], current: str | None) -> str | None:
    """The claim that held when no other had come in."""
    if any(claim.figure == current for claim in claims):
        return current
    line = [claim for claim in main_line(claims) if claim.kind is not VerdictKind.REPEATED]
    return max(line, key=lambda claim: claim.as_of).figure if line else None


def _verdict(series: Series, claim: Claim, judgement: Judgement) -> Verdict:
    return Verdict(
        figure=claim.figure,
        topic=series.topic,
        series=series.id,
        kind=judgement.kind,
        from_value=judgement.from_value,
        contradicts=judgement.contradicts,
        reason=judgement.reason,
    )
