"""tallywire feeds"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import (
    PARTLY,
    count,
    emit,
    home_option,
    json_option,
    limited,
    note,
    opened,
    say,
    settings_of,
    short,
    table,
    tell_more,
)
from pipeline.errors import FeedError, TallywireError

if TYPE_CHECKING:
    from pipeline.steps.deciding.feeds import FeedSeen, Removed
    from pipeline.steps.intake.feedreading import FeedReader
    from schemas.article import Page


@click.group()
def feeds() -> None:
    """Feeds and their health."""


@feeds.command("list")
@click.option("--topic", help="Only the feeds of this topic.")
@limited(200)
@home_option
@json_option
def list_(topic: str | None, limit: int, everything: bool, home: Path | None, as_json: bool) -> None:
    """List the polled feeds, with their health and number of entries."""
    from pipeline.steps.known.topics import known_topic

    with opened(home) as services, services.record.read() as tx:
        known_topic(tx, topic)
        kept = tx.feeds.all(topic=topic)
        found = kept if everything else kept[:limit]
        counts = tx.entries.counts_by_feed(feed.id for feed in found)
    more = len(kept) - len(found)
    if as_json:
        for feed in found:
            emit({**feed.model_dump(mode="json"), "entries": counts.get(feed.id, {})})
        tell_more(more, as_json=True)
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
    tell_more(more, as_json=False)


@feeds.command()
@click.argument("url")
@click.option("--topic", required=True, help="Topic to add the feed to.")
@click.option("--unseen", is_flag=True, help="Add the address without fetching it first.")
@home_option
def add(url: str, topic: str, unseen: bool, home: Path | None) -> None:
    """Add the feed at URL to a topic.

    The feed is fetched and read first. If URL is a web page, the feeds and news sitemaps it links to are offered
    instead. A user name and password in the address (https://user:password@host/...) are kept apart from it, in a file
    that only you may read.
    """
    from pipeline.steps.deciding.feeds import add_feed
    from pipeline.steps.known.topics import known_topic

    with opened(home) as services:
        with services.record.read() as tx:
            known_topic(tx, topic)
        if not unseen:
            url = _chosen(url, home)
        feed = add_feed(services, url, topic)
    say(f"{feed.url} is polled for {topic} from the next run on")


def _chosen(url: str, home: Path | None) -> str:
    """The address to take after a look at ``url``: itself, or one it leads to that the person at the terminal chose."""
    import asyncio

    from pipeline.steps.deciding.feeds import NotAFeed, described
    from pipeline.steps.intake.feedreading import FeedReader

    try:
        with FeedReader() as read:
            seen = asyncio.run(_looked(url, home, read))
    except NotAFeed as error:
        if not (error.offers and sys.stdin.isatty() and sys.stdout.isatty()):
            raise
        say(f"{error.where} is a web page, not a feed. It leads to:")
        for number, offer in enumerate(error.offers, 1):
            say(f"  {number}  {offer.url}  {described(offer)}")
        chosen = click.prompt("Which one", type=click.IntRange(1, len(error.offers)), default=1)
        return error.offers[chosen - 1].url
    say(f"{seen.url}: {described(seen)}")
    return url


@feeds.command()
@click.argument("url")
@click.option("--topic", help="Only for this topic; for every topic if left out.")
@home_option
def remove(url: str, topic: str | None, home: Path | None) -> None:
    """Stop polling the feed at URL; its articles are kept."""
    from pipeline.steps.deciding.feeds import remove_feed
    from pipeline.urls import split_login

    with opened(home) as services:
        removed = remove_feed(services, url, topic)
    say(f"{split_login(url)[0]} is no longer polled for {', '.join(removed.topics) or 'any topic'}")
    _warn_of_files(removed)


@feeds.command()
@click.argument("url")
@click.option("--from", "source", required=True, help="Topic that has the feed now.")
@click.option("--to", "target", required=True, help="Topic to move the feed to.")
@home_option
def move(url: str, source: str, target: str, home: Path | None) -> None:
    """Move the feed at URL to another topic."""
    from pipeline.steps.deciding.feeds import move_feed
    from pipeline.urls import split_login

    with opened(home) as services:
        removed = move_feed(services, url, source, target)
    say(f"{split_login(url)[0]} is polled for {target}, no longer for {source}")
    _warn_of_files(removed)


def _warn_of_files(removed: Removed) -> None:
    for name in removed.named:
        note(f"the file of {name} lists it too; delete it there, or the next run of that file adds it again")


@feeds.command()
@click.argument("url")
@home_option
@json_option
def discover(url: str, home: Path | None, as_json: bool) -> None:
    """Find the feeds that the page at URL links to."""
    import asyncio

    from pipeline.collect.discover import discover_feeds

    page = asyncio.run(_fetch(url, home))
    found = discover_feeds(page)
    if not found:
        raise FeedError("the page links to no feed", where=url, hint="try the site's news section")
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
    """Fetch and read feeds (all polled feeds by default), and report what is wrong with each."""
    from pipeline.steps.intake.feedreading import FeedReader

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
    """Say what the feed at ``url`` is and what is wrong with it; gives whether it is one."""
    import asyncio

    from pipeline.steps.deciding.feeds import described
    from pipeline.urls import split_login

    try:
        seen = asyncio.run(_looked(url, home, read))
    except TallywireError as error:
        bare = split_login(url)[0]
        if as_json:
            emit({"url": bare, "ok": False, "error": str(error)})
        else:
            note(str(error) if bare in str(error) else f"{bare}: {error}")
        return False
    if as_json:
        said = {"format": seen.format, "entries": seen.entries, "notes": seen.notes}
        emit({"url": seen.url, "ok": True, **said})
        return True
    say(f"{seen.url}: {described(seen)}")
    for line in seen.notes:
        say(f"  {line}")
    return True


@feeds.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--url", default="https://feed.invalid/", help="Base address for relative links.")
@json_option
def parse(path: Path, url: str, as_json: bool) -> None:
    """Read a feed from a file and list its entries."""
    from pipeline.steps.intake.feedreading import FeedReader

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
@click.option("--topic", required=True, help="Topic to add the feeds to.")
@home_option
def import_(path: Path, topic: str, home: Path | None) -> None:
    """Add every feed of an OPML file to a topic."""
    from pipeline.collect.opml import read_opml
    from pipeline.steps.deciding.feeds import add_feeds

    found = read_opml(_bytes(path))
    with opened(home) as services:
        add_feeds(services, found.feeds, topic)
    for line in found.notes:
        note(line)
    say(f"{count(len(found.feeds), 'feed')} polled for {topic} from the next run on")


@feeds.command()
@click.option("--topic", help="Only the feeds of this topic.")
@home_option
def export(topic: str | None, home: Path | None) -> None:
    """Print the feeds as OPML."""
    from pipeline.collect.opml import listed, write_opml
    from pipeline.steps.known.topics import known_topic

    with opened(home) as services, services.record.read() as tx:
        known_topic(tx, topic)
        found = [listed(feed) for feed in tx.feeds.all(topic=topic)]
    click.echo(write_opml(found, title=topic or "Tallywire", now=datetime.now(UTC)).decode())


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FeedError("the file can't be read", where=str(path), why=error.strerror or str(error)) from error


async def _looked(url: str, home: Path | None, read: FeedReader) -> FeedSeen:
    from pipeline.collect.fetch import Fetcher
    from pipeline.collect.logins import Logins
    from pipeline.steps.deciding.enrol import feed_id
    from pipeline.steps.deciding.feeds import check_feed, feed_ref
    from pipeline.steps.transport import limits_of

    settings = settings_of(home)
    login = Logins(settings.logins_path).get(feed_id(feed_ref(url).url))
    async with Fetcher(limits_of(settings)) as fetcher:
        return await check_feed(fetcher, read, url, datetime.now(UTC), login=login)


async def _fetch(url: str, home: Path | None) -> Page:
    from pipeline.collect.fetch import Fetcher
    from pipeline.steps.deciding.feeds import fetch_feed
    from pipeline.steps.transport import limits_of

    async with Fetcher(limits_of(settings_of(home))) as fetcher:
        return await fetch_feed(fetcher, url)
