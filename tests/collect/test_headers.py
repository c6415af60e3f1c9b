from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.collect.headers import fresh_for, retry_after, safe_headers
from schemas.article import Page

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def page(**headers: str) -> Page:
    said = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Page(url="https://e.com/", final_url="https://e.com/", status=200, headers=said, fetched_at=AT)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("Sun, 22 Nov 2026 13:00:00 GMT", 3_600),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("9" * 40, None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after(page(Retry_After=value)) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache_Control": "public, max-age=600"}, 600),
        ({"Cache_Control": 'max-age="600"', "Age": "200"}, 400),
        ({"Cache_Control": "max-age=600", "Expires": "Sun, 22 Nov 2026 20:00:00 GMT"}, 600),
        ({"Cache_Control": "no-cache, max-age=600"}, None),
        ({"Cache_Control": "s-maxage=900"}, None),
        ({"Expires": "Sun, 22 Nov 2026 13:00:00 GMT"}, 3_600),
        ({"Expires": "Sun, 22 Nov 2020 13:00:00 GMT", "Date": "Sun, 22 Nov 2020 12:30:00 GMT"}, 1_800),
        ({"Expires": "0"}, None),
        ({"Cache_Control": "max-age=x"}, None),
        ({}, None),
    ],
)
def test_freshness_is_what_cache_control_or_expires_say(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_for(page(**headers)) == seconds


def test_headers_lose_cookies_and_control_characters() -> None:
    raw = [(b"A", b"x\x00\x1by"), (b"Set-Cookie", b"id=1"), (b"B", "é".encode()), (b"C", b"\xe9")]
    assert safe_headers(raw) == (("A", "x y"), ("B", "é"), ("C", "é"))
    assert len(safe_headers([(b"A", b"a")] * 1_000)) == 200
    assert len(safe_headers([(b"A", b"a" * 100_000)])[0][1]) == 8_192
