"""What the processes that read pages do. They import this module alone, so it must need no database and no network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.figures.claims import is_claim
from pipeline.figures.reading import read_figures
from pipeline.read.page import PRELOAD as OF_PAGES
from pipeline.read.page import read_given, read_page
from schemas.article import Hint, Page, Reading

PRELOAD = (*OF_PAGES, "spacy")
"""What the first page makes a process import; what is not installed is passed over."""


@dataclass(frozen=True)
class ReadJob:
    """What one reading starts from: a page, or the text that a feed or a replay gives."""

    hint: Hint
    now: datetime
    page: Page | None = None
    url: str = ""
    html: str | None = None
    text: str | None = None


def read_job(job: ReadJob) -> Reading:
    """Read a page or a given text, and the figures it states. Pure; runs in a worker process."""
    if job.page is not None:
        reading = read_page(job.page, job.hint, now=job.now)
    else:
        reading = read_given(html=job.html, text=job.text, url=job.url, hint=job.hint, now=job.now)
    figures = read_figures(
        reading.text, title=reading.title, language=reading.language, published=reading.published
    ).figures
    return reading.model_copy(update={"figures": tuple(filter(is_claim, figures))})
