"""tallywire digest"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import (
    PARTLY,
    emit,
    found_or_fail,
    home_option,
    json_option,
    limited,
    note,
    opened,
    say,
    short,
    since_until_of_topic,
    table,
    tell_more,
)
from pipeline.errors import TallywireError, TopicError
from schemas.enums import DigestState

if TYPE_CHECKING:
    from pipeline.record import Transaction
    from schemas.alert import Digest
    from schemas.topic import Topic

_PATIENCE = 60.0
"""Seconds to wait for whoever sends mails of the same topic: two answers of a mail server that takes its time."""


@click.group()
def digest() -> None:
    """Digests: the report of a topic for a period."""


@digest.command()
@click.argument("topic")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the HTML page there.")
@since_until_of_topic
@home_option
def preview(topic: str, out: Path | None, since: datetime | None, until: datetime | None, home: Path | None) -> None:
    """Print the digest as text, or write it as a page; for the last 24 hours unless --since and --until are given."""
    from pipeline.steps.showing.digest import digest_data
    from pipeline.steps.transport import sender_of
    from pipeline.tell.digest import compose_digest, digest_page

    with opened(home) as services:
        with services.record.read() as tx:
            watched = found_or_fail(tx.topics.get(topic), "topic", topic, "`tallywire topics list` lists them")
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
    """Send the digest of a period now, in addition to the scheduled ones."""
    from pipeline.steps.showing.digest import digest_data
    from pipeline.steps.telling.digests import send_once
    from pipeline.steps.telling.messages import Round, TellReport
    from pipeline.steps.transport import channels_of, mailer_of, sender_of

    with opened(home) as services:
        with services.record.read() as tx:
            watched = found_or_fail(tx.topics.get(topic), "topic", topic, "`tallywire topics list` lists them")
            data = digest_data(tx, watched, *_period(watched, since, until))
        if not watched.recipients:
            raise TopicError(
                "the topic has no recipients", where=topic, hint="add some to its file, then run the file once"
            )
        settings, report = services.settings, TellReport()
        send_once(
            Round.of(services, mailer_of(settings), sender_of(settings), channels_of(settings), watched, report), data
        )
    for subject in report.mails:
        say(f"sent: {subject}")
    for trouble in report.troubles:
        note(f"not delivered: {trouble}")
    if report.troubles:
        raise click.exceptions.Exit(PARTLY if report.mails else 1)


@digest.command("list")
@click.option("--topic", help="Only digests of this topic.")
@click.option("--state", type=click.Choice([state.value for state in DigestState]))
@limited(50)
@home_option
@json_option
def list_(topic: str | None, state: str | None, limit: int, everything: bool, home: Path | None, as_json: bool) -> None:
    """List waiting, sent and failed digests, with the reason for each failure; latest last."""
    from pipeline.steps.showing.rows import digest_row

    with opened(home) as services, services.record.read() as tx:
        asked = DigestState(state) if state else None
        found = tx.digests.find(topic, asked, latest=None if everything else limit)
        more = tx.digests.count(topic, asked) - len(found)
    if as_json:
        for one in found:
            emit(digest_row(one))
        tell_more(more, as_json=True)
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
    tell_more(more, as_json=False)


@digest.command()
@click.argument("digests", nargs=-1, required=True)
@home_option
def retry(digests: tuple[str, ...], home: Path | None) -> None:
    """Queue failed DIGESTS again; the next run sends each to the recipients who have not received it."""
    from pipeline.steps.telling.digests import retried

    with opened(home) as services:
        for identity in dict.fromkeys(digests):
            with services.record.read() as tx:
                topic = _given_up(tx, identity).topic
            # Whoever sends mails of the topic right now comes first.
            with services.record.telling(topic, wait=_PATIENCE), services.record.begin() as tx:
                given_up = _given_up(tx, identity)
                watched = found_or_fail(tx.topics.get(topic), "topic", topic, "a removed topic sends nothing")
                retried(tx, watched, given_up, services.clock())
            say(f"{identity}: waiting; `tallywire run` or `tallywire alerts send` sends it")


def _given_up(tx: Transaction, identity: str) -> Digest:
    hint = "`tallywire digest list --state failed` lists the failed ones"
    found: Digest = found_or_fail(tx.digests.get(identity), "digest", identity, hint)
    if found.state is not DigestState.FAILED:
        raise TallywireError(f"digest {identity!r} has not failed: it is {found.state}", hint=hint)
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
    from pipeline.tell.schedule import instant

    if moment.tzinfo is not None:
        return moment
    try:
        return instant(moment.date(), moment.time(), topic.tzinfo)
    except OverflowError as error:
        raise click.UsageError(f"there is no such time in {topic.zone}: {moment.isoformat()}") from error
