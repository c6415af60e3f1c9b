"""What a number counts, what happened, where and when, and who says so."""

from __future__ import annotations

from datetime import date

import pytest

from schemas.figure import ScopeKind
from tests.figures.reading.helpers import figure, figures


def counted(text: str, language: str = "en", title: str = "") -> list[tuple[float | None, str | None, str | None]]:
    return [(f.value, f.counted, f.action) for f in figures(text, language, title)]


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("Eight Tarnish children sang.", "Tarnish children"),
        ("They planted 1,100 public housing gardens.", "public housing gardens"),
        ("Two Russian and Ukrainian soldiers talked.", "Russian and Ukrainian soldiers"),
        ("Three fishermen talked.", "fishermen"),
        ("Los Altos hired 40 Los Altos teachers.", "Los Altos teachers"),
        ("They shut the nine citizens' offices.", "citizens' offices"),
        ("Some 85 returnees sang.", "returnees"),
        ("Five of the 14 miners sang.", "miners"),
        ("They closed 60 of its 1,140 shops.", "shops"),
        ("The judge gave two officers four years each.", "officers"),
        ("The flood and its one victim were forgotten.", "victim"),
        ("The 20,000-student college sang.", "students"),
        ("Thousands of COVID-19 tests were sold.", "COVID-19 tests"),
        ("Three most anticipated films opened.", "anticipated films"),
        ("Two others were found, the 12 sailors said.", "sailors"),
    ],
)
def test_the_noun_beside_a_number(text: str, noun: str) -> None:
    assert noun in [f.counted for f in figures(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At least 90 children were deported. Only 12 have returned.", (12, "children", "returned")),
        ("Police put the toll at 58.", (58, "people", "killed")),
        ("The crash left 58 dead.", (58, "dead people", "killed")),
        ("The army launched 128 drones; 112 were shot down.", (112, "drones", "shot down")),
        ("Of the eight children, three were separated from their parents.", (3, "children", "separated")),
        ("Thirty-six sailors were hurt, 12 of whom are in hospital.", (12, "sailors", "hospitalised")),
        ("The number of boys brought home has reached 1,622.", (1622, "boys", "returned")),
        ("The ministry recorded 28 confirmed and 20 probable cases.", (28, "cases", "confirmed")),
        ("There were 412 cholera cases. That took the total to 449.", (449, "cholera cases", "infected")),
        ("Two sailors were rescued and five others drowned.", (5, "other sailors", "killed")),
        ("Of the wounded, 27 of the 41 injured had been discharged.", (27, "people", "discharged")),
        ("The motion passed by 98 votes to 74.", (74, "votes", "voted")),
        ("It agreed to limit job cuts to 1,250.", (1250, "jobs", "laid off")),
        ("The boat sank; 31 were rescued and nine bodies were found.", (31, "people", "rescued")),
        ("Sailors of six ports came, and four of them were treated for burns.", (4, "Sailors", "hospitalised")),
        ("The council voted 11 to eight to raise charges.", (8, "votes", "voted")),
        ("Six farms are infected, the vet said, up from two at the weekend.", (2, "farms", "infected")),
        ("A hundred trucks entered on Tuesday, compared with 93 the day before.", (93, "trucks", "entered")),
    ],
)
def test_the_noun_that_is_left_out(text: str, expected: tuple[float, str, str]) -> None:
    assert expected in counted(text)


