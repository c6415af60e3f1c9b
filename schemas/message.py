"""Messages: what one recipient gets in one go, by mail or another channel, from when it is bound until it is told."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from schemas.alert import Alert
from schemas.base import Model, Utc, stable_id


class BundleKind(StrEnum):
    """What the alerts of a message have in common."""

    DEVELOPMENT = "development"
    SERIES = "series"
    FEEDS = "feeds"
    SUMMARY = "summary"


class Bundle(Model):
    """Alerts to be told in one message, the most urgent first."""

    topic: str
    alerts: tuple[Alert, ...]
    kind: BundleKind
    thread: str | None = Field(default=None, description="the development all of it is about, if it is about one")
    threads: Mapping[str, str] = Field(
        default={}, description="in a summary, the development of each alert of which it is known, by the alert's id"
    )

    @property
    def id(self) -> str:
        """The same for the same alerts, in whichever order."""
        return stable_id("alert", self.topic, *sorted(alert.id for alert in self.alerts))


class MessageState(StrEnum):
    """Where a message is: waiting for its channel to take it, taken, or given up.

    ``digest`` is what the day's limit kept from becoming a message and left to the digest; ``dropped`` what its
    recipient did not want any more when it was to be sent.
    """

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DIGEST = "digest"
    DROPPED = "dropped"


class Message(Model):
    """Alerts, or a digest, bound to one recipient: what is sent, and sent again, whatever came in since."""

    id: str
    topic: str
    recipient: str = Field(description="a mail address, or the name of a channel")
    message_id: str = Field(description="Message-ID of the mail; the same each time it is sent")
    alerts: tuple[str, ...] = Field(default=(), description="ids of the alerts it tells")
    digest: str | None = Field(default=None, description="id of the digest that it is")
    bundle: Bundle | None = Field(
        default=None, description="what it says of alerts; None once nobody sends it any more"
    )
    held_back: int = Field(default=0, description="in a digest, alerts that this recipient's limit left to it")
    bound: Utc
    state: MessageState = MessageState.WAITING
    due: Utc = Field(description="not to be sent before this moment")
    attempts: int = Field(default=0, description="tries that failed")
    sent: Utc | None = None
    error: str | None = None
