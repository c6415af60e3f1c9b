"""What is a copy of what; what only looks like one."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from pipeline.group import Grouper
from schemas.article import CopyKind, Reading
from schemas.story import Placement
from tests.group.building import place_all, reading

LIGHTHOUSE = """The keeper of Holm lighthouse, Signe Aas, has handed in her keys after thirty-one years on the rock.
Nobody will follow her: from the first of May the lamp is to be run from a control room in the county town.
Aas came to Holm as a stand-in for a summer and stayed. She painted the tower twice, pulled four sailors from the water
and kept a diary of every storm, of which the museum has now taken nineteen volumes into its care.
The coastal service says the change saves a boat trip a week and that the light itself will shine as it always has.
Fishermen in the bay are less sure. A lamp, one of them said at the farewell, doesn't see a man wave.
The tower is to be opened to visitors next year, and the keeper's garden will be looked after by a school class.
Aas means to move in with her sister on the mainland, in a house from which, she says, the light can just be seen."""

HARBOUR = """Plans for a second pier in Vikedal were put before the harbour board on Tuesday evening.
The drawings show a quay of two hundred metres, room for the larger supply ships and a shed for frozen goods.
Members asked above all about the cost, which the harbour master would not put into one number yet.
A firm from the next fjord has offered to build in two stages, so that ships can berth while the work goes on.
Neighbours worry about noise at night; the board promised them a meeting before anything is signed in the autumn."""


def _edited(text: str, share: float) -> str:
    chance = random.Random(7)
    return " ".join("otherwise" if chance.random() < share else word for word in text.split())


def _sentences(text: str) -> list[str]:
    return text.split("\n")


def _shuffled(text: str) -> str:
    parts = _sentences(text)
    return "\n".join(parts[3:] + parts[:3])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (LIGHTHOUSE, CopyKind.EXACT),
        (LIGHTHOUSE.replace("\n", "  \n\n").upper(), CopyKind.EXACT),
        ("By our own reporter\n" + LIGHTHOUSE + "\nAll rights reserved. Tell us what you think.", CopyKind.EDITED),
        ("\n".join(_sentences(LIGHTHOUSE)[:2]), CopyKind.TRUNCATED),
        (_edited(LIGHTHOUSE, 0.05), CopyKind.EDITED),
        (_edited(LIGHTHOUSE, 0.14), CopyKind.EDITED),
        (_shuffled(LIGHTHOUSE), CopyKind.EXACT),
        (LIGHTHOUSE + "\n\nIn other news\n" + HARBOUR, CopyKind.EMBEDDED),
    ],
)
@pytest.mark.parametrize("outlet", ["North Post", "The Beacon"])
def test_the_same_text_is_a_copy_however_it_is_dressed(text: str, kind: CopyKind, outlet: str) -> None:
    first, second = place_all(Grouper(), {"a": reading(LIGHTHOUSE), "b": reading(text, outlet=outlet, hours=3)})
    assert first.copy_link is None
    assert second.copy_link is not None
    assert (second.copy_link.original, second.copy_link.kind) == ("a", kind)
    assert second.copy_link.reason
    assert second.join is not None
    assert first.join is not None
    assert second.join.story == first.join.story


def test_a_chain_of_copies_has_one_root_the_earliest_told() -> None:
    chain = [LIGHTHOUSE]
    for seed in range(4):
        chance = random.Random(seed)
        chain.append(" ".join(f"word{seed}" if chance.random() < 0.06 else word for word in chain[-1].split()))
    placed = place_all(Grouper(), {f"c{at}": reading(text, hours=at) for at, text in enumerate(chain)})
    assert [p.copy_link.original if p.copy_link else None for p in placed] == [None, "c0", "c0", "c0", "c0"]


def test_what_a_round_up_brings_last_is_no_copy_of_what_it_brings_first() -> None:
    both = reading(LIGHTHOUSE + "\n\n" + HARBOUR)
    placed = place_all(Grouper(), {"both": both, "first": reading(LIGHTHOUSE), "last": reading(HARBOUR)})
    assert placed[1].copy_link is not None
    assert placed[2].copy_link is None


def _no_copies(*texts: Reading) -> None:
    placed = place_all(Grouper(), {f"a{at}": text for at, text in enumerate(texts)})
    for one in placed:
        assert one.copy_link is None, one.copy_link


def test_a_flash_of_a_few_words_is_no_copy_of_another() -> None:
    _no_copies(reading("More follows shortly on this page."), reading("More follows shortly on this page.", hours=2))
    _no_copies(reading(LIGHTHOUSE), reading("The keeper of Holm lighthouse has handed in her keys. More soon."))


def test_two_reports_that_share_a_long_quote_are_no_copies() -> None:
    quote = (
        "“We have looked at every bolt of this bridge and can say that it will carry the traffic of the next forty "
        "years, but we can't say so of the road on either side of it, which nobody asked us to look at”"
    )
    _no_copies(
        reading(f"Engineers gave the Skarn bridge a clean bill of health. {quote}, their report ends.", hours=1),
        reading(f"There is trouble ahead for drivers to Skarn, it emerged today: {quote}, wrote the inspectors."),
    )


def _weather(town: str, sky: str, high: int, low: int, wind: int) -> str:
    return (
        f"Here is the forecast for {town} from our weather desk. The day begins {sky} in {town}, with temperatures "
        f"rising to {high} degrees in the afternoon and falling to {low} degrees at night. Winds reach {wind} "
        f"kilometres an hour. Drivers in {town} should allow more time in the morning. The next forecast for {town} "
        f"is published at six in the evening; warnings for the region are on our warnings page."
    )


def test_pages_made_from_one_template_are_no_copies() -> None:
    _no_copies(
        reading(_weather("Skarn", "dry", 14, 3, 22), "Weather for Skarn"),
        reading(_weather("Vikedal", "with fog", 11, 1, 35), "Weather for Vikedal"),
        reading(_weather("Holm", "bright", 17, 6, 12), "Weather for Holm"),
        reading(_weather("Skarn", "with showers", 9, 2, 41), "Weather for Skarn", hours=24),
    )


def test_an_outlets_boilerplate_under_short_articles_makes_no_copies() -> None:
    footer = (
        "Our newsroom follows the charter of the press council and is open to corrections, which are printed at the "
        "place where the mistake was made. Write to the editors if you see one. Subscribers read everything, others "
        "three articles a week; the subscription can be ended at any time at the end of the month without giving a "
        "reason, in writing or on our page, and pupils pay half of it as long as they go to school here."
    )
    briefs = [
        "A bicycle was found in the canal near the tannery; its owner may fetch it from the police in the mornings.",
        "The choir of the upper parish looks for altos and has moved its rehearsals from Monday to Thursday night.",
        "Because of roadworks the bus to the hospital stops at the old customs house until the end of next month.",
        "Two apple trees were stolen from the orchard behind the town hall, roots and all, between Friday and Sunday.",
        "The swimming pool opens an hour earlier in the summer and keeps one lane for those who come before work.",
    ]
    placed = place_all(Grouper(), {f"a{at}": reading(f"{brief}\n{footer}") for at, brief in enumerate(briefs)})
    assert [p.copy_link for p in placed] == [None] * len(briefs)


def test_a_live_page_is_no_copy_of_the_article_it_takes_over() -> None:
    live = "\n".join(f"{8 + at}:15 {line}" for at, line in enumerate(_sentences(HARBOUR)))
    _no_copies(reading(LIGHTHOUSE), reading(f"{LIGHTHOUSE}\n{live}", "Live: the day on the coast"))
    _no_copies(reading(LIGHTHOUSE), reading(f"{LIGHTHOUSE}\n{live}", "The day on the coast"))


def test_a_copy_takes_part_in_no_other_way() -> None:
    grouper = Grouper()
    place_all(grouper, {"a": reading(LIGHTHOUSE), "b": reading(LIGHTHOUSE, outlet="The Beacon")})
    assert list(grouper.stories().values()) == [("a",)]
    assert grouper.remembered("b").copy_of == "a"


def test_texts_without_spaces_are_compared_too() -> None:
    text = (
        "沿海小镇霍尔姆的灯塔看守人在岩石上工作了三十一年后交出了钥匙。从五月一日起，灯塔将由县城的控制室远程操作。"
        "她曾两次粉刷塔身，从海里救起四名水手，并记录了每一场暴风雨。博物馆现已收藏其中十九卷日记。"
        "海岸管理部门表示，这一改变每周可以节省一次船运，而灯光将一如既往地照亮海湾。渔民们却不那么肯定。"
    )
    other = (
        "维克达尔港务委员会周二晚间讨论了建造第二座码头的计划。图纸显示一条两百米长的岸壁、供大型补给船停靠的泊位以及一座冷冻仓库。"
        "委员们最关心的是费用，港务长尚未给出确切数字。邻居们担心夜间噪音，委员会承诺在秋季签约前与他们会面。"
    )
    first, copy, apart = place_all(
        Grouper(),
        {
            "a": reading(text, language="zh"),
            "b": reading(text[: len(text) // 2], language="zh"),
            "c": reading(other, language="zh"),
        },
    )
    assert first.copy_link is None
    assert copy.copy_link is not None
    assert apart.copy_link is None


def test_hostile_text_is_taken_in_bounded_time() -> None:
    texts = ["", "\x00" * 5000, '"' * 300_000, "a" * 500_000, "1.1," * 100_000, "‮\ud800 x" * 50_000, "é́" * 100_000]
    grouper = Grouper()
    placed: list[Placement] = place_all(grouper, {f"h{at}": reading(text, text[:900]) for at, text in enumerate(texts)})
    assert [one.article for one in placed] == [f"h{at}" for at in range(len(texts))]
    assert all(one.seq < two.seq for one, two in pairwise(grouper.remembered(p.article) for p in placed))
