"""In which encoding a feed is, whatever it says of it."""

from __future__ import annotations

import pytest

from tests.collect.test_feeds import read, rss


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "utf-8", None),
        ("utf-8", "", "text/xml; charset=iso-8859-1"),
        ("utf-8", "iso-8859-1", None),
        ("utf-8", "us-ascii", None),
        ("cp1251", "windows-1251", None),
        ("cp1251", "", "application/rss+xml; charset=windows-1251"),
        ("cp1251", "utf-8", "application/rss+xml; charset=windows-1251"),
        ("koi8-r", "koi8-r", "text/xml"),
        ("utf-16", "utf-16", None),
        ("utf-16-le", "utf-16", None),
        ("utf-32-be", "", None),
    ],
)
def test_the_encoding_is_found(encoding: str, declared: str, content_type: str | None) -> None:
    text = rss("<title>Плотина прорвана</title><link>https://e.com/a</link>")
    declaration = f' encoding="{declared}"' if declared else ""
    body = text.replace('<?xml version="1.0"?>', f'<?xml version="1.0"{declaration}?>').encode(encoding)
    (one,) = read(body, content_type).announcements
    assert one.title == "Плотина прорвана"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Жители города эвакуированы"),
        ("cp1251", "Уряд повідомив про жертви"),
        ("koi8-r", "Жители города эвакуированы"),
        ("cp1252", "Le barrage a cédé à l'aube"),
        ("cp1250", "Żałoba po powodzi w górach"),
        ("cp1250", "Řeka zatopila část města"),
        ("cp1250", "Povodeň zasáhla město"),
        ("cp1255", "הסכר קרס והתושבים פונו"),
        ("cp1253", "Νεκροί από τις πλημμύρες"),
        ("cp1254", "Yağış nedeniyle yollar kapandı"),
        ("cp1255", "מספר ההרוגים עלה"),
        ("cp1256", "عدد القتلى في الفيضانات"),
        ("gb18030", "洪水造成十二人死亡"),
        ("cp932", "洪水で十二人が死亡した"),
        ("cp949", "홍수로 열두 명이 숨졌다"),
        ("big5", "洪水造成十二人死亡,總統視察"),
    ],
)
@pytest.mark.parametrize("repeated", [1, 30])
def test_a_feed_that_calls_itself_utf_8_and_is_not_is_read_as_words(encoding: str, text: str, repeated: int) -> None:
    items = (f"<title>{text}</title><link>https://e.com/{number}</link>" for number in range(repeated))
    body = rss(*items).replace('"1.0"?', '"1.0" encoding="utf-8"?').encode(encoding)
    feed = read(body)
    assert {one.title for one in feed.announcements} == {text}
    assert "its encoding is declared wrongly or not at all" in feed.notes[0]


def test_a_broken_letter_among_whole_ones_is_damage() -> None:
    body = rss("<title>Überschwemmung in Köln fordert Tote und \udcff Verletzte</title><link>https://e.com/</link>")
    (one,) = read(body.encode("utf-8", "surrogateescape")).announcements
    assert one.title == "Überschwemmung in Köln fordert Tote und \ufffd Verletzte"


def test_an_undeclared_encoding_is_guessed_and_noted() -> None:
    words = "Правительство сообщило, что число погибших при наводнении выросло до двенадцати человек. " * 4
    feed = read(
        rss(f"<title>Наводнение</title><link>https://e.com/a</link><description>{words}</description>").encode("cp1251")
    )
    assert feed.announcements[0].title == "Наводнение"
    assert "encoding" in feed.notes[0]
