"""The pictures of a digest: PNGs without a background, in tones that read on white and on black alike.

Mail programs show no SVG and load nothing, so that pictures travel with the mail; each has a text that says the same.
matplotlib is imported when the first picture is drawn: it takes longer to load than all the rest of a digest to make.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from pipeline.tell.frame import ENGLISH, Frame
from schemas.alert import CoverageDay
from schemas.figure import Value

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

# Each has a contrast of at least 3 : 1 on white and on the dark card of style.css (WCAG 2.2, 1.4.11).
_REPORTS, _COPIES, _INK = "#3b82d0", "#b07d2b", "#7c8593"
_DPI = 200
COVERAGE_SIZE = (544, 150)
SPARK_SIZE = (96, 26)


def _picture(size: tuple[int, int]) -> Picture:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    picture = Figure(figsize=(size[0] / 100, size[1] / 100), dpi=_DPI, facecolor="none")
    FigureCanvasAgg(picture)
    return picture


def _png(picture: Picture) -> bytes:
    out = BytesIO()
    picture.savefig(out, format="png", dpi=_DPI, transparent=True, metadata={"Software": None})
    return out.getvalue()


def coverage_chart(days: Sequence[CoverageDay], frame: Frame = ENGLISH) -> bytes:
    """A bar a day: reports, and their copies on top of them. `COVERAGE_SIZE` pixels, at twice the density."""
    from matplotlib.ticker import MaxNLocator

    picture = _picture(COVERAGE_SIZE)
    axes = picture.add_axes((0.055, 0.17, 0.94, 0.79))
    places = range(len(days))
    reports, copies = [one.reports for one in days], [one.copies for one in days]
    axes.bar(places, reports, width=0.72, color=_REPORTS)
    axes.bar(places, copies, width=0.72, bottom=reports, color=_COPIES)
    axes.set_xlim(-0.6, max(len(days), 1) - 0.4)
    axes.set_ylim(0, max(1, *(one.reports + one.copies for one in days)) * 1.06 if days else 1)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    every = max(1, -(-len(days) // 8))
    # Counted from the last day, which is the one that matters.
    ticks = [place for place in places if (len(days) - 1 - place) % every == 0]
    axes.set_xticks(ticks, [frame.day_of_year(days[place].day) for place in ticks])
    axes.tick_params(colors=_INK, labelsize=7, length=0, pad=3)
    axes.grid(axis="y", color=_INK, alpha=0.3, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)
    return _png(picture)


def sparkline(history: Sequence[tuple[datetime, Value]]) -> bytes:
    """The values that held, one after another in time; a range is drawn with its extent. `SPARK_SIZE` pixels."""
    picture = _picture(SPARK_SIZE)
    axes = picture.add_axes((0.03, 0.12, 0.92, 0.76))
    ends = [value if isinstance(value, tuple) else (value, value) for _, value in history]
    middles = [(low + high) / 2 for low, high in ends]
    hours = [(when - history[0][0]).total_seconds() / 3600 for when, _ in history]
    axes.step(hours, middles, where="post", color=_REPORTS, linewidth=1.2, solid_joinstyle="round")
    for hour, (low, high) in zip(hours, ends, strict=True):
        if low != high:
            axes.plot([hour, hour], [low, high], color=_INK, linewidth=0.8)
    axes.plot(hours[-1:], middles[-1:], marker="o", markersize=3, color=_REPORTS, clip_on=False)
    axes.axis("off")
    return _png(picture)
