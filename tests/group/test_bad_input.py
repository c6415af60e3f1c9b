"""Whatever comes in, grouping ends in bounded time with an outcome that says why."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from pipeline.group import Grouper
from pipeline.group.tokens import LONGEST_TEXT, read_words
from schemas.article import CopyKind
from tests.group.building import START, place_all, reading
from tests.group.test_copies import HARBOUR, LIGHTHOUSE
from tests.group.test_stories import FERRY, FERRY_AGAIN


@pytest.mark.parametrize("text", ["", " \n\t ", "Flood", "…", "🜁", "\x00", "0"])
def test_a_text_of_no_word_or_one_is_no_copy_and_opens_a_story(text: str) -> None:
    first, second = place_all(Grouper(), {"a": reading(text), "b": reading(text, hours=1)})
    for one in (first, second):
        assert one.copy_link is None
        assert one.join is not None
        assert one.join.opened
        assert one.join.reason == "no recent article is similar" or "%" in one.join.reason


def test_a_title_alone_is_enough_to_be_compared() -> None:
    one, other = place_all(Grouper(), {"a": reading("", FERRY.title), "b": FERRY})
    assert one.join is not None
    assert other.join is not None
    assert one.join.reason
    assert other.join.reason


def test_of_a_text_of_two_megabytes_the_beginning_is_looked_at() -> None:
    chance = random.Random(5)
    known = [f"{chance.choice('bdgklmnprst')}{chance.choice('aeiou')}{number}" for number in range(5000)]
    text = " ".join(chance.choice(known) for _ in range(330_000))
    assert len(text) > 2_000_000
    assert len(read_words("", text).surfaces) < LONGEST_TEXT
    grouper = Grouper()
    whole, again, cut = place_all(
        grouper, {"a": reading(text), "b": reading(text, outlet="The Beacon"), "c": reading(text[: 2_000_000 // 4])}
    )
    assert whole.copy_link is None
    for copy in (again, cut):
        assert copy.copy_link is not None
        assert copy.copy_link.original == "a"
    assert len(grouper.remembered(whole.article).features) < 100_000


def test_a_thousand_copies_of_one_article_have_one_original_and_one_story() -> None:
    grouper = Grouper()
    texts = {f"c{at:04}": reading(LIGHTHOUSE, outlet=f"outlet {at % 50}", hours=at / 20) for at in range(1000)}
    placed = place_all(grouper, texts)
    assert {one.copy_link.original for one in placed[1:] if one.copy_link} == {"c0000"}
    assert all(one.copy_link and one.copy_link.kind is CopyKind.EXACT for one in placed[1:])
    assert grouper.regroup() == ()
    assert list(grouper.stories().values()) == [("c0000",)]


def test_a_thousand_edits_of_one_article_have_one_original() -> None:
    chance = random.Random(3)
    words = LIGHTHOUSE.split()
    texts = {
        f"c{at:04}": reading(" ".join("so" if chance.random() < 0.03 else word for word in words)) for at in range(1000)
    }
    placed = place_all(Grouper(), texts)
    assert {one.copy_link.original for one in placed[1:] if one.copy_link} == {"c0000"}
    assert sum(one.copy_link is None for one in placed) == 1


def test_several_languages_in_one_article_are_compared_by_what_is_alike() -> None:
    chinese = (
        "沿海小镇霍尔姆的灯塔看守人在岩石上工作了三十一年后交出了钥匙。从五月一日起，灯塔将由县城的控制室远程操作。"
    )
    thai = "ผู้ดูแลประภาคารโฮล์มส่งมอบกุญแจหลังจากทำงานบนโขดหินมาสามสิบเอ็ดปี"
    russian = "Смотрительница маяка Хольм сдала ключи после тридцати одного года службы на скале у берега."
    mixed = "\n".join((LIGHTHOUSE, chinese, russian, thai))
    first, copy, other = place_all(
        Grouper(),
        {
            "a": reading(mixed, language=None),
            "b": reading(mixed, language="ru", outlet="The Beacon"),
            "c": reading(HARBOUR + "\n" + thai[:10], language=None),
        },
    )
    assert first.copy_link is None
    assert copy.copy_link is not None
    assert other.copy_link is None


@pytest.mark.parametrize(
    ("language", "one", "again", "other"),
    [
        (
            "zh",
            "渡轮阿斯特丽德号周一清晨在卡尔维克港外搁浅，船上二百一十四人全部获救。海岸警卫队表示，发动机在大浪中失灵，"
            "救生艇在七点前把所有人接走。九名乘客在卡尔维克医院接受治疗。",
            "搁浅的渡轮阿斯特丽德号上二百一十四人周一全部上岸。该船在风暴中失去动力，漂到卡尔维克附近的礁石上。"
            "卡尔维克医院照料了九名体温过低的乘客，海岸警卫队等待潜水员检查船体。",
            "邓莫尔市议会以十一票对八票通过提高停车费的决定。财政主席称上调令人痛苦，但为了让三座图书馆度过冬天是必要的。",
        ),
        (
            "ja",
            "フェリー「アストリッド」が月曜早朝、カルビック港の沖で座礁し、乗っていた214人全員が救助された。沿岸警備隊によると、"
            "荒れた海でエンジンが止まった。9人がカルビック病院で手当てを受けた。",
            "座礁したフェリー「アストリッド」から月曜、214人全員が岸に運ばれた。船は嵐で動力を失い、カルビック近くの岩に乗り上げた。"
            "カルビック病院は9人を診察し、沿岸警備隊は潜水士による船体の調査を待っている。",
            "ダンモア市議会は11対8で駐車料金の値上げを可決した。財政委員長は、三つの図書館を冬の間開けておくために必要だと述べた。",
        ),
        (
            "th",
            "เรือเฟอร์รีแอสตริดเกยตื้นนอกท่าเรือคาลวิกเมื่อเช้าวันจันทร์ ผู้โดยสาร 214 คนได้รับการช่วยเหลือทั้งหมด หน่วยยามฝั่งกล่าวว่า"
            "เครื่องยนต์ดับในทะเลที่มีคลื่นสูง มีเก้าคนรักษาตัวที่โรงพยาบาลคาลวิก",
            "ผู้โดยสาร 214 คนจากเรือเฟอร์รีแอสตริดที่เกยตื้นขึ้นฝั่งแล้วในวันจันทร์ เรือเสียกำลังเครื่องยนต์ในพายุและติดโขดหินใกล้ท่าเรือคาลวิก "
            "โรงพยาบาลคาลวิกดูแลผู้บาดเจ็บเก้าคน หน่วยยามฝั่งรอนักดำน้ำตรวจเรือ",
            "สภาเมืองดันมอร์ลงมติขึ้นค่าจอดรถตั้งแต่เดือนเมษายน ประธานฝ่ายการเงินกล่าวว่าจำเป็นเพื่อให้ห้องสมุดสามแห่งเปิดต่อไปในฤดูหนาว",
        ),
    ],
)
def test_reports_in_scripts_without_spaces_find_their_story(language: str, one: str, again: str, other: str) -> None:
    grouper = Grouper()
    place_all(
        grouper,
        {
            "a": reading(one, language=language),
            "b": reading(again, language=language, outlet="The Beacon", hours=2),
            "c": reading(other, language=language, hours=3),
        },
    )
    grouper.regroup()
    assert sorted(map(sorted, grouper.stories().values())) == [["a", "b"], ["c"]]


def test_of_too_many_articles_in_one_window_the_oldest_are_let_go() -> None:
    grouper = Grouper()
    hours = {"a": 5, "b": 1, "c": 3, "d": 2, "e": 4}
    names = dict(zip(hours, ("Kalvik", "Dunmore", "Lerwick", "Ostrava", "Tarn"), strict=True))
    place_all(
        grouper,
        {one: reading(f"The council of {names[one]} voted on its budget.", hours=at) for one, at in hours.items()},
    )
    assert grouper.shrink(5) == ()
    assert grouper.shrink(3) == ("b", "d")
    assert [one for one in hours if one in grouper] == ["a", "c", "e"]
    assert grouper.forget(START + timedelta(hours=3.5)) == ("c",)


def test_an_original_is_kept_for_its_copies_where_room_is_made() -> None:
    grouper = Grouper()
    place_all(
        grouper,
        {"old": reading(LIGHTHOUSE), "between": FERRY, "copy": reading(LIGHTHOUSE, outlet="The Beacon", hours=90)},
    )
    assert grouper.shrink(2) == ("between",)
    assert grouper.shrink(1) == ("copy",)
    assert grouper.shrink(0) == ("old",)


def test_dates_far_away_keep_reports_apart_and_break_nothing() -> None:
    grouper = Grouper()
    ages = {"a": 0, "b": 365 * 9, "c": -365 * 56}
    texts = {
        name: FERRY.model_copy(update={"published": START + timedelta(days=days), "outlet": name})
        for name, days in ages.items()
    }
    placed = place_all(grouper, texts)
    assert [one.copy_link for one in placed] == [None] * 3
    assert len({one.join.story for one in placed if one.join}) == 3
    assert grouper.forget(START - timedelta(days=30)) == ("c",)
    late = grouper.place("d", FERRY_AGAIN, seq=9, topics=("flood",))
    assert late.join is not None
    assert late.join.story == grouper.why("a").story


def test_one_word_said_over_and_over_is_taken_in() -> None:
    placed = place_all(Grouper(), {"a": reading("flood " * 100_000), "b": reading("flood " * 50_000)})
    assert placed[1].join is not None
    assert placed[1].join.reason
