"""Channels: where messages go that are no mails."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from pipeline.errors import DeliveryError
from schemas.alert import DigestData, Mail
from schemas.base import Model, Utc
from schemas.message import Bundle
from schemas.topic import Topic


class Post(Model):
    """A message in all its forms: as a mail, and as what the mail was made of, for channels that say it their own way.

    ``topic`` is as the recipient has it (`Topic.for_recipient`). With neither alerts nor a digest it only tries whether
    the channel works.
    """

    id: str
    bound: Utc
    topic: Topic
    mail: Mail
    bundle: Bundle | None = None
    digest: DigestData | None = None


def no_such_channel(name: str, topic: Topic) -> DeliveryError:
    """What is wrong where a topic sends to a channel that the settings don't have."""
    return DeliveryError(
        f"there is no channel {name}",
        where=f"recipients of the topic {topic.name}",
        hint="describe it in TALLYWIRE_CHANNELS; docs/channels.md says how",
    )


class Channel(Protocol):
    """Takes messages.

    ``post`` raises DeliveryError where another try may help, and DeliveryRefused where none will.
    """

    def post(self, post: Post, *, date: datetime) -> None: ...
