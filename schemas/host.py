"""What is remembered of hosts from one run to the next, so that what they ask of us is kept."""

from __future__ import annotations

from pydantic import Field

from schemas.base import Model, Utc


class HostState(Model):
    """How a host wants to be visited."""

    host: str
    delay: float = Field(default=0.0, description="seconds between two visits, by its Crawl-delay")
    free_at: Utc | None = Field(default=None, description="no visit before; None: any time")
    busy: int = Field(default=0, description="answers in a row that asked to come less often (429)")
    held: float = Field(default=0.0, description="seconds that the last of them was given")


class RobotsKept(Model):
    """What an origin's robots.txt said when it was last asked."""

    origin: str
    until: Utc = Field(description="when it is asked again")
    text: str | None = Field(default=None, description="the last that could be read; None: everything may be fetched")
    known: bool = Field(default=False, description="whether it could be read, or found missing, at any time")
    trouble: str | None = Field(default=None, description="why it can't be read now; None: it can")
    trouble_since: Utc | None = None
    tries: int = Field(default=0, description="how often it was asked since then")
