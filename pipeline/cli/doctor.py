"""tallywire doctor"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import emit, home_option, json_option, out, plain, settings_of
from pipeline.steps.doctor import Finding, examine

_MARKS = {"ok": "✓", "warning": "!", "problem": "✗"}


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
            out.print(plain(f"{_MARKS[finding.level]} {finding.what}"))
            if finding.advice:
                out.print(plain(f"    → {finding.advice}"))
    if any(finding.level == "problem" for finding in findings):
        raise click.exceptions.Exit(1)