def test_the_title_helps_where_the_text_says_no_noun() -> None:
    assert counted("Seven were arrested on Monday.", title="Miners clash with police") == [(7, "miners", "arrested")]


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("The quake killed at least 41 people and injured more than 200.", ["killed", "injured"]),
        ("Three women and six children were killed.", ["killed", "killed"]),
        ("More than 100 homes, including two farms, were flattened.", ["destroyed", "destroyed"]),
        ("There were 31 deaths and 12 arrests.", ["killed", "arrested"]),
        ("Ninety-one of the 146 aboard survived.", ["rescued", "aboard"]),
        ("Some 300 villagers were moved to safety.", ["evacuated"]),
        ("It will close 60 stores.", ["closed"]),
        ("Turnout was 67 percent.", ["turnout"]),
        ("Annual inflation slowed to 3.1 percent.", ["inflation"]),
        ("The storm toppled 11 masts.", ["toppled"]),
        ("Eleven masts had been toppled.", ["toppled"]),
        ("Some 4,000 homes are without power.", ["without power"]),
        ("About 900 dockers walked out.", ["on strike"]),
        ("The strike involves 900 dockers.", ["on strike"]),
        ("The flood forced 90 villagers from their homes.", ["displaced"]),
        ("Three ministers, not four, resigned.", ["resigned", "resigned"]),
        ("The strike killed a teacher and three pupils.", ["killed"]),
        ("Some 300 drivers and passengers were hurt.", ["injured"]),
        ("A storm knocked out power to about 9,000 customers.", ["without power"]),
        ("Service has been restored to all but 900 customers.", ["without power"]),
        ("Power is back for most, but 900 households are still cut off.", ["without power"]),
        ("The office has released all but nine of those detained.", ["held"]),
        ("Evacuation orders were lifted for all but 700 people.", ["evacuated"]),
        ("The plan will cost up to 1,400 jobs.", ["laid off"]),
        ("The ruling party lost 22 seats.", ["lost"]),
        ("Only eight percent of those deported have come back.", ["returned"]),
        ("Shares in the company fell as much as 11 percent.", ["share"]),
        ("Some 26 of the 60 fires were still burning.", ["burning", "burning"]),
        ("Police counted 12,000 marchers.", ["protested"]),
        ("A record 74 percent of the electorate turned out.", ["turnout"]),
        ("The army said it had lost 14 soldiers.", ["killed"]),
        ("Measles cases rose to 210, of which 34 were treated in hospital.", ["infected", "hospitalised"]),
        ("The shelling killed a woman and her two sons and wounded five others.", ["killed", "injured"]),
        ("Police arrested a man and seized 12 guns.", ["seized"]),
        ("Coast guards intercepted three boats.", ["intercepted"]),
        ("Air defences intercepted 31 drones.", ["shot down"]),
        ("Three of the 41 injured were released from hospital.", ["discharged", "injured"]),
        ("Some 57 trucks drove into the valley.", ["entered"]),
        ("Turnout reached 61.4 percent by noon, compared with 57.2 percent in 2022.", ["turnout", "turnout"]),
        ("Parliament fell silent: 98 for, 99 against.", ["voted for", "voted against"]),
        ("A bid of €45m came in.", ["bid"]),
        ("Turnout: 41.2 percent.", ["turnout"]),
        ("Sarn took in 1,240 refugees, Holm 350.", ["sheltered", "sheltered"]),
        ("Sales rose from 20 to 35 million euros.", ["sold", "sold"]),
        ("The ferry was carrying 412 passengers and 38 crew.", ["aboard", "aboard"]),
        ("Two were convicted, one acquitted.", ["convicted", "acquitted"]),
        ("The illness cost 12 miners their lives, and 31 did not return.", ["killed", "missing"]),
        ("The maker has called back 3,000 heaters.", ["recalled"]),
        ("Some 40 patients sued the clinic, 12 are taking the maker to court.", ["sued", "sued"]),
        ("About 70,000 people go hungry in the valley.", ["hungry"]),
        ("The fire destroyed 300 hectares of forest and 27 houses.", ["destroyed", "destroyed"]),
        ("Villagers planted 6,000 trees where 900 had been felled.", ["planted", "felled"]),
        ("Storms capsized four boats.", ["sunk"]),
        ("The strike affects 30 clinics.", ["affected"]),
    ],
)
def test_actions(text: str, actions: list[str]) -> None:
    assert [f.action for f in figures(text)] == actions


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("The parade drew 30,000 people. Police put the number at 18,000.", ["attended", "attended"]),
        ("Some 30,000 people marched; police estimated the crowd at 18,000.", ["protested", "protested"]),
        ("The fire killed 12 people. The previous count was nine.", ["killed", "killed"]),
        ("They pledged $4m. It will exceed $5m.", ["pledged", "pledged"]),
        ("They freed 280 sailors. Of the 280, two drowned.", ["freed", "freed", "killed"]),
    ],
)
def test_a_number_that_takes_up_another_tells_of_the_same(text: str, actions: list[str]) -> None:
    assert [f.action for f in figures(text)] == actions


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("The gauge showed 5.9 metres, down from 6.8 on Sunday.", ["metre", "metre"]),
        ("The fire burned 4,900 hectares. The service had an estimate of 3,450.", ["hectare", "hectare"]),
        ("The tax brought $900 million. They expect 850 million for the year.", ["USD", "USD"]),
        ("The fire burned 4,900 hectares and killed 30 people.", ["hectare", None]),
        ("The teachers want a 9 percent raise; the government has offered 4.", ["%", "%"]),
        ("The party won 31 percent of the vote in Dalby, and the Centre 27.", ["%", "%"]),
    ],
)
def test_a_bare_number_has_the_unit_it_leaves_out(text: str, units: list[str | None]) -> None:
    assert [f.unit for f in figures(text)] == units


