"""tallywire index"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import emit, home_option, json_option, note, opened, say, table
from pipeline.errors import SearchIndexError

_REFUSALS_SHOWN = 20


@click.group()
def index() -> None:
    """The search index."""


@index.command()
@click.option(
    "--api-key", is_flag=True, help="Also create the role for publishing, and print an API key limited to it."
)
@home_option
def setup(api_key: bool, home: Path | None) -> None:
    """Create what is missing and bring the index up to date."""
    from pipeline.index.elastic.index import ElasticIndex
    from pipeline.steps.publish import publish

    with opened(home, create=True) as services:
        if api_key and not isinstance(services.index, ElasticIndex):
            raise SearchIndexError(
                "the embedded index has no API keys", hint="set TALLYWIRE_ELASTICSEARCH_URL to create one there"
            )
        written = publish(services)
        counts = ", ".join(f"{services.index.count(kind)} {kind}" for kind in services.index.kinds)
        # With --api-key only the key goes to standard output, so that a script can keep it.
        (note if api_key else say)(f"the index is up to date; {written} documents written, {counts} in all")
        if api_key and isinstance(services.index, ElasticIndex):
            say(f"TALLYWIRE_ELASTICSEARCH_API_KEY={services.index.grant()}")


@index.command()
@home_option
@json_option
def status(home: Path | None, as_json: bool) -> None:
    """Show how much of the record is indexed, and what was rejected."""
    from pipeline.steps.keeping.findings import wanted
    from pipeline.steps.publish import behind, refusals

    with opened(home) as services:
        totals = wanted(services.record)
        rows = [
            (kind, totals[kind], services.index.count(kind), services.index.heard(kind))
            for kind in services.index.kinds
        ]
        late = [kind for kind in services.index.kinds if behind(services, kind)]
        refused = refusals(services.record)
    if as_json:
        for kind, total, held, heard in rows:
            emit({"kind": kind, "record": total, "indexed": held, "heard": heard, "behind": kind in late})
        for one in refused:
            emit({"refused": one.model_dump(mode="json")})
        return
    table(
        ("kind", "in the record", "in the index", ""),
        [(kind, total, held, "behind" if kind in late else "up to date") for kind, total, held, _ in rows],
        right=("in the record", "in the index"),
    )
    if late:
        say("`tallywire index setup` brings it up to date")
    for one in refused[:_REFUSALS_SHOWN]:
        say(f"refused: {one.kind} {one.id}: {one.reason}")
    if len(refused) > _REFUSALS_SHOWN:
        say(f"… and {len(refused) - _REFUSALS_SHOWN} more; --json lists them all")


@index.command("rebuild")
@home_option
def rebuild_(home: Path | None) -> None:
    """Rebuild the index from the record while the old one keeps serving."""
    from pipeline.steps.publish import rebuild

    with opened(home) as services:
        say("rebuilt: " + ", ".join(f"{count} {kind}" for kind, count in rebuild(services).items()))
