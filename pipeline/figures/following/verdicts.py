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

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.figures.following import intervals
from pipeline.figures.following.attributions import are_others, speak_as_one
from pipeline.figures.following.moves import goes_on, is_former, start_of
from pipeline.figures.following.opposed import opposes
from pipeline.figures.following.profiles import value_key
from pipeline.figures.following.weights import score
from pipeline.figures.words import number_words, value_words
from schemas.figure import Claim, Marks, Modifier, Value, VerdictKind


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
    return _sorted_out(claims)[0]


def _sorted_out(claims: Sequence[Claim]) -> tuple[list[Claim], list[Claim]]:
    """The claims that held one after the other; and the contradictions, with what their authors said later."""
    line: list[Claim] = []
    dissent: list[Claim] = []
    # Few speak, however much they say.
    dissenters: dict[str | None, None] = {}
    for claim in claims:
        if claim.kind is VerdictKind.CONTRADICTION or (
            claim.kind is VerdictKind.CHANGED and any(speak_as_one(one, claim.attribution) for one in dissenters)
        ):
            dissent.append(claim)
            dissenters[claim.attribution] = None
        elif claim.kind is not VerdictKind.REPEATED:
            line.append(claim)
    return line, dissent


def _track(dissent: Sequence[Claim], claim: Claim) -> list[Claim]:
    """What the speaker of ``claim`` said against the main line before."""
    return [other for other in dissent if speak_as_one(other.attribution, claim.attribution)]


def judge(
    claims: Sequence[Claim],
    said: Claim,
    *,
    revises: Claim | None = None,
    beside: Sequence[Claim] = (),
    earlier: Value | None = None,
) -> Judgement:
    """What ``said`` says against ``claims`` of its series, which are in order of arrival.

    ``revises`` is the claim of the article's revision before that ``said`` stands in place of; ``beside`` are other
    claims of the series in the same article, against which a text may set it; ``earlier`` is what it has moved from by
    the text's own word.
    """
    if not claims:
        return Judgement(VerdictKind.NEW, f"The first figure of its kind: {said_words(said)}.", holds_now=True)
    told = _told(claims, said)
    before, line, dissent = told.before, told.line, told.dissent
    current = line[-1]
    own = _track(dissent, said)
    against = own[-1] if own else current
    repeated = _repeated(claims, said, _Standing(current, own, dissent, _speaker(line, before)))
    if repeated is not None:
        return repeated
    if told.late:
        return _older(said, current)
    overtaken = told.overtaken
    if revises is not None and "update" not in _cues(said) and said.as_of <= revises.as_of:
        return Judgement(
            VerdictKind.CORRECTION,
            f"The article was revised: it now says {said_words(said)} instead of {said_words(revises)}.",
            from_value=intervals.stated(revises),
            holds_now=not overtaken and not own,
        )
    traits = _traits_of_clash(told, said, beside)
    if goes_on(earlier, current) and traits.keys().isdisjoint(_SET_AGAINST):
        traits = {}
    if not own and (back := _own_before(line, said)) is not None:
        return Judgement(
            VerdictKind.CHANGED,
            _change_words(back, said, earlier),
            from_value=intervals.stated(back),
            holds_now=not overtaken,
        )
    if not own and (clash := _contradicts(traits, said)):
        return Judgement(
            VerdictKind.CONTRADICTION,
            f"{_capital(_who(said))} says {said_words(said)}, {_who(current)} says {said_words(current)}; {clash}.",
            contradicts=(current.figure,),
        )
    if not own and (since := [c for c in line if c.as_of == said.as_of and c.published > said.published]):
        # Of one day's counts the one published last holds, whichever arrives last.
        sooner = [c for c in line if c not in since]
        if not sooner or intervals.entails(sooner[-1], said):
            return _older(said, current)
        against, overtaken = sooner[-1], True
    return Judgement(
        VerdictKind.CHANGED,
        _change_words(against, said, earlier),
        from_value=start_of(earlier, against, said),
        holds_now=not overtaken and not own,
    )


def _older(said: Claim, current: Claim) -> Judgement:
    """A state from before all that is known."""
    known = f"{said_words(current)}, as of {current.as_of:%-d %B %Y}, was already known"
    return Judgement(VerdictKind.REPEATED, f"Out of date, as of {said.as_of:%-d %B %Y}: {known}.")


@dataclass(frozen=True, slots=True)
class _Told:
    """The claims up to the day of one that comes: all, those that held one after the other, and those that did not.

    ``late``: none of those that held is as old as it. ``overtaken``: one of them is of a later day.
    """

    before: Sequence[Claim]
    line: Sequence[Claim]
    dissent: Sequence[Claim]
    late: bool
    overtaken: bool


