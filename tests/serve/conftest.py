"""The window of a small newsroom: a real record on disk, a real uvicorn on a free port, and a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from pipeline.demo.play import Told, play
from pipeline.serve.access import Access, access_of
from pipeline.serve.app import make_app
from pipeline.serve.secret import secret_of
from pipeline.serve.server import serving
from pipeline.settings import Settings
from pipeline.steps.services import Services, open_services
from tests.serve.browser import CHROMIUM
from tests.serve.client import Client

NOW = datetime(2026, 3, 4, 18, tzinfo=UTC)
EVERYWHERE = "0.0.0.0"
"""What a window is bound to that serves more than its own machine."""


@dataclass
class Clock:
    """A clock that tests move."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Served:
    """A window that is open, with the services its pages work with."""

    address: str
    services: Services
    access: Access
    token: str
    clock: Clock
    crashes: list[str] = field(default_factory=list)

    def client(self, **headers: str) -> Client:
        """Someone who asks it by HTTP, with a memory for cookies."""
        return Client(self.address, headers)


Opens = Callable[..., Served]


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Opens]:
    """Opens a window: ``window()`` over an empty home, or over ``home``; other keywords are settings."""
    with ExitStack() as stack:

        def opens(
            home: Path | None = None, *, host: str = "127.0.0.1", clock: Clock | None = None, **given: object
        ) -> Served:
            settings = Settings(home=home or tmp_path / "home", **given)  # type: ignore[arg-type]
            clock = clock or Clock()
            services = open_services(settings, clock=clock)
            stack.callback(services.close)
            access, secret, crashes = access_of(settings, host), secret_of(settings.home), []
            app = make_app(services, access, secret, on_crash=crashes.append)
            # Whatever the rules are made for, tests listen on loopback only.
            address = stack.enter_context(serving(app, "127.0.0.1", 0))
            return Served(address, services, access, secret.token, clock, crashes)

        yield opens


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the demonstration, played once; copy it before you change it."""
    home = tmp_path_factory.mktemp("demo") / "home"
    play(home, Told(line=lambda line: None), clock=lambda: NOW)
    return home


@pytest.fixture
def demo(played: Path, tmp_path: Path) -> Path:
    """A home of one's own that holds the demonstration."""
    home = tmp_path / "demo"
    shutil.copytree(played, home)
    return home


@pytest.fixture(scope="module")
def browser(played: Path) -> Iterator[Browser]:
    """Chromium. It comes after the demonstration: while it is there, no other event loop can run in this thread."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
