"""The time of day in a date, with what stands for AM and PM in many languages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.dates.words import half_named
from pipeline.dates.zones import is_name

_COUNTED = re.compile(
    r"(?<!\d)(?P<hour>\d{1,2})\s?[时時點点시]\s?(?:(?P<minute>\d{1,2})\s?[分분]\s?(?:(?P<second>\d{1,2})\s?[秒초])?)?"
)
_COLONS = re.compile(
    r"(?<![\d:])(?P<hour>\d{1,2})\s?:\s?(?P<minute>\d\d)(?:\s?:\s?(?P<second>\d\d)(?:[.,:](?P<fraction>\d{1,9}))?)?(?![\d:])"
)
_HOURS = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})\s?(?:h|u)\s?(?P<minute>\d\d)(?:\s?(?:m|min|:)\s?(?P<second>\d\d)\s?s?)?(?![\d:\w])",
    re.I,
)
_POINTS = re.compile(r"(?<![\d.:,])(?P<hour>\d{1,2})\.(?P<minute>\d\d)(?:\.(?P<second>\d\d))?(?![\d:]|\.\d)")
_HALF_HOUR = re.compile(r"(?<![\d:.])(?P<hour>\d{1,2})\s?(?=[ap]\.?\s?m\b)", re.I)
_HOUR = re.compile(r"(?<![\d:.])(?P<hour>\d{1,2})\s?(?:h|hrs|Uhr|uur)(?![\w])", re.I)
_FORMS = (_COLONS, _COUNTED, _HOURS, _POINTS, _HALF_HOUR, _HOUR)
_BASIC = re.compile(
    r"\s*T\s?(?P<hour>\d\d)(?:(?P<minute>\d\d)(?:(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?)?(?![\d:])", re.I
)
_AFTER = re.compile(r"\s*([ap]\.?\s?m\b\.?|[^\s\d,;:()\[\]+/-]{1,14})", re.I)
_BEFORE = re.compile(r"([^\s\d,;:()\[\]+/-]{1,14})\s*$")


class NoTime(ValueError):
    """What stands in the place of a time is none, such as 14:30 AM."""


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """Microseconds since midnight; a second of 60 and an hour of 24 belong to the next minute and day."""

    microseconds: int


def time_in(text: str, after_day: bool = False) -> tuple[str, TimeOfDay | None, str]:
    """What stands before the time in ``text``, the time, and what stands after it; all is before where there is none.

    ``after_day`` says that ``text`` goes on after a day of ISO 8601, where the time may be ``T1430``.
    Raises `NoTime` where it names an hour that no day has.
    """
    found = _BASIC.match(text) if after_day else None
    if found is None:
        found = next((match for form in _FORMS if (match := form.search(text))), None)
    if found is None:
        return text, None, ""
    before, after = text[: found.start()], text[found.end() :]
    half = None
    if (word := _AFTER.match(after)) and not is_name(word[1]) and (half := half_named(word[1])) is not None:
        after = after[word.end() :]
    elif (word := _BEFORE.search(before)) and _goes_before(word[1]) and (half := half_named(word[1])) is not None:
        before = before[: word.start()]
    said = found.groupdict()
    return before, _time(said, half), after


def _time(said: dict[str, str | None], half: int | None) -> TimeOfDay:
    hour, minute, second = (int(said.get(part) or 0) for part in ("hour", "minute", "second"))
    if half is not None:
        hour = _of_half(hour, half)
    # RFC 3339 (section 5.7) allows a second of 60, ISO 8601 an hour of 24 at the very end of a day.
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise NoTime(f"no day has a time of {hour}:{minute:02}:{second:02}")
    fraction = (said.get("fraction") or "").ljust(6, "0")[:6]
    return TimeOfDay(((hour * 60 + minute) * 60 + second) * 1_000_000 + int(fraction))


def _of_half(hour: int, half: int) -> int:
    if hour > 12:
        # "14:30 PM" says the same twice.
        if half == 0:
            raise NoTime(f"{hour} o'clock is no hour before noon")
        return hour
    return hour % 12 + half


def _goes_before(word: str) -> bool:
    # Before a time stand the halves of Chinese, Korean, Japanese and Indian languages; Latin letters there are other
    # little words (Portuguese "em", which is also Swedish for the afternoon).
    return word.lower() in ("am", "pm") or word[0] >= "\u0250"
