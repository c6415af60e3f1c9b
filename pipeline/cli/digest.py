"""tallywire digest"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from pipeline.cli.common import (
    emit,
    found_or_fail,
    home_option,
    json_option,
    opened,
    say,
    short,
    since_until_of_topic,
    table,
)
from pipeline.errors import TallywireError, TopicError
from pipeline.record import Transaction
from pipeline.steps.digest import digest_data, waiting_again
from pipeline.steps.transport import mailer_of, sender_of
from pipeline.tell.digest import compose_digest, digest_page
from pipeline.tell.schedule import instant
from schemas.alert import Digest, DigestState
from schemas.base import Utc
from schemas.export import Row
from schemas.topic import Topic

_PATIENCE = 60.0
"""Seconds to wait for whoever sends mails of the same topic: two answers of a mail server that takes its time."""


class DigestRow(Row):
    """A digest as programs get it."""

    id: str
    topic: str
    start: Utc
    end: Utc
    state: DigestState
    due: Utc
    attempts: int
    sent: Utc | None
    error: str | None
    recipients_left: tuple[str, ...] | None
    message_id: str


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


@digest.command("list")
@click.option("--topic", help="Only digests of this topic.")
@click.option("--state", type=click.Choice([state.value for state in DigestState]))
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="The latest so many.")
@home_option
@json_option
def list_(topic: str | None, state: str | None, limit: int, home: Path | None, as_json: bool) -> None:
    """Digests, bound, sent and given up, with what kept them from being taken; the latest period last."""
    with opened(home) as services, services.record.read() as tx:
        found = tx.digests.find(topic, DigestState(state) if state else None)[-limit:]
    if as_json:
        for one in found:
            emit(DigestRow.model_validate(one.model_dump(include=set(DigestRow.model_fields))))
        return
    table(
        ("digest", "topic", "from", "to", "state", "tries", "sent", "next try", "why"),
        [
            (
                one.id,
                one.topic,
                short(one.start),
                short(one.end),
                one.state,
                # Of one that was sent the last try is not counted as a failure.
                one.attempts + (one.state is DigestState.SENT),
                short(one.sent),
                short(one.due) if one.state is DigestState.WAITING else "",
                _why(one),
            )
            for one in found
        ],
        right=("tries",),
    )


@digest.command()
@click.argument("digests", nargs=-1, required=True)
@home_option
def retry(digests: tuple[str, ...], home: Path | None) -> None:
    """Put DIGESTS that were given up back in line: the next run sends each to those who have not got it."""
    with opened(home) as services:
        for identity in dict.fromkeys(digests):
            with services.record.read() as tx:
                topic = _given_up(tx, identity).topic
            # Whoever sends mails of the topic right now comes first.
            with services.record.telling(topic, _PATIENCE), services.record.begin() as tx:
                given_up = _given_up(tx, identity)
                watched = found_or_fail(tx.topics.get(topic), "topic", topic, "a topic that is removed sends nothing")
                tx.digests.put(waiting_again(tx, watched, given_up, services.clock()))
            say(f"{identity}: waiting; `tallywire run` or `tallywire alerts send` sends it")


def _given_up(tx: Transaction, identity: str) -> Digest:
    hint = "`tallywire digest list --state failed` names those that were given up"
    found: Digest = found_or_fail(tx.digests.get(identity), "digest", identity, hint)
    if found.state is not DigestState.FAILED:
        raise TallywireError(f"digest {identity!r} was not given up: it is {found.state}", hint=hint)
    return found


def _why(one: Digest) -> str:
    """What kept a digest from its recipients, and who they are where it reached others."""
    if one.error and one.recipients_left:
        return f"{one.error} (not yet to {', '.join(one.recipients_left)})"
    return one.error or ""


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
