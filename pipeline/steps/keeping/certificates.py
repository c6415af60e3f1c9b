"""How long the certificates last that servers of a deployment show: one that ends stops everything on that day."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.steps.keeping.findings import Finding

_SOON = timedelta(days=30)
_SECONDS = 10.0


def certificate_findings(addresses: str | None, authority: Path | None, now: datetime) -> Iterator[Finding]:
    """What is to be said of the certificate of each of the HTTPS ``addresses``, which commas separate.

    ``authority`` is a file of certificates that they may be of. One that does not answer is left to whoever needs it.
    """
    for address in (addresses or "").split(","):
        parts = urlsplit(address.strip())
        if parts.scheme == "https" and parts.hostname:
            yield from _certificate(parts.hostname, parts.port or 443, authority, now)


def _certificate(host: str, port: int, authority: Path | None, now: datetime) -> Iterator[Finding]:
    try:
        context = ssl.create_default_context(cafile=authority)
        with (
            socket.create_connection((host, port), timeout=_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            shown = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        yield Finding(
            level="problem",
            what=f"the certificate of {host}:{port} can't be trusted: {error.verify_message}",
            advice="renew it if it has expired, or set its CA certificate; docs/deployment.md says how",
        )
        return
    except OSError:
        return
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)
    if ends - now < _SOON:
        yield Finding(
            level="warning",
            what=f"the certificate of {host}:{port} expires on {ends:%Y-%m-%d}",
            advice="renew it before then; docs/deployment.md says how",
        )
    else:
        yield Finding(level="ok", what=f"the certificate of {host}:{port} is valid until {ends:%Y-%m-%d}")
