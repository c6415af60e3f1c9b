"""tallywire backup"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import count, home_option, say, settings_of

if TYPE_CHECKING:
    from pipeline.settings import Settings


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--secrets", is_flag=True, help="Include the passwords of feeds and the token of the window.")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@home_option
def backup(path: Path, secrets: bool, force: bool, home: Path | None) -> None:
    """Copy a home to FILE: a consistent snapshot of the record, the archive, mails and digests.

    Works alongside a running `tallywire run --watch`. The search index is left out: `tallywire restore` rebuilds it.
    """
    from pipeline.steps.keeping.backup import back_up

    settings = settings_of(home)
    refuse_deployment(settings)
    made = back_up(settings, path, now=datetime.now(UTC), secrets=secrets, force=force)
    say(f"{path}: {count(len(made.files), 'file')}, {made.size / 1e6:,.1f} MB")


def refuse_deployment(settings: Settings) -> None:
    """Say what to use instead where not all of it is in the home. Raises UsageError."""
    if settings.database_url is not None:
        raise click.UsageError(
            "the record is in PostgreSQL (TALLYWIRE_DATABASE_URL): use pg_dump and pg_restore, or snapshots of its "
            "volume, and copy the archive folder; docs/deployment.md says how. The index is rebuilt from the record: "
            "`tallywire index rebuild`"
        )