@pytest.mark.parametrize(
    ("text", "language", "action"),
    [
        ("Das Gericht verurteilte neun Männer.", "de", "convicted"),
        ("Rund 4.500 Haushalte waren ohne Strom.", "de", "without power"),
        ("Le groupe va supprimer 950 postes.", "fr", "laid off"),
        ("La policía detuvo a 26 personas.", "es", "arrested"),
        ("Unos 5.000 trabajadores están en huelga.", "es", "on strike"),
        ("I vigili hanno salvato 11 persone.", "it", "rescued"),
        ("A polícia prendeu 18 suspeitos.", "pt", "arrested"),
        ("Quelque 12 000 personnes ont défilé.", "fr", "protested"),
        ("La tempête a privé 210 000 foyers d'électricité.", "fr", "without power"),
        ("З-під завалів врятували 11 людей.", "uk", "rescued"),
        ("Сгорели 12 домов.", "ru", "destroyed"),
        ("Евакуйовано 600 мешканців.", "uk", "evacuated"),
        ("Mehr als 200 Menschen wurden verletzt.", "de", "injured"),
        ("Plus de 200 personnes ont été arrêtées, 12 arrêtés hier.", "fr", "arrested"),
        ("Más de 200 personas fueron evacuadas.", "es", "evacuated"),
        ("Oltre 200 persone sono ferite.", "it", "injured"),
        ("Mais de 200 pessoas morreram.", "pt", "killed"),
        ("Депортировано 200 детей.", "ru", "deported"),
        ("Загинули 200 людей.", "uk", "killed"),
    ],
)
def test_actions_of_other_languages(text: str, language: str, action: str) -> None:
    assert action in [f.action for f in figures(text, language)]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("According to the Tarn Relief Fund, 12 boats sank.", "Tarn Relief Fund"),
        ("The coast guard said 12 boats sank.", "coast guard"),
        ("“We counted 12 boats,” said Amal Reis.", "Amal Reis"),
        ("Twelve boats sank, the harbour master reported on Monday.", "harbour master"),
        ("The WHO counts 22 deaths.", "WHO"),
        ("They disputed the mayor's count of 58 dead.", "mayor"),
        ("A Vox poll has the party at 27 percent.", "Vox"),
        ("The village has confirmed 40 cases.", "village"),
        ("Tarn has confirmed 40 cases.", None),
        ("Outlook confirmed at 70 million euros for the year.", None),
        ("The ministry confirmed 70 million euros for the year.", "ministry"),
        ("12 Boote sanken, teilte die Polizei mit.", "Polizei"),
        ("12 Boote sanken nach Angaben der Polizei seit Februar 2022.", "Polizei"),
        ("Witnesses counted at least 12 boats.", "Witnesses"),
        ("The Watch, a monitoring group, documented 12 boats.", "Watch"),
        ("The farmers' association told reporters that 12 boats sank.", "farmers' association"),
        ("The ministry cut its estimate to 12 boats.", "ministry"),
        ("There were 12 boats by the count of the organisers.", "organisers"),
        ("They disputed the 12 boats that the navy acknowledges.", "navy"),
        ("Twelve boats sank, the navy believes.", "navy"),
        ("Twelve boats sunk - governor", "governor"),
        ("The council rejected the rebels' claim and said that 12 boats sank.", "council"),
        ("The union, Carers United, says 12 boats sank.", "union"),
        ("The navy, through its lawyer, would only admit to 12 boats.", "navy"),
        ("At noon 12 boats sank, its organisers said.", "organisers"),
        ("The port recognises 12 boats.", "port"),
        ("Police put attendance at 1,200.", "Police"),
        ("The city's 26,000 residents are safe.", None),
        ("The fire has claimed 12 lives.", None),
        ("The league rejected the account, saying 12 boats sank.", "league"),
        ("The mayor spoke in the port, lowering the storm's toll to 12 boats.", None),
        ("An initial count had put the number of boats at 12.", None),
        ("Insurers put losses in the valley at 12 million euros.", "Insurers"),
        ("Datum's last survey had put it at 12 boats.", "Datum"),
        ("The flood has cost farmers an estimated 12 boats.", None),
        ("The yard added 12 boats.", None),
        ("Twelve boats sank.", None),
    ],
)
def test_attribution(text: str, who: str | None) -> None:
    assert figure(text, "de" if "Boote" in text else "en").attribution == who


