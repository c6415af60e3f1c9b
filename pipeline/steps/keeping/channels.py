"""Channels as the settings have them: whether each can be used, and a message to try it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape

from pipeline.errors import DeliveryError
from pipeline.settings import Settings
from pipeline.steps.keeping.findings import Finding
from pipeline.steps.services import Services
from pipeline.steps.transport import channels_of, mailer_of, sender_of
from pipeline.tell.channels import Post, no_such_channel
from pipeline.tell.chat import AppriseChannel
from schemas.alert import Mail
from schemas.base import stable_id
from schemas.topic import Recipient, Topic, is_channel


def channel_findings(settings: Settings, topics: Iterable[Topic]) -> Iterator[Finding]:
    """What is wrong with channels, and which work; and the recipients of ``topics`` of which there is no channel."""
    for name, channel in channels_of(settings).items():
        try:
            if isinstance(channel, AppriseChannel):
                channel.service()
        except DeliveryError as error:
            yield Finding(level="problem", what=f"the channel {name} can't be used: {error.what}", advice=error.hint)
        else:
            yield Finding(level="ok", what=f"the channel {name} is set up")
    for topic in topics:
        for recipient in topic.recipients:
            if is_channel(recipient.to) and recipient.to not in settings.channels:
                yield Finding(
                    level="problem",
                    what=f"the topic {topic.name} sends to {recipient.to}, and there is no such channel",
                    advice="describe it in TALLYWIRE_CHANNELS; its messages wait in the outbox meanwhile",
                )


def tried(services: Services, topic: Topic) -> Iterator[tuple[str, DeliveryError | None]]:
    """Send each recipient of ``topic`` a message that tries whether it arrives; gives what kept it, if anything did."""
    for recipient in topic.recipients:
        try:
            _try(services, topic.for_recipient(recipient), recipient, services.clock())
        except DeliveryError as error:
            yield recipient.to, error
        else:
            yield recipient.to, None


def _try(services: Services, topic: Topic, recipient: Recipient, now: datetime) -> None:
    settings, sender = services.settings, sender_of(services.settings)
    identity = stable_id("test", topic.name, recipient.to, now.isoformat())
    text = f"This is a test of “{topic.heading}”. What Tallywire finds worth telling arrives like this."
    mail = Mail(
        message_id=sender.message_id(identity),
        recipients=topic.addresses,
        subject=f"[{topic.name}] A test by Tallywire",
        text=text,
        html=f"<p>{escape(text)}</p>",
        headers=sender.headers(topic),
    )
    if not is_channel(recipient.to):
        mailer_of(settings).send(mail, date=now)
        return
    channel = channels_of(settings).get(recipient.to)
    if channel is None:
        raise no_such_channel(recipient.to, topic)
    channel.post(Post(id=identity, bound=now, topic=topic, mail=mail), date=now)
