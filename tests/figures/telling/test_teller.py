"""What a desk is told, and what it was told before."""

from __future__ import annotations

from pipeline.figures.telling import Models
from schemas.figure import Tell, VerdictKind
from tests.figures.telling.desk import Desk

TOLL = (
    "At least 120 people were killed when a strong earthquake struck the coast near Arvela on Monday, the interior "
    "ministry said. Rescuers were searching the rubble of a school."
)
LATER = (
    "The death toll from the earthquake on the coast near Arvela has risen to 164 people, the interior ministry said "
    "on Tuesday. Rescuers were still searching the rubble."
)
NOISE = (
    "The mayor, who has led the town for 12 years and owns two dogs, thanked the volunteers. He met three friends for "
    "lunch in a cafe that seats 40. In 1976, 30 people died in a similar quake."
)


def test_the_toll_is_mailed_and_the_years_of_a_mayor_are_not() -> None:
    desk = Desk("Arvela earthquake")
    assert desk.mailed(TOLL) == ["120"]
    assert desk.mailed(NOISE) == []


def test_what_was_told_is_not_told_again() -> None:
    desk = Desk("Arvela earthquake")
    desk.read(TOLL)
    again = dict(desk.read("The earthquake near Arvela killed at least 120 people, officials said.", outlet="Herald"))
    assert again["120"].kind is VerdictKind.REPEATED
    assert again["120"].tell is Tell.NONE
    assert again["120"].of == "report-1:9"


def test_a_later_toll_is_mailed_with_what_was_told_before() -> None:
    desk = Desk("Arvela earthquake")
    desk.read(TOLL)
    later = dict(desk.read(LATER, hours=24))["164"]
    assert later.tell is Tell.NOW
    assert later.kind in (VerdictKind.CHANGED, VerdictKind.NEW)
    if later.kind is VerdictKind.CHANGED:
        assert (later.from_value, later.of) == (120, "report-1:9")
    else:
        assert later.before == ("report-1:9",)


def test_a_desk_goes_on_after_a_restart_where_it_stopped() -> None:
    desk = Desk("Arvela earthquake")
    desk.read(TOLL)
    other = desk.again()
    assert other.read(LATER, hours=24) == desk.read(LATER, hours=24)
    assert other.again().read(TOLL, hours=25, outlet="Herald") == desk.read(TOLL, hours=25, outlet="Herald")


def test_the_same_article_twice_gives_the_same() -> None:
    desk = Desk("Arvela earthquake")
    first = desk.read(TOLL, id="one", hours=1)
    assert desk.read(TOLL, id="one", hours=1) == first


def test_what_is_mailed_says_why() -> None:
    (_, telling), *_ = Desk("Arvela earthquake").read(TOLL)
    assert telling.tell is Tell.NOW
    assert telling.worth > 0.5
    assert telling.reasons


def test_an_article_without_figures_is_heard_all_the_same() -> None:
    desk = Desk("Arvela earthquake")
    assert desk.read("The harbour was closed.") == []
    assert list(desk.heard) == ["report-1"]


def test_the_more_a_topic_tells_the_less_of_it_is_mailed() -> None:
    cues = {"worth": 0.5, "worthiest": 0.8, "worth of all": 2.0, "figures": 8.0, "likest": -2.0}
    quiet, busy = (Models.shipped().mailed.probability(cues | {"worth lately": worth}) for worth in (0.5, 8.0))
    assert busy < quiet


def test_how_much_a_topic_tells_is_what_its_latest_articles_told() -> None:
    desk = Desk("Arvela earthquake")
    toll = desk.read(TOLL)[0][1].worth
    desk.read("The harbour was closed.")
    assert desk.teller.worth_lately() == toll / 2
    assert desk.again().teller.worth_lately() == toll / 2
