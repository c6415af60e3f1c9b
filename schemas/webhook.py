"""What a webhook gets: the published JSON of a message. Fields are added, never renamed or taken away."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from schemas.alert import AlertKind
from schemas.base import Model, Utc
from schemas.figure import Value, VerdictKind


class WebhookFigure(Model):
    """A figure as its sentence says it; ``headline`` and ``quote`` are the source's words."""

    series: str = Field(description="id of the series it is followed in")
    verdict: VerdictKind
    headline: str
    worth: float = Field(description="from 0 to 1, how likely the desk wants to hear of it at once")
    followed: str | None = Field(description="what the topic calls the figure, if it follows it by name")
    value: Value = Field(description="a number, or the two ends of a range")
    unit: str | None
    was: Value | None = Field(description="the value it replaces")
    speaker: str | None = Field(description="who says so, if the text names them")
    as_of: str | None = Field(description="the day it holds for, if the text states one")
    quote: str
    outlet: str
    title: str
    url: str
    published: Utc


class WebhookStory(Model):
    """A development under the face of its fullest story."""

    id: str
    headline: str
    url: str | None
    outlets: tuple[str, ...]
    reports: int = Field(description="copies left out")
    copies: int


class WebhookFeed(Model):
    """A feed that is not well."""

    url: str
    title: str
    health: str
    since: Utc
    error: str | None


class WebhookAlert(Model):
    """An alert: of a figure, a story or a feed."""

    id: str
    kind: AlertKind
    story: str | None = Field(description="id of the story it is about")
    figure: WebhookFigure | None = None
    development: WebhookStory | None = None
    feed: WebhookFeed | None = None


class WebhookDigest(Model):
    """A digest of a period."""

    start: Utc
    end: Utc
    reports: int = Field(description="articles that came in, copies among them")
    copies: int
    developments: tuple[WebhookStory, ...]
    figures: tuple[WebhookFigure, ...] = Field(description="changed, contradicting and new ones, in that order")


class WebhookTopic(Model):
    """The topic that is told of."""

    name: str
    title: str


class WebhookKind(StrEnum):
    """What a webhook is told: alerts, a digest, or that someone tries whether it works."""

    ALERTS = "alerts"
    DIGEST = "digest"
    TEST = "test"


class WebhookData(Model):
    """What there is to tell."""

    topic: WebhookTopic
    subject: str = Field(description="the subject of the mail that says the same")
    text: str = Field(description="that mail as plain text, in the recipient's language and zone")
    alerts: tuple[WebhookAlert, ...] = ()
    digest: WebhookDigest | None = None


class Webhook(Model):
    """The body of a request to a webhook, the same at each try; its id is in the header ``webhook-id``."""

    type: WebhookKind
    timestamp: Utc = Field(description="when the message was bound")
    data: WebhookData
