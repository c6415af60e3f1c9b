"""`doctor --deep`: what it says of an archive that is whole, and of one that is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.steps.keeping.findings import Finding
from pipeline.steps.keeping.rereading import Limits, reread
from tests.steps.conftest import House, Site
from tests.steps.test_rounds import FLOOD, OTHER_WORDS, topic_for


@pytest.fixture
def run(house: House, site: Site, other_site: Site) -> House:
    """A deployment that has read two reports, a copy and something else."""
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    site.publish("cup", "Tarn win the cup", "Tarn won the cup on Sunday, and the town sang until morning. " * 5)
    other_site.publish("copy", "Malva floods Tarn", *FLOOD)
    other_site.publish("boats", "Boats bring patients out of flooded Tarn hospital", *OTHER_WORDS)
    house.enrol(topic_for(site, other_site))
    house.round()
    house.services.archive.close()
    return house


def looked(house: House, **limits: float) -> list[Finding]:
    return list(reread(house.services.settings, replace(Limits(), **limits)))


def said(findings: list[Finding], level: str) -> str:
    return "\n".join(one.what for one in findings if one.level == level)


def test_of_a_whole_archive_all_agrees(run: House) -> None:
    findings = looked(run)
    assert {one.level for one in findings} == {"ok"}
    fine = said(findings, "ok")
    assert "4 pages, 4 notes of what feeds said, 1 turn of the judge" in fine
    assert "the archive has the pages of all 4 articles, undamaged" in fine
    assert "4 articles gave the same result when read again" in fine
    assert "the first 4 entries give the same outcomes, stories, verdicts and alerts when judged again" in fine


def test_a_page_that_is_gone_is_named(run: House) -> None:
    for path in run.services.archive.files():
        path.unlink()
    (problem,) = [one for one in looked(run) if one.level == "problem"]
    assert "the pages of 4 articles of 4 are missing from the archive" in problem.what


def test_what_the_record_holds_otherwise_is_told_in_words(run: House) -> None:
    with run.services.record.begin() as tx:
        article = next(one for one in tx.articles.iterate() if one.reading.requested_url.endswith("/flood"))
        changed = article.reading.model_copy(update={"title": "Another title"})
        tx.articles.put(article.model_copy(update={"reading": changed}))
        for alert in tx.alerts.find():
            tx.alerts.put(alert.model_copy(update={"id": f"other-{alert.id}"}))
    warnings = said(looked(run), "warning")
    assert "1 of 4 articles give another result when read again" in warnings
    assert "/flood (title)" in warnings


def test_a_sample_is_bounded_by_number_and_by_time(run: House) -> None:
    assert "1 article gave the same result when read again" in said(looked(run, sample=1), "ok")
    late = looked(run, seconds=0.0)
    assert "the check stopped after 0 s" in said(late, "warning")
    assert len(late) == 1
