"""tallywire doctor"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import emit, home_option, json_option, settings_of, tell_finding

if TYPE_CHECKING:
    from pipeline.steps.keeping.findings import Finding


SAMPLE, SECONDS = 50, 300.0
"""The limits that `rereading` has of its own, which the help shows without importing it."""


@click.command()
@click.option("--deep", is_flag=True, help="Compare the archive with the record too, and process a sample again.")
@click.option(
    "--sample", type=click.IntRange(min=1), default=SAMPLE, show_default=True, help="Articles in the sample of --deep."
)
@click.option(
    "--seconds", type=click.FloatRange(min=1), default=SECONDS, show_default=True, help="Time limit of --deep."
)
@home_option
@json_option
def doctor(deep: bool, sample: int, seconds: float, home: Path | None, as_json: bool) -> None:
    """Check this machine, the settings, the record, the index, the mail server and the feeds.

    Exits with 1 if a problem keeps Tallywire from working.
    """
    from pipeline.steps.keeping.doctor import examine
    from pipeline.steps.keeping.rereading import Limits, reread

    settings = settings_of(home)
    looked = chain(examine(settings), reread(settings, Limits(sample, seconds)) if deep else ())
    findings: list[Finding] = []
    for finding in looked:
        findings.append(finding)
        if as_json:
            emit(finding)
        else:
            tell_finding(finding)
    if any(finding.level == "problem" for finding in findings):
        raise click.exceptions.Exit(1)
