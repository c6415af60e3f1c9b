"""Two numbers of one article for one thing: the text sets them against each other."""

from __future__ import annotations

import pytest

from pipeline.figures.following import Follower
from schemas.figure import Figure
from tests.figures.following.articles import at, kinds, tell


@pytest.mark.parametrize(
    "text",
    [
        "The relief fund believes 30,000 farmers will need seed. The cabinet, however, put the number at 12,000.",
        "The union says that 14 depots have been flooded, while the ministry insists on six.",
        "The official toll is 41 dead. Doctors put the real figure above 70.",
        "Police estimated that 30,000 people lined the quay; the organisers spoke of 70,000.",
    ],
)
def test_two_speakers_in_one_article_contradict_each_other(text: str) -> None:
    follower = Follower("t")
    assert kinds(tell(follower, text, at(2)).verdicts) == ["new", "contradiction"]
    assert len(follower.series()) == 1


def test_a_denied_count_is_the_known_one() -> None:
    follower = Follower("t")
    tell(follower, "Seven boats attacked the rig off Dern, the navy said.", at(2))
    followed = tell(follower, "The raiders said they had sent four boats to the rig, not seven.", at(3), outlet="Post")
    assert kinds(followed.verdicts)[1] == "repeated"
    assert len(follower.series()) == 1


def test_two_counts_of_one_speaker_stay_apart() -> None:
    follower = Follower("t")
    text = "The union said 140 nurses had left. It said 90 doctors were ill, and the ministry reported 12 new wards."
    assert kinds(tell(follower, text, at(2)).verdicts) == ["new", "new", "new"]


def test_of_two_equal_numbers_only_the_one_that_is_opposed_is_contradicted() -> None:
    follower = Follower("t")
    text = "The army said 12 soldiers had been wounded and 12 civilians had died. The rebels put the dead at 40."
    followed = tell(follower, text, at(2))
    wounded, died, rival = followed.verdicts
    assert kinds(followed.verdicts) == ["new", "new", "contradiction"]
    assert rival.series == died.series != wounded.series


def test_a_record_that_holds_the_value_of_old_is_read() -> None:
    old = {"span": (0, 2), "surface": "40", "quote": "40 died.", "value": 40.0}
    assert Figure.model_validate({**old, "against": 12.0}).against is None
    assert Figure.model_validate({**old, "against": [12.0, 20.0]}).against is None
    assert Figure.model_validate({**old, "against": [12, 14]}).against == (12, 14)
