"""What a topic would have told: as it would have told it, and without a trace."""

from __future__ import annotations

from datetime import timedelta

from pipeline.steps.trying.trial import try_topic
from tests.hostile import exported
from tests.steps.conftest import START, House, Site
from tests.steps.test_rounds import FLOOD, OTHER_WORDS, topic_for


def played(house: House, site: Site, other_site: Site) -> None:
    """Two reports hours apart, each in a round of its own, and what is mailed of them."""
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.round()
    house.clock.forward(hours=3)
    other_site.publish("later", "Tarn counts the cost", *OTHER_WORDS, published=house.clock.now)
    house.round()
    house.clock.forward(hours=3)
    house.round()


def test_a_trial_mails_what_the_topic_mailed_when_it_was_watched(house: House, site: Site, other_site: Site) -> None:
    topic = topic_for(site, other_site, digest=None)
    house.enrol(topic)
    played(house, site, other_site)
    trial = try_topic(house.services, topic)
    assert trial.mails, [(one.state, one.error, one.due, one.sent, one.message_id) for one in trial.alerts]
    assert [subject for _, subject in trial.mails] == [mail.subject for mail in house.post.mails]
    assert (trial.articles, trial.covered, trial.all_feeds) == (2, 2, False)


def test_a_trial_of_a_new_topic_is_over_what_other_topics_brought_and_changes_nothing(
    house: House, site: Site, other_site: Site
) -> None:
    house.enrol(topic_for(site, other_site, name="everything", match={}, recipients=[], digest=None))
    played(house, site, other_site)
    before = exported(house.services.settings.home)
    new = topic_for(name="rivers", feeds=["https://rivers.example/feed"], digest=None)
    trial = try_topic(house.services, new)
    assert trial.all_feeds
    assert trial.covered == 2
    assert trial.mails, [(one.state, one.error, one.due, one.sent, one.message_id) for one in trial.alerts]
    assert trial.mails[0][0] <= START + timedelta(minutes=5)
    assert exported(house.services.settings.home) == before
    assert not try_topic(house.services, topic_for(name="cup", match={"any": ["handball"]}, feeds=[])).mails


def test_a_trial_counts_from_the_time_that_is_asked_for(house: House, site: Site, other_site: Site) -> None:
    topic = topic_for(site, other_site, digest=None)
    house.enrol(topic)
    played(house, site, other_site)
    assert try_topic(house.services, topic, since=START + timedelta(hours=1)).covered == 1
    assert try_topic(house.services, topic, until=START + timedelta(hours=1)).covered == 1
