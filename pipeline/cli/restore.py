"""tallywire restore"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.backup import refuse_deployment
from pipeline.cli.common import count, home_option, opened, say, settings_of, short


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@home_option
def restore(path: Path, home: Path | None) -> None:
    """Restore the backup in FILE to a new home.

    The whole backup is checked before anything is restored: a damaged or incomplete backup is refused, and so is a home
    that is not empty. The search index is rebuilt.
    """
    from pipeline.runner import home_locked
    from pipeline.steps.keeping import backup as backups
    from pipeline.steps.publish import rebuild

    settings = settings_of(home)
    refuse_deployment(settings)
    with home_locked(settings.home):
        made = backups.restore(settings, path)
        with opened(home) as services:
            if settings.elasticsearch_url is None:
                rebuild(services)
    say(f"{settings.home}: {count(len(made.files), 'file')} of {short(made.made)}, {made.size / 1e6:,.1f} MB")
