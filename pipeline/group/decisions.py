"""What people split and merged, as constraints on every grouping.

Nothing is remembered but the decisions themselves: what they ask for is worked out anew from where the articles are
now, so that a grouper that was stopped and restored asks for the same. Of two decisions that contradict each other the
later one holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from schemas.story import DecisionKind, StoryDecision, ThreadDecision


class Decisions:
    """The decisions in force, oldest first.

    Those about threads count too: a story is in one thread, so what people took apart there is not one story.
    """

    def __init__(self, decisions: Iterable[StoryDecision | ThreadDecision] = ()) -> None:
        self._made = sorted(decisions, key=lambda decision: decision.decided)
        self._derive()

    def add(self, decision: StoryDecision | ThreadDecision) -> None:
        self._made = sorted([*self._made, decision], key=lambda made: made.decided)
        self._derive()

    def _derive(self) -> None:
        """Merged groups, and for each article the stories it was split from, before looking at where articles are."""
        links: list[tuple[str, str]] = []
        self._splits: set[tuple[str, str]] = set()
        self._parted: list[tuple[set[str], set[str]]] = []
        for decision in self._made:
            named = set(decision.articles)
            if decision.kind is DecisionKind.MERGE:
                self._parted = [pair for pair in self._parted if any(map(named.isdisjoint, pair))]
            if isinstance(decision, ThreadDecision):
                if decision.kind is DecisionKind.SPLIT:
                    self._parted.append((named, set(decision.others)))
                continue
            if decision.kind is DecisionKind.MERGE:
                links += [(decision.articles[0], other) for other in decision.articles[1:]]
                continue
            # Whoever takes an article out of a story no longer wants it with those it was merged with, unless they
            # are taken out with it.
            links = [link for link in links if (link[0] in named) == (link[1] in named)]
            if decision.story is not None:
                self._splits |= {(article, decision.story) for article in decision.articles}
        parent: dict[str, str] = {}

        def root(article: str) -> str:
            while parent.setdefault(article, article) != article:
                article = parent[article]
            return article

        for one, other in links:
            first, second = sorted((root(one), root(other)))
            parent[second] = first
        self._groups: dict[str, list[str]] = {}
        for article in parent:
            self._groups.setdefault(root(article), []).append(article)
        self._group_of = {article: group for group in self._groups.values() for article in group}

    def __bool__(self) -> bool:
        return bool(self._made)

    def groups(self) -> list[list[str]]:
        """The articles that belong together, as people said."""
        return [group for group in self._groups.values() if len(group) > 1]

    def with_it(self, article: str) -> list[str]:
        """The articles that people put together with this one."""
        return [other for other in self._group_of.get(article, ()) if other != article]

    def parted(self) -> Sequence[tuple[set[str], set[str]]]:
        """Articles of two developments each, as people said: no story has some of both."""
        return self._parted

    def kept_from(self, story_of: Mapping[str, str]) -> dict[str, set[str]]:
        """For each article the stories it must stay out of, given where the articles are now.

        A split yields to a later merge that puts the article together with one that is in that story.
        """
        found: dict[str, set[str]] = {}
        for article, story in sorted(self._splits):
            company = self.with_it(article)
            if any(story_of.get(other) == story and (other, story) not in self._splits for other in company):
                continue
            for member in (article, *company):
                found.setdefault(member, set()).add(story)
        return found
