"""The frame of what a reader gets: all that is not quoted, in the reader's language, with their dates and numbers.

Messages are whole sentences or whole labels with named placeholders, and English is what they are looked up by. What an
article says is never looked up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, match_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

from pipeline.shares import share_of, share_words

_ENGLISH, _UTC = "en", ZoneInfo("UTC")
_UNTRANSLATED = NullTranslations()


def message(text: str) -> str:
    """Marks ``text`` as a message where it is only named; `Frame.say` says it later."""
    return text


def messages(one: str, several: str) -> tuple[str, str]:
    """Marks a counted message where it is only named; `Frame.counted` says it later."""
    return one, several


_SCALES = (
    (10**12, messages("{number} trillion", "{number} trillion")),
    (10**9, messages("{number} billion", "{number} billion")),
    (10**6, messages("{number} million", "{number} million")),
)
Scale = tuple[str, str]


@dataclass(frozen=True)
class Frame:
    """How one reader is told: in which words, with whose dates and numbers, and at whose clock.

    ``language`` is that of the words. ``locale`` is that of dates and numbers; it differs from the language where there
    is no translation.
    """

    language: str = _ENGLISH
    locale: str = _ENGLISH
    zone: ZoneInfo = _UTC
    translations: NullTranslations = _UNTRANSLATED

    def at(self, zone: ZoneInfo) -> Frame:
        """The same frame for another clock."""
        return replace(self, zone=zone)

    @property
    def english(self) -> bool:
        """Whether its words are the messages themselves."""
        return self.language == _ENGLISH

    def wording(self, text: str, context: str = "") -> str:
        """A message in the reader's words, with its placeholders in it."""
        return self.translations.pgettext(context, text) if context else self.translations.gettext(text)

    def wording_of(self, one: str, several: str, n: float) -> str:
        """A counted message in the form that goes with ``n``, with its placeholders in it."""
        return self.translations.ngettext(one, several, self._counted_as(n))

    def say(self, text: str, /, **values: object) -> str:
        """A message with its placeholders filled in."""
        return self.wording(text).format(**values)

    def say_as(self, context: str, text: str, /, **values: object) -> str:
        """`say` of a message that means something else elsewhere; ``context`` tells translators what it is here."""
        return self.wording(text, context).format(**values)

    def counted(self, one: str, several: str, n: float, /, **values: object) -> str:
        """A message that counts ``n`` of something, which stands in it as ``{n}``."""
        return self.wording_of(one, several, n).format(**{"n": self.number(n), **values})

    def _counted_as(self, n: float) -> int:
        """The whole number whose form ``n`` takes: "1,5 point" is one of French's singulars, "1.5 points" is none."""
        if float(n).is_integer():
            return abs(int(n))
        return 1 if Locale.parse(self.language).plural_form(Decimal(repr(abs(n)))) == "one" else 2

    def decimal(self, value: float) -> str:
        """``1605`` → "1,605", ``12.5`` → "12.5"."""
        exact = Decimal(repr(value + 0.0)).normalize()  # -0.0 + 0.0 is 0.0
        return str(format_decimal(exact, format="#,##0.###", locale=self.locale, decimal_quantization=False))

    def scaled(self, value: float) -> tuple[float | str, Scale | None]:
        """A number and its scale; no scale where scaling would lose a digit or gain nothing. Text where it is none."""
        if not math.isfinite(value):
            return self.say("an unknown number"), None
        exact = Decimal(repr(float(value)))
        for size, name in _SCALES:
            if size <= abs(exact) < size * 1000:
                small = exact / size
                if small == small.quantize(Decimal("0.01")):
                    return float(small), name
        return (f"{value:g}", None) if abs(exact) >= 10**15 else (float(value), None)

    def digits(self, value: float | str) -> str:
        """What `scaled` gives, as it is written."""
        return value if isinstance(value, str) else self.decimal(value)

    def on_scale(self, digits: str, scale: Scale | None, n: float | str) -> str:
        """Digits with the name of their scale in the form that goes with ``n``: "2.7 billion", "2–3 million"."""
        if scale is None:
            return digits
        return self.wording_of(*scale, 2 if isinstance(n, str) else n).format(number=digits)

    def number(self, value: float) -> str:
        """``1605`` → "1,605", ``12.5`` → "12.5", ``2.7e9`` → "2.7 billion", ``2 / 3`` → "two thirds", or "2/3"."""
        if share := self._share(value):
            return share
        small, scale = self.scaled(value)
        return self.on_scale(self.digits(small), scale, small)

    def _share(self, value: float) -> str | None:
        if self.english:
            return share_words(value)
        share = share_of(value)
        return f"{share[0]}/{share[1]}" if share else None

    def listed(self, parts: list[str]) -> str:
        """ "a", "a and b", "a, b and c"; empty for none."""
        if self.english:
            return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
        return str(format_list(parts, locale=self.language)) if parts else ""

    def moment(self, when: datetime) -> str:
        """ "Sun 22 Nov 2026, 14:05" in the reader's zone."""
        if self.locale == _ENGLISH:
            return self._english(when, "EEE d MMM y, HH:mm")
        return f"{self._date(when, 'yMMMEd')}, {self.clock(when)}"

    def short_moment(self, when: datetime) -> str:
        """ "Sun 22 Nov 14:05" in the reader's zone."""
        if self.locale == _ENGLISH:
            return self._english(when, "EEE d MMM HH:mm")
        return f"{self._date(when, 'MMMEd')}, {self.clock(when)}"

    def clock(self, when: datetime) -> str:
        """ "14:05" in the reader's zone."""
        if self.locale == _ENGLISH:
            return self._english(when, "HH:mm")
        local = when.astimezone(self.zone)
        return str(format_time(time(local.hour, local.minute), _pattern_of("Hm", self.locale), locale=self.locale))

    def day(self, when: date) -> str:
        """ "22 Nov 2026"."""
        return self._pattern(when, "d MMM y", "yMMMd")

    def weekday(self, when: date) -> str:
        """ "Sun 22 Nov"."""
        return self._pattern(when, "EEE d MMM", "MMMEd")

    def day_of_year(self, when: date) -> str:
        """ "22 Nov"."""
        return self._pattern(when, "d MMM", "MMMd")

    def period(self, start: datetime, end: datetime) -> str:
        """ "Sat 21 Nov 07:00 – Sun 22 Nov 07:00 Europe/Kyiv"."""
        return f"{self.short_moment(start)} – {self.short_moment(end)} {self.zone.key}"

    def _english(self, when: datetime, pattern: str) -> str:
        return str(format_datetime(when.astimezone(self.zone), pattern, tzinfo=self.zone, locale=_ENGLISH))

    def _date(self, when: datetime, skeleton: str) -> str:
        pattern = _pattern_of(skeleton, self.locale)
        return str(format_date(when.astimezone(self.zone).date(), pattern, locale=self.locale))

    def _pattern(self, when: date, pattern: str, skeleton: str) -> str:
        of_locale = pattern if self.locale == _ENGLISH else _pattern_of(skeleton, self.locale)
        return str(format_date(when, of_locale, locale=self.locale))


@cache
def _pattern_of(skeleton: str, locale: str) -> str:
    """How a locale writes a date with the parts that ``skeleton`` names, by CLDR."""
    known = Locale.parse(locale).datetime_skeletons
    found = known[skeleton if skeleton in known else match_skeleton(skeleton, known)]
    # Names that stand alone come from a table that Babel shares between locales: after another language's day has been
    # written, "ccc" may write that one.
    return str(found.pattern).replace("ccc", "EEE").replace("LLL", "MMM")


ENGLISH = Frame()
"""The frame of the window and the command line, and of everyone who asked for no other language."""
