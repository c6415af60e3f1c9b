"""What is right and what is wrong with a deployment, each finding in words with what to do."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from pipeline.errors import DeliveryError, SettingsError, TallywireError
from pipeline.figures.annotate.model import MODELS, VERSION
from pipeline.private import is_open, make_private
from pipeline.record.notes import CROWDED
from pipeline.settings import Settings
from pipeline.steps.keeping.certificates import certificate_findings
from pipeline.steps.keeping.channels import channel_findings
from pipeline.steps.keeping.findings import (
    Finding,
    check_index,
    clock_findings,
    feed_findings,
    index_findings,
    trouble,
    window_findings,
)
from pipeline.steps.known.arrivals import came_ahead
from pipeline.steps.known.clock import SKEW, last_round
from pipeline.steps.services import Services, open_services, system_clock
from pipeline.tell.delivery import SmtpMailer

_PATIENCE = 10.0
"""Seconds to wait for each answer of the mail server."""
_LOW_DISK, _NO_DISK = 1_000_000_000, 100_000_000


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything that Tallywire needs here, one finding after another; changes nothing but an old record."""
    yield _python()
    yield _libraries()
    yield _english()
    yield _fts()
    yield from _home(settings)
    yield _contact(settings)
    yield from _mail(settings)
    yield from certificate_findings(settings.elasticsearch_url, settings.elasticsearch_ca, system_clock())
    yield from _record(settings)


def _python() -> Finding:
    # Older Pythons can't even import this module; what is told here is which one runs.
    return Finding(level="ok", what=f"Python {'.'.join(map(str, sys.version_info[:3]))}")


def _libraries() -> Finding:
    names = ("trafilatura", "feedparser", "aiohttp", "pydantic", "SQLAlchemy")
    try:
        return Finding(level="ok", what=", ".join(f"{name} {version(name)}" for name in names))
    except PackageNotFoundError as error:
        return Finding(level="problem", what=f"{error.name} is not installed", advice="run `make setup`")


def _english() -> Finding:
    spacy, *models = ((name, _version(name)) for name in ("spacy", *MODELS))
    there = [(name, found) for name, found in models if found]
    fitting = [pair for pair in there if pair[1].startswith(VERSION)]
    if fitting and spacy[1].startswith(VERSION):
        return Finding(level="ok", what=f"English sentences are parsed by {' '.join(fitting[0])}, spacy {spacy[1]}")
    found = ", ".join(" ".join(pair) for pair in (spacy, *there) if pair[1]) or "spacy is not installed"
    return Finding(
        level="warning",
        what=f"English sentences can't be parsed: {found}; the wording of figures relies on punctuation only",
        advice=f"run `pip install 'tallywire[english]'`, which brings version {VERSION}x",
    )


def _version(name: str) -> str:
    """The version of a package; empty where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _fts() -> Finding:
    try:
        with sqlite3.connect(":memory:") as connection:
            connection.execute("CREATE VIRTUAL TABLE t USING fts5 (x, tokenize='porter unicode61')")
    except sqlite3.Error as error:
        return Finding(
            level="problem",
            what=f"SQLite {sqlite3.sqlite_version} lacks full-text search ({error})",
            advice="use a Python whose SQLite has FTS5; Debian's and python.org's have",
        )
    return Finding(level="ok", what=f"SQLite {sqlite3.sqlite_version} with full-text search")


def _home(settings: Settings) -> Iterator[Finding]:
    home = settings.home.absolute()
    probe = home / ".doctor"
    try:
        make_private(home)
        try:
            probe.write_bytes(b"x")
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        yield Finding(
            level="problem",
            what=f"the home {home} can't be written to: {error.strerror}",
            advice="choose another folder with --home or TALLYWIRE_HOME, or fix its permissions",
        )
        return
    if is_open(home):
        yield Finding(
            level="warning",
            what=f"other users of this machine can read the home {home}: it has other files, or another owner",
            advice="use a folder of its own, or run `chmod go= FOLDER`; what Tallywire writes there is already private",
        )
    free = shutil.disk_usage(home).free
    level: Literal["ok", "warning", "problem"] = (
        "problem" if free < _NO_DISK else "warning" if free < _LOW_DISK else "ok"
    )
    advice = "" if level == "ok" else "free some space; an archive of a thousand pages takes about 50 MB"
    yield Finding(level=level, what=f"home {home}, {free / 1e9:.1f} GB free", advice=advice)


def _contact(settings: Settings) -> Finding:
    if not settings.user_agent_contact:
        return Finding(
            level="warning",
            what="site owners can't tell who visits them",
            advice="set TALLYWIRE_USER_AGENT_CONTACT to your address or web page; many sites block bots without one",
        )
    return Finding(level="ok", what=f"site owners can reach you at {settings.user_agent_contact}")


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.smtp_url is None:
        yield Finding(level="ok", what=f"mails are written to {settings.mail_path}")
        return
    try:
        mailer = SmtpMailer(settings.smtp_url.get_secret_value(), timeout=_PATIENCE)
        mailer.try_out(settings.mail_from)
    except DeliveryError as error:
        why = f" ({error.why})" if error.why else ""
        yield Finding(
            level="problem",
            what=f"mails can't be sent through {error.where}: {error.what}{why}",
            advice="check TALLYWIRE_SMTP_URL and TALLYWIRE_MAIL_FROM; alerts wait in the outbox meanwhile",
        )
        return
    except SettingsError as error:
        yield trouble(error)
        return
    yield Finding(level="ok", what=f"mails can be sent through {mailer.where}")
    if settings.mail_from.endswith("@localhost"):
        yield Finding(
            level="warning",
            what=f"mails are sent from {settings.mail_from}",
            advice="set TALLYWIRE_MAIL_FROM; most servers refuse mail from localhost",
        )


def _record(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is None and not (settings.home / "tallywire.db").exists():
        yield Finding(level="ok", what="no record yet; the first run creates it")
        return
    try:
        services = open_services(settings)
    except TallywireError as error:
        yield trouble(error)
        return
    try:
        yield from _contents(services)
    finally:
        services.close()


def _contents(services: Services) -> Iterator[Finding]:
    try:
        services.index.setup()
        with services.record.read() as tx:
            totals, feeds, topics = tx.totals(), tx.feeds.all(), tx.topics.all()
            crowded, last = tx.notes.get(CROWDED), last_round(tx)
            ahead = came_ahead(tx, services.clock() + SKEW)
            waiting = tx.entries.counts().get("waiting", 0)
        checks = check_index(services)
    except TallywireError as error:
        yield trouble(error)
        return
    counts = ", ".join(f"{totals[name]} {name}" for name in ("topics", "feeds", "articles", "stories", "figures"))
    yield Finding(level="ok", what=f"record: {counts}; {waiting} entries wait")
    yield from clock_findings(last, services.clock(), ahead)
    yield from window_findings(crowded, services.settings.open_articles, services.clock())
    yield from index_findings(checks)
    yield from feed_findings(feeds)
    yield from channel_findings(services.settings, topics)
