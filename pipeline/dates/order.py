"""Whether a writer puts the day before the month, by the dates in numbers of theirs that leave no doubt."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.dates.days import DAY_FIRST, MONTH_FIRST, NoDay, day_in_numbers, weekdays_in, words_of

_LONGEST = 120


def day_first_of(texts: Iterable[str]) -> bool | None:
    """True or False where all of ``texts`` that leave no doubt agree, else None: ``25/01/2024`` tells for its like."""
    orders = set()
    for text in texts:
        if len(text) > _LONGEST:
            continue
        try:
            rest, days = day_in_numbers(" ".join(text.split()))
        except NoDay:
            continue
        if len(days) > 1 and (weekdays := weekdays_in(words_of(rest.replace("\x00", " ")))):
            days = {day: order for day, order in days.items() if day.weekday() in weekdays}
        # The same number for day and month tells nothing.
        if len(days) == 1 and all(day.day != day.month for day in days):
            orders |= set(days.values()) & {DAY_FIRST, MONTH_FIRST}
    return orders == {DAY_FIRST} if len(orders) == 1 else None
