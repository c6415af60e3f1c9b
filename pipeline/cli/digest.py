"""tallywire digest"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from pipeline.cli.common import found_or_fail, home_option, opened, say, short, since_until_of_topic
from pipeline.errors import TopicError
from pipeline.steps.digest import digest_data
from pipeline.steps.transport import mailer_of, sender_of
from pipeline.tell.digest import compose_digest, digest_page
from pipeline.tell.schedule import instant
from schemas.topic import Topic


@click.group()
def digest() -> None:
    """The report of a topic for a period."""


@digest.command()
@click.argument("topic")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the HTML page there.")
@since_until_of_topic
@home_option
def preview(topic: str, out: Path | None, since: datetime | None, until: datetime | None, home: Path | None) -> None:
    """Print the digest as text, or write it as a page; the last day unless --since and --until say otherwise."""
    with opened(home) as services:
        with services.record.read() as tx:
            watched = found_or_fail(tx.topics.get(topic), "topic", topic, "`tallywire topics list` names them")
            data = digest_data(tx, watched, *_period(watched, since, until))
        sender = sender_of(services.settings)
        if out is None:
            click.echo(compose_digest(watched, data, sender=sender).text)
            return
        out.write_text(digest_page(watched, data, sender=sender), encoding="utf-8")
        say(f"wrote {out}")


@digest.command()
@click.argument("topic")
@since_until_of_topic
@home_option
def send(topic: str, since: datetime | None, until: datetime | None, home: Path | None) -> None:
    """Send the digest of a period now, beside those that go out by their times."""
    with opened(home) as services:
        with services.record.read() as tx:
            watched = found_or_fail(tx.topics.get(topic), "topic", topic, "`tallywire topics list` names them")
            data = digest_data(tx, watched, *_period(watched, since, until))
        if not watched.recipients:
            raise TopicError("the topic has no recipients", where=topic, hint="name them in its file and run it once")
        mail = compose_digest(watched, data, sender=sender_of(services.settings))
        mailer_of(services.settings).send(mail, date=services.clock())
    say(f"sent: {mail.subject}")


def _period(topic: Topic, since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    end = _instant(topic, until) if until else datetime.now(UTC)
    start = _instant(topic, since) if since else end - timedelta(days=1)
    if start >= end:
        raise click.UsageError(f"the period ends ({short(end)}) before it begins ({short(start)})")
    return start, end


def _instant(topic: Topic, moment: datetime) -> datetime:
    """``moment`` in UTC; where it names no zone, the clocks of the topic's zone show it."""
    if moment.tzinfo is not None:
        return moment
    try:
        return instant(moment.date(), moment.time(), topic.tzinfo)
    except OverflowError as error:
        raise click.UsageError(f"there is no such time in {topic.zone}: {moment.isoformat()}") from error
