"""Reading: every numeric claim of a text as a figure, and every numeral that is none with why.

Rules over word lists, no model. One sentence at a time: tokens → numerals (``numbers``) → units, modifiers, ranges and
changes (``claims``), with what is no figure put aside (``masks``, ``guards``) → noun (``nouns``, ``elision``), action,
scope, attribution and day. Only what an earlier sentence counted, who spoke last and which paragraph it is are carried
on.
"""

from __future__ import annotations

from datetime import datetime

from pipeline.figures.reading.article import read_article
from pipeline.figures.reading.language import guess
from pipeline.figures.wording import worded
from schemas.base import Model
from schemas.figure import Figure, Rejected

LONGEST_TEXT = 400_000
"""Characters read of one text; an article is never as long, and what follows would not be read by anyone."""


class FiguresRead(Model):
    """What was read from one text, in the order of the text."""

    figures: tuple[Figure, ...] = ()
    rejected: tuple[Rejected, ...] = ()


def read_figures(
    text: str, *, title: str = "", language: str | None = None, published: datetime | None = None
) -> FiguresRead:
    """The figures of ``text`` and the numerals in it that are none.

    Spans count characters of ``text``; ``title`` only helps to tell what is counted. ``language`` is an ISO 639-1 code
    (guessed from the text where it is ``None``) and decides what "1.605" means. Days such as "on Monday" are resolved
    against ``published``. Never raises on any text; the time is linear in its length.
    """
    code = guess(f"{title[:500]} {text[:4000]}") if language is None else language[:2].lower()
    figures, rejected = read_article(text[:LONGEST_TEXT], title[:500], code, published)
    return FiguresRead(figures=tuple(worded(figures, text, code)), rejected=tuple(rejected))
