"""Which articles are looked at together when the window is grouped again."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.group.linkage import cluster, parts

Edges = dict[int, dict[int, float]]


def graph(nodes: int, edges: dict[tuple[int, int], float]) -> Edges:
    made: Edges = {node: {} for node in range(nodes)}
    for (one, other), value in edges.items():
        made[one][other] = made[other][one] = value
    return made


def alone(_: int, __: set[str]) -> list[int]:
    return []


def chain(nodes: int) -> Edges:
    return graph(nodes, {(one, one + 1): 0.5 for one in range(nodes - 1)})


def test_a_part_is_all_that_likely_pairs_connect() -> None:
    made = graph(6, {(0, 1): 0.5, (1, 2): 0.29, (3, 4): 0.3})
    assert parts([1, 4, 3], made, 0.3, alone) == [[0, 1], [3, 4]]


def test_a_part_holds_whole_stories() -> None:
    stories = {0: [0, 5], 5: [0, 5]}
    made = graph(6, {(4, 5): 0.9})
    assert parts([0], made, 0.3, lambda node, _: stories.get(node, [])) == [[0, 4, 5]]


def test_of_a_part_that_is_too_large_only_what_is_next_to_the_seeds_is_looked_at() -> None:
    assert parts([50, 90], chain(100), 0.3, alone, limit=100) == [list(range(100))]
    assert parts([50, 90], chain(100), 0.3, alone, limit=20) == [[49, 50, 51], [89, 90, 91]]


def test_what_is_next_to_the_seeds_brings_its_whole_story() -> None:
    stories = {node: list(range(node // 10 * 10, node // 10 * 10 + 10)) for node in range(100)}
    assert parts([50], chain(100), 0.3, lambda node, _: stories[node], limit=20) == [list(range(40, 70))]


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Edges, list[list[int]], list[int], int]:
    """A graph, the stories of its nodes, seeds and a limit."""
    nodes = draw(st.integers(2, 25))
    pairs = draw(st.lists(st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1)), max_size=40))
    edges = {(one, other): draw(st.sampled_from((0.2, 0.4, 0.8))) for one, other in pairs if one < other}
    cuts = sorted(draw(st.sets(st.integers(1, nodes - 1))) | {0, nodes})
    stories = [list(range(start, end)) for start, end in pairwise(cuts)]
    seeds = draw(st.lists(st.integers(0, nodes - 1), min_size=1, unique=True))
    return graph(nodes, edges), stories, sorted(seeds), draw(st.integers(1, 30))


@given(crowds())
def test_parts_hold_every_seed_and_whole_stories_and_share_no_node(
    given: tuple[Edges, list[list[int]], list[int], int],
) -> None:
    made, stories, seeds, limit = given
    story_of = {node: story for story in stories for node in story}
    found = parts(seeds, made, 0.3, lambda node, _: story_of[node], limit)
    held = [node for part in found for node in part]
    assert len(held) == len(set(held))
    assert set(seeds) <= set(held)
    assert all(set(story_of[node]) <= set(part) for part in found for node in part)
    whole = parts(seeds, made, 0.3, lambda node, _: story_of[node])
    assert all(any(set(part) <= set(one) for one in whole) for part in found)
    assert all(part in found for part in whole if len(part) <= limit)


@given(crowds())
def test_pairs_of_a_seed_are_judged_the_same_in_a_part_that_is_too_large(
    given: tuple[Edges, list[list[int]], list[int], int],
) -> None:
    made, _, seeds, limit = given
    for part in parts(seeds, made, 0.3, alone, limit):
        near = {node for seed in seeds if seed in part for node, value in made[seed].items() if value >= 0.3}
        assert near <= set(part)
        assert sorted(node for group in cluster(part, made, 0.3) for node in group) == part
