"""tallywire export"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli.common import emit, home_option, opened

EXPORTED = ("alerts", "articles", "briefs", "decisions", "entries", "figures", "moves", "stories")
"""The kinds of `EXPORTS`, which is imported once there is something to export."""


@click.command()
@click.argument("what", type=click.Choice(EXPORTED))
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@home_option
def export(what: str, form: str, home: Path | None) -> None:
    """Export everything the record holds of one kind, in order of arrival."""
    from pipeline.steps.showing.export import EXPORTS
    from pipeline.steps.showing.tables import csv_lines

    model, rows = EXPORTS[what]
    with opened(home) as services, services.record.read() as tx:
        if form == "jsonl":
            for row in rows(tx):
                emit(row)
            return
        for line in csv_lines(model, rows(tx)):
            sys.stdout.write(line)
