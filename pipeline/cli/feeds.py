"""tallywire feeds"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from pipeline.cli.common import (
    PARTLY,
    emit,
    found_or_fail,
    home_option,
    json_option,
    note,
    opened,
    say,
    settings_of,
    short,
    table,
)
from pipeline.collect.discover import discover_feeds
from pipeline.collect.fetch import Fetcher
from pipeline.collect.opml import listed, read_opml, write_opml
from pipeline.errors import FeedError, FetchFailed, TallywireError
from pipeline.steps.enrol import feed_id, joined
from pipeline.steps.feedreading import FeedReader
from pipeline.steps.transport import limits_of
from schemas.article import Page
from schemas.topic import FeedRef


@click.group()
def feeds() -> None:
    """Where news comes from: feeds and their health."""


@feeds.command("list")
@click.option("--topic", help="Only the feeds of this topic.")
@home_option
@json_option
def list_(topic: str | None, home: Path | None, as_json: bool) -> None:
    """The feeds that are polled, with their health and what they brought."""
    with opened(home) as services, services.record.read() as tx:
        found = tx.feeds.all(topic=topic)
        counts = tx.entries.counts_by_feed()
    if as_json:
        for feed in found:
            emit({**feed.model_dump(mode="json"), "entries": counts.get(feed.id, {})})
        return
    table(
        ("health", "feed", "entries", "last new", "every", "trouble"),
        [
            (
                feed.state.health,
                feed.url,
                sum(counts.get(feed.id, {}).values()),
                short(feed.state.last_new),
                f"{feed.state.interval / 60:.0f} min",
                feed.state.error,
            )
            for feed in found
        ],
        right=("entries", "every"),
    )


@feeds.command()
@click.argument("url")
@click.option("--topic", required=True, help="The topic that wants it.")
@home_option
def add(url: str, topic: str, home: Path | None) -> None:
    """Poll the feed at URL for a topic."""
    with opened(home) as services, services.record.begin() as tx:
        found_or_fail(tx.topics.get(topic), "topic", topic, "`tallywire topics list` names them")
        tx.feeds.put(joined(tx.feeds.get(feed_id(url)), _ref(url), topic))
    say(f"{url} is polled for {topic} from the next run on")


@feeds.command()
@click.argument("url")
@home_option
@json_option
def discover(url: str, home: Path | None, as_json: bool) -> None:
    """Find the feeds that the page at URL speaks of."""
    page = asyncio.run(_fetch(url, home))
    found = discover_feeds(page)
    if not found:
        raise FeedError("the page speaks of no feed", where=url, hint="try the address of its news section")
    for feed in found:
        if as_json:
            emit(feed)
        else:
            say(f"{feed.url}  {feed.title}")


@feeds.command()
@click.argument("urls", nargs=-1)
@home_option
@json_option
def check(urls: tuple[str, ...], home: Path | None, as_json: bool) -> None:
    """Fetch and read feeds, those given or all that are polled, and say what is wrong with each."""
    wanted = urls
    if not wanted:
        with opened(home) as services, services.record.read() as tx:
            wanted = tuple(feed.url for feed in tx.feeds.all())
    failed = 0
    with FeedReader() as read:
        for url in wanted:
            failed += not _check(url, home, read, as_json=as_json)
    if failed:
        raise click.exceptions.Exit(PARTLY if failed < len(wanted) else 1)


def _check(url: str, home: Path | None, read: FeedReader, *, as_json: bool) -> bool:
    """Say what the feed at ``url`` is, what was wrong with it and what of it was refused; gives whether it is one."""
    try:
        page = asyncio.run(_fetch(url, home))
        parsed = read(page.body, url=page.final_url, content_type=page.header("content-type"), now=datetime.now(UTC))
    except TallywireError as error:
        if as_json:
            emit({"url": url, "ok": False, "error": str(error)})
        else:
            note(str(error) if url in str(error) else f"{url}: {error}")
        return False
    if as_json:
        emit(
            {
                "url": url,
                "ok": True,
                "format": parsed.format,
                "entries": len(parsed.announcements),
                "notes": parsed.notes,
            }
        )
        return True
    dates = [one.published for one in parsed.announcements if one.published]
    newest = f", newest {short(max(dates))}" if dates else ""
    say(f"{url}: {parsed.format}, {len(parsed.announcements)} entries{newest}")
    for line in parsed.notes:
        say(f"  {line}")
    return True


@feeds.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--url", default="https://feed.invalid/", help="Address that relative links start from.")
@json_option
def parse(path: Path, url: str, as_json: bool) -> None:
    """Read a feed from a file and show what it announces."""
    with FeedReader() as read:
        parsed = read(_bytes(path), url=url, now=datetime.now(UTC))
    if as_json:
        for announcement in parsed.announcements:
            emit(announcement)
        return
    say(f"{parsed.format}: {parsed.title}, {len(parsed.announcements)} entries")
    for announcement in parsed.announcements:
        say(f"{short(announcement.published) or '(no date)':16}  {announcement.title}\n{'':16}  {announcement.url}")
    for line in parsed.notes:
        note(line)


@feeds.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--topic", required=True, help="The topic that wants them.")
@home_option
def import_(path: Path, topic: str, home: Path | None) -> None:
    """Poll every feed of an OPML file for a topic."""
    found = read_opml(_bytes(path))
    with opened(home) as services, services.record.begin() as tx:
        found_or_fail(tx.topics.get(topic), "topic", topic, "`tallywire topics list` names them")
        for feed in found.feeds:
            ref = FeedRef(url=feed.url, title=feed.title or None)
            tx.feeds.put(joined(tx.feeds.get(feed_id(feed.url)), ref, topic))
    for line in found.notes:
        note(line)
    say(f"{len(found.feeds)} feeds are polled for {topic} from the next run on")


@feeds.command()
@click.option("--topic", help="Only the feeds of this topic.")
@home_option
def export(topic: str | None, home: Path | None) -> None:
    """Print the feeds as OPML."""
    with opened(home) as services, services.record.read() as tx:
        found = [listed(feed) for feed in tx.feeds.all(topic=topic)]
    click.echo(write_opml(found, title=topic or "Tallywire", now=datetime.now(UTC)).decode())


def _ref(url: str) -> FeedRef:
    try:
        return FeedRef(url=url)
    except ValueError as error:
        raise FeedError("this is no address of a feed", where=url, hint="it begins with http:// or https://") from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FeedError("the file can't be read", where=str(path), why=error.strerror or str(error)) from error


async def _fetch(url: str, home: Path | None) -> Page:
    _ref(url)
    async with Fetcher(limits_of(settings_of(home))) as fetcher:
        page = await fetcher.fetch(url, robots=False)
    if page.status != 200:
        raise FetchFailed(f"the server answered {page.status}", where=url, hint="check the address in a browser")
    return page
