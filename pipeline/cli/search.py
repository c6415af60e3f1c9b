"""tallywire search"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from pipeline.cli.common import emit, home_option, json_option, opened, say, short, since_until
from pipeline.index.contract import MARK_END, MARK_START
from pipeline.steps.publish import publish
from schemas.search import Query


@click.command()
@click.argument("words", nargs=-1)
@click.option("--topic", "topics", multiple=True, help="Only coverage of this topic; may be repeated.")
@click.option("--outlet", "outlets", multiple=True, help="Only this outlet; may be repeated.")
@click.option("--language", "languages", multiple=True, help="Only this language; may be repeated.")
@click.option("--story", help="Only this story.")
@click.option("--no-copies", is_flag=True, help="Leave copies out.")
@click.option("--off-topic", is_flag=True, help="Articles of no topic as well.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--after", help="Cursor of the next page.")
@since_until
@home_option
@json_option
def search(
    words: tuple[str, ...],
    topics: tuple[str, ...],
    outlets: tuple[str, ...],
    languages: tuple[str, ...],
    story: str | None,
    no_copies: bool,
    off_topic: bool,
    limit: int,
    after: str | None,
    since: datetime | None,
    until: datetime | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """Find articles: every word must be there; "a phrase"; prefix*; -word for what must not."""
    query = Query(
        text=" ".join(words),
        topics=topics,
        outlets=outlets,
        languages=languages,
        story=story,
        since=since,
        until=until,
        copies=not no_copies,
        off_topic=off_topic,
        limit=limit,
        after=after,
    )
    with opened(home) as services:
        publish(services)
        results = services.index.search(query)
    if as_json:
        for hit in results.hits:
            emit(hit)
        return
    for hit in results.hits:
        found = hit.document
        mark = f"  [copy of {found.copy_of}]" if found.copy_of else ""
        say(f"{short(found.published)}  {found.outlet}  {found.title or found.text[:70]}{mark}")
        say(f"  {found.url}  {found.id}" + (f"  {found.story}" if found.story else ""))
        for part in hit.highlights[-1:]:
            shown = " ".join(part.split())
            say(f"  {shown.replace(MARK_START, '»').replace(MARK_END, '«')}")
    shown = ", ".join(f"{facet.value} {facet.count}" for facet in results.facets.get("outlet", ())[:6])
    say(f"{results.total} found" + (f": {shown}" if shown else ""))
    if results.next:
        say(f"more: --after {results.next}")
