"""What a topic's first round found is mailed as its developments, and says the same however often it is sent."""

from __future__ import annotations

import pytest

from pipeline.steps.known.briefs import Briefs
from pipeline.steps.known.threads import development_of
from schemas.alert import AlertState
from tests.steps.conftest import House, Site
from tests.steps.test_conversations import remembered
from tests.steps.test_developments import OTHERS, TRIAL, publish, story, topic

QUAKE = (
    "Earthquake levels old town of Castel Orsino",
    "An earthquake struck the Marenza valley before dawn and brought down much of the old town of Castel Orsino.",
    "At least 12 people were killed in the earthquake, the civil protection agency said.",
    "Survivors wrapped in blankets waited on the football ground of Castel Orsino, while soldiers cleared the road.",
)
LATER = (
    "Death toll of Marenza earthquake rises",
    "The earthquake in the Marenza valley that brought down the old town of Castel Orsino killed 31 people.",
    "The civil protection agency raised the toll of the earthquake to 31 people killed.",
    "Soldiers went on clearing the road to Castel Orsino, where survivors wait on the football ground in blankets.",
)


def first_round(house: House, site: Site, other_site: Site) -> None:
    publish(site, "quake", QUAKE)
    publish(other_site, "toll", LATER, days=0.5)
    publish(site, "trial", TRIAL)
    publish(site, "whale", OTHERS["whale"])
    house.enrol(topic(site, other_site, alerts={"bundle": "0s", "tells": "everything"}))
    house.clock.forward(hours=13)


def test_the_first_round_is_mailed_as_its_developments(house: House, site: Site, other_site: Site) -> None:
    first_round(house, site, other_site)
    house.round()
    (mail,) = house.post.mails
    assert "Summary: " in mail.subject
    quake = story(house, site.url("quake"))
    with house.services.record.read() as tx:
        development = development_of(tx, quake.development)
        assert development is not None
        brief = Briefs(tx).of_development(development)
        alerts = tx.alerts.find("news")
    text = " ".join(mail.text.split())
    assert text.count(f" {brief.headline} 2 reports") == 1
    assert all(text.count(figure.headline) == 1 for figure in brief.figures)
    assert all(headline in text for headline in (TRIAL[0], OTHERS["whale"][0]))
    assert "NEW FIGURE" not in mail.text
    assert {one.state for one in alerts} == {AlertState.SENT}
    developments = {story(house, one.url(slug)).development for one, slug in ((site, "trial"), (site, "whale"))}
    # A mail told of each of them, so that the next on one says what came since.
    assert remembered(house) == developments | {quake.development}


def test_a_summary_that_was_sent_before_the_process_died_is_sent_again_as_it_was(
    house: House, site: Site, other_site: Site
) -> None:
    first_round(house, site, other_site)
    house.post.after_sending = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        house.round()
    house.post.after_sending = None
    publish(other_site, "trial", ("Lund trial: banker denies all", *TRIAL[1:]), days=0.6)
    house.clock.forward(hours=3)
    house.round()
    first, again, *_ = house.post.mails
    assert (first.message_id, first.text, first.html) == (again.message_id, again.text, again.html)