def _told(claims: Sequence[Claim], said: Claim) -> _Told:
    whole, against = _sorted_out(claims)
    before = [c for c in claims if c.as_of <= said.as_of]
    line, dissent = (whole, against) if len(before) == len(claims) else _sorted_out(before)
    return _Told(
        before=before,
        line=line or whole[:1],
        dissent=dissent,
        late=bool(whole) and not line,
        overtaken=any(c.as_of > said.as_of for c in whole),
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """What stands when a claim comes: the main line's ``current`` with who is behind it, and the rivals' counts.

    ``own`` are those of them that the claim's speaker told.
    """

    current: Claim
    own: Sequence[Claim]
    rivals: Sequence[Claim]
    speaker: str | None


def _repeated(claims: Sequence[Claim], said: Claim, standing: _Standing) -> Judgement | None:
    known = [standing.own[-1] if standing.own else standing.current, standing.current]
    if not speak_as_one(standing.speaker, said.attribution):
        known += reversed(standing.rivals)  # who has a line of his own repeats nobody else's count
    for one in known:
        if intervals.equal(one, said):
            return Judgement(VerdictKind.REPEATED, f"{_capital(_who(one))} said the same on {one.published:%-d %B %Y}.")
        if intervals.entails(one, said):
            return Judgement(
                VerdictKind.REPEATED, f"{_capital(said_words(said))} adds nothing: {said_words(one)} was already known."
            )
    told = next((one for one in reversed(claims) if intervals.equal(one, said)), None)
    if is_former(said):
        words = "was stated before" if told else "had not been reported"
        return Judgement(VerdictKind.REPEATED, f"The text itself gives this as an earlier value, which {words}.")
    if told is not None and _is_told_again(said, standing.current):
        return Judgement(VerdictKind.REPEATED, f"Repeats an earlier value, stated on {told.published:%-d %B %Y}.")
    return None


_OF_OLD = frozenset({"history", "compared", "quoted"})
_OF_NOW = frozenset({"update", "now", "moved to"})


def _is_told_again(said: Claim, current: Claim) -> bool:
    """Whether a value that held before is only told again, as history or by one who has not heard, or has come back."""
    cues = set(_cues(said))
    definite = said.marks is not None and "the" in said.marks.traits  # "of the 88,000 papers sent out"
    of_old = definite or (bool(cues & _OF_OLD) and "goal" not in cues)
    if of_old or said.as_of < current.as_of:
        return True
    return not cues & _OF_NOW and said.as_of == current.as_of


def _own_before(line: Sequence[Claim], said: Claim) -> Claim | None:
    """What the speaker of ``said`` told last, where it goes on from that and not from the higher count of another.

    The other was taken for the next count when it came, and turns out to be a rival's.
    """
    current = line[-1]
    if not said.attribution or not are_others(current.attribution, said.attribution):
        return None
    own = next((one for one in reversed(line) if speak_as_one(one.attribution, said.attribution)), None)
    if own is None or not intervals.excludes(current, said):
        return None
    before, now, other = (intervals.size(intervals.of_claim(one)) for one in (own, said, current))
    return own if before <= now < other else None


def _speaker(line: Sequence[Claim], claims: Sequence[Claim]) -> str | None:
    """Who stands behind what holds now: who said it, or repeated it, or stated what it followed on."""
    current = line[-1]
    return (
        current.attribution
        or next((c.attribution for c in claims if c.attribution and intervals.equal(c, current)), None)
        or next((c.attribution for c in reversed(line) if c.attribution), None)
    )


def traits_of_clash(claims: Sequence[Claim], said: Claim, beside: Sequence[Claim]) -> dict[str, float]:
    """What speaks for it that ``said`` opposes what holds, and against it, where it rather follows it.

    Empty where both can be true together, or one speaker says both.
    """
    return _traits_of_clash(_told(claims, said), said, beside)


def _traits_of_clash(told: _Told, said: Claim, beside: Sequence[Claim]) -> dict[str, float]:
    known, by = told.line[-1], _speaker(told.line, told.before)
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


_SET_AGAINST = frozenset({"set against it", "beside it, of another"})


def _contradicts(traits: Mapping[str, float], said: Claim) -> str | None:
    """Why the two can't stand together, in words; ``None`` where they can, or one merely follows the other."""
    if not traits or score(traits, "clash") <= 0:
        return None
    if not _SET_AGAINST.isdisjoint(traits):
        return "the text contrasts the two"
    if "dispute" in traits:
        return "the text says the number is disputed"
    return f"both as of {said.as_of:%-d %B %Y}" if "same day" in traits else "neither reports a change"


def _change_words(before: Claim, said: Claim, earlier: Value | None = None) -> str:
    if earlier is None or earlier == intervals.stated(before):
        return _moved_words(before, said)
    was = value_words(None, *earlier, Modifier.RANGE) if isinstance(earlier, tuple) else number_words(earlier)
    if start_of(earlier, before, said) == earlier:
        return f"The text reports a change from {was} to {said_words(said)}; last known was {said_words(before)}."
    return f"{_moved_words(before, said)} The text says it was {was} in between, which had not been reported."


def _moved_words(before: Claim, said: Claim) -> str:
    old, new = intervals.size(intervals.of_claim(before)), intervals.size(intervals.of_claim(said))
    narrow = intervals.of_claim(said)
    bounded = math.isfinite(narrow.low) and math.isfinite(narrow.high)
    if bounded and intervals.of_claim(before).holds(narrow):
        return f"More precise: {said_words(said)} instead of {said_words(before)}."
    way = "Up" if new > old else "Down" if new < old else "Changed"
    way += "," * (before.modifier is Modifier.UP_TO)
    return f"{way} from {said_words(before)}, as of {before.as_of:%-d %B %Y}, to {said_words(said)}."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
