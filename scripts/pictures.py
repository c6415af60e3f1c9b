"""Photograph a mail and the digest of a played demo: ``pictures.py DEMO SCRATCH OUT``."""

from __future__ import annotations

import email
import email.policy
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageChops

WIDTH, HEIGHT = 660, 2400
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


if __name__ == "__main__":
    main()
