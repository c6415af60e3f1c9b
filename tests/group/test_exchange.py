"""Articles that come in after what repeats them: the original is what was told first, whichever came first."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.group import Grouper
from schemas.article import CopyKind
from schemas.story import Placement
from tests.group.building import place_all, reading
from tests.group.test_copies import HARBOUR, LIGHTHOUSE

SHORT = "\n".join(LIGHTHOUSE.split("\n")[:4])
BYLINED = "By our own reporter\n" + LIGHTHOUSE + "\nAll rights reserved. Tell us what you think."


def links(grouper: Grouper) -> dict[str, str | None]:
    return {id: grouper.remembered(id).copy_of for id in ("agency", "post", "mirror", "other") if id in grouper}


def late(grouper: Grouper) -> Placement:
    """Two reprints and a report of something else, and then, late, the agency's report that was told before them."""
    reprints = {
        "post": reading(BYLINED, outlet="Post", hours=2),
        "mirror": reading(SHORT, outlet="Mirror", hours=3),
        "other": reading(HARBOUR, outlet="Harbour", hours=1),
    }
    place_all(grouper, reprints)
    return grouper.place("agency", reading(LIGHTHOUSE, outlet="Agency"), seq=10, topics=("flood",))


def test_what_was_told_first_becomes_the_original_of_what_came_before_it() -> None:
    grouper = Grouper()
    placed = late(grouper)
    assert links(grouper) == {"agency": None, "post": "agency", "mirror": "agency", "other": None}
    assert placed.copy_link is None
    assert [(one.article, one.copy_link and one.copy_link.kind) for one in placed.gave_way] == [
        ("post", CopyKind.EDITED),
        ("mirror", CopyKind.TRUNCATED),
    ]


def test_the_story_stays_and_nobody_opens_it_again() -> None:
    grouper = Grouper()
    placed = late(grouper)
    stories = {grouper.why(id).story for id in ("agency", "post", "mirror")}
    assert len(stories) == 1
    assert placed.join is not None
    assert not placed.join.opened
    assert grouper.stories()[placed.join.story] == ("agency",)
    assert grouper.regroup() == ()


def test_what_came_late_and_was_told_later_is_a_copy() -> None:
    grouper = Grouper()
    place_all(grouper, {"post": reading(BYLINED, outlet="Post")})
    told = reading("").published + timedelta(hours=1)
    # Its page says that it was published before, its feed that it was not.
    page = reading(LIGHTHOUSE, outlet="Agency", hours=-1)
    placed = grouper.place("agency", page, seq=10, topics=("flood",), told=told)
    assert placed.copy_link is not None
    assert placed.gave_way == ()


def test_a_new_grouper_goes_on_where_the_old_one_gave_way() -> None:
    grouper = Grouper()
    late(grouper)
    again = Grouper([grouper.remembered(id) for id in ("post", "mirror", "other", "agency")])
    one = reading(LIGHTHOUSE, outlet="Late", hours=9)
    assert links(again) == links(grouper)
    assert again.stories() == grouper.stories()
    assert again.place("late", one, seq=11, topics=("flood",)) == grouper.place("late", one, seq=11, topics=("flood",))


@settings(max_examples=30, deadline=None)
@given(order=st.permutations(range(5)))
def test_the_original_is_the_same_in_whatever_order_copies_come(order: list[int]) -> None:
    texts = [LIGHTHOUSE, BYLINED, LIGHTHOUSE.upper(), SHORT, f"{LIGHTHOUSE}\nSee also our list of lights."]
    grouper = Grouper()
    for seq, at in enumerate(order):
        grouper.place(f"a{at}", reading(texts[at], outlet=f"O{at}", hours=at), seq=seq, topics=("flood",))
    assert [grouper.remembered(f"a{at}").copy_of for at in range(5)] == [None, "a0", "a0", "a0", "a0"]
    assert len(grouper.stories()) == 1
