"""Briefs: what the reports of a story say together, weighed by who says it and when."""

from __future__ import annotations

from pipeline.figures.briefs.brief import brief_figures

__all__ = ["brief_figures"]
