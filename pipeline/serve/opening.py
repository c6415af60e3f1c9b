"""Opening the window of a deployment: what the command line and the embedded loop share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pipeline.serve.access import access_of
from pipeline.serve.app import make_app
from pipeline.serve.secret import Secret, secret_of
from pipeline.serve.server import serving
from pipeline.settings import Settings
from pipeline.steps.services import open_services


@dataclass(frozen=True)
class Opened:
    """A window that is open: where, and whether it asks for the token in ``secret``."""

    address: str
    login: bool
    secret: Secret


@contextmanager
def window_open(
    settings: Settings,
    *,
    host: str | None = None,
    port: int | None = None,
    runs: bool = False,
    on_crash: Callable[[str], None] = lambda details: None,
) -> Iterator[Opened]:
    """Keep the window open while the block runs, with a record and an index of its own; ``runs`` beside its rounds.

    Raises SettingsError where it can't be opened.
    """
    host = settings.serve_host if host is None else host
    port = settings.serve_port if port is None else port
    access, secret = access_of(settings, host), secret_of(settings.home)
    services = open_services(settings)
    try:
        with serving(make_app(services, access, secret, runs=runs, on_crash=on_crash), host, port) as address:
            yield Opened(address, access.login, secret)
    finally:
        services.close()
