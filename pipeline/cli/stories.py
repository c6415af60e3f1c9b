"""tallywire stories"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from pipeline.cli.common import emit, found_or_fail, home_option, json_option, opened, say, short, since_until, table
from pipeline.steps.briefs import Briefs
from pipeline.steps.export import article_row, story_row
from pipeline.steps.judge import Judge
from pipeline.steps.publish import publish
from pipeline.tell.briefs import figure_lines
from pipeline.tell.words import count
from schemas.article import Article
from schemas.brief import Brief
from schemas.story import DecisionKind, StoryDecision


@click.group()
def stories() -> None:
    """The articles about one event, together."""


def _lately(articles: Iterable[Article], now: datetime) -> int:
    """How many reports a story has grown by in the last 24 hours, copies among them."""
    return sum(now - timedelta(days=1) < article.reading.published <= now for article in articles)


@stories.command("list")
@click.option("--topic", help="Only stories of this topic.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@since_until
@home_option
@json_option
def list_(
    topic: str | None, limit: int, since: datetime | None, until: datetime | None, home: Path | None, as_json: bool
) -> None:
    """Stories, the latest first."""
    with opened(home) as services, services.record.read() as tx:
        found = [story for story in tx.stories.find(topic=topic, since=since) if not until or story.first_seen < until]
        found = found[:limit]
        lately = [] if as_json else [_lately(tx.articles.of_story(story.id), services.clock()) for story in found]
    if as_json:
        for story in found:
            emit(story_row(story))
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


@stories.command()
@click.argument("story")
@home_option
@json_option
def show(story: str, home: Path | None, as_json: bool) -> None:
    """One story with its reports, its copies and the figures they state."""
    with opened(home) as services, services.record.read() as tx:
        found = found_or_fail(tx.stories.get(story), "story", story, "`tallywire stories list` names them")
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
    """What the reports of one story say together, the figures that matter most first."""
    with opened(home) as services, services.record.read() as tx:
        found = found_or_fail(tx.stories.get(story), "story", story, "`tallywire stories list` names them")
        made = Briefs(tx).of(found)
    show_brief(made, limit, as_json=as_json)


def show_brief(made: Brief, limit: int, *, as_json: bool) -> None:
    """Print a brief: as one JSON object, or for people with so many of its figures."""
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
@home_option
def split(story: str, articles: tuple[str, ...], home: Path | None) -> None:
    """Keep ARTICLES out of STORY from now on."""
    _decide(home, StoryDecision(kind=DecisionKind.SPLIT, articles=articles, story=story, decided=datetime.now(UTC)))


@stories.command()
@click.argument("stories", nargs=-1, required=True)
@home_option
def merge(stories: tuple[str, ...], home: Path | None) -> None:
    """Keep STORIES together as one from now on."""
    with opened(home) as services, services.record.read() as tx:
        found = [
            found_or_fail(tx.stories.get(one), "story", one, "`tallywire stories list` names them") for one in stories
        ]
    articles = tuple(article for story in found for article in story.articles)
    _decide(home, StoryDecision(kind=DecisionKind.MERGE, articles=articles, decided=datetime.now(UTC)))


def _decide(home: Path | None, decision: StoryDecision) -> None:
    with opened(home) as services:
        with services.record.read() as tx:
            if decision.story is not None:
                found_or_fail(tx.stories.get(decision.story), "story", decision.story, "see `tallywire stories list`")
            for article in decision.articles:
                found_or_fail(tx.articles.get(article), "article", article, "`tallywire stories show` names them")
        moves = Judge(services).decide(decision)
        publish(services)
    for move in moves:
        say(f"{move.article}: {move.from_story} → {move.to_story}, {move.reason}")
    say(f"kept; {len(moves)} articles changed their story")


def _json(row: object) -> object:
    return row.model_dump(mode="json", by_alias=True) if hasattr(row, "model_dump") else row