def test_its_own_list_is_that_of_whoever_was_named_before() -> None:
    found = figures("The ministry of transport has questioned the guess that 80 boats sank. Its list has 113 boats.")
    assert [f.attribution for f in found][-1] == "ministry of transport"


def test_a_number_of_people_takes_no_unit_from_the_sentence_before() -> None:
    found = figures("The gauge showed 5.9 metres at noon. The ministry cut the number of missing to five.")
    assert [(f.unit, f.action) for f in found][-1] == (None, "missing")


def test_a_quote_that_runs_on_keeps_its_speaker() -> None:
    found = figures("“It was dark,” Amal Reis said. “Twelve boats sank that night.”")
    assert [f.attribution for f in found] == ["Amal Reis"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Twelve boats sank on Monday.", date(2026, 5, 11)),
        ("Twelve boats sank on Thursday.", date(2026, 5, 14)),
        ("Twelve boats sank yesterday.", date(2026, 5, 13)),
        ("As of May 2, 12 boats had sunk.", date(2026, 5, 2)),
        ("By 2 December 2025 12 boats had sunk.", date(2025, 12, 2)),
        ("Twelve boats have sunk since May 2.", None),
        ("Twelve boats sank.", None),
        ("Am Montag sanken 12 Boote.", date(2026, 5, 11)),
    ],
)
def test_the_day_it_holds_for(text: str, day: date | None) -> None:
    assert figure(text, "de" if "Boote" in text else "en").as_of == day


def test_the_day_before_is_counted_from_the_day_named() -> None:
    found = figures("On Tuesday 112 trucks entered Jendra, compared with 93 the day before.")
    assert [f.as_of for f in found] == [date(2026, 5, 12), date(2026, 5, 11)]


@pytest.mark.parametrize(
    ("text", "place", "window", "group", "kind"),
    [
        ("Twelve boats sank off Halden.", "Halden", None, None, ScopeKind.ACTUAL),
        ("Twelve boats sank in the last 24 hours.", None, "last 24 hours", None, ScopeKind.ACTUAL),
        ("Twelve boats have sunk since February 2022.", None, "since February 2022", None, ScopeKind.ACTUAL),
        ("The harbour will lose 12 boats.", None, None, None, ScopeKind.FORECAST),
        ("There were 12 new cases.", None, None, None, ScopeKind.INCREMENT),
        ("The rate eased in May to 12 percent.", None, "May", None, ScopeKind.ACTUAL),
        ("The harbour may lose 12 boats.", None, None, None, ScopeKind.FORECAST),
    ],
)
def test_scope(text: str, place: str | None, window: str | None, group: str | None, kind: ScopeKind) -> None:
    scope = figure(text).scope
    assert (scope.place, scope.window, scope.group, scope.kind) == (place, window, group, kind)


def test_a_part_is_marked_as_one_and_shares_the_action() -> None:
    _, part = figures("The raid killed 41 people, including 12 children.")
    assert (part.counted, part.action, part.scope.group) == ("children", "killed", "children")


