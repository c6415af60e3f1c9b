"""Briefs: what the reports of a story say together, weighed by who says it and when."""

from __future__ import annotations

from pipeline.figures.briefs.brief import READ, brief_figures

__all__ = ["READ", "brief_figures"]
