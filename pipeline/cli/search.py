"""tallywire search"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import emit, home_option, json_option, note, opened, say, short, since_until
from schemas.enums import Sort

if TYPE_CHECKING:
    from pipeline.steps.showing.search import Found
    from schemas.search import Facet


@click.command()
@click.argument("words", nargs=-1)
@click.option("--topic", "topics", multiple=True, help="Only coverage of this topic; may be repeated.")
@click.option("--outlet", "outlets", multiple=True, help="Only this outlet; may be repeated.")
@click.option("--language", "languages", multiple=True, help="Only this language; may be repeated.")
@click.option("--development", "developments", multiple=True, help="Only this development; may be repeated.")
@click.option("--story", "stories", multiple=True, help="Only this story; may be repeated.")
@click.option("--no-copies", is_flag=True, help="Leave copies out.")
@click.option("--off-topic", is_flag=True, help="Include articles of no topic.")
@click.option("--sort", type=click.Choice([one.value for one in Sort]), default=Sort.RELEVANCE.value, show_default=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--after", help="Cursor of the next page.")
@click.option("--csv", "as_csv", is_flag=True, help="All results as CSV, 10,000 at most.")
@since_until
@home_option
@json_option
def search(
    words: tuple[str, ...],
    developments: tuple[str, ...],
    no_copies: bool,
    sort: str,
    as_csv: bool,
    since: datetime | None,
    until: datetime | None,
    home: Path | None,
    as_json: bool,
    **asked: object,
) -> None:
    """Find articles.

    Simple words: all of up to three, all but one of four to seven, all but two of eight to eleven. "A phrase",
    prefix* and -word are never left out. IRS finds I.R.S. and the other way round. Fresh articles count as more
    relevant; copies are shown under their originals.
    """
    from pipeline.steps.publish import publish
    from pipeline.steps.showing.search import rows
    from pipeline.steps.showing.search import search as find
    from pipeline.steps.showing.tables import csv_lines
    from schemas.export import FoundRow
    from schemas.search import Query

    query = Query(
        text=" ".join(words),
        since=since,
        until=until,
        copies=not no_copies,
        sort=Sort(sort),
        **asked,
    )
    if as_csv and as_json:
        raise click.UsageError("use either --csv or --json, not both")
    with opened(home) as services:
        publish(services)
        if as_csv:
            for line in csv_lines(FoundRow, rows(services, query, developments)):
                sys.stdout.write(line)
            return
        found = find(services, query, developments)
    for remark in found.results.remarks:
        note(remark)
    if as_json:
        for hit in found.results.hits:
            emit(hit)
        return
    _tell(found)


def _tell(found: Found) -> None:
    from pipeline.index.contract import MARK_END, MARK_START

    results = found.results
    for hit in results.hits:
        one = hit.document
        mark = f"  [copy of {one.copy_of}]" if one.copy_of else ""
        say(f"{short(one.published)}  {one.outlet}  {one.title or one.text[:70]}{mark}")
        say(f"  {one.url}  {one.id}" + (f"  {one.story}" if one.story else ""))
        for part in hit.highlights[-1:]:
            shown = " ".join(part.split())
            say(f"  {shown.replace(MARK_START, '»').replace(MARK_END, '«')}")
        if hit.copies:
            say(f"  copies: {', '.join(dict.fromkeys(copy.outlet for copy in hit.copies))}")
    copied = f", {results.copied} of them {'a copy' if results.copied == 1 else 'copies'}" if results.copied else ""
    say(f"more than {results.total:,} found" if results.more else f"{results.total:,} found{copied}")
    for name in ("topic", "outlet", "language"):
        _count(name, results.facets.get(name, ()))
    for development in found.developments[:5]:
        say(f"  {development.count:>6,}  {development.headline}  {development.id}")
    if results.next:
        say(f"more: --after {results.next}")


def _count(name: str, facets: tuple[Facet, ...]) -> None:
    if len(facets) > 1:
        say(f"  {name}: {', '.join(f'{facet.value} {facet.count:,}' for facet in facets[:6])}")
