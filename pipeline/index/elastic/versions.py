"""Aliases over versioned indices: what serves, what is made beside it, and what each has heard.

``PREFIX-articles`` is an alias; behind it stands ``PREFIX-articles-v1``, after a rebuild ``-v2`` and so on. All reading
and writing goes through the alias, so that a rebuild can change what stands behind it in one act.

``PREFIX-heard`` is a small index beside them. It keeps for each index how far it has heard, by that index's unique id:
one that was dropped and made again, even under the same name, has heard nothing.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.errors import SearchIndexError
from pipeline.index.elastic.mappings import ACRONYMS, FOLDING, HEARD, PLAIN, fingerprint, mappings, settings
from pipeline.index.elastic.server import Server
from pipeline.index.elastic.trouble import other_mapping
from schemas.search import IndexKind

_OWNER = "owner"
_BUILT_IN = {"standard", "simple", "stop", "keyword", "whitespace"}


@dataclass(frozen=True)
class Version:
    """One index behind an alias, or meant to be."""

    name: str
    unique: str
    """Elasticsearch's own id of it, which no other index ever has."""
    mapping: str
    """The fingerprint of the mapping it was made with."""


class Versions:
    """The indices of one deployment."""

    def __init__(self, server: Server, prefix: str, analyzers: Mapping[str, str]) -> None:
        self._server = server
        self._prefix = prefix
        self._analyzers = analyzers

    def alias(self, kind: IndexKind) -> str:
        return f"{self._prefix}-{kind.value}"

    @property
    def heard_index(self) -> str:
        return f"{self._prefix}-heard"

    def serving(self, kinds: Sequence[IndexKind]) -> dict[IndexKind, Version]:
        """What stands behind the alias of each of ``kinds``; those that have none are left out."""
        found = self._get(",".join(self.alias(kind) for kind in kinds))
        serving: dict[IndexKind, Version] = {}
        for name, described in found.items():
            for kind in kinds:
                alias = self.alias(kind)
                if name == alias:
                    raise SearchIndexError(
                        f"{name} is an index, but must be an alias",
                        where=self._server.place,
                        hint=f"another program created it; delete it (DELETE {name}) and run `tallywire index setup`",
                    )
                if alias not in described["aliases"]:
                    continue
                if kind in serving:
                    raise SearchIndexError(
                        f"the alias {alias} points to more than one index",
                        where=self._server.place,
                        hint=f"remove it from all but the newest of {alias}-v*",
                    )
                serving[kind] = _version(name, described)
        return serving

    def check(self, kind: IndexKind, version: Version) -> None:
        """Raises SearchIndexError if ``version`` was made with another mapping than this program writes."""
        if version.mapping != fingerprint(kind, self._analyzers):
            raise other_mapping(f"{self._server.place} {version.name}", "its mapping is different")

    def check_analyzers(self) -> None:
        """Raises SearchIndexError naming the analysers that the server lacks."""
        missing: list[str] = []
        for language, analyzer in sorted(self._analyzers.items()):
            asked: dict[str, Any] = {"analyzer": analyzer}
            if language == PLAIN and analyzer == FOLDING:
                asked = {"tokenizer": "standard", "filter": ["lowercase", "asciifolding", ACRONYMS]}
            elif analyzer in _BUILT_IN:
                continue
            try:
                self._server.ask(lambda client, asked=asked: client.indices.analyze(text="word", **asked))  # type: ignore[misc]
            except SearchIndexError as error:
                if "failed to find" not in error.why:
                    raise
                missing.append(f"{language}={analyzer}")
        if missing:
            raise SearchIndexError(
                f"the Elasticsearch server lacks the analysers {', '.join(missing)}",
                where=self._server.place,
                hint="install the plugin that provides them, or remove them from TALLYWIRE_ELASTICSEARCH_ANALYZERS; "
                f"`{PLAIN}=standard` works on every server, but finds only the exact form of a word",
            )

    def prepare(self, kind: IndexKind) -> None:
        """Put the template of a kind: its indices come into being with the right mapping, and never by themselves."""
        self._server.ask(
            lambda client: client.indices.put_index_template(
                name=self.alias(kind),
                index_patterns=[f"{self.alias(kind)}-v*"],
                priority=500,
                allow_auto_create=False,
                template={
                    "settings": settings(self._analyzers),
                    "mappings": mappings(kind, self._analyzers),
                },
                meta={"description": f"{kind.value} of Tallywire"},
            )
        )

    def create(self, kind: IndexKind, *, serve: bool) -> Version:
        """Make the next version of a kind, beside what there is; with ``serve`` the alias stands for it at once."""
        taken = [number for name in self.all(kind) if (number := _number(name))]
        name = f"{self.alias(kind)}-v{max(taken, default=0) + 1}"
        aliases: dict[str, Any] = {self.alias(kind): {"is_write_index": True}} if serve else {}
        self._server.ask(
            lambda client: client.indices.create(
                index=name,
                aliases=aliases,
                # Said here too: whoever makes an index need not be allowed to read templates.
                settings=settings(self._analyzers),
                mappings=mappings(kind, self._analyzers),
            )
        )
        return _version(name, self._get(name)[name])

    def create_heard(self) -> None:
        """Make the index of what was heard, unless it is there."""
        if self._get(self.heard_index):
            return
        try:
            self._server.ask(
                lambda client: client.indices.create(
                    index=self.heard_index,
                    mappings=HEARD,
                    settings={"number_of_shards": 1, "auto_expand_replicas": "0-1", "hidden": True},
                )
            )
        except SearchIndexError:
            # Another process may have made it meanwhile.
            if not self._get(self.heard_index):
                raise

    def all(self, kind: IndexKind) -> list[str]:
        """The names of every version of a kind, serving or left over."""
        found = self._get(f"{self.alias(kind)}-v*")
        return sorted((name for name in found if _number(name)), key=_number)

    def swap(self, kind: IndexKind, new: Version) -> None:
        """Let ``new`` serve, and remove what served, in one act: no search falls between the two."""
        old = self.serving([kind]).get(kind)
        actions: list[dict[str, Any]] = [
            {"add": {"index": new.name, "alias": self.alias(kind), "is_write_index": True}}
        ]
        if old is not None and old.name != new.name:
            actions.append({"remove_index": {"index": old.name}})
        self._server.ask(lambda client: client.indices.update_aliases(actions=actions))
        if old is not None:
            with contextlib.suppress(SearchIndexError):
                self._forget(old)

    def delete(self, name: str) -> None:
        self._server.ask(lambda client: client.indices.delete(index=name, ignore_unavailable=True))

    def heard(self, version: Version) -> int:
        """How far an index has heard."""
        found = self._server.insist(
            lambda client: client.options(ignore_status=404).get(index=self.heard_index, id=version.unique)
        ).body
        if "error" in found:
            raise SearchIndexError(
                f"{self.heard_index} is not there", where=self._server.place, hint="run `tallywire index setup`"
            )
        return int(found["_source"]["heard"]) if found.get("found") else 0

    def hear(self, kind: IndexKind, version: Version, heard: int) -> None:
        """Remember how far an index has heard; never less than before."""
        said = {"index": version.name, "kind": kind.value, "heard": heard}
        self._server.insist(
            lambda client: client.options(ignore_status=409).index(
                index=self.heard_index,
                id=version.unique,
                document=said,
                version=heard,
                version_type="external_gte",
            )
        )

    def owner(self) -> str | None:
        """The record that all of these are a projection of, if any has been written."""
        found = self._server.insist(
            lambda client: client.options(ignore_status=404).get(index=self.heard_index, id=_OWNER)
        ).body
        return str(found["_source"]["record"]) if found.get("found") else None

    def own(self, owner: str) -> None:
        self._server.insist(lambda client: client.index(index=self.heard_index, id=_OWNER, document={"record": owner}))

    def _forget(self, version: Version) -> None:
        self._server.ask(
            lambda client: client.options(ignore_status=404).delete(index=self.heard_index, id=version.unique)
        )

    def _get(self, names: str) -> dict[str, Any]:
        answer = self._server.insist(
            lambda client: client.indices.get(
                index=names,
                ignore_unavailable=True,
                allow_no_indices=True,
                expand_wildcards=["open", "hidden"],
                filter_path=["*.aliases", "*.mappings._meta", "*.settings.index.uuid"],
            )
        )
        return dict(answer.body)


def _version(name: str, described: Mapping[str, Any]) -> Version:
    meta = described.get("mappings", {}).get("_meta", {})
    return Version(name, described["settings"]["index"]["uuid"], str(meta.get("mapping", "")))


def _number(name: str) -> int:
    found = re.search(r"-v(\d+)$", name)
    return int(found[1]) if found else 0
