"""Loads the parser of English, if there is one, by being imported.

The process that makes readers imports this once, so that none of them need load it again.
"""

from __future__ import annotations

from pipeline.figures.annotate import parser_for

parser_for("en")
