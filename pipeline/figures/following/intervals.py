"""What values a claim allows: intervals, what entails what, and what can't be true together.

=============  =========================================================
modifier       interval of a value *v*
=============  =========================================================
exact, only    [v, v]
at least       [v, ∞); ``more than`` alike
up to          (−∞, v]; ``fewer than`` alike
about          v ± half of its last significant digit, at most 5 %
nearly         the same, but not above v
range, vague   its two ends
=============  =========================================================
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from schemas.figure import Claim, Figure, Modifier, Value

_SLACK = 0.05
"""The share of a value that "about" may move it at most."""

_FAR = 1.6
"""How many times a bound a value may be that the bound is still told for."""
_SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from ``low`` to ``high``, both included; an infinite end is open."""

    low: float
    high: float

    def holds(self, other: Interval) -> bool:
        """Whether all of ``other`` lies within."""
        return _at_most(self.low, other.low) and _at_most(other.high, self.high)

    def meets(self, other: Interval) -> bool:
        """Whether some value lies in both; where none does, both can't be true."""
        return _at_most(self.low, other.high) and _at_most(other.low, self.high)


def same(one: float, other: float) -> bool:
    """Equal but for what floating point loses."""
    return one == other or math.isclose(one, other, rel_tol=_SAME, abs_tol=1e-9)


def _at_most(one: float, other: float) -> bool:
    return one <= other or same(one, other)


def rounding(value: float) -> float:
    """Half of the last significant digit of ``value``, at most 5 % of it: how far "about" reaches."""
    if value == 0 or not math.isfinite(value):
        return 0.0
    digits = f"{abs(value):.6g}"
    mantissa, _, exponent = digits.partition("e")
    whole, _, fraction = mantissa.partition(".")
    unit = 10.0 ** (-len(fraction) if fraction else len(whole) - len(whole.rstrip("0")))
    return float(min(unit * 10.0 ** int(exponent or 0) / 2, abs(value) * _SLACK))


def allowed(modifier: Modifier, value: float | None, low: float | None, high: float | None) -> Interval:
    """The interval that a value, or the two ends of a range, allow under a modifier."""
    if value is None:
        ends = [end for end in (low, high) if end is not None]
        if not ends:
            return Interval(-math.inf, math.inf)
        return Interval(min(ends), max(ends)) if len(ends) == 2 else _open(low, high)
    match modifier:
        case Modifier.AT_LEAST | Modifier.MORE_THAN:
            return Interval(value, math.inf)
        case Modifier.UP_TO | Modifier.FEWER_THAN:
            return Interval(-math.inf, value)
        case Modifier.ABOUT:
            return Interval(value - rounding(value), value + rounding(value))
        case Modifier.NEARLY:
            return Interval(value - rounding(value), value)
        case _:
            return Interval(value, value)


def _open(low: float | None, high: float | None) -> Interval:
    return Interval(-math.inf if low is None else low, math.inf if high is None else high)


def of_figure(figure: Figure) -> Interval:
    """What a figure allows."""
    return allowed(figure.modifier, figure.value, figure.low, figure.high)


def of_claim(claim: Claim) -> Interval:
    """What a remembered claim allows."""
    return _open(claim.low, claim.high)


def value_key(value: float | None, low: float | None = None, high: float | None = None) -> str:
    """The same words for the same number, or the same two ends."""
    if value is not None:
        return f"{value:.6g}"
    interval = _open(low, high)
    return f"{interval.low:.6g}..{interval.high:.6g}"


def stated(claim: Claim) -> Value:
    """The number, or the two ends, that a claim states."""
    if claim.value is not None:
        return claim.value
    interval = of_claim(claim)
    return (interval.low, interval.high)


def size(interval: Interval) -> float:
    """One number that stands for an interval where sizes are compared: its middle, or its one finite end."""
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        return (interval.low + interval.high) / 2
    if math.isfinite(interval.low):
        return interval.low
    return interval.high if math.isfinite(interval.high) else 0.0


def equal(one: Claim, other: Claim) -> bool:
    """Whether two claims state the same number or the same two ends, however exactly either is meant."""
    if one.value is not None and other.value is not None:
        return same(one.value, other.value)
    if one.value is None and other.value is None:
        first, second = of_claim(one), of_claim(other)
        return same(first.low, second.low) and same(first.high, second.high)
    return False


def entails(known: Claim, said: Claim) -> bool:
    """Whether ``said`` tells nothing that ``known`` does not: the same, a rounding of it, or a weaker bound.

    A bound is one of that value only if it is not far from it: nobody who knows of 140 says "more than 60".
    """
    if equal(known, said):
        return True
    wide, narrow = of_claim(said), of_claim(known)
    if not wide.holds(narrow) or (narrow.low == wide.low == -math.inf):
        return False  # "up to 81" after "up to 60" tells of more
    return (math.isfinite(wide.low) and math.isfinite(wide.high)) or _near(size(wide), size(narrow))


def _near(one: float, other: float) -> bool:
    """Whether neither is more than `_FAR` times the other."""
    small, large = sorted((abs(one), abs(other)))
    return one * other >= 0 and large <= _FAR * small


def excludes(known: Claim, said: Claim) -> bool:
    """Whether both can't be true together."""
    return not of_claim(known).meets(of_claim(said))
