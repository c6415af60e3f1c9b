"""Times as a topic file writes them: how long, in which zone, at what time of day."""

from __future__ import annotations

import re
from datetime import time, timedelta
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, ValidationInfo, WithJsonSchema

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d|w)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def parse_duration(value: Any) -> Any:
    """``"15m"``, ``"1d 12h"`` → timedelta; anything that is no text is passed on to pydantic.

    Raises ``ValueError`` where the text is no duration.
    """
    if not isinstance(value, str):
        return value
    text = value.strip().lower()
    found = _DURATION.findall(text)
    if not found or _DURATION.sub("", text).strip():
        raise ValueError(f"{value!r} is not a duration; write for example 30s, 15m, 6h, 2d or 1w")
    return timedelta(seconds=sum(float(number) * _SECONDS[unit] for number, unit in found))


def format_duration(value: timedelta) -> str:
    """The shortest text that `parse_duration` reads back as the same whole seconds."""
    seconds, parts = int(value.total_seconds()), []
    for unit in ("w", "d", "h", "m", "s"):
        count, seconds = divmod(seconds, _SECONDS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0s"


FROM_FILE = {"file": True}
"""The context in which a topic is validated that was just written: what an older version took is still read."""


def _duration(value: Any, info: ValidationInfo) -> Any:
    if info.context == FROM_FILE and isinstance(value, (int, float)) and value:
        raise ValueError(f"{value} has no unit; write for example 30s, 15m, 6h, 2d or 1w")
    return parse_duration(value)


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(format_duration),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(\s*\d+(\.\d+)?\s*[smhdwSMHDW])+\s*$",
            "examples": ["30s", "15m", "6h", "2d", "1w"],
        }
    ),
]


@cache
def _zones() -> frozenset[str]:
    # Each call walks through all their files.
    return frozenset(available_timezones())


def _known_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError(f"{name!r} is not the IANA name of a time zone; write for example Europe/Kyiv or UTC")
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]
"""An IANA time zone name, such as ``Europe/Kyiv``."""


def _wall_time(value: Any) -> Any:
    # YAML 1.1 reads an unquoted 07:00 as text but 22:30 as the base-60 integer 1350.
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return time(*divmod(value, 60))
    return value


# JSON Schema's own format "time" asks for seconds and an offset, and editors would mark every 07:00.
WallTime = Annotated[
    time,
    BeforeValidator(_wall_time),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", "examples": ["07:00"]}),
]
"""A time of day in the topic's zone, ``HH:MM``."""
