"""What one claim says against the claims of its series.

The first that holds:

1. *new*: the series was not known before.
2. *repeated*: an earlier claim states the same number, or what is known already entails it (a rounding, a weaker
   bound).
3. *correction*: it stands in a later revision of an article, in place of another number, and nothing tells of news.
4. *contradiction*: another speaker, incompatible, for the same day or in open dispute. The known value stays; the
   other speaker's next counts are judged against their own.
5. *changed*: everything else: a later count, a revision up or down, something vague made precise.

Claims are placed by the day they hold for, not by arrival: an older state that arrives late is judged against what held
before it, and never replaces what holds now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.figures.following import intervals
from pipeline.figures.following.attributions import are_others, speak_as_one
from pipeline.figures.following.opposed import opposes
from pipeline.figures.following.profiles import value_key
from pipeline.figures.following.weights import score
from pipeline.figures.words import value_words
from schemas.figure import Claim, Marks, Value, VerdictKind


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a verdict will say, why, and whether the claim holds from now on."""

    kind: VerdictKind
    reason: str
    from_value: Value | None = None
    contradicts: tuple[str, ...] = ()
    holds_now: bool = False


def said_words(claim: Claim) -> str:
    """The value of a claim in words, with its modifier."""
    return value_words(claim.value, claim.low, claim.high, claim.modifier)


def _who(claim: Claim) -> str:
    return claim.attribution or claim.outlet


def _cues(claim: Claim) -> tuple[str, ...]:
    return (claim.marks or Marks()).cues


def main_line(claims: Sequence[Claim]) -> list[Claim]:
    """The claims that held one after the other, without contradictions and what their authors said later."""
    line: list[Claim] = []
    dissent: list[Claim] = []
    for claim in claims:
        if claim.kind is VerdictKind.CONTRADICTION or (claim.kind is VerdictKind.CHANGED and _track(dissent, claim)):
            dissent.append(claim)
        elif claim.kind is not VerdictKind.REPEATED:
            line.append(claim)
    return line


def _track(dissent: Sequence[Claim], claim: Claim) -> list[Claim]:
    """What the speaker of ``claim`` said against the main line before."""
    return [other for other in dissent if speak_as_one(other.attribution, claim.attribution)]


def judge(
    claims: Sequence[Claim],
    said: Claim,
    *,
    revises: Claim | None = None,
    beside: Sequence[Claim] = (),
) -> Judgement:
    """What ``said`` says against ``claims`` of its series, which are in order of arrival.

    ``revises`` is the claim of the article's revision before that ``said`` stands in place of; ``beside`` are other
    claims of the series in the same article, against which a text may set it.
    """
    if not claims:
        return Judgement(VerdictKind.NEW, f"No figure like it was known: {said_words(said)}.", holds_now=True)
    before, line, dissent = _told(claims, said)
    late = bool(main_line(claims)) and not main_line(before)
    current = line[-1]
    own = _track(dissent, said)
    against = own[-1] if own else current
    repeated = _repeated(claims, said, [against, current, *reversed(dissent)])
    if repeated is not None:
        return repeated
    if late:
        return _older(said, current)
    overtaken = any(c.as_of > said.as_of for c in main_line(claims))
    if revises is not None and "update" not in _cues(said) and said.as_of <= revises.as_of:
        return Judgement(
            VerdictKind.CORRECTION,
            f"A later revision of the article says {said_words(said)} where it said {said_words(revises)}.",
            from_value=intervals.stated(revises),
            holds_now=not overtaken and not own,
        )
    if not own and (clash := _contradicts(traits_of_clash(claims, said, beside), said)):
        return Judgement(
            VerdictKind.CONTRADICTION,
            f"{_capital(_who(said))} says {said_words(said)}, {_who(current)} says {said_words(current)}; {clash}.",
            contradicts=(current.figure,),
        )
    if not own and (since := [c for c in line if c.as_of == said.as_of and c.published > said.published]):
        # Of one day's counts the one published last holds, whichever arrives last.
        earlier = [c for c in line if c not in since]
        if not earlier or intervals.entails(earlier[-1], said):
            return _older(said, current)
        against, overtaken = earlier[-1], True
    return Judgement(
        VerdictKind.CHANGED,
        _change_words(against, said),
        from_value=intervals.stated(against),
        holds_now=not overtaken and not own,
    )


def _older(said: Claim, current: Claim) -> Judgement:
    """A state from before all that is known."""
    return Judgement(
        VerdictKind.REPEATED,
        f"An older state, as of {said.as_of:%-d %B %Y}; known is {said_words(current)} of {current.as_of:%-d %B %Y}.",
    )


