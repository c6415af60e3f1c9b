"""A reader's look at the articles in Elasticsearch: page after page through a frozen view of the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.errors import SearchIndexError
from pipeline.index.cursors import Cursor, Key, no_cursor, read_cursor
from pipeline.index.elastic.searching import (
    Request,
    copied_of,
    copies_of,
    copies_request,
    facets_of,
    hit_of,
    ids_of,
    only,
    request_for,
)
from pipeline.index.elastic.server import Server
from pipeline.index.elastic.trouble import Passing
from pipeline.index.words import understand
from schemas.search import Hit, Query, Results

_LOOKS = (0.05, 0.2, 0.5, None)
"""Seconds between one look for a reader and the next: no longer than a person would wait."""
_VIEW = "2m"
"""How long a reader may take from one page to the next and still see the index as it was; afterwards, as it is."""
Last = tuple[Key, ...]
"""Sort values of a hit."""
_VERSIONS = 5_000
"""Documents that are asked for their versions at once; Elasticsearch gives 10,000 at most."""
_ROUNDS = 5
"""Times that more hits are asked for where copies leave a page short; a page may stay shorter than was asked for."""


class View:
    """The articles behind ``alias`` as they were when it was opened; where it is over, another one takes its place."""

    def __init__(self, server: Server, alias: str, id: str = "") -> None:
        self._server = server
        self._alias = alias
        self.id = id

    def ask(self, request: Request, after: str | None = None) -> Mapping[str, Any]:
        """The answer to ``request``. Raises SearchIndexError, also where the cursor ``after`` that it holds is none."""
        # A rebuild may remove an index between the opening of a view and the look through it.
        for seconds in _LOOKS:
            try:
                if (answer := self._through(request, after)) is not None:
                    self.id = answer["pit_id"]
                    return answer
            except Passing:
                if seconds is None:
                    raise
            self.id = ""
            self._server.pause(seconds or 0.0)
        raise SearchIndexError(
            "the index changes too fast to be read", where=self._server.place, hint="try again in a moment"
        )

    def close(self) -> None:
        view = self.id
        self._server.ask(lambda client: client.options(ignore_status=404).close_point_in_time(id=view))

    def _through(self, request: Request, after: str | None) -> Mapping[str, Any] | None:
        """The answer seen through the view; ``None`` if that is over, or its index was rebuilt since."""
        view = self.id or str(
            self._server.ask(lambda client: client.open_point_in_time(index=self._alias, keep_alive=_VIEW)).body["id"]
        )
        answer = self._server.ask(
            lambda client: client.options(ignore_status=[400, 404]).search(
                **request, pit={"id": view, "keep_alive": _VIEW}, allow_partial_search_results=False
            )
        )
        status = answer.meta.status
        if status == 404:
            return None
        if status == 400:
            if after is not None:
                raise no_cursor(after)
            raise SearchIndexError(
                "Elasticsearch refuses the search", where=self._server.place, why=str(answer.body.get("error"))[:500]
            )
        return dict(answer.body)


def versions_of(server: Server, alias: str) -> dict[str, int]:
    """The version of each document behind ``alias``, by its key."""
    view = View(server, alias)
    request: Request = {"size": _VERSIONS, "sort": ["_shard_doc"], "version": True, "source": False}
    found: dict[str, int] = {}
    while hits := view.ask(request)["hits"]["hits"]:
        found |= {hit["_id"]: hit["_version"] for hit in hits}
        request = request | {"search_after": hits[-1]["sort"]}
    view.close()
    return found


def search(server: Server, alias: str, query: Query, languages: Sequence[str]) -> Results:
    """A page of what ``query`` finds; ``languages`` are those whose stems are asked for."""
    cursor = read_cursor(query.after) if query.after is not None else None
    if cursor is not None:
        if isinstance(cursor.last[0], str):
            raise no_cursor(query.after or "")
        query = query.model_copy(update={"at": cursor.at})
    view = View(server, alias, cursor.view if cursor else "")
    first, shown, last = _gathered(view, query, languages, cursor.last if cursor else None)
    if query.copies and shown:
        copies = copies_of(view.ask(copies_request([hit.document.id for hit in shown])))
        shown = [hit.model_copy(update={"copies": copies.get(hit.document.id, ())}) for hit in shown]
    if last is None:
        view.close()
    return Results(
        total=first["hits"]["total"]["value"],
        more=first["hits"]["total"]["relation"] == "gte",
        copied=copied_of(first),
        hits=tuple(shown),
        facets=facets_of(first) if cursor is None else {},
        remarks=understand(query.text).remarks,
        next=str(Cursor(last, query.at, view.id)) if last else None,
    )


def _gathered(
    view: View, query: Query, languages: Sequence[str], last: Last | None
) -> tuple[Mapping[str, Any], list[Hit], Last | None]:
    """The first answer, the hits of a page, and the sort values after which there is more, if there is.

    More is asked for as long as copies that are told with their originals leave room on the page.
    """
    request = request_for(query, languages)
    first: Mapping[str, Any] | None = None
    shown: list[Hit] = []
    for _ in range(_ROUNDS):
        answer = view.ask(request if last is None else request | {"search_after": list(last)}, query.after)
        first = first or answer
        hits = answer["hits"]["hits"][: query.limit]
        found = [hit_of(hit) for hit in hits]
        elsewhere = _elsewhere(view, request, found)
        for hit, one in zip(hits, found, strict=True):
            if len(shown) == query.limit:
                return first, shown, last
            last = tuple(hit["sort"])
            if one.document.id not in elsewhere:
                shown.append(one)
        if len(answer["hits"]["hits"]) <= query.limit:
            return first, shown, None
        if len(shown) == query.limit:
            break
    assert first is not None
    return first, shown, last


def _elsewhere(view: View, request: Request, found: Sequence[Hit]) -> set[str]:
    """The copies among ``found`` whose originals are found as well, wherever in the list these stand."""
    originals = {hit.document.id: hit.document.copy_of for hit in found if hit.document.copy_of}
    if not originals:
        return set()
    there = ids_of(view.ask(only(request, sorted(set(originals.values())))))
    return {copy for copy, original in originals.items() if original in there}
