"""How the steps reach the outside, by the settings: fetching and mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.private import kept_secret
from pipeline.settings import Settings
from pipeline.tell.channels import Channel
from pipeline.tell.delivery import FileMailer, Mailer, SmtpMailer
from pipeline.tell.links import Links, Signer
from pipeline.tell.pages import link
from pipeline.tell.sender import Sender
from schemas.channel import WebhookSettings

if TYPE_CHECKING:
    from pipeline.collect.fetch import Fetcher, FetchLimits
    from pipeline.steps.services import Services


def fetcher_of(services: Services) -> Fetcher:
    """The way out to the web of a deployment, which remembers what hosts ask of it."""
    from pipeline.collect.fetch import Fetcher
    from pipeline.steps.intake.hosts import RecordedHosts

    return Fetcher(limits_of(services.settings), clock=services.clock, memory=RecordedHosts(services))


def limits_of(settings: Settings) -> FetchLimits:
    """How the fetcher may behave, by the settings."""
    # Whoever sends a mail needs no HTTP client, which takes long to import.
    from pipeline.collect.fetch import FetchLimits

    return FetchLimits(
        contact=settings.user_agent_contact,
        max_bytes=settings.max_page_bytes,
        max_header_bytes=settings.max_header_bytes,
        max_headers=settings.max_headers,
        total=settings.fetch_timeout,
        per_host_delay=settings.host_delay,
        allowed_hosts=settings.allowed_hosts,
    )


def mailer_of(settings: Settings) -> Mailer:
    """Who takes the mails: a server if one is set, else a folder."""
    if settings.smtp_url is not None:
        return SmtpMailer(settings.smtp_url.get_secret_value())
    return FileMailer(settings.mail_path)


def channels_of(settings: Settings) -> dict[str, Channel]:
    """The channels of the settings, by the names under which topics list them."""
    if not settings.channels:
        return {}
    # Few have channels, and an HTTP client takes long to import.
    from pipeline.tell.chat import AppriseChannel
    from pipeline.tell.webhook import WebhookChannel

    return {
        name: WebhookChannel(name, one, allowed_hosts=settings.allowed_hosts)
        if isinstance(one, WebhookSettings)
        else AppriseChannel(name, one)
        for name, one in settings.channels.items()
    }


def sender_of(settings: Settings) -> Sender:
    """How mails name their sender, by the settings."""
    return Sender(
        mail_from=settings.mail_from,
        public_url=settings.public_url,
        links=links_of(settings),
        unsubscribe_url=settings.unsubscribe_url,
    )


def links_of(settings: Settings) -> Links | None:
    """The links in mails by which readers decide; None where readers can't reach the window.

    Raises SettingsError where the key that signs them can't be kept in the home.
    """
    base = link(settings.public_url or "")
    return Links(signer_of(settings), base.rstrip("/")) if base else None


def signer_of(settings: Settings) -> Signer:
    """What signs links, and reads them again. Raises SettingsError where its key can't be kept in the home."""
    given = settings.link_key
    return Signer((given.get_secret_value() if given else kept_secret(settings.home / "link.key")).encode())
