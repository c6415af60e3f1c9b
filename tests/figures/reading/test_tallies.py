"""Votes told as two numbers. The sentences are invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.figures.claims import is_claim
from schemas.figure import Modifier
from tests.figures.reading.helpers import figures


def votes(text: str, language: str = "en") -> list[float | None]:
    """The numbers of votes in a text."""
    return [f.value for f in figures(text, language) if f.action == "voted" and (f.counted or "") in COUNTED]


COUNTED = {"votes", "Stimmen", "voix", "votos", "voti", "голосами"}


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("The House voted 348-77 to override the veto.", [348, 77]),
        ("The House voted on Tuesday 348–77 to override the veto.", [348, 77]),
        ("The House, voting 217-215, sent the budget back.", [217, 215]),
        ("The bill cleared the Senate in a 97-1 vote.", [97, 1]),
        ("The committee named her in a 12-10 party-line vote.", [12, 10]),
        ("It needed a 97-to-1 vote of the Senate.", [97, 1]),
        ("Lawmakers approved the plan 234-193 after a long debate.", [234, 193]),
        ("The Senate turned to the plan, and confirmed Halvorsen, 52-48, as a judge.", [52, 48]),
        ("The Senate rejected the amendment, 40-60, along party lines.", [40, 60]),
        ("The motion was carried by a vote of 134 to 63.", [134, 63]),
        ("The motion passed by 98 votes to 74.", [98, 74]),
        ("The resolution passed by 52 to 48.", [52, 48]),
        ("The vote to confirm her was 97-1.", [97, 1]),
        ("The vote, 234-193, ended weeks of talks.", [234, 193]),
        ("The vote, held in secret, was 134-46.", [134, 46]),
        ("The 97-1 vote came hours after the debate.", [97, 1]),
        ("The party-line vote, 50-49, came before dawn.", [50, 49]),
        ("The Senate met on Friday. The 57-43 vote in favour of acquittal came at night.", [57, 43]),
        ("The Clean Rivers Act, which passed 234-193, is a first step.", [234, 193]),
        ("The Senate adjourned early; the final tally was 97-1.", [97, 1]),
        ("The senators had voted for hours. The final tally was 97-1.", [97, 1]),
        ("Trustees backed the merger by a margin of 9 to 4.", [9, 4]),
        ("The House passed the bill by a 402-6 margin.", [402, 6]),
        ("The government lost the vote 149 to 432.", [149, 432]),
        ("The council voted eleven to eight to raise charges.", [11, 8]),
        ("The board voted unanimously 17-0 to close the school.", [17, 0]),
    ],
)
def test_both_sides_of_a_vote(text: str, sides: list[float]) -> None:
    assert votes(text) == sides


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Bundestag nahm das Gesetz mit 348 zu 77 Stimmen an.", "de"),
        ("Der Antrag wurde mit 348 gegen 77 Stimmen angenommen.", "de"),
        ("Mit 348 Ja- zu 77 Nein-Stimmen billigte das Parlament den Plan.", "de"),
        ("Les députés ont adopté le texte par 348 voix contre 77.", "fr"),
        ("El Senado aprobó la ley por 348 votos a 77.", "es"),
        ("La ley fue aprobada con 348 votos a favor y 77 en contra.", "es"),
        ("La mozione è passata con 348 voti contro 77.", "it"),
        ("A Câmara aprovou a lei por 348 votos a 77.", "pt"),
        ("Рада схвалила закон 348 голосами проти 77.", "uk"),
        ("Дума приняла закон 348 голосами против 77.", "ru"),
    ],
)
def test_votes_in_other_languages(text: str, language: str) -> None:
    assert votes(text, language) == [348, 77]


def test_each_side_is_an_exact_count_of_votes_and_a_claim() -> None:
    text = "The bill cleared the Senate in a 97-1 vote."
    found = figures(text)
    assert [text[slice(*f.span)] for f in found] == ["97", "1"]
    assert all(f.modifier is Modifier.EXACT and f.unit is None and is_claim(f) for f in found)
    assert {f.wording.text for f in found if f.wording} == {"The bill cleared the Senate in a 97-1 vote"}


def test_those_who_vote_do_not_say_how_they_did() -> None:
    assert {f.attribution for f in figures("The Senate confirmed Halvorsen 52-48.")} == {None}
    assert {f.attribution for f in figures("The bill passed the Senate 52-48, the clerk said.")} == {"clerk"}


@pytest.mark.parametrize(
    "text",
    [
        "City won 3-1 at home and the fans voted Silva man of the match.",
        "England were voted team of the year after they beat Wales 24-17.",
        "He was voted player of the season after a 14-12 win.",
        "The Bills defeated the Jets 24-17 on Sunday.",
        "Senators defeated Rangers 14-12 in overtime.",
        "The Rangers passed the Senators 14-12 in the standings.",
        "The Lords beat the Commons 24-17 in the charity match.",
        "Voters approved the measure 52-48.",
        "Voters approved the measure 52-48 percent.",
        "The referendum passed 52 to 48.",
        "The 52-48 vote to leave divided the country.",
        "Parliament had called the referendum. The 52-48 vote to leave divided the country.",
        "The committee approved the vaccine for ages 12-15.",
        "The panel rejected claims by patients aged 12 to 15.",
        "The council approved 12-15 new homes.",
        "The council approved the 2025-26 budget.",
        "The council approved the budget for 2025-26.",
        "The board approved a rise of 3-5 percent.",
        "The House passed Resolution 24-12.",
        "The court split the cost 60-40.",
        "The council agreed to a 60-40 split of the fees.",
        "By nearly 12 to 10 the members backed the deal.",
        "The chamber has a 52-48 majority.",
        "After the vote, 10 to 12 were arrested.",
        "The final tally was 97-88, and the coach smiled.",
        "The party won by 50 to 60 votes.",
        "The Senate meets at 10-11 on Monday and votes later.",
        "Call 555-1234 to vote.",
        "The panel of bankers voted 5-4 to wait.",
    ],
)
def test_other_pairs_are_no_votes(text: str) -> None:
    assert not [f for f in figures(text) if f.action == "voted" and f.counted == "votes" and f.value is not None]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Die Mannschaft gewann mit 3 zu 1.", "de"),
        ("Er gewann mit 348 Stimmen gegen 77 Kandidaten.", "de"),
        ("Le club a gagné 3 à 1.", "fr"),
        ("Son soutien est passé de 348 voix à 77.", "fr"),
        ("El equipo ganó por 3 a 1.", "es"),
    ],
)
def test_other_pairs_in_other_languages_are_no_votes(text: str, language: str) -> None:
    assert votes(text, language) in ([], [348])


_WORDS = """
The House Senate council voted vote votes passed rejected approved bill by of to was a the tally : , ( ) ; - – 348 77
97-1 52-48 0-0 1 eleven % percent margin Stimmen voix contre zu votos 13-0-2 50-50 ½ . Ja- Nein-
"""
_PARTS = st.sampled_from([*_WORDS.split(), "\n"])


@given(st.lists(_PARTS, max_size=25), st.sampled_from(["en", "de", "fr", "es", "it", "pt", "ru", "uk"]))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(parts: list[str], language: str) -> None:
    text = " ".join(parts)
    for figure in figures(text, language):
        assert text[slice(*figure.span)] == figure.surface
