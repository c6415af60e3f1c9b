"""tallywire index"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import emit, home_option, json_option, opened, say
from pipeline.steps.publish import publish, rebuild


@click.group()
def index() -> None:
    """The searchable projection of the record."""


@index.command()
@home_option
def setup(home: Path | None) -> None:
    """Create what is missing and bring the index up to date."""
    with opened(home) as services:
        written = publish(services)
        say(f"the index is up to date; {written} articles written, {services.index.count()} in all")


@index.command()
@home_option
@json_option
def status(home: Path | None, as_json: bool) -> None:
    """How much of the record the index holds."""
    with opened(home) as services:
        services.index.setup()
        with services.record.read() as tx:
            articles = tx.totals()["articles"]
        held, heard = services.index.count(), services.index.heard()
    if as_json:
        emit({"articles": articles, "indexed": held, "heard": heard})
        return
    say(
        f"{held} of {articles} articles"
        + ("" if held == articles else "; `tallywire index setup` brings it up to date")
    )


@index.command("rebuild")
@home_option
def rebuild_(home: Path | None) -> None:
    """Build the index anew from the record, beside the one that serves."""
    with opened(home) as services:
        say(f"rebuilt: {rebuild(services)} articles")
