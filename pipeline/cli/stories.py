"""tallywire stories"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import (
    count,
    emit,
    found_or_fail,
    home_option,
    json_option,
    limited,
    opened,
    say,
    short,
    since_until,
    table,
    tell_more,
)
from pipeline.cli.deciding import by_option

if TYPE_CHECKING:
    from pipeline.steps.services import Services
    from schemas.article import Article
    from schemas.brief import Brief
    from schemas.story import StoryMove


@click.group()
def stories() -> None:
    """Stories: all articles about one event."""


def _lately(articles: Iterable[Article], now: datetime) -> int:
    """How many reports a story has grown by in the last 24 hours, copies among them."""
    return sum(now - timedelta(days=1) < article.reading.published <= now for article in articles)


@stories.command("list")
@click.option("--topic", help="Only stories of this topic.")
@limited(20)
@since_until
@home_option
@json_option
def list_(
    topic: str | None,
    limit: int,
    everything: bool,
    since: datetime | None,
    until: datetime | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """List stories, latest first."""
    from pipeline.steps.showing.export import story_row

    with opened(home) as services, services.record.read() as tx:
        most = None if everything else limit
        if until is None:
            found = tx.stories.find(topic=topic, since=since, limit=most)
            more = tx.stories.count(topic, since) - len(found)
        else:
            begun = (story for story in tx.stories.each(topic, since) if story.first_seen < until)
            found = list(islice(begun, most))
            more = sum(1 for _ in begun)
        lately = [] if as_json else [_lately(tx.articles.of_story(story.id), services.clock()) for story in found]
    if as_json:
        for story in found:
            emit(story_row(story))
        tell_more(more, as_json=True)
        return
    table(
        ("story", "first seen", "reports", "in 24 h", "copies", "outlets", "headline"),
        [
            (
                story.id,
                short(story.first_seen),
                len(story.articles) + len(story.copies),
                new,
                len(story.copies),
                len(story.outlets),
                story.headline,
            )
            for story, new in zip(found, lately, strict=True)
        ],
        right=("reports", "in 24 h", "copies", "outlets"),
    )
    tell_more(more, as_json=False)


@stories.command()
@click.argument("story")
@home_option
@json_option
def show(story: str, home: Path | None, as_json: bool) -> None:
    """Show a story with its reports, copies and figures."""
    from pipeline.steps.showing.export import article_row, story_row

    with opened(home) as services, services.record.read() as tx:
        found = found_or_fail(tx.stories.get(story), "story", story, "`tallywire stories list` lists them")
        articles = tx.articles.of_story(story)
        if as_json:
            emit({**story_row(found).model_dump(mode="json"), "reports": [_json(article_row(one)) for one in articles]})
            return
        say(found.headline)
        if found.lead:
            say(f"“{found.lead}”")
        total = len(found.articles) + len(found.copies)
        new = _lately(articles, services.clock())
        say(
            f"{total} reports, {len(found.copies)} of them copies, {len(found.outlets)} outlets, "
            f"{new} published in the last 24 hours"
        )
        for article in articles:
            say(f"\n{short(article.reading.published)}  {article.reading.outlet}: {article.reading.title}")
            say(f"  {article.reading.url}  {article.id}")
            say(f"  {article.copy_link.reason if article.copy_link else article.reason}")


@stories.command()
@click.argument("story")
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="Figures to show.")
@home_option
@json_option
def brief(story: str, limit: int, home: Path | None, as_json: bool) -> None:
    """Summarize one story: what its reports state together, most important figures first."""
    from pipeline.steps.known.briefs import Briefs

    with opened(home) as services, services.record.read() as tx:
        found = found_or_fail(tx.stories.get(story), "story", story, "`tallywire stories list` lists them")
        made = Briefs(tx).of(found)
    show_brief(made, limit, as_json=as_json)


def show_brief(made: Brief, limit: int, *, as_json: bool) -> None:
    """Print a brief: as one JSON object, or for people with so many of its figures."""
    from pipeline.tell.briefs import figure_lines

    if as_json:
        emit(made)
        return
    say(made.headline)
    say(f"{count(len(made.articles), 'report')}, {count(len(made.outlets), 'outlet')}, {short(made.last_seen)}")
    for figure in made.figures[:limit]:
        say(f"\n{figure.headline}")
        for line in figure_lines(figure):
            say(f"  {line}")
    more = len(made.figures) - limit
    if more > 0:
        say(f"\n{count(more, 'more figure')}: raise --limit to see more")
    if not made.figures:
        say("\nIts reports state no figures.")


@stories.command()
@click.argument("story")
@click.argument("articles", nargs=-1, required=True)
@by_option
@home_option
def split(story: str, articles: tuple[str, ...], by: str, home: Path | None) -> None:
    """Split ARTICLES off STORY, from now on."""
    from pipeline.steps.arranging import split_story

    _arrange(home, lambda services: split_story(services, story, articles, by=by))


@stories.command()
@click.argument("stories", nargs=-1, required=True)
@by_option
@home_option
def merge(stories: tuple[str, ...], by: str, home: Path | None) -> None:
    """Merge STORIES, from now on."""
    from pipeline.steps.arranging import merge_stories

    if len(set(stories)) < 2:
        raise click.UsageError("a merge needs two stories or more")
    _arrange(home, lambda services: merge_stories(services, stories, by=by))


def _arrange(home: Path | None, decided: Callable[[Services], tuple[StoryMove, ...]]) -> None:
    from pipeline.steps.publish import publish

    with opened(home) as services:
        moves = decided(services)
        publish(services)
    for move in moves:
        say(f"{move.article}: {move.from_story} → {move.to_story}, {move.reason}")
    say(f"saved; {len(moves)} articles moved to another story")


def _json(row: object) -> object:
    return row.model_dump(mode="json", by_alias=True) if hasattr(row, "model_dump") else row
