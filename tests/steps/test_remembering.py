"""What grouping remembers between rounds, and what it does without."""

from __future__ import annotations

from dataclasses import replace

from pipeline.cli.telling import whole
from pipeline.steps.upkeep import upkeep
from schemas.feed import Outcome
from tests.steps.conftest import House, Site
from tests.steps.test_rounds import FLOOD, OTHER_WORDS, article, outcomes, topic_for


def test_memory_that_can_not_be_read_is_made_anew_from_the_articles(house: House, site: Site, other_site: Site) -> None:
    site.publish("original", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site, other_site))
    house.round()
    other_site.publish("copy", "Malva floods Tarn", *FLOOD)
    house.round()
    original, copy = site.url("original"), other_site.url("copy")
    before = {url: article(house.services, url) for url in (original, copy)}
    with house.services.record.begin() as tx:
        held = list(tx.articles.remembered(since=None))
        tx.articles.remember(*(row.model_copy(update={"features": b"\xff" + row.features[1:]}) for row in held))

    house.clock.forward(hours=1)
    other_site.publish("report", "Boats bring patients out of flooded Tarn hospital", *OTHER_WORDS)
    site.publish("again", "Flood in Tarn", *FLOOD)
    house.round()
    for url, known in before.items():
        now = article(house.services, url)
        assert (now.story, now.copy_of) == (known.story, known.copy_of)
    assert article(house.services, site.url("again")).copy_of == before[original].id
    assert article(house.services, other_site.url("report")).story == before[original].story
    with house.services.record.read() as tx:
        (story,) = tx.stories.find()
        assert len(story.articles) == len(story.copies) == 2
        assert all(row.features[:1] != b"\xff" for row in tx.articles.remembered(since=None))


def test_reports_without_a_date_find_their_original_and_their_story(house: House, site: Site, other_site: Site) -> None:
    site.publish("one", "Hospital evacuated as Malva floods Tarn", *FLOOD, published=None)
    house.enrol(topic_for(site, other_site))
    house.round()
    house.clock.forward(hours=2)
    other_site.publish("two", "Boats bring patients out of flooded Tarn hospital", *OTHER_WORDS, published=None)
    site.publish("copy", "Malva floods Tarn", *FLOOD, published=None)
    house.round()
    assert outcomes(house.services)["copy"].outcome is Outcome.COPY
    one, two = article(house.services, site.url("one")), article(house.services, other_site.url("two"))
    assert one.story == two.story
    assert article(house.services, site.url("copy")).copy_of == one.id
    for undated in (one, two):
        assert undated.reading.published <= house.clock()


def test_where_too_many_are_open_the_oldest_are_let_go_and_it_is_said(house: House, site: Site) -> None:
    settings = house.services.settings.model_copy(update={"open_articles": 2})
    small = House(replace(house.services, settings=settings), house.clock, house.post)
    small.enrol(topic_for(site))
    for number, place in enumerate(("Tarn", "Kalvik", "Dunmore"), start=1):
        small.clock.forward(hours=1)
        text = f"The river burst its banks and flooded {place}, where {number}0 people were taken out by boat."
        site.publish(f"flood-{number}", f"River floods {place}", text, published=small.clock.now)
        done = small.round()
    assert done.judged.let_go == 1
    assert any("1 article released early" in line for line in whole(done))
    with small.services.record.read() as tx:
        assert len(list(tx.articles.remembered(since=None))) == 2
    assert article(small.services, site.url("flood-1")).story is not None
    (finding,) = [one for one in upkeep(small.services).findings if "are open" in one.what]
    assert finding.level == "warning"
    assert "more than 2 articles" in finding.what
    small.clock.forward(days=2)
    assert not [one for one in upkeep(small.services).findings if "are open" in one.what]
