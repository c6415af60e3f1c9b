"""How the steps reach the outside, by the settings: fetching and mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.settings import Settings
from pipeline.tell.delivery import FileMailer, Mailer, SmtpMailer
from pipeline.tell.sender import Sender

if TYPE_CHECKING:
    from pipeline.collect.fetch import Fetcher, FetchLimits
    from pipeline.steps.services import Services


def fetcher_of(services: Services) -> Fetcher:
    """The way out to the web of a deployment, which remembers what hosts ask of it."""
    from pipeline.collect.fetch import Fetcher
    from pipeline.steps.hosts import RecordedHosts

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


def sender_of(settings: Settings) -> Sender:
    """How mails name their sender, by the settings."""
    return Sender(
        mail_from=settings.mail_from, public_url=settings.public_url, unsubscribe_url=settings.unsubscribe_url
    )
