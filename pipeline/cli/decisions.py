"""tallywire decisions"""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from pipeline.cli.common import emit, home_option, json_option, opened, say, table, tell_more
from pipeline.cli.deciding import by_option, zone_of
from schemas.enums import SubjectKind


@click.group()
def decisions() -> None:
    """List and undo decisions about alerts, figures and developments."""


@decisions.command("list")
@click.option("--topic", help="Only decisions that hold in this topic.")
@click.option("--all", "everything", is_flag=True, help="Also list those that were undone.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="List at most this many.")
@home_option
@json_option
def list_(topic: str | None, everything: bool, limit: int, home: Path | None, as_json: bool) -> None:
    """List decisions, latest first, in the topic's time zone.

    Stories, threads and series that were put together, split, renamed or pinned have no id: they can't be undone here.
    """
    from pipeline.steps.deciding.arranged import Arranged, history
    from pipeline.steps.showing.export import decision_row
    from pipeline.steps.showing.rows import arranged_row
    from pipeline.tell.decided import choice_words, subject_words
    from pipeline.tell.words import short_moment

    with opened(home) as services:
        with services.record.read() as tx:
            found = history(tx, topic=topic, undone=everything)
            more, found = len(found) - limit, found[:limit]
            zones = {one.name: one.tzinfo for one in tx.topics.all()}
        if as_json:
            for one in found:
                emit(arranged_row(one) if isinstance(one, Arranged) else decision_row(one))
            tell_more(more, as_json=True, how="raise --limit")
            return
        rows: list[tuple[object, ...]] = []
        for one in found:
            if isinstance(one, Arranged):
                decided = short_moment(one.decided, zones.get(one.topic or "", ZoneInfo("UTC")))
                rows.append(("", decided, one.what, one.about, ", ".join(one.topics), one.by, ""))
                continue
            zone = zone_of(services, one.subject)
            undone = f"undone by {one.undone.by}, {short_moment(one.undone.at, zone)}" if one.undone else ""
            about = subject_words(one.subject, one.label)
            decided = short_moment(one.decided, zone)
            rows.append((one.id, decided, choice_words(one, zone), about, one.subject.topic, one.by, undone))
    columns = ["decision", "decided", "what", "about", "topic", "by"]
    table([*columns, "undone"] if everything else columns, [row if everything else row[:-1] for row in rows])
    tell_more(more, as_json=False, how="raise --limit")


@decisions.command("undo")
@click.argument("decision")
@by_option
@home_option
def undo_(decision: str, by: str, home: Path | None) -> None:
    """Undo DECISION. Alerts that it silenced within the last day wait to be told again."""
    from pipeline.steps.deciding.decide import undo
    from pipeline.steps.publish import publish
    from pipeline.tell.decided import choice_words, subject_words

    with opened(home) as services:
        undone = undo(services, decision, by=by)
        if undone.subject.kind is SubjectKind.FIGURE:
            publish(services)
        zone = zone_of(services, undone.subject)
    say(f"{subject_words(undone.subject, undone.label)}: no longer {choice_words(undone, zone)}")
