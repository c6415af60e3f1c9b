"""tallywire explain"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import emit, found_or_fail, home_option, json_option, opened, say


@click.command()
@click.argument("identity", metavar="ID")
@home_option
@json_option
def explain(identity: str, home: Path | None, as_json: bool) -> None:
    """Explain why an entry, article, story, thread, figure, series, alert or feed is what it is."""
    from pipeline.steps.showing.explain import explain as explain_step

    with opened(home) as services, services.record.read() as tx:
        lines = explain_step(tx, identity)
    lines = found_or_fail(lines, "item with the ID", identity, "lists, exports and `tallywire search` show IDs")
    if as_json:
        emit({"id": identity, "lines": lines})
        return
    for line in lines:
        say(line)
