"""Dates as people and programs write them, in many languages; any room may import this package.

=============  =======================================================================================
`engine`       `read_date(text, hints)` → `WrittenDate`, or `Refused` with the reason in words
`days`         which day a text names: by numbers, by the name of a month, by the weekday where two are possible
`clock`        the time of day, with AM and PM
`zones`        offsets, names and abbreviations of zones; what an abbreviation means where it means several
`words`        names of months, weekdays and halves of the day (CLDR, by Babel)
=============  =======================================================================================

Nothing is guessed: where a text has two meanings, and neither its weekday nor what is known of its writer tells which,
it is refused.
"""

from pipeline.dates.engine import NO_HINTS, Hints, Refused, WrittenDate, read_date
from pipeline.dates.order import day_first_of

__all__ = ["NO_HINTS", "Hints", "Refused", "WrittenDate", "day_first_of", "read_date"]
