"""Times as the person at this machine reads them."""

from __future__ import annotations

from datetime import datetime


def local(when: datetime) -> str:
    """A time to the minute on this machine's clock, with the zone: ``2026-03-02 14:05 EET``."""
    return f"{when.astimezone():%Y-%m-%d %H:%M %Z}"
