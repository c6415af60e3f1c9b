"""Shares of a whole as people say them: "two thirds" for what is no round decimal number."""

from __future__ import annotations

from fractions import Fraction

_PARTS = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth"}
_COUNTS = ("", "a", "two", "three", "four", "five", "six", "seven", "eight")
_WIDEST = 100
"""The largest whole of "7 in 60"; what is no share of one as small is told as the number it is."""
_EXACT = 1e-12


def share_of(value: float) -> tuple[int, int] | None:
    """The share that ``value`` is of a small whole, such as (2, 3) for 0.6666666666666666.

    ``None`` for decimals that end within three places, and all that is not between 0 and 1.
    """
    if not 0 < value < 1 or abs(round(value, 3) - value) < _EXACT:
        return None
    share = Fraction(value).limit_denominator(_WIDEST)
    return (share.numerator, share.denominator) if abs(float(share) - value) <= _EXACT else None


def share_words(value: float) -> str | None:
    """ "two thirds" for 0.6666666666666666, "5 in 12" for 0.4166666666666667; ``None`` where `share_of` finds none."""
    share = share_of(value)
    if share is None:
        return None
    top, whole = share
    if whole not in _PARTS:
        return f"{top} in {whole}"
    return f"{_COUNTS[top]} {_PARTS[whole]}{'s' if top > 1 else ''}"
