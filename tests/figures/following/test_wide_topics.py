"""A topic in which many things happen at once: what keeps their figures apart, and how they are looked up."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.figures.following import Follower
from pipeline.figures.following.candidates import Candidates
from pipeline.figures.following.context import names_of
from pipeline.figures.following.profiles import Profile
from schemas.figure import Claim, Marks, Modifier, VerdictKind
from tests.figures.following.articles import at, kinds, tell


def profile(name: str, value: float, *nouns: str, action: str | None = None, **words: float) -> Profile:
    marks = Marks(words=words, nouns=nouns, actions=(action,) if action else (), traits=("sentence:0",))
    claim = Claim(
        figure=name,
        article=name,
        outlet="o",
        attribution=None,
        published=datetime(2026, 3, 1, tzinfo=UTC),
        as_of=date(2026, 3, 1),
        low=value,
        high=value,
        value=value,
        modifier=Modifier.EXACT,
        kind=VerdictKind.NEW,
        marks=marks,
    )
    return Profile((claim,))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Two people drowned in the Orlan flood.", "Rovers signed two defenders from Hask."),
        ("The Dern fire destroyed 30 homes.", "Lorrane's inflation was 30 percent in 1998."),
        ("Three ministers left the cabinet in Berrin.", "The storm in Ostrel felled three old trees."),
        ("Police in Vint arrested 12 people at a march.", "The Sable bakery sells 12 kinds of bread."),
    ],
)
def test_the_same_small_number_of_something_else_is_another_figure(one: str, other: str) -> None:
    follower = Follower("t")
    tell(follower, one, at(2))
    assert set(kinds(tell(follower, other, at(3), outlet="B").verdicts)) == {"new"}


def test_two_floods_in_one_topic_are_followed_each_by_itself() -> None:
    follower = Follower("t")
    tell(follower, "The flood in Corra killed 12 people. Corra lies in the Aster valley.", at(2))
    tell(follower, "The flood in Ilgar killed 31 people. Ilgar lies on the coast of Tamra.", at(2, 12))
    corra, ilgar = follower.series()
    (verdict,) = tell(follower, "The death toll of the flood in Ilgar has risen to 34.", at(3)).verdicts
    assert (verdict.series, verdict.from_value) == (ilgar.id, 31)
    (verdict,) = tell(follower, "The death toll of the flood in Corra has risen to 15.", at(3, 12)).verdicts
    assert (verdict.series, verdict.from_value) == (corra.id, 12)


def test_what_an_article_is_about_are_the_names_it_says_most() -> None:
    text = "Rain fell on Corra. The mayor of Corra spoke in Vint on Monday. Harun waited."
    assert names_of(text) == ("corra", "vint", "?harun")


def test_a_figure_is_compared_with_the_series_that_have_most_in_common_with_it() -> None:
    crowd = [(f"s{n}", at(2), profile(f"s{n}", 1000 + n, "people", action="gathered", march=0.9)) for n in range(200)]
    known = Candidates([*crowd, ("toll", at(2), profile("toll", 31, "people", action="killed", flood=0.9))])
    found = known.shortlist(profile("f", 34, "people", action="killed", flood=0.9))
    assert "toll" in found
    assert len(found) < 20
    assert "s77" in known.shortlist(profile("f", 1077, "tents"))


@given(st.permutations(range(30)))
def test_of_series_that_are_equally_like_a_figure_those_opened_last_are_compared(order: list[int]) -> None:
    # Two of each moment: those of one article are opened at once.
    crowd = [(f"s{n:02}", at(2, n // 2), profile(f"s{n}", 1000, "people", march=0.9)) for n in range(30)]
    found = Candidates([crowd[n] for n in order]).shortlist(profile("f", 7, "people", march=0.9))
    assert found == [f"s{n:02}" for n in range(18, 30)]
    odd = Candidates([*(crowd[n] for n in order), ("best", at(1), profile("best", 7, "people", march=0.9))])
    assert odd.shortlist(profile("f", 7, "people", march=0.9)) == ["best", *(f"s{n:02}" for n in range(19, 30))]


def test_a_word_tells_the_less_the_more_series_have_it() -> None:
    known = Candidates([(f"s{n}", at(2), profile(f"s{n}", n, "people", flood=0.9)) for n in range(20)])
    known.put("other", at(2), profile("other", 7, "tents", camp=0.9))
    assert known.rare("flood") < 0.1 < known.rare("camp") < known.rare("never") <= 1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([5, 7, 1605]), st.sampled_from(["people", "homes"]))))
def test_what_was_put_and_dropped_leaves_no_trace(steps: list[tuple[str, float, str]]) -> None:
    known, last = Candidates(), {}
    for n, (name, value, noun) in enumerate(steps):
        if name in last and n % 3 == 2:
            known.drop(name)
            del last[name]
        else:
            last[name] = profile(name, value, noun, flood=0.9)
            known.put(name, at(2), last[name])
    fresh = Candidates((name, at(2), one) for name, one in last.items())
    sought = profile("f", 5, "people", flood=0.9)
    assert known.shortlist(sought) == fresh.shortlist(sought)
    assert known.rare("flood") == fresh.rare("flood")
    assert all(known.alike(one) == fresh.alike(one) for one in last.values())
