"""A `SearchIndex` in Elasticsearch: every kind behind an alias of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping

from pipeline.errors import SearchIndexError
from pipeline.index.contract import Batch, Settle, ignore_refusals
from pipeline.index.elastic.access import grant
from pipeline.index.elastic.looking import search, versions_of
from pipeline.index.elastic.mappings import languages_of, name_of
from pipeline.index.elastic.server import Server
from pipeline.index.elastic.versions import Version, Versions
from pipeline.index.elastic.writing import write_bulk
from schemas.search import IndexKind, Query, Results


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
        stems = [one for one in self._languages if one in (query.languages or self._languages)]
        return search(self._server, self._versions.alias(IndexKind.ARTICLES), query, stems)

    def count(self, kind: IndexKind = IndexKind.ARTICLES) -> int:
        return self._count(kind, self._versions.alias(kind))

    def versions(self) -> dict[str, int]:
        return versions_of(self._server, self._versions.alias(IndexKind.ARTICLES))

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
