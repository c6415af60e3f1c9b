"""What the bytes of a page say, whatever its server says of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import NotHtml
from pipeline.read.decode import decode, html_of
from tests.read.pages import page

GERMAN = "<html><body><p>Über die Brücke führt kein Weg zurück, sagte der Schäfer: „Nie mehr.“</p></body></html>"
RUSSIAN = "<html><body><p>Плотина над деревней рухнула в воскресенье ночью, и река унесла два моста.</p></body></html>"
JAPANESE = "<html><body><p>日曜の夜、村の上のダムが決壊し、川は橋を二つ押し流した。</p></body></html>"


def meta(charset: str, html: str) -> str:
    return html.replace("<html>", f'<html><head><meta charset="{charset}"></head>')


@pytest.mark.parametrize(
    ("body", "content_type", "wanted"),
    [
        (GERMAN.encode(), "text/html; charset=utf-8", GERMAN),
        (GERMAN.encode(), "text/html", GERMAN),
        (GERMAN.encode(), "text/html; charset=iso-8859-1", GERMAN),
        (GERMAN.encode("utf-8-sig"), "text/html; charset=latin1", GERMAN),
        (GERMAN.encode("utf-16"), "text/html", GERMAN),
        (GERMAN.encode("cp1252"), "text/html; charset=iso-8859-1", GERMAN),
        (GERMAN.encode("cp1252"), "text/html; charset=utf-8", GERMAN),
        (RUSSIAN.encode("cp1251"), 'text/html; charset="windows-1251"', RUSSIAN),
        (RUSSIAN.encode("koi8-r"), "text/html;charset=KOI8-R", RUSSIAN),
        (
            meta("windows-1251", RUSSIAN).encode("cp1251"),
            "text/html; charset=ISO-8859-1",
            meta("windows-1251", RUSSIAN),
        ),
        (meta("shift_jis", JAPANESE).encode("cp932"), "text/html", meta("shift_jis", JAPANESE)),
        (JAPANESE.encode("iso2022_jp"), "text/html; charset=ISO-2022-JP", JAPANESE),
        (JAPANESE.encode("euc_jp"), "text/html; charset=x-euc-jp", JAPANESE),
    ],
)
def test_encodings(body: bytes, content_type: str, wanted: str) -> None:
    assert decode(body, content_type)[0] == wanted


def test_cyrillic_labelled_latin_is_recovered() -> None:
    text, notes = decode((RUSSIAN * 5).encode("cp1251"), "text/html; charset=iso-8859-1")
    assert "Плотина над деревней" in text
    assert notes


def test_a_few_stray_bytes_spoil_only_themselves() -> None:
    text, notes = decode(GERMAN.encode().replace(b"kein", b"k\xffin"), "text/html; charset=utf-8")
    assert "Brücke führt k\ufffdin Weg" in text
    assert notes == ("a few bytes of the page are not UTF-8",)


def test_a_wrong_label_is_noted() -> None:
    assert decode(GERMAN.encode(), "text/html; charset=iso-8859-1")[1] == (
        "the page says it is cp1252, but it is UTF-8",
    )


@pytest.mark.parametrize("label", ["rot13", "zip", "utf-7", "no-such-thing", "\x00"])
def test_labels_that_name_no_encoding_are_passed_over(label: str) -> None:
    assert decode(GERMAN.encode("cp1252"), f"text/html; charset={label}")[0] == GERMAN


@given(st.binary(max_size=300), st.text(max_size=30))
def test_any_bytes_can_be_decoded(body: bytes, content_type: str) -> None:
    assert isinstance(decode(body, content_type)[0], str)


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (b"%PDF-1.7 <html>", "text/html", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "image/png", "a PNG picture"),
        (b"\xff\xd8\xff\xe0 <p>", "text/html", "a JPEG picture"),
        (b'{"headline": "<p>no</p>"}', "application/json", "it is application/json"),
        (b"body { color: red }", "text/css", "it is text/css"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>', "text/html", "a feed"),
        (b"just words", "text/plain", "it is text/plain"),
        (b"\x00\x00\x00\x18ftypmp42", None, "a video"),
        (b"  \n", "text/html", "the page is empty"),
    ],
)
def test_what_is_no_web_page(body: bytes, content_type: str | None, said: str) -> None:
    with pytest.raises(NotHtml, match=said):
        html_of(page(body, content_type=content_type))


@pytest.mark.parametrize(
    "content_type", [None, "", "text/plain", "application/xhtml+xml", "application/json", "image/png"]
)
def test_a_page_is_one_whatever_its_type_says(content_type: str | None) -> None:
    assert html_of(page(GERMAN, content_type=content_type))[0] == GERMAN
