"""tallywire serve"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli import write_crash
from pipeline.cli.common import home_option, note, opened, say

if TYPE_CHECKING:
    from pipeline.serve.opening import Opened
    from pipeline.settings import Settings

host_option = click.option("--host", help="Address to bind to; anything but loopback asks for a login.")
port_option = click.option("--port", type=click.IntRange(0, 65535), help="Port to bind to; 0 for any that is free.")


@click.command()
@host_option
@port_option
@click.option("--api-token", is_flag=True, help="Print the token that reads /api, and stop.")
@home_option
def serve(host: str | None, port: int | None, api_token: bool, home: Path | None) -> None:
    """Open the window: the topics, developments and figures as pages, until stopped with Ctrl-C."""
    from pipeline.runner import Stop, stopping_on_signals
    from pipeline.serve.secret import API, secret_of

    stop = Stop()
    with opened(home) as services:
        settings = services.settings
    if api_token:
        click.echo(secret_of(settings.home).key(API))
        return
    with stopping_on_signals(stop), open_window(settings, host, port):
        while not stop.wait(3600):
            pass


@contextmanager
def open_window(
    settings: Settings,
    host: str | None = None,
    port: int | None = None,
    *,
    runs: bool = False,
    tell: Callable[[str], None] = say,
) -> Iterator[Opened]:
    """The window, which tells where it is and how to get in; ``runs`` beside the rounds of this process."""
    from pipeline.serve.opening import window_open

    with window_open(settings, host=host, port=port, runs=runs, on_crash=_crashed) as window:
        tell(f"the window is open at {window.address}")
        if window.login and window.secret.fresh:
            tell(f"its token, shown this once: {window.secret.token}")
        elif window.login and not settings.serve_proxy_header:
            tell(f"its token is in {window.secret.path}")
        yield window


def _crashed(details: str) -> None:
    note(f"a page could not be made; {write_crash(details)}; please report it")
