"""A real browser (Debian's Chromium) that looks at the window; needs ``chromium``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""

needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="there is no chromium to look at a page with")

_STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth
  const scrolls = one => one.closest(".scroll")
  return [...document.querySelectorAll("body *")].filter(one =>
    !scrolls(one) && !one.closest("svg") && !one.closest(".unseen") && !one.closest(".skip") && !one.closest(".hide") &&
    getComputedStyle(one).display !== "none" &&
    (one.getBoundingClientRect().right > width + 0.5 ||
      // A field scrolls a long value within itself.
      (!one.matches("input") && one.clientWidth && one.scrollWidth > one.clientWidth + 1)))
    .map(one => one.tagName + "." + one.className)
}"""


@contextmanager
def looking(browser: Browser, address: str, **context: Any) -> Iterator[Page]:
    """A page of the window; that nothing was loaded from elsewhere, and nothing was complained of, is held to."""
    with browser.new_context(base_url=address, **context) as opened:
        page = opened.new_page()
        asked, complaints = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        assert [url for url in asked if not url.startswith((address, "data:"))] == []
        # A page that is not there is complained of by the browser too.
        assert [text for text in complaints if "status of 4" not in text] == []


def sticking_out(page: Page) -> list[str]:
    """What is wider than the screen."""
    found: list[str] = page.evaluate(_STICKING_OUT)
    return found


def axe_finds(page: Page) -> str:
    """What axe-core finds wrong with a page; empty where it finds nothing."""
    results = Axe().run(page)
    return "" if results.violations_count == 0 else str(results.generate_report())
