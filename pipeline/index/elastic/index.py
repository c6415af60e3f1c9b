"""A `SearchIndex` in Elasticsearch: every kind behind an alias of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.errors import SearchIndexError
from pipeline.index.contract import Batch, Settle, ignore_refusals
from pipeline.index.elastic.access import grant
from pipeline.index.elastic.mappings import languages_of, name_of
from pipeline.index.elastic.searching import no_cursor, read_cursor, request_for, results_of
from pipeline.index.elastic.server import Server
from pipeline.index.elastic.trouble import Passing
from pipeline.index.elastic.versions import Version, Versions
from pipeline.index.elastic.writing import write_bulk
from schemas.search import IndexKind, Query, Results

_LOOKS = (0.05, 0.2, 0.5, None)
"""Seconds between one look for a reader and the next: no longer than a person would wait."""
_VIEW = "2m"
"""How long a reader may take from one page to the next and still see the index as it was; afterwards, as it is."""


class ElasticIndex:
    """A `SearchIndex` in Elasticsearch. Nothing is opened before it is needed.

    ``analyzers`` names an analyser for each language, and one under ``*`` for all others.
    """

    def __init__(self, server: Server, *, prefix: str, analyzers: Mapping[str, str]) -> None:
        self._server = server
        self._prefix = prefix
        self._languages = languages_of(analyzers)
        self._versions = Versions(server, prefix, analyzers)
        self._reading: dict[IndexKind, Version] = {}

    @property
    def kinds(self) -> tuple[IndexKind, ...]:
        return tuple(IndexKind)

    def setup(self) -> None:
        """Create what is missing, which takes an administrator; where nothing is, anyone who may write will do."""
        serving = self._versions.serving(self.kinds)
        for kind, version in serving.items():
            self._versions.check(kind, version)
        missing = [kind for kind in self.kinds if kind not in serving]
        if missing:
            self._versions.check_analyzers()
        for kind in missing:
            self._versions.prepare(kind)
            try:
                self._versions.create(kind, serve=True)
            except SearchIndexError:
                # Two processes may set up at once; the second finds that the first has made it meanwhile.
                if kind not in self._versions.serving([kind]):
                    raise
        self._versions.create_heard()

    def owner(self) -> str | None:
        return self._versions.owner()

    def own(self, owner: str) -> None:
        self._versions.own(owner)

    def grant(self) -> str:
        """Make the role that publishing and searching need, and an API key of no more than that."""
        return grant(self._server, self._prefix)

    def write(self, batch: Batch, settle: Settle = ignore_refusals) -> None:
        # What was heard belongs to the index that was asked what it had heard. Should a rebuild have put another one
        # behind the alias since, then that one has heard less, and is told again.
        version = self._reading.get(batch.kind) or self._serving(batch.kind)
        alias = self._versions.alias(batch.kind)
        settle(batch, write_bulk(self._server, alias, batch, self._languages))
        self._server.insist(lambda client: client.indices.refresh(index=alias))
        self._versions.hear(batch.kind, version, batch.heard)

    def heard(self, kind: IndexKind = IndexKind.ARTICLES) -> int:
        return self._versions.heard(self._serving(kind))

    def rebuild(self, kind: IndexKind, batches: Iterable[Batch], settle: Settle = ignore_refusals) -> int:
        self._versions.check_analyzers()
        self._versions.prepare(kind)
        self._versions.create_heard()
        serving = self._versions.serving([kind]).get(kind)
        for name in self._versions.all(kind):
            # Left over from a rebuild that was killed.
            if serving is None or name != serving.name:
                self._versions.delete(name)
        new = self._versions.create(kind, serve=False)
        try:
            for batch in batches:
                settle(batch, write_bulk(self._server, new.name, batch, self._languages, alias=False))
                self._versions.hear(kind, new, batch.heard)
            self._server.insist(lambda client: client.indices.refresh(index=new.name))
            count = self._count(kind, new.name)
        except BaseException:
            with contextlib.suppress(SearchIndexError):
                self._versions.delete(new.name)
            raise
        # From here on it may serve, whatever the answer says.
        self._versions.swap(kind, new)
        self._reading.pop(kind, None)
        return count

    def search(self, query: Query) -> Results:
        cursor = read_cursor(query.after) if query.after is not None else None
        request = request_for(query, [one for one in self._languages if one in (query.languages or self._languages)])
        if cursor is not None:
            request["search_after"] = list(cursor.last)
        answer = self._look(request, cursor.view if cursor else None, query)
        results = results_of(answer, query)
        if results.next is None:
            self._close_view(answer["pit_id"])
        return results

    def count(self, kind: IndexKind = IndexKind.ARTICLES) -> int:
        return self._count(kind, self._versions.alias(kind))

    def close(self) -> None:
        self._server.close()

    def _serving(self, kind: IndexKind) -> Version:
        version = self._versions.serving([kind]).get(kind)
        if version is None:
            raise SearchIndexError(
                f"there is no index {self._versions.alias(kind)}",
                where=self._server.place,
                hint="run `tallywire index setup`",
            )
        self._versions.check(kind, version)
        self._reading[kind] = version
        return version

    def _count(self, kind: IndexKind, name: str) -> int:
        # A brief has as many documents as lines, and always a first.
        wanted = {"term": {name_of(kind, "place"): 1}} if kind is IndexKind.BRIEFS else {"match_all": {}}
        return int(self._server.ask(lambda client: client.count(index=name, query=wanted)).body["count"])

    def _look(self, request: Mapping[str, Any], view: str | None, query: Query) -> Mapping[str, Any]:
        """The answer seen through ``view``, or through a new one where that is over."""
        # A rebuild may remove an index between the opening of a view and the look through it.
        for seconds in _LOOKS:
            try:
                if (answer := self._look_through(view or self._open_view(), request, query)) is not None:
                    return answer
            except Passing:
                if seconds is None:
                    raise
            view = None
            self._server.pause(seconds or 0.0)
        raise SearchIndexError(
            "the index changes too fast to be read", where=self._server.place, hint="try again in a moment"
        )

    def _open_view(self) -> str:
        alias = self._versions.alias(IndexKind.ARTICLES)
        return str(self._server.ask(lambda client: client.open_point_in_time(index=alias, keep_alive=_VIEW)).body["id"])

    def _close_view(self, view: str) -> None:
        self._server.ask(lambda client: client.options(ignore_status=404).close_point_in_time(id=view))

    def _look_through(self, view: str, request: Mapping[str, Any], query: Query) -> Mapping[str, Any] | None:
        """The answer seen through ``view``; ``None`` if that is over, or its index was rebuilt since."""
        answer = self._server.ask(
            lambda client: client.options(ignore_status=[400, 404]).search(
                **request, pit={"id": view, "keep_alive": _VIEW}, allow_partial_search_results=False
            )
        )
        status = answer.meta.status
        if status == 404:
            return None
        if status == 400:
            if query.after is not None:
                raise no_cursor(query.after)
            raise SearchIndexError(
                "Elasticsearch refuses the search", where=self._server.place, why=str(answer.body.get("error"))[:500]
            )
        return dict(answer.body)