def _told(claims: Sequence[Claim], said: Claim) -> tuple[list[Claim], list[Claim], list[Claim]]:
    """The claims up to the day of ``said``; those of them that held one after the other; and those that did not."""
    before = [c for c in claims if c.as_of <= said.as_of]
    line = main_line(before) or main_line(claims)[:1]
    dissent = [
        c for c in before if c.kind is VerdictKind.CONTRADICTION or (c.kind is VerdictKind.CHANGED and c not in line)
    ]
    return before, line, dissent


def _repeated(claims: Sequence[Claim], said: Claim, standing: Sequence[Claim]) -> Judgement | None:
    for known in standing:
        if intervals.equal(known, said):
            return Judgement(VerdictKind.REPEATED, f"The same as {_who(known)} said on {known.published:%-d %B %Y}.")
        if intervals.entails(known, said):
            return Judgement(
                VerdictKind.REPEATED, f"{_capital(said_words(said))} follows from {said_words(known)}, which was known."
            )
    for known in reversed(claims):
        if intervals.equal(known, said):
            return Judgement(
                VerdictKind.REPEATED, f"An earlier value, stated on {known.published:%-d %B %Y}, told again."
            )
    return None


def _speaker(line: Sequence[Claim], claims: Sequence[Claim]) -> str | None:
    """Who stands behind what holds now: who said it, or repeated it, or stated what it followed on."""
    current = line[-1]
    said = [c.attribution for c in claims if c.attribution and intervals.equal(c, current)]
    return (
        current.attribution
        or next(iter(said), None)
        or next((c.attribution for c in reversed(line) if c.attribution), None)
    )


def traits_of_clash(claims: Sequence[Claim], said: Claim, beside: Sequence[Claim]) -> dict[str, float]:
    """What speaks for it that ``said`` opposes what holds, and against it, where it rather follows it.

    Empty where both can be true together, or one speaker says both.
    """
    before, line, _ = _told(claims, said)
    known, by = line[-1], _speaker(line, before)
    if not intervals.excludes(known, said) or speak_as_one(by, said.attribution):
        return {}
    cues = set(_cues(said))
    quotes = [other for other in beside if intervals.equal(known, other)]
    of_quotes = {cue for quote in quotes for cue in _cues(quote)}
    days = (said.as_of - known.as_of).days
    speaker = (
        "other speaker" if are_others(by, said.attribution) else "new speaker" if said.attribution else "no speaker"
    )
    when = "same day" if days == 0 else "next day" if days == 1 else "days later" if days < 6 else "long after"
    traits = {"base": 1.0, speaker: 1.0, when: 1.0, f"{speaker}, {when}": 1.0}
    traits["same outlet" if said.outlet == known.outlet else "other outlet"] = 1.0
    if "update" in cues:
        traits["update"] = 1.0
    if "dispute" in cues:
        traits["dispute"] = 1.0
    elif "dispute before" in cues:
        traits["dispute before"] = 1.0
    if "stated" in cues and not said.attribution:
        traits["stated"] = 1.0
    if intervals.size(intervals.of_claim(said)) < intervals.size(intervals.of_claim(known)):
        traits["lower"] = 1.0
    held = {known.figure, *(quote.figure for quote in quotes)}
    if opposes(cues, {value_key(known)}, held) and f"from:{value_key(known)}" not in cues:
        traits["set against it"] = 1.0
    if quotes:
        moved = "moved" in of_quotes or f"from:{value_key(known)}" in cues
        traits["moved from it" if moved else "beside it"] = 1.0
        if of_quotes & {"dispute", "denied", "set against", "quoted"}:
            traits["set against it"] = 1.0
        if not moved and any(q.attribution and not speak_as_one(q.attribution, said.attribution) for q in quotes):
            traits["beside it, of another"] = 1.0
    return traits


def _contradicts(traits: Mapping[str, float], said: Claim) -> str | None:
    """Why the two can't stand together, in words; ``None`` where they can, or one merely follows the other."""
    if not traits or score(traits, "clash") <= 0:
        return None
    if "set against it" in traits or "beside it, of another" in traits:
        return "the text sets one against the other"
    if "dispute" in traits:
        return "the text disputes it"
    return f"both for {said.as_of:%-d %B %Y}" if "same day" in traits else "neither tells of a change"


def _change_words(before: Claim, said: Claim) -> str:
    old, new = intervals.size(intervals.of_claim(before)), intervals.size(intervals.of_claim(said))
    if intervals.of_claim(before).holds(intervals.of_claim(said)):
        return f"{_capital(said_words(before))} made precise: {said_words(said)}."
    way = "Up" if new > old else "Down" if new < old else "Changed"
    return f"{way} from {said_words(before)}, as of {before.as_of:%-d %B %Y}, to {said_words(said)}."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
