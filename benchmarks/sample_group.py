# ruff: noqa: E501 (sentences read better whole)
"""Make the labelled sample that comes with the repository: invented events, reported in different words, and copied.

    python -m benchmarks.sample_group        writes tests/group/sample.jsonl

Every text is made by this program from the sentences below and invented names, so the sample may be passed on. Eight
kinds of event happen twice each, in other places and weeks: look-alikes that must stay apart. Two outlets report the
one in words of their own (one story), a third outlet the other. Further outlets repeat each report (copies: exact, with
boilerplate, cut, edited, reordered, with another figure). Daily forecasts of one form and flashes of a few words are no
copies, of the kind "form"; of which story they are is not asked. The fields are those of the other labelled streams; the same program gives
the same file.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).resolve().parents[1] / "tests/group/sample.jsonl"
START = datetime(2026, 1, 5, 6, tzinfo=UTC)
OUTLETS = ("North Post", "The Beacon", "Coast Daily", "Inland Courier", "Evening Ledger", "Wire Nine")
_FIRST = (
    "Ada Bram Cato Dina Emil Fenna Goran Hedda Ivo Jorun Kasper Lotte Milan Nora Otto Petra Runa Stefan Tilda Ursin"
)
_LAST = (
    "Aasgard Brekken Castelo Dvorak Eklund Farnham Grimaldi Holloway Ingram Jurado Kestner Lindqvist Moravec Norling"
)
_PLACES = (
    "Kalvik Dunmore Ostrova Lerwith Tarragol Brannock Velsund Quillan Pordenza Hexley Skarnes Mirova Tolbridge Arnheil "
    "Castrell Finnmor Galdera Hurstow Ivankovo Jarlsby Keldan Lomstad Murrane Nyborgen Orvella Pexton Rostrand Silvena "
    "Thornau Ulverick Vardal Wexmoor"
)
_PEOPLE = [f"{first} {last}" for first in _FIRST.split() for last in _LAST.split()]

EVENTS: dict[str, tuple[tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    "ferry": (
        (
            "Ferry {thing} runs aground off {place}",
            "{A car ferry|The ferry} {thing} {ran aground|struck a reef} outside {place} {early on Monday|before dawn} "
            "after {its engine failed|it lost power} in heavy seas. All {n} {people on board|passengers and crew} were "
            "{brought ashore in lifeboats|taken off by boat}. {p1}, who leads the coast guard at {place}, said divers "
            "would {look at|examine} the hull {once the wind drops|before a tug is called}. The shipping company "
            "cancelled {its sailings|all crossings} until {Thursday|the weekend}.",
        ),
        (
            "All {n} rescued from stranded {thing}",
            "Rescuers needed {m} minutes to bring {n} people to safety from the {thing}, which {lies on the rocks|sits "
            "stuck} within sight of {place} harbour. {Several|A handful} were treated for cold at the clinic in {place}. "
            "{p2} was drinking coffee in the saloon when the lights went out. Captain {p3} {stayed aboard|left last}, "
            "and told {p1} of the coast guard that the machines had stopped without warning.",
        ),
        (
            "Why did the {thing} lose power? Questions in {place}",
            "An accident board will {ask|want to know} why both generators of the {thing} {went silent|gave out} off "
            "{place}. The vessel, built {m} years ago, had {passed an inspection|been overhauled} in the autumn. Union "
            "speaker {p2} called the grounding with {n} souls aboard a warning. {p3}, the master, is to be heard first, "
            "while {p1} hopes for calm weather and a spring tide.",
        ),
    ),
    "fire": (
        (
            "Blaze guts {thing} warehouse in {place}",
            "{Fire tore through|Flames destroyed} the {thing} warehouse on the edge of {place} {overnight|late on "
            "Tuesday}, and {n} firefighters {fought it until morning|were called from four towns}. Nobody was hurt. Fire "
            "chief {p1} said the roof {came down|fell in} after {m} minutes. People living nearby were told to keep "
            "windows shut because of the smoke. The loss is put at {several|many} millions.",
        ),
        (
            "{place} wakes to ruins of {thing} depot",
            "Where {thing} kept timber and paint, {place} {found|saw} black beams on Wednesday. {p2}, who runs the "
            "bakery opposite, heard bangs {like guns|like thunder}. Crews numbering {n} pumped water from the canal. "
            "{p1} of the brigade {would not guess|refused to speculate} about the cause; a night watchman, {p3}, had "
            "smelled burning near the loading dock.",
        ),
        (
            "Insurers inspect burnt-out {thing} hall",
            "Two days after the depot of {thing} burned in {place}, {assessors|experts} walked the site with {p1}. "
            "Wiring in the loading dock is {one lead|under suspicion}, people close to the inquiry say. The firm employs "
            "{m} in the town and promised {p3} and his colleagues their wages. Some {n} firefighters had been needed to "
            "stop sparks from reaching the gasworks.",
        ),
    ),
    "council": (
        (
            "{place} council votes to close {thing} school",
            "The council of {place} {decided|voted} by {n} to {m} to close the {thing} school {in summer|from August}. "
            "Mayor {p1} {called it painful|spoke of a hard evening}, but said too few children were left. Parents had "
            "{filled the gallery|marched to the town hall}. {p2}, who collected signatures, {wants to sue|will go to "
            "court}. Pupils are to {travel|go by bus} to the next valley.",
        ),
        (
            "Parents vow to fight for {thing} school",
            "Banners hung from the windows of the {thing} school after {place}'s councillors {sealed its fate|gave it "
            "up}. {p2} {counted|gathered} signatures until midnight and speaks of a broken promise. Headteacher {p3} "
            "learned of the vote, {n} against {m}, from a text message. A lawyer is {looking into|studying} the minutes "
            "for mistakes.",
        ),
        (
            "What {place} saves by shutting its smallest school",
            "Heating alone at the {thing} school costs {place} more than a teacher, {p1} {argues|reckons}. Opponents led "
            "by {p2} {doubt|dispute} the sums and point to the buses. On Thursday the mayor answered questions for "
            "{m} minutes. {p3}, the head, said her pupils were asking {where|to whom} the piano would go.",
        ),
    ),
    "strike": (
        (
            "Dockers at {place} walk out over {thing} deal",
            "{Work stopped|Cranes stood still} at the port of {place} on Friday as {n} dockers {walked out|laid down "
            "tools} over the planned sale of terminals to {thing}. Union leader {p1} demanded {guarantees|a promise in "
            "writing} for jobs. Port director {p2} {called the strike unlawful|appealed for talks}. {m} ships "
            "{waited in the roads|lay at anchor} by evening.",
        ),
        (
            "Ships queue off {place} as port strike bites",
            "From the lighthouse one could count {m} freighters waiting for {place} to {reopen|open again}. Importers of "
            "fruit {fear|expect} losses. Behind the dispute stands {thing}, which wants the container quay; {p1} says "
            "{n} families {depend on|live from} it. {p2} invited the union to a meeting with a mediator, {p3}.",
        ),
        (
            "Mediator {p3} to settle {place} port row",
            "Both sides of the {place} port dispute {accepted|agreed on} {p3}, a retired judge, as go-between. Talks "
            "open at the customs house. {thing} {let it be known|said} that it would keep {most|all} crane drivers for "
            "three years. {p1} wants five, {and for all {n}|for every one of the {n}}. Until then the blockade with {m} "
            "vessels outside goes on.",
        ),
    ),
    "trial": (
        (
            "Ex-banker {p1} jailed for {thing} fraud",
            "A court in {place} {sentenced|sent} former banker {p1} to {m} years {in prison|behind bars} for emptying "
            "the {thing} pension fund. Judge {p2} {spoke of|saw} cold planning. The money of {n} savers {is gone|has not "
            "been found}. The defence {will appeal|announced an appeal}. Victims in the courtroom {wept|clapped}.",
        ),
        (
            "Savers of {thing} hear the verdict in silence",
            "For {n} pensioners who trusted {thing}, Wednesday at the {place} courthouse brought {an ending|relief}, "
            "though no {cash|refund}. {p3}, a retired nurse, had {come every day|missed no hearing}. She watched {p1} "
            "being led off, {m} years ahead of him. Of yachts and a vineyard bought with the fund, {p2} said, little "
            "can be sold.",
        ),
        (
            "How {p1} fooled the auditors of {thing}",
            "Paper by paper the judgment {tells|shows} how {p1} hid holes at the {thing} fund. Invoices from firms "
            "{without staff|that existed in a drawer}, stamped in {place}, passed three auditors. {p2} {criticised|"
            "rebuked} the regulator. Counsel for {p3} and other claimants means to sue {it|the state} next.",
        ),
    ),
    "flood": (
        (
            "River {thing} bursts banks, {place} evacuated",
            "The river {thing} {burst its banks|broke through a dyke} at {place} on Sunday, and {n} people {had to leave "
            "their homes|were moved to higher ground}. Water stood {m} centimetres deep in the market square. Mayor "
            "{p1} {asked the army for help|called for boats}. A school serves as a shelter. More rain is "
            "{forecast|expected} until Tuesday.",
        ),
        (
            "A night on the roof in drowned {place}",
            "{p2} and two dogs {sat|waited} six hours on a garage roof in {place} before a boat came. Around them the "
            "{thing} carried sheds and {a bus shelter|hay bales}. In the gymnasium, where {n} found beds, volunteers "
            "under {p3} {cook|ladle} soup. Town head {p1} went from cot to cot.",
        ),
        (
            "Dyke at {place} was known to be weak",
            "Engineers {warned|wrote} two years ago that the dyke of the {thing} at {place} was {too low by|short of} "
            "{m} centimetres, a report shows. Repairs were {put off|delayed} for lack of money. {p1} had {asked|begged} "
            "the province for funds. {p3}, who coordinates the shelter for {n} evacuees, called that unforgivable.",
        ),
    ),
    "theft": (
        (
            "Thieves take {thing} from {place} museum",
            "{Burglars|Masked thieves} {stole|made off with} the painting {thing} from the museum of {place} in "
            "{less than|under} {m} minutes on Saturday. They {came through|cut} a skylight. The work is insured for {n} "
            "thousand. Director {p1} was {close to tears|shaken}. Inspector {p2} asked for {film from doorbells|anything "
            "seen near the park}.",
        ),
        (
            "The guard who chased the {thing} robbers",
            "{p3} was on his second round when glass {fell|rained} into the Dutch room at {place}. He ran after two "
            "figures with {thing} under a blanket {as far as|to} the tram stop. {p2}'s detectives {found|picked up} a "
            "glove there. {p1} {praised|thanked} him and spoke of an empty wall.",
        ),
        (
            "Can a stolen {thing} be sold at all?",
            "No dealer would {touch|buy} {thing}, says {p1} of the museum in {place}; ransom is {likelier|the more "
            "likely aim}. Police under {p2} {keep|hold} a line open. In a similar case a canvas came back after {m} "
            "months, rolled up in a locker. The reward is {n} hundred.",
        ),
    ),
    "mine": (
        (
            "{n} miners trapped underground at {thing}",
            "{n} miners {are trapped|are cut off} in the {thing} colliery near {place} after {a gallery caved in|rock "
            "fell} on Thursday. Rescuers {drill|dig} towards a chamber {m} metres down. Mine manager {p1} said knocking "
            "had been {heard|picked up}. Families {wait|gathered} in the canteen. An inspector, {p2}, {took charge|"
            "arrived} at noon.",
        ),
        (
            "Knocking from below gives {place} hope",
            "Three taps, a pause, three taps: on the pipes of the {thing} pit they {mean|say} that someone lives. In "
            "{place}'s canteen {p3}, whose brother is among the {n}, {counts|listens}. The drill, borrowed from a salt "
            "works, {gains|makes} a metre an hour. {p1} {promised|swore} to go on all night.",
        ),
        (
            "Rescue shaft reaches the men of {thing}",
            "A camera lowered through {m} metres of stone {showed|found} faces and a thumb held up: the men of {thing} "
            "{are alive|have been found}. A capsule is to {lift|bring up} one after another, {p2} explained. In {place} "
            "bells {rang|were rung}. {p3} {ran|hurried} to the shaft. Only {p1} {warned|said} that the roof still moves.",
        ),
    ),
}
_THINGS = {
    "ferry": ("Astrid", "Morgenrode"),
    "fire": ("Hallberg", "Tessaro"),
    "council": ("Birchfield", "Langholm"),
    "strike": ("Maritex", "Globeport"),
    "trial": ("Goldacre", "Provida"),
    "flood": ("Malva", "Trenna"),
    "theft": ("Woman with Heron", "Winter Mill"),
    "mine": ("Corbel", "Deepwell"),
}
_FILLERS = (
    "The morning had been quiet until then, {p2} recalled, and the {place} road was empty but for a milk lorry.",
    "In {place} people talked of little else, at the market and in the queue outside the post office.",
    "A spokesman in the county town said a statement about {thing} would follow when more was known.",
    "{p3} had come to {place} as a young man and said nothing like it had happened in all that time.",
    "Reporters were kept behind a rope; a neighbour brought them tea and told them about {thing}.",
    "The minister telephoned {p1} in the afternoon and is thinking about a visit to {place}.",
)
_BOILERPLATE = (
    "By our own correspondents",
    "Subscribe to our morning letter. Write to the editors if you find a mistake on this page. All rights reserved.",
)
_OPTION = re.compile(r"\{([^{}]*\|[^{}]*)\}")


def _filled(text: str, names: dict[str, str], chance: random.Random) -> str:
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    while found := _OPTION.search(text):
        text = text[: found.start()] + chance.choice(found[1].split("|")) + text[found.end() :]
    return text


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!])\s+", text)


def _edited(text: str, chance: random.Random) -> str:
    """One word in twelve is another."""
    return " ".join("indeed" if chance.random() < 1 / 12 else word for word in text.split(" "))


def _copies(text: str, chance: random.Random) -> dict[str, str]:
    parts = _sentences(text)
    middle = len(parts) // 2
    number = re.search(r"\d+", text)
    made = {
        "exact": text.replace("\n", "\n\n "),
        "boiler": "\n".join((_BOILERPLATE[0], text, _BOILERPLATE[1])),
        "cut": " ".join(parts[:middle]),
        "edited": _edited(text, chance),
        "reordered": " ".join((*parts[middle:], *parts[:middle])),
    }
    if number is not None:
        made["figure"] = text.replace(number[0], str(int(number[0]) + 3))
    return made


def articles() -> Iterator[dict[str, Any]]:
    """The sample, in order of arrival."""
    chance = random.Random(20260105)
    places, people = _PLACES.split(), _PEOPLE.copy()
    chance.shuffle(places)
    chance.shuffle(people)
    rows: list[dict[str, Any]] = []

    def put(hours: float, outlet: str, title: str, text: str, story: str, group: str, kind: str) -> None:
        at = START + timedelta(hours=round(hours, 1))
        rows.append(
            {
                "title": title,
                "text": text,
                "published": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "source": outlet,
                "language": "en",
                "gold": {"story": story, "copy_group": group, "kind": kind},
            }
        )

    for at, (event, styles) in enumerate(EVENTS.items()):
        for turn, told_by in enumerate((styles[:2], styles[2:])):
            story = f"{event}-{turn}"
            names = {"place": places.pop(), "thing": _THINGS[event][turn], "n": str(chance.randint(112, 480))}
            names |= {"m": str(chance.randint(4, 90))} | {name: people.pop() for name in ("p1", "p2", "p3")}
            begin = 24 * (7 * turn + at % 5) + chance.uniform(0, 10)
            fillers = chance.sample(_FILLERS, len(_FILLERS))
            for style, (title, body) in enumerate(told_by):
                told = _filled(" ".join((body, *fillers[2 * style : 2 * style + 2])), names, chance)
                headline, hours = _filled(title, names, chance), begin + 9 * style + chance.uniform(0, 5)
                outlets, group = chance.sample(OUTLETS, len(OUTLETS)), f"{story}-{style}"
                put(hours, outlets[0], headline, told, story, group, "base")
                for kind, text in _copies(told, chance).items():
                    put(hours + chance.uniform(1, 30), chance.choice(outlets[1:]), headline, text, story, group, kind)
    for day in range(16):
        for town in ("Kalvik", "Hexley"):
            low, high, wind = chance.randint(-6, 4), chance.randint(5, 16), chance.randint(5, 60)
            sky = chance.choice(("dry", "foggy", "bright", "wet", "windy", "mild"))
            text = (
                f"Here is the forecast for {town} from our weather desk. The day begins {sky} in {town}, with "
                f"temperatures rising to {high} degrees in the afternoon and falling to {low} degrees at night. Winds "
                f"reach {wind} kilometres an hour. Drivers in {town} should allow more time in the morning. The next "
                f"forecast for {town} is published at six in the evening, and warnings for the region are on our page."
            )
            name = f"forecast-{town}-{day}"
            put(24.0 * day, "North Post", f"Weather for {town}", text, name, name, "form")
    for flash in range(8):
        put(
            40.0 * flash,
            "Wire Nine",
            "Flash",
            "More follows shortly on this page.",
            f"flash-{flash}",
            f"flash-{flash}",
            "form",
        )
    rows.sort(key=lambda row: (row["published"], row["gold"]["copy_group"], row["gold"]["kind"] != "base"))
    for number, row in enumerate(rows, start=1):
        yield {"id": f"sample-{number:03}", "url": f"https://news.example/{number}", **row}


def main() -> None:
    with SAMPLE.open("w", encoding="utf-8", newline="\n") as lines:
        for row in articles():
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{SAMPLE}: written")


if __name__ == "__main__":
    main()
