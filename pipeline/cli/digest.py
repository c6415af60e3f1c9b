"""tallywire digest"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from pipeline.cli.common import found_or_fail, home_option, opened, say, short, since_until
from pipeline.errors import TopicError
from pipeline.steps.digest import digest_data
from pipeline.steps.transport import mailer_of, sender_of
from pipeline.tell.digest import compose_digest, digest_page


@click.group()
def digest() -> None:
    """The report of a topic for a period."""


@digest.command()
@click.argument("topic")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the HTML page there.")
@since_until
@home_option
def preview(topic: str, out: Path | None, since: datetime | None, until: datetime | None, home: Path | None) -> None:
    """Print the digest as text, or write it as a page; the last day unless --since and --until say otherwise."""
    start, end = _period(since, until)
    with opened(home) as services:
        with services.record.read() as tx:
            watched = found_or_fail(tx.topics.get(topic), "topic", topic, "`tallywire topics list` names them")
            data = digest_data(tx, watched, start, end)
        sender = sender_of(services.settings)
        if out is None:
            click.echo(compose_digest(watched, data, sender=sender).text)
            return
        out.write_text(digest_page(watched, data, sender=sender), encoding="utf-8")
        say(f"wrote {out}")


@digest.command()
@click.argument("topic")
@since_until
@home_option
def send(topic: str, since: datetime | None, until: datetime | None, home: Path | None) -> None:
    """Send the digest of a period now, beside those that go out by their times."""
    start, end = _period(since, until)
    with opened(home) as services:
        with services.record.read() as tx:
            watched = found_or_fail(tx.topics.get(topic), "topic", topic, "`tallywire topics list` names them")
            data = digest_data(tx, watched, start, end)
        if not watched.recipients:
            raise TopicError("the topic has no recipients", where=topic, hint="name them in its file and run it once")
        mail = compose_digest(watched, data, sender=sender_of(services.settings))
        mailer_of(services.settings).send(mail, date=services.clock())
    say(f"sent: {mail.subject}")


def _period(since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    end = until or datetime.now(UTC)
    start = since or end - timedelta(days=1)
    if start >= end:
        raise click.UsageError(f"the period ends ({short(end)}) before it begins ({short(start)})")
    return start, end
