"""Mails and pages as a real browser lays them out on a small phone; needs Chromium (Debian's ``chromium``)."""

from __future__ import annotations

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from pipeline.tell.digest import digest_page
from pipeline.tell.mails import compose_alert
from pipeline.tell.outbox import plan
from pipeline.tell.sender import Sender
from schemas.alert import DigestData
from schemas.figure import VerdictKind
from tests.tell.examples import (
    NOW,
    THREAD,
    alert,
    changed,
    contradiction,
    digest_data,
    news,
    of_thread,
    series_news,
    statement,
    story,
    topic,
)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
SENDER = Sender(mail_from="Tallywire <news@tally.example>", public_url="https://tally.example/search")
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 2

# A window of Chromium is never narrower than 500 px; a frame is as narrow as it is told to be.
FRAME = """<!DOCTYPE html><iframe width="{width}" height="4000" style="border:0" src="inner.html"></iframe>
<script>addEventListener("load", () => {{
  const inner = document.querySelector("iframe").contentDocument, width = inner.documentElement.clientWidth
  const wide = [...inner.querySelectorAll("body *")].filter(one =>
    one.getBoundingClientRect().right > width + 0.5 || (one.clientWidth && one.scrollWidth > one.clientWidth + 1))
  document.body.dataset.wide = wide.map(one => one.tagName + "." + one.className).join(" ") || "none"
}})</script>"""

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="there is no chromium to lay a page out")


def wide_at(width: int, html: str, folder: Path) -> str:
    """What sticks out of a page, or holds what sticks out of it, on a screen so many pixels wide."""
    (folder / "inner.html").write_text(html, encoding="utf-8")
    (folder / "outer.html").write_text(FRAME.format(width=width), encoding="utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom"]
    profile = f"--user-data-dir={folder / 'profile'}"
    done = subprocess.run(
        [*command, profile, (folder / "outer.html").as_uri()], capture_output=True, text=True, check=True, timeout=120
    )
    found = re.search(r'data-wide="([^"]*)"', done.stdout)
    assert found, done.stderr
    return unescape(found[1])


def broad() -> DigestData:
    """A digest of numbers and words as long as they come."""
    said = statement(1234567890, LONG, title=LONG, quote=f"{LONG} 1,234,567,890", attribution=LONG)
    told = news(VerdictKind.CHANGED, label=LONG, of=said, from_value=1234567889)
    rows = tuple(series_news(one, tuple(range(1234567800, 1234567820))) for one in (of_thread(told), told))
    against = of_thread(contradiction()).model_copy(update={"statement": said})
    named = tuple(row.model_copy(update={"followed": LONG}) for row in rows)
    stories = tuple(
        story(name, LONG, thread=thread, lead=LONG, outlets=(LONG, LONG), reports=())
        for name, thread in (("story-flood", THREAD), ("story-quiet", "thread-quiet"))
    )
    return digest_data(stories=stories, changed=rows, new=named, contradictions=(contradiction(), against))


@pytest.mark.parametrize("width", [320, 640])
@pytest.mark.parametrize("data", [digest_data(), broad()], ids=["plain", "broad"])
def test_a_digest_fits_the_screen(data: DigestData, width: int, tmp_path: Path) -> None:
    assert wide_at(width, digest_page(topic(), data, sender=SENDER), tmp_path) == "none"


def test_long_german_and_ukrainian_words_fit_a_small_screen(tmp_path: Path) -> None:
    waiting = [alert(one, story="story-flood", due=NOW) for one in (changed(), contradiction())]
    (bundle,) = plan(topic(language="uk"), waiting, sent_today=0, now=NOW).bundles
    ukrainian = compose_alert(topic(language="uk"), bundle, sender=SENDER).html
    found = re.search(r"<body.*?>(.*)</body>", ukrainian, re.DOTALL)
    assert found
    both = digest_page(topic(language="de"), digest_data(), sender=SENDER).replace("</body>", f"{found[1]}</body>")
    assert wide_at(320, both, tmp_path) == "none"


def test_an_alert_fits_a_small_screen(tmp_path: Path) -> None:
    said = statement(1234567890, LONG, title=LONG, quote=f"{LONG} 1,234,567,890", attribution=LONG)
    waiting = [alert(one, story="story-flood", due=NOW) for one in (changed(), contradiction(), news(of=said))]
    (bundle,) = plan(topic(), waiting, sent_today=0, now=NOW).bundles
    assert wide_at(320, compose_alert(topic(), bundle, sender=SENDER).html, tmp_path) == "none"
