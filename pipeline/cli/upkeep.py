"""tallywire upkeep"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import PARTLY, emit, home_option, json_option, opened, tell_finding
from pipeline.steps.upkeep import upkeep as keep_up


@click.command()
@home_option
@json_option
def upkeep(home: Path | None, as_json: bool) -> None:
    """Remove what needn't be kept (TALLYWIRE_KEEP_…), and look at feeds and index.

    `run --watch` does so by itself once a day. Harmless to repeat, also beside a run. Exits 3 where a part of it could
    not be done.
    """
    with opened(home) as services:
        report = keep_up(services)
    if as_json:
        emit(report)
    else:
        for finding in report.findings:
            tell_finding(finding)
    if report.problems:
        raise click.exceptions.Exit(PARTLY)
