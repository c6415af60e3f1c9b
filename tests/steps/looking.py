"""What a process that reads pages finds when it starts; its own module, for such a process imports it."""

from __future__ import annotations

import sys


def has_parser(_: object) -> bool:
    """Whether spaCy was imported before the first job came."""
    return "spacy" in sys.modules
