"""What always holds of a follower, whatever it reads."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pipeline.figures.following import Follower
from pipeline.figures.following.history import MOST_CLAIMS
from schemas.figure import DecisionKind, Figure, FigureInArticle, Modifier, Series, SeriesDecision, VerdictKind

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
SENTENCES = (
    "The flood in Dern killed {} people.",
    "The death toll in Dern has risen to {}, up from 12.",
    "At least {} homes burned in the Harrow fire, police said.",
    "Organisers disputed the police figure and counted {} marchers in Lorrim.",
    "Another {} cases were confirmed in Kest in the past 24 hours.",
    "The ministry forecast a deficit of {} percent for 2027.",
    "{}",
)
NUMBERS = (2, 7, 12, 12.5, 58, 400, 412, 1605, 1_600_000)

numbers = st.sampled_from(NUMBERS)
bounds = st.sampled_from([m for m in Modifier if m not in (Modifier.RANGE, Modifier.VAGUE)])


@st.composite
def figure(draw: st.DrawFn) -> tuple[Figure, str]:
    sentence = draw(st.sampled_from(SENTENCES))
    number = draw(numbers)
    surface = f"{number:,}"
    at = sentence.index("{}")
    ranged = draw(st.booleans()) and draw(st.booleans())
    value: dict[str, Any] = (
        {"low": number, "high": number * 2, "modifier": Modifier.RANGE}
        if ranged
        else {"value": number, "modifier": draw(bounds)}
    )
    quote = sentence.format(surface)
    read = Figure(
        span=(at, at + len(surface)),
        surface=surface,
        quote=quote,
        unit=draw(st.sampled_from([None, None, "%"])),
        counted=draw(st.sampled_from([None, "people", "homes", "cases"])),
        action=draw(st.sampled_from([None, "killed", "infected"])),
        attribution=draw(st.sampled_from([None, "police", "organisers"])),
        as_of=draw(st.sampled_from([None, date(2026, 2, 27), date(2026, 3, 2)])),
        **value,
    )
    return read, quote


@st.composite
def article(draw: st.DrawFn, name: str, published: datetime) -> tuple[list[FigureInArticle], str]:
    text = ""
    figures = []
    for i, (read, quote) in enumerate(draw(st.lists(figure(), max_size=4))):
        moved = read.model_copy(update={"span": (read.span[0] + len(text), read.span[1] + len(text))})
        text += quote + " "
        figures.append(
            FigureInArticle(
                id=f"{name}/{i}", article=name, revision=0, outlet=name[-1], published=published, figure=moved
            )
        )
    return figures, text


def restored(follower: Follower, decisions: list[SeriesDecision]) -> Follower:
    """A follower made of what another wrote down."""
    kept = [Series.model_validate_json(one.model_dump_json()) for one in follower.series()]
    # What is read again comes in an order of its own.
    kept.sort(key=lambda one: one.id)
    return Follower(follower.topic, kept, decisions)


class Following(RuleBasedStateMachine):
    """Articles and decisions in any order, beside a follower that is stopped and restored before every step."""

    @initialize()
    def start(self) -> None:
        self.steady = Follower("t")
        self.stopped = Follower("t")
        self.decisions: list[SeriesDecision] = []
        self.count = 0
        self.figures: list[str] = []

    @rule(data=st.data(), hours=st.integers(-40, 40), again=st.booleans())
    def follow(self, data: st.DataObject, hours: int, again: bool) -> None:
        self.count += 1
        published = START + timedelta(days=self.count, hours=hours)
        figures, text = data.draw(article(f"a{self.count}", published))
        replaces = self.figures[-2:] if again else []
        self.stopped = restored(self.stopped, self.decisions)
        followed = self.steady.follow(figures, text=text, replaces=replaces)
        assert followed == self.stopped.follow(figures, text=text, replaces=replaces)
        assert [verdict.figure for verdict in followed.verdicts] == [one.id for one in figures]
        assert [one.id for one in followed.figures] == [one.id for one in figures]
        for verdict in followed.verdicts:
            assert (verdict.from_value is not None) == (verdict.kind in (VerdictKind.CHANGED, VerdictKind.CORRECTION))
            assert bool(verdict.contradicts) == (verdict.kind is VerdictKind.CONTRADICTION)
            assert verdict.reason.endswith(".")
        self.figures += [one.id for one in figures]

    @rule(data=st.data(), kind=st.sampled_from(DecisionKind))
    def decide(self, data: st.DataObject, kind: DecisionKind) -> None:
        live = [one for one in self.steady.series() if one.claims]
        if len(live) < 2:
            return
        chosen = data.draw(st.lists(st.sampled_from(live), min_size=2, max_size=2, unique_by=lambda one: one.id))
        figures = tuple(claim.figure for claim in chosen[0].claims[1:]) if kind is DecisionKind.SPLIT else ()
        if kind is DecisionKind.SPLIT and not figures:
            return
        ids = tuple(one.id for one in chosen)
        made = SeriesDecision(
            kind=kind, series=ids if kind is DecisionKind.MERGE else ids[:1], figures=figures, label="x", decided=START
        )
        self.stopped = restored(self.stopped, self.decisions)
        assert self.steady.decide(made) == self.stopped.decide(made)
        self.decisions.append(made)

    @invariant()
    def every_figure_is_in_one_series_and_every_series_holds_something(self) -> None:
        claims = [claim.figure for one in self.steady.series() for claim in one.claims]
        assert sorted(claims) == sorted(self.figures)
        assert self.steady.series() == self.stopped.series()
        for one in self.steady.series():
            assert bool(one.claims) == (one.merged_into is None)
            if one.claims:
                assert one.current in {claim.figure for claim in one.claims}


Following.TestCase.settings = settings(max_examples=15, stateful_step_count=8, deadline=None)
TestFollowing = Following.TestCase


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_an_article_followed_again_gets_the_same_verdicts(data: st.DataObject) -> None:
    follower = Follower("t")
    for n in range(3):
        figures, text = data.draw(article(f"a{n}", START + timedelta(days=n)))
        first = follower.follow(figures, text=text)
    before = follower.series()
    again = follower.follow(figures, text=text)
    assert again.verdicts == first.verdicts
    assert follower.series() == before


def test_the_order_of_unrelated_articles_makes_no_difference() -> None:
    texts = [
        ("The flood in Dern killed 12 people.", "people", "killed"),
        ("Stores of Nolan Foods closed: 60.", "stores", "closed"),
        ("Inflation in Lorrane was 3.1 percent in May.", None, "inflation"),
    ]
    ways = []
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
        follower = Follower("t")
        verdicts = {}
        for n in order:
            text, counted, action = texts[n]
            number = next(word for word in ("12", "60", "3.1") if word in text)
            at = text.index(number)
            read = Figure(
                span=(at, at + len(number)),
                surface=number,
                quote=text,
                value=float(number),
                unit=None if counted else "%",
                counted=counted,
                action=action,
            )
            one = FigureInArticle(id=f"f{n}", article=f"a{n}", revision=0, outlet="o", published=START, figure=read)
            verdicts |= {v.figure: (v.series, v.kind) for v in follower.follow([one], text=text).verdicts}
        ways.append(verdicts)
    assert ways[0] == ways[1] == ways[2]


def test_a_long_series_stays_bounded_and_keeps_its_first_claim_and_what_holds() -> None:
    follower = Follower("t")
    quote = "The flood in Dern killed 12 people."
    for n in range(MOST_CLAIMS + 30):
        read = Figure(span=(25, 27), surface="12", quote=quote, value=12, counted="people", action="killed")
        follower.follow(
            [
                FigureInArticle(
                    id=f"f{n}",
                    article=f"a{n}",
                    revision=0,
                    outlet="o",
                    published=START + timedelta(hours=n),
                    figure=read,
                )
            ],
            text=quote,
        )
    (series,) = follower.series()
    assert len(series.claims) == MOST_CLAIMS
    assert series.claims[0].figure == series.current == "f0"
    assert series.claims[-1].figure == f"f{MOST_CLAIMS + 29}"
