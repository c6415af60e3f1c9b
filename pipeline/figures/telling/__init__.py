"""Telling: what the desk of a topic hears of the figures that were read, and what it heard before."""

from __future__ import annotations

from pipeline.figures.telling.models import Limits, Models
from pipeline.figures.telling.teller import Hearing, Teller, Told

__all__ = ["Hearing", "Limits", "Models", "Teller", "Told"]
