"""Time the reading of pages alone, against trafilatura with metadata on the same pages.

usage: nice python -m benchmarks.pages [--shared DIR] [--reader tallywire|trafilatura|both] [--set pages|pages2]

Reads the labelled HTML pages of DIR/data/pages2 (or pages) in this process, one after the other: text, title, authors,
dates, language and kind by Tallywire; text and metadata by trafilatura. Printed are CPU milliseconds a page, after the
first twenty pages, whose imports and tables are nobody's cost, and with them. To time whole processes, run one reader
in each. DIR is ``TALLYWIRE_SHARED``, or ../shared beside the checkout.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median

from pipeline.errors import ReadError
from pipeline.read.page import read_page
from schemas.article import Hint, Page

NOW = datetime(2026, 1, 1, tzinfo=UTC)
WARM = 20


def labelled_pages(folder: Path) -> list[tuple[str, bytes]]:
    """Address and bytes of each labelled page."""
    with gzip.open(folder / "gold.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(row["url"], gzip.decompress((folder / f"{row['id']}.html.gz").read_bytes())) for row in rows]


def tallywire(url: str, html: bytes) -> None:
    with contextlib.suppress(ReadError):
        read_page(Page(url=url, final_url=url, status=200, body=html, fetched_at=NOW), Hint(), now=NOW)


def trafilatura(url: str, html: bytes) -> None:
    from trafilatura import bare_extraction

    bare_extraction(html, url=url, with_metadata=True)


READERS = {"tallywire": tallywire, "trafilatura": trafilatura}


def timed(pages: list[tuple[str, bytes]], reader: Callable[[str, bytes], None]) -> list[float]:
    """CPU milliseconds of each page."""
    found = []
    for url, html in pages:
        began = time.process_time()
        reader(url, html)
        found.append(1000 * (time.process_time() - began))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    beside = Path(__file__).resolve().parents[2] / "shared"
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("TALLYWIRE_SHARED", beside)))
    parser.add_argument("--reader", choices=(*READERS, "both"), default="both")
    parser.add_argument("--set", choices=("pages", "pages2"), default="pages2")
    options = parser.parse_args()
    folder = options.shared / "data" / options.set
    if not folder.is_dir():
        sys.exit(f"no labelled pages at {folder}: set TALLYWIRE_SHARED to the folder that holds data/")
    pages = labelled_pages(folder)
    print(f"| {len(pages)} pages, CPU ms a page | mean | median | mean with the first {WARM} |\n|---|---|---|---|")
    for name, reader in READERS.items():
        if options.reader in (name, "both"):
            spent = timed(pages, reader)
            print(f"| {name} | {mean(spent[WARM:]):.1f} | {median(spent[WARM:]):.1f} | {mean(spent):.1f} |", flush=True)


if __name__ == "__main__":
    main()
