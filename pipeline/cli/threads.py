"""tallywire threads"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from pipeline.cli.common import emit, found_or_fail, home_option, json_option, opened, say, short, since_until, table
from pipeline.cli.stories import show_brief
from pipeline.errors import TallywireError
from pipeline.record import Transaction
from pipeline.steps.briefs import Briefs
from pipeline.steps.explain import closed, joins_of, size_of, why_in_thread
from pipeline.steps.export import story_row
from pipeline.steps.judge import Judge
from pipeline.steps.publish import publish
from pipeline.steps.services import Services
from pipeline.steps.threads import Development, development_of
from pipeline.tell.words import count
from schemas.base import Utc
from schemas.export import Row
from schemas.story import DecisionKind, Story, ThreadDecision, ThreadJoin


class _ThreadRow(Row):
    """A thread as programs get it; the fields mean what they mean in an exported story."""

    id: str
    topics: tuple[str, ...]
    headline: str
    first_seen: Utc
    last_seen: Utc
    stories: tuple[str, ...]
    reports: int
    copies: int
    outlets: tuple[str, ...]


@click.group()
def threads() -> None:
    """Developments: the stories of one affair, over days."""


@threads.command("list")
@click.option("--topic", help="Only threads with stories of this topic.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@since_until
@home_option
@json_option
def list_(
    topic: str | None, limit: int, since: datetime | None, until: datetime | None, home: Path | None, as_json: bool
) -> None:
    """Threads, the one with the latest news first."""
    with opened(home) as services, services.record.read() as tx:
        stories = [
            story for story in tx.stories.find(topic=topic, since=since) if not until or story.first_seen < until
        ]
        # A thread is told whole, though only some of its stories may be of the topic and the time asked for.
        names = list(dict.fromkeys(story.development for story in stories))[:limit]
        found = [thread for name in names if (thread := development_of(tx, name))]
    if as_json:
        for thread in found:
            emit(_row(thread))
        return
    table(
        ("thread", "first seen", "last seen", "stories", "reports", "outlets", "headline"),
        [
            (
                thread.id,
                short(thread.first_seen),
                short(thread.last_seen),
                len(thread.stories),
                len(thread.articles) + len(thread.copies),
                len(thread.outlets),
                thread.face.headline,
            )
            for thread in found
        ],
        right=("stories", "reports", "outlets"),
    )


@threads.command()
@click.argument("thread")
@home_option
@json_option
def show(thread: str, home: Path | None, as_json: bool) -> None:
    """One thread with its stories, oldest first, and why each is there."""
    with opened(home) as services, services.record.read() as tx:
        found = _found(tx, thread)
        joins = joins_of(tx, found.stories)
    shut = closed(found, joins)
    if as_json:
        stories = [_story_row(story, joins.get(story.id)) for story in found.stories]
        emit({**_row(found).model_dump(mode="json"), "open": not shut, "stories": stories})
        return
    say(found.face.headline)
    say(f"began {short(found.first_seen)}, last seen {short(found.last_seen)}")
    say(size_of(found))
    if shut:
        say(shut)
    for story in found.stories:
        say(f"\n{short(story.first_seen)}  {story.headline}")
        say(f"  {story.id}  {count(len(story.articles) + len(story.copies), 'report')}")
        if story.id in joins:
            say(f"  {why_in_thread(joins[story.id])}")


@threads.command()
@click.argument("thread")
@click.option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="Figures to show.")
@home_option
@json_option
def brief(thread: str, limit: int, home: Path | None, as_json: bool) -> None:
    """What the reports of one thread say together, the figures that matter most first."""
    with opened(home) as services, services.record.read() as tx:
        made = Briefs(tx).of_development(_found(tx, thread))
    show_brief(made, limit, as_json=as_json)


@threads.command()
@click.argument("threads", nargs=-1, required=True)
@home_option
def merge(threads: tuple[str, ...], home: Path | None) -> None:
    """Keep THREADS together as one from now on."""
    names = tuple(dict.fromkeys(threads))
    if len(names) < 2:
        raise click.UsageError("a merge needs two threads or more")
    with opened(home) as services:
        with services.record.read() as tx:
            before = _open_threads(tx)
            found = [_open_or_fail(_found(tx, name), before) for name in names]
        articles = tuple(article for thread in found for article in thread.articles)
        _decide(services, ThreadDecision(kind=DecisionKind.MERGE, articles=articles, decided=datetime.now(UTC)), before)


@threads.command()
@click.argument("thread")
@click.argument("stories", nargs=-1, required=True)
@home_option
def split(thread: str, stories: tuple[str, ...], home: Path | None) -> None:
    """Take STORIES out of THREAD into one of their own, and keep them apart from now on."""
    with opened(home) as services:
        with services.record.read() as tx:
            before = _open_threads(tx)
            found = _found(tx, thread)
            taken = [_story_of(tx, found, story) for story in dict.fromkeys(stories)]
            _open_or_fail(found, before)
            for story in taken:
                _remembered_or_fail(story, before)
        left = [story for story in found.stories if story not in taken]
        if not left:
            raise TallywireError(
                f"nothing would be left of thread {found.id!r}", hint="a split leaves one story or more where it is"
            )
        decision = ThreadDecision(
            kind=DecisionKind.SPLIT, articles=_articles(taken), others=_articles(left), decided=datetime.now(UTC)
        )
        _decide(services, decision, before)


def _decide(services: Services, decision: ThreadDecision, before: Mapping[str, str]) -> None:
    """Keep a decision, and say what it changed; ``before`` says in which thread each story was."""
    moved = Judge(services).decide_threads(decision)
    publish(services)
    with services.record.read() as tx:
        stories = [story for identity in moved if (story := tx.stories.get(identity))]
    for story in sorted(stories, key=lambda story: (story.first_seen, story.id)):
        say(f"{story.id}: {before.get(story.id, 'none')} → {story.thread}, {story.headline}")
    say(f"kept; {count(len(stories), 'story is', 'stories are')} in another thread now")


def _found(tx: Transaction, identity: str) -> Development:
    hint = "`tallywire threads list` names them"
    story = tx.stories.get(identity)
    if story is not None and story.thread is not None:
        hint = f"it is a story, of thread {story.thread}"
    thread: Development = found_or_fail(development_of(tx, identity), "thread", identity, hint)
    return thread


def _story_of(tx: Transaction, thread: Development, identity: str) -> Story:
    hint = f"`tallywire threads show {thread.id}` names its stories"
    story: Story = found_or_fail(tx.stories.get(identity), "story", identity, hint)
    if story not in thread.stories:
        raise TallywireError(f"story {identity!r} is not of thread {thread.id!r}", hint=hint)
    return story


def _open_threads(tx: Transaction) -> dict[str, str]:
    """The threads that are open, by the ids of their stories."""
    return {row.id: row.join.thread for row in tx.threads.remembered()}


def _open_or_fail(thread: Development, still_open: Mapping[str, str]) -> Development:
    shut = closed(thread, still_open)
    if shut:
        raise TallywireError(f"thread {thread.id!r} is {shut}", hint="only an open thread can be merged or split")
    return thread


def _remembered_or_fail(story: Story, still_open: Mapping[str, str]) -> None:
    if story.id not in still_open:
        raise TallywireError(
            f"story {story.id!r} had its last report too long ago",
            hint="it is no longer compared with others; only a story that is can be taken out of its thread",
        )


def _articles(stories: Iterable[Story]) -> tuple[str, ...]:
    return tuple(article for story in stories for article in story.articles)


def _row(thread: Development) -> _ThreadRow:
    return _ThreadRow(
        id=thread.id,
        topics=thread.topics,
        headline=thread.face.headline,
        first_seen=thread.first_seen,
        last_seen=thread.last_seen,
        stories=tuple(story.id for story in thread.stories),
        reports=len(thread.articles),
        copies=len(thread.copies),
        outlets=thread.outlets,
    )


def _story_row(story: Story, join: ThreadJoin | None) -> dict[str, Any]:
    """A story as it is exported, and why it is in its thread."""
    return {**story_row(story).model_dump(mode="json"), "join": join.model_dump(mode="json") if join else None}
