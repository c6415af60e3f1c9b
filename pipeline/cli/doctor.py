"""tallywire doctor"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import emit, home_option, json_option, settings_of, tell_finding
from pipeline.steps.doctor import examine
from pipeline.steps.findings import Finding


@click.command()
@home_option
@json_option
def doctor(home: Path | None, as_json: bool) -> None:
    """Check this machine, the settings, the record, the index, the mail server and the feeds.

    Exits 1 where something is wrong that keeps Tallywire from its work.
    """
    findings: list[Finding] = []
    for finding in examine(settings_of(home)):
        findings.append(finding)
        if as_json:
            emit(finding)
        else:
            tell_finding(finding)
    if any(finding.level == "problem" for finding in findings):
        raise click.exceptions.Exit(1)
