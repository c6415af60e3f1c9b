"""Whose number it is, in the ways news has of saying so."""

from __future__ import annotations

import pytest

from tests.figures.reading.helpers import figures


@pytest.mark.parametrize(
    ("text", "language", "speakers"),
    [
        (
            "The league puts the damage at €85 million; the county council, which flew over it, arrived at €50m.",
            "en",
            ["league", "county council"],
        ),
        (
            "There are 140 bears here if you ask the ministry and 95 if you ask the rangers who track them.",
            "en",
            ["ministry", "rangers"],
        ),
        (
            "A census is to settle whether 96,500 people live there or, as the host council believes, 70,000.",
            "en",
            [None, "host council"],
        ),
        (
            "The guards admit to moving 43 people, nowhere near the 150 to 200 of whom witnesses speak.",
            "en",
            ["guards", "witnesses"],
        ),
        (
            "The bus firm's own expert came to no more than 71 knots and called the investigators' 92 “guesswork”.",
            "en",
            ["bus firm's own expert", "investigators"],
        ),
        (
            "Some 12,000 people marched according to police and 45,000 according to the organisers.",
            "en",
            ["police", "organisers"],
        ),
        ("The ministry says 61 people died. The doctors' own count is 88.", "en", ["ministry", "doctors"]),
        ("“Not 13 but two people died in Bek,” the army's spokesman said.", "en", [None, "army's spokesman"]),
        ("The militia says it holds 11 men, not 18 as the cabinet claims.", "en", ["militia", "cabinet"]),
        ("Environmentalists estimate 250 tonnes of oil leaked.", "en", ["Environmentalists"]),
        ("Police counted 12,000 marchers, the organisers 45,000.", "en", ["Police", "organisers"]),
        ("Les syndicats ont compté 210 000 personnes dans les rues.", "fr", ["syndicats"]),
        ("Die Klinikleitung sprach am Montag von höchstens 1.100 Streikenden.", "de", ["Klinikleitung"]),
        ("Nach Angaben des Mietvereins fehlen in Rheden 35.000 Wohnungen.", "de", ["Mietvereins"]),
        ("El sindicato Campo Libre eleva la asistencia a 15.000.", "es", ["sindicato Campo Libre"]),
        ("Es gab 12 Tote, wie das Innenministerium am Montag mitteilte.", "de", ["Innenministerium"]),
        ("Los organizadores hablaron de 30.000 personas.", "es", ["organizadores"]),
        ("Число погибших выросло до 58, сообщили в МЧС.", "ru", ["МЧС"]),
        ("Загинули 12 людей, повідомила обласна адміністрація.", "uk", ["обласна адміністрація"]),
        ("Громадська рада налічила 1 240 вивезених дітей.", "uk", ["Громадська рада"]),
    ],
)
def test_each_number_is_that_of_its_own_speaker(text: str, language: str, speakers: list[str | None]) -> None:
    assert [figure.attribution for figure in figures(text, language)] == speakers


@pytest.mark.parametrize(
    ("text", "language", "speakers"),
    [
        ("Police gave 18,000, the organisers claimed 45,000.", "en", ["Police", "organisers"]),
        ("The ministry gave 140, while the union spoke of 310.", "en", ["ministry", "union"]),
        ("Some 180 people marched, according to police, 450 according to organisers.", "en", ["police", "organisers"]),
        ("The government says 12 soldiers died; the rebels put it at 40.", "en", ["government", "rebels"]),
        ("The ministry counted 14 dead and the opposition 31.", "en", ["ministry", "opposition"]),
        ("Hospitals counted 31 dead, the government 14.", "en", ["Hospitals", "government"]),
        ("Die Polizei sprach von 1.800 Teilnehmern, die Veranstalter von 4.500.", "de", ["Polizei", "Veranstalter"]),
        (
            "1 800 personnes ont défilé selon la police, 4 500 selon les organisateurs.",
            "fr",
            ["police", "organisateurs"],
        ),
        (
            "1.800 personas marcharon según la policía, 4.500 según los organizadores.",
            "es",
            ["policía", "organizadores"],
        ),
        ("Hanno sfilato 1.800 persone secondo la polizia, 4.500 secondo i medici.", "it", ["polizia", "medici"]),
        (
            "По данным полиции, вышли 1 800 человек, по данным организаторов — 4 500.",
            "ru",
            ["полиции", "организаторов"],
        ),
        ("За даними поліції, вийшли 1 800 людей, за даними організаторів — 4 500.", "uk", ["поліції", "організаторів"]),
    ],
)
def test_each_of_two_speakers_has_its_own_number(text: str, language: str, speakers: list[str]) -> None:
    first, second = figures(text, language)
    assert [first.attribution, second.attribution] == speakers
    assert second.against is not None
