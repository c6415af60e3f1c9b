"""Trees as data."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.figures.worth import Trees, worth_model
from pipeline.figures.worth.model import Tree

# More than two told: up; within that, an authority: up further.
TREE = Tree(
    cue=[0, -1, 1, -1, -1],
    limit=[2.0, 0.0, 0.5, 0.0, 0.0],
    left=[1, 0, 3, 0, 0],
    right=[2, 0, 4, 0, 0],
    value=[0.1, -1.0, 0.6, 0.4, 1.5],
)
MODEL = Trees(["told", "authority"], -0.5, [TREE, TREE])


def test_a_score_is_the_base_and_a_leaf_of_each_tree() -> None:
    assert MODEL.score({}) == pytest.approx(-0.5 + 2 * -1.0)
    assert MODEL.score({"told": 3.0}) == pytest.approx(-0.5 + 2 * 0.4)
    assert MODEL.score({"told": 3.0, "authority": 1.0, "of no matter": 9.0}) == pytest.approx(-0.5 + 2 * 1.5)


def test_several_are_scored_as_one_by_one() -> None:
    many = [{}, {"told": 3.0}, {"told": 3.0, "authority": 1.0}, {"told": 2.0}]
    assert MODEL.scores(many) == [MODEL.score(cues) for cues in many]
    assert MODEL.scores([]) == []
    assert Trees([], -9.0, []).scores([{}]) == [-9.0]


def test_what_cues_add_and_what_is_expected_make_the_score() -> None:
    cues = {"told": 3.0, "authority": 1.0}
    added = MODEL.contributions(cues)
    assert added == pytest.approx({"told": 2 * 0.5, "authority": 2 * 0.9})
    assert MODEL.score(cues) == pytest.approx(MODEL.base + 2 * TREE.value[0] + sum(added.values()))


def test_trees_come_back_from_text_as_they_were() -> None:
    again = Trees.from_json(MODEL.as_json())
    assert again.as_json() == MODEL.as_json()
    assert again.score({"told": 3.0}) == MODEL.score({"told": 3.0})


@given(st.dictionaries(st.sampled_from(worth_model().names), st.floats(-10, 10), max_size=40))
def test_the_shipped_weights_give_a_probability_for_any_cues(cues: dict[str, float]) -> None:
    probability = worth_model().probability(cues)
    assert 0 < probability < 1
    assert math.isfinite(worth_model().score(cues))
