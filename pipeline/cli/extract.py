"""tallywire extract"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.common import PARTLY, emit, note, settings_of
from pipeline.errors import ReadError, TallywireError

if TYPE_CHECKING:
    from schemas.article import Hint, Page, Reading


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--url", help="Address the page came from; the file's name by default.")
@click.option("--workers", type=click.IntRange(min=0), help="Processes that read pages; one per core by default.")
def extract(files: tuple[Path, ...], url: str | None, workers: int | None) -> None:
    """Extract articles from HTML pages (plain or .gz), one JSON line each.

    For the figures of a text see `tallywire figures read`.
    """
    from pipeline.read.page import PRELOAD, read_job
    from pipeline.read.workers import WorkerFailure, WorkerPool
    from schemas.article import Hint

    settings = settings_of(None, workers=workers)
    now = datetime.now(UTC)
    failed = 0
    jobs: list[tuple[Page, Hint, datetime]] = []
    names: list[Path] = []
    for path in files:
        try:
            jobs.append((_page(path, url, now, settings.max_page_bytes), Hint(), now))
            names.append(path)
        except TallywireError as error:
            failed += 1
            note(str(error))
    alone = len(jobs) < 4
    with WorkerPool(
        read_job, workers=0 if alone else settings.worker_count, seconds=settings.read_timeout, preload=PRELOAD
    ) as pool:
        for path, reading in zip(names, pool.map(jobs), strict=True):
            if isinstance(reading, TallywireError | WorkerFailure):
                failed += 1
                note(f"{path}: {reading}")
                emit({"file": str(path), "error": str(reading)})
            else:
                emit({"file": str(path), **_row(reading)})
    if failed:
        raise click.exceptions.Exit(PARTLY if failed < len(files) else 1)


def _row(reading: Reading) -> dict[str, Any]:
    """A reading as it is printed: its date in the zone of the page, so that the day is the one readers see there."""
    row = reading.model_dump(mode="json", exclude={"figures", "zone"})
    if reading.zone is not None:
        row["published"] = reading.published.astimezone(timezone(timedelta(minutes=reading.zone))).isoformat()
    return row


def _page(path: Path, url: str | None, now: datetime, limit: int) -> Page:
    import gzip

    from schemas.article import Page

    try:
        if path.suffix == ".gz":
            with gzip.open(path) as packed:
                body = packed.read(limit + 1)
        else:
            with path.open("rb") as plain:
                body = plain.read(limit + 1)
    except (OSError, EOFError) as error:
        raise ReadError("the file can't be read", where=str(path), why=str(error)) from error
    if len(body) > limit:
        raise ReadError("the page is too large", where=str(path), why=f"more than {limit} bytes")
    address = url or path.absolute().as_uri().replace("file://", "https://file.invalid")
    return Page(url=address, final_url=address, status=200, body=body, fetched_at=now)
