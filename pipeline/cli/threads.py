"""tallywire threads"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.common import (
    count,
    emit,
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
from pipeline.cli.deciding import A_WEEK, by_option, deciding
from pipeline.cli.stories import show_brief
from schemas.enums import Act, SubjectKind

if TYPE_CHECKING:
    from pipeline.steps.arranging import Moved
    from pipeline.steps.services import Services
    from schemas.story import Story, ThreadJoin


@click.group()
def threads() -> None:
    """Threads: the stories of one development, over days."""


@threads.command("list")
@click.option("--topic", help="Only threads with stories of this topic.")
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
    """List threads, latest news first."""
    from pipeline.steps.known.threads import development_of
    from pipeline.steps.showing.rows import thread_row

    with opened(home) as services, services.record.read() as tx:
        most = None if everything else limit
        begun = (one for one in tx.stories.each(topic, since) if until is None or one.first_seen < until)
        # A thread is told whole, though only some of its stories may be of the topic and the time asked for.
        named = _once(story.development for story in begun)
        names = list(islice(named, most))
        more = tx.stories.count_developments(topic, since) - len(names) if until is None else sum(1 for _ in named)
        found = [thread for name in names if (thread := development_of(tx, name))]
    if as_json:
        for thread in found:
            emit(thread_row(thread))
        tell_more(more, as_json=True)
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
    tell_more(more, as_json=False)


def _once(names: Iterable[str]) -> Iterator[str]:
    """Each name where it comes first."""
    known: set[str] = set()
    for name in names:
        if name not in known:
            known.add(name)
            yield name


@threads.command()
@click.argument("thread")
@home_option
@json_option
def show(thread: str, home: Path | None, as_json: bool) -> None:
    """Show a thread with its stories, oldest first, and why each is there."""
    from pipeline.steps.deciding.arrange import thread_there
    from pipeline.steps.known.threads import closed
    from pipeline.steps.showing.explain import joins_of, size_of, why_in_thread
    from pipeline.steps.showing.rows import thread_row

    with opened(home) as services, services.record.read() as tx:
        found = thread_there(tx, thread)
        joins = joins_of(tx, found.stories)
    shut = closed(found, joins)
    if as_json:
        stories = [_story_row(story, joins.get(story.id)) for story in found.stories]
        emit({**thread_row(found).model_dump(mode="json"), "open": not shut, "stories": stories})
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
    """Summarize one thread: what its reports state together, most important figures first."""
    from pipeline.steps.deciding.arrange import thread_there
    from pipeline.steps.known.briefs import Briefs

    with opened(home) as services, services.record.read() as tx:
        made = Briefs(tx).of_development(thread_there(tx, thread))
    show_brief(made, limit, as_json=as_json)


@threads.command()
@click.argument("threads", nargs=-1, required=True)
@by_option
@home_option
def merge(threads: tuple[str, ...], by: str, home: Path | None) -> None:
    """Merge THREADS, from now on."""
    from pipeline.steps.arranging import merge_threads

    if len(set(threads)) < 2:
        raise click.UsageError("a merge needs two threads or more")
    _arrange(home, lambda services: merge_threads(services, threads, by=by))


@threads.command()
@click.argument("thread")
@click.argument("stories", nargs=-1, required=True)
@by_option
@home_option
def split(thread: str, stories: tuple[str, ...], by: str, home: Path | None) -> None:
    """Split STORIES off THREAD into a thread of their own, from now on."""
    from pipeline.steps.arranging import split_thread

    _arrange(home, lambda services: split_thread(services, thread, stories, by=by))


threads.add_command(deciding("mute", Act.MUTE, SubjectKind.THREAD, "Stop alerts and digest lines about THREAD."))
threads.add_command(
    deciding("snooze", Act.MUTE, SubjectKind.THREAD, "Stop alerts and digest lines about THREAD for a while.", A_WEEK)
)
threads.add_command(deciding("unmute", Act.UNMUTE, SubjectKind.THREAD, "Resume alerts and digest lines about THREAD."))


def _arrange(home: Path | None, decided: Callable[[Services], Moved]) -> None:
    """Decide about threads, and say what that changed."""
    from pipeline.steps.publish import publish

    with opened(home) as services:
        moved = decided(services)
        publish(services)
    for story in moved.stories:
        say(f"{story.id}: {moved.before.get(story.id, 'none')} → {story.thread}, {story.headline}")
    say(f"saved; {count(len(moved.stories), 'story is', 'stories are')} in another thread now")


def _story_row(story: Story, join: ThreadJoin | None) -> dict[str, Any]:
    """A story as it is exported, and why it is in its thread."""
    from pipeline.steps.showing.export import story_row

    return {**story_row(story).model_dump(mode="json"), "join": join.model_dump(mode="json") if join else None}
