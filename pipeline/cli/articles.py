"""tallywire articles"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import emit, found_or_fail, home_option, json_option, opened, say, short

if TYPE_CHECKING:
    from pipeline.steps.showing.diff import Change, Difference


@click.group()
def articles() -> None:
    """Articles, and what changed in their revisions."""


@articles.command()
@click.argument("identity", metavar="ID")
@click.option("--from", "first", type=click.IntRange(min=1), help="The older revision; the first by default.")
@click.option("--to", "last", type=click.IntRange(min=1), help="The newer revision; the last by default.")
@home_option
@json_option
def diff(identity: str, first: int | None, last: int | None, home: Path | None, as_json: bool) -> None:
    """Show what changed between revisions of an article, numbers first. ID is an article's id or its address.

    Each revision is compared with the one before it; with --from and --to, only these two are compared.
    """
    from pipeline.steps.showing.diff import difference

    with opened(home) as services, services.record.read() as tx:
        article = found_or_fail(
            tx.articles.get(identity) or tx.articles.by_url(identity),
            "article",
            identity,
            "`tallywire search` and `tallywire export articles` list them",
        )
        revisions = tx.articles.revisions(article.id)
        visit = tx.visits.get(article.reading.requested_url)
    wanted = [one for one in revisions if (first or 1) <= one.number <= (last or one.number)]
    if first and last and len(wanted) > 2:
        wanted = [wanted[0], wanted[-1]]
    found = [difference(before, after, article.reading.language) for before, after in pairwise(wanted)]
    if as_json:
        for one in found:
            emit(one)
        return
    say(f"{article.reading.title}\n{article.reading.url}  {article.id}")
    if not found:
        say(f"revision {article.revision}, the only one to compare; first seen {short(article.first_seen)}")
    for one in found:
        _show(one)
    if visit is not None:
        again = f"; next visit {short(visit.next)}" if visit.next else ""
        say(f"\nlast visit {short(visit.last)}{again}")


def _show(one: Difference) -> None:
    say(f"\nrevision {one.revision}, seen {short(one.seen)}")
    for change in one.numbers:
        before, after = (", ".join(numbers) for numbers in (change.numbers_before, change.numbers_after))
        say(f"  {' → '.join(filter(None, (before, after)))}" if change.before and change.after else "")
        _say_sentences(change)
    if one.title is not None:
        say("  headline")
        _say_sentences(one.title)
    for change in one.words:
        _say_sentences(change)


def _say_sentences(change: Change) -> None:
    for mark, sentence in (("-", change.before), ("+", change.after)):
        if sentence:
            say(f"    {mark} {sentence}")
