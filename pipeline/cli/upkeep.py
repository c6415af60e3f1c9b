"""tallywire upkeep"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import PARTLY, emit, home_option, json_option, opened, tell_finding


@click.command()
@home_option
@json_option
def upkeep(home: Path | None, as_json: bool) -> None:
    """Delete expired files (TALLYWIRE_KEEP_…), and check feeds and index.

    `run --watch` does this once a day. It is safe to repeat, also during a run. Exits with 3 if part of it failed.
    """
    from pipeline.steps.upkeep import upkeep as keep_up

    with opened(home) as services:
        report = keep_up(services)
    if as_json:
        emit(report)
    else:
        for finding in report.findings:
            tell_finding(finding)
    if report.problems:
        raise click.exceptions.Exit(PARTLY)
