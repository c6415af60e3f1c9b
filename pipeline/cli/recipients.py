"""tallywire recipients"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import emit, home_option, json_option, opened, say, table
from pipeline.cli.deciding import by_option, tell_decided
from pipeline.errors import DecisionError
from schemas.enums import Act, Mails, SubjectKind


@click.group()
def recipients() -> None:
    """Recipients, and the mails they have stopped."""


@recipients.command("list")
@click.option("--topic", help="Only recipients of this topic.")
@home_option
@json_option
def list_(topic: str | None, home: Path | None, as_json: bool) -> None:
    """List the recipients, and the mails that each has stopped."""
    from pipeline.steps.deciding.decide import stopped
    from pipeline.tell.decided import MAIL_WORDS

    with opened(home) as services, services.record.read() as tx:
        found = [
            (one.name, recipient, stopped(tx, one.name, recipient, services.clock()))
            for one in tx.topics.all()
            if topic in (None, one.name)
            for recipient in (recipient.to for recipient in one.recipients)
        ]
    if as_json:
        for name, recipient, what in found:
            emit({"topic": name, "recipient": recipient, "stopped": what.value if what else None})
        return
    rows = [(name, recipient, MAIL_WORDS[what] if what else "") for name, recipient, what in found]
    table(("topic", "recipient", "stopped"), rows)


def _stopping(name: str, act: Act, words: str) -> click.Command:
    def command(address: str, topic: str | None, mails: str, by: str, home: Path | None) -> None:
        from pipeline.steps.deciding.decide import decide
        from schemas.decision import Choice, Subject

        with opened(home) as services:
            with services.record.read() as tx:
                topics = [one.name for one in tx.topics.all() if topic in (None, one.name)]
                of_them = [
                    one.name
                    for one in tx.topics.all()
                    if one.name in topics and address in {recipient.to for recipient in one.recipients}
                ]
            if not of_them:
                where = f"of topic {topic}" if topic else "of any topic"
                raise DecisionError(
                    f"{address} is not a recipient {where}", hint="`tallywire recipients list` lists them"
                )
            for one in of_them:
                subject = Subject(kind=SubjectKind.RECIPIENT, id=address, topic=one)
                tell_decided(services, decide(services, subject, Choice(act=act, mails=Mails(mails)), by=by))
        say("the topic's file stays as it is")

    command.__doc__ = words
    choice = click.Choice([one.value for one in Mails])
    mails = click.option("--mails", type=choice, default=Mails.BOTH.value, show_default=True, help="Which mails.")
    topic = click.option("--topic", help="Only mails of this topic; of all topics if left out.")
    return click.command(name)(click.argument("address")(topic(mails(by_option(home_option(command))))))


recipients.add_command(_stopping("stop", Act.STOP, "Stop mails to ADDRESS without changing topic files."))
recipients.add_command(_stopping("resume", Act.RESUME, "Resume mails to ADDRESS."))
