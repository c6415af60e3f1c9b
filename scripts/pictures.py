"""Photograph a mail, the digest and the window of a played demo: ``pictures.py DEMO SCRATCH OUT``."""

from __future__ import annotations

import email
import email.policy
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import sync_playwright

from pipeline.serve.opening import window_open
from pipeline.settings import Settings
from pipeline.steps.services import open_services

WIDTH, HEIGHT = 660, 2400
WINDOW = {"width": 1120, "height": 900}
MAIL = "only-1240-children-have-returned"
"""The mail that shows most: a rival count in a development that goes on."""


def photograph(page: Path, out: Path, height: int) -> None:
    """Lay ``page`` out, cut off what is below it and below ``height``, and write it in 64 colours."""
    taken = page.with_suffix(".png")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={taken}", page.resolve().as_uri()]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own words
    with Image.open(taken) as picture:
        seen = picture.convert("RGB")
    blank = Image.new("RGB", seen.size, seen.getpixel((2, HEIGHT - 2)))  # type: ignore[arg-type]
    edges = ImageChops.difference(seen, blank).getbbox()
    bottom = min(height, (edges[3] if edges else HEIGHT) + 16)
    seen.crop((0, 0, WIDTH, bottom)).quantize(64).save(out, optimize=True)


def photograph_window(demo: Path, out: Path) -> None:
    """A figure that is contradicted, as the window shows it, in light and in dark side by side."""
    services = open_services(Settings(home=demo))
    with services.record.read() as tx:
        series = max(
            (one for topic in tx.topics.all() for one in tx.figures.series(topic.name)),
            key=lambda one: len({claim.value for claim in one.claims}),
        )
    services.close()
    halves = []
    with window_open(Settings(home=demo), port=0) as window, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport=WINDOW, color_scheme=scheme)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(f"{window.address}figures/{series.id}")
            taken = out.with_name(f"window-{scheme}.png")
            page.screenshot(path=taken)
            halves.append(Image.open(taken).convert("RGB"))
            taken.unlink()
    both = Image.new("RGB", (WINDOW["width"], WINDOW["height"]))
    middle = WINDOW["width"] * 3 // 5
    both.paste(halves[0], (0, 0))
    both.paste(halves[1].crop((middle, 0, *both.size)), (middle, 0))
    both.quantize(256).save(out, optimize=True)


def main() -> None:
    demo, scratch, out = map(Path, sys.argv[1:])
    (mail,) = (demo / "mail").glob(f"*{MAIL}*.eml")
    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    body = message.get_body(("html",))
    assert body is not None
    page = scratch / "mail.html"
    page.write_text(body.get_content(), encoding="utf-8")
    photograph(page, out / "mail.png", HEIGHT)
    photograph(demo / "digest.html", out / "digest.png", 1180)
    photograph_window(demo, out / "window.png")


if __name__ == "__main__":
    main()
