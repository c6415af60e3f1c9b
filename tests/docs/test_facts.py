"""What the docs say in numbers and messages is what the code says."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from pipeline.collect import robots, schedule
from pipeline.figures.following import intervals
from pipeline.figures.reading import LONGEST_TEXT, read_figures
from pipeline.group import copies
from pipeline.settings import Settings
from pipeline.steps import read, replay
from pipeline.steps.showing import digest
from pipeline.tell import health, outbox
from pipeline.tell.pages import BUDGET
from schemas.figure import Modifier, VerdictKind
from tests.docs.pages import DOCS, ROOT, table_cells


def _said(span: timedelta | float) -> str:
    seconds = span.total_seconds() if isinstance(span, timedelta) else span
    return f"{seconds / 3600:g} h" if seconds >= 3600 else f"{seconds / 60:g} min"


FACTS = [
    ("architecture.md", f"a lease of {read.LEASE.total_seconds() / 60:.0f} minutes"),
    ("architecture.md", f"after {', '.join(_said(wait) for wait in read._WAITS[:-1])}, {_said(read._WAITS[-1])}"),
    ("architecture.md", f"readings of up to {replay.CHUNK} articles"),
    ("operations.md", f"its lease of {read.LEASE.total_seconds() / 60:.0f} minutes"),
    ("operations.md", f"every {schedule.FLOOR / 60:.0f} minutes at most"),
    ("operations.md", f"every {schedule.CEILING / 3600:.0f} hours at least"),
    ("operations.md", f"every {schedule.DEFAULT / 60:.0f} minutes while"),
    ("operations.md", f"Crawl-delay (up to {robots.LONGEST_DELAY:.0f} s)"),
    ("mail.md", f"after {outbox._FIRST_WAIT.total_seconds() / 60:.0f} minute, then"),
    ("mail.md", f"up to {outbox._LONGEST_WAIT.total_seconds() / 3600:.0f} hours, {outbox._TRIES} times in all"),
    ("mail.md", f"the last {digest._COVERAGE_DAYS} days"),
    ("mail.md", f"not returned a feed for {health.LONG.total_seconds() / 3600:.0f} hours"),
    (
        "mail.md",
        f"for {schedule.SILENCE * schedule.GAP_ASSUMED / schedule.DAY:.0f} days, where it has brought too little",
    ),
    ("mail.md", f"stay below {BUDGET / 1000:.0f} kB"),
    ("copies-and-stories.md", f"at least {copies.CONTAINMENT * 100:.0f} % of the shorter text"),
    ("figures.md", f"Texts beyond {LONGEST_TEXT:,} characters"),
    ("figures.md", f"({intervals._SLACK * 100:.0f} % at most)"),
]


@pytest.mark.parametrize(("page", "fact"), FACTS)
def test_a_number_in_the_docs_is_that_of_the_code(page: str, fact: str) -> None:
    assert fact in " ".join((DOCS / page).read_text(encoding="utf-8").split())


def test_every_message_of_the_troubleshooting_is_one_of_ours() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "pipeline").rglob("*.py"))
    part = (DOCS / "operations.md").read_text(encoding="utf-8").partition("| message | what to do |")[2]
    messages = [found[1] for line in part.splitlines() if (found := re.match(r"\| `([^`]+)` \|", line))]
    assert len(messages) > 10
    assert not [message for message in messages if f'"{message}' not in source]


def test_the_home_is_told_as_it_is() -> None:
    told = " ".join(cells[0] for cells in table_cells((DOCS / "operations.md").read_text(encoding="utf-8")))
    settings = Settings(_env_file=None)
    for path in (settings.index_path, settings.archive_path, settings.mail_path, settings.digest_path):
        assert path.name in told
    assert settings.record_url.rpartition("/")[2] in told


@pytest.mark.parametrize("kind", [*Modifier, *VerdictKind])
def test_figures_names_every_modifier_and_verdict(kind: str) -> None:
    assert re.search(rf"\b{kind}\b", (DOCS / "figures.md").read_text(encoding="utf-8"))


def test_the_examples_of_figures_are_read_as_told() -> None:
    def one(text: str) -> tuple[float | None, float | None, float | None]:
        (figure,) = read_figures(text, language="en").figures
        return figure.value, figure.low, figure.high

    assert one("Between 20 and 30 people died.") == (None, 20, 30)
    assert one("Dozens of homes burned.") == (None, 24, 99)
    elided = read_figures("At least 19,500 children have been deported. Only 1,605 have returned.", language="en")
    assert [figure.counted for figure in elided.figures] == ["children", "children"]
    assert [figure.action for figure in elided.figures] == ["deported", "returned"]
    assert not read_figures("COVID-19 was named in resolution 2803 of 2020.", language="en").figures
