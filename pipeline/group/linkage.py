"""A graph of likenesses → clusters: agglomerative clustering with average linkage (Sokal & Michener 1958).

The two clusters with the highest mean likeness between their members are joined, again and again, as long as that mean
reaches a threshold. Pairs without an edge count as unlike. What must be together is together from the start; what must
stay apart is never joined.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping, Set

Graph = Mapping[int, Mapping[int, float]]


def parts(
    seeds: Iterable[int],
    graph: Graph,
    threshold: float,
    attached: Callable[[int, set[str]], Iterable[int]],
    limit: int = 1 << 30,
) -> list[list[int]]:
    """The parts of the graph that hold the seeds and can be clustered by themselves, in ascending order.

    No two clusters are joined whose members have no edge of ``threshold`` or more between them, so that only such
    edges connect; and besides them whatever ``attached`` names for a node. It may use the set that it is given to
    remember what it has named in this walk.

    Of a part of more than ``limit`` nodes only what is at most one edge away from the seeds is given, with all that is
    attached to it: in a window where each thing is somehow like some other, one article more must not cost a
    clustering of them all.
    """
    seen: set[int] = set()
    vast: set[int] = set()
    found, crowded = [], []
    for root in seeds:
        if root in seen:
            continue
        if root not in vast:
            part = _reached([root], graph, threshold, attached, limit=limit, until=vast)
            if len(part) <= limit and vast.isdisjoint(part):
                seen.update(part)
                found.append(sorted(part))
                continue
            vast.update(part)
        crowded.append(root)
    if crowded:
        own = _reached(crowded, {}, threshold, attached)
        border = {other for node in own for other, value in graph[node].items() if value >= threshold}
        near = set(_reached([*own, *sorted(border.difference(own))], {}, threshold, attached))
        inside = {node: {other: value for other, value in graph[node].items() if other in near} for node in near}
        seen = set()
        for root in sorted(near):
            if root not in seen:
                part = _reached([root], inside, threshold, attached)
                seen.update(part)
                found.append(sorted(part))
    return sorted(found)


def _reached(
    roots: Iterable[int],
    graph: Graph,
    threshold: float,
    attached: Callable[[int, set[str]], Iterable[int]],
    *,
    limit: int = 1 << 30,
    until: Set[int] = frozenset(),
) -> list[int]:
    """The nodes that can be reached from these; broken off after more than ``limit``, or where one is of ``until``."""
    reached = list(roots)
    known, told = set(reached), set[str]()
    nothing: dict[int, float] = {}
    # The list grows while it is gone through.
    for node in reached:
        near = [other for other, value in graph.get(node, nothing).items() if value >= threshold]
        for other in (*near, *attached(node, told)):
            if other not in known:
                known.add(other)
                reached.append(other)
        if len(reached) > limit or (until and not until.isdisjoint(near)):
            break
    return reached


def cluster(
    nodes: list[int],
    graph: Graph,
    threshold: float,
    *,
    together: Iterable[Collection[int]] = (),
    apart: Callable[[Collection[int], Collection[int]], bool] | None = None,
    reach: int = 1 << 30,
) -> list[list[int]]:
    """The clusters of one part of the graph, each in the order of ``nodes``, by their first members.

    ``apart`` says of two clusters that they must not be joined. ``reach`` bounds how many edges a member is expected
    to have into another cluster, for graphs that keep only the strongest edges of each node.
    """
    rank = {node: at for at, node in enumerate(nodes)}
    members: dict[int, list[int]] = {at: [node] for at, node in enumerate(nodes)}
    home = dict(rank)
    for group in together:
        inside = sorted({home[node] for node in group if node in home})
        for joined in inside[1:]:
            members[inside[0]] += members.pop(joined)
            for node in members[inside[0]]:
                home[node] = inside[0]
    links: dict[int, dict[int, float]] = {at: {} for at in members}
    for node in nodes:
        own = home[node]
        row = links[own]
        for neighbour, value in graph.get(node, {}).items():
            other = home.get(neighbour, own)
            if other != own:
                row[other] = row.get(other, 0.0) + value
    heap: list[tuple[float, int, int, int, int]] = []
    for one, row in links.items():
        size = len(members[one])
        for other, value in row.items():
            if one < other and value >= threshold:
                mean = value / _pairs(size, len(members[other]), reach)
                if mean >= threshold:
                    heap.append((-mean, one, other, 0, 0))
    heapq.heapify(heap)
    version = dict.fromkeys(members, 0)
    while heap:
        _, one, other, version_one, version_other = heapq.heappop(heap)
        if version.get(one) != version_one or version.get(other) != version_other:
            continue
        if apart is not None and apart(members[one], members[other]):
            continue
        members[one] += members.pop(other)
        version[one] = version_one + 1
        del version[other]
        absorbed, row = links.pop(other), links[one]
        del row[other], absorbed[one]
        for third, value in absorbed.items():
            across = links[third]
            del across[other]
            row[third] = across[one] = row.get(third, 0.0) + value
        size = len(members[one])
        least = threshold * size
        for third, value in row.items():
            if value < least:
                # The mean over at least as many pairs as this has members is lower still.
                continue
            mean = value / _pairs(size, len(members[third]), reach)
            if mean >= threshold:
                first, second = (one, third) if one < third else (third, one)
                heapq.heappush(heap, (-mean, first, second, version[first], version[second]))
    clusters = [sorted(group, key=rank.__getitem__) for group in members.values()]
    return sorted(clusters, key=lambda group: rank[group[0]])


def _pairs(one: int, other: int, reach: int) -> int:
    """How many pairs two clusters of these sizes are expected to have an edge for."""
    return one * min(other, reach) if one >= other else other * min(one, reach)
