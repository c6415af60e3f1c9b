"""What is remembered of the conversation about a development, and for how long."""

from __future__ import annotations

from pipeline.steps.tell import told_note
from tests.steps.conftest import House, Site
from tests.steps.test_developments import OTHERS, QUAKE, RESCUE, publish, story, topic


def remembered(house: House) -> set[str]:
    """The threads of which it is noted when a mail last told of them."""
    with house.services.record.read() as tx:
        notes = tx.notes.all("topic:news:to:desk@newsroom.example:thread:")
    return {key.rpartition(":thread:")[2].removesuffix(":told") for key in notes}


def test_a_conversation_is_forgotten_once_its_development_is_closed_and_not_before(house: House, site: Site) -> None:
    publish(site, "quake", QUAKE)
    house.enrol(topic(site))
    house.round()
    quake = story(house, site.url("quake")).development
    assert remembered(house) == {quake}
    house.clock.forward(days=50)
    publish(site, "rescue", RESCUE, days=50)
    house.round()
    assert story(house, site.url("rescue")).development == quake
    house.clock.forward(days=15)
    publish(site, "whale", OTHERS["whale"], days=65)
    house.round()
    whale = story(house, site.url("whale")).development
    # Last told of 65 days ago, and still open: another report of it would go on with the conversation.
    assert remembered(house) == {quake, whale}
    house.clock.forward(days=61)
    publish(site, "painting", OTHERS["painting"], days=126)
    house.round()
    painting = story(house, site.url("painting")).development
    assert remembered(house) == {painting}


def test_of_a_thread_that_became_part_of_another_nothing_is_remembered_for_ever(house: House, site: Site) -> None:
    publish(site, "quake", QUAKE)
    house.enrol(topic(site))
    house.round()
    with house.services.record.begin() as tx:
        tx.notes.set(told_note("news", "desk@newsroom.example", "thread-of-before"), house.clock.now.isoformat())
    house.clock.forward(days=61)
    publish(site, "whale", OTHERS["whale"], days=61)
    house.round()
    assert remembered(house) == {story(house, site.url("whale")).development}
