"""tallywire export"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import click

from pipeline.cli.common import emit, home_option, opened
from pipeline.steps.export import EXPORTS


@click.command()
@click.argument("what", type=click.Choice(sorted(EXPORTS)))
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@home_option
def export(what: str, form: str, home: Path | None) -> None:
    """Print everything the record holds of one kind, in order of arrival."""
    model, rows = EXPORTS[what]
    with opened(home) as services, services.record.read() as tx:
        if form == "jsonl":
            for row in rows(tx):
                emit(row)
            return
        names = [field.alias or name for name, field in model.model_fields.items()]
        writer = csv.DictWriter(sys.stdout, names, lineterminator="\r\n")
        # Spreadsheets take a file for UTF-8 only if it says so.
        sys.stdout.write("\ufeff")
        writer.writeheader()
        for row in rows(tx):
            writer.writerow({name: _cell(value) for name, value in row.model_dump(mode="json", by_alias=True).items()})


def _cell(value: object) -> object:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        # A page must not run a formula in the reader's spreadsheet.
        return f"'{value}"
    return value
