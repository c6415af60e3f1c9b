"""Annotating: what a sentence is made of, found once, for whoever asks.

``parser_for(language)`` gives a parser where there is a model for the language and it is installed; everything that
asks must do without where there is none.
"""

from __future__ import annotations

from pipeline.figures.annotate.clause import clause_of
from pipeline.figures.annotate.model import english
from pipeline.figures.annotate.parse import Parse, Parser, Word

__all__ = ["Parse", "Parser", "Word", "clause_of", "parser_for"]


def parser_for(language: str | None) -> Parser | None:
    """The parser of a language (ISO 639-1); ``None`` where no model is installed for it, or one of another version."""
    return english() if (language or "")[:2].lower() == "en" else None
