"""What HTTP headers say, read with distrust."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from schemas.article import Page

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
_LONGEST = 8_192
_MOST = 200
_NOT_KEPT = {"set-cookie", "set-cookie2"}


def safe_headers(raw: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Headers as text without control characters; cookies, which are for nobody else, are left out."""
    kept = [(_text(name), _text(value)) for name, value in raw if _text(name).lower() not in _NOT_KEPT]
    return tuple(kept[:_MOST])


def retry_after(page: Page) -> float | None:
    """Seconds that Retry-After asks to wait, counted from when the page was fetched (RFC 9110, section 10.2.3)."""
    value = (page.header("Retry-After") or "").strip()
    if value.isdecimal() and len(value) < 10:
        return float(value)
    moment = _moment(value)
    return max(0.0, (moment - page.fetched_at).total_seconds()) if moment else None


def fresh_for(page: Page) -> float | None:
    """Seconds for which a page says it stays as it is: max-age of Cache-Control, or Expires (RFC 9111)."""
    control = (page.header("Cache-Control") or "").lower()
    if re.search(r"\bno-(?:cache|store)\b", control):
        return None
    if found := re.search(r"\bmax-age\s*=\s*\"?(\d{1,10})", control):
        age = (page.header("Age") or "").strip()
        return max(0.0, float(found[1]) - (float(age) if age.isdecimal() and len(age) < 10 else 0.0))
    expires = _moment(page.header("Expires") or "")
    if expires is None:
        return None
    # Compared with the server's own clock: its Expires is as wrong as its Date.
    sent = _moment(page.header("Date") or "") or page.fetched_at
    return max(0.0, (expires - sent).total_seconds())


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def _text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return _CONTROL.sub(" ", text[:_LONGEST]).strip()
