"""Numbers told only to oppose another: they count what the other counts."""

from __future__ import annotations

import pytest

from tests.figures.reading.helpers import figures


@pytest.mark.parametrize(
    ("text", "counted", "action"),
    [
        ("The relief fund believes 30,000 farmers will need seed. The cabinet put it at 12,000.", "farmers", "needed"),
        ("Herders have lost 52 goats to bears. The reserve recognises eleven.", "goats", "lost"),
        ("There are 140 bears here if you ask the ministry and 95 if you ask the rangers.", "bears", None),
        ("Police estimated that 30,000 people lined the quay; the organisers spoke of 70,000.", "people", "lined"),
        ("Police counted 12,000 marchers, the organisers 45,000.", "marchers", "protested"),
        ("The union says 14 depots have been flooded, while the ministry insists on six.", "depots", "damaged"),
        ("Officials say 14 people died in the blast. Residents say it was more like 30.", "people", "killed"),
        ("The ministry says 61 people died in the outbreak. The doctors' own count is 88.", "people", "killed"),
        ("The board says 41 people died. The true toll is closer to 70, doctors say.", "people", "killed"),
        ("According to the ministry, 40 schools are closed; according to the union, 65.", "schools", "closed"),
        ("Officials reported 200 cases. Clinics say they have seen 340.", "cases", "infected"),
        ("It said it had sent four boats, not seven.", "boats", None),
        ("The clinic had 61 patients in intensive care, far above the ministry's 38.", "patients", None),
    ],
)
def test_a_bare_count_by_another_counts_what_was_counted_before(text: str, counted: str, action: str | None) -> None:
    first, second = figures(text)
    assert second.against == first.span
    assert second.counted == first.counted == counted
    assert second.action == first.action
    if action:
        assert second.action == action


def test_a_bare_amount_takes_the_unit_of_the_one_it_is_set_against() -> None:
    first, second = figures("Rents stood at 1,455 crowns in May. The tenants' league put them at 1,610.")
    assert (first.unit, second.unit, second.against) == ("crown", "crown", first.span)


@pytest.mark.parametrize(
    ("text", "language", "counted"),
    [
        ("Die Polizei zählte 4.000 Demonstranten, die Veranstalter sprachen von 9.000.", "de", "Demonstranten"),
        ("Selon la police, 8 000 personnes ont défilé. Les syndicats parlent de 21 000.", "fr", "personnes"),
        ("Según la policía, 8.000 personas marcharon. Los sindicatos hablan de 21.000.", "es", "personas"),
        ("За словами поліції, на мітинг вийшли 2000 людей. Організатори заявили про 7000.", "uk", "людей"),
        ("La polizia ha contato 4.000 persone. Gli organizzatori parlano di 9.000.", "it", "persone"),
    ],
)
def test_rivals_speak_every_language_that_is_read(text: str, language: str, counted: str) -> None:
    first, second = figures(text, language)
    assert (second.against, second.counted, first.counted) == (first.span, counted, counted)
    assert first.attribution
    assert second.attribution
    assert first.attribution != second.attribution


def test_what_was_before_is_not_opposed() -> None:
    text = "The average rent stood at 1,455 crowns, down from 1,480 in March. The tenants' league put it at 1,610."
    found = figures(text)
    assert [figure.against for figure in found] == [None, None, found[0].span]


def test_who_tells_a_number_is_not_what_it_is_set_against() -> None:
    two, bodies, dead = figures(
        "Two clinics reported having received 17 bodies; the minister still spoke of five dead."
    )
    assert (two.against, bodies.against, dead.against) == (None, None, bodies.span)


def test_of_several_numbers_the_one_nearest_in_size_is_meant() -> None:
    text = "Some 4,000 people rallied against the loss of 310 jobs, police said. The union counted 9,500."
    first, *_, last = figures(text)
    assert (last.counted, last.against) == ("people", first.span)


@pytest.mark.parametrize(
    "text",
    [
        "The hall is full: 38,000 watched. It holds 39,000.",
        "A crate costs $4,720. Brokers expect $5,500 by July.",
        "The plant made 81 engines, fewer than the 90 promised in March.",
        "She won 58 percent against 41 for Keller.",
        "Twelve people were hurt. The toll stands at 41.",
        "The crash hurt twelve people, so that civil defence now counts 26.",
        "The mayor said 40 people were hurt and 900 homes lost.",
        "The survey reached 60 voters. It reveals that dozens in the party had wavered.",
        "Some 40 people were hurt. Station staff told 110 passengers to leave.",
        "The rate fell to 5.8 percent, which was better than the estimate of 5.9 percent.",
        "Between 5 and 7 inches of rain fell, with some estimates as high as 15 inches.",
    ],
)
def test_what_is_only_told_beside_another_is_not_set_against_it(text: str) -> None:
    assert [figure.against for figure in figures(text)] == [None, None]


def test_of_two_equal_numbers_the_place_tells_which_is_meant() -> None:
    killed, hurt, opposed = figures(
        "The army said 12 of its men had been wounded and 12 civilians had died. The rebels put it at 40."
    )
    assert killed.value == hurt.value
    assert opposed.against == hurt.span


@pytest.mark.parametrize(
    "text",
    [
        "The army said 12 soldiers had been wounded and 15 civilians had died. The rebels put the dead at 40.",
        "The army said 15 civilians had died and 30 men had been wounded. The rebels put the number of dead at 40.",
    ],
)
def test_a_count_of_the_dead_is_set_against_the_dead(text: str) -> None:
    *others, last = figures(text)
    opposed = next(figure for figure in others if figure.span == last.against)
    assert (last.counted, last.action, opposed.action) == ("civilians", "killed", "killed")
