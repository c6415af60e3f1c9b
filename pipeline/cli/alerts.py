"""tallywire alerts"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from pipeline.cli.common import (
    PARTLY,
    emit,
    found_or_fail,
    home_option,
    json_option,
    opened,
    say,
    short,
    since_until,
    table,
)
from pipeline.runner import home_locked
from pipeline.steps.export import alert_row
from pipeline.steps.rehearse import rehearse
from pipeline.steps.tell import tell
from pipeline.steps.transport import mailer_of, sender_of
from pipeline.tell.views import headline
from schemas.alert import Alert, AlertState


@click.group()
def alerts() -> None:
    """What is worth telling, told or not."""


@alerts.command("list")
@click.option("--topic", help="Only alerts of this topic.")
@click.option("--state", type=click.Choice([state.value for state in AlertState]))
@since_until
@home_option
@json_option
def list_(
    topic: str | None,
    state: str | None,
    since: datetime | None,
    until: datetime | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """Alerts, oldest first."""
    with opened(home) as services, services.record.read() as tx:
        found = tx.alerts.find(topic=topic, state=AlertState(state) if state else None, since=since)
    _show([alert for alert in found if until is None or alert.created < until], as_json)


@alerts.command()
@click.argument("topic")
@since_until
@home_option
@json_option
def test(topic: str, since: datetime | None, until: datetime | None, home: Path | None, as_json: bool) -> None:
    """What TOPIC's rules, as they stand now, would have told of what is in the record; nothing is sent or kept."""
    with opened(home) as services, services.record.read() as tx:
        watched = found_or_fail(tx.topics.get(topic), "topic", topic, "`tallywire topics list` names them")
        found = rehearse(tx, watched, since=since, until=until, now=services.clock())
    _show(found, as_json)


@alerts.command()
@click.option("--topic", help="Only alerts of this topic.")
@home_option
def send(topic: str | None, home: Path | None) -> None:
    """Send what is due now, and digests whose time has come."""
    with opened(home) as services, home_locked(services.settings.home):
        if topic is not None:
            with services.record.read() as tx:
                found_or_fail(tx.topics.get(topic), "topic", topic, "`tallywire topics list` names them")
        told = tell(
            services,
            mailer_of(services.settings),
            sender_of(services.settings),
            topics={topic} if topic else None,
        )
    for subject in told.mails:
        say(f"mail: {subject}")
    for path in told.digests:
        say(f"digest: {path}")
    for trouble in told.troubles:
        say(f"not delivered: {trouble}")
    say(f"{len(told.mails)} mails with {told.alerts} alerts; {told.to_digest} left to the digest")
    if told.troubles:
        raise click.exceptions.Exit(PARTLY)


def _show(found: list[Alert], as_json: bool) -> None:
    if as_json:
        for alert in found:
            emit(alert_row(alert))
        return
    table(
        ("alert", "created", "state", "kind", "tell", "worth", "about"),
        [
            (
                alert.id,
                short(alert.created),
                alert.state,
                alert.kind,
                alert.figure.tell if alert.figure else "",
                f"{alert.figure.worth:.2f}" if alert.figure else "",
                _about(alert),
            )
            for alert in found
        ],
        right=("worth",),
    )


def _about(alert: Alert) -> str | None:
    if alert.figure:
        return headline(alert.figure)
    if alert.feed:
        return f"{alert.feed.url} is {alert.feed.health} since {short(alert.feed.since)}"
    return alert.story_news.headline if alert.story_news else alert.story