def test_text_in_capitals_is_read_like_any_other() -> None:
    assert counted("GUERRILLAS KILLED 16 PEASANTS AND WOUNDED THREE POLICEMEN, THE GOVERNOR REPORTED.") == [
        (16, "peasants", "killed"),
        (3, "policemen", "injured"),
    ]


@pytest.mark.shared
def test_the_two_reports_that_started_it(shared: object) -> None:
    from pathlib import Path

    folder = Path(str(shared)) / "data" / "seeds"
    first, second = (p.read_text(encoding="utf-8") for p in sorted(folder.glob("*.txt")))
    assert [(*c, f.modifier.value) for c, f in zip(counted(first), figures(first), strict=True)] == [
        (8, "children", "returned", "exact"),
        (8, "children", None, "exact"),
        (3, "children", "separated", "exact"),
        (1, "young girl", "returned", "exact"),
        (19500, "Ukrainian children", "deported", "at_least"),
        (1605, "Ukrainian children", "returned", "only"),
    ]
    assert [f.attribution for f in figures(first)][-2:] == [
        "Ukrainian government",
        "government's Children of War database",
    ]
    assert counted(second) == [
        (8, "Ukrainian children", "returned"),
        (3, "children", "separated"),
        (5, "other children", "separated"),
    ]


@pytest.mark.parametrize(
    ("text", "value", "action"),
    [
        ("Rescuers in Belgar pulled a third body from the rubble.", 3, "killed"),
        ("Corra counted its 13th victim on Tuesday.", 13, "killed"),
        ("The outbreak has claimed a second life.", 2, "killed"),
        ("A fifth survivor was lifted from the earth.", 5, "rescued"),
    ],
)
def test_an_ordinal_that_tells_how_many_there_are_now_is_a_count_of_people(text: str, value: int, action: str) -> None:
    read = figure(text)
    assert (read.value, read.counted, read.action) == (value, "people", action)


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        (
            "The ministry of health gave the number of dead as 57 and that of injured as 143.",
            ["ministry of health"] * 2,
        ),
        ("Trackers counted 165 ships, more than the 119 reported by the authority.", ["Trackers", "authority"]),
        ("The militia says it holds 11 hostages, and not 18 as the government claims.", ["militia", "government"]),
        ("Talks go on over the job losses, put by the company at 350.", ["company"]),
        ("The number of people facing hunger is now put at 1.1 million by aid groups.", ["aid groups"]),
        ("In Calder 900 tractors by police count block the ring road.", ["police"]),
        ("Drivers blocked roads. Their association said 120 roadblocks were in place.", ["association"]),
        ("The watch group counted 12 thefts. By its reckoning, only 44 percent voted.", ["watch group"] * 2),
        ("The state counts them. Its Lost and Found database says that 1,605 are back.", ["Lost and Found database"]),
        ("Fever broke out, the health office confirmed on Monday, with 214 cases.", ["health office"]),
        ("Monitors have now been able to confirm 2,350 releases.", ["Monitors"]),
        ("The hospitals reported 17 bodies, while the minister spoke of five dead.", ["hospitals", "minister"]),
        ("Organisers of the march in Tarn say that 260 people came.", ["Organisers of the march"]),
    ],
)
def test_who_states_each_number_of_a_text(text: str, speakers: list[str]) -> None:
    assert [one.attribution for one in figures(text)] == speakers


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("L'incendie a détruit 300 hectares de forêt et 27 maisons.", "fr", (27, "maisons", "destroyed")),
        ("Das Feuer zerstörte 300 Hektar Wald und zwölf Häuser.", "de", (12, "Häuser", "destroyed")),
        ("Пожар уничтожил 300 гектаров леса и 27 домов.", "ru", (27, "домов", "destroyed")),
        ("La policía detuvo a 43 personas, 12 de ellas menores.", "es", (12, "menores", "arrested")),
        ("O número de mortos subiu para 58 na terça-feira.", "pt", (58, "people", "killed")),
    ],
)
def test_what_a_second_number_counts_in_other_languages(
    text: str, language: str, expected: tuple[float, str, str]
) -> None:
    assert expected in counted(text, language)
