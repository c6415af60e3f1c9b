"""tallywire alerts"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
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
    opened,
    say,
    short,
    since_until,
    table,
    tell_more,
)
from pipeline.cli.deciding import by_option, lasting, tell_decided, until_of
from pipeline.errors import TopicError
from schemas.enums import Act, AlertKind, AlertState, SubjectKind

if TYPE_CHECKING:
    from pipeline.steps.services import Services
    from pipeline.tell.outbox import Waiting
    from schemas.alert import Alert
    from schemas.topic import Topic


@click.group()
def alerts() -> None:
    """Alerts, sent or waiting."""


@alerts.command("list")
@click.option("--topic", help="Only alerts of this topic.")
@click.option("--state", type=click.Choice([state.value for state in AlertState]))
@limited(50)
@since_until
@home_option
@json_option
def list_(
    topic: str | None,
    state: str | None,
    limit: int,
    everything: bool,
    since: datetime | None,
    until: datetime | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """List the latest alerts, oldest first, and what the waiting ones wait for."""
    from pipeline.steps.known.topics import known_topic
    from pipeline.steps.showing.fates import fates
    from pipeline.steps.tell import waiting_for

    with opened(home) as services, services.record.read() as tx:
        known_topic(tx, topic)
        asked = AlertState(state) if state else None
        shown = tx.alerts.find(topic, asked, since, until, latest=None if everything else limit)
        more = tx.alerts.count(topic, asked, since, until) - len(shown)
        waiting: dict[str, Waiting] = {}
        for name in sorted({alert.topic for alert in shown if alert.state is AlertState.WAITING}):
            if watched := tx.topics.get(name):
                waiting |= waiting_for(tx, watched, services.clock())
        told = fates(tx, shown)
    _show(shown, as_json, waiting, told)
    tell_more(more, as_json=as_json)


@alerts.command()
@click.argument("topic", metavar="TOPIC|FILE")
@click.option("--send", "send_test", is_flag=True, help="Send a test message to each recipient of TOPIC.")
@since_until
@home_option
@json_option
def test(
    topic: str, send_test: bool, since: datetime | None, until: datetime | None, home: Path | None, as_json: bool
) -> None:
    """Show the alerts that TOPIC's current rules would have raised from the record; nothing is sent or saved.

    With the FILE of a watched topic, try its rules before they take effect. If the file is new, or matches other
    articles, the result is that of `tallywire topics try`, alert by alert. With --send, no rule is
    tried; instead every recipient gets a test message.
    """
    from pipeline.steps.known.topics import known_topic
    from pipeline.steps.trying.rehearse import rehearse
    from pipeline.steps.trying.trial import try_topic
    from pipeline.topics import read_topic

    given = read_topic(Path(topic)) if topic.endswith((".yaml", ".yml")) else None
    with opened(home) as services:
        with services.record.read() as tx:
            if given is None:
                known_topic(tx, topic)
            watched = tx.topics.get(given.name if given else topic)
            rules = given or watched
            assert rules is not None
        if send_test:
            return _try_recipients(services, rules)
        with services.record.read() as tx:
            if watched is not None and rules.match == watched.match:
                found = rehearse(tx, rules, since=since, until=until, now=services.clock())
                return _show(found, as_json)
        found = try_topic(services, rules, since=since, until=until).alerts
    return _show(found, as_json)


def _try_recipients(services: Services, topic: Topic) -> None:
    from pipeline.steps.keeping.channels import tried

    outcome = list(tried(services, topic))
    if not outcome:
        raise TopicError(
            "the topic has no recipients", where=topic.name, hint="add some to its file, then run the file once"
        )
    for recipient, error in outcome:
        say(f"✗ {recipient}: {error}" if error else f"✓ {recipient}: sent")
    if failed := [error for _, error in outcome if error]:
        raise click.exceptions.Exit(PARTLY if len(failed) < len(outcome) else 1)


@alerts.command()
@click.option("--topic", help="Only alerts of this topic.")
@home_option
def send(topic: str | None, home: Path | None) -> None:
    """Send the alerts and digests that are due now."""
    from pipeline.runner import home_locked
    from pipeline.steps.known.topics import known_topic
    from pipeline.steps.tell import tell
    from pipeline.steps.transport import channels_of, mailer_of, sender_of

    with opened(home) as services, home_locked(services.settings.home):
        if topic is not None:
            with services.record.read() as tx:
                known_topic(tx, topic)
        told = tell(
            services,
            mailer_of(services.settings),
            sender_of(services.settings),
            channels=channels_of(services.settings),
            topics={topic} if topic else None,
        )
    for subject in told.mails:
        say(f"sent: {subject}")
    for path in told.digests:
        say(f"digest: {path}")
    for trouble in told.troubles:
        say(f"not delivered: {trouble}")
    sent, alerts_told = count(len(told.mails), "message"), count(told.alerts, "alert")
    say(f"{sent} with {alerts_told}; {told.to_digest:,} left to the digest")
    if told.troubles:
        raise click.exceptions.Exit(PARTLY)


def _ruling(name: str, act: Act, words: str) -> click.Command:
    def command(
        topic: str, rule: str, home: Path | None, by: str, span: timedelta | None = None, until: datetime | None = None
    ) -> None:
        from pipeline.steps.deciding.decide import decide
        from schemas.decision import Choice, Subject

        with opened(home) as services:
            subject = Subject(kind=SubjectKind.RULE, id=rule, topic=topic)
            moment = until_of(services, subject, span, until, None)
            tell_decided(services, decide(services, subject, Choice(act=act, until=moment), by=by))

    command.__doc__ = words
    made = lasting()(command) if act is Act.MUTE else command
    rules = click.Choice([kind.value for kind in AlertKind])
    arguments = click.argument("topic")(click.argument("rule", type=rules)(made))
    return click.command(name)(home_option(by_option(arguments)))


alerts.add_command(_ruling("mute", Act.MUTE, "Stop alerts and digest lines from RULE of TOPIC."))
alerts.add_command(_ruling("unmute", Act.UNMUTE, "Resume alerts and digest lines from RULE of TOPIC."))


def _show(
    found: list[Alert],
    as_json: bool,
    waiting: Mapping[str, Waiting] | None = None,
    told: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    from pipeline.steps.showing.export import alert_row
    from pipeline.tell.words import value_words

    if as_json:
        for alert in found:
            row = alert_row(alert).model_dump(mode="json", by_alias=True)
            emit(row if told is None else row | {"recipients": told[alert.id]})
        return
    table(
        ("alert", "created", "kind", "tell", "worth", "figure", "about", "state", "recipients"),
        [
            (
                alert.id,
                short(alert.created),
                alert.kind.value.replace("_", " "),
                alert.figure.tell if alert.figure else "",
                f"{alert.figure.worth:.2f}" if alert.figure else "",
                value_words(alert.figure.statement.figure) if alert.figure else "",
                _about(alert),
                _state(alert, (waiting or {}).get(alert.id)),
                "\n".join(f"{to}: {fate}" for to, fate in told[alert.id].items()) if told else "",
            )
            for alert in found
        ],
        right=("worth",),
    )


def _state(alert: Alert, waiting: Waiting | None) -> str:
    """What became of an alert: told when, or waiting until when and for what, or why it failed."""
    if waiting is not None:
        until = f"until {short(waiting.until)}: " if waiting.until else "for "
        trouble = f" ({alert.error})" if alert.error else ""
        return f"waits {until}{waiting.why}{trouble}"
    if alert.state is AlertState.WAITING:
        return "waits for the digest: nobody is mailed at once"
    if alert.state is AlertState.SENT:
        return f"sent {short(alert.sent)}"
    return f"{alert.state}: {alert.error}" if alert.error else alert.state.value


def _about(alert: Alert) -> str | None:
    from pipeline.tell.views import headline

    if alert.figure:
        return headline(alert.figure)
    if alert.feed:
        return f"{alert.feed.url} is {alert.feed.health} since {short(alert.feed.since)}"
    return alert.story_news.headline if alert.story_news else alert.story
